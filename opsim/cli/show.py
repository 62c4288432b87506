"""`opsim show`: a scenario for the eye: what it is, where its numbers are from, how uncertain they are."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from opsim.cli.console import paper, print_json
from opsim.cli.options import Voice
from opsim.language import Translate, translator
from opsim.report.document import Block, Heading, Paragraph, Row, Table
from opsim.report.render.screen import show
from opsim.report.words import CLASSES, SUPPORT
from opsim.scenario import number_tables as rows
from opsim.scenario.event import Events
from opsim.scenario.facility import AnyService
from opsim.scenario.lease import Lease
from opsim.scenario.load import Scenario, load
from opsim.scenario.walk_in import WalkIn

WIDTH: Final = 140

Part = tuple[str, Sequence[str], list[Sequence[str]]]
"""Title, column heads and rows of a table."""


def show_scenario(scenario: str, voice: Voice, **asked: bool) -> int:
    """Print the parts asked for, or an overview."""
    shown = load(scenario)
    chosen = [part for part in _TABLES if asked.get(part)] or ["overview"]
    if voice.json:
        facts = {key: value for part in chosen for key, value in _FACTS[part](shown).items()}
        print_json({"scenario": shown.name, **facts})
        return 0
    _ = translator(voice.language)
    blocks: list[Block] = [] if chosen != ["overview"] else [*_introduction(shown, voice.language)]
    for part in chosen:
        for title, heads, lines in _TABLES[part](shown, voice.language, _):
            rows = tuple(Row(tuple(line)) for line in lines)
            blocks.append(Table(title, tuple(heads), rows, text_columns=tuple(range(len(heads)))))
    show(blocks, paper(WIDTH))
    return 0


def _introduction(scenario: Scenario, language: str) -> Iterator[Block]:
    yield Heading(f"{scenario.name}: {scenario.title[language]}")
    description = scenario.options[scenario.default_option].description
    if description is not None:
        yield Paragraph(description[language])


def _overview(scenario: Scenario, language: str, _: Translate) -> Iterable[Part]:
    default = scenario.default_option
    cases = [
        (
            name,
            "" if facility.title == scenario.title else facility.title[language],
            _("yes") if name == default else "",
        )
        for name, facility in scenario.cases().items()
    ]
    yield _("Cases"), (_("case"), _("title"), _("judged by default")), [*cases]
    services: dict[str, tuple[str, str, str, list[str]]] = {}
    for case, facility in scenario.cases().items():
        for name, service in facility.services.items():
            label, kind = service.title[language], _(CLASSES[service.service_class])
            price = _price(service, facility.start)
            services.setdefault(name, (label, kind, price, []))[3].append(case)
    lines = [
        (name, label, kind, price, ", ".join(found)) for name, (label, kind, price, found) in services.items()
    ]
    yield _("Services"), (_("name"), _("title"), _("class"), _("price (yuan)"), _("cases")), [*lines]
    yield _("Levers"), (_("path"),), [(path,) for path in scenario.levers]


def _price(service: AnyService, start: date) -> str:
    """The price of a visit, the base rent of a m², or the lowest and highest fee of a month or event day."""
    if isinstance(service, WalkIn):
        return f"{service.price.decimal(start):f}"
    if isinstance(service, Lease):
        return "" if service.rent.base is None else f"{service.rent.base.decimal(start):f}"
    paid = service.types if isinstance(service, Events) else service.levels
    fees = [terms.fee.decimal(start) for terms in paid.values()]
    return f"{min(fees):f}" if min(fees) == max(fees) else f"{min(fees):f}–{max(fees):f}"


def _ranges(scenario: Scenario, _language: str, _: Translate) -> Iterable[Part]:
    heads = (_("path"), _("cases"), _("value"), _("low"), _("high"), _("unit"), _("support"), _("from"))
    yield (
        _("Uncertain numbers"),
        heads,
        [
            (
                row.path,
                ", ".join(row.cases),
                row.value,
                row.low,
                row.high,
                _(row.unit),
                _(SUPPORT[row.support]),
                _(row.origin),
            )
            for row in rows.ranges(scenario)
        ],
    )


def _sources(scenario: Scenario, _language: str, _: Translate) -> Iterable[Part]:
    heads = (_("path"), _("cases"), _("value"), _("unit"), _("support"), _("from"))
    yield _("Numbers"), heads, [_number(row, _) for row in rows.numbers(scenario)]
    yield (
        _("Sources"),
        (_("key"), _("title"), _("publisher"), _("year"), _("address"), _("tag"), _("numbers")),
        [
            (it.key, _(it.title), _(it.publisher), str(it.year or ""), it.address, it.tag, str(it.numbers))
            for it in rows.sources(scenario)
        ],
    )
    missing = [_number(row, _) for row in rows.unsupported(scenario)]
    yield _("Unsupported numbers: {count}").format(count=len(missing)), heads, missing


def _number(row: rows.NumberRow, _: Translate) -> Sequence[str]:
    return row.path, ", ".join(row.cases), row.value, _(row.unit), _(SUPPORT[row.support]), _(row.origin)


def _outcomes(scenario: Scenario, _language: str, _: Translate) -> Iterable[Part]:
    heads = (_("name"), _("title"), _("unit"), _("definition"))
    yield (
        _("Outcomes"),
        heads,
        [
            (outcome.name, _(outcome.title), _(outcome.unit), _(outcome.definition))
            for outcome in _all(scenario)
        ],
    )


def _all(scenario: Scenario) -> Iterable[Any]:

    from opsim.outcomes.registry import outcomes_of  # noqa: PLC0415 - slow to import

    services = tuple(dict.fromkeys(name for case in scenario.cases().values() for name in case.services))
    return outcomes_of(scenario, services)


def _overview_facts(scenario: Scenario) -> dict[str, Any]:
    first = scenario.options[scenario.default_option]
    return {
        "title": {"en": scenario.title.en, "zh": scenario.title.zh},
        "start": first.start.isoformat(),
        "years": first.years,
        "default_option": scenario.default_option,
        "options": list(scenario.options),
        "levers": list(scenario.levers),
        "services": {case: list(facility.services) for case, facility in scenario.cases().items()},
    }


def _source_facts(scenario: Scenario) -> dict[str, Any]:
    return {
        "numbers": [asdict(row) for row in rows.numbers(scenario)],
        "sources": [asdict(row) for row in rows.sources(scenario)],
        "unsupported": [row.path for row in rows.unsupported(scenario)],
    }


def _outcome_facts(scenario: Scenario) -> dict[str, Any]:
    keys = ("name", "title", "definition", "unit", "kind")
    return {"outcomes": [{key: getattr(outcome, key) for key in keys} for outcome in _all(scenario)]}


_TABLES: Final = {"overview": _overview, "ranges": _ranges, "sources": _sources, "outcomes": _outcomes}
_FACTS: Final[dict[str, Callable[[Scenario], dict[str, Any]]]] = {
    "overview": _overview_facts,
    "ranges": lambda scenario: {"ranges": [asdict(row) for row in rows.ranges(scenario)]},
    "sources": _source_facts,
    "outcomes": _outcome_facts,
}
