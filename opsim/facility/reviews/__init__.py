"""Reviews: what is decided at the end of a month, from what it showed, for the months that follow.

A review is a function of the facility's terms, a frozen view of the month and what stands so far; it returns
what stands from the next month on. It cannot reach into a month that is over or running. A review that the
scenario does not mention leaves what stands as it is.
"""

from opsim.facility.reviews.authority import fee_review, treasurys_review
from opsim.facility.reviews.operators import notice_review, operators_review
from opsim.facility.reviews.view import MonthView, Review, ServiceMonth
from opsim.facility.reviews.visitors import tenants_review, visitors_review

REVIEWS: tuple[Review, ...] = (
    fee_review, operators_review, notice_review, treasurys_review, visitors_review, tenants_review,
)  # fmt: skip

__all__ = [
    "REVIEWS", "MonthView", "Review", "ServiceMonth", "fee_review", "notice_review", "operators_review",
    "tenants_review", "treasurys_review", "visitors_review",
]  # fmt: skip
