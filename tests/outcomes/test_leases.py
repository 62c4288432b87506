"""Reported numbers about units let to tenants, on the kiosk whose two years are followed by hand."""

import numpy as np
import pytest

from opsim.facility.month.loop import live
from opsim.outcomes.intervals import Fraction
from opsim.outcomes.pair import Pair
from opsim.outcomes.registry import OUTCOMES, service_outcomes
from tests.demand.build import facility
from tests.facility.services.test_leases import KEY, kiosk, square


@pytest.fixture(scope="module")
def measured() -> dict[str, Fraction]:
    """A kiosk let for 22 of 24 months beside two that nobody ever rents, of 5 m² each."""
    never = kiosk(units=2, unit_area=5, area=10, re_letting={"dist": "deterministic", "mean": 99})
    of = square(services={"kiosk": kiosk(), "booth": never})
    case = live(of, KEY, 2, "kernel")
    pair = Pair(of, case, case)
    outcomes = (*OUTCOMES, *service_outcomes(("kiosk", "booth", "cafe")))
    return {outcome.name: outcome.measure(pair) for outcome in outcomes}


def test_rents_and_turnover_a_year(measured: dict[str, Fraction]) -> None:
    """Rent 7,200 in the first year; 1,320 and then 1,980 three times in the second: 14,460 in two years."""
    assert measured["lease_rents"] == measured["user_payments"] == measured["sales.kiosk"] == (7_230, 1)
    # 212 days with 50 yuan, 153 with 30, and from March 2027 on 306 with 55.
    turnover = (212 * 50 + 153 * 30 + 306 * 55) / 2
    assert measured["tenant_turnover"] == measured["tenant_turnover.kiosk"] == (turnover, 1)
    assert measured["tenant_turnover.booth"] == measured["tenant_turnover.cafe"] == (0, 1)
    assert measured["tenant_exits"] == (0.5, 1)


def test_vacancy_by_area(measured: dict[str, Fraction]) -> None:
    """10 m² for two months and twice 5 m² for 24 months, of 20 m² for 24 months."""
    assert measured["vacancy"] == (10 * 2 + 10 * 24, 20 * 24)
    assert measured["vacancy.kiosk"] == (20, 240)
    assert measured["vacancy.booth"] == (240, 240)
    assert measured["vacancy.cafe"] == (0, 0)


def test_a_facility_without_leases_has_no_vacancy() -> None:
    of = facility(catchment={"population": 0})
    case = live(of, KEY, 1, "kernel")
    found = {outcome.name: outcome.measure(Pair(of, case, case)) for outcome in OUTCOMES}
    assert found["vacancy"] == (0, 0)
    assert np.all([found[name] == (0, 1) for name in ("lease_rents", "tenant_turnover", "tenant_exits")])
