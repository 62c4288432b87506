"""A tiny facility whose books can be followed by hand: a reading room and a café, three people in the world."""

from typing import Any

import numpy as np

from opsim.facility.month.totals import MonthTotals
from opsim.records import Census, Fate
from opsim.scenario.facility import Facility
from tests.demand.build import CAFE, READING, facility

TITLE = {"en": "t", "zh": "t"}
RATES = {"wages": 0.05, "food": 0.02, "utilities": 0, "prices": 0.1, "incomes": 0, "fees": 0, "fee_review": 3}


def tiny(**changes: Any) -> Facility:
    """Reading room of 60 m² and café of 40 m² in 100 m²; two posts of one staff group; direct operation."""
    raw: dict[str, Any] = {
        "growth": RATES,
        "services": {
            "reading": {**READING, "area": 60},
            "cafe": {
                **CAFE,
                "area": 40,
                "tax": 0.03,
                "costs": {
                    "beans": {"title": TITLE, "amount": 0.35, "per": "yuan_of_sales"},
                    "cups": {"title": TITLE, "amount": 0.5, "per": "sale", "growth": "none"},
                },
            },
        },
        "staff": {
            "clerk": {
                "title": TITLE, "posts": 1, "hours": "09:00-21:00", "wage": 3000, "social_cost": 0.28,
                "worker_hours": 166, "driver": "visits",
            },
        },
        "stations": {
            "seats": {"title": TITLE, "servers": 10},
            "bar": {"title": TITLE, "crew": "clerk"},
        },
        "costs": {
            "light": {"title": TITLE, "amount": 1000.01, "per": "month"},
            "rent": {"title": TITLE, "amount": 2000, "per": "month", "paid": "quarterly", "growth": "none"},
            "insurance": {"title": TITLE, "amount": 100, "per": "year", "growth": "none"},
            "papers": {"title": TITLE, "amount": 300, "per": "month", "avoidable_with": "reading"},
        },
        "assets": {
            "machine": {
                "title": TITLE, "cost": 6000, "life": 5, "bought": "start", "avoidable_with": "cafe",
                "payer": {"level": "city", "fund": "welfare-lottery"},
            },
            "furniture": {"title": TITLE, "cost": 24000, "life": 10, "age": 5, "bought": "before"},
        },
        "contract": {
            "route": "direct-operation", "title": TITLE, "credit_line": 0, "working_capital": 5000,
            "appropriation": {"payer": {"level": "district"}, "amount": 240000},
        },
        "subsidies": {
            "award": {
                "form": "lump-sum", "title": TITLE, "payer": {"level": "city"}, "amount": 5000, "delay": 2,
                "conditions": {"hours": {"measure": "opening_hours_a_week", "at_least": 84}},
            }
        },
        "initial": {"cash": 8000, "reserve": 10000},
        "treasury": {"own_level": "district", "tax_shares": {"central": 0.5, "district": 0.5}},
    }  # fmt: skip
    return facility(**{**raw, **changes})


def nobody(of: Facility) -> Census:
    """A month in which nobody holds a place."""
    return Census.none(len(of.services), len(of.segment_names()))


def totals(of: Facility, days: int, *, coffees: int = 0, visits: int = 0, hours: float = 12) -> MonthTotals:
    """A month in which `coffees` of 18 yuan are sold on its second day and `visits` readers are served."""
    services, segments = len(of.services), len(of.segment_names())
    sales = np.zeros((days, services, segments), dtype=np.int64)
    sales[1, 1, 0] = 1800 * coffees
    sold = np.zeros((services, segments), dtype=np.int64)
    sold[0, 0], sold[1, 0] = visits, coffees
    sold_by_day = np.zeros((days, services, segments), dtype=np.int64)
    sold_by_day[0, 0, 0], sold_by_day[1, 1, 0] = visits, coffees
    fates = np.zeros((services, segments, len(Fate)), dtype=np.int64)
    fates[0, 0, Fate.SERVED] = visits
    return MonthTotals(
        sales=sales,
        sold=sold,
        used=sold,
        used_by_day=sold_by_day,
        place_days=np.zeros((0, segments), dtype=np.int64),
        fates=fates,
        extras=np.zeros_like(fates),
        denied_at=np.zeros((len(of.stations), services, len(Fate)), dtype=np.int64),
        lost=np.zeros((services, segments, 3), dtype=np.int64),
        waits=np.zeros(0, dtype=np.int64),
        service_ticks=np.zeros((len(of.stations), services), dtype=np.int64),
        seat_ticks=np.zeros(len(of.stations), dtype=np.int64),
        open_ticks=np.full(services, round(3600 * hours * days), dtype=np.int64),
        open_days=np.full(services, days, dtype=np.int64),
    )
