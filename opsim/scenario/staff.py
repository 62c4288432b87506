"""The staff behind the counter and at the bedside."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool

from opsim.scenario.checking.fault import Faults, fault
from opsim.scenario.hours import Hours
from opsim.scenario.people import Title
from opsim.scenario.quantity import Factor, Frozen, Once, Quantity, Share, Unit, constant


class StaffGroup(Frozen):
    """People on duty together.

    Workers needed = the larger of posts × hours covered ÷ hours a worker works, and persons in places ÷
    persons a worker may look after.
    """

    title: Title
    posts: Annotated[Quantity, Unit("posts", ge=0, whole=True)]
    """People on duty at the same time."""
    hours: Hours
    """Hours covered."""
    wage: Annotated[Quantity, Unit("yuan a month", ge=0)]
    """Gross wage of a worker at the start."""
    social_cost: Share = constant(0)
    """Employer's social insurance, as a share of the wage."""
    worker_hours: Annotated[Quantity, Unit("hours a month", gt=0)]
    """Hours a full-time worker is on duty in a month, leave and holidays taken off."""
    persons_a_worker: dict[str, dict[str, Annotated[Quantity, Unit("persons a worker", gt=0)]]] = Field(
        default={}
    )
    """By service with places and level: how many persons one worker looks after, by rule or by contract."""
    hiring: Annotated[Quantity, Unit("months", ge=0, le=24, whole=True), Once()] = constant(0)
    """Months until a vacancy is filled. Meanwhile those who are there work longer."""
    overtime: Factor = constant("1.5")
    """What an hour of overtime costs, in ordinary hours."""
    absence: Annotated[Share, Once()] = constant(0)
    """Share of its posts that is missing on a day, for sickness and the like; wages go on."""
    turnover: Annotated[Quantity, Unit("times a year", ge=0, le=12), Once()] = constant(0)
    """How often in a year whoever holds a post leaves it; it is vacant for the months of `hiring`, unpaid."""
    cover: Annotated[Share, Once()] = constant(1)
    """Share of the days of missing posts on which somebody stands in, paid as overtime. On the others the
    post is missing at the stations that the group serves."""
    minimum: Annotated[Quantity, Unit("posts", ge=0, whole=True)] = constant(0)
    """Posts without which the stations that the group serves do not open on a day."""
    part_time: StrictBool = False
    """True: pay follows the hours; False: whole workers are employed."""
    volunteers: StrictBool = False
    """True: no wage is paid; the wage is what the work is worth (economic cost)."""
    unavoidable: StrictBool = False
    """True: tenured; the wage stays when the service closes."""
    avoidable_with: str | None = None
    """The service with which the group would go; without it the cost is shared."""
    driver: Literal["area", "staff_hours", "visits"] = "area"
    """How a shared wage is divided among the services."""

    def faults(self) -> Faults:
        """A minimum of posts that there are not."""
        least, posts = max(self.minimum.numbers()), min(self.posts.numbers())
        if least > posts:
            yield ("minimum",), fault("a minimum of {least} for {posts} posts", "at most the posts there are",
                                      least=least, posts=posts)  # fmt: skip
