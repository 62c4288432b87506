"""What became of a visit as a whole: days of a clinic followed by hand, resolved by every engine."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given

from opsim.facility.month.plan import plan_month
from opsim.facility.month.totals import count_month
from opsim.facility.month.visit_units import EXTRA, PART, VISIT, Units, units
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.records import TICKS_PER_DAY, Fate, VisitRecord, When
from opsim.stations.resolve import ENGINES, resolve
from tests.facility.build import nobody, tiny
from tests.stations.days import Place, Step, Visit, clock, make_plan, make_visits
from tests.strategies import station_days

PLACES = {
    "desk": Place(crew="clerk", room=1, opens=["08:00>>16:00"]),
    "x-ray": Place(crew="x-ray", stock={"08:00": 1}),
    "doctor": Place(crew="doctor"),
    "second": Place(crew="second"),
    "kiosk": Place(crew="kiosk", room=0),
}
CREWS = dict.fromkeys(("clerk", "x-ray", "doctor", "second", "kiosk"), 1)
THEN = When.IF_SERVED


def course(*, kiosk: bool = False, print_out: bool = False) -> list[Step]:
    """Desk (or else the second desk), x-ray, doctor; a page printed; something from the kiosk besides."""
    steps = [
        Step("desk", 10, patience=15, due=True),
        Step("second", 5, when=When.IF_DENIED, whose=0, due=False),
        Step("x-ray", 20, when=THEN, whose=0, due=False),
        Step("doctor", 30, patience=40, when=THEN, whose=2, due=False),
    ]
    if print_out:
        steps.append(Step("kiosk", 1, when=THEN, whose=0, own=False, due=False))
    if kiosk:
        steps.append(Step("kiosk", 2, when=THEN, whose=3, service=1))
    return steps


def seen(visits: list[Visit], engine: str, cuts: tuple[str, ...] = ()) -> list[str]:
    """One line a unit: visit, kind, fate and station, when it was settled, minutes waited, whether it queued."""
    lines, state, begin = [], None, 0
    ends = [*map(clock, cuts), 2880]
    for end in ends:
        plan = shifted(end - begin, begin)
        drawn = make_visits([v for v in visits if begin <= clock(v.at) < end], plan.stations)
        drawn = dataclasses.replace(drawn, arrival=drawn.arrival - begin)
        record, state = resolve(plan, drawn, state, engine)
        found = units(record)
        for u in range(len(found.kind)):
            name = chr(int(record.visits.id[found.visit[u]]))
            kind = {VISIT: "visit", EXTRA: "extra", PART: "part"}[int(found.kind[u])]
            fate = Fate(int(found.fate[u])).name.lower()
            place = plan.stations[found.station[u]]
            tick = int(found.tick[u]) + begin
            queued = "queued" if found.queued[u] else "refused"
            lines.append(
                f"{name} {kind} {fate} {place} {tick // 60:02}:{tick % 60:02} {found.wait[u]} {queued}"
            )
        begin = end
    return sorted(lines)


def shifted(length: int, begin: int):
    plan = make_plan(PLACES, CREWS, length)
    moved = (
        "open_from",
        "open_until",
        "last_admission",
        "hold_from",
        "hold_until",
        "capacity_at",
        "restock_at",
    )
    return dataclasses.replace(plan, **{name: getattr(plan, name) - begin for name in moved})


DAY = [
    Visit("a", "08:00", course(kiosk=True)),
    Visit("b", "08:05", course(print_out=True)),
    Visit("c", "08:06", course()),
    Visit("d", "16:30", course(kiosk=True)),
    Visit("e", "15:50", course()),
]
CLINIC = """
a extra served kiosk 09:00 0 queued
a visit served doctor 08:30 0 queued
b part served kiosk 08:20 0 queued
b visit sold_out x-ray 08:20 5 queued
c visit served second 08:06 0 queued
d visit served second 16:30 0 queued
e visit sold_out x-ray 16:00 0 queued
"""
"""a: desk 8:00, x-ray 8:10, doctor 8:30 to 9:00, kiosk. b waits 5 minutes for the desk, and a had the last film;
the page is printed all the same. c finds the only chair taken and goes to the second desk, which makes good for
it: nothing else was to follow there. d comes after closing: second desk too; the kiosk was for those whom the
doctor has seen, so that it is no extra at all. e is at the desk until 16:00 and finds no film."""


@pytest.mark.parametrize("engine", ENGINES)
def test_a_clinics_day(engine: str) -> None:
    assert seen(DAY, engine) == sorted(CLINIC.strip().splitlines())


@pytest.mark.parametrize(
    "cuts", [("08:10",), ("08:15", "08:29", "08:30"), ("08:20", "08:45", "09:00", "16:00")]
)
def test_a_unit_counts_once_however_the_day_is_cut(cuts: tuple[str, ...]) -> None:
    assert seen(DAY, "kernel", cuts) == sorted(CLINIC.strip().splitlines())


def test_waits_of_all_steps_add_up_and_the_first_denial_decides() -> None:
    two = [Visit(name, at, course()) for name, at in (("a", "08:00"), ("b", "08:01"))]
    places = {**PLACES, "x-ray": Place(crew="x-ray", stock={"08:00": 9})}
    plan = make_plan(places, CREWS, 1440)
    record, _ = resolve(plan, make_visits(two, plan.stations), None)
    # b: desk from 8:10 (9 minutes), x-ray from 8:30 (10), doctor from 9:00 (10).
    assert units(record).wait.tolist() == [0, 29]
    hurried = course()
    hurried[3] = dataclasses.replace(hurried[3], patience=4)
    hurried.append(Step("kiosk", 1, when=When.IF_DENIED, whose=3, own=False, due=False))
    record, _ = resolve(plan, make_visits([two[0], Visit("b", "08:01", hurried)], plan.stations), None)
    found = units(record)
    assert [Fate(int(each)).name for each in found.fate[found.visit == 1]] == ["SERVED", "RENEGED"]
    assert found.wait[(found.visit == 1) & (found.kind == VISIT)].tolist() == [9 + 10 + 4]
    assert plan.stations[found.station[-1]] == "doctor"


def money(record: VisitRecord, *, refund: bool) -> tuple[list[list[int]], int, int, list[int]]:
    """(day, fen) of sales, times paid, times done in full, and where visits were denied."""
    facility = tiny()
    plan = plan_month(facility, timeline(facility.start, 1), 0, Standing(), nobody(facility))
    plan = dataclasses.replace(plan, refund=np.array([refund, refund]))
    totals = count_month(
        plan, record, np.zeros((2, 4, 3), np.int64), np.ones(4, np.bool_), np.ones(2, np.bool_)
    )
    paid = [[int(day), int(totals.sales[day, a, g])] for day, a, g in np.argwhere(totals.sales)]
    return paid, int(totals.sold.sum()), int(totals.used.sum()), totals.denied_at.sum(axis=(1, 2)).tolist()


LONG = ["00:00>>9999:00"]


@pytest.mark.parametrize("refund", [False, True])
def test_what_is_paid_for_a_visit_that_fails_later_is_kept_or_given_back(refund: bool) -> None:
    # Two stations of the plan; the seat is taken late on the first day, the bar reached after midnight.
    evening = TICKS_PER_DAY - 600
    pay = Step("seats", 900, price=700)
    then = Step("bar", 60, when=THEN, whose=0, due=False)
    bar = Place(crew="y", opens=LONG, stock={"-24:00": 1})
    plan = make_plan({"seats": Place(crew="x", opens=LONG), "bar": bar}, {"x": 2, "y": 1}, 10**6)
    record, _ = resolve(
        plan, make_visits([Visit(n, evening, [pay, then]) for n in "ab"], plan.stations), None
    )
    assert record.fate.tolist() == [Fate.SERVED, Fate.SERVED, Fate.SERVED, Fate.SOLD_OUT]
    paid, sold, used, where = money(record, refund=refund)
    assert paid == ([[1, 700]] if refund else [[0, 1400]])
    assert (sold, used, where) == (2, 1, [0, 1])


@given(day=station_days())
def test_every_visit_is_settled_once_in_any_chunks(day) -> None:
    """Every visit is served or denied once; the sum over chunks is that of the whole day."""
    plan, visits = day
    visits = dataclasses.replace(
        visits, step_service=np.zeros_like(visits.step_service), own=np.ones_like(visits.own)
    )
    whole, state = resolve(plan, visits, None)
    found = units(whole)
    tally = sorted(
        zip(whole.visits.id[found.visit].tolist(), found.fate.tolist(), found.wait.tolist(), strict=True)
    )
    over = ~np.isin(visits.id, state.visits.id[np.array(_open(state), np.int64)])
    assert sorted(whole.visits.id[found.visit].tolist()) == sorted(visits.id[over].tolist())
    assert tally == sorted(_by_hand(whole))


def _open(state) -> list[int]:
    """Rows of carried visits with a step of their own still to be decided."""
    offsets = state.visits.step_offsets
    return [
        v
        for v in range(state.visits.count)
        if (state.fate[offsets[v] : offsets[v + 1]] <= Fate.WAITING).any()
    ]


def _by_hand(record: VisitRecord) -> list[tuple[int, int, int]]:
    """(visit, fate, wait) of each visit that is over, worked out a second time in plain words."""
    visits, lines = record.visits, []
    for v in range(visits.count):
        rows = range(visits.step_offsets[v], visits.step_offsets[v + 1])
        fates = [Fate(int(record.fate[row])) for row in rows]
        if any(fate <= Fate.WAITING for fate in fates):
            continue
        good = {
            int(visits.whose[row])
            for row, fate in zip(rows, fates, strict=True)
            if visits.when[row] == When.IF_DENIED and fate is Fate.SERVED
        }
        denials = [fate for step, fate in enumerate(fates) if fate >= Fate.CLOSED and step not in good]
        wait = sum(
            int(record.start[row] - record.arrival[row])
            for row, fate in zip(rows, fates, strict=True)
            if fate is not Fate.SKIPPED
        )
        lines.append((int(visits.id[v]), int(denials[0] if denials else Fate.SERVED), wait))
    return lines


def test_nothing_came_of_nobody() -> None:
    plan = make_plan(PLACES, CREWS, 1440)
    record, _ = resolve(plan, make_visits([], plan.stations), None)
    assert isinstance(units(record), Units)
    assert len(units(record).kind) == 0
