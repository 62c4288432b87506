"""A home of three beds whose books can be followed by hand."""

from collections.abc import Mapping
from typing import Any

from opsim.scenario.facility import Facility
from tests.demand.build import facility
from tests.facility.build import TITLE

NO_GROWTH = dict.fromkeys(("wages", "food", "utilities", "prices", "incomes", "fees"), 0) | {"fee_review": 3}
CITY, DISTRICT = {"level": "city", "fund": "welfare-lottery"}, {"level": "district"}
PEOPLE = {
    "ages": {"old": {"title": TITLE, "share": 1}},
    "incomes": {"any": {"title": TITLE, "share": 1, "monthly_income": 3000}},
    "priority_groups": ["old.*"],
}


def beds(**changes: Any) -> dict[str, Any]:
    """Three beds at 1,800 and 3,600 yuan a month, 5,000 yuan deposit; nobody applies, nobody leaves."""
    base = {
        "form": "places", "title": TITLE, "class": "basic", "area": 80, "hours": "00:00-24:00", "places": 3,
        "levels": {
            "light": {"title": TITLE, "fee": 1800, "entry": 0.5, "deposit": 5000},
            "heavy": {"title": TITLE, "fee": 3600, "entry": 0.5, "deposit": 5000, "high_care": True},
        },
    }  # fmt: skip
    return {**base, **changes}


BED_AID = {
    "form": "per-place", "title": TITLE, "service": "beds",
    "rates": {
        "light": {"tiers": {"city": {"payer": CITY, "amount": 200}}},
        "heavy": {"tiers": {"city": {"payer": CITY, "amount": 400}, "district": {"payer": DISTRICT, "amount": 200}}},
    },
}  # fmt: skip
CARE = {
    "title": TITLE, "posts": 1, "hours": "00:00-24:00", "wage": 3200, "social_cost": 0.26, "worker_hours": 166,
    "persons_a_worker": {"beds": {"light": 8, "heavy": 4}}, "avoidable_with": "beds",
}  # fmt: skip


def home(services: Mapping[str, Any] | None = None, **changes: Any) -> Facility:
    """Beds with one light and one heavy resident, a care worker around the clock, a subsidy for each bed."""
    raw = {
        "growth": NO_GROWTH, "catchment": PEOPLE, "stations": {},
        "staff": {"care": CARE},
        "subsidies": {"bed-aid": BED_AID},
        "initial": {"cash": 60000, "occupancy": {"beds": {"light": 1, "heavy": 1}}},
        "treasury": {"own_level": "district", "tax_shares": {"central": 0.5, "district": 0.5}},
    }  # fmt: skip
    return facility(services or {"beds": beds()}, **{**raw, **changes})
