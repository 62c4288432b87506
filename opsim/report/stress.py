"""Stress tests on paper: the table, the object that scripts read, and the rows of ``stress.csv``."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from rich import box
from rich.console import Console
from rich.text import Text

from opsim.errors import Message, marked
from opsim.language import Translate, english, render, translator
from opsim.report import sentences
from opsim.report.jsonform import foot, head, outcome_value, verdict
from opsim.report.numbers import number, percent, percent_interval
from opsim.report.render.grid import Table
from opsim.report.words import VERDICTS
from opsim.study.replication import CaseResult
from opsim.study.run import RunResult
from opsim.study.stress import REPLICATIONS, Break, StressResult
from opsim.study.stresses import BOX, Stress

WIDTH_ELSEWHERE: Final = 140
"""Columns of text where the output is no terminal."""

SHARES: Final = ("gate_holds", "holds_with_grants", "holds_on_users")
MEDIANS: Final = ("own_level_fiscal_cost", "user_payments", "lowest_balance", "priority_visits")
"""What the median case shows."""

WITHOUT: Final = marked("without stress")

COLUMNS: Final = (
    "stress", "title", "applies", "verdict",
    *(f"{name}{end}" for name in SHARES for end in ("", "_low", "_high")),
    *(f"{name}_median" for name in MEDIANS), *(f"{name}_median_change" for name in MEDIANS),
    "breaks_at_strength", "strongest_tried", "settings_there",
)  # fmt: skip


def as_json(result: StressResult) -> dict[str, Any]:
    """The object of a stress test; a stress that does not apply is null, and `reasons` says why."""
    titles = {stress.name: stress.title for stress in BOX}
    return {
        **head(result.unstressed, "stress"),
        "complete": result.complete,
        "unstressed": _told(result.unstressed, result.unstressed),
        "stresses": {
            name: None
            if isinstance(found, Message)
            else {
                "title": {language: translator(language)(titles[name]) for language in ("en", "zh")},
                **_told(found, result.unstressed),
                "breaks": _break_told(_stress(name), result.breaks.get(name)),
            }
            for name, found in result.stresses.items()
        },
        "reasons": {
            name: {language: render(found, translator(language)) for language in ("en", "zh")}
            for name, found in result.stresses.items()
            if isinstance(found, Message)
        },
        "reverse_replications": result.reverse_replications,
        **foot(result.unstressed),
    }


def _told(run: RunResult, unstressed: RunResult) -> dict[str, Any]:
    units = {outcome.name: outcome.unit for outcome in run.outcomes}
    return {
        "verdict": verdict(run),
        "median": {
            name: {"value": median(run, name), "change": change(run, unstressed, name), "unit": units[name]}
            for name in MEDIANS
        },
        "outcomes": {name: outcome_value(found, units[name]) for name, found in run.option.items()},
    }


def _break_told(stress: Stress, found: Break | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "strength": found.strength,
        "tried": found.tried,
        "settings": None if found.strength is None else stress.values(found.strength),
    }


def _stress(name: str) -> Stress:
    return next(stress for stress in BOX if stress.name == name)


def _values(run: RunResult, name: str) -> np.ndarray[Any, Any]:
    def value(case: CaseResult) -> float:
        top, bottom = case.fractions[name]
        return top / bottom if bottom else np.nan

    return np.array([value(pair.option) for pair in run.replications])


def median(run: RunResult, name: str) -> float:
    """An outcome of the option in the median case."""
    return float(np.median(_values(run, name)))


def change(run: RunResult, unstressed: RunResult, name: str) -> float:
    """What the stress changes of it, in the median of the pairs."""
    return float(np.median(_values(run, name) - _values(unstressed, name)))


def rows(result: StressResult, translate: Translate = english) -> Iterator[tuple[Any, ...]]:
    """``stress.csv``: the option without stress, then one line for each stress.

    Titles, and in the place of a verdict why a stress does not apply, are translated; the figure's table has
    them in English, since it is drawn in either language.
    """
    yield ("", translate(WITHOUT), True, *_row(result.unstressed, result.unstressed), "", "", "")
    for stress in BOX:
        found, point = result.stresses[stress.name], result.breaks.get(stress.name)
        if isinstance(found, Message):
            empty = [""] * (len(COLUMNS) - 4)
            yield stress.name, translate(stress.title), False, render(found, translate), *empty
            continue
        strength = None if point is None else point.strength
        settings = "" if strength is None else _settings(stress, strength)
        tried = "" if point is None else point.tried
        yield (stress.name, translate(stress.title), True, *_row(found, result.unstressed),
               "" if strength is None else strength, tried, settings)  # fmt: skip


def _row(run: RunResult, unstressed: RunResult) -> Iterator[Any]:
    yield run.verdict.name
    for name in SHARES:
        found = run.option[name]
        yield from (found.value, *(found.ci or ("", "")))
    yield from (median(run, name) for name in MEDIANS)
    yield from (change(run, unstressed, name) for name in MEDIANS)


def _settings(stress: Stress, strength: float) -> str:
    return "; ".join(f"{path}={value:g}" for path, value in stress.values(strength).items())


def show(result: StressResult, language: str, console: Console) -> None:
    """Print the stress table and what can be read off it."""
    _ = translator(language)
    run = result.unstressed
    title = _("{scenario}: stress test of {option}").format(
        scenario=result.scenario.title[language], option=run.settings.option
    )
    console.print(Text(title, style="bold"))
    console.print(Text(sentences.made(run, _), style="dim"), soft_wrap=True)
    console.print(table(result, _))
    for line in _notes(result, _):
        console.print(Text(f"· {line}", style="dim"), soft_wrap=True)


def table(result: StressResult, _: Translate) -> Table:
    """A line for each stress: the median case, the share of cases in which it holds, where it breaks."""
    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    drawn.add_column("")
    drawn.add_column(_("stress"), overflow="fold")
    for heading in (
        _("holds with\nbudgeted grants"), _("public gate\nholds"), _("own-level cost\nmedian, change"),
        _("priority visits\nchange"), _("lowest balance\nmedian"), _("median case\nbreaks at"),
    ):  # fmt: skip
        drawn.add_column(heading, justify="right")
    drawn.add_row("", _(WITHOUT), *_cells(result.unstressed, result.unstressed, _), "")
    for stress in BOX:
        found = result.stresses[stress.name]
        if isinstance(found, Message):
            drawn.add_row(stress.name, Text.assemble(_(stress.title), "\n", (render(found, _), "dim")))
        else:
            point = _point(stress, result.breaks.get(stress.name), _)
            drawn.add_row(stress.name, _(stress.title), *_cells(found, result.unstressed, _), point)
    return drawn


def _cells(run: RunResult, unstressed: RunResult, _: Translate) -> Iterator[Text]:
    for name in ("holds_with_grants", "gate_holds"):
        found = run.option[name]
        share = "–" if found.value is None else percent(found.value, _)
        yield Text.assemble(share, "\n", (percent_interval(found, _), "dim"))
    cost = number(median(run, "own_level_fiscal_cost"), "money")
    moved = number(change(run, unstressed, "own_level_fiscal_cost"), "money", signed=True)
    yield Text.assemble(cost, "\n", ("" if run is unstressed else moved, "dim"))
    visits = number(change(run, unstressed, "priority_visits"), "count", signed=True)
    yield Text("" if run is unstressed else visits)
    yield Text(number(median(run, "lowest_balance"), "money"))


def _point(stress: Stress, found: Break | None, _: Translate) -> Text:
    if found is None:
        return Text("–")
    if found.strength is None:
        return Text(_("not up to\n{times} times").format(times=f"{found.tried:g}"))
    if found.strength == 0:
        return Text(_("broken\nas it is"))
    values = [
        f"{path.removeprefix('shocks.')} {value:g}" for path, value in stress.values(found.strength).items()
    ]
    times = _("{times} times").format(times=f"{found.strength:.2f}")
    return Text.assemble(times, *(("\n" + value, "dim") for value in values))


def _notes(result: StressResult, _: Translate) -> Iterator[str]:
    run = result.unstressed
    yield _("Without stress: {verdict}").format(verdict=_(VERDICTS[run.verdict.name]))
    yield _(
        "Money in ten thousand yuan (own-level cost a year, accrual); changes against the same cases without "
        "stress, in the median of the pairs"
    )
    yield _(
        "Breaks: the least strength (1: as in the table) by which most of {count} cases have failed, to 0.05"
    ).format(count=result.reverse_replications)
    nearest = sorted(
        (point.strength, name) for name, point in result.breaks.items() if point.strength is not None
    )
    if nearest and nearest[0][0] > 0:
        strength, name = nearest[0]
        yield _("Nearest point of failure: {name} ({title}) at {times} times its strength").format(
            name=name, title=_(_stress(name).title), times=f"{strength:.2f}"
        )
    if len(run.replications) < REPLICATIONS:
        yield _("Fewer than {count} replications: shares are rough").format(count=REPLICATIONS)
