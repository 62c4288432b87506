"""The rows of the results folder's tables. Money in them is in fen, empty means undefined."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import numpy as np

from opsim.language import Translate
from opsim.outcomes.case_estimates import values
from opsim.report.numbers import month_name
from opsim.scenario.load import BASELINE
from opsim.study.run import Comparison

COUNTS: Final = ("visits", "denied", "priority_visits")
"""Monthly columns that are no money."""

OUTCOME_COLUMNS: Final = (
    "case", "outcome", "title", "value", "ci_low", "ci_high", "unit", "kind", "undefined_share",
)  # fmt: skip
REPLICATION_COLUMNS: Final = ("case", "replication", "outcome", "value")
LEDGER_COLUMNS: Final = ("case", "replication", "date", "from", "to", "service", "reason", "amount_fen")

Rows = Iterator[tuple[Any, ...]]


def outcome_rows(result: Comparison, translate: Translate) -> Rows:
    """One row for each case and outcome; titles are translated, names never are."""
    for case, estimates in result.estimates().items():
        for outcome in (each for each in result.outcomes if each.name in estimates):
            estimate = estimates[outcome.name]
            low, high = estimate.ci or (None, None)
            yield (
                case, outcome.name, translate(outcome.title), estimate.value, low, high, outcome.unit,
                outcome.kind, estimate.undefined,
            )  # fmt: skip


def replication_rows(result: Comparison) -> Rows:
    """One row for each case, replication and outcome."""
    for case, done in result.results().items():
        table = [(outcome.name, values(done, outcome.name)) for outcome in result.outcomes]
        for r, replication in enumerate(result.replications):
            for name, column in table:
                yield case, replication, name, None if np.isnan(column[r]) else float(column[r])


def monthly_columns(result: Comparison) -> tuple[str, ...]:
    """The names of the monthly table's columns."""
    names = result.results()[BASELINE][0].monthly
    return ("case", "replication", "month", *(name if name in COUNTS else f"{name}_fen" for name in names))


def monthly_rows(result: Comparison) -> Rows:
    """One row for each case, replication and month."""
    start = result.scenario.baseline.start
    months = [month_name(start, month) for month in range(12 * result.settings.years)]
    for case, done in result.results().items():
        for replication, one in zip(result.replications, done, strict=True):
            columns = [column.tolist() for column in one.monthly.values()]
            for month, numbers in zip(months, zip(*columns, strict=True), strict=True):
                yield case, replication, month, *numbers


def ledger_rows(result: Comparison) -> Rows:
    """One row for each posting of the replications whose postings were kept, in order of date."""
    start = result.scenario.baseline.start
    days = [(start + timedelta(day)).isoformat() for day in range(366 * result.settings.years + 1)]
    for case, done in result.results().items():
        for replication, one in zip(result.replications, done, strict=True):
            book = one.postings
            if book is None:
                continue
            order = np.argsort(book.day, kind="stable")
            columns = (book.day, book.source, book.target, book.service, book.reason, book.amount)
            for day, source, target, service, reason, amount in zip(
                *(column[order].tolist() for column in columns), strict=True
            ):
                yield (
                    case, replication, days[day], book.accounts[source], book.accounts[target],
                    book.services[service], book.reasons[reason], amount,
                )  # fmt: skip
