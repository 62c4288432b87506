"""Who pays for whom, both answers side by side: what the books say, and what goes with each service."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from opsim.errors import marked
from opsim.language import Translate, translator
from opsim.report import rows
from opsim.report.document import Block, Bullets, Paragraph, Row, Table, Title
from opsim.report.folder import Content
from opsim.report.folder import Table as File
from opsim.report.json_values import dump, line, named
from opsim.report.numbers import number, percent, with_interval
from opsim.report.run_json import flows, foot, head
from opsim.report.sections import who_pays
from opsim.report.sections.verdict_lines import made
from opsim.scenario.load import BASELINE
from opsim.study.subsidy import EconomicView, Standing

STATES: Final = {
    "subsidized": marked("is subsidized"),
    "contributes": marked("contributes"),
    "more-than-stand-alone": marked("pays more than stand-alone"),
    "undecided": marked("not clear yet"),
}
CLASSES: Final = {
    "basic": marked("all basic services"),
    "inclusive": marked("all inclusive services"),
    "market": marked("all market services"),
}

COLUMNS: Final = (
    "name", "kind", "own_revenue", "incremental_revenue", "incremental_cost", "balance", "balance_low",
    "balance_high", "stand_alone_revenue", "stand_alone_cost", "state",
)  # fmt: skip
LOST_COLUMNS: Final = ("without", "service", "share_of_sales_lost")


def as_json(view: EconomicView) -> dict[str, Any]:
    """The object of `opsim subsidy`."""
    return {
        **head(view.whole, "subsidy"),
        "subsidy": {
            "floor": "empty",
            "services": {name: _told(name, view) for name in view.services},
            "classes": dump(view.classes),
            "sales_lost": view.lost_sales,
        },
        "flows": flows(view.whole.results()[BASELINE], view.whole.settings.years),
        **foot(view.whole),
    }


def _told(name: str, view: EconomicView) -> dict[str, Any]:
    """One service in both views."""
    lives_off, books = view.lives_off(name), _books(view)[name]
    return {
        **dump(view.services[name]),
        "lives_off": None if lives_off is None else {"service": lives_off[0], "share": lives_off[1]},
        "books": {"left_by_driver": list(books.left), "turns": books.turns},
    }


def _books(view: EconomicView) -> dict[str, who_pays.Result]:
    """By service: what it has left in the books."""
    return {each.service: each for each in who_pays.results(view.whole)}


def standing_rows(view: EconomicView) -> Iterator[tuple[Any, ...]]:
    """One row for each service and class, in yuan a year."""
    for kind, group in (("service", view.services), ("class", view.classes)):
        for name, each in group.items():
            yield line(named(each) | {"name": name, "kind": kind}, COLUMNS)


def lost_rows(view: EconomicView) -> Iterator[tuple[str, str, float]]:
    """What share of its sales each service loses without each other one."""
    for gone, lost in view.lost_sales.items():
        for name, share in lost.items():
            yield gone, name, share


def content(view: EconomicView, language: str) -> Content:
    """What is published of it; there is no figure."""
    whole, runs = view.whole, view.runs
    tables = [
        File("subsidy", COLUMNS, partial(standing_rows, view)),
        File("sales_lost", LOST_COLUMNS, partial(lost_rows, view)),
        File("cross_subsidy", who_pays.COLUMNS, partial(who_pays.payments, whole)),
        File("shared_cost", who_pays.DRIVER_COLUMNS, partial(who_pays.driver_rows, whole)),
        File("outcomes", rows.OUTCOME_COLUMNS, partial(rows.outcome_rows, runs, translator(language))),
        File("replications", rows.REPLICATION_COLUMNS, partial(rows.replication_rows, runs)),
    ]
    return Content("subsidy", whole.scenario, partial(as_json, view), tables, view)


def blocks(view: EconomicView, language: str) -> Iterator[Block]:
    """Both answers."""
    _, whole = translator(language), view.whole
    option = whole.scenario.cases()[whole.settings.option]
    name = whole.settings.option if option.title == whole.scenario.title else option.title[language]
    title = _("{scenario}, {option}: who pays for whom", scenario=whole.scenario.title[language], option=name)
    titles = who_pays.titles(whole, language)
    yield Title(title, made(whole, _))
    yield _table(view, titles, _)
    turning = who_pays.driver_sentence(who_pays.results(whole), titles, _)
    yield Bullets((*_lines(view, titles, _), turning))
    yield from who_pays.tables(whole, language, _)
    notes = (
        _("Incremental: the whole facility less the facility without the service, on the same draws; "
          "the freed floor stays empty"),
        _("Stand-alone: a house of its own, in which shared cost that follows the floor shrinks with it"),
        _("Revenue is what users pay; cost is cash cost and renewal; ±: 95-percent intervals"),
    )  # fmt: skip
    yield Paragraph("\n".join(notes), "note")


def _table(view: EconomicView, titles: dict[str, str], _: Translate) -> Table:
    """A row for each service and class; money in ten thousand yuan a year."""
    books, last = _books(view), list(view.services)[-1]
    services = (
        Row(
            (titles[name], *_cells(each), number(books[name].left[0], "money", signed=True),
             _(STATES[each.state])),
            "closing" if name == last else "body",
        )
        for name, each in view.services.items()
    )  # fmt: skip
    classes = (
        Row((_(CLASSES[name]), *_cells(each), "", _(STATES[each.state])))
        for name, each in view.classes.items()
    )
    return Table(
        _("In the economic view (ten thousand yuan a year)"),
        (_("service"), _("own revenue"), _("incremental revenue"), _("incremental cost"),
         _("revenue less cost"), _("stand-alone cost"), _("in the books, by area"), _("state")),
        (*services, *classes),
        text_columns=(0, 7),
    )  # fmt: skip


def _cells(each: Standing) -> Iterator[str]:
    for value in (each.own_revenue, each.incremental_revenue, each.incremental_cost):
        yield number(value.value, "money")
    yield with_interval(each.balance, "yuan a year", signed=True)
    yield "" if each.stand_alone_cost is None else number(each.stand_alone_cost.value, "money")


def _lines(view: EconomicView, titles: dict[str, str], _: Translate) -> Iterator[str]:
    """Services that look well in the books and could not live without another."""
    books = _books(view)
    for name in view.services:
        found = view.lives_off(name)
        if found is None:
            continue
        template = (
            _("In the books {service} pays for others, yet {share} of its sales come with {other}: "
              "in the economic view {other} carries it")
            if max(books[name].left) > 0
            else _("{share} of the sales of {service} come with {other}")
        )  # fmt: skip
        other, share = found
        yield template.format(service=titles[name], share=percent(share, _), other=titles[other])
