"""How many people come: from the neighborhood to visits a day.

People are divided into cells, interest × segment (age × income) × distance band; an interest is a walk-in
service, or a level of care for which people apply. The potential of a cell on a day, in visits or
applications, is a product of what the analyst wrote ::

    population(t) × age share(t) × income share × distance share
      × visits a person and year ÷ 365 × income factor × exp(−meters ÷ decay)
      × site factor × (1 − outside option) × (1 − share of each competitor who has opened)
      × trend(t) × ramp-up(t) × (1 + visits induced by guest services)
      × weekday × month × vacation × Spring Festival × the year's luck × the day's luck × the month's weather

Price and reputation then scale it (`price_factors`, the plan's reputation). t counts whole months from the
start and belongs to the day, not to the plan, so that a month and a quarter give the same rates. The last
age band of the file is the oldest: ageing moves people into it, from the others in proportion.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from scipy import special

from opsim.demand.random import name_hash, uniforms
from opsim.errors import Message, RunError
from opsim.records import Bool, Float64, Int64, UInt64
from opsim.scenario.calendar import Days
from opsim.scenario.facility import Facility
from opsim.scenario.people import matching
from opsim.scenario.places import Applications
from opsim.scenario.quantity import Quantity
from opsim.scenario.service import Participation, PriceResponse, RampUp
from opsim.scenario.walk_in import Demand

_YEAR_FACTOR = name_hash("year factor of demand")
_DAY_FACTOR = name_hash("day factor of demand")
_WEATHER = name_hash("weather of a month")


class Interest(NamedTuple):
    """One thing that people come forward for: a walk-in service, or a level of a service with places."""

    name: tuple[str, ...]
    """Service, or service and level."""
    about: Participation | None
    """None where nobody comes on its own account."""
    part: Quantity | None
    """Share of all who come forward for the service; None for all of them."""
    ramp_up: RampUp | None
    price_response: PriceResponse | None


def walk_in_interests(facility: Facility) -> tuple[Interest, ...]:
    """One interest for each walk-in service, in the order of the file."""
    return tuple(
        Interest((name,), each.demand, None, each.ramp_up, each.price_response)
        for name, each in facility.walk_ins().items()
    )


def place_interests(facility: Facility) -> tuple[Interest, ...]:
    """One interest for each level of each service with places, in the order of the file."""
    return tuple(
        Interest((name, level), each.applications, terms.entry, each.ramp_up, terms.price_response)
        for name, each in facility.places().items()
        for level, terms in each.levels.items()
    )


@dataclass(frozen=True, slots=True)
class Cells:
    """N cells, with indices into the interests, segments and age bands."""

    id: UInt64
    """(N,) hash of the names of interest, segment and distance band."""
    interest: Int64
    segment: Int64
    age: Int64


@dataclass(frozen=True, slots=True)
class Terms:
    """The numbers of demand in force from a day until the next dated step. A interests, B age bands."""

    inhabitants: float
    growth: float
    age_shares: Float64
    """(B,) at the start, summing to one."""
    ageing: float
    per_inhabitant: Float64
    """(N,) potential visits of the cell a day, for each inhabitant of its age band."""
    trend: Float64
    """(A,)"""
    ramp_start: Float64
    """Return the (A,) share of the final demand in the first month; 1 where there is no ramp-up."""
    ramp_months: Float64
    """(A,)"""
    opens: Int64
    """(A,) months from the start until the doors first open: ramp-ups begin then."""
    induced: Float64
    """(A, A) extra visits to the host (row) that the guest (column) brings, as a share."""
    weekdays: Float64
    """(A, 7)"""
    months: Float64
    """(A, 12)"""
    vacation: Float64
    """(A, B)"""
    spring_festival: Float64
    """(A,)"""
    weather: Float64
    """(A,) relative standard deviation of a month's weather; 0 for an interest that is not exposed."""
    reference: Float64
    """(A,) yuan at the start."""
    kept_per_yuan: Float64
    """(A,) share of visitors kept for each yuan above the reference; 1 where price does not matter."""
    day_to_day: float
    """Relative standard deviation of a day's luck."""
    year_to_year: float
    incomes: float
    """Growth of incomes, with which references rise."""


def cells_of(facility: Facility, interests: Sequence[Interest]) -> Cells:
    """Name the cells of every interest that people come forward for, for the age bands that do at all."""
    segments = facility.segment_names()
    rows: list[tuple[np.uint64, int, int, int]] = []
    for a, interest in enumerate(interests):
        if interest.about is None:
            continue
        for g, segment in enumerate(segments):
            age = segment.split(".")[0]
            if age in rates_by_age(interest.about):
                b = list(facility.catchment.ages).index(age)
                rows += [
                    (name_hash("cell", *interest.name[:1], segment, distance, *interest.name[1:]), a, g, b)
                    for distance in facility.catchment.distances
                ]
    return Cells(
        np.array([row[0] for row in rows], np.uint64),
        *(np.array([row[i] for row in rows], np.int64) for i in (1, 2, 3)),
    )


def rates_by_age(about: Participation) -> dict[str, Quantity]:
    """Visits a person, or applications a thousand people, a year by age band."""
    assert isinstance(about, (Demand, Applications))
    return about.visits_per_person if isinstance(about, Demand) else about.per_thousand


def terms_at(facility: Facility, interests: Sequence[Interest], day: date) -> Terms:
    """Read the numbers of demand that are in force on a day. Shares are scaled to sum to one."""
    catchment = facility.catchment
    ages, incomes, distances = (
        _scaled([band.share.at(day) for band in bands.values()])
        for bands in (catchment.ages, catchment.incomes, catchment.distances)
    )
    meters = np.array([band.meters.at(day) for band in catchment.distances.values()])
    parts = _parts(interests, day)
    cells: list[float] = []
    for interest, part in zip(interests, parts, strict=True):
        about = interest.about
        if about is None:
            continue
        persons = 1 if isinstance(about, Demand) else 1000
        near = distances * np.exp(-meters / about.distance_decay.at(day))
        near *= (1 - about.outside_option.at(day)) * about.site_factor.at(day) * part
        near *= left_by_competitors(facility, interest.name[0], day)
        keen = [_at(about.income_factor.get(income), day, 1.0) for income in catchment.incomes]
        for age in catchment.ages:
            if age in rates_by_age(about):
                daily = rates_by_age(about)[age].at(day) / persons / 365
                cells.extend(np.multiply.outer(daily * incomes * keen, near).ravel())
    abouts = [interest.about for interest in interests]
    demands = [about if isinstance(about, Demand) else None for about in abouts]
    responses = [interest.price_response for interest in interests]
    ramps = [interest.ramp_up for interest in interests]
    return Terms(
        inhabitants=catchment.population.at(day),
        growth=catchment.population_growth.at(day),
        age_shares=ages,
        ageing=catchment.ageing.at(day),
        per_inhabitant=np.array(cells),
        trend=np.array([about.trend.at(day) if about else 0.0 for about in abouts]),
        ramp_start=np.array([ramp.start.at(day) if ramp else 1.0 for ramp in ramps]),
        ramp_months=np.array([ramp.months.at(day) if ramp else 0.0 for ramp in ramps]),
        opens=np.array([facility.opens(interest.name[0]) for interest in interests], np.int64),
        induced=_induced(facility, interests, day),
        weekdays=np.array([demand.weekdays.factors() if demand else (1.0,) * 7 for demand in demands]),
        months=np.array([about.months.factors() if about else (1.0,) * 12 for about in abouts]),
        vacation=np.array([_vacation(demand, tuple(catchment.ages), day) for demand in demands]),
        spring_festival=np.array([demand.spring_festival.at(day) if demand else 1.0 for demand in demands]),
        weather=np.array([demand.weather.at(day) if demand else 0.0 for demand in demands]),
        reference=np.array([each.reference.at(day) if each else 0.0 for each in responses]),
        kept_per_yuan=np.array([1 - each.fewer_per_yuan.at(day) if each else 1.0 for each in responses]),
        day_to_day=catchment.day_to_day.at(day),
        year_to_year=catchment.year_to_year.at(day),
        incomes=facility.growth.incomes.at(day),
    )


def left_by_competitors(facility: Facility, service: str, day: date) -> float:
    """The share of those interested in a service whom the competitors there are by now leave to it."""
    left = 1.0
    for _, competitor in sorted(facility.competitors.items()):
        if service in competitor.takes and competitor.opens <= day:
            left *= 1 - competitor.takes[service].at(day)
    return left


def _parts(interests: Sequence[Interest], day: date) -> list[float]:
    """The share of each interest in its service, scaled to sum to one within the service."""
    drawn = [(each.name[0], 1.0 if each.part is None else each.part.at(day)) for each in interests]
    totals = {service: sum(part for name, part in drawn if name == service) for service, _ in drawn}
    return [part / totals[service] if totals[service] > 0 else 0.0 for service, part in drawn]


def _induced(facility: Facility, interests: Sequence[Interest], day: date) -> Float64:
    """(A, A) extra visits to the host (row) that the guest (column) brings."""
    services = facility.walk_ins()
    table = np.zeros((len(interests), len(interests)))
    for h, host in enumerate(interests):
        for g, guest in enumerate(interests):
            service = services.get(guest.name[0])
            if service is not None and host.name[0] in service.spillover:
                table[h, g] = service.spillover[host.name[0]].induced.at(day)
    return table


def priority_classes(facility: Facility) -> Int64:
    """Return the (A, G) queue class of a segment at a walk-in service: 0 goes first, 1 are the others."""
    segments = facility.segment_names()
    first = [
        {name for pattern in demand.priority for name in matching(pattern, segments)} if demand else set()
        for demand in (service.demand for service in facility.walk_ins().values())
    ]
    return np.array([[0 if segment in names else 1 for segment in segments] for names in first], np.int64)


def ramp_factors(terms: Terms, months: int) -> Float64:
    """Return the (A,) share of its final demand that each service has reached after some months."""
    open_for = np.maximum(months - terms.opens, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        done = np.where(terms.ramp_months > 0, np.minimum(open_for / terms.ramp_months, 1.0), 1.0)
    return terms.ramp_start + (1 - terms.ramp_start) * done


def month_factors(terms: Terms, cells: Cells, months: int, offered: Bool | None = None) -> Float64:
    """Multiply people, trend, ramp-up and guests: (N,) factors on `per_inhabitant` after some months.

    `offered` (A,) marks the services that have not been given up: no other brings guests to its hosts.
    """
    years = months / 12
    oldest = min(max(terms.age_shares[-1] + terms.ageing * years, 0.0), 1.0)
    rest = terms.age_shares[:-1].sum()
    shares = terms.age_shares * ((1 - oldest) / rest if rest > 0 else 0.0)
    shares[-1] = oldest if rest > 0 else 1.0
    people = terms.inhabitants * (1 + terms.growth) ** years * shares
    ramp = ramp_factors(terms, months)
    guests = ramp if offered is None else ramp * offered
    service = (1 + terms.trend) ** years * ramp * (1 + terms.induced @ guests)
    factors: Float64 = people[cells.age] * service[cells.interest]
    return factors


def day_factors(terms: Terms, cells: Cells, days: Days) -> Float64:
    """(D, N) weekday, month, vacation and Spring Festival; 1 throughout where all days are alike."""
    if days.alike:
        return np.ones((days.count, len(cells.id)))
    by_service = terms.weekdays[:, days.weekday] * terms.months[:, days.month]
    by_service *= np.where(days.spring_festival, terms.spring_festival[:, None], 1.0)
    vacation = np.where(days.vacation[:, None], terms.vacation[cells.interest, cells.age], 1.0)
    return by_service[cells.interest].T * vacation


def luck(facility: Facility, terms: Terms, key: np.uint64, day: date, count: int) -> Float64:
    """(D,) what good and bad years and days do to the demand for all services: lognormal with mean 1.

    Years are counted from the facility's start, twelve months each.
    """
    first = (day - facility.start).days
    dates = np.arange(np.datetime64(day), np.datetime64(day) + count).astype("datetime64[M]")
    years = (dates - np.datetime64(facility.start, "M")).astype(np.int64) // 12
    yearly = uniforms(key, years.astype(np.uint64), _YEAR_FACTOR)
    daily = uniforms(key, np.arange(first, first + count).astype(np.uint64), _DAY_FACTOR)
    return _lognormal(terms.year_to_year, yearly) * _lognormal(terms.day_to_day, daily)


def weather(terms: Terms, key: np.uint64, month: date) -> Float64:
    """(A,) what the weather of a calendar month does to each interest: lognormal with mean 1.

    All interests have the same weather; how much it matters to them differs.
    """
    number = np.array([12 * month.year + month.month], np.uint64)
    return _lognormal(terms.weather, uniforms(key, number, _WEATHER))


def price_factors(terms: Terms, price: Int64, months: int) -> Float64:
    """Return the (A, G) factor on the demand of a segment that pays this much, after so many months.

    What counts is the price in money of the start, deflated by the growth of incomes: where prices and
    incomes grow alike nothing changes, and a price that stays behind forever brings no more people than a
    price of nothing does at the start. It is above 1 below the reference price.

    `price` is (A, G) fen. Raises `RunError` where a strong response meets a price so far below the reference
    that demand has no limit.
    """
    deflated = price / 100 / (1 + terms.incomes) ** (months / 12)
    above = deflated - terms.reference[:, None]
    with np.errstate(over="ignore"):
        factors: Float64 = terms.kept_per_yuan[:, None] ** above
    if not np.isfinite(factors).all():
        raise RunError(Message("a price is so far below its reference that demand is endless"))
    return factors


def months_between(start: date, day: date) -> int:
    """Calendar months from one day's month to another's."""
    return (day.year - start.year) * 12 + day.month - start.month


def _lognormal(variation: float | Float64, u: Float64) -> Float64:
    """Lognormal quantiles with mean 1 and this standard deviation."""
    variance = np.log1p(variation * variation)
    factors: Float64 = np.exp(np.sqrt(variance) * special.ndtri(u) - variance / 2)
    return factors


def _scaled(shares: list[float]) -> Float64:
    total = sum(shares)
    if not total > 0:
        raise RunError(Message("the drawn shares of the population are all zero"))
    return np.array(shares) / total


def _at(leaf: Quantity | None, day: date, default: float) -> float:
    return default if leaf is None else leaf.at(day)


def _vacation(demand: Demand | None, ages: tuple[str, ...], day: date) -> list[float]:
    return [_at(demand.vacation.get(age) if demand else None, day, 1.0) for age in ages]
