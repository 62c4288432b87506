"""Annexes: how to make the same again, limitations, terms, data behind figures, parameters, sources."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from opsim.errors import marked
from opsim.outcomes.verdict import FRAGILE, RELIEF_SHARE, RELIEF_SIZE
from opsim.report.document import Block, Bullets, Heading, Paragraph, Row, Table
from opsim.report.figures.waterfall import LOOKS
from opsim.report.labels import label
from opsim.report.memo.findings import Findings
from opsim.report.memo.sentences import judged
from opsim.report.numbers import number, percent, plain
from opsim.report.provenance import command, made
from opsim.report.results import Row as Line
from opsim.report.results import value
from opsim.report.sections.lost_demand import segment_title
from opsim.report.sections.what_drives import STYLES as ANALYSIS_STYLES
from opsim.report.sections.what_drives import TITLES as ANALYSIS_TITLES
from opsim.report.words import SUPPORT
from opsim.scenario import rows
from opsim.scenario.load import BASELINE


def blocks(findings: Findings) -> Iterator[Block]:
    """Every annex."""
    yield from reproduction(findings)
    yield from limitations(findings)
    yield from data(findings)
    yield from parameters(findings)


def reproduction(findings: Findings) -> Iterator[Block]:
    """How each folder's numbers were made, and the command that makes them again."""
    _ = findings.translate
    yield Heading(_("How the numbers were made and how to make them again"), kind="annex", new_page=True)
    for results in findings.folders.values():
        yield Paragraph(
            _("Results of opsim {command}: {made}").format(
                command=results.kind, made=made(results, findings.scenario.baseline.start, _)
            )
        )
        yield Paragraph(command(results), "code")
    yield Paragraph(
        _("scenario.yaml stands in the results folder. With the same version of opsim the tables are the "
          "same to the byte. Ranges and ±: 95-percent intervals over replications; differences are taken "
          "pair by pair "
          "on the same draws."),
        "note",
    )  # fmt: skip


RANGE_SHARE: Final = marked(
    "A share of cases is a share within the stated ranges of the parameters, not a probability"
)
CHANCE_SHARE: Final = marked(
    "A share of cases is a share of the runs by chance alone, parameters at base, not a probability"
)


def limitations(findings: Findings) -> Iterator[Block]:
    """What the numbers do not tell, and the words used."""
    _ = findings.translate
    yield Heading(_("Limitations and terms"), kind="annex")
    yield Bullets(
        (
            _("Not back-tested: levels rest on sources and judgment, not on this facility's own records"),
            _("Not answered: how satisfied people are, who would in fact bid, and what the decision does to "
              "prices and wages in the city (general equilibrium)"),
            _(CHANCE_SHARE if findings.fixed else RANGE_SHARE),
            _("Books and law are simplified: taxes by service; accruals are wear and what treasuries owe "
              "and are owed"),
        )
    )  # fmt: skip
    yield Bullets(
        (
            _("own-level net fiscal cost, on cash: what our treasury pays, less what comes back and its "
              "share of taxes; on accrual: with what it owes at the end besides (grants due or earned, the "
              "facility's unpaid bills), less what it is owed (taxes and what an operator has not paid, what "
              "will go back of the budget when late grants have come); where one number stands, it is on "
              "accrual"),
            _("cash, full and economic cost: paid in cash; with renewal; with rent forgone and volunteers' "
              "work"),
            _("public gate: every red line is kept in every full year"),
            _rules(findings),
            _("money holds: cash never below the credit line, renewal reserve funded, cost recovered, "
              "operator signs"),
            _("P10–P90: the range in which eight of ten cases lie"),
        )
    )  # fmt: skip


def _rules(findings: Findings) -> str:
    """How verdicts are given."""
    _, facility = findings.translate, findings.facility
    gate, start = facility.gate, facility.start
    return _(
        "verdict, claimed only where the 95-percent interval is clear: mission failure, the public gate "
        "fails in more than {failing} of cases; else sustainable or grant-dependent, gate and money hold"
        " in at least {threshold} of cases on user payments alone or with the budgeted grants; fragile, "
        "in at least {fragile} of cases; else unsustainable. Burden relief: our treasury's present cost "
        "falls in at least {share} of cases, and by at least {size} at the median"
    ).format(
        failing=percent(gate.failing_cases.at(start), _),
        threshold=percent(gate.threshold.at(start), _),
        fragile=percent(FRAGILE, _),
        share=percent(RELIEF_SHARE, _),
        size=percent(RELIEF_SIZE, _),
    )


def data(findings: Findings) -> Iterator[Block]:
    """What the figures show, as tables."""
    _ = findings.translate
    sensitivity = findings.folders.get("sensitivity")
    moved = sensitivity.table("figures/tornado") if sensitivity else []
    if findings.main is None and not moved:
        return
    yield Heading(_("Data behind the figures"), kind="annex")
    if findings.main is not None:
        yield groups(findings)
        yield waterfall(findings)
        yield cash(findings)
    if moved:
        yield tornado(findings, moved)


def groups(findings: Findings) -> Table:
    """Visits a year by group and case."""
    _ = findings.translate
    told = {case: findings.told("groups", case) for case in findings.cases}
    lines = []
    for name, group in told[BASELINE].items():
        visits = [told[case].get(name, group)["visits"] for case in findings.cases]
        label = segment_title(findings.scenario.baseline, name, findings.language, _)
        lines.append(
            Row((label, number(group["persons"], "count"), *(number(each, "count") for each in visits)))
        )
    return Table(
        _("Visits to basic and inclusive services a year, by group"),
        (_("group"), _("persons"), *(findings.title(case) for case in findings.cases)),
        tuple(lines),
        (2, 1, *(1.2,) * len(findings.cases)),
        small=True,
    )


def waterfall(findings: Findings) -> Table:
    """The steps of each service in an average year."""
    _ = findings.translate
    assert findings.main is not None
    suffix = f"-{findings.option}" if findings.main.kind == "compare" else ""
    titles = findings.services()
    lines = [
        Row(
            (
                titles[row["service"]],
                _(LOOKS[row["step"]][0]),
                number(float(row["yuan_a_year"]), "money", signed=True),
            )
        )
        for row in findings.main.table(f"figures/cross-subsidy{suffix}")
    ]
    return Table(
        _("Who pays for which service, {option} (ten thousand yuan a year)").format(
            option=findings.title(findings.option)
        ),
        (_("service"), _("step"), _("amount")),
        tuple(lines),
        (2, 2, 1),
        text_columns=(0, 1),
        small=True,
    )


def tornado(findings: Findings, moved: Sequence[Line]) -> Table:
    """What each number does at its low and at its high, by outcome."""
    _ = findings.translate

    def shown(row: Line, end: str) -> str:
        return number(value(row[f"{end}_change"]), ANALYSIS_STYLES[row["outcome"]], signed=True)

    lines = [
        Row((
            _(ANALYSIS_TITLES[row["outcome"]]),
            label(findings.scenario, row["path"], findings.language, _),
            plain(row["low"]), shown(row, "low"), plain(row["high"]), shown(row, "high"),
        ))
        for row in moved
    ]  # fmt: skip
    return Table(
        _("What moves cost (ten thousand yuan a year) and the room of the verdict (%), one number at a time"),
        (_("outcome"), _("parameter"), _("low"), _("change"), _("high"), _("change")),
        tuple(lines),
        (2, 3.2, 1, 1, 1, 1),
        text_columns=(0, 1),
        small=True,
    )


def cash(findings: Findings) -> Table:
    """Lowest cash by quarter: P10, median and P90 in the baseline and the option."""
    _ = findings.translate
    assert findings.main is not None
    suffix = f"-{findings.option}" if findings.main.kind == "compare" else ""
    by_quarter: dict[str, dict[str, dict[str, str]]] = {}
    for row in findings.main.table(f"figures/cash{suffix}"):
        by_quarter.setdefault(row["quarter_from"], {})[row["case"]] = row
    ends = ("p10_yuan", "p50_yuan", "p90_yuan")
    lines = [
        Row((quarter, *(number(float(cases[case][end]), "money")
                        for case in (BASELINE, findings.option) for end in ends)))
        for quarter, cases in by_quarter.items()
    ]  # fmt: skip
    labels = [
        template.format(case=findings.title(case))
        for case in (BASELINE, findings.option)
        for template in (_("{case}, P10"), _("{case}, median"), _("{case}, P90"))
    ]
    return Table(
        _("Lowest balance of each quarter: cash less unpaid bills and debts (ten thousand yuan)"),
        (_("quarter from"), *labels), tuple(lines),
        (1.2, *(1,) * 6), small=True,
    )  # fmt: skip


def parameters(findings: Findings) -> Iterator[Block]:
    """The uncertain numbers with ranges, then the sources."""
    _ = findings.translate
    yield Heading(_("Parameters and sources"), kind="annex")
    unsupported = [row for row in rows.unsupported(findings.scenario) if _ours(row, findings)]
    judgment = len(judged(findings))
    found = [row for row in rows.ranges(findings.scenario) if _ours(row, findings)]
    yield Paragraph(
        _("{count} uncertain parameters of the baseline and the option; {judged} of them are expert "
          "judgment. Numbers that nobody vouches for: {unsupported}.").format(
            count=len(found), judged=judgment, unsupported=len(unsupported) or _("none"))
    )  # fmt: skip
    if unsupported:
        yield Bullets(tuple(row.path for row in unsupported))
    lines = [
        Row(
            (
                label(findings.scenario, row.path, findings.language, _),
                plain(row.value),
                _("{low} to {high}").format(low=plain(row.low), high=plain(row.high)),
                _(row.unit),
                _(SUPPORT[row.support]),
                _(row.origin),
            )
        )
        for row in found
    ]
    yield Table(
        _("Uncertain parameters"),
        (_("parameter"), _("value"), _("range"), _("unit"), _("support"), _("from")),
        tuple(lines),
        (2.8, 1.0, 1.6, 1.3, 1.3, 2.5),
        text_columns=(0, 3, 4, 5),
        note=_("Their names on the command line: opsim show scenario.yaml --ranges, in the results folder"),
        small=True,
    )
    sources = [
        Row((it.key, _(it.title), _(it.publisher), str(it.year or ""), it.address, it.tag, str(it.numbers)))
        for it in rows.sources(findings.scenario)
        if it.numbers
    ]
    yield Table(
        _("Sources"),
        (_("key"), _("title"), _("publisher"), _("year"), _("address"), _("tag"), _("numbers")),
        tuple(sources),
        (1.4, 3.2, 1.5, 0.7, 2.2, 0.6, 0.8),
        text_columns=(0, 1, 2, 3, 4, 5),
        note=_("Tags: R1 official, peer-reviewed or original press; R2 reprint; R3 weak page; D arithmetic "
               "on read figures; K recalled, counts as expert judgment"),
        small=True,
    )  # fmt: skip


def _ours(row: Any, findings: Findings) -> bool:  # noqa: ANN401 - a row about numbers of a scenario
    return bool({BASELINE, findings.option}.intersection(row.cases))
