"""Opening hours and other daily intervals.

Written as one text for every day, ``"09:00-12:00, 13:30-17:30"``, ``"00:00-24:00"`` or ``closed``, or as a
map by kind of day; the most particular entry holds: ``holiday``, then the weekday's name, then ``workday``
or ``restday``. A closing time at or before the opening time lies on the next day (``"18:00-02:00"``).
"""

import re
from functools import cache
from typing import Any, Literal, get_args

from pydantic import GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, PydanticCustomError

from opsim.records import TICKS_PER_DAY
from opsim.scenario.checking.fault import Faults, fault
from opsim.scenario.quantity import Leaf

Interval = tuple[int, int]
"""From and until, in ticks after midnight; until may lie beyond 86,400."""

DayKey = Literal[
    "workday", "restday", "holiday",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
]  # fmt: skip
WEEKDAYS: tuple[str, ...] = get_args(DayKey)[3:]

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


@cache
def parse_intervals(text: str) -> tuple[Interval, ...]:
    """Read ``"09:00-12:00, 13:30-17:30"``; ``"closed"`` is no interval. Touching intervals are merged.

    Raises a `PydanticCustomError` for anything else, overlapping intervals included.
    """
    if text.strip() == "closed":
        return ()
    intervals: list[Interval] = []
    for part in text.split(","):
        match = _CLOCK.fullmatch(part.strip())
        if not match:
            raise _not_hours(text)
        hour, minute, to_hour, to_minute = (int(group) for group in match.groups())
        if minute > 59 or to_minute > 59 or hour > 23 or to_hour * 60 + to_minute > 24 * 60:
            raise _not_hours(text)
        start, end = hour * 3600 + minute * 60, to_hour * 3600 + to_minute * 60
        intervals.append((start, end if end > start else end + TICKS_PER_DAY))
    return merge(sorted(intervals), text)


def merge(intervals: list[Interval], text: str = "") -> tuple[Interval, ...]:
    """Join touching intervals, sorted by start; refuse overlapping ones."""
    merged: list[Interval] = []
    for start, end in intervals:
        if merged and start < merged[-1][1]:
            raise _overlap(text)
        if merged and start == merged[-1][1]:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    if merged and merged[-1][1] - TICKS_PER_DAY > merged[0][0]:
        raise _overlap(text)
    return tuple(merged)


def _overlap(text: str) -> PydanticCustomError:
    return fault('hours "{text}" overlap', "intervals one after the other", text=text)


def _not_hours(text: str) -> PydanticCustomError:
    allowed = '"09:00-21:00", "09:00-12:00, 13:30-17:30", closed, or a map by kind of day'
    return fault('not opening hours: "{text}"', allowed, text=text)


class Hours(Leaf):
    """Opening hours by kind of day."""

    by_day: dict[DayKey, str]
    """Text of the hours for each kind of day named."""

    @model_validator(mode="before")
    @classmethod
    def _accept_text(cls, raw: object) -> object:
        if isinstance(raw, str):
            return {"by_day": {"workday": raw, "restday": raw}}
        if isinstance(raw, dict) and set(raw) != {"by_day"}:
            return {"by_day": raw}
        return raw

    def faults(self) -> Faults:
        """Texts that are no hours, each told once; kinds of day without hours."""
        told: list[PydanticCustomError] = []
        for day, text in self.by_day.items():
            try:
                parse_intervals(text)
            except PydanticCustomError as error:
                if error not in told:
                    told.append(error)
                    yield ("by_day", day), error
        for kind, days in (("workday", WEEKDAYS[:5]), ("restday", WEEKDAYS[5:])):
            if not told and kind not in self.by_day and not all(day in self.by_day for day in days):
                told.append(
                    fault("no hours for every {kind}", "an entry {kind}, or one for each weekday", kind=kind)
                )
                yield (), told[0]

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        days = {key: {"type": "string"} for key in get_args(DayKey)}
        by_day = {"type": "object", "properties": days, "additionalProperties": False}
        return {"anyOf": [{"type": "string"}, by_day]}

    def on(self, weekday: int, *, restday: bool, holiday: bool) -> tuple[Interval, ...]:
        """Intervals of one day. `weekday` 0 is Monday; a make-up working day is not a restday."""
        keys = ["holiday"] if holiday else []
        keys += [WEEKDAYS[weekday], "restday" if restday else "workday"]
        for key in keys:
            if key in self.by_day:
                return parse_intervals(self.by_day[key])
        # A make-up working day on a weekday-by-weekday timetable keeps Friday's hours.
        return parse_intervals(self.by_day["friday" if not restday else "sunday"])


def closing_moved(hours: Hours, minutes: int) -> Hours:
    """The same hours with each day's last closing so many minutes later, or earlier where negative.

    A last interval that would not be left is dropped; no day is longer than 24 hours.
    """
    return Hours(by_day={day: _closing_moved(text, minutes) for day, text in hours.by_day.items()})


def _closing_moved(text: str, minutes: int) -> str:
    intervals = list(parse_intervals(text))
    if not intervals:
        return text
    start, end = intervals.pop()
    first = intervals[0][0] if intervals else start
    end = min(end + minutes * 60, first + TICKS_PER_DAY)
    if end > start:
        intervals.append((start, end))
    return ", ".join(f"{_clock(begin)}-{_clock(until)}" for begin, until in intervals) or "closed"


def _clock(ticks: int) -> str:
    """An hour of the day, or of the next one after midnight."""
    minutes = (ticks if ticks <= TICKS_PER_DAY else ticks - TICKS_PER_DAY) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
