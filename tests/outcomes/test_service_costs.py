"""What each service costs on the three lines, on postings written by hand."""

import dataclasses
from datetime import date

import numpy as np
import pytest

from opsim.facility.month.loop import live
from opsim.ledger.postings import Book, Posting
from opsim.outcomes.service_costs import service_costs
from tests.demand.build import CAFE, READING
from tests.facility.build import tiny
from tests.facility.month.test_home_month import KEY

CHANGED = {
    "reading": {**READING, "area": {date(2026, 1, 1): 60, date(2026, 7, 1): 20}},
    "cafe": {**CAFE, "area": 20},
}


def test_rent_forgone_and_volunteers_work_are_divided_by_the_floor_of_their_month() -> None:
    """1,000 a month of rent and 200 of volunteers' work: 60 to 20 until June, 20 to 20 from July on.

    Own costs of 700 and wear of 40 in the café; of 500 of shared cost reading bears 300, and 50 of it are wear.
    """
    of = tiny(services=CHANGED, catchment={"population": 0})
    book = Book()
    book.post([
        Posting(9, "service:cafe", "suppliers", 700, "cafe", "purchases"),
        Posting(9, "service:cafe", "renewal-reserve", 40, "cafe", "renewal"),
        Posting(9, "common", "staff", 450, "", "wages"),
        Posting(9, "common", "renewal-reserve", 50, "", "renewal"),
        Posting(364, "service:reading", "common", 300, "reading", "shared_cost"),
        Posting(364, "service:cafe", "common", 200, "cafe", "shared_cost"),
    ])  # fmt: skip
    case = dataclasses.replace(
        live(of, KEY, 1, "kernel"), postings=book.close(),
        rent_forgone=np.full(12, 1_000), volunteers=np.full(12, 200),
    )  # fmt: skip
    found = service_costs(case, of)
    assert found.cash.tolist() == pytest.approx([270, 880])
    assert found.full.tolist() == pytest.approx([300, 940])
    # 1,200 × 6 × ¾ and 1,200 × 6 × ½.
    assert (found.economic - found.full).tolist() == pytest.approx([9_000, 5_400])


def test_services_without_floor_bear_alike_what_belongs_to_nobody() -> None:
    of = tiny(
        services={"reading": {**READING, "area": 0}, "cafe": {**CAFE, "area": 0}}, catchment={"population": 0}
    )
    case = dataclasses.replace(
        live(of, KEY, 1, "kernel"), rent_forgone=np.full(12, 10), volunteers=np.zeros(12, int)
    )
    found = service_costs(case, of)
    assert (found.economic - found.full).tolist() == pytest.approx([60, 60])
