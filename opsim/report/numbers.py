"""Numbers as a finance officer reads them: sums in ten thousand yuan to one decimal, shares in percent."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal

from opsim.language import Translate
from opsim.outcomes.intervals import Estimate
from opsim.report.words import TEN_THOUSAND, UNITS

Style = Literal["money", "share", "count", "decimal", "one"]

_UNITS: dict[str, Style] = {
    "share": "share", "yuan a year": "money", "yuan": "money", "visits a year": "count",
    "refusals a year": "count", "arrivals a year": "count", "days in places a year": "count",
    "yuan a visit": "decimal", "index": "decimal", "times": "decimal",
}  # fmt: skip
STYLES: dict[str, Style] = {unit: _UNITS.get(unit, "one") for unit in UNITS}
"""How the numbers of each unit are written; a constant, never changed."""

_DECIMALS: dict[Style, int] = {"money": 1, "share": 1, "count": 0, "decimal": 2, "one": 1}
_SCALE: dict[Style, float] = {"money": 1 / TEN_THOUSAND, "share": 100}


def number(value: float | None, style: Style, *, signed: bool = False) -> str:
    """A number alone, without its unit: scaled, rounded, thousands set apart; a dash where there is none."""
    if value is None:
        return "–"
    decimals = _DECIMALS[style]
    shown = round(value * _SCALE.get(style, 1), decimals) + 0.0  # + 0.0 makes of -0.0 a plain zero
    text = f"{shown:+,.{decimals}f}" if signed and shown else f"{shown:,.{decimals}f}"
    return text.replace("-", "−")


def plain(text: str) -> str:
    """A number as a scenario states it, thousands set apart and with a real minus sign; else the text."""
    try:
        return f"{Decimal(text):,f}".replace("-", "−")
    except InvalidOperation:
        return text


def month_name(start: date, month: int) -> str:
    """A month, counted from 0, as YYYY-MM."""
    year, within = divmod(start.month - 1 + month, 12)
    return f"{start.year + year:04d}-{within + 1:02d}"


def scale(unit: str) -> float:
    """By what a number of a unit is multiplied to be shown: money is in ten thousand yuan, shares in %."""
    return _SCALE.get(STYLES[unit], 1.0)


def interval(estimate: Estimate, style: Style) -> str:
    """The interval behind a number: ``± 1.2`` if symmetric, ``84.1–99.8`` if not, or nothing."""
    if estimate.ci is None or estimate.value is None:
        return ""
    low, high = estimate.ci
    if low == high:
        return ""
    below, above = estimate.value - low, high - estimate.value
    if abs(above - below) <= 1e-6 * (abs(above) + abs(below)):
        return f"± {number(above, style)}"
    return f"{number(low, style)}–{number(high, style)}"


def with_interval(estimate: Estimate, unit: str, *, signed: bool = False) -> str:
    """A number and its interval in one cell."""
    style = STYLES[unit]
    shown = number(estimate.value, style, signed=signed)
    around = interval(estimate, style)
    if around and not around.startswith("±"):
        around = f"({around})"
    return f"{shown} {around}".rstrip()


def change(moved: Estimate, found: Estimate, unit: str, _: Translate) -> str:
    """The difference of an outcome, `moved`, with its interval.

    Where there is none since the outcome, `found`, is defined in some cases only: in what share of them.
    """
    if moved.value is None and 0 < found.undefined < 1:
        return defined_in(found, _)
    return with_interval(moved, unit, signed=True)


def defined_in(found: Estimate, _: Translate) -> str:
    """In what share of cases an outcome is defined."""
    return _("in {share} of cases", share=percent(1 - found.undefined, _))


def percent(share: float, _: Translate, decimals: int = 0) -> str:
    """A share of cases in percent, as the language writes it."""
    return _("{number} %", number=f"{share * 100:.{decimals}f}".replace("-", "−"))


def signed_percent(share: float, _: Translate) -> str:
    """A change in percent to one decimal, with its sign."""
    return ("+" if round(share, 3) > 0 else "") + percent(share, _, decimals=1)


def percent_interval(estimate: Estimate, _: Translate) -> str:
    """The interval of a share in percent; empty where there is none."""
    if estimate.ci is None:
        return ""
    low, high = (f"{end * 100:.0f}".replace("-", "−") for end in estimate.ci)
    return _("{low}–{high} %", low=low, high=high)


def percent_with_interval(estimate: Estimate, _: Translate) -> str:
    """A share of cases and its interval in one cell."""
    return f"{percent(estimate.value or 0.0, _)} ({percent_interval(estimate, _)})"
