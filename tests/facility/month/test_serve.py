"""A scenario whose counter serves whoever is inside when its doors shut."""

from pathlib import Path

import numpy as np
import pytest

from opsim.demand.draw import draw
from opsim.demand.prepare import prepare
from opsim.demand.random import stream_key
from opsim.facility.month.loop import live
from opsim.facility.month.plan import plan_month
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.records import Census, Fate
from opsim.scenario.facility import Facility
from opsim.scenario.load import load
from opsim.stations.resolve import resolve

TEA_ROOM = Path(__file__).parents[2] / "worked" / "tea-room.yaml"
CLOSING = 17 * 3600


def room(*sets: str) -> Facility:
    return load(TEA_ROOM, sets=["stations.table.waiting_room=9", *sets]).options["with-tea"]


def fates(facility: Facility, engine: str) -> dict[Fate, int]:
    """What became of those who came to read, over a year."""
    case = live(facility, stream_key(seed=439, replication=0), years=1, engine=engine)
    return {fate: int(case.fates[:, 0, :, fate].sum()) for fate in Fate}


@pytest.mark.parametrize("engine", ["simpy", "kernel"])
def test_who_waits_at_closing_is_served_and_nobody_else_is_treated_differently(engine: str):
    finish, serve = (fates(room(f"stations.table.at_close={how}"), engine) for how in ("finish", "serve"))
    assert finish[Fate.TURNED_AWAY] > 0
    assert serve[Fate.TURNED_AWAY] == 0
    more = serve[Fate.SERVED] - finish[Fate.SERVED]
    late = serve[Fate.RENEGED] - finish[Fate.RENEGED]
    assert more > 0
    assert late >= 0
    assert more + late == finish[Fate.TURNED_AWAY]
    others = set(Fate) - {Fate.SERVED, Fate.RENEGED, Fate.TURNED_AWAY}
    assert {fate: serve[fate] for fate in others} == {fate: finish[fate] for fate in others}


def test_the_month_goes_on_after_the_doors_have_shut():
    facility = room("stations.table.at_close=serve", "catchment.population=160")
    key = stream_key(seed=439, replication=0)
    plan = plan_month(
        facility, timeline(facility.start, 1), 0, Standing(), Census.none(services=2, segments=1)
    )
    assert plan.stations.serve.tolist() == [True, False]
    assert plan.stations.cut.tolist() == [False, False]
    assert set(plan.stations.open_until % 86_400) == {CLOSING}
    visits, _ = draw(prepare(facility, key), plan)
    record, _ = resolve(plan.stations, visits, None)
    table = (visits.station == 0) & (record.fate == Fate.SERVED)
    late = table & (record.start % 86_400 >= CLOSING)
    assert late.any()
    assert (record.arrival[late] % 86_400 < CLOSING).all()
    assert (record.start[late] - record.arrival[late] <= visits.patience[late]).all()
    tea = (visits.station == 1) & (record.arrival % 86_400 >= CLOSING) & (record.fate != Fate.SKIPPED)
    assert tea.any()
    assert np.unique(record.fate[tea]).tolist() == [Fate.CLOSED]  # another service, which begins there
