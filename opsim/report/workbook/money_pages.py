"""The sheets about money: monthly statements by service, cash flow, treasuries, who pays for whom."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from opsim.language import Translate
from opsim.ledger import accounts
from opsim.ledger.accrual import NOT_PAID
from opsim.report import treasury as treasury_csv
from opsim.report.results import Results, Row, value
from opsim.report.sections.who_pays import PAYERS
from opsim.report.words import FUNDS, LEVELS
from opsim.report.workbook.reasons import BETWEEN, KINDS, REASONS
from opsim.report.workbook.sheet import Cell, Column, Page, across, at, span
from opsim.scenario.load import BASELINE

LABELS: Final = 4
"""Columns before the months of the statements."""


def months_of(results: Results) -> list[str]:
    """The months of the run, as ``statements.csv`` names them."""
    return list(dict.fromkeys(row["month"] for row in results.table("monthly")))


def statements(results: Results, note: str, language: str, _: Translate) -> Page:
    """A row for each case, service and reason, a column for each month; what comes in is positive."""
    months = months_of(results)
    net: dict[str, dict[str, dict[str, dict[str, float]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(dict))
    )
    for row in results.table("statements"):
        moved = float(row["in_yuan"]) - float(row["out_yuan"])
        net[row["case"]][row["service"]][row["reason"]][row["month"]] = moved
    lines: list[list[Any]] = []
    for case, services in net.items():
        for service, reasons in services.items():
            labels = (results.title(case, language), _service(results, case, service, language, _))
            lines += _block(labels, reasons, months, len(lines), _)
    columns = [
        Column(_("case"), width=26), Column(_("service"), width=24), Column(_("kind"), width=22),
        Column(_("item"), width=30),
        *(Column(_("{month} (yuan)").format(month=month), "money", 12) for month in months),
        Column(_("total (yuan)"), "money", 15),
    ]  # fmt: skip
    return Page(_("Monthly statements"), note, columns, lines, LABELS)


def _block(
    labels: tuple[str, str], reasons: dict[str, dict[str, float]], months: list[str], first: int, _: Translate
) -> Iterator[list[Any]]:
    """The lines of one service: what it earns and pays, their sum, then what services pay one another."""
    order = sorted(reasons, key=lambda reason: (list(KINDS).index(_kind(reason)), _label(reason)))
    for between, group in groupby(order, key=lambda reason: _kind(reason) == BETWEEN):
        own = list(group)
        lines = [[reasons[reason].get(month, 0.0) for month in months] for reason in own]
        for reason, numbers in zip(own, lines, strict=True):
            here = across(first, LABELS, LABELS + len(months) - 1)
            total = Cell(sum(numbers), "money", f"=SUM({here})")
            yield [*labels, _(KINDS[_kind(reason)]), _(_label(reason)), *numbers, total]
            first += 1
        if between:
            continue
        sums = [sum(column) for column in zip(*lines, strict=True)]
        cells = [
            Cell(number, "total", f"=SUM({span(LABELS + i, first - len(own), first - 1)})")
            for i, number in enumerate([*sums, sum(sums)])
        ]
        title = _("before what services pay one another")
        yield [*(Cell(label, "label") for label in labels), Cell(None, "label"), Cell(title, "label"), *cells]
        first += 1


def _kind(reason: str) -> str:
    return REASONS[reason][0]


def _label(reason: str) -> str:
    return REASONS[reason][1]


def _service(results: Results, case: str, name: str, language: str, _: Translate) -> str:
    if not name:
        return _("house as a whole")
    return results.scenario.cases()[case].services[name].title[language]


def cash_flow(results: Results, note: str, language: str, _: Translate) -> tuple[Page, dict[str, int]]:
    """The cash of the house by month: what is there, what comes and goes, what is left.

    Returns the row of the closing balance of each case too, for the chart.
    """
    months, flows = months_of(results), dict[str, dict[str, dict[str, float]]]()
    for row in results.table("statements"):
        by_month = flows.setdefault(row["case"], {}).setdefault(row["reason"], defaultdict(float))
        by_month[row["month"]] += float(row["in_yuan"]) - float(row["out_yuan"])
    lines: list[list[Any]] = []
    closing: dict[str, int] = {}
    for case, reasons in flows.items():
        title, top = results.title(case, language), len(lines)
        outside = [each for each in reasons if _kind(each) != BETWEEN]
        order = sorted(outside, key=lambda reason: (list(KINDS).index(_kind(reason)), _label(reason)))
        bottom = top + len(order) + 1
        held, opening, left = 0.0, [], []
        for i, month in enumerate(months):
            opening.append(Cell(held, "money", f"={at(3 + i - 1, bottom)}") if i else Cell(0.0, "money"))
            held += sum(reasons[reason].get(month, 0.0) for reason in order)
            left.append(Cell(held, "total", f"=SUM({span(3 + i, top, bottom - 1)})"))
        lines.append([title, None, _("at the beginning of the month"), *opening])
        for reason in order:
            numbers = [reasons[reason].get(month, 0.0) for month in months]
            lines.append([title, _(KINDS[_kind(reason)]), _(_label(reason)), *numbers])
        label = _("at the end of the month")
        lines.append([*(Cell(text, "label") for text in (title, None, label)), *left])
        closing[case] = bottom
    columns = [
        Column(_("case"), width=26), Column(_("kind"), width=22), Column(_("item"), width=32),
        *(Column(_("{month} (yuan)").format(month=month), "money", 12) for month in months),
    ]  # fmt: skip
    return Page(_("Cash flow"), note, columns, lines, 3), closing


def treasury(results: Results, note: str, language: str, _: Translate) -> Page:
    """Net cost of each level and source, a column for each budget year; totals on cash and on accrual."""
    table = results.table("treasury")
    years = list(dict.fromkeys((row["year"], row["from"]) for row in table))
    lines: list[list[Any]] = []
    for case, rows in groupby(table, key=lambda row: row["case"]):
        by_source = groupby(rows, key=lambda row: (row["level"], row["source"]))
        found = [(key, [float(row["net_yuan"]) for row in same]) for key, same in by_source]
        cash: int | None = None
        for label, sources in (
            (_("all levels, cash"), [each for each in found if each[0][1] not in NOT_PAID]),
            (_("all levels, accrual"), [each for each in found if each[0][1] in NOT_PAID]),
        ):
            first = len(lines) if cash is None else cash
            for key, net in sources:
                total = Cell(sum(net), "money", f"=SUM({across(len(lines), 3, 2 + len(years))})")
                lines.append([results.title(case, language), *_payer(key, _), *net, total])
            cells = [
                Cell(
                    sum(_number(line[3 + i]) for line in lines[first:]), "total",
                    f"=SUM({span(3 + i, first, len(lines) - 1)})" if lines[first:] else "",
                )
                for i in range(len(years) + 1)
            ]  # fmt: skip
            cash = len(lines)
            labels = (results.title(case, language), label, None)
            lines.append([*(Cell(text, "label") for text in labels), *cells])
    columns = [
        Column(_("case"), width=26), Column(_("level of government"), width=18),
        Column(_("source of the money"), width=24),
        *(
            Column(_("year {year}, from {month} (yuan)").format(year=year, month=month), "money", 15)
            for year, month in years
        ),
        Column(_("total (yuan)"), "money", 16),
    ]  # fmt: skip
    return Page(_("Treasuries"), note, columns, lines, 3)


def _number(cell: Any) -> float:  # noqa: ANN401 - plain or with a formula
    return float(cell.value if isinstance(cell, Cell) else cell)


def _payer(key: tuple[str, str], _: Translate) -> tuple[str, str]:
    return _(LEVELS[key[0]]), _(FUNDS[key[1]])


def treasury_detail(results: Results, note: str, language: str, _: Translate) -> Page:
    """``treasury.csv`` as it is: paid, got, net with its interval and the range of eight in ten cases."""
    rows = [
        [
            results.title(row["case"], language), *_payer((row["level"], row["source"]), _),
            int(row["year"]), row["from"],
            *(value(row[name]) for name in treasury_csv.COLUMNS[5:]),
        ]
        for row in results.table("treasury")
    ]  # fmt: skip
    columns = [
        Column(_("case"), width=26), Column(_("level of government"), width=18),
        Column(_("source of the money"), width=24),
        Column(_("year"), "whole", 7), Column(_("begins"), width=10),
        *(
            Column(text, "money", 15)
            for text in (
                _("paid, or owed more (yuan)"), _("got, or due more (yuan)"), _("net (yuan)"),
                _("net, 95-percent interval from (yuan)"),
                _("to (yuan)"), _("net, P10 of cases (yuan)"), _("P90 of cases (yuan)"),
            )
        ),
    ]  # fmt: skip
    return Page(_("Treasuries in detail"), note, columns, rows, 3)


def cross_subsidy(results: Results, note: str, language: str, _: Translate) -> Page:
    """Who pays for whom in an average year: a row for each service that receives, a column for each payer."""
    table = results.table("cross_subsidy")
    payers = list(dict.fromkeys(_giver(row) for row in table))
    titles = {
        accounts.service(name): service.title[language]
        for case in (*results.options(), BASELINE)
        for name, service in results.scenario.cases()[case].services.items()
    }
    paid: dict[tuple[str, str], dict[str, float]] = {}
    for row in table:
        cells = paid.setdefault((row["case"], row["receiver"]), defaultdict(float))
        cells[_giver(row)] += float(row["yuan_a_year"])
    order = sorted(paid.items(), key=lambda item: _place(results, item[0]))
    lines = [
        [
            results.title(case, language), titles[receiver], *(cells.get(payer) for payer in payers),
            Cell(sum(cells.values()), "money", f"=SUM({across(i, 2, 1 + len(payers))})"),
        ]
        for i, ((case, receiver), cells) in enumerate(order)
    ]  # fmt: skip
    columns = [
        Column(_("case"), width=26), Column(_("receives"), width=24),
        *(
            Column(_("{payer} (yuan a year)").format(payer=titles.get(each, _(each))), "money", 16)
            for each in payers
        ),
        Column(_("total (yuan a year)"), "money", 16),
    ]  # fmt: skip
    return Page(_("Who pays for whom"), note, columns, lines, 2)


def _giver(row: Row) -> str:
    """Account of the service that pays, or what the money is where no service pays it."""
    return row["payer"] if row["reason"] == "cross_subsidy" else PAYERS[row["reason"]]


def _place(results: Results, key: tuple[str, str]) -> tuple[int, int]:
    names = list(results.scenario.cases()[key[0]].services)
    return results.options().index(key[0]), names.index(key[1].removeprefix(accounts.service("")))
