"""A sensitivity study: what drives the cost to our treasury, and which numbers decide the verdict."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from opsim.errors import Message, marked
from opsim.language import LANGUAGES, Translate, render, translator
from opsim.report.document import Block, Bullets, Row, Table, Title, broken
from opsim.report.json_values import head, line, said
from opsim.report.labels import label
from opsim.report.numbers import Style, number, percent, percent_with_interval, with_interval
from opsim.report.words import NOT_BACK_TESTED
from opsim.report.words import UNITS as WORDS
from opsim.scenario import number_tables as written
from opsim.scenario.load import Scenario
from opsim.study.findings import CHANCE, COST_CHANGE, ROOM, Bar, Effect, Finding, Sensitivity, Share
from opsim.study.sensitivity import LATER

SHOWN: Final = 12
"""Numbers in the table and the figures."""

UNITS: Final = {COST_CHANGE: "yuan a year", ROOM: "share"}
STYLES: Final[dict[str, Style]] = {COST_CHANGE: "money", ROOM: "share"}
TITLES: Final = {
    COST_CHANGE: marked("change of own-level fiscal cost (accrual)"),
    ROOM: marked("room of the verdict"),
}
FLAGS: Final = {
    "gate_holds": marked("the public gate holds"),
    "holds_with_grants": marked("gate and money hold with the budgeted grants"),
    "holds_on_users": marked("gate and money hold on user payments alone"),
}
METHODS: Final = {
    "oat": (marked("one number at a time"), marked("{count} replications of every point")),
    "morris": (
        marked("Morris screening"), marked("{count} trajectories over all, {later} over the largest"),
    ),
    "sobol": (marked("Sobol' indices"), marked("{count} rows")),
}  # fmt: skip
"""What each is called, and how much of it was made."""
OTHER_VISITORS: Final = marked("chance alone (other visitors)")

COLUMNS: Final = (
    "outcome", "rank", "path", "title_en", "title_zh", "unit_of_number", "low", "value", "high",
    "low_change", "low_change_low", "low_change_high", "high_change", "high_change_low", "high_change_high",
    "low_turns", "high_turns",
    "mu_star", "mu_star_low", "mu_star_high", "mu", "sigma", "trajectories", "turns", "turns_low",
    "turns_high", "first", "first_low", "first_high", "total", "total_low", "total_high",
)  # fmt: skip
"""Of ``sensitivity.csv``: outcomes in yuan a year or as shares, empty where the method does not say."""


def name_of(scenario: Scenario, path: str, language: str) -> str:
    """What a number is called; chance too."""
    _ = translator(language)
    return _(OTHER_VISITORS) if path == CHANCE else label(scenario, path, language, _)


def range_of(row: Mapping[str, str] | None, language: str) -> str:
    """The stated range of a number with its unit, from its line of ``sensitivity.csv``; empty for chance."""
    _ = translator(language)
    if row is None or not row["low"]:
        return ""
    unit = row["unit_of_number"]
    scale = 100 if unit.startswith("share") else 1
    ends = [(scale * Decimal(row[end])).normalize() for end in ("low", "high")]
    low, high = (f"{end:,f}".replace("-", "−") for end in ends)
    if scale == 1:
        return _("{low}–{high} {unit}", low=low, high=high, unit=_(unit) if unit else "").strip()
    if unit.endswith("a year"):
        return _("{low}–{high} {unit}", low=low, high=high, unit=_("percent a year"))
    return _("{low}–{high} %", low=low, high=high)


def rows(result: Sensitivity) -> Iterator[tuple[Any, ...]]:
    """``sensitivity.csv``: for each outcome every number, the largest first."""
    ranges = _ranges(result)
    for outcome, found in result.found.items():
        for rank, each in enumerate(found, 1):
            told = {"outcome": outcome, "rank": rank, "path": each.path, **_numbers(each)}
            for language in LANGUAGES:
                told[f"title_{language}"] = name_of(result.scenario, each.path, language)
            if each.path in ranges:
                row = ranges[each.path]
                told |= {"unit_of_number": row.unit, "low": row.low, "value": row.value, "high": row.high}
            yield line(told, COLUMNS)


def _ranges(result: Sensitivity) -> dict[str, written.RangeRow]:
    """The stated ranges by path; of a path that several cases have, the first."""
    return {row.path: row for row in reversed(written.ranges(result.scenario))}


def _numbers(each: Finding) -> dict[str, Any]:
    """What a method says of one number."""
    if isinstance(each, Bar):
        return {
            "low_change": each.low, "high_change": each.high,
            "low_turns": each.turns[0], "high_turns": each.turns[1],
        }  # fmt: skip
    if isinstance(each, Effect):
        it = each.screening
        return {
            "mu_star": it.mu_star, "mu": it.mu, "sigma": it.sigma, "trajectories": each.trajectories,
            "turns": each.turning,
        }  # fmt: skip
    return {"first": each.indices.first, "total": each.indices.total}


def as_json(result: Sensitivity) -> dict[str, Any]:
    """The object of a sensitivity study."""
    settings = result.settings
    told = head(
        "sensitivity", result.scenario, settings, method=result.method, runs=result.runs,
        numbers=len(result.numbers),
        verdict={
            "decided_by": result.flag,
            **result.shares,
            "deciding": [_named(result, path) for path in result.deciding()],
        },
        outcomes={
            outcome: {
                "unit": UNITS[outcome],
                "value": result.base[outcome],
                "noise": result.noise[outcome],
                "numbers": [_named(result, each.path) | _numbers(each) for each in found],
            }
            for outcome, found in result.found.items()
        },
        notes=list(_notes(result)),
    )  # fmt: skip
    return {**told, "settings": {"replications": settings.replications, "sets": list(result.scenario.sets)}}


def _named(result: Sensitivity, path: str) -> dict[str, Any]:
    return {"path": path, "title": said(lambda language: name_of(result.scenario, path, language))}


def _notes(result: Sensitivity) -> Iterator[Message]:
    """How to read the numbers, and what about them might confuse."""
    if result.decided.name == "insufficient-evidence":
        yield Message(
            "Whether this test decides the verdict is open: the points are too few, or the share lies too "
            "near the line of the test"
        )
    if result.method == "oat":
        yield Message(
            "Each number at its stated low and high, all others at base: what several do together is not seen"
        )
    elif result.method == "morris":
        yield Message(
            "Effects are those of moving a number between the middles of the lowest and the highest quarter "
            "of its range ({low}–{high} %), wherever the others are",
            {"low": 12, "high": 88},
        )
        few = result.settings.replications
        if any(each.trajectories < LATER for each in result.found[ROOM] if isinstance(each, Effect)):
            yield Message(
                "The largest were measured on {later} trajectories of their own, the rest on {few}: "
                "there intervals are wide, the order is rough",
                {"later": LATER, "few": few},
            )
        yield Message("Where the deviation of the effects is near the effect, it depends on other numbers")
    else:
        yield from _about_indices(result)
    for outcome in result.found:
        title = Message(TITLES[outcome])
        if all(each.size == 0 for each in result.found[outcome]):
            yield Message("{outcome}: nothing moves it; every effect is zero", {"outcome": title})
    if any(_no_interval(each) for found in result.found.values() for each in found):
        yield Message("A dash for an interval: too few replications to give one")


def _about_indices(result: Sensitivity) -> Iterator[Message]:
    shares = [each for found in result.found.values() for each in found if isinstance(each, Share)]
    values = [value for each in shares if (value := each.indices.first.value) is not None]
    below = sum(value < 0 for value in values)
    if below:
        yield Message(
            "{count} first-order shares are below zero: they are estimates of shares near zero, and come "
            "nearer to it with more rows (--replications)",
            {"count": below},
        )
    reaching = [ci for each in shares if (ci := each.indices.total.ci) and (ci[0] < 0 or ci[1] > 1)]
    if reaching:
        yield Message(
            "{count} intervals reach beyond 0 or 100 %: the rows are too few to tell these shares well",
            {"count": len(reaching)},
        )


def _no_interval(each: Finding) -> bool:
    if isinstance(each, Bar):
        return each.low.value is not None and each.low.ci is None
    if isinstance(each, Effect):
        return each.screening.mu_star.value is not None and each.screening.mu_star.ci is None
    return each.indices.total.ci is None


def blocks(result: Sensitivity, language: str) -> Iterator[Block]:
    """What drives the cost and what decides the verdict."""
    _ = translator(language)
    title = _(
        "{scenario}: what drives {option}, and what decides its verdict",
        scenario=result.scenario.title[language],
        option=result.settings.option,
    )
    yield Title(title, made(as_json(result), _))
    yield Bullets(tuple(findings(result, language)))
    for outcome in result.found:
        yield _table(result, outcome, language)
    yield Bullets(tuple(render(note, _) for note in _notes(result)), "note")


def made(told: Mapping[str, Any], _: Translate) -> str:
    """How the numbers were made, from the object in ``run.json``."""
    method, count = METHODS[told["method"]]
    parts = (
        _(method),
        _("{count} numbers", count=told["numbers"]),
        _(count, count=told["replications"], later=LATER),
        _("{count} runs", count=f"{told['runs']:,}"),
        _("seed {seed}", seed=told["seed"]),
        _("{years}-year horizon", years=told["years"]),
        _("numbers moved within their stated ranges"),
        _(NOT_BACK_TESTED),
        f"opsim {told['version']}",
    )
    return " · ".join(parts)


def findings(result: Sensitivity, language: str) -> Iterator[str]:
    """What the study says, in sentences."""
    _ = translator(language)
    share = result.shares[result.flag]
    where = (
        _("in {share} of the replications at base") if result.method == "oat"
        else _("in {share} of the points tried")
    )  # fmt: skip
    cases = where.format(share=percent(share.value or 0.0, _))
    yield _("The verdict hangs on whether {test}: it does {cases}", test=_(FLAGS[result.flag]), cases=cases)
    names = [name_of(result.scenario, path, language) for path in result.deciding()]
    chance = result.turned_by_chance()
    if names:
        listed = _("; ").join(names[:5])
        yield _("These numbers decide the verdict, each turning it by itself: {names}", names=listed)
    elif result.method != "sobol":
        yield (
            _("No number turned the verdict more often than chance alone") if chance
            else _("No number turned the verdict by itself within its range")
        )  # fmt: skip
    if chance:
        yield _(
            "Chance alone turned it in {share}; numbers that did so no more often are left out",
            share=percent(chance, _),
        )
    for outcome, template in (
        (COST_CHANGE, _("Own-level fiscal cost (accrual) is driven most by: {names}")),
        (ROOM, _("The room of the verdict is driven most by: {names}")),
    ):
        leading = [each.path for each in result.found[outcome] if each.path != CHANCE and each.size > 0][:3]
        if leading:
            named = _("; ").join(name_of(result.scenario, path, language) for path in leading)
            yield template.format(names=named)
    yield from _about_noise(result, _)


def _about_noise(result: Sensitivity, _: Translate) -> Iterator[str]:
    noise = result.noise[COST_CHANGE]
    if noise is None:
        return
    if result.method == "sobol":
        yield _(
            "Chance: {share} of the variance of the cost, interactions included",
            share=percent(max(0.0, noise), _),
        )
        return
    largest = max((each.size for each in result.found[COST_CHANGE] if each.path != CHANCE), default=0.0)
    template = (
        _(
            "Chance: other visitors move the cost by {amount} ten thousand yuan a year, "
            "the largest number by {largest}"
        )
        if result.method == "morris"
        else _(
            "Chance: at base the cost spreads by {amount} ten thousand yuan a year (standard deviation); "
            "the largest number moves it by {largest}"
        )
    )  # fmt: skip
    yield template.format(amount=number(noise, "money"), largest=number(largest, "money"))


def _table(result: Sensitivity, outcome: str, language: str) -> Table:
    _, ranges = translator(language), _ranges(result)
    heads = {
        "oat": (
            _("low"), _("high"), _("change\nat low"), _("change\nat high"), _("turns the verdict\nlow, high"),
        ),
        "morris": (_("effect"), _("direction"), _("deviation\nof effects"), _("turns the verdict")),
        "sobol": (_("alone"), _("with others")),
    }[result.method]  # fmt: skip
    rows = tuple(
        Row((name_of(result.scenario, each.path, language), *_cells(each, outcome, ranges.get(each.path), _)))
        for each in result.found[outcome][:SHOWN]
    )
    return Table(
        _("{what} ({unit})", what=_(TITLES[outcome]), unit=_(WORDS[UNITS[outcome]])),
        (_("number"), *map(broken, heads)),
        rows,
        unbroken=tuple(range(1, 1 + len(heads))),
    )


def _cells(each: Finding, outcome: str, stated: written.RangeRow | None, _: Translate) -> Iterator[str]:
    unit = UNITS[outcome]
    if isinstance(each, Bar):
        yield from ("", "") if stated is None else (stated.low, stated.high)
        yield with_interval(each.low, unit, signed=True)
        yield with_interval(each.high, unit, signed=True)
        yield _(", ").join(percent(share, _) for share in each.turns)
    elif isinstance(each, Effect):
        it = each.screening
        yield with_interval(it.mu_star, unit)
        yield "–" if each.path == CHANCE else _direction(it.mu, it.mu_star.value or 0.0, _)
        yield number(it.sigma, STYLES[outcome])
        yield percent_with_interval(each.turning, _)
    else:
        yield percent_with_interval(each.indices.first, _)
        yield percent_with_interval(each.indices.total, _)


def _direction(mu: float, mu_star: float, _: Translate) -> str:
    """Which way it goes as the number rises, where it mostly goes one way."""
    if mu_star == 0:
        return "–"
    if abs(mu) < mu_star / 2:
        return _("both ways")
    return _("up") if mu > 0 else _("down")
