"""Small facilities and plans for the tests of demand."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from opsim.demand.draw import draw
from opsim.demand.prepare import prepare
from opsim.demand.random import stream_key
from opsim.records import (
    TICKS_PER_DAY,
    TICKS_PER_HOUR,
    VISIT_COLUMNS,
    Bookings,
    Census,
    MonthPlan,
    StationPlan,
    Visits,
)
from opsim.scenario.facility import Facility

MAY = date(2026, 5, 1)
MEAN_4 = {"dist": "exponential", "mean": 4}


def walk_in(**changes: Any) -> dict[str, Any]:
    """A free service with one step, without demand of its own unless given."""
    base = {
        "form": "walk-in", "title": {"en": "s", "zh": "s"}, "class": "basic", "area": 10,
        "hours": "00:00-24:00", "steps": {"stay": {"station": "seats", "duration": MEAN_4}},
    }  # fmt: skip
    return {**base, **changes}


def demand(visits: float | Mapping[str, float] = 10.0, **changes: Any) -> dict[str, Any]:
    """Demand at the same rate in every age band and hour, unless told otherwise."""
    if not isinstance(visits, Mapping):
        visits = {"young": visits, "old": visits}
    return {
        "visits_per_person": dict(visits), "distance_decay": 1000,
        "workday_hours": [1] * 24, "restday_hours": [1] * 24, **changes,
    }  # fmt: skip


READING = walk_in(
    demand=demand({"young": 20.0, "old": 40.0}, priority=["old.*"]),
    steps={
        "stay": {
            "station": "seats",
            "duration": {"dist": "lognormal", "mean": 60, "spread": 45},
            "patience": {"dist": "exponential", "mean": 10},
        }
    },
)
CAFE = walk_in(
    **{"class": "market"},
    price=18,
    price_response={"reference": 18, "fewer_per_yuan": 0.05},
    demand=demand(4.0),
    steps={
        "order": {
            "station": "bar",
            "duration": {"dist": "gamma", "mean": 4, "spread": 2},
            "patience": MEAN_4,
        },
        "sit": {"station": "seats", "duration": {"dist": "weibull", "mean": 20, "spread": 9}, "walk": 1},
    },
    spillover={"reading": {"conversion": 0.2, "induced": 0.1}},
)


def facility(services: Mapping[str, Any] | None = None, catchment: Any = None, **changes: Any) -> Facility:
    """A facility with 3,650 people in two ages, two incomes and two distances; theory calendar."""
    rate = dict.fromkeys(("wages", "food", "utilities", "prices", "incomes", "fees"), 0)
    title = {"en": "f", "zh": "f"}
    people = {
        "population": 3650,
        "ages": {"young": {"title": title, "share": 0.75}, "old": {"title": title, "share": 0.25}},
        "incomes": {
            "low": {"title": title, "share": 0.5, "monthly_income": 2000},
            "high": {"title": title, "share": 0.5, "monthly_income": 8000},
        },
        "distances": {"near": {"share": 0.5, "meters": 0}, "far": {"share": 0.5, "meters": 1000}},
        "priority_groups": ["old.*"],
    }
    raw = {
        "title": title, "start": "2026-01-01", "calendar": "none",
        "treasury": {"own_level": "district", "tax_shares": {"district": 1}},
        "growth": {**rate, "fee_review": 1}, "discount_rates": {"fiscal": 0, "social": 0},
        "catchment": {**people, **(catchment or {})},
        "premises": {"area": 100, "market_rent": 0, "lettable": 0},
        "stations": {"seats": {"title": title, "servers": 10}, "bar": {"title": title, "servers": 1}},
        "services": dict(services) if services is not None else {"reading": READING, "cafe": CAFE},
        "contract": {
            "route": "direct-operation", "title": title,
            "appropriation": {"payer": {"level": "district"}, "amount": 0},
        },
    }  # fmt: skip
    return Facility.model_validate({**raw, **changes})


def plan(
    of: Facility,
    first: date = MAY,
    days: int = 30,
    hours: tuple[int, int] = (0, 24),
    price: Mapping[str, float] | None = None,
    reputation: Mapping[str, float] | None = None,
    turned: bool = False,
    given_up: str = "",
) -> MonthPlan:
    """A plan with the same hours for all; yuan and reputation by service; `turned` reverses names."""
    services, segments, stations = tuple(of.services), of.segment_names(), tuple(of.stations)
    if turned:
        services, segments, stations = services[::-1], segments[::-1], stations[::-1]
    none = np.zeros(0, np.int64)
    known = {"length": days * TICKS_PER_DAY, "stations": stations, "crews": ()}
    rest = {name: none for name in StationPlan.__dataclass_fields__ if name not in known}
    begin = np.arange(days) * TICKS_PER_DAY
    if hours == (0, 24):
        froms, untils, intervals = np.array([0]), np.array([days * TICKS_PER_DAY]), 1
    else:
        froms, untils, intervals = begin + hours[0] * TICKS_PER_HOUR, begin + hours[1] * TICKS_PER_HOUR, days
    yuan = {name: service.price.at(first) for name, service in of.services.items()} | dict(price or {})
    return MonthPlan(
        month=0, first_day=first, days=days, services=services, segments=segments,
        stations=StationPlan(**known, **rest),
        price=np.array([[round(yuan[name] * 100)] * len(segments) for name in services], np.int64),
        free=np.zeros((len(services), days), np.bool_),
        full_price=np.array([round(yuan[name] * 100) for name in services], np.int64),
        reputation=np.array([(reputation or {}).get(name, 1.0) for name in services]),
        offered=np.array([name != given_up for name in services]),
        admission_offsets=np.arange(len(services) + 1, dtype=np.int64) * intervals,
        admission_from=np.tile(froms, len(services)).astype(np.int64),
        admission_until=np.tile(untils, len(services)).astype(np.int64),
        early=np.zeros(len(services), np.int64),
        unmanned=np.zeros((len(services), days), np.int64),
        refund=np.zeros(len(services), np.bool_),
        shut=np.zeros(len(services), np.bool_),
        census=Census.none(len(services), len(segments)),
        bookings=Bookings.none(len(segments)),
        blocked=np.zeros(len(services), np.int64),
    )  # fmt: skip


def drawn_visits(of: Facility, seed: int = 1, replication: int = 0, **plan_terms: Any) -> tuple[Visits, Any]:
    """Prepare and draw in one go."""
    return draw(prepare(of, stream_key(seed, replication)), plan(of, **plan_terms))


def rows(visits: Visits, of: MonthPlan | None = None, shift: int = 0) -> dict[int, tuple[Any, ...]]:
    """Every visit as a tuple of its columns, by id; names instead of indices where a plan is given."""
    out = {}
    per_visit = ("arrival", "priority", "service", "segment")
    per_step = [name for name in VISIT_COLUMNS if name not in (*per_visit, "id", "step_offsets")]
    names = {
        "service": of.services, "segment": of.segments, "station": of.stations.stations,
        "step_service": of.services,
    } if of else {}  # fmt: skip
    columns = {name: getattr(visits, name).tolist() for name in VISIT_COLUMNS}
    for name, table in names.items():
        columns[name] = [table[i] for i in columns[name]]
    columns["arrival"] = [tick + shift for tick in columns["arrival"]]
    ends = columns["step_offsets"]
    for v, this in enumerate(columns["id"]):
        steps = tuple(tuple(columns[name][ends[v] : ends[v + 1]]) for name in per_step)
        out[this] = (*(columns[name][v] for name in per_visit), *steps)
    assert len(out) == visits.count
    return out
