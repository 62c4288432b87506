"""Half a fen goes up, whatever binary fractions make of it."""

from datetime import date

import pytest

from opsim.facility.plan import prices
from tests.demand.build import CAFE, READING
from tests.facility.build import TITLE, tiny


@pytest.mark.parametrize(
    ("yuan", "off", "fen"), [("3.5", "0.65", 123), ("6.5", "0.65", 228), ("13.5", "0.65", 473)]
)
def test_a_discount_of_half_a_fen_rounds_up(yuan: str, off: str, fen: int) -> None:
    """35 % of 3.50 is 1.225."""
    discounts = {"old": {"title": TITLE, "segments": ["old.*"], "off": float(off)}}
    cafe = {**CAFE, "price": float(yuan), "discounts": discounts}
    facility = tiny(services={"reading": READING, "cafe": cafe})
    assert prices(facility, date(2026, 1, 1), 1.0)[1, 2] == fen
