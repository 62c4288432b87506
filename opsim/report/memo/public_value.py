"""Cross-subsidy and public value: the services on three cost lines, who pays for whom, the red lines kept."""

from collections.abc import Iterator

from opsim.facility.case import DRIVERS
from opsim.language import Translate
from opsim.ledger import accounts
from opsim.outcomes.red_lines import RED_LINES
from opsim.report.document import Block, Heading, Paragraph, Row, Table
from opsim.report.memo import pictures
from opsim.report.memo.material import Findings
from opsim.report.memo.phrases import amount, joined, listed, nothing, running, titled
from opsim.report.memo.proposal import worst_off
from opsim.report.numbers import STYLES, number, percent
from opsim.report.sections import verdict_lines as sentences
from opsim.report.sections.who_pays import SMALLEST, Result, driver_sentence
from opsim.report.sections.with_and_without import STATES
from opsim.report.words import CLASSES
from opsim.scenario.load import BASELINE

COST_LINES = ("cash", "full", "economic")


def services(findings: Findings, _: Translate) -> Iterator[Block]:
    """Three quarters of a page: revenue, cost and cross-subsidy."""
    yield Heading(_("Revenue, cost and cross-subsidy"))
    if findings.main is None:
        yield findings.missing(_("Services on the three cost lines"), "compare")
    else:
        yield Paragraph(running(_matrix(findings, _), _))
        yield from pictures.cross_subsidy(findings, _("Who pays for which service in an average year"))
        yield _three_lines(findings, _)
    if "subsidy" in findings.folders:
        yield _removals(findings, _)
    else:
        what = _("What goes with each service if it is taken away")
        yield findings.missing(what, "subsidy", "--option", findings.option)


def _three_lines(findings: Findings, _: Translate) -> Table:
    """Each service: what users pay, subsidies for its use, and cash, full and economic cost."""

    def line(label: str, numbers: list[float]) -> tuple[str, ...]:
        sales, full = numbers[0], numbers[3]
        ratio = percent(sales / full, _, decimals=1) if full > 0 else "–"
        return (label, *(number(each, "money") for each in numbers), ratio)

    subsidies: dict[str, float] = {}
    for _payer, receiver, yuan in findings.flows("subsidy"):
        subsidies[receiver] = subsidies.get(receiver, 0.0) + yuan
    rows, totals = [], [0.0] * 5
    for kind, title in CLASSES.items():
        lines = []
        for name, service in findings.facility.services.items():
            if service.service_class == kind:
                costs = (findings.value(f"{cost}_cost.{name}") or 0.0 for cost in COST_LINES)
                subsidy = subsidies.get(accounts.service(name), 0.0)
                numbers = [findings.value(f"sales.{name}") or 0.0, subsidy, *costs]
                totals = [total + each for total, each in zip(totals, numbers, strict=True)]
                lines.append(Row(line(service.title[findings.language], numbers)))
        rows += [Row((_(title),), "section"), *lines] if lines else []
    whole = [findings.value(f"{cost}_cost") or 0.0 for cost in COST_LINES]
    rest = [all_ - sum_ for all_, sum_ in zip(whole, totals[2:], strict=True)]
    if not all(map(nothing, rest)):
        rows.append(Row(line(_("charged to no service"), [0.0, 0.0, *rest])))
    rows.append(Row(line(_("all services"), [*totals[:2], *whole]), "total"))
    return Table(
        _("Services on the three cost lines, {option}, an average year (ten thousand yuan)",
          option=findings.title(findings.option)),
        (_("service"), _("user payments"), _("service subsidies"), _("cash cost"), _("full cost"),
         _("economic cost"), _("user payments ÷ full cost")),
        tuple(rows), (3, 1.2, 1.2, 1.2, 1.2, 1.2, 1.3),
        note=_("Shared cost is divided as the annual settlement charges it; economic cost adds rent forgone "
               "and volunteers' work by area"),
    )  # fmt: skip


def _matrix(findings: Findings, _: Translate) -> Iterator[str]:
    """The matrix of cross-subsidy in a sentence, and whether it turns on how shared cost is divided."""
    named = findings.services()
    yield sentences.carried(findings.value("carried_of_100_yuan"), _)
    titles = {accounts.service(name): title for name, title in named.items()}
    paid = [each for each in findings.flows("cross_subsidy") if each[2] >= SMALLEST]
    clauses = (
        _("{amount} ten thousand yuan a year from {giver} to {receiver}",
          giver=titles[giver], amount=number(yuan, "money"), receiver=titles[receiver])
        for giver, receiver, yuan in paid[:4]
    )  # fmt: skip
    yield listed(clauses, _) if paid else _("no service has a surplus that pays for another")
    left = [
        Result(name, tuple(findings.value(f"result_by_{driver}.{name}") or 0.0 for driver in DRIVERS))
        for name in named
    ]
    yield driver_sentence(left, named, _)


def _removals(findings: Findings, _: Translate) -> Paragraph:
    """What removal runs say of each service."""
    titles = findings.services()
    by_state: dict[str, list[str]] = {}
    for name, yuan, state in findings.removals():
        balance = number(yuan, "money", signed=True)
        by_state.setdefault(state, []).append(
            _("{service} {balance}", service=titles[name], balance=balance)
        )  # fmt: skip
    parts = (
        _("{state}: {services}", state=_(STATES[state]), services=joined(names, _))
        for state, names in by_state.items()
    )
    return Paragraph(
        _("With and without each service on the same draws (incremental revenue less incremental cost, ten "
          "thousand yuan a year): {parts}.", parts=listed(parts, _))
    )  # fmt: skip


def people(findings: Findings, _: Translate) -> Iterator[Block]:
    """Half a page: the red lines as measured, and what changes for whom."""
    yield Heading(_("Public service kept, and what changes for whom"))
    if findings.main is None:
        yield findings.missing(_("Red lines and groups"), "compare")
        return
    yield _red_lines(findings, _)
    yield Paragraph(running(_gains_and_losses(findings, _), _))
    yield from pictures.people(findings, _("Visits a head by age and income, before and after"))


def _red_lines(findings: Findings, _: Translate) -> Table:
    """Each red line: its limit, the worst year measured, and the share of cases that keep it."""
    rows = []
    for line in RED_LINES:
        style = STYLES[line.unit]
        before, ours = (
            findings.value(f"worst_year.{line.name}", case) for case in (BASELINE, findings.option)
        )
        kept = findings.value(f"kept.{line.name}")
        if ours is not None or kept not in (None, 1):
            limit = f"{'≥' if line.least else '≤'} {number(line.limit(findings.facility), style)}"
            share = "–" if kept is None else percent(kept, _)
            label = titled(line.title, line.unit, _)
            rows.append(Row((label, limit, number(before, style), number(ours, style), share)))
    option = findings.title(findings.option)
    heads = (_("red line"), _("limit"), _("baseline"), option, _("cases that keep it"))
    return Table(_("Red lines: the worst year, on average over cases"), heads, tuple(rows),
                 (4, 1, 1.2, 1.6, 1.3))  # fmt: skip


def _gains_and_losses(findings: Findings, _: Translate) -> Iterator[str]:
    yield worst_off(findings, _)
    reach, poorest = (findings.value(name) for name in ("priority_reach", "poorest_reach"))
    if reach is not None and poorest is not None:
        yield _(
            "visits of the priority groups to basic and inclusive services come to {reach} of the "
            "baseline's, those of the lowest incomes to {poorest}",
            reach=percent(reach, _, decimals=1), poorest=percent(poorest, _, decimals=1),
        )  # fmt: skip
    taken = findings.value("displaced_net")
    if taken is not None and not nothing(taken):
        template = (
            _("shops nearby lose {amount} a year in net sales") if taken > 0
            else _("shops nearby gain {amount} a year in net sales")
        )  # fmt: skip
        yield template.format(amount=amount(abs(taken), _))
    yield _("satisfaction is not simulated")
