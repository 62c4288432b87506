"""``statements.csv``: every month's movements of cash by service and reason, means over the replications."""

from collections.abc import Iterator
from typing import Any, Final

from opsim.ledger.cash_statement import Movements
from opsim.report.numbers import month_name
from opsim.study.run import Comparison

COLUMNS: Final = ("case", "month", "service", "reason", "in_yuan", "out_yuan")
"""The service is empty for the house as a whole, the operator's purse included. What services pay one another
is in it: it goes out of one and comes into another. In less out, over all of it, is the change of cash."""


def rows(result: Comparison) -> Iterator[tuple[Any, ...]]:
    """Every case, month, service and reason of which there was something."""
    start, count = result.scenario.baseline.start, len(result.replications)
    months = [month_name(start, month) for month in range(12 * result.settings.years)]
    moved: dict[str, Movements] = {case: each for run in result.runs for case, each in run.movements.items()}
    for case, sums in moved.items():
        order = sorted(sums, key=lambda key: _place(result, case, key))
        for i, month in enumerate(months):
            for service, reason in order:
                came, went = sums[service, reason][:, i].tolist()
                if came or went:
                    yield case, month, service, reason, came / 100 / count, went / 100 / count


def _place(result: Comparison, case: str, key: tuple[str, str]) -> tuple[int, str]:
    """Services as the scenario has them, the house last."""
    names = [*result.scenario.cases()[case].services, ""]
    return names.index(key[0]), key[1]
