"""Tenants: who has lost money for too long goes, and who follows."""

from dataclasses import replace

from opsim.facility.month.plan import Standing
from opsim.facility.reviews.view import MonthView
from opsim.facility.services.tenants import after
from opsim.scenario.facility import Facility


def tenants_review(facility: Facility, view: MonthView, standing: Standing) -> Standing:
    """Tenancies as they stand from the next month on."""
    return replace(standing, lettings=after(facility, view.key, view.month, view.leases))
