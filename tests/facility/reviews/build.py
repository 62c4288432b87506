"""A reading room and a café with its own barista, and nobody in the world: every month costs the same."""

from typing import Any

from opsim.demand.random import stream_key
from opsim.facility.case import CaseRecord
from opsim.facility.month.loop import live
from opsim.ledger.postings import Posting
from opsim.scenario.facility import Facility
from tests.demand.build import CAFE, READING
from tests.facility.build import TITLE, tiny

FLAT = {"wages": 0, "food": 0, "utilities": 0, "prices": 0, "incomes": 0, "fees": 0, "fee_review": 3}
BARISTA = {
    "title": TITLE, "posts": 1, "hours": "09:00-21:00", "wage": 3000, "social_cost": 0.28,
    "worker_hours": 166, "avoidable_with": "cafe",
}  # fmt: skip


def house(**changes: Any) -> Facility:
    """Café of 40 m²: a barista, filters for 60 a month, a machine of 6,000 that lasts 5 years; nobody comes."""
    raw: dict[str, Any] = {
        "growth": FLAT,
        "catchment": {"population": 0},
        "services": {
            "reading": {**READING, "area": 60, "hours": "09:00-21:00"},
            "cafe": {**CAFE, "area": 40, "hours": "09:00-21:00"},
        },
        "staff": {"barista": BARISTA},
        "stations": {
            "seats": {"title": TITLE, "servers": 10},
            "bar": {"title": TITLE, "crew": "barista"},
        },
        "costs": {
            "light": {"title": TITLE, "amount": 1000, "per": "month"},
            "filters": {"title": TITLE, "amount": 60, "per": "month", "avoidable_with": "cafe"},
        },
        "assets": {"machine": {"title": TITLE, "cost": 6000, "life": 5, "bought": "before", "avoidable_with": "cafe"}},
        "subsidies": {},
        "initial": {"cash": 0},
    }  # fmt: skip
    return tiny(**{**raw, **changes})


def operator(**terms: Any) -> dict[str, Any]:
    """Reviews with an operator who looks at the café."""
    every = {"every": terms.pop("every")} if "every" in terms else {}
    return {"operator": {**every, "services": {"cafe": terms}}}


def lived(facility: Facility, years: int = 1, engine: str = "simpy", seed: int = 1) -> CaseRecord:
    return live(facility, stream_key(seed, 0), years, engine)


def posted(case: CaseRecord, **wanted: str) -> list[tuple[int, int]]:
    """(month, fen) of the postings with these names."""
    books, month = case.postings, case.timeline.month_of_day()
    names = {
        "source": books.accounts,
        "target": books.accounts,
        "service": books.services,
        "reason": books.reasons,
    }
    assert set(wanted) <= set(Posting._fields)
    return [
        (int(month[books.day[i]]), int(books.amount[i]))
        for i in range(len(books.day))
        if all(names[key][getattr(books, key)[i]] == name for key, name in wanted.items())
    ]
