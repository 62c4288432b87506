"""Hypothesis strategies that several tests share, a section for each package."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from opsim.records import UNLIMITED, VISIT_COLUMNS, StationPlan, Visits, When
from opsim.scenario.facility import Facility
from opsim.scenario.routes import OWNED_BY_OPERATOR, ROUTES
from tests.demand.build import CAFE, READING
from tests.facility.build import TITLE
from tests.facility.services import hall as venue

# ---------------------------------------------------------------------- stations
#
# Days full of ties: times are small integers, so that closings, completions, deadlines and arrivals fall into
# the same tick all the time. Continuous draws never meet the rules that decide ties.
#
# The days come from a NumPy generator, because Hypothesis alone draws half of them empty; it chooses the
# seed, the number of visits and the rules in play, and so still shrinks to few visits under few rules.

STATION_RULES = (
    "hours",
    "last admission",
    "breaks",
    "cut",
    "serve",
    "door",
    "stock",
    "room",
    "capacity",
    "priority",
    "steps",
)


def random_intervals(rng: np.random.Generator, length: int, most: int) -> list[tuple[int, int]]:
    """Sorted intervals that neither overlap nor touch; some reach beyond the chunk on either side."""
    count = int(rng.integers(1, most + 1))
    edges = np.sort(rng.choice(np.arange(-3, length + 4), 2 * count, replace=False)).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def random_steps(rng: np.random.Generator, first: int, length: int, top: int) -> list[tuple[int, int]]:
    """Dated values from 0 to ``top``, the first at tick ``first``."""
    later = np.sort(rng.choice(np.arange(first + 1, length + 2), int(rng.integers(0, 5)), replace=False))
    return [(int(at), int(rng.integers(0, top + 1))) for at in [first, *later]]


def leaving(
    rng: np.random.Generator, steps: list[tuple[int, int]], opens: list[Any], length: int
) -> list[tuple[int, int]]:
    """The dated servers of a crew that often leaves as a station closes, or soon after."""
    closings = [until for spans in opens for _, until in spans if 0 <= until <= length]
    dated = dict(steps)
    for until in closings:
        if rng.random() < 0.8:
            for tick in range(until, until + 4):
                dated.pop(tick, None)
            dated[until - 1] = int(rng.integers(1, 3))
            dated[until + int(rng.choice([0, 0, 1, 2]))] = int(rng.choice([0, 0, 1]))
    first, servers = steps[0]
    dated.setdefault(first, servers)
    return sorted((at, servers) for at, servers in dated.items() if at >= first)


def random_station_plan(rng: np.random.Generator, length: int, rules: frozenset[str]) -> StationPlan:
    """A plan of one to three stations and one or two crews; only the named rules are switched on."""
    count = int(rng.integers(1, 4))
    crews = int(rng.integers(1, min(count, 2) + 1))
    opens: list[Any] = []
    last: list[Any] = []
    holds: list[Any] = []
    stocks: list[Any] = []

    def some(rule: str, share: float = 0.5) -> bool:
        return rule in rules and bool(rng.random() < share)

    def flags(rule: str, share: float = 0.5) -> Any:
        return np.array([some(rule, share) for _ in range(count)], np.bool_)

    stocked, cut = flags("stock"), flags("cut", 0.4)
    for counted in stocked:
        opens.append(random_intervals(rng, length, 3) if some("hours", 0.7) else [(-50, 500)])
        last.append(
            [
                (int(rng.integers(max(at, until - 4), until + 1)) if some("last admission") else until,)
                for at, until in opens[-1]
            ]
        )
        holds.append(random_intervals(rng, length, 2) if some("breaks") else [])
        stocks.append(random_steps(rng, int(rng.integers(-2, 3)), length, 4) if counted else [])
    servers = [
        random_steps(rng, int(rng.integers(-2, 1)), length, 3)
        if some("capacity")
        else [(0, int(rng.integers(1, 3)))]
        for _ in range(crews)
    ]
    if "serve" in rules and "capacity" in rules:
        servers = [leaving(rng, steps, opens, length) for steps in servers]

    def offsets(lists: list[Any]) -> Any:
        return np.array([0, *np.cumsum([len(rows) for rows in lists])], np.int64)

    def column(lists: list[Any], part: int) -> Any:
        return np.array([row[part] for rows in lists for row in rows], np.int64)

    return StationPlan(
        length=length,
        stations=tuple("abc"[:count]),
        crews=tuple("xy"[:crews]),
        crew=rng.integers(0, crews, count).astype(np.int32),
        room=np.array(
            [int(rng.integers(0, 4)) if some("room") else UNLIMITED for _ in range(count)], np.int64
        ),
        cut=cut,
        serve=flags("serve", 0.8) & ~cut,
        door_queue=flags("door"),
        stocked=stocked,
        open_offsets=offsets(opens),
        open_from=column(opens, 0),
        open_until=column(opens, 1),
        last_admission=column(last, 0),
        hold_offsets=offsets(holds),
        hold_from=column(holds, 0),
        hold_until=column(holds, 1),
        capacity_offsets=offsets(servers),
        capacity_at=column(servers, 0),
        capacity=column(servers, 1),
        restock_offsets=offsets(stocks),
        restock_at=column(stocks, 0),
        restock_units=column(stocks, 1),
    )


def random_station_visits(
    rng: np.random.Generator, count: int, stations: int, length: int, rules: frozenset[str]
) -> Visits:
    """Visits of one to four steps with times so small that everything happens at once."""
    sizes = rng.choice([1, 1, 2, 3, 4], count) if "steps" in rules else np.ones(count, np.int64)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    steps = int(offsets[-1])
    position = np.arange(steps) - np.repeat(offsets[:-1], sizes)
    ids = np.where(np.arange(count) % 3 == 0, np.uint64(2**64 - 1), np.uint64(90))
    columns: dict[str, Any] = {
        "id": rng.permutation(ids - np.arange(count).astype(np.uint64)),
        "arrival": rng.integers(0, length, count),
        "priority": rng.integers(0, 3, count) if "priority" in rules else np.zeros(count),
        "service": np.zeros(count),
        "segment": np.zeros(count),
        "step_offsets": offsets,
        "station": rng.integers(0, stations, steps),
        "duration": rng.integers(1, 7, steps),
        "patience": rng.choice([UNLIMITED, UNLIMITED, 0, 1, 2, 3, 4, 6], steps),
        "walk": rng.choice([0, 0, 0, 1, 3], steps),
        "when": np.where(position == 0, When.ALWAYS, rng.integers(0, len(When), steps)),
        "whose": rng.integers(0, np.maximum(position, 1)),
        "own": rng.random(steps) < 0.8,
        "step_service": rng.choice([0, 0, 0, 1], steps),
        "due": position == 0,
        "price": np.zeros(steps),
    }
    return Visits(**{name: np.asarray(columns[name]).astype(dtype) for name, dtype in VISIT_COLUMNS.items()})


def random_station_day(
    seed: int, count: int, length: int = 24, rules: frozenset[str] = frozenset(STATION_RULES)
) -> tuple[StationPlan, Visits]:
    """The tie-heavy day of a seed: a plan and ``count`` visits that fit it."""
    rng = np.random.default_rng(seed)
    plan = random_station_plan(rng, length, rules)
    return plan, random_station_visits(rng, count, len(plan.stations), length, rules)


@st.composite
def station_days(draw: st.DrawFn, length: int = 24, most: int = 24) -> tuple[StationPlan, Visits]:
    """Tie-heavy days from a random seed, number of visits and choice of rules."""
    rules = frozenset(rule for rule in STATION_RULES if draw(st.booleans()))
    return random_station_day(draw(st.integers(0, 2**32 - 1)), draw(st.integers(1, most)), length, rules)


def station_cuts(length: int = 24) -> st.SearchStrategy[list[int]]:
    """Where to cut ``[0, length)`` into chunks."""
    return st.lists(st.integers(1, length - 1), max_size=length - 1, unique=True)


# ---------------------------------------------------------------------- end of stations


# ---------------------------------------------------------------------- facilities
#
# Changes to the tiny facility of tests/facility/build.py: few people, so that a year takes a tenth of a second.


@st.composite
def small_facilities(draw: st.DrawFn) -> dict[str, Any]:
    """Changes to a tiny facility: people, hours, seats, money in the purse and terms of the contract."""
    title = {"en": "t", "zh": "t"}
    hours = draw(st.sampled_from(["00:00-24:00", "09:00-21:00", "09:00-12:00, 13:00-17:00"]))
    services = {
        "reading": {**READING, "area": draw(st.integers(0, 80)), "hours": hours},
        "cafe": {
            **CAFE,
            "area": draw(st.integers(1, 40)),
            "hours": hours,
            "price": draw(st.sampled_from([0, 9.99, 18])),
            "tax": draw(st.sampled_from([0, 0.03])),
        },
    }
    seats = {
        "title": title,
        "servers": draw(st.integers(0, 4)),
        "waiting_room": draw(st.integers(0, 2)),
        "at_close": draw(st.sampled_from(["cut", "finish", "serve"])),
    }
    return {
        "catchment": {"population": draw(st.integers(0, 300))},
        "services": services,
        "stations": {"seats": seats, "bar": {"title": title, "crew": "clerk"}},
        "initial": {"cash": draw(st.integers(0, 50_000)), "reserve": draw(st.integers(0, 30_000))},
        "contract": {
            "route": "direct-operation",
            "title": title,
            "credit_line": draw(st.integers(0, 20_000)),
            "working_capital": draw(st.integers(0, 10_000)),
            "appropriation": {
                "payer": {"level": "district"},
                "amount": draw(st.integers(0, 300_000)),
                "instalments": draw(st.sampled_from([1, 2, 4, 12])),
                "delay": draw(st.integers(0, 8)),
            },
        },
    }


@st.composite
def leases(draw: st.DrawFn) -> dict[str, Any]:
    """Terms of a lease beside a reading room, under each formula; some tenants fare well, some do not."""
    title = {"en": "t", "zh": "t"}
    formula = draw(st.sampled_from(["fixed", "share", "greater"]))
    months = st.sampled_from(
        [
            {"dist": "deterministic", "mean": 0},
            {"dist": "deterministic", "mean": 2},
            {"dist": "exponential", "mean": 3},
        ]
    )
    tenants: dict[str, Any] = {
        "footfall": draw(st.sampled_from([{}, {"reading": 1}, {"reading": 2, "cafe": 0.5}])),
        "street": draw(st.integers(0, 200)),
        "conversion": draw(st.sampled_from([0, 0.02, 0.1])),
        "basket": draw(st.sampled_from([9.99, 30])),
        "gross_margin": 0.4,
        "fixed_costs": draw(st.sampled_from([0, 300])),
        "spread": draw(st.sampled_from([0, 0.5])),
        "exit_after": draw(st.integers(1, 4)),
    }
    if draw(st.booleans()):
        tenants["stay"] = {"dist": "exponential", "mean": draw(st.integers(2, 12))}
    return {
        "form": "lease", "title": title, "class": "market", "area": 30, "hours": "08:00-20:00",
        "units": draw(st.integers(0, 3)), "unit_area": 7.5, "tax": draw(st.sampled_from([0, 0.05])),
        "rent": {
            "formula": formula, "base": draw(st.sampled_from([0, 33.33, 60])), "escalation": 0.03,
            "turnover_share": draw(st.sampled_from([0, 0.15])), "rent_free": draw(st.integers(0, 4)),
            "deposit": draw(st.sampled_from([0, 2.5])), "paid": draw(st.sampled_from(["monthly", "quarterly"])),
        },
        "tenants": tenants,
        "re_letting": draw(months),
    }  # fmt: skip


@st.composite
def halls(draw: st.DrawFn) -> Facility:
    """A hall with two services of one or two types each, so that requests collide."""

    def terms() -> dict[str, Any]:
        return venue.kind(
            requests=draw(st.integers(0, 150)), days=draw(st.integers(1, 4)), setup=draw(st.integers(0, 3)),
            moves=draw(st.integers(0, 14)), priority=draw(st.integers(0, 2)),
            attendance=draw(st.sampled_from([
                {"dist": "lognormal", "mean": 300, "spread": 400}, {"dist": "gamma", "mean": 40, "spread": 30},
                {"dist": "triangular", "low": 0, "mode": 10, "high": 900}, {"dist": "empirical", "values": [0, 2, 600]},
            ])),
            visits={} if draw(st.booleans()) else {"cafe": {"share": 0.05, "first": -30, "last": 300}},
        )  # fmt: skip

    hours = {"workday": draw(st.sampled_from(["12:00-23:00", "10:00-02:00"])), "restday": "09:00-23:00"}
    if draw(st.booleans()):
        hours["wednesday"] = "closed"
    raw = venue.hall({
        "sport": venue.SPORT, "cafe": venue.CAFE,
        "shows": venue.shows({"a": terms(), "b": terms()}, hours=hours), "games": venue.shows({"c": terms()}, **{"class": "basic"}),
        "next-door": venue.shows({"d": terms()}, hall="small"),
    }, halls={
        "arena": {"title": TITLE, "seats": draw(st.integers(0, 500)), "blocks": ["sport"]},
        "small": {"title": TITLE, "seats": 50},
    })  # fmt: skip
    return type(raw).model_validate(
        {**raw.model_dump(by_alias=True), "calendar": draw(st.sampled_from(["none", "china"]))}
    )


# ---------------------------------------------------------------------------------------------------- contracts
#
# Contracts for the tiny facility: any route, any combination of payments, an operator who may leave early.


@st.composite
def payments_of_contracts(draw: st.DrawFn) -> dict[str, Any]:
    """Any payments, all together or none."""
    yuan = st.sampled_from([0, 0.01, 999.99, 12_000, 60_000])
    share = st.sampled_from([0, 0.07, 0.5, 1])
    payer = {"level": draw(st.sampled_from(["district", "city"]))}
    terms: dict[str, Any] = {
        "management_fee": {"amount": draw(yuan), "turnover_share": draw(share), "cap": draw(yuan)},
        "service_price": {
            "payer": payer, "amount": draw(yuan), "instalments": draw(st.sampled_from([1, 4])),
            "delay": draw(st.integers(0, 8)),
        },
        "rent": {"amount": draw(yuan), "escalation": draw(share.filter(lambda x: x <= 0.5)), "every": 1},
        "turnover_share": {"share": draw(share), **({"guarantee": draw(yuan)} if draw(st.booleans()) else {})},
        "clawback": {"above": draw(share), "share": draw(share), "of": draw(st.sampled_from(["user_payments", "capital"]))},
        "revenue_guarantee": {"payer": payer, "amount": draw(yuan)},
        "bond": draw(yuan),
        "rent_free_months": draw(st.integers(0, 14)),
    }  # fmt: skip
    chosen = draw(st.sets(st.sampled_from(sorted(terms))))
    found = {name: each for name, each in terms.items() if name in chosen}
    if {"management_fee", "service_price"} & chosen and draw(st.booleans()):
        kpi = {"title": {"en": "t", "zh": "t"}, "measure": "visits_a_year", "at_least": 10_000}
        found["kpis"] = {name: kpi | {"deduction": draw(share)} for name in ("one", "two")}
    return found


@st.composite
def contracts(draw: st.DrawFn) -> dict[str, Any]:
    """A contract of any route for a reading room, a café and a kiosk, and who follows on which terms."""
    title = {"en": "t", "zh": "t"}
    route = draw(st.sampled_from(ROUTES))
    fence: dict[str, Any] = {"subsidies_for_market": draw(st.booleans())}
    services = draw(st.sampled_from([None, ["cafe"], ["cafe", "kiosk"]]))
    keeps = route in OWNED_BY_OPERATOR
    if not keeps or services:
        pots = draw(st.sampled_from([{}, {"reading": ["reading"]}]))
        fence |= {"pots": pots if keeps else draw(st.sampled_from([pots, {"trade": ["cafe"]}]))}
    return {
        "route": route, "title": title, "services": services, "ring_fence": fence,
        "term": draw(st.sampled_from([1, 2, 5])),
        "credit_line": draw(st.integers(0, 20_000)),
        "appropriation": {
            "payer": {"level": draw(st.sampled_from(["district", "city"]))},
            "amount": draw(st.integers(0, 300_000)), "delay": draw(st.integers(0, 8)),
        },
        "working_capital": draw(st.sampled_from([0, 3_000, 60_000])),
        "remittance": {
            "mode": draw(st.sampled_from(["retained", "retained", "net", "full"])),
            "return_share": draw(st.sampled_from([0, 0.3, 1])), "lag": draw(st.sampled_from([1, 14])),
        },
        "payments": draw(payments_of_contracts()),
        "operator": {
            "capital": draw(st.sampled_from([0, 5_000, 500_000])), "working_capital": draw(st.sampled_from([0, 2_000])),
            "overhead": {"amount": draw(st.sampled_from([0, 6_000]))}, "income_tax": draw(st.sampled_from([0, 0.25])),
            "financing": {
                "debt_share": draw(st.sampled_from([0, 0.5, 1])), "rate": 0.06, "years": draw(st.integers(1, 4)),
                "repayment": draw(st.sampled_from(["annuity", "straight-line"])),
            },
        },
        "ending": {
            "notice": draw(st.integers(0, 5)), "idle": draw(st.integers(0, 9)), "compensation": draw(st.sampled_from([0, 0.5])),
            "bond_forfeited": draw(st.booleans()), "handover_payment": draw(st.sampled_from([0, 0.3])),
            "replacement": draw(st.none() | payments_of_contracts()),
        },
    }  # fmt: skip
