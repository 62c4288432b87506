"""A break-even: the answer with its interval, what must be known about it, and the curve behind it."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from opsim.errors import Message
from opsim.language import Translate, render, translator
from opsim.report.document import Block, Bullets, Paragraph, Row, Table, Title
from opsim.report.json_values import head, said
from opsim.report.labels import labels
from opsim.report.numbers import STYLES, number, with_interval
from opsim.report.words import CHANCE_ONLY, DRAWN, NOT_BACK_TESTED, UNITS
from opsim.study.breakeven import CHANGE, BreakEven


def as_json(result: BreakEven) -> dict[str, Any]:
    """The object of a break-even."""
    settings, scenario, question = result.settings, result.scenario, result.question
    told = head(
        "breakeven", scenario, settings,
        solve={
            "path": question.path,
            "title": labels(scenario, question.path),
            "unit": result.unit,
            "between": [question.low, question.high],
            "step": result.step,
        },
        target={
            "outcome": question.outcome,
            "value": question.target,
            "unit": result.measured.unit,
            "title": said(lambda language: _outcome_title(result, translator(language))),
        },
        solution=result.solution, ci=result.interval, monotone=result.crossing.monotone,
        crossings=result.crossing.crossings,
        curve=[{"value": at, "outcome": found} for at, found in result.curve.items()],
        notes=list(_notes(result)),
    )  # fmt: skip
    kept = {"replications": settings.replications, "level": settings.level, "sets": list(scenario.sets)}
    return {**told, "settings": kept}


def _outcome_title(result: BreakEven, _: Translate) -> str:
    title = _(result.measured.title)
    if result.question.outcome.endswith(CHANGE):
        return _("{outcome}, change against the baseline", outcome=title)
    return title


def _notes(result: BreakEven) -> Iterator[Message]:
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


def blocks(result: BreakEven, language: str) -> Iterator[Block]:
    """The answer, what it rests on, and the curve."""
    _, told, unit = translator(language), as_json(result), result.measured.unit
    title = _(
        "{scenario}: break-even of {number}",
        scenario=result.scenario.title[language],
        number=told["solve"]["title"][language],
    )
    yield Title(title, _made(result, _))
    yield Paragraph(answer(told, language), "lead")
    yield Bullets(tuple(render(note, _) for note in _notes(result)))
    yield Table(
        "",
        (f"{result.question.path}\n{_(result.unit)}", f"{_outcome_title(result, _)}\n{_(UNITS[unit])}"),
        tuple(
            Row((f"{at:,}", with_interval(found, unit)), "total" if at == result.solution else "body")
            for at, found in result.curve.items()
        ),
        text_columns=(),
    )


def _made(result: BreakEven, _: Translate) -> str:
    """How it was found."""
    settings = result.settings
    parts = (
        _("{count} replications of every value, all on the same draws", count=settings.replications),
        _("seed {seed}", seed=settings.seed),
        _("{years}-year horizon", years=settings.years),
        _(CHANCE_ONLY if settings.fixed else DRAWN),
        _(NOT_BACK_TESTED),
    )
    return " · ".join(parts)


def answer(told: Mapping[str, Any], language: str) -> str:
    """The answer in a sentence, from the object in ``run.json``."""
    _, solve, target = translator(language), told["solve"], told["target"]
    amount = number(target["value"], STYLES[target["unit"]])
    parts = {
        "number": solve["title"][language],
        "unit": _(solve["unit"]),
        "outcome": target["title"][language],
        "target": f"{amount} {_(UNITS[target['unit']])}",
    }
    if told["solution"] is None:
        low, high = solve["between"]
        return _(
            "No value of {number} between {low} and {high} brings {outcome} to {target}",
            low=f"{low:g}",
            high=f"{high:g}",
            **parts,
        )
    parts["solution"] = _exact(told["solution"], solve["step"])
    if told["ci"] is None:
        return _("{outcome} reaches {target} at {number} of {solution} {unit}", **parts)
    low, high = ("…" if end is None else _exact(end, solve["step"]) for end in told["ci"])
    return _(
        "{outcome} reaches {target} at {number} of {solution} {unit} (95-percent interval {low} to {high})",
        low=low,
        high=high,
        **parts,
    )


def _exact(number: float, step: float) -> str:
    """A number of the grid with the digits that the grid has."""
    digits = max(0, -Decimal(str(step)).adjusted())
    return f"{number:,.{digits}f}".replace("-", "−")
