"""Annexes: how to make the same again, limitations, terms, data behind figures, parameters, sources."""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from opsim.errors import marked
from opsim.language import Translate
from opsim.outcomes.verdict import FRAGILE, RELIEF_SHARE, RELIEF_SIZE
from opsim.report.document import Block, Bullets, Heading, Paragraph, Row, Table
from opsim.report.figures.waterfall import LOOKS
from opsim.report.labels import label
from opsim.report.memo.material import Findings
from opsim.report.memo.robustness import judged
from opsim.report.numbers import number, percent, plain
from opsim.report.provenance import command, made
from opsim.report.sections.lost_demand import segment_title
from opsim.report.sections.what_drives import STYLES as ANALYSIS_STYLES
from opsim.report.sections.what_drives import TITLES as ANALYSIS_TITLES
from opsim.report.words import SUPPORT
from opsim.scenario import number_tables as written
from opsim.scenario.load import BASELINE


def reproduction(findings: Findings, _: Translate) -> Iterator[Block]:
    """How each folder's numbers were made, and the command that makes them again."""
    start = findings.scenario.baseline.start
    yield Heading(_("How the numbers were made and how to make them again"), kind="annex", new_page=True)
    for kind, results in findings.folders.items():
        how = made(results, start, _)
        yield Paragraph(_("Results of opsim {command}: {made}", command=kind, made=how))
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


def limitations(findings: Findings, _: Translate) -> Iterator[Block]:
    """What the numbers do not tell, and the words used."""
    gate, start = findings.facility.gate, findings.facility.start
    yield Heading(_("Limitations and terms"), kind="annex")
    yield Bullets((
        _("Not back-tested: levels rest on sources and judgment, not on this facility's own records"),
        _("Not answered: how satisfied people are, who would in fact bid, and what the decision does to "
          "prices and wages in the city (general equilibrium)"),
        _(CHANCE_SHARE if findings.fixed else RANGE_SHARE),
        _("Books and law are simplified: taxes by service; accruals are wear and what treasuries owe "
          "and are owed"),
    ))  # fmt: skip
    yield Bullets((
        _("own-level net fiscal cost, on cash: what our treasury pays, less what comes back and its "
          "share of taxes; on accrual: with what it owes at the end besides (grants due or earned, the "
          "facility's unpaid bills), less what it is owed (taxes and what an operator has not paid, what "
          "will go back of the budget when late grants have come); where one number stands, it is on "
          "accrual"),
        _("cash, full and economic cost: paid in cash; with renewal; with rent forgone and volunteers' "
          "work"),
        _("public gate: every red line is kept in every full year"),
        _("verdict, claimed only where the 95-percent interval is clear: mission failure, the public gate "
          "fails in more than {failing} of cases; else sustainable or grant-dependent, gate and money hold"
          " in at least {threshold} of cases on user payments alone or with the budgeted grants; fragile, "
          "in at least {fragile} of cases; else unsustainable. Burden relief: our treasury's present cost "
          "falls in at least {share} of cases, and by at least {size} at the median",
          failing=percent(gate.failing_cases.at(start), _), threshold=percent(gate.threshold.at(start), _),
          fragile=percent(FRAGILE, _), share=percent(RELIEF_SHARE, _), size=percent(RELIEF_SIZE, _)),
        _("money holds: cash never below the credit line, renewal reserve funded, cost recovered, "
          "operator signs"),
        _("P10–P90: the range in which eight of ten cases lie"),
    ))  # fmt: skip


def data(findings: Findings, _: Translate) -> Iterator[Block]:
    """What the figures show, as tables."""
    moved = findings.moved()
    if findings.main is not None or moved:
        yield Heading(_("Data behind the figures"), kind="annex")
    if findings.main is not None:
        yield _groups(findings, _)
        yield _waterfall(findings, _)
        yield _cash(findings, _)
    if moved:
        yield _tornado(findings, _)


def _groups(findings: Findings, _: Translate) -> Table:
    """Visits a year by group and case."""
    cases = findings.cases
    found = {case: findings.groups(case) for case in cases}
    rows = []
    for name, group in found[BASELINE].items():
        title = segment_title(findings.scenario.baseline, name, findings.language, _)
        counts = (group.persons, *(found[case].get(name, group).visits for case in cases))
        rows.append(Row((title, *(number(count, "count") for count in counts))))
    return Table(
        _("Visits to basic and inclusive services a year, by group"),
        (_("group"), _("persons"), *map(findings.title, cases)),
        tuple(rows), (2, 1, *(1.2,) * len(cases)), small=True,
    )  # fmt: skip


def _waterfall(findings: Findings, _: Translate) -> Table:
    """The steps of each service in an average year."""
    titles = findings.services()
    rows = tuple(
        Row((titles[service], _(LOOKS[step][0]), number(yuan, "money", signed=True)))
        for service, step, yuan in findings.steps()
    )
    return Table(
        _("Who pays for which service, {option} (ten thousand yuan a year)",
          option=findings.title(findings.option)),
        (_("service"), _("step"), _("amount")), rows, (2, 2, 1), text_columns=(0, 1), small=True,
    )  # fmt: skip


def _tornado(findings: Findings, _: Translate) -> Table:
    """What each number does at its low and at its high, by outcome."""
    rows = []
    for outcome, path, ends in findings.moved():
        name, title = label(findings.scenario, path, findings.language, _), _(ANALYSIS_TITLES[outcome])
        style = ANALYSIS_STYLES[outcome]
        cells = ((plain(at), number(change, style, signed=True)) for at, change in ends)
        rows.append(Row((title, name, *chain.from_iterable(cells))))
    return Table(
        _("What moves cost (ten thousand yuan a year) and the room of the verdict (%), one number at a time"),
        (_("outcome"), _("parameter"), _("low"), _("change"), _("high"), _("change")),
        tuple(rows), (2, 3.2, 1, 1, 1, 1), text_columns=(0, 1), small=True,
    )  # fmt: skip


def _cash(findings: Findings, _: Translate) -> Table:
    """Lowest cash by quarter: P10, median and P90 in the baseline and the option."""
    cases = (BASELINE, findings.option)
    rows = tuple(
        Row((quarter, *(number(yuan, "money") for case in cases for yuan in found[case])))
        for quarter, found in findings.balances().items()
    )
    labels = [
        template.format(case=findings.title(case))
        for case in cases
        for template in (_("{case}, P10"), _("{case}, median"), _("{case}, P90"))
    ]
    caption = _("Lowest balance of each quarter: cash less unpaid bills and debts (ten thousand yuan)")
    return Table(caption, (_("quarter from"), *labels), rows, (1.2, *(1,) * 6), small=True)


def parameters(findings: Findings, _: Translate) -> Iterator[Block]:
    """The uncertain numbers with ranges, then the sources."""
    scenario = findings.scenario
    yield Heading(_("Parameters and sources"), kind="annex")
    unsupported = findings.ours(written.unsupported(scenario))
    ranges = findings.ours(written.ranges(scenario))
    yield Paragraph(
        _("{count} uncertain parameters of the baseline and the option; {judged} of them are expert "
          "judgment. Numbers that nobody vouches for: {unsupported}.",
          count=len(ranges), judged=len(judged(findings)), unsupported=len(unsupported) or _("none"))
    )  # fmt: skip
    if unsupported:
        yield Bullets(tuple(row.path for row in unsupported))
    numbers = (
        (
            label(scenario, row.path, findings.language, _), plain(row.value),
            _("{low} to {high}", low=plain(row.low), high=plain(row.high)),
            _(row.unit), _(SUPPORT[row.support]), _(row.origin),
        )
        for row in ranges
    )  # fmt: skip
    yield Table(
        _("Uncertain parameters"),
        (_("parameter"), _("value"), _("range"), _("unit"), _("support"), _("from")),
        tuple(map(Row, numbers)), (2.8, 1.0, 1.6, 1.3, 1.3, 2.5), text_columns=(0, 3, 4, 5), small=True,
        note=_("Their names on the command line: opsim show scenario.yaml --ranges, in the results folder"),
    )  # fmt: skip
    sources = (
        (it.key, _(it.title), _(it.publisher), str(it.year or ""), it.address, it.tag, str(it.numbers))
        for it in written.sources(scenario)
        if it.numbers
    )
    yield Table(
        _("Sources"),
        (_("key"), _("title"), _("publisher"), _("year"), _("address"), _("tag"), _("numbers")),
        tuple(map(Row, sources)), (1.4, 3.2, 1.5, 0.7, 2.2, 0.6, 0.8), text_columns=(0, 1, 2, 3, 4, 5),
        note=_("Tags: R1 official, peer-reviewed or original press; R2 reprint; R3 weak page; D arithmetic "
               "on read figures; K recalled, counts as expert judgment"),
        small=True,
    )  # fmt: skip
