"""Plain numbers and days: no text that looks like one, no truth value, no time of day."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field

from opsim.scenario.fault import fault, shown


def _plain_number(raw: object) -> object:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, Decimal)):
        raise fault("not a number: {text}", "a plain number such as 12.5", text=shown(raw))
    return raw


def _plain_day(raw: object) -> object:
    if isinstance(raw, str) and _DAY.fullmatch(raw):
        try:
            return date.fromisoformat(raw)
        except ValueError:
            pass
    if type(raw) is not date:
        raise fault("not a day: {text}", "a day such as 2026-01-01", text=shown(raw))
    return raw


def _month_and_day(raw: object) -> object:
    try:
        if not isinstance(raw, str) or len(raw) != 5:
            raise ValueError
        date.fromisoformat(f"2000-{raw}")
    except ValueError:
        raise fault("not a month and day: {text}", "month and day such as 07-05", text=shown(raw)) from None
    return raw


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Number = Annotated[Decimal, BeforeValidator(_plain_number), Field(allow_inf_nan=False)]
"""A number; no text that looks like one, no truth value."""
Weight = Annotated[float, BeforeValidator(_plain_number), Field(ge=0, allow_inf_nan=False)]
"""A relative weight or an observed value, zero or more."""
Day = Annotated[date, BeforeValidator(_plain_day)]
"""A day written 2026-01-01."""
MonthDay = Annotated[str, BeforeValidator(_month_and_day)]
"""A day of every year written 07-05."""
