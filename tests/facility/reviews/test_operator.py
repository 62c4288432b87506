"""The operator's review by hand: a café that only loses closes earlier, costs more, and is given up."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from opsim.facility.money.bookkeeping import keep_by, open_books
from opsim.facility.month.plan import plan_month
from opsim.facility.reviews.operators import losing, notice_review, operators_review, unmet_share
from opsim.facility.reviews.view import MonthView, ServiceMonth
from opsim.facility.standing import Changes, Standing, as_it_stands
from opsim.facility.timeline import timeline
from opsim.ledger import accounts
from opsim.scenario.facility import Facility
from opsim.scenario.hours import Hours, closing_moved
from tests.demand.build import CAFE, READING
from tests.facility.build import nobody, tiny
from tests.facility.reviews.build import BARISTA, house, lived, operator, posted

# 365 hours a month ÷ 166 are 2.2 workers, so three at 3,000 × 1.28.
WAGES = 1_152_000
WEAR = 10_000  # 6,000.00 over 60 months


def months(margins: Sequence[int], unmet: int = 0, served: int = 0) -> tuple[ServiceMonth, ...]:
    """Months of a reading room that earns nothing and of a café with these margins in fen."""
    none = np.zeros(2, np.int64)
    return tuple(
        ServiceMonth((0, fen), np.array([0, served]), none, none, np.array([0, unmet])) for fen in margins
    )


def reviewed(of: Facility, history: tuple[ServiceMonth, ...], standing: Standing | None = None) -> Changes:
    view = MonthView(len(history) - 1, history=history)
    return operators_review(of, view, standing or Standing()).changes


def test_a_cafe_that_loses_for_two_quarters_closes_in_month_seven_and_its_wages_stop() -> None:
    case = lived(house(reviews=operator(closes_after=2)))
    assert posted(case, reason="wages") == [(m, WAGES) for m in range(6)]
    assert posted(case, reason="purchases", service="cafe") == [(m, 6_000) for m in range(6)]
    assert posted(case, reason="renewal") == [(m, WEAR) for m in range(6)]
    # What the whole house needs goes on.
    assert posted(case, reason="purchases", service="") == [(m, 100_000) for m in range(12)]
    assert (case.open_ticks[:6, 1] > 0).all()
    assert (case.open_ticks[6:, 1] == 0).all()
    assert (case.open_ticks[:, 0] > 0).all()
    assert case.workers.tolist() == [3.0] * 6 + [0.0] * 6
    # Half of the floor for half of the year: the café bears a quarter of the year's shared cost.
    assert posted(case, reason="shared_cost") == [(11, 900_000), (11, 300_000)]


def test_tenured_staff_stay_when_the_cafe_closes() -> None:
    staff = {"barista": {**BARISTA, "unavoidable": True}}
    case = lived(house(reviews=operator(closes_after=2), staff=staff))
    assert posted(case, reason="wages", source="common") == [(m, WAGES) for m in range(12)]
    # Their wages are no reason to close either: filters and wear are.
    assert (case.open_ticks[6:, 1] == 0).all()


def test_one_good_quarter_begins_the_count_anew() -> None:
    lost, won = [-1, -1, 1], [-1, -1, 2]
    assert losing(months(lost * 3), 1, 3)
    assert not losing(months(lost * 2), 1, 3)
    assert not losing(months(lost + won + lost * 2), 1, 3)
    assert losing(months(won + lost * 3), 1, 3)
    of = house(reviews=operator(closes_after=3))
    assert reviewed(of, months(lost * 3)).given_up == {"cafe"}
    assert not reviewed(of, months([1] + [-1] * 9)).given_up  # nine months, but not three whole quarters
    assert not reviewed(of, months(lost * 2 + [0, 0, 0])).given_up  # nothing lost


def test_a_losing_cafe_closes_an_hour_earlier_at_each_review_within_its_bound() -> None:
    part_time = {"barista": {**BARISTA, "part_time": True}}
    reviews = operator(every=3, hours={"step": 60, "shorter": 90})
    case = lived(house(reviews=reviews, staff=part_time))
    days = np.array(case.timeline.length)
    hours = case.open_ticks[:, 1] / 3600 / days
    assert hours.tolist() == [12.0] * 3 + [11.0] * 3 + [10.5] * 6
    assert (case.open_ticks[:, 0] == days * 12 * 3600).all()
    # Pay follows: 365 days of so many hours ÷ 12 ÷ 166 workers at 3,840.00.
    paid = [round(384_000 * 365 * each / 12 / 166) for each in (12, 11, 10.5)]
    assert posted(case, reason="wages") == [
        (m, paid[0] if m < 3 else paid[1] if m < 6 else paid[2]) for m in range(12)
    ]


def test_a_cafe_that_earns_stays_open_longer_where_its_hours_keep_people_away() -> None:
    of = house(reviews=operator(every=3, hours={"step": 30, "shorter": 60, "longer": 45, "unmet": 0.2}))
    few, many = months([5, 5, 5], unmet=20, served=80), months([5, 5, 5], unmet=21, served=79)
    assert unmet_share(few, 1) == 0.2
    assert reviewed(of, few) == Changes()
    assert reviewed(of, many).minutes == {"cafe": 30}
    assert reviewed(of, many, Standing(changes=Changes(minutes={"cafe": 30}))).minutes == {"cafe": 45}
    assert reviewed(of, many[:2]) == Changes()  # no review yet
    assert reviewed(of, months([-5, 0, 5], unmet=99)) == Changes()  # neither lost nor earned


def test_prices_rise_by_a_step_within_their_bound() -> None:
    of = house(reviews=operator(every=1, price={"rise": 0.05, "highest": 1.1}))
    standing, seen = Standing(), []
    for month in range(4):
        plan = plan_month(
            as_it_stands(of, standing.changes), timeline(of.start, 1), month, standing, nobody(of)
        )
        seen.append(plan.full_price.tolist())
        standing = operators_review(of, MonthView(month, history=months([-1] * (month + 1))), standing)
    # 18.00, 18.90, and 19.80: a tenth more, not 19.845.
    assert seen == [[0, 1800], [0, 1890], [0, 1980], [0, 1980]]
    assert reviewed(of, months([0])) == Changes()


def test_the_fee_review_comes_on_top_of_the_operators() -> None:
    of = house(reviews=operator(price={"rise": 0.1, "highest": 1.1}))
    standing = Standing(price_level=1.5, changes=Changes(prices={"cafe": Decimal("1.1")}))
    plan = plan_month(as_it_stands(of, standing.changes), timeline(of.start, 1), 0, standing, nobody(of))
    assert plan.full_price.tolist() == [0, 2970]


@pytest.mark.parametrize("engine", ["simpy", "kernel"])
def test_a_cafe_around_the_clock_closes_at_the_stroke_of_midnight(engine: str) -> None:
    """Guests at the counter at midnight are served to the end, and nobody comes after them."""
    cafe = {**CAFE, "hours": "00:00-24:00", "price": 1}
    of = house(
        services={"reading": {**READING, "hours": "00:00-24:00"}, "cafe": cafe},
        staff={"barista": {**BARISTA, "hours": "00:00-24:00"}},
        catchment={"population": 700},
        reviews=operator(closes_after=1),
    )
    case, other = (
        lived(of, engine=engine),
        lived(of.model_copy(update={"reviews": house().reviews}), engine=engine),
    )
    assert case.sales[:3, 1].sum() == other.sales[:3, 1].sum() > 0
    assert case.sales[3:, 1].sum() == 0
    assert other.sales[3:, 1].sum() > 0
    # Readers come as they did, but for those whom the café had brought.
    assert (case.fates[:3, 0] == other.fates[:3, 0]).all()
    assert case.fates[3:, 0].sum() < other.fates[3:, 0].sum()
    assert case.fates[3:, 1].sum() <= 12
    assert case.lost[3:, 1, :, 2].sum() > 0


def test_what_is_on_the_cards_goes_back_when_a_service_is_given_up() -> None:
    of = house()
    books = open_books(of, timeline(of.start, 1))
    books.cards[:] = [[0, 700, 0, 0], [500, 0, 300, 0]]
    keep_by(books, as_it_stands(of, Changes(given_up=frozenset({"cafe"}))), 3, {"cafe"})
    assert books.cards.tolist() == [[0, 700, 0, 0], [0, 0, 0, 0]]
    assert books.book.balance(accounts.restricted("cafe")) == -800  # it was never loaded here
    refunds = books.book.close()
    assert refunds.day.tolist() == [90, 90]
    assert [refunds.accounts[i] for i in refunds.target] == [
        accounts.users(of.segment_names()[g]) for g in (0, 2)
    ]


def test_closing_times_move() -> None:
    def moved(text: str, minutes: int) -> str:
        return closing_moved(Hours(by_day={"workday": text, "restday": "closed"}), minutes).by_day["workday"]

    assert moved("09:00-21:00", -30) == "09:00-20:30"
    assert moved("09:00-12:00, 13:30-17:30", 60) == "09:00-12:00, 13:30-18:30"
    assert moved("09:00-12:00, 13:30-17:30", -240) == "09:00-12:00"
    assert moved("09:00-12:00", -180) == "closed"
    assert moved("10:00-23:30", 30) == "10:00-24:00"
    assert moved("10:00-23:30", 90) == "10:00-01:00"
    assert moved("18:00-02:00", -150) == "18:00-23:30"
    assert moved("09:00-21:00", 1000) == "09:00-09:00"  # day and night
    assert moved("00:00-24:00", -60) == "00:00-23:00"
    assert moved("closed", 60) == "closed"


def test_nothing_changes_where_no_review_is_stated() -> None:
    of = house()
    assert as_it_stands(of, Changes()) is of
    history: Any = months([-1] * 40)
    assert operators_review(of, MonthView(39, history=history), Standing()) == Standing()
    people = tiny(catchment={"population": 300})
    idle = tiny(
        catchment={"population": 300},
        reviews=operator(closes_after=40, hours={"shorter": 0}, price={"rise": 0, "highest": 1}),
    )
    plain, watched = lived(people), lived(idle)
    assert (plain.fates == watched.fates).all()
    assert (plain.postings.amount == watched.postings.amount).all()


def noticed(of: Facility, earned: Sequence[int | None], standing: Standing | None = None) -> int | None:
    view = MonthView(len(earned) - 1, operator=tuple(earned))
    return notice_review(of, view, standing or Standing()).notice


def test_an_operator_that_loses_for_two_quarters_gives_notice_at_the_end_of_the_second() -> None:
    of = house(reviews={"operator": {"exit_after": 2}})
    lost, balanced = [-5, 3, 1], [-5, 3, 2]
    assert noticed(of, lost * 2) == 5
    assert noticed(of, lost) is None
    assert noticed(of, lost + balanced) is None
    assert noticed(of, (lost * 3)[:-1]) is None  # in mid-quarter
    assert noticed(of, balanced + lost * 2) == 8
    # Nobody at work: the next operator's quarters are counted anew, whole ones only.
    assert noticed(of, lost + [None] * 3 + lost) is None
    assert noticed(of, [None, None, -5, *lost]) is None
    assert noticed(of, [None, None, -5, *lost, *lost]) == 8
    # Notice is given once; where no exit is stated, or nobody could leave, never.
    assert noticed(of, lost * 3, Standing(notice=5)) == 5
    assert noticed(house(), lost * 4) is None
    assert noticed(of, []) is None
