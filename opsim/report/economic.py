"""Who pays for whom, both answers side by side: what the books say, and what goes with each service."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.text import Text

from opsim.errors import marked
from opsim.language import Translate, translator
from opsim.outcomes.intervals import Estimate
from opsim.report import rows
from opsim.report.folder import Content, Table
from opsim.report.numbers import number, percent, with_interval
from opsim.report.render.grid import Table as Drawn
from opsim.report.render.screen import drawn
from opsim.report.run_json import flows, foot, head, interval
from opsim.report.sections import verdict_lines as sentences
from opsim.report.sections import who_pays as matrix
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
    accounting = {each.service: each for each in matrix.results(view.whole)}
    return {
        **head(view.whole, "subsidy"),
        "subsidy": {
            "floor": "empty",
            "services": {
                name: {
                    **_standing(each),
                    "lives_off": _lives_off(view, name),
                    "books": {
                        "left_by_driver": list(accounting[name].left),
                        "turns": accounting[name].turns,
                    },
                }
                for name, each in view.services.items()
            },
            "classes": {name: _standing(each) for name, each in view.classes.items()},
            "sales_lost": view.lost_sales,
        },
        "flows": flows(view.whole.results()[BASELINE], view.whole.settings.years),
        **foot(view.whole),
    }


def _standing(each: Standing) -> dict[str, Any]:
    found = {
        "own_revenue": each.own_revenue,
        "incremental_revenue": each.incremental_revenue,
        "incremental_cost": each.incremental_cost,
        "balance": each.balance,
        "stand_alone_revenue": each.stand_alone_revenue,
        "stand_alone_cost": each.stand_alone_cost,
    }
    told = {
        name: None if value is None else {"value": value.value, "ci": interval(value)}
        for name, value in found.items()
    }
    return {**told, "state": each.state}


def _lives_off(view: EconomicView, name: str) -> dict[str, Any] | None:
    found = view.lives_off(name)
    return None if found is None else {"service": found[0], "share": found[1]}


def standing_rows(view: EconomicView) -> Iterator[tuple[Any, ...]]:
    """One row for each service and class, in yuan a year."""
    for kind, group in (("service", view.services), ("class", view.classes)):
        for name, each in group.items():
            alone = (each.stand_alone_revenue, each.stand_alone_cost)
            yield (
                name, kind, each.own_revenue.value, each.incremental_revenue.value,
                each.incremental_cost.value, each.balance.value, *(each.balance.ci or (None, None)),
                *(None if value is None else value.value for value in alone), each.state,
            )  # fmt: skip


def lost_rows(view: EconomicView) -> Iterator[tuple[str, str, float]]:
    """What share of its sales each service loses without each other one."""
    for gone, lost in view.lost_sales.items():
        for name, share in lost.items():
            yield gone, name, share


def content(view: EconomicView, language: str) -> Content:
    """What is published of it; there is no figure."""
    whole, runs = view.whole, view.runs
    tables = [
        Table("subsidy", COLUMNS, partial(standing_rows, view)),
        Table("sales_lost", LOST_COLUMNS, partial(lost_rows, view)),
        Table("cross_subsidy", matrix.COLUMNS, partial(matrix.payments, whole)),
        Table("shared_cost", matrix.DRIVER_COLUMNS, partial(matrix.driver_rows, whole)),
        Table("outcomes", rows.OUTCOME_COLUMNS, partial(rows.outcome_rows, runs, translator(language))),
        Table("replications", rows.REPLICATION_COLUMNS, partial(rows.replication_rows, runs)),
    ]
    return Content("subsidy", whole.scenario, partial(as_json, view), tables, view)


def show(view: EconomicView, language: str, console: Console) -> None:
    """Print both answers."""
    _ = translator(language)
    result = view.whole
    option = result.scenario.cases()[result.settings.option]
    name = result.settings.option if option.title == result.scenario.title else option.title[language]
    title = _("{scenario}, {option}: who pays for whom").format(
        scenario=result.scenario.title[language], option=name
    )
    console.print(Text(title, style="bold"))
    console.print(Text(sentences.made(result, _), style="dim"), soft_wrap=True)
    console.print(_table(view, language, _))
    for line in [
        *_lines(view, language, _),
        matrix.driver_sentence(matrix.results(result), matrix.titles(result, language), _),
    ]:
        console.print(Text(f"· {line}"), soft_wrap=True)
    for payments in matrix.tables(result, language, _):
        console.print(drawn(payments))
    console.print(Text(_notes(_), style="dim"), soft_wrap=True)


def _notes(_: Translate) -> str:
    return "\n".join(
        (
            _("Incremental: the whole facility less the facility without the service, on the same draws; "
              "the freed floor stays empty"),
            _("Stand-alone: a house of its own, in which shared cost that follows the floor shrinks with it"),
            _("Revenue is what users pay; cost is cash cost and renewal; ±: 95-percent intervals"),
        )
    )  # fmt: skip


def _table(view: EconomicView, language: str, _: Translate) -> Drawn:
    """A row for each service and class; money in ten thousand yuan a year."""
    made = Drawn(box=box.SIMPLE_HEAD, pad_edge=False, title_justify="left", title_style="bold")
    made.title = _("In the economic view (ten thousand yuan a year)")
    made.add_column(_("service"), overflow="fold")
    for heading in (
        _("own revenue"), _("incremental revenue"), _("incremental cost"), _("revenue less cost"),
        _("stand-alone cost"), _("in the books, by area"),
    ):  # fmt: skip
        made.add_column(heading, justify="right")
    made.add_column(_("state"))
    services = view.whole.scenario.cases()[view.whole.settings.option].services
    books = {each.service: each for each in matrix.results(view.whole)}
    for name, each in view.services.items():
        left = number(books[name].left[0], "money", signed=True)
        made.add_row(services[name].title[language], *_cells(each), left, _(STATES[each.state]))
    made.add_section()
    for name, each in view.classes.items():
        made.add_row(_(CLASSES[name]), *_cells(each), "", _(STATES[each.state]))
    return made


def _cells(each: Standing) -> Iterator[str]:
    for value in (each.own_revenue, each.incremental_revenue, each.incremental_cost):
        yield number(value.value, "money")
    yield with_interval(each.balance, "yuan a year", signed=True)
    yield _plain(each.stand_alone_cost)


def _plain(value: Estimate | None) -> str:
    return "" if value is None else number(value.value, "money")


def _lines(view: EconomicView, language: str, _: Translate) -> Iterator[str]:
    """Services that look well in the books and could not live without another."""
    services = view.whole.scenario.cases()[view.whole.settings.option].services
    books = {each.service: each for each in matrix.results(view.whole)}
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
        yield template.format(
            service=services[name].title[language],
            share=percent(found[1], _),
            other=services[found[0]].title[language],
        )
