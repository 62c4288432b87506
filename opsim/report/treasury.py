"""``treasury.csv``: what each treasury pays and gets back, by level, source of the money and budget year."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from opsim.ledger.accrual import LAST
from opsim.outcomes.case_estimates import spread
from opsim.outcomes.intervals import mean
from opsim.records import Float64
from opsim.report.numbers import month_name
from opsim.study.replication import CaseResult
from opsim.study.run import Comparison

COLUMNS: Final = (
    "case", "level", "source", "year", "from", "paid_yuan", "got_yuan", "net_yuan", "ci_low", "ci_high",
    "p10", "p90",
)  # fmt: skip
"""Means over replications; net (paid less got) with its interval and the range of eight in ten cases."""


def rows(result: Comparison) -> Iterator[tuple[Any, ...]]:
    """Every case, level, source and year; taxes and what is owed after the budgets of a level."""
    start = result.scenario.baseline.start
    for case, done in result.results().items():
        for level, source in _sources(done):
            paid, got = np.moveaxis(_yuan(done, (level, source)), 1, 0)
            for year in range(result.settings.years):
                net = paid[:, year] - got[:, year]
                found = mean(net, result.settings.level)
                yield (
                    case, level, source, year + 1, month_name(start, 12 * year), float(paid[:, year].mean()),
                    float(got[:, year].mean()), found.value, *(found.ci or (None, None)),
                    *(spread(net) or (None, None)),
                )  # fmt: skip


def _sources(done: list[CaseResult]) -> list[tuple[str, str]]:
    found = {key for case in done for key in case.treasuries}
    return sorted(found, key=lambda key: (key[0], LAST.index(key[1]) + 1 if key[1] in LAST else 0, key[1]))


def _yuan(done: list[CaseResult], key: tuple[str, str]) -> Float64:
    """(R, 2, Y) yuan paid and got."""
    years = next(iter(done[0].monthly.values())).shape[0] // 12
    nothing = np.zeros((2, years), np.int64)
    return np.stack([case.treasuries.get(key, nothing) for case in done]) / 100
