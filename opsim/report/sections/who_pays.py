"""Who pays for whom: the matrix of the annual settlements, and whether it turns on a convention.

Shared cost (wages of a crew that serves both, heating, the fit-out) can be laid on the services by area,
staff hours or visits; no rule says which is right. Where a service has a surplus under one driver and a
deficit under another, the answer is a convention, and is said to be one.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from opsim.errors import marked
from opsim.facility.case import DRIVERS
from opsim.language import Translate
from opsim.ledger import accounts
from opsim.report.document import Row, Table
from opsim.report.numbers import number
from opsim.report.run_json import flows
from opsim.report.words import TEN_THOUSAND
from opsim.study.run import RunResult

COLUMNS: Final = ("payer", "receiver", "reason", "yuan_a_year")
DRIVER_COLUMNS: Final = ("service", *(f"yuan_a_year_by_{driver}" for driver in DRIVERS), "turns")
SMALLEST: Final = 0.05 * TEN_THOUSAND
"""Sums of less than this many yuan a year read 0.0 and are left out of the matrix."""

OTHERS: Final = marked("other services")
PAYERS: Final = {
    "cross_subsidy": OTHERS,
    "subsidy": marked("service subsidies"),
    "grant_applied": marked("grants"),
    "savings_applied": marked("savings of earlier years"),
    "credit": marked("credit and arrears"),
    "arrears": marked("credit and arrears"),
}
"""Who stands behind a flow into a service's books."""

BY: Final = {
    "area": marked("by area"), "staff_hours": marked("by staff hours"), "visits": marked("by visits"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """What a service has left in yuan a year if all shared cost follows each of `DRIVERS`."""

    service: str
    left: tuple[float, ...]

    @property
    def turns(self) -> bool:
        """Whether it has a surplus under one driver and a deficit under another, both worth telling."""
        return min(self.left) <= -SMALLEST and max(self.left) >= SMALLEST


def payments(result: RunResult) -> Iterator[tuple[str, str, str, float]]:
    """(payer, receiver, reason, yuan a year) into the books of each service of the option, largest first."""
    for flow in flows([pair.option for pair in result.replications], result.settings.years):
        if flow["reason"] in PAYERS:
            yield flow["from"], flow["to"], flow["reason"], flow["yuan"]


def results(result: RunResult) -> list[Result]:
    """The services of the option by what they have left under each driver."""
    found = []
    for name in result.scenario.options[result.settings.option].services:
        left = [result.option[f"result_by_{driver}.{name}"].value or 0.0 for driver in DRIVERS]
        found.append(Result(name, tuple(left)))
    return found


def titles(result: RunResult, language: str) -> dict[str, str]:
    """Titles of the option's services by name."""
    services = result.scenario.options[result.settings.option].services
    return {name: service.title[language] for name, service in services.items()}


def driver_rows(result: RunResult) -> Iterator[tuple[object, ...]]:
    """One row for each service: what it has left under each driver, and whether the sign turns."""
    for each in results(result):
        yield each.service, *each.left, "yes" if each.turns else "no"


def tables(result: RunResult, language: str, _: Translate) -> Iterator[Table]:
    """Who pays for each service, in ten thousand yuan a year; none where nobody pays for another.

    A row for each service that receives; which services pay it stands in the folder's table, the largest of
    them here too.
    """
    named = {accounts.service(name): title for name, title in titles(result, language).items()}
    received: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    givers: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for payer, receiver, reason, yuan in payments(result):
        received[receiver][PAYERS[reason]] += yuan
        if reason == "cross_subsidy":
            givers[receiver][payer] += yuan
    told = [name for name in named if max(received[name].values(), default=0.0) >= SMALLEST]
    sources = [
        each for each in dict.fromkeys(PAYERS.values())
        if any(received[name][each] >= SMALLEST for name in told)
    ]  # fmt: skip
    rows = []
    for name in told:
        row, most = received[name], ""
        if row[OTHERS] >= SMALLEST:
            most = named[max(givers[name], key=givers[name].__getitem__)]
        cells = (number(row[each], "money") if row[each] >= SMALLEST else "" for each in sources)
        rows.append(Row((named[name], *cells, most)))
    if rows:
        heads = (_("receives"), *map(_, sources), _("most from"))
        caption = _("Who pays for whom (ten thousand yuan a year)")
        yield Table(caption, heads, tuple(rows), text_columns=(0, len(sources) + 1))


def driver_sentence(found: Sequence[Result], titles: Mapping[str, str], _: Translate) -> str:
    """Whether the answer turns on how shared cost is divided, and for which service most.

    `titles` of the services by name.
    """
    turning = [each for each in found if each.turns]
    if not turning:
        return _("However shared cost is divided, the same services have a surplus and the same a deficit")
    most = max(turning, key=lambda each: max(each.left) - min(each.left))
    best, worst = max(most.left), min(most.left)
    return _(
        "The answer turns on how shared cost is divided; for {service} a surplus of {surplus} {best} and a "
        "deficit of {deficit} {worst} (ten thousand yuan a year)",
        service=titles[most.service],
        surplus=number(best, "money"),
        best=_(BY[DRIVERS[most.left.index(best)]]),
        deficit=number(-worst, "money"),
        worst=_(BY[DRIVERS[most.left.index(worst)]]),
    )
