"""A break-even on paper: the answer with its interval, the curve behind it, and the figure of both."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from rich import box
from rich.console import Console
from rich.text import Text

import opsim
from opsim.errors import Message
from opsim.language import Translate, render, translator
from opsim.report.dump import SCHEMA
from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import (
    BAND,
    INK,
    LINE,
    MUTED,
    WARNING,
    blank,
    footnote,
    grid,
    heading,
    legend,
    wrapped,
)
from opsim.report.labels import label
from opsim.report.numbers import STYLES, number, scale, with_interval
from opsim.report.render.grid import Table
from opsim.report.results import value
from opsim.report.run_json import interval
from opsim.report.words import CHANCE_ONLY, DRAWN, NOT_BACK_TESTED, UNITS
from opsim.study.breakeven import CHANGE, BreakEven

WIDTH_ELSEWHERE: Final = 140
"""Columns of text where the output is no terminal."""
COLUMNS: Final = ("value", "outcome", "ci_low", "ci_high")
"""Of the curve; outcomes in yuan, shares and the like."""


def rows(result: BreakEven) -> Iterator[tuple[Any, ...]]:
    """Every value that was simulated, in order."""
    for at, found in result.curve.items():
        yield at, found.value, *(found.ci or (None, None))


def as_json(result: BreakEven) -> dict[str, Any]:
    """The object of a break-even."""
    settings, scenario, question = result.settings, result.scenario, result.question
    return {
        "schema": SCHEMA,
        "command": "breakeven",
        "scenario": scenario.name,
        "title": {"en": scenario.title.en, "zh": scenario.title.zh},
        "option": settings.option,
        "seed": settings.seed,
        "replications": settings.replications,
        "complete": True,
        "years": settings.years,
        "fixed": settings.fixed,
        "engine": settings.engine,
        "version": opsim.__version__,
        "solve": {
            "path": question.path,
            "title": {
                language: label(scenario, question.path, language, translator(language))
                for language in ("en", "zh")
            },
            "unit": result.unit,
            "between": [float(question.low), float(question.high)],
            "step": float(result.step),
        },
        "target": {
            "outcome": question.outcome,
            "value": question.target,
            "unit": result.measured.unit,
            "title": {language: outcome_title(result, translator(language)) for language in ("en", "zh")},
        },
        "solution": _float(result.solution),
        "ci": None if result.interval is None else [_float(end) for end in result.interval],
        "monotone": result.crossing.monotone,
        "crossings": result.crossing.crossings,
        "curve": [
            {"value": float(at), "outcome": found.value, "ci": interval(found)}
            for at, found in result.curve.items()
        ],
        "notes": {
            language: [render(note, translator(language)) for note in notes(result)]
            for language in ("en", "zh")
        },
        "settings": {
            "replications": settings.replications, "level": settings.level, "sets": list(scenario.sets),
        },
    }  # fmt: skip


def _float(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


def outcome_title(result: BreakEven, _: Translate) -> str:
    """The outcome in words."""
    title = _(result.measured.title)
    if result.question.outcome.endswith(CHANGE):
        return _("{outcome}, change against the baseline").format(outcome=title)
    return title


def notes(result: BreakEven) -> Iterator[Message]:
    """What must be known about the answer."""
    question, crossing = result.question, result.crossing
    if result.solution is None:
        known = [found.value for found in result.curve.values() if found.value is not None]
        ends = {"low": question.low, "high": question.high}
        if not known:
            yield Message("the outcome is undefined everywhere between {low} and {high}", ends)
        elif min(known) >= question.target:
            yield Message("the outcome is nowhere below the target between {low} and {high}", ends)
        else:
            yield Message("the outcome is everywhere below the target between {low} and {high}", ends)
    if crossing.crossings > 1:
        yield Message(
            "the target is crossed {count} times between the bounds; the answer is the lowest of the values: "
            "look at the curve", {"count": crossing.crossings},
        )  # fmt: skip
    if not crossing.monotone:
        yield Message(
            "the outcome does not go one way between the bounds: it rises and falls by more than chance; "
            "a break-even may mislead, look at the curve"
        )
    if result.solution is not None and result.interval is None:
        yield Message("too few replications for an interval")
    if result.interval is not None and None in result.interval:
        yield Message("the interval reaches beyond the bounds: widen --between to see where it ends")


def show(result: BreakEven, language: str, console: Console) -> None:
    """Print the answer, what it rests on, and the curve."""
    _ = translator(language)
    told = as_json(result)
    title = _("{scenario}: break-even of {number}").format(
        scenario=result.scenario.title[language], number=told["solve"]["title"][language]
    )
    console.print(Text(title, style="bold"))
    console.print(Text(made(told, _), style="dim"), soft_wrap=True)
    console.print()
    console.print(Text(answer(told, language), style="bold"), soft_wrap=True)
    for note in notes(result):
        console.print(Text(f"· {render(note, _)}"), soft_wrap=True)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    unit = result.measured.unit
    number_unit = _(result.unit) if result.unit else ""
    table.add_column(Text.assemble(result.question.path, "\n", (number_unit, "dim")), justify="right")
    table.add_column(Text.assemble(outcome_title(result, _), "\n", (_(UNITS[unit]), "dim")), justify="right")
    for at, found in result.curve.items():
        style = "bold" if at == result.solution else ""
        table.add_row(f"{at:,}", with_interval(found, unit), style=style)
    console.print(table)


def made(told: dict[str, Any], _: Translate) -> str:
    """How it was found, from the object in ``run.json``."""
    return " · ".join(
        (
            _("{count} replications of every value, all on the same draws").format(
                count=told["replications"]
            ),
            _("seed {seed}").format(seed=told["seed"]),
            _("{years}-year horizon").format(years=told["years"]),
            _(CHANCE_ONLY if told["fixed"] else DRAWN),
            _(NOT_BACK_TESTED),
        )
    )


def answer(told: dict[str, Any], language: str) -> str:
    """The answer in a sentence, from the object in ``run.json``."""
    _ = translator(language)
    parts = {
        "number": told["solve"]["title"][language],
        "unit": _(told["solve"]["unit"]) if told["solve"]["unit"] else "",
        "outcome": told["target"]["title"][language],
        "target": _amount(told["target"]["value"], told["target"]["unit"], _),
    }
    if told["solution"] is None:
        low, high = told["solve"]["between"]
        return _("No value of {number} between {low} and {high} brings {outcome} to {target}").format(
            low=f"{low:g}", high=f"{high:g}", **parts
        )
    solution = _exact(told["solution"], told["solve"]["step"])
    if told["ci"] is None:
        return _("{outcome} reaches {target} at {number} of {solution} {unit}").format(
            solution=solution, **parts
        )
    low, high = told["ci"]
    ends = {
        "low": "…" if low is None else _exact(low, told["solve"]["step"]),
        "high": "…" if high is None else _exact(high, told["solve"]["step"]),
    }
    return _(
        "{outcome} reaches {target} at {number} of {solution} {unit} (95-percent interval {low} to {high})"
    ).format(solution=solution, **ends, **parts)


def _exact(number: float, step: float) -> str:
    """A number of the grid with the digits that the grid has."""
    digits = max(0, -Decimal(str(step)).adjusted())
    return f"{number:,.{digits}f}".replace("-", "−")


def _amount(amount: float, unit: str, _: Translate) -> str:
    """The target as a reader sees such numbers."""
    shown = number(amount, STYLES[unit])
    return f"{shown} %" if unit == "share" else f"{shown} {_(UNITS[unit])}"


def figure(sheet: Sheet) -> Figure:
    """The curve with its band, the target, and the answer with its interval."""
    _, told = sheet.translate, sheet.results.told
    times = scale(told["target"]["unit"])
    drawn = blank(9.2, 5.0)
    drawn.subplots_adjust(left=0.09, right=0.97, top=1 - 0.95 / 5.0, bottom=1.25 / 5.0)
    axes = drawn.subplots()
    known = [row for row in sheet.rows if row["outcome"]]
    at = [float(row["value"]) for row in known]
    axes.plot(at, [float(row["outcome"]) * times for row in known], color=LINE, linewidth=2.0, marker="o",
              markersize=3.5)  # fmt: skip
    banded = [row for row in known if value(row["ci_low"]) is not None]
    axes.fill_between(
        [float(row["value"]) for row in banded], [float(row["ci_low"]) * times for row in banded],
        [float(row["ci_high"]) * times for row in banded], color=BAND, linewidth=0,
    )  # fmt: skip
    axes.axhline(told["target"]["value"] * times, color=WARNING, linewidth=1.4, linestyle=(0, (5, 3)))
    keys: list[Any] = [
        Line2D([], [], color=LINE, linewidth=2.0, marker="o", markersize=3.5, label=_("outcome")),
        Patch(facecolor=BAND, label=_("95-percent interval")),
        Line2D([], [], color=WARNING, linewidth=1.4, linestyle=(0, (5, 3)), label=_("target")),
    ]
    if told["solution"] is not None:
        low, high = told["ci"] or (None, None)
        if told["ci"] is not None:
            bounds = told["solve"]["between"]
            axes.axvspan(bounds[0] if low is None else low, bounds[1] if high is None else high,
                         facecolor="none", edgecolor=MUTED, hatch="//", linewidth=0, alpha=0.35)  # fmt: skip
        axes.axvline(told["solution"], color=INK, linewidth=1.2)
        keys.append(Patch(facecolor="none", edgecolor=MUTED, hatch="//", label=_("break-even, interval")))
    unit = told["solve"]["unit"]
    title = told["solve"]["title"][sheet.language]
    axes.set_xlabel(f"{title} ({_(unit)})" if unit else title)
    axes.set_ylabel(f"{told['target']['title'][sheet.language]} ({_(UNITS[told['target']['unit']])})")
    axes.margins(x=0.01)
    grid(axes)
    legend(drawn, keys, len(keys))
    heading(drawn, wrapped(answer(told, sheet.language), 78), footnote(told, _))
    return drawn
