"""A clinic of eight stations and three kinds of visitor beside a slow simulation that shares no code with opsim.

**The same visitors.** The page plays, day by day, what opsim has drawn for a year. Counts, waits, queues and use must
be the same to the visit and the tick: there is no error so small that it would pass.

**Visitors of its own.** The page draws its own visitors from the numbers of the file and plays `DAYS` days; opsim
lives `YEARS` years. For every measure of every station, kind of visitor and age, and every fate of every kind of
visit, Welch's two-sided t-test (the page's ratios by linearization over days, opsim's over years), all together
by Holm at significance `SIGNIFICANCE`. What fewer than `RARE` visits met is not tested. With one mean duration, or
one demand, 2 % larger on one side some measure is rejected.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import stats

from opsim.demand.draw import draw
from opsim.demand.prepare import prepare
from opsim.demand.random import stream_key
from opsim.facility.case import CaseRecord
from opsim.facility.life import live
from opsim.facility.plan import Standing, plan_month
from opsim.facility.timeline import timeline
from opsim.outcomes.queues import station_rows
from opsim.records import TICKS_PER_DAY, Census, Fate, Visits, When
from opsim.scenario.facility import Facility
from opsim.scenario.load import Scenario, load
from tests.worked.clinic import DENIED, SERVED, SKIPPED, Day, Raw, Step, Visit, come, numbers

FILE = "tests/worked/clinic.yaml"
SIGNIFICANCE = 1e-4
"""Of all tests of a comparison together."""
YEARS = 40
DAYS = 4000
RARE = 100

Counts = Counter[tuple[str, ...]]
"""What a day, or more, comes to: (station, service, age, column) and (service, column)."""

NAMES = {"denied_closed": "closed", "denied_full": "full", "denied_left": "reneged",
         "denied_sent_away": "turned_away", "denied_sold_out": "sold_out"}  # fmt: skip
QUEUED = (SERVED, "reneged", "turned_away", "sold_out")
MEASURES: dict[str, tuple[tuple[str, ...], tuple[str, ...], float, str]] = {
    "arrivals": ((SERVED, *DENIED), (), 1, SERVED),
    SERVED: ((SERVED,), (), 1, SERVED),
    **{name: ((column,), (), 1, column) for name, column in NAMES.items()},
    "denied_share": (DENIED, (SERVED, *DENIED), 1, "waited"),
    "wait_mean": (("wait",), QUEUED, 60, "waited"),
    "wait_mean_served": (("wait of served",), (SERVED,), 60, "waited"),
    "waiting_share": (("waited",), QUEUED, 1, "waited"),
    "long_wait_share": (("waited long",), QUEUED, 1, "waited long"),
    "queue_mean": (("queue",), ("open",), 1, "waited"),
    "use": (("busy",), ("offered",), 1, SERVED),
    "after_closing_hours": (("after closing",), (), 3600, SERVED),
}
"""Of a station, as `stations.csv` has them: columns above and below, or none for what is told a year; the unit; and
which column says how many visits have to do with it."""
