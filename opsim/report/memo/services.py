"""Revenue, cost and cross-subsidy: the services on the three cost lines, and who pays for whom."""

from collections.abc import Iterator

from opsim.ledger import accounts
from opsim.report.memo import sentences
from opsim.report.memo.blocks import Block, Heading, Paragraph, Row, Table
from opsim.report.memo.findings import Findings, joined
from opsim.report.memo.figure import picture
from opsim.report.economic import STATES
from opsim.report.matrix import BY, DRIVERS, SMALLEST, turning
from opsim.report.numbers import number, percent
from opsim.report.words import CLASSES


def blocks(findings: Findings) -> Iterator[Block]:
    """Three quarters of a page."""
    _ = findings.translate
    yield Heading(_("Revenue, cost and cross-subsidy"))
    if findings.main is None:
        yield findings.missing(_("Services on the three cost lines"), "compare")
    else:
        yield Paragraph(_("{sentence}.").format(sentence=_("; ").join(_matrix(findings))))
        yield from picture(
            findings, findings.main, "cross-subsidy", _("Who pays for which service in an average year"),
            by_option=True,
        )  # fmt: skip
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
    for name, service in findings.facility.services.items():
        subsidy = sum(
            flow["yuan"]
            for flow in moved
            if flow["reason"] == "subsidy" and flow["to"] == accounts.service(name)
        )
        lines = [findings.value(f"{line}_cost.{name}") or 0.0 for line in ("cash", "full", "economic")]
        sales = findings.value(f"sales.{name}") or 0.0
        numbers = [sales, subsidy, *lines]
        totals = [total + each for total, each in zip(totals, numbers, strict=True)]
        label = _("{service} ({kind})").format(
            service=service.title[findings.language], kind=_(CLASSES[service.service_class])
        )
        rows.append(_row(label, numbers, findings))
    whole = [findings.value(f"{line}_cost") or 0.0 for line in ("cash", "full", "economic")]
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
        note=_("Shared cost is divided as the annual settlement charges it; economic cost adds rent forgone and "
               "volunteers' work by area"),
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
            _("{giver} pays {amount} ten thousand yuan a year for {receiver}").format(
                giver=titles[flow["from"]], amount=number(flow["yuan"], "money"), receiver=titles[flow["to"]]
            )
            for flow in paid[:4]
        )
    else:
        yield _("no service has a surplus that pays for another")
    yield _drivers(findings)


def _drivers(findings: Findings) -> str:
    _ = findings.translate
    left = {
        name: [findings.value(f"result_by_{driver}.{name}") or 0.0 for driver in DRIVERS]
        for name in findings.facility.services
    }
    turned = [name for name, each in left.items() if turning(each)]
    if not turned:
        return _("However shared cost is divided, the same services have a surplus and the same a deficit")
    most = max(turned, key=lambda name: max(left[name]) - min(left[name]))
    best, worst = max(left[most]), min(left[most])
    return _(
        "The answer turns on how shared cost is divided: {service} has {surplus} left {best} and lacks "
        "{deficit} {worst} (ten thousand yuan a year)"
    ).format(
        service=findings.services()[most],
        surplus=number(best, "money"),
        best=_(BY[DRIVERS[left[most].index(best)]]),
        deficit=number(-worst, "money"),
        worst=_(BY[DRIVERS[left[most].index(worst)]]),
    )


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
