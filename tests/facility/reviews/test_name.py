"""Reputation by hand: what is remembered month by month, and what it does to demand."""

from typing import Any

import numpy as np
import pytest

from opsim.demand.draw import draw
from opsim.demand.prepare import prepare
from opsim.demand.random import stream_key
from opsim.facility.month.plan import plan_month
from opsim.facility.month.reputation import long_waits
from opsim.facility.reviews.view import MonthView, ServiceMonth
from opsim.facility.reviews.visitors import visitors_review
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.records import LOSS_CAUSES
from opsim.scenario.facility import Facility
from opsim.stations.resolve import resolve
from tests.demand.build import MEAN_4, demand, facility, rows, walk_in
from tests.facility.build import TITLE, nobody, tiny
from tests.facility.reviews.build import lived

TERMS = {"response": 0.5, "memory": 2, "usual": 0.1, "lowest": 0.8, "highest": 1.1}


def crowded(**reputation: Any) -> Facility:
    """One chair and no waiting: about half of those who come in a month find it taken."""
    room = walk_in(
        demand=demand(6.0),
        hours="00:00-24:00",
        steps={"stay": {"station": "seats", "duration": {"dist": "exponential", "mean": 30}}},
    )
    return tiny(
        services={"reading": room, "park": walk_in(demand=demand(2.0), steps={"walk": {"station": "lawn", "duration": MEAN_4}})},
        stations={"seats": {"title": TITLE, "servers": 1, "waiting_room": 0}, "lawn": {"title": TITLE, "servers": 500}},
        staff={}, costs={}, assets={}, subsidies={}, **reputation,
    )  # fmt: skip


def shown(bad: int, decided: int) -> ServiceMonth:
    """A month of the reading room; in the park nothing ever goes wrong."""
    return ServiceMonth(
        (0, 0), np.array([decided - bad, 5]), np.array([bad, 0]), np.array([bad, 0]), np.array([0, 0])
    )


def test_a_path_over_the_months_worked_by_hand() -> None:
    of = crowded(reputation=TERMS)
    months, standing = timeline(of.start, 1), Standing()
    seen = []
    for month, (bad, decided) in enumerate([(30, 100), (60, 100), (100, 100), (0, 0), (0, 100), (0, 100)]):
        plan = plan_month(of, months, month, standing, nobody(of))
        seen.append(plan.reputation.tolist())
        standing = visitors_review(of, MonthView(month, history=(shown(bad, decided),)), standing)
    # Remembered: 0.1, 0.2, 0.4, 0.7, 0.7 (nobody came), 0.35; the park's 0.1 halves each month.
    reading = [1, 0.95, 0.85, 0.8, 0.8, 0.875]
    park = [1, 1.025, 1.0375, 1.04375, 1.046875, 1.0484375]
    np.testing.assert_allclose(seen, list(zip(reading, park, strict=True)))
    assert standing.bad_visits["reading"] == pytest.approx(0.175)


def test_without_reputation_nothing_is_remembered() -> None:
    of = crowded()
    standing = Standing()
    assert visitors_review(of, MonthView(0, history=(shown(9, 10),)), standing) is standing
    plan = plan_month(of, timeline(of.start, 1), 1, Standing(bad_visits={"reading": 0.9}), nobody(of))
    assert plan.reputation.tolist() == [1, 1]


def test_a_bad_name_takes_visits_away_and_changes_none() -> None:
    of = crowded(reputation={**TERMS, "highest": 1})
    prepared, months = prepare(of, stream_key(1, 0)), timeline(of.start, 1)
    found = {}
    for share in (0.1, 0.4):
        plan = plan_month(of, months, 2, Standing(bad_visits={"reading": share}), nobody(of))
        visits, lost = draw(prepared, plan)
        found[share] = rows(visits), lost[0, :, LOSS_CAUSES.index("reputation")].sum()
    (good, none), (bad, stayed) = found[0.1], found[0.4]
    assert none == 0
    assert {name: good[name] for name in bad} == bad
    # 15 % of the readers stay away.
    assert stayed == len(good) - len(bad) > 30
    assert sum(row[2] == 1 for row in good.values()) == sum(row[2] == 1 for row in bad.values())


@pytest.mark.parametrize("engine", ["simpy", "kernel"])
def test_in_a_life_the_first_month_is_as_ever_and_the_next_ones_are_emptier(engine: str) -> None:
    plain = lived(crowded(), engine=engine)
    named = lived(crowded(reputation={**TERMS, "highest": 1}), engine=engine)
    assert (plain.fates[0] == named.fates[0]).all()
    assert (named.fates[1:, 0].sum(axis=(1, 2)) < plain.fates[1:, 0].sum(axis=(1, 2))).all()
    reputation = LOSS_CAUSES.index("reputation")
    came = named.fates[:, 0].sum(axis=(1, 2)) + named.lost[:, 0, :, reputation].sum(axis=1)
    assert (came == plain.fates[:, 0].sum(axis=(1, 2))).all()
    assert (named.fates[:, 1] == plain.fates[:, 1]).all()


def test_visits_that_wait_too_long_at_all_their_steps_together_are_bad() -> None:
    # One table for a month of 20-minute visits; whoever has to wait waits for ever.
    stay = {"station": "seats", "duration": {"dist": "deterministic", "mean": 20}}
    after = {"station": "bar", "duration": {"dist": "deterministic", "mean": 25}}
    of = facility({"reading": walk_in(demand=demand(6.0), steps={"stay": stay, "pay": after})},
                  stations={"seats": {"title": TITLE, "servers": 1}, "bar": {"title": TITLE, "servers": 1}})  # fmt: skip
    plan = plan_month(of, timeline(of.start, 1), 0, Standing(), nobody(of))
    record, _ = resolve(plan.stations, draw(prepare(of, stream_key(1, 0)), plan)[0], None)
    decided, waited = record.decided.reshape(-1, 2), (record.start - record.arrival).reshape(-1, 2)
    waits = waited[decided.all(axis=1)].sum(axis=1).tolist()
    for minutes in (0, 15, 40):
        expected = sum(wait > minutes * 60 for wait in waits)
        assert long_waits(plan, record, minutes).tolist() == [expected]
    assert 0 < long_waits(plan, record, 40)[0] < long_waits(plan, record, 0)[0] < len(waits)
