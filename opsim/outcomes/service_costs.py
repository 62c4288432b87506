"""What each service costs on the three lines: in cash, in full, and economically.

A service bears its own costs and its part of shared cost as the annual settlement lays it on. How much of
that part is wear follows the whole of shared cost. Rent forgone and volunteers' work belong to the house;
they are divided by area among the services that are not let.
"""

from typing import NamedTuple

import numpy as np

from opsim.facility.case import CaseRecord
from opsim.ledger import accounts
from opsim.ledger.cash_statement import OPERATING
from opsim.records import Float64
from opsim.scenario.facility import Facility
from opsim.scenario.lease import Lease


class Costs(NamedTuple):
    """Fen over the run by service, each (A,)."""

    cash: Float64
    full: Float64
    """Cash cost and wear."""
    economic: Float64
    """Full cost, rent forgone and volunteers' work."""


def service_costs(case: CaseRecord, facility: Facility) -> Costs:
    """The three lines of every service of a case."""
    own = [accounts.service(name) for name in case.services]
    operating = _paid(case, OPERATING)
    wear, shared = _paid(case, ("renewal",)), _paid(case, ("shared_cost",))
    direct, direct_wear, laid = ([by[name] for name in own] for by in (operating, wear, shared))
    pool = sum(shared.values())
    of_house = sum(fen for name, fen in wear.items() if name not in own and accounts.is_cash(name))
    worn = min(1.0, of_house / pool) if pool else 0.0
    cash = np.array(direct) + np.array(laid) * (1 - worn)
    full = np.array(direct) + np.array(direct_wear) + np.array(laid)
    return Costs(cash, full, full + (case.rent_forgone + case.volunteers) @ _areas(case, facility))


def _paid(case: CaseRecord, reasons: tuple[str, ...]) -> dict[str, float]:
    """Fen that each account pays for some reasons."""
    postings = case.postings
    chosen = postings.where(reason=lambda name: name in reasons)
    count = len(postings.accounts)
    sums = np.bincount(postings.source[chosen], weights=postings.amount[chosen], minlength=count)
    found = dict(zip(postings.accounts, sums.tolist(), strict=True))
    return {accounts.service(name): 0.0 for name in case.services} | found


def _areas(case: CaseRecord, facility: Facility) -> Float64:
    """(M, A) shares of the services in what is not let; alike where none has an area."""
    services = facility.services.values()
    area = np.array([
        [0.0 if isinstance(each, Lease) else each.area.at(first) for each in services]
        for first in case.timeline.firsts
    ])  # fmt: skip
    alike = np.array([not isinstance(each, Lease) for each in services], dtype=np.float64)
    weights = np.where(area.sum(axis=1, keepdims=True) > 0, area, alike)
    total = weights.sum(axis=1, keepdims=True)
    return np.asarray(weights / np.maximum(total, np.finfo(np.float64).tiny))
