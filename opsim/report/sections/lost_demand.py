"""Lost demand: what was asked for and not served, by group and cause, those who never came included."""

from collections.abc import Iterator
from typing import Final

from opsim.errors import marked
from opsim.facility.case import LOST
from opsim.language import Translate
from opsim.report.document import Row, Table
from opsim.report.numbers import number
from opsim.report.run_json import lost
from opsim.scenario.facility import Facility
from opsim.scenario.load import BASELINE
from opsim.study.run import Comparison

LOOKS: Final = {
    "price": (marked("never came: price"), "#12466b", ""),
    "reputation": (marked("never came: reputation"), "#5b8db3", "///"),
    "hours": (marked("never came: opening hours"), "#a9c7de", "..."),
    "closed": (marked("denied: closed"), "#ffffff", ""),
    "full": (marked("denied: full"), "#f0a73a", "xxx"),
    "reneged": (marked("denied: left the queue"), "#b4543c", "+++"),
    "turned_away": (marked("denied: sent away at closing"), "#dddddd", "---"),
    "sold_out": (marked("denied: sold out"), "#8a8a8a", "\\\\\\"),
}
"""Label, color and hatch of each cause; distinct without color too."""
assert tuple(LOOKS) == LOST

LEAST: Final = 0.5
"""Of them a year, below which a cause or group is left out of table and figure: it would read 0."""


def segment_title(facility: Facility, segment: str, language: str, _: Translate) -> str:
    """A group in words, such as "60 and over, low income"."""
    age, income = segment.split(".")
    ages, incomes = facility.catchment.ages, facility.catchment.incomes
    return _("{age}, {income}", age=ages[age].title[language], income=incomes[income].title[language])


Lost = dict[str, dict[str, dict[str, float]]]
"""Visits never made and refusals a year, by case, segment and cause."""


def worth_telling(table: Lost) -> Lost:
    """Without groups and causes that lose nobody anywhere."""
    segments = [s for s in table[BASELINE] if any(sum(each[s].values()) >= LEAST for each in table.values())]
    causes = [c for c in LOST if any(each[s][c] >= LEAST for each in table.values() for s in each)]
    return {case: {s: {c: each[s][c] for c in causes} for s in segments} for case, each in table.items()}


def tables(result: Comparison, language: str, _: Translate) -> Iterator[Table]:
    """A row for each group and a column for each cause, of the first option, the baseline in brackets.

    Nothing where nobody is lost.
    """
    years, option = result.settings.years, result.options[0]
    found = worth_telling({case: lost(done, years) for case, done in result.results().items()})
    if not found[option]:
        return
    rows = []
    for segment, causes in found[option].items():
        cells = (
            f"{number(visits, 'count')} ({number(found[BASELINE][segment][cause], 'count')})"
            for cause, visits in causes.items()
        )
        title = segment_title(result.scenario.options[option], segment, language, _)
        rows.append(Row((title, *cells)))
    causes = next(iter(found[option].values()))
    caption = _(
        "Lost demand by group: visits never made and refusals, a year ({option}; in brackets the baseline)",
        option=option,
    )
    yield Table(caption, (_("group"), *(_(LOOKS[cause][0]) for cause in causes)), tuple(rows))
