"""Rent by hand, to the fen: escalation, rent-free months, quarters paid ahead, share against guarantee."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsim.ledger.postings import grown
from opsim.ledger.rents import BASE, SHARE, Terms, base_rent, paid_ahead, rent

SHOP = Terms(formula="fixed", base=2_000_00, escalation=Decimal("0.05"), rent_free=3, ahead=3)
"""40 m² at 50 yuan a m² and month, 5 % more each year, three months free, paid a quarter ahead."""


@pytest.mark.parametrize(
    ("age", "fen"),
    [(0, 0), (2, 0), (3, 2_000_00), (11, 2_000_00), (12, 2_100_00), (24, 2_205_00), (36, 2_315_25), (48, 2_431_01)],
)  # fmt: skip
def test_the_base_rent_rises_on_each_anniversary(age: int, fen: int) -> None:
    """2,000 × 1.05⁴ = 2,431.0125."""
    assert base_rent(SHOP, age) == fen
    assert rent(SHOP, age, 99_999_00, Decimal("0.08")) == (BASE, fen)  # fixed rent knows no turnover


@pytest.mark.parametrize(
    ("rent_free", "quarters"),
    [
        (0, [6_000_00, 6_000_00, 6_000_00, 6_000_00, 6_300_00]),
        (3, [0, 6_000_00, 6_000_00, 6_000_00, 6_300_00]),
        (4, [0, 4_000_00, 6_000_00, 6_000_00, 6_300_00]),
    ],
)
def test_a_quarter_is_paid_ahead(rent_free: int, quarters: list[int]) -> None:
    """A quarter with one month free costs two months; between quarters nothing is due."""
    shop = SHOP._replace(rent_free=rent_free)
    assert [paid_ahead(shop, age) for age in range(0, 15, 3)] == quarters
    assert [paid_ahead(shop, age) for age in (1, 2, 4, 5, 13)] == [0] * 5
    monthly = shop._replace(ahead=1)
    assert sum(paid_ahead(monthly, age) for age in range(15)) == sum(quarters)


@pytest.mark.parametrize(
    ("turnover", "due"),
    [
        (30_000_00, (SHARE, 2_400_00)),  # 8 % of 30,000
        (24_000_00, (BASE, 2_000_00)),  # 8 % would be 1,920
        (25_000_00, (BASE, 2_000_00)),  # the same: the guarantee
        (31_234_56, (SHARE, 2_498_76)),  # 2,498.7648
        (0, (BASE, 2_000_00)),
    ],
)
def test_the_greater_of_guarantee_and_share(turnover: int, due: tuple[str, int]) -> None:
    shop = SHOP._replace(formula="greater", ahead=1)
    assert rent(shop, 3, turnover, Decimal("0.08")) == due
    assert rent(shop, 2, turnover, Decimal("0.08")) == (BASE, 0)  # still free of rent
    assert paid_ahead(shop, 3) == 0  # it is known after the month only
    assert rent(shop._replace(formula="share"), 3, turnover, Decimal("0.08")) == (
        SHARE,
        round(turnover * 0.08),
    )


TERMS: dict[str, Any] = {
    "formula": st.sampled_from(["fixed", "share", "greater"]),
    "base": st.integers(0, 10**7),
    "escalation": st.decimals(0, Decimal("0.5"), places=4),
    "rent_free": st.integers(0, 24),
    "ahead": st.sampled_from([1, 3]),
}


@given(st.builds(Terms, **TERMS), st.integers(0, 240), st.integers(0, 10**9), st.decimals(0, 1, places=4))
def test_one_rent_is_due_and_it_is_never_negative(
    terms: Terms, age: int, turnover: int, share: Decimal
) -> None:
    """One reason, one sum: a guarantee and a share are never both paid, and the greater is not below either."""
    reason, fen = rent(terms, age, turnover, share)
    base, by_share = base_rent(terms, age), grown(turnover, share)
    assert paid_ahead(terms, age) >= 0
    if age < terms.rent_free:
        assert fen == 0
    elif terms.formula == "greater":
        assert fen == max(base, by_share) == {BASE: base, SHARE: by_share}[reason]
    else:
        assert (reason, fen) == ((BASE, base) if terms.formula == "fixed" else (SHARE, by_share))


@given(st.builds(Terms, **TERMS), st.integers(0, 30))
def test_what_is_paid_ahead_is_the_rent_of_the_months(terms: Terms, quarters: int) -> None:
    months = quarters * 3
    fixed = terms._replace(formula="fixed")
    paid = sum(paid_ahead(fixed, age) for age in range(months))
    assert paid == sum(rent(fixed, age, 0, 0)[1] for age in range(months))
