"""Uncertainty and stress: what drives the result, how cash runs, and at what point the conclusion turns."""

from collections.abc import Iterator, Mapping
from typing import Final

from opsim.errors import marked
from opsim.language import Translate
from opsim.report.document import Block, Heading, Paragraph, Row, Table
from opsim.report.memo.material import Findings, Stressed
from opsim.report.memo.phrases import KNOWN, above, between, joined, running, titled, with_range
from opsim.report.memo.pictures import picture
from opsim.report.numbers import number, percent
from opsim.report.sections import verdict_lines as sentences
from opsim.report.words import VERDICTS
from opsim.scenario import number_tables as written
from opsim.study.stress import Break
from opsim.study.stresses import BOX

DRIVERS: Final = ("tornado", "drivers", "sobol")
"""Figures of sensitivity studies; each folder has the one of its method."""

AT_POINTS: Final = ("own_level_fiscal_cost", "holds_with_grants", "gate_holds", "priority_reach")
"""Outcomes of the points of a sweep."""
MOST_ROWS: Final = 24
"""Points in the table; of more, the sentence must do."""

BEYOND: Final[Mapping[str, tuple[str, str]]] = {
    "shocks.demand": (marked("demand falls by more than {number}"), "less"),
    "shocks.ramp_up": (marked("it takes over {number} longer to become known"), "months"),
    "shocks.wages": (marked("wages rise by more than {number}"), "more"),
    "shocks.grants.delay": (marked("grants come more than {number} late"), "months"),
    "shocks.grants.cut": (marked("grants are cut by more than {number}"), "share"),
    "shocks.food": (marked("food prices rise by more than {number} at frozen prices of meals"), "more"),
    "shocks.closures.stress.months": (marked("it stays closed for more than {number}"), "months"),
    "shocks.operator_exit.idle": (
        marked("the operator leaves and nobody runs it for more than {number}"), "months",
    ),
    "shocks.competitor.share": (marked("a competitor takes more than {number} of sales"), "share"),
    "shocks.capex": (marked("investment costs rise by more than {number}"), "more"),
    "shocks.opening_late": (marked("it opens more than {number} late"), "months"),
    "shocks.utilities": (marked("light and water grow dearer by more than {number}"), "more"),
    "shocks.taxes": (marked("taxes rise by more than {number} of sales"), "share"),
    "shocks.refund.share": (marked("more than {number} of prepaid balances are called back"), "share"),
}  # fmt: skip
"""By setting of a stress: beyond what, and how its number is read."""


def risk(findings: Findings, _: Translate) -> Iterator[Block]:
    """Half a page and the figures."""
    option = ("--option", findings.option)
    yield Heading(_("Uncertainty and stress tests"))
    spread = sentences.spread_of_cost(findings.spread(), _) if findings.main else None
    yield Paragraph(running((assumptions(findings, _), spread), _))
    if "sensitivity" in findings.folders:
        for name in DRIVERS:
            yield from picture(findings, "sensitivity", name, _("What drives the result"))
    else:
        yield findings.missing(_("What drives the result (tornado)"), "sensitivity", *option)
    if "sweep" in findings.folders:
        yield from points(findings, _)
    if findings.main is not None:
        caption = _("Lowest balance of each quarter (cash less unpaid bills and debts), baseline and option")
        name = findings.figure_name("cash", by_option=True)
        yield from picture(findings, findings.main.kind, name, caption)
    else:
        yield findings.missing(_("How cash runs"), "compare")
    if "stress" in findings.folders:
        yield stress_table(findings, _)
        yield Paragraph(running([reversal(findings, _)], _), "lead")
    else:
        yield findings.missing(_("Stress tests and the point of reversal"), "stress", *option)


def judged(findings: Findings) -> list[written.RangeRow]:
    """The uncertain numbers of the baseline and the option that rest on expert judgment."""
    return [row for row in findings.ours(written.ranges(findings.scenario)) if row.support == "assumption"]


def assumptions(findings: Findings, _: Translate) -> str:
    """How many parameters are expert judgment, and which of them decide."""
    paths, deciding = [row.path for row in judged(findings)], findings.deciding()
    names = [title for path, title in (deciding or {}).items() if path in paths]
    text = (
        _("No uncertain parameter rests on expert judgment alone")
        if not paths
        else _("{count} uncertain parameters are expert judgment (listed in the annex); which of them decide "
               "the conclusion is told by: {command}")
        if deciding is None
        else _("{count} uncertain parameters are expert judgment (listed in the annex); of these {names} "
               "decide the conclusion")
        if names
        else _("{count} uncertain parameters are expert judgment (listed in the annex); none of them "
               "decides the conclusion")
    )  # fmt: skip
    command = findings.command("sensitivity", "--option", findings.option)
    return text.format(count=len(paths), command=command, names=joined(names, _))


def points(findings: Findings, _: Translate) -> Iterator[Block]:
    """What the option does at other values of some numbers: a sentence, and a table of few points."""
    titles, found = findings.swept()
    if not found:
        return
    costs = [each[AT_POINTS[0]].value for _values, each in found if AT_POINTS[0] in each]
    known = [each for each in costs if each is not None]
    text = _(
        "Over the {count} points of the sweep ({years}-year horizon) own-level fiscal cost (accrual) runs "
        "from {ends} ten thousand yuan a year"
    )
    ends = between((min(known), max(known)), "yuan a year", _) if known else "–"
    years = findings.setting("years", "sweep")
    yield Paragraph(running([text.format(count=len(found), ends=ends, years=years)], _))
    if len(found) > MOST_ROWS:
        return
    outcomes = [KNOWN[name] for name in AT_POINTS if name in found[0][1]]
    rows = (
        (*values, *(with_range(each[outcome.name], outcome.unit, _) for outcome in outcomes))
        for values, each in found
    )
    heads = (*titles, *(titled(outcome.title, outcome.unit, _) for outcome in outcomes))
    caption = _("Points of the sweep, {option}", option=findings.title(findings.option))
    yield Table(caption, heads, tuple(map(Row, rows)), (1.0,) * len(heads), text_columns=())


def stress_table(findings: Findings, _: Translate) -> Table:
    """The option without stress and under each one: shares of cases, the median case, the breaking point."""
    rows = [Row((_("without stress"), *_cells(findings.unstressed, _), ""))]
    count, reverse = (findings.setting(name, "stress") for name in ("replications", "reverse_replications"))
    notes = [
        _("{count} replications; cost in ten thousand yuan in the median case; strength 1 as named, 0 "
          "without stress; breaks: fewer than half of {reverse} cases hold", count=count, reverse=reverse),
    ]  # fmt: skip
    for stress in BOX:
        found, label = findings.stresses[stress.name], f"{stress.name} {_(stress.title)}"
        if isinstance(found, Stressed):
            rows.append(Row((label, *_cells(found, _), _strength(found.breaks, _))))
        else:
            rows.append(Row((label, _("does not apply"), "", "", "", "")))
            notes.append(_("{name} does not apply: {why}", name=stress.name, why=found))
    return Table(
        _("Stress table, {option}: the median case and shares of cases",
          option=findings.title(findings.option)),
        (_("stress"), _("verdict"), _("holds with grants"), _("public gate holds"),
         _("own-level cost (accrual) a year, change"), _("breaks at strength")),
        tuple(rows), (4, 1.3, 1.4, 1.4, 1.5, 1.2), note=_(". ").join(notes), text_columns=(0, 1),
    )  # fmt: skip


def _cells(found: Stressed, _: Translate) -> tuple[str, ...]:
    shares = (
        "–" if share.value is None
        else above(percent(share.value, _), between(share.ci, "share", _) if share.ci else "")
        for share in (found.with_grants, found.gate)
    )  # fmt: skip
    cost = above(number(found.cost, "money"), number(found.change, "money", signed=True))
    return _(VERDICTS[found.verdict]), *shares, cost


def _strength(found: Break | None, _: Translate) -> str:
    """Where a stress breaks the option."""
    if found is None:
        return "–"
    if found.strength is None:
        return _("not up to {times}", times=f"{found.tried:g}")
    return _("fails without stress") if found.strength == 0 else f"{found.strength:.2f}"


def reversal(findings: Findings, _: Translate) -> str:
    """At what point the conclusion turns, from the reverse stress test."""
    applied = [each for each in findings.stresses.values() if isinstance(each, Stressed)]
    tried, found = [each.breaks.tried for each in applied if each.breaks], findings.breaks()
    if not tried:
        return _("The reverse stress test was not finished, so no point of reversal is known")
    if not found:
        most = f"{max(tried):g}"
        return _("No stress of the box turns the conclusion, up to {times} times its strength", times=most)
    stress, strength = found[0]
    if strength == 0:
        return _("there is nothing to turn, for gate or money fails in most cases even without stress")
    point, times = beyond(stress.values(strength), _), f"{strength:.2f}"
    text = _("If {beyond}, the conclusion turns ({name} {title}, at {times} times its strength)")
    return text.format(beyond=point, name=stress.name, title=_(stress.title), times=times)


def beyond(settings: Mapping[str, float], _: Translate) -> str:
    """The settings at which a stress breaks the option, in words."""
    parts = []
    for path, value in settings.items():
        text, reading = BEYOND[path]
        if reading == "months":
            months = f"{value:g}"
            shown = _("{number} month", number=months) if value == 1 else _("{number} months", number=months)
        else:
            share = {"less": 1 - value, "more": value - 1, "share": value}[reading]
            shown = percent(share, _, decimals=1)
        parts.append(_(text, number=shown))
    return _(" and ").join(parts)
