"""An option under every stress of the box: the median case, how often it holds, where it breaks."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np

from opsim.errors import Message, marked
from opsim.language import Translate, english, render, translator
from opsim.outcomes.case_estimates import values
from opsim.report.document import Block, Bullets, Row, Table, Title, broken
from opsim.report.json_values import dump, line
from opsim.report.numbers import number, percent, percent_interval
from opsim.report.run_json import foot, head, outcome_value, verdict
from opsim.report.sections.verdict_lines import made
from opsim.report.words import VERDICTS
from opsim.study.run import RunResult
from opsim.study.stress import REPLICATIONS, Break, StressResult
from opsim.study.stresses import BOX

SHARES: Final = ("gate_holds", "holds_with_grants", "holds_on_users")
MEDIANS: Final = ("own_level_fiscal_cost", "user_payments", "lowest_balance", "priority_visits")
"""What the median case shows."""
COLUMNS: Final = (
    "stress", "title", "applies", "verdict",
    *(f"{name}{end}" for name in SHARES for end in ("", "_low", "_high")),
    *(f"{name}_median" for name in MEDIANS), *(f"{name}_median_change" for name in MEDIANS),
    "breaks_at_strength", "strongest_tried", "settings_there",
)  # fmt: skip


class Line(NamedTuple):
    """One stress, or none."""

    name: str
    title: str
    found: RunResult | Message
    """Why, where it does not apply."""
    breaks: Break | None = None
    settings: dict[str, float] = {}  # noqa: RUF012 - nobody changes it
    """What the stress sets where it breaks the option, by path."""


def _lines(result: StressResult) -> Iterator[Line]:
    """The option without stress and, in the order of the box, under each one."""
    yield Line("", marked("without stress"), result.unstressed)
    for stress in BOX:
        breaks = result.breaks.get(stress.name)
        broken_at = None if breaks is None else breaks.strength
        settings = {} if broken_at is None else stress.values(broken_at)
        yield Line(stress.name, stress.title, result.stresses[stress.name], breaks, settings)


def as_json(result: StressResult) -> dict[str, Any]:
    """The object of a stress test; a stress that does not apply is null, and `reasons` says why."""
    return {
        **head(result.unstressed, "stress"),
        "complete": result.complete,
        "unstressed": _told(result.unstressed, result),
        "stresses": {
            each.name: None if isinstance(each.found, Message) else {
                "title": dump(Message(each.title)),
                **_told(each.found, result),
                "breaks": None if each.breaks is None else dump(each.breaks) | {"settings": each.settings},
            }
            for each in _lines(result)
            if each.name
        },
        "reasons": {
            name: dump(found) for name, found in result.stresses.items() if isinstance(found, Message)
        },
        "reverse_replications": result.reverse_replications,
        **foot(result.unstressed),
    }  # fmt: skip


def _told(run: RunResult, result: StressResult) -> dict[str, Any]:
    units = {outcome.name: outcome.unit for outcome in run.outcomes}
    medians = {name: _median(run, result, name) for name in MEDIANS}
    return {
        "verdict": verdict(run),
        "median": {
            name: {"value": value, "change": change, "unit": units[name]}
            for name, (value, change) in medians.items()
        },
        "outcomes": {name: outcome_value(found, units[name]) for name, found in run.option.items()},
    }


def _median(run: RunResult, result: StressResult, name: str) -> tuple[float, float]:
    """An outcome of the option in the median case, and what the stress changes of it at the pairs' median."""
    under, before = (
        values([pair.option for pair in each.replications], name) for each in (run, result.unstressed)
    )
    return float(np.median(under)), float(np.median(under - before))


def rows(result: StressResult, translate: Translate = english) -> Iterator[tuple[Any, ...]]:
    """``stress.csv``: the option without stress, then one line for each stress.

    Titles, and in the place of a verdict why a stress does not apply, are translated; the figure's table has
    them in English, since it is drawn in either language.
    """
    for each in _lines(result):
        found = each.found
        told: dict[str, object] = {"stress": each.name, "title": translate(each.title)}
        if isinstance(found, Message):
            told |= {"applies": False, "verdict": render(found, translate)}
        else:
            told |= {"applies": True, "verdict": found.verdict.name}
            told |= {name: found.option[name] for name in SHARES}
            for name in MEDIANS:
                told[f"{name}_median"], told[f"{name}_median_change"] = _median(found, result, name)
            told["settings_there"] = "; ".join(f"{path}={value:g}" for path, value in each.settings.items())
        if each.breaks is not None:
            told |= {"breaks_at_strength": each.breaks.strength, "strongest_tried": each.breaks.tried}
        yield line(told, COLUMNS)


def blocks(result: StressResult, language: str) -> Iterator[Block]:
    """The stress table and what can be read off it."""
    _ = translator(language)
    title = _(
        "{scenario}: stress test of {option}",
        scenario=result.scenario.title[language],
        option=result.unstressed.settings.option,
    )
    yield Title(title, made(result.unstressed, _))
    heads = (
        _("holds with\nbudgeted grants"), _("public gate\nholds"), _("own-level cost\nmedian, change"),
        _("priority visits\nchange"), _("lowest balance\nmedian"), _("median case\nbreaks at"),
    )  # fmt: skip
    rows = tuple(Row((each.name, *_cells(each, result, _))) for each in _lines(result))
    yield Table("", ("", _("stress"), *map(broken, heads)), rows, text_columns=(0, 1), tight=True)
    yield Bullets(tuple(_notes(result, _)), "note")


def _cells(each: Line, result: StressResult, _: Translate) -> Iterator[str]:
    """The median case, the share of cases in which it holds, where it breaks."""
    run = each.found
    if isinstance(run, Message):
        yield f"{_(each.title)}\n{render(run, _)}"
        yield from [""] * 6
        return
    yield _(each.title)
    for name in ("holds_with_grants", "gate_holds"):
        found = run.option[name]
        yield f"{'–' if found.value is None else percent(found.value, _)}\n{percent_interval(found, _)}"
    cost, balance, visits = (
        _median(run, result, name) for name in ("own_level_fiscal_cost", "lowest_balance", "priority_visits")
    )
    yield f"{number(cost[0], 'money')}\n{number(cost[1], 'money', signed=True) if each.name else ''}"
    yield number(visits[1], "count", signed=True) if each.name else ""
    yield number(balance[0], "money")
    yield _point(each, _) if each.name else ""


def _point(each: Line, _: Translate) -> str:
    if each.breaks is None:
        return "–"
    if each.breaks.strength is None:
        return broken(_("not up to\n{times} times", times=f"{each.breaks.tried:g}"))
    if each.breaks.strength == 0:
        return broken(_("broken\nas it is"))
    times = _("{times} times", times=f"{each.breaks.strength:.2f}")
    return "\n".join(
        (times, *(f"{path.removeprefix('shocks.')} {value:g}" for path, value in each.settings.items()))
    )


def _notes(result: StressResult, _: Translate) -> Iterator[str]:
    run = result.unstressed
    yield _("Without stress: {verdict}", verdict=_(VERDICTS[run.verdict.name]))
    yield _(
        "Money in ten thousand yuan (own-level cost a year, accrual); changes against the same cases without "
        "stress, in the median of the pairs"
    )
    yield _(
        "Breaks: the least strength (1: as in the table) by which most of {count} cases have failed, to 0.05",
        count=result.reverse_replications,
    )
    breaking = sorted(
        (each.breaks.strength, each.name, each.title)
        for each in _lines(result)
        if each.breaks is not None and each.breaks.strength is not None
    )
    if breaking and breaking[0][0] > 0:
        strength, name, title = breaking[0]
        yield _(
            "Nearest point of failure: {name} ({title}) at {times} times its strength",
            name=name,
            title=_(title),
            times=f"{strength:.2f}",
        )
    if len(run.replications) < REPLICATIONS:
        yield _("Fewer than {count} replications: shares are rough", count=REPLICATIONS)
