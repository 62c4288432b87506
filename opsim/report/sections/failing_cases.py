"""Scenario discovery: under which conditions each option fails, and how robust the options are."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

import opsim
from opsim.errors import marked
from opsim.language import Translate, translator
from opsim.report.cases import Cases
from opsim.report.document import Block, Bullets, Row, Table, Title
from opsim.report.json_values import SCHEMA, dump, line, named
from opsim.report.labels import label, labels
from opsim.report.numbers import number, percent, percent_interval, percent_with_interval, with_interval
from opsim.study.boxes import FEWEST_CASES, Box
from opsim.study.discovery import Discovery
from opsim.study.robust import Robustness

BOX_COLUMNS: Final = (
    "option", "box", "path", "above", "at_most", "least", "most", "density", "density_low", "density_high",
    "coverage", "coverage_low", "coverage_high", "cases", "fails_overall",
)  # fmt: skip
ROBUST_COLUMNS: Final = (
    "option", "best", "best_low", "best_high", "regret", "regret_low", "regret_high", "regret_p90",
    "regret_most", "satisfies", "satisfies_low", "satisfies_high",
)  # fmt: skip
FAILINGS: Final = {
    "holds_with_grants": marked("gate or money fails, even with the budgeted grants,"),
    "gate_holds": marked("the public gate fails"),
    "holds_on_users": marked("gate or money fails on user payments alone"),
}


@dataclass(frozen=True, slots=True)
class Discovered:
    """What `opsim discover` has found."""

    cases: Cases
    found: dict[str, Discovery]
    robust: dict[str, Robustness]
    """Empty where there is one option only."""


def _limits(box: Box, cases: Cases) -> Iterator[dict[str, Any]]:
    for column, (above, at_most) in sorted(box.limits.items()):
        numbers = cases.numbers[:, column]
        yield {
            "path": cases.paths[column], "above": above, "at_most": at_most,
            "least": float(np.nanmin(numbers)), "most": float(np.nanmax(numbers)),
        }  # fmt: skip


def rows(result: Discovered) -> Iterator[tuple[Any, ...]]:
    """A line for each limit of each box."""
    for option, found in result.found.items():
        for place, box in enumerate(found.boxes, 1):
            whole = named(box) | {"option": option, "box": place, "fails_overall": found.fails.value}
            for limit in _limits(box, result.cases):
                yield line(whole | limit, BOX_COLUMNS)


def robust_rows(result: Discovered) -> Iterator[tuple[Any, ...]]:
    """A line for each option; regrets in yuan a year."""
    for option, it in result.robust.items():
        yield line(named(it) | {"option": option}, ROBUST_COLUMNS)


def as_json(result: Discovered) -> dict[str, Any]:
    """The object of a discovery."""
    told, scenario = result.cases.results.told, result.cases.results.scenario
    same = ("scenario", "seed", "replications", "complete", "years", "fixed", "engine")
    return {
        "schema": SCHEMA,
        "command": "discover",
        "of": told["command"],
        "title": dump(scenario.title),
        **{name: told[name] for name in same},
        "version": opsim.__version__,
        "options": list(result.found),
        "cases": len(result.cases.numbers),
        "discoveries": {
            option: dump(
                named(found) | {"enough": found.enough, "boxes": [_told(box, result) for box in found.boxes]}
            )
            for option, found in result.found.items()
        },
        "robustness": dump(result.robust),
    }


def _told(box: Box, result: Discovered) -> dict[str, Any]:
    scenario = result.cases.results.scenario
    limits = [limit | {"title": labels(scenario, limit["path"])} for limit in _limits(box, result.cases)]
    return named(box) | {"limits": limits}


def blocks(result: Discovered, language: str) -> Iterator[Block]:
    """The boxes in words, and how robust the options are."""
    _, results = translator(language), result.cases.results
    made = _("{count} cases · seed {seed} · counted on the half of the cases not used to find the boxes")
    yield Title(
        _("{scenario}: in which cases it fails", scenario=results.scenario.title[language]),
        made.format(count=len(result.cases.numbers), seed=results.told["seed"]),
    )
    lines = (each for option in result.found for each in _sentences(option, result, language))
    yield Bullets(tuple(lines))
    if result.robust:
        yield _robust_table(result, _)
        notes = (
            _(
                "Best: no other option costs our treasury less in the case; "
                "regret: how much less the best one costs there"
            ),
            _("Satisfies: gate and money hold with the budgeted grants"),
        )  # fmt: skip
        yield Bullets(notes, "note")


def _sentences(option: str, result: Discovered, language: str) -> Iterator[str]:
    """What was found for an option."""
    _, found = translator(language), result.found[option]
    yield _(
        "{option}: {failing} in {share} of all cases",
        option=option,
        failing=_(FAILINGS[found.flag]),
        share=percent(found.fails.value or 0.0, _),
    )
    if not found.enough:
        yield _(
            "{option}: {found} cases that are independent of one another are too few to look for boxes, "
            "it takes {count}",
            option=option,
            found=found.independent,
            count=FEWEST_CASES,
        )
    elif not found.boxes:
        yield _("{option}: no box in which it fails more often than by chance", option=option)
    for box in found.boxes:
        yield _(
            "{option}: it fails in {density} ({interval}) of the cases where {limits}; "
            "these are {coverage} of its failures",
            option=option,
            density=percent(box.density.value or 0.0, _),
            interval=percent_interval(box.density, _),
            limits=_(" and ").join(_limit(each, result, language) for each in _limits(box, result.cases)),
            coverage=percent(box.coverage.value or 0.0, _),
        )


def _limit(limit: dict[str, Any], result: Discovered, language: str) -> str:
    """A limit of a box in words."""
    _, above, at_most = translator(language), limit["above"], limit["at_most"]
    template = (
        _("{number} ≤ {high}") if above is None
        else _("{number} > {low}") if at_most is None
        else _("{low} < {number} ≤ {high}")
    )  # fmt: skip
    name = label(result.cases.results.scenario, limit["path"], language, _)
    return template.format(number=name, low=short(above), high=short(at_most))


def short(limit: float | None) -> str:
    """A limit with three digits: more would be read out of the sample only."""
    return "" if limit is None else f"{limit:,.3g}" if abs(limit) < 1000 else f"{limit:,.0f}"


def _robust_table(result: Discovered, _: Translate) -> Table:
    rows = (
        Row((
            option, percent_with_interval(it.best, _), with_interval(it.regret, "yuan a year"),
            number(it.regret_p90, "money"), number(it.regret_most, "money"),
            percent_with_interval(it.satisfies, _),
        ))
        for option, it in result.robust.items()
    )  # fmt: skip
    return Table(
        _("Robustness over the cases (regret in ten thousand yuan a year)"),
        (_("option"), _("best"), _("mean regret"), _("regret, nine in ten below"), _("largest regret"),
         _("satisfies")),
        tuple(rows),
    )  # fmt: skip
