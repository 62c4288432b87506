"""Scenario discovery on paper: the boxes in words, a table, one object, and how robust the options are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from rich import box as frames
from rich.console import Console
from rich.text import Text

import opsim
from opsim.errors import marked
from opsim.language import Translate, translator
from opsim.outcomes.intervals import Estimate
from opsim.report.cases import Cases
from opsim.report.dump import SCHEMA
from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import INK, LINE, MUTED, blank, footnote, heading, legend, wrapped
from opsim.report.labels import label
from opsim.report.numbers import number, percent, percent_interval, with_interval
from opsim.report.render.grid import Table
from opsim.report.results import value
from opsim.report.run_json import interval
from opsim.study.boxes import FEWEST_CASES, Box
from opsim.study.discovery import Discovery
from opsim.study.robust import Robustness

WIDTH_ELSEWHERE: Final = 140
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


def rows(result: Discovered) -> Iterator[tuple[Any, ...]]:
    """A line for each limit of each box."""
    for option, found in result.found.items():
        for place, box in enumerate(found.boxes, 1):
            for column, (above, at_most) in sorted(box.limits.items()):
                numbers = result.cases.numbers[:, column]
                yield (option, place, result.cases.paths[column], above, at_most, float(np.nanmin(numbers)),
                       float(np.nanmax(numbers)), *_ends(box.density), *_ends(box.coverage), box.cases,
                       found.fails.value)  # fmt: skip


def robust_rows(result: Discovered) -> Iterator[tuple[Any, ...]]:
    """A line for each option; regrets in yuan a year."""
    for option, it in result.robust.items():
        yield (option, *_ends(it.best), *_ends(it.regret), it.regret_p90, it.regret_most,
               *_ends(it.satisfies))  # fmt: skip


def _ends(estimate: Estimate) -> tuple[float | None, float | None, float | None]:
    low, high = estimate.ci or (None, None)
    return estimate.value, low, high


def as_json(result: Discovered) -> dict[str, Any]:
    """The object of a discovery."""
    told, scenario = result.cases.results.told, result.cases.results.scenario
    return {
        "schema": SCHEMA,
        "command": "discover",
        "scenario": told["scenario"],
        "title": {"en": scenario.title.en, "zh": scenario.title.zh},
        "options": list(result.found),
        "seed": told["seed"],
        "replications": told["replications"],
        "cases": len(result.cases.numbers),
        "complete": told["complete"],
        "years": told["years"],
        "fixed": told["fixed"],
        "engine": told["engine"],
        "version": opsim.__version__,
        "of": told["command"],
        "discoveries": {
            option: {
                "flag": found.flag,
                "fails": _value(found.fails),
                "independent_cases": found.independent,
                "enough_cases": found.enough,
                "boxes": [_box(result, box) for box in found.boxes],
            }
            for option, found in result.found.items()
        },
        "robustness": {
            option: {
                "best": _value(it.best), "regret": _value(it.regret), "regret_p90": it.regret_p90,
                "regret_most": it.regret_most, "satisfies": _value(it.satisfies),
            }
            for option, it in result.robust.items()
        },
    }  # fmt: skip


def _value(estimate: Estimate) -> dict[str, Any]:
    return {"value": estimate.value, "ci": interval(estimate)}


def _box(result: Discovered, box: Box) -> dict[str, Any]:
    paths, scenario = result.cases.paths, result.cases.results.scenario
    return {
        "limits": [
            {
                "path": paths[column],
                "title": {
                    language: label(scenario, paths[column], language, translator(language))
                    for language in ("en", "zh")
                },
                "above": above,
                "at_most": at_most,
            }
            for column, (above, at_most) in sorted(box.limits.items())
        ],
        "density": _value(box.density),
        "coverage": _value(box.coverage),
        "cases": box.cases,
    }


def show(told: Mapping[str, Any], language: str, console: Console) -> None:
    """Print the boxes in words, and how robust the options are; from the object of ``run.json``."""
    _ = translator(language)
    title = _("{scenario}: in which cases it fails").format(scenario=told["title"][language])
    console.print(Text(title, style="bold"))
    made = _("{count} cases · seed {seed} · counted on the half of the cases not used to find the boxes")
    console.print(Text(made.format(count=told["cases"], seed=told["seed"]), style="dim"), soft_wrap=True)
    console.print()
    for option, found in told["discoveries"].items():
        for line in sentences(option, found, language):
            console.print(Text(f"· {line}"), soft_wrap=True)
    if told["robustness"]:
        console.print(_robust_table(told, _))
        notes = (
            _(
                "Best: no other option costs our treasury less in the case; "
                "regret: how much less the best one costs there"
            ),
            _("Satisfies: gate and money hold with the budgeted grants"),
        )  # fmt: skip
        for note in notes:
            console.print(Text(f"· {note}", style="dim"), soft_wrap=True)


def sentences(option: str, found: Mapping[str, Any], language: str) -> Iterator[str]:
    """What was found for an option."""
    _ = translator(language)
    share = percent(found["fails"]["value"], _)
    yield _("{option}: {failing} in {share} of all cases").format(
        option=option, failing=_(FAILINGS[found["flag"]]), share=share
    )
    if not found["enough_cases"]:
        yield _(
            "{option}: {found} cases that are independent of one another are too few to look for boxes, "
            "it takes {count}"
        ).format(option=option, found=found["independent_cases"], count=FEWEST_CASES)
    elif not found["boxes"]:
        yield _("{option}: no box in which it fails more often than by chance").format(option=option)
    for box in found["boxes"]:
        density, coverage = (_estimate(box[name]) for name in ("density", "coverage"))
        yield _(
            "{option}: it fails in {density} ({interval}) of the cases where {limits}; "
            "these are {coverage} of its failures"
        ).format(
            option=option, density=percent(density.value or 0.0, _), interval=percent_interval(density, _),
            limits=limits(box["limits"], language), coverage=percent(coverage.value or 0.0, _),
        )  # fmt: skip


def _estimate(told: Mapping[str, Any]) -> Estimate:
    return Estimate(told["value"], None if told["ci"] is None else (told["ci"][0], told["ci"][1]))


def limits(told: list[dict[str, Any]], language: str) -> str:
    """The limits of a box in words."""
    _ = translator(language)
    parts = []
    for each in told:
        ends = {
            "number": each["title"][language],
            "low": _short(each["above"]),
            "high": _short(each["at_most"]),
        }
        if each["above"] is None:
            parts.append(_("{number} ≤ {high}").format(**ends))
        elif each["at_most"] is None:
            parts.append(_("{number} > {low}").format(**ends))
        else:
            parts.append(_("{low} < {number} ≤ {high}").format(**ends))
    return _(" and ").join(parts)


def _short(limit: float | None) -> str:
    """A limit with three digits: more would be read out of the sample only."""
    return "" if limit is None else f"{limit:,.3g}" if abs(limit) < 1000 else f"{limit:,.0f}"


def _robust_table(told: Mapping[str, Any], _: Translate) -> Table:
    table = Table(box=frames.SIMPLE_HEAD, pad_edge=False, title_justify="left", title_style="bold")
    table.title = _("Robustness over the cases (regret in ten thousand yuan a year)")
    table.add_column(_("option"))
    for head in (
        _("best"),
        _("mean regret"),
        _("regret, nine in ten below"),
        _("largest regret"),
        _("satisfies"),
    ):
        table.add_column(head, justify="right")
    for option, it in told["robustness"].items():
        best, satisfies = (_estimate(it[name]) for name in ("best", "satisfies"))
        table.add_row(
            option,
            f"{percent(best.value or 0.0, _)} ({percent_interval(best, _)})",
            with_interval(_estimate(it["regret"]), "yuan a year"),
            number(it["regret_p90"], "money"),
            number(it["regret_most"], "money"),
            f"{percent(satisfies.value or 0.0, _)} ({percent_interval(satisfies, _)})",
        )
    return table


def figure(sheet: Sheet) -> Figure:
    """For each box a row for each number that it limits: the whole range, and the part in which it fails."""
    _ = sheet.translate
    groups = list(dict.fromkeys((row["option"], row["box"]) for row in sheet.rows))
    drawn = blank(10.0, 2.2 + 0.5 * len(sheet.rows) + 0.55 * len(groups))
    height = drawn.get_size_inches()[1]
    drawn.subplots_adjust(left=0.34, right=0.96, top=1 - 0.8 / height, bottom=0.95 / height)
    axes = drawn.subplots()
    place, ticks = 0.0, list[tuple[float, str]]()
    for option, number_of in groups:
        shown = [row for row in sheet.rows if (row["option"], row["box"]) == (option, number_of)]
        first = shown[0]
        axes.text(0, place - 0.1, _summary(sheet, option, first), fontsize=9, fontweight="bold", va="center")
        place += 0.75
        for row in shown:
            _range(axes, place, row)
            ticks.append((place, label(sheet.results.scenario, row["path"], sheet.language, _)))
            place += 1
        place += 0.35
    if not groups:
        axes.text(0, 0, _("No box in which it fails more often than by chance"), fontsize=10)
    axes.set_yticks(
        [at for at, _name in ticks], [wrapped(name, 42) for _at, name in ticks], color=INK, fontsize=8.5
    )
    axes.set_ylim(max(place - 0.2, 0.8), -0.6)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xticks([])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    keys = [
        Patch(facecolor="#ffffff", edgecolor=MUTED, label=_("the range met in the cases")),
        Patch(facecolor=LINE, edgecolor=INK, label=_("the part in which it fails more often")),
    ]
    legend(drawn, keys, 2)
    heading(drawn, _("Under which conditions it fails"), footnote(sheet.results.told, _))
    return drawn


def _summary(sheet: Sheet, option: str, row: Mapping[str, str]) -> str:
    _ = sheet.translate
    template = _("{option}: fails in {density} of these cases, in {all} of all; {coverage} of its failures")
    return template.format(
        option=sheet.title(option), density=percent(float(row["density"]), _),
        all=percent(float(row["fails_overall"]), _), coverage=percent(float(row["coverage"]), _),
    )  # fmt: skip


def _range(axes: Any, place: float, row: Mapping[str, str]) -> None:  # noqa: ANN401 - the library's axes
    least, most = float(row["least"]), float(row["most"])
    above, at_most = value(row["above"]), value(row["at_most"])

    def at(number: float) -> float:
        return (number - least) / (most - least)

    axes.barh(place, 1, 0.34, color="#ffffff", edgecolor=MUTED, linewidth=0.8)
    low, high = least if above is None else above, most if at_most is None else at_most
    axes.barh(place, at(high) - at(low), 0.34, left=at(low), color=LINE, edgecolor=INK, linewidth=0.8)
    for limit, side in ((above, "right"), (at_most, "left")):
        if limit is not None:
            shift = -4 if side == "right" else 4
            axes.annotate(_short(limit), (at(limit), place - 0.3), (shift, 0), textcoords="offset points",
                          ha="center", va="center", fontsize=8.5, color=INK)  # fmt: skip
    for end, side in ((least, "left"), (most, "right")):
        axes.annotate(_short(end), (at(end), place + 0.32), ha=side, va="center", fontsize=7.5, color=MUTED)
