"""Revenue, cost and cross-subsidy: the services on the three cost lines, and who pays for whom."""

from collections.abc import Iterator

from opsim.facility.case import DRIVERS
from opsim.ledger import accounts
from opsim.report.document import Block, Heading, Paragraph, Row, Table
from opsim.report.memo import figure, sentences
from opsim.report.memo.findings import Findings, joined, running
from opsim.report.numbers import number, percent
from opsim.report.sections.who_pays import SMALLEST, Result, driver_sentence
from opsim.report.sections.with_and_without import STATES
from opsim.report.words import CLASSES

COST_LINES = ("cash", "full", "economic")


def blocks(findings: Findings) -> Iterator[Block]:
    """Three quarters of a page."""
    _ = findings.translate
    yield Heading(_("Revenue, cost and cross-subsidy"))
    if findings.main is None:
        yield findings.missing(_("Services on the three cost lines"), "compare")
    else:
        yield Paragraph(running(_matrix(findings), _))
        caption = _("Who pays for which service in an average year")
        yield from figure.cross_subsidy(findings, findings.main, caption)
        yield table(findings)
    if "subsidy" in findings.folders:
        yield economic(findings)
    else:
        words = ("--option", findings.option)
        yield findings.missing(_("What goes with each service if it is taken away"), "subsidy", *words)


def table(findings: Findings) -> Table:
    """Each service: what users pay, subsidies for its use, and cash, full and economic cost."""
    _ = findings.translate
    moved = findings.told("flows", findings.option)
    rows = []
    totals = [0.0] * 5
    for kind, title in CLASSES.items():
        lines = []
        for name, service in findings.facility.services.items():
            if service.service_class != kind:
                continue
            own = accounts.service(name)
            subsidy = sum(flow["yuan"] for flow in moved if flow["reason"] == "subsidy" and flow["to"] == own)
            costs = [findings.value(f"{line}_cost.{name}") or 0.0 for line in COST_LINES]
            numbers = [findings.value(f"sales.{name}") or 0.0, subsidy, *costs]
            totals = [total + each for total, each in zip(totals, numbers, strict=True)]
            lines.append(_row(service.title[findings.language], numbers, findings))
        rows += [Row((_(title),), "section"), *lines] if lines else []
    whole = [findings.value(f"{line}_cost") or 0.0 for line in COST_LINES]
    rest = [0.0, 0.0, *(all_ - sum_ for all_, sum_ in zip(whole, totals[2:], strict=True))]
    if any(number(each, "money") != "0.0" for each in rest):
        rows.append(_row(_("charged to no service"), rest, findings))
    rows.append(_row(_("all services"), [*totals[:2], *whole], findings, "total"))
    return Table(
        _("Services on the three cost lines, {option}, an average year (ten thousand yuan)").format(
            option=findings.title(findings.option)
        ),
        (_("service"), _("user payments"), _("service subsidies"), _("cash cost"), _("full cost"),
         _("economic cost"), _("user payments ÷ full cost")),
        tuple(rows),
        (3, 1.2, 1.2, 1.2, 1.2, 1.2, 1.3),
        note=_("Shared cost is divided as the annual settlement charges it; economic cost adds rent forgone "
               "and volunteers' work by area"),
    )  # fmt: skip


def _row(label: str, numbers: list[float], findings: Findings, kind: str = "body") -> Row:
    sales, full = numbers[0], numbers[3]
    ratio = percent(sales / full, findings.translate, decimals=1) if full > 0 else "–"
    cells = (label, *(number(each, "money") for each in numbers), ratio)
    return Row(cells, "total" if kind == "total" else "body")


def _matrix(findings: Findings) -> Iterator[str]:
    """The matrix of cross-subsidy in a sentence, and whether it turns on how shared cost is divided."""
    _ = findings.translate
    yield sentences.carried(findings)
    titles = {accounts.service(name): title for name, title in findings.services().items()}
    paid = [
        flow
        for flow in findings.told("flows", findings.option)
        if flow["reason"] == "cross_subsidy" and flow["yuan"] >= SMALLEST
    ]
    if paid:
        yield _("; ").join(
            _("{amount} ten thousand yuan a year from {giver} to {receiver}").format(
                giver=titles[flow["from"]], amount=number(flow["yuan"], "money"), receiver=titles[flow["to"]]
            )
            for flow in paid[:4]
        )
    else:
        yield _("no service has a surplus that pays for another")
    yield _drivers(findings)


def _drivers(findings: Findings) -> str:
    found = [
        Result(name, tuple(findings.value(f"result_by_{driver}.{name}") or 0.0 for driver in DRIVERS))
        for name in findings.facility.services
    ]
    return driver_sentence(found, findings.services(), findings.translate)


def economic(findings: Findings) -> Paragraph:
    """What removal runs say of each service."""
    _ = findings.translate
    told = findings.folders["subsidy"].told["subsidy"]["services"]
    titles = findings.services()
    by_state: dict[str, list[str]] = {}
    for name, each in told.items():
        balance = number(each["balance"]["value"], "money", signed=True)
        by_state.setdefault(each["state"], []).append(
            _("{service} {balance}").format(service=titles[name], balance=balance)
        )
    parts = [
        _("{state}: {services}").format(state=_(STATES[state]), services=joined(names, _))
        for state, names in by_state.items()
    ]
    return Paragraph(
        _("With and without each service on the same draws (incremental revenue less incremental cost, ten "
          "thousand yuan a year): {parts}.").format(parts=_("; ").join(parts))
    )  # fmt: skip
