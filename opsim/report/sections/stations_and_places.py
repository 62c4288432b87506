"""What ``--full`` adds: stations and places, each case by itself, as tables within 100 columns of text.

Below each number stands its interval. Rows of single segments are in ``stations.csv`` only.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from opsim.errors import marked as _
from opsim.facility.month.station_counts import limits
from opsim.language import Translate, translator
from opsim.outcomes.station_measures import ALL, POOREST, PRIORITY, UNITS
from opsim.outcomes.station_measures import Row as Measured
from opsim.report.document import Block, Paragraph, Row, Table
from opsim.report.numbers import STYLES, Style, interval, number
from opsim.scenario.facility import Facility
from opsim.scenario.load import BASELINE
from opsim.study.run import Comparison, RunResult

ARRIVALS: Final = {
    "arrivals": _("arrivals a year"),
    "served": _("served"),
    "denied_closed": _("closed"),
    "denied_full": _("full"),
    "denied_left": _("left the queue"),
    "denied_sent_away": _("sent away"),
    "denied_sold_out": _("sold out"),
    "denied_share": _("denied, %"),
}
WAITS: Final = {
    "wait_mean": _("mean"),
    "waiting_share": _("wait, %"),
    "long_wait_share": _("long, %"),
    "wait_p50": "P50",
    "wait_p90": "P90",
    "wait_p95": "P95",
    "wait_p99": "P99",
    "queue_mean": _("queue, persons"),
    "use": _("use, %"),
}
PLACES: Final = {
    "applications": _("applied"),
    "refused": _("refused"),
    "admissions": _("admitted"),
    "gave_up": _("gave up"),
    "waiting_days": _("days waited"),
    "delay_share": _("not at once, %"),
    "place_days": _("place days"),
    "occupancy": _("taken, %"),
    "waiting_list": _("on the list"),
}
"""Columns with their headings."""
ONLY_IF_ANY: Final = (*(name for name in ARRIVALS if name.startswith("denied_")), "refused", "gave_up")
"""Left out where there is nobody to whom this happens."""
WIDTH_ELSEWHERE: Final = 100
"""Columns of text where the output is no terminal."""
LABEL: Final = 14
"""Letters that the column of labels has at least."""
GROUPS: Final = {PRIORITY: _("priority groups"), POOREST: _("lowest income")}
FINE: Final[dict[str, Style]] = {"queue_mean": "decimal"}
"""Numbers that are written finer than others of their unit."""


Line = tuple[str, Measured]
"""A row with its label."""


def blocks(result: Comparison | RunResult, language: str) -> Iterator[Block]:
    """The tables of every case."""
    _ = translator(language)
    cases = result.scenario.cases()
    for case, told in result.told().items():
        facility, name = cases[case], _("baseline") if case == BASELINE else case
        lines = _station_lines(facility, told.stations, language, _)
        for title, headings in (
            (_("Who comes to the stations, and what becomes of them ({case})"), ARRIVALS),
            (_("Waits in minutes, queue and use of the stations ({case})"), WAITS),
        ):
            yield from _table(title.format(case=name), _("station"), headings, lines, _)
        lines = _place_lines(facility, told.places, language)
        title = _("Places and their waiting lists, a year ({case})", case=name)
        yield from _table(title, _("service"), PLACES, lines, _)
    yield Paragraph(_notes(result, _), "note")


def _table(
    title: str, first: str, headings: Mapping[str, str], lines: Sequence[Line], _: Translate
) -> Iterator[Table]:
    """A row for each line, with the columns that say something; nothing where there are no lines."""
    if not lines:
        return
    names = [
        name for name in headings
        if name not in ONLY_IF_ANY or any(row.found[name].value for _label, row in lines)
    ]  # fmt: skip
    rows = []
    for label, row in lines:
        cells = []
        for name in names:
            style, found = FINE.get(name, STYLES[UNITS[name]]), row.found[name]
            cells.append(f"{number(found.value, style)}\n{interval(found, style)}")
        rows.append(Row((label, *cells)))
    heads = (first, *(_(headings[name]) for name in names))
    yield Table(title, heads, tuple(rows), tight=True, least=(LABEL,))


def _station_lines(facility: Facility, rows: Sequence[Measured], language: str, _: Translate) -> list[Line]:
    """The rows shown with their labels: each station, its services if it has several, its groups.

    Stations to which nobody comes are in the file only.
    """
    several = {
        station
        for station in facility.stations
        if len({row.names[1] for row in rows if row.names[0] == station}) > 2
    }
    lines = []
    for row in rows:
        station, service, group = row.names
        if not row.found["arrivals"].value:
            continue
        if (service, group) == (ALL, ALL):
            lines.append((facility.stations[station].title[language], row))
        elif group == ALL and station in several:
            lines.append((f"  {facility.services[service].title[language]}", row))
        elif service == ALL and group in GROUPS:
            lines.append((f"  {_(GROUPS[group])}", row))
    return lines


def _place_lines(facility: Facility, rows: Sequence[Measured], language: str) -> list[Line]:
    """Each service, and its levels if it has several."""
    houses, lines = facility.places(), []
    for row in rows:
        service, level = row.names
        house = houses[service]
        if level == ALL:
            lines.append((house.title[language], row))
        elif len(house.levels) > 1:
            lines.append((f"  {house.levels[level].title[language]}", row))
    return lines


def _notes(result: Comparison | RunResult, _: Translate) -> str:
    cases = result.scenario.cases()
    long = sorted({minutes for case in result.told() for minutes in limits(cases[case]).values()})
    lines = [
        _("Below each number: its 95-percent interval; empty where it has no width or there are too few "
          "replications"),
        _("Waits: of all who queue, those served at once and those who leave included; percentiles are exact "
          "up to five minutes, above that at most 1 % too long"),
    ]  # fmt: skip
    if long:
        minutes = _(" or ").join(number(each, "one") for each in long)
        lines.append(_("A wait is long beyond {minutes} minutes", minutes=minutes))
    lines.append(
        _("Queue and use: while the station is open; of a crew that serves several stations, its whole time "
          "is on offer at each")
    )  # fmt: skip
    return "\n".join(lines)
