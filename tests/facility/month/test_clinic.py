"""A clinic of eight stations and three kinds of visitor beside a slow simulation that shares no code with opsim.

**The same visitors.** What opsim has drawn is played by the page in `tests/worked/clinic.py`, day by day. Every
step of a month must have the same fate in the same ticks, every count of a year must be the same: there is no
error so small that it would pass.

**Visitors of its own.** The page draws from the numbers of the file and plays `DAYS` days; opsim lives `YEARS`
years. Every measure of every station, kind of visitor and age, and every fate of every kind of visit, by Welch's
two-sided t-test: the page's numbers with errors by day (ratios linearized), opsim's by year. All together by
Holm at `SIGNIFICANCE`; what fewer than `RARE` visits met is left out. Seeds are fixed, so a right program passes
once and for all. Its power: it rejects a mean duration that is 2 % off at each of the steps that forty visits a
day or more begin, 2 % more people or a branch that 2 % more take, and arrivals, served, shares that wait and use
that are told 2 % too large. Told waits, queues and denials vary too much from day to day for that (2 % are one to
four standard errors): an error of 2 % in how those are counted is what the same visitors are for.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import opsim
from opsim.demand.draw import draw
from opsim.demand.prepare import prepare
from opsim.demand.random import stream_key
from opsim.facility.case import CaseRecord
from opsim.facility.month.loop import live
from opsim.facility.month.plan import plan_month
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.outcomes.station_measures import POOREST, PRIORITY, station_rows
from opsim.records import TICKS_PER_DAY, UNLIMITED, Census, Fate, Float64, MonthPlan, Visits, When
from opsim.scenario.facility import Facility
from opsim.scenario.load import Scenario, load
from opsim.stations.resolve import ENGINES, resolve
from tests.worked.clinic import DENIED, SERVED, SKIPPED, Day, Raw, Step, Visit, come, numbers

FILE = "tests/worked/clinic.yaml"
SIGNIFICANCE = 1e-4
"""Of all tests of a comparison together."""
YEARS, DAYS = 60, 4000
RARE = 100
AGES = ("adult", "senior")

QUEUED = (SERVED, "reneged", "turned_away", "sold_out")
MEASURES: dict[str, tuple[tuple[str, ...], tuple[str, ...], float, str]] = {
    "arrivals": ((SERVED, *DENIED), (), 1, SERVED),
    "served": ((SERVED,), (), 1, SERVED),
    "denied_closed": (("closed",), (), 1, "closed"),
    "denied_full": (("full",), (), 1, "full"),
    "denied_left": (("reneged",), (), 1, "reneged"),
    "denied_sent_away": (("turned_away",), (), 1, "turned_away"),
    "denied_sold_out": (("sold_out",), (), 1, "sold_out"),
    "wait_mean": (("wait",), QUEUED, 60, "waited"),
    "wait_mean_served": (("wait of served",), (SERVED,), 60, "waited"),
    "waiting_share": (("waited",), QUEUED, 1, "waited"),
    "long_wait_share": (("waited long",), QUEUED, 1, "waited long"),
    "queue_mean": (("queue",), ("open",), 1, "waited"),
    "use": (("busy",), ("offered",), 1, SERVED),
    "after_closing_hours": (("after closing",), (), 3600, "ran on"),
}
"""As in `stations.csv`: columns above and below, none where it is told a year; the unit; and the column that
says how many visits have to do with it."""

Name = tuple[str, ...]
"""(station, service, group, measure); (visits or besides, service, fate and station); (wait, service)."""


@dataclass(frozen=True)
class Sample:
    """What is known of a number."""

    value: float
    error: float
    freedom: float
    events: float
    """Visits that have to do with it, in all."""


# ------------------------------------------------------------------------------------------ what the page counts


def counted(raw: Raw, visits: Iterable[Visit]) -> Counter[Name]:
    """What a played day comes to: by (station, service, age, column), and by the other `Name`s."""
    found: Counter[Name] = Counter()
    clock = Day(raw, [])
    for k, (begin, until) in clock.hours.items():
        found[k, "", "", "open"] = until - begin
        found[k, "", "", "offered"] = sum(60 * clock.servers(k, tick) for tick in range(begin, until, 60))
    for visit in visits:
        for step in visit.steps:
            if step.fate != SKIPPED:
                begin, until = clock.hours[step.station]
                wait, long = step.start - step.arrival, 60 * raw["stations"][step.station]["long_wait"]
                busy = min(step.end, until) - step.start if step.start < until else 0
                columns = {
                    step.fate: 1,
                    "wait": wait,
                    "wait of served": wait * (step.fate == SERVED),
                    "waited": wait > 0,
                    "waited long": wait > long,
                    "queue": max(0, min(step.start, until) - step.arrival),
                    "busy": busy,
                    "after closing": step.end - step.start - busy,
                    "ran on": step.end > until and step.fate == SERVED,
                }
                for column, value in columns.items():
                    found[step.station, step.service, visit.age, column] += value
        for service in dict.fromkeys(step.service for step in visit.steps):
            own = [step for step in visit.steps if step.service == service and step.own]
            if all(step.fate == SKIPPED for step in own):
                continue  # not taken after all
            refused = visit.denial(service)
            if service != visit.service:
                found["besides", service, refused.fate if refused else SERVED] += 1
            else:
                what = f"{refused.fate} at {refused.station}" if refused else SERVED
                found["visits", service, what] += 1
                found["wait", service] += sum(step.start - step.arrival for step in own)
                found["queued", service] += any(step.fate in QUEUED for step in own)
        for step in visit.steps:
            if not step.own and step.fate != SKIPPED:
                found["besides", step.service, step.fate] += 1
    return found


def rows(stations: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str, str]]:
    """Rows of the table of stations: every station, and there every service, all and by age."""
    for k, services in groupby(sorted(set(stations)), key=lambda pair: pair[0]):
        for service in ("all", *(service for _, service in services)):
            yield from ((k, service, group) for group in ("all", *(f"{age}.any" for age in AGES)))


def measured(days: list[Counter[Name]]) -> dict[Name, Sample]:
    """All numbers from days; what is told a year is told of 365 days."""
    names = sorted({name for day in days for name in day})
    table = dict(zip(names, np.array([[day[name] for name in names] for day in days], float).T, strict=True))
    nothing = np.zeros(len(days))

    def column(station: str, service: str, group: str, which: tuple[str, ...]) -> Float64:
        keys = [
            name
            for name in names
            if len(name) == 4 and name[0] == station and name[3] in which
            if service in ("all", name[1]) or not name[1]
            if group in ("all", f"{name[2]}.any") or not name[2]
        ]
        return sum((table[key] for key in keys), nothing)

    def sample(top: Float64, bottom: Float64 | None, events: Float64) -> Sample:
        if bottom is None:
            top, bottom = 365 * top, np.ones(len(days))
        value = float(top.sum() / bottom.sum()) if bottom.any() else 0.0
        off = (top - value * bottom) / max(bottom.mean(), 1e-9)
        return Sample(value, float(off.std() / np.sqrt(len(days))), len(days) - 1, float(events.sum()))

    found: dict[Name, Sample] = {}
    for station, service, group in rows((name[0], name[1]) for name in names if len(name) == 4 and name[1]):
        for measure, (above, below, unit, count) in MEASURES.items():
            top, bottom = (column(station, service, group, which) for which in (above, below))
            events = column(station, service, group, (count,))
            found[station, service, group, measure] = sample(top / unit, bottom if below else None, events)
    for name in names:
        if name[0] in ("visits", "besides"):
            found[name] = sample(table[name], None, table[name])
        elif name[0] == "wait":
            found[name] = sample(table[name] / 60, table["queued", name[1]], table["queued", name[1]])
    return found


# --------------------------------------------------------------------------------------------- what opsim tells


def told(scenario: Scenario, replication: int, option: str, engine: str = "kernel") -> dict[Name, float]:
    """The same numbers of one year, as opsim has them; waits of visits of the option's public service."""
    facility = scenario.options[option]
    case = live(facility, stream_key(439, replication), 1, engine)
    found: dict[Name, float] = {}
    for row in station_rows(facility, 1, [case.queues]):
        if row.names[-1] not in (PRIORITY, POOREST):  # here they are all
            for measure in MEASURES:
                found[*row.names, measure] = row.found[measure].value or 0.0
    found["wait", option] = case.wait_total.sum() / case.wait_count.sum() / 60
    return found | dict(of_visits(case))


def of_visits(case: CaseRecord) -> Iterable[tuple[Name, float]]:
    """Fates of visits, by station where denied, and of what was taken besides."""
    for a, service in enumerate(case.services):
        yield ("visits", service, SERVED), case.fates[:, a, :, Fate.SERVED].sum()
        for cause in DENIED:
            by_station = case.denied_at[:, :, a, Fate[cause.upper()]].sum(axis=0)
            for station, count in zip(case.stations, by_station, strict=True):
                yield ("visits", service, f"{cause} at {station}"), count
        for fate in (SERVED, *DENIED):
            yield ("besides", service, fate), case.extras[:, a, :, Fate[fate.upper()]].sum()


@cache
def lived(years: int, *sets: str) -> dict[Name, Sample]:
    """Years of opsim; each has the waits of one kind of visit."""
    scenario = load(FILE, sets)
    kinds = tuple(scenario.options)
    table: dict[Name, list[float]] = {}
    for replication in range(years):
        for name, value in told(scenario, replication, kinds[replication % len(kinds)]).items():
            table.setdefault(name, []).append(value)
    return {
        name: Sample(
            float(np.mean(each)), float(np.std(each, ddof=1)) / len(each) ** 0.5, len(each) - 1, sum(each)
        )
        for name, each in table.items()
    }


# ------------------------------------------------------------------------------------------ the same visitors


def drawn(facility: Facility, month: int = 0) -> tuple[MonthPlan, Visits]:
    """The plan of a month and the visitors whom opsim draws for it."""
    plan = plan_month(facility, timeline(facility.start, 1), month, Standing(), Census.none(3, len(AGES)))
    return plan, draw(prepare(facility, stream_key(439, 0)), plan)[0]


def as_on_the_page(plan: MonthPlan, visits: Visits) -> list[list[Visit]]:
    """The same visitors day by day, with nothing known of what becomes of them."""
    days: list[list[Visit]] = [[] for _ in range(plan.days)]
    for v, arrival in enumerate(visits.arrival.tolist()):
        day, tick = divmod(arrival, TICKS_PER_DAY)
        age = plan.segments[visits.segment[v]].removesuffix(".any")
        visit = Visit(int(visits.id[v]), tick, plan.services[visits.service[v]], age, int(visits.priority[v]))
        for s in range(visits.step_offsets[v], visits.step_offsets[v + 1]):
            asks, conditional = When(visits.when[s]), (When.IF_SERVED, When.IF_DENIED)
            service, patience = plan.services[visits.step_service[s]], int(visits.patience[s])
            visit.steps.append(
                Step(
                    service, plan.stations.stations[visits.station[s]], bool(visits.own[s]),
                    guest=service != visit.service,
                    when=asks.name.lower() if asks in conditional else "always",
                    of=visit.steps[visits.whose[s]] if asks in conditional else None,
                    duration=int(visits.duration[s]),
                    patience=np.inf if patience == UNLIMITED else patience, walk=int(visits.walk[s]),
                )
            )  # fmt: skip
        days[day].append(visit)
    return days


def played(raw: Raw) -> list[tuple[str, int, int, int]]:
    """Fate, arrival, start and end of every step of January, as the page has them."""
    days = as_on_the_page(*drawn(load(FILE).baseline))
    for visits in days:
        Day(raw, visits)
    return [
        (step.fate, *(TICKS_PER_DAY * day + tick for tick in (step.arrival, step.start, step.end)))
        for day, visits in enumerate(days)
        for visit in visits
        for step in visit.steps
    ]


@cache
def resolved(engine: str) -> list[tuple[str, int, int, int]]:
    """The same, as one of opsim's engines has them."""
    plan, visits = drawn(load(FILE).baseline)
    record, _ = resolve(plan.stations, visits, None, engine)
    columns = (record.arrival.tolist(), record.start.tolist(), record.end.tolist())
    return list(zip([Fate(fate).name.lower() for fate in record.fate.tolist()], *columns, strict=True))


def test_every_step_of_a_month_is_that_of_the_page() -> None:
    found = played(numbers())
    for engine in ENGINES:
        assert resolved(engine) == found


@pytest.mark.parametrize(
    ("station", "change"),
    [
        ("doctors", {"waiting_room": 7}), ("registration", {"last_admission": 4}), ("lab", {"crew": "clerks"}),
        ("triage", {"at_close": "finish"}), ("x-ray", {"at_close": "finish"}), ("lab", {"stock": {"units": 23}}),
        ("pharmacy", {"crew": "nurses"}), ("registration", {"breaks": {}}), ("machine", {"servers": 2}),
    ],
)  # fmt: skip
def test_a_rule_that_is_slightly_off_shows(station: str, change: Raw) -> None:
    raw = numbers()
    raw["stations"][station].update(change)
    assert played(raw) != resolved("kernel")


@pytest.mark.parametrize("short", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_every_number_of_a_year_is_that_of_the_page(tmp_path: Path, *, short: bool) -> None:
    written: Raw = {"extends": str(Path(FILE).absolute())}
    if short:
        written["catchment"] = {"population": {"2026-01-01": 5000, "2026-02-01": 0}}
    (tmp_path / "year.yaml").write_text(json.dumps(written), encoding="utf-8")
    scenario, raw, days = load(tmp_path / "year.yaml"), numbers(), []
    for month in range(12):
        for visits in as_on_the_page(*drawn(scenario.baseline, month)):
            Day(raw, visits)
            days.append(counted(raw, visits))
    found = measured(days)
    assert sum(sample.events > 0 for sample in found.values()) > 500
    seen: set[Name] = set()
    for option in scenario.options:
        for name, value in told(scenario, 0, option).items():
            wanted = found[name].value if name in found else 0.0
            assert value == pytest.approx(wanted, rel=1e-12, abs=1e-12), name
            seen.add(name)
    assert found.keys() <= seen
    counts = {name[-1] for name, sample in found.items() if sample.value}
    assert counts >= {*MEASURES, "patients", "check-ups", "prescriptions"}  # nothing is the same for being 0


@pytest.mark.slow
def test_a_year_is_the_same_in_both_engines() -> None:
    scenario = load(FILE)
    assert told(scenario, 0, "patients", "simpy") == told(scenario, 0, "patients")


def test_a_run_tells_what_its_replications_have() -> None:
    """The table of stations of `opsim.run` is the mean or the ratio of totals over the replications above."""
    scenario = opsim.load(FILE)
    result = opsim.run(scenario, opsim.Settings(option="patients", replications=2, years=1, seed=439))
    years = [told(scenario, replication, "patients") for replication in range(2)]
    for row in result.told()["patients"].stations:
        if row.names[-1] in (PRIORITY, POOREST):
            continue
        for measure in ("served", "denied_left", "queue_mean", "use"):  # open as long in every year
            mean = np.mean([year.get((*row.names, measure), 0.0) for year in years])
            assert row.found[measure].value == pytest.approx(mean, rel=1e-12)


# --------------------------------------------------------------------------------------- visitors of its own


@cache
def simulated(days: int, seed: int) -> dict[Name, Sample]:
    """The page with visitors of its own."""
    raw, rng = numbers(), np.random.default_rng(seed)
    found = []
    for _ in range(days):
        visits = [visit for service in raw["services"] for visit in come(raw, service, rng)]
        Day(raw, visits)
        found.append(counted(raw, visits))
    return measured(found)


def is_common(name: Name, page: Sample, ours: Sample, days: int) -> bool:
    """Whether enough visits met it, on the page or, where it is a count, in opsim."""
    is_count = name[0] in ("visits", "besides") or MEASURES.get(name[-1], ((), ("-",), 1, ""))[1:3] == ((), 1)
    return max(page.events, ours.value * days / 365 * is_count) >= RARE


def p_value(page: Sample, ours: Sample) -> float:
    """Of Welch's test that two numbers are the same."""
    variances = np.array([page.error**2, ours.error**2])
    if not variances.sum():
        return float(page.value == ours.value)
    freedom = variances.sum() ** 2 / (variances**2 / [page.freedom, ours.freedom]).sum()
    return float(2 * stats.t.sf(abs(page.value - ours.value) / np.sqrt(variances.sum()), freedom))


def rejected(page: dict[Name, Sample], ours: dict[Name, Sample], days: int) -> dict[Name, float]:
    """What differs, with its p-value, by Holm."""
    none = Sample(0.0, 0.0, 1.0, 0.0)
    both = {name: (page.get(name, none), ours.get(name, none)) for name in page | ours}
    tests = {name: p_value(*pair) for name, pair in both.items() if is_common(name, *pair, days)}
    found = {}
    for passed, (name, p) in enumerate(sorted(tests.items(), key=lambda test: test[1])):
        if p > SIGNIFICANCE / (len(tests) - passed):
            break
        found[name] = p
    return found


def longer(service: str, step: str, factor: float) -> tuple[str, ...]:
    """A mean duration that is longer than on the page."""
    law = numbers()["services"][service]["steps"][step]["duration"]
    place = f"services.{service}.steps.{step}.duration"
    return tuple(f"{place}.{key}={law[key] * factor}" for key in ("mean", "low", "high") if key in law)


def test_visitors_of_its_own_fare_alike_in_a_few_weeks() -> None:
    page = simulated(60, 1)
    assert not rejected(page, lived(9), 60)
    found = rejected(page, lived(9, *longer("patients", "doctor", 1.2)), 60)
    assert ("doctors", "patients", "all", "use") in found


@pytest.mark.slow
def test_visitors_of_its_own_fare_alike() -> None:
    assert not rejected(simulated(DAYS, 2), lived(YEARS), DAYS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sets", "name"),
    [
        (longer("patients", "sign-in", 1.02), ("registration", "patients", "all", "use")),
        (longer("patients", "doctor", 1.02), ("doctors", "all", "all", "wait_mean")),
        (longer("check-ups", "blood", 1.02), ("lab", "check-ups", "all", "use")),
        (longer("prescriptions", "counter", 1.02), ("pharmacy", "prescriptions", "all", "use")),
        (("catchment.population=5100",), ("registration", "all", "all", "arrivals")),
        (("services.patients.steps.x-ray.chance=0.306",), ("x-ray", "patients", "all", "arrivals")),
    ],
)
def test_two_percent_of_a_number_of_the_file_are_seen(sets: tuple[str, ...], name: Name) -> None:
    assert name in rejected(simulated(DAYS, 2), lived(YEARS, *sets), DAYS)


@pytest.mark.slow
@pytest.mark.parametrize("measure", ["arrivals", "served", "waiting_share", "use"])
def test_two_percent_of_a_measure_are_seen(measure: str) -> None:
    ours = {
        name: replace(sample, value=sample.value * (1.02 if name[-1] == measure else 1))
        for name, sample in lived(YEARS).items()
    }
    assert {name[-1] for name in rejected(simulated(DAYS, 2), ours, DAYS)} == {measure}
