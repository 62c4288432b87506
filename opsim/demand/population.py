"""How many people come: from the neighborhood to visits a day.

People are divided into cells, service × segment (age × income) × distance band. The potential of a cell on
a day, in visits, is a product of what the analyst wrote ::

    population(t) × age share(t) × income share × distance share
      × visits a person and year ÷ 365 × income factor × exp(−meters ÷ decay)
      × site factor × (1 − outside option) × trend(t) × ramp-up(t) × (1 + visits induced by guest services)
      × weekday × month × vacation × Spring Festival × the year's luck × the day's luck

Price and reputation then scale it (`price_factors`, the plan's reputation). t counts whole months from the
start and belongs to the day, not to the plan, so that a month and a quarter give the same rates. The last
age band of the file is the oldest: ageing moves people into it, from the others in proportion.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy import special

from opsim.demand.random import name_hash, uniforms
from opsim.errors import Message, RunError
from opsim.records import Float64, Int64, UInt64
from opsim.scenario.calendar import Days
from opsim.scenario.facility import Facility
from opsim.scenario.people import matching
from opsim.scenario.quantity import Quantity
from opsim.scenario.service import Demand

_YEAR_FACTOR = name_hash("year factor of demand")
_DAY_FACTOR = name_hash("day factor of demand")


@dataclass(frozen=True, slots=True)
class Cells:
    """N cells, with indices into the facility's services, segments and age bands."""

    id: UInt64
    """(N,) hash of the names of service, segment and distance band."""
    service: Int64
    segment: Int64
    age: Int64


@dataclass(frozen=True, slots=True)
class Terms:
    """The numbers of demand in force from a day until the next dated step. A services, B age bands."""

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
    reference: Float64
    """(A,) yuan at the start."""
    kept_per_yuan: Float64
    """(A,) share of visitors kept for each yuan above the reference; 1 where price does not matter."""
    day_to_day: float
    """Relative standard deviation of a day's luck."""
    year_to_year: float
    incomes: float
    """Growth of incomes, with which references rise."""


def cells_of(facility: Facility) -> Cells:
    """Name the cells of every service that has demand of its own, for the age bands that come at all."""
    segments = facility.segment_names()
    rows: list[tuple[np.uint64, int, int, int]] = []
    for a, (service, walk_in) in enumerate(facility.services.items()):
        if walk_in.demand is None:
            continue
        for g, segment in enumerate(segments):
            age = segment.split(".")[0]
            if age in walk_in.demand.visits_per_person:
                b = list(facility.catchment.ages).index(age)
                rows += [
                    (name_hash("cell", service, segment, distance), a, g, b)
                    for distance in facility.catchment.distances
                ]
    return Cells(
        np.array([row[0] for row in rows], np.uint64),
        *(np.array([row[i] for row in rows], np.int64) for i in (1, 2, 3)),
    )


def terms_at(facility: Facility, day: date) -> Terms:
    """Read the numbers of demand that are in force on a day. Shares are scaled to sum to one."""
    catchment = facility.catchment
    services = facility.services.values()
    ages, incomes, distances = (
        _scaled([band.share.at(day) for band in bands.values()])
        for bands in (catchment.ages, catchment.incomes, catchment.distances)
    )
    meters = np.array([band.meters.at(day) for band in catchment.distances.values()])
    cells: list[float] = []
    for demand in (service.demand for service in services if service.demand is not None):
        near = distances * np.exp(-meters / demand.distance_decay.at(day))
        near *= (1 - demand.outside_option.at(day)) * demand.site_factor.at(day)
        keen = [_at(demand.income_factor.get(income), day, 1.0) for income in catchment.incomes]
        for age in catchment.ages:
            if age in demand.visits_per_person:
                daily = demand.visits_per_person[age].at(day) / 365
                cells.extend(np.multiply.outer(daily * incomes * keen, near).ravel())
    demands = [service.demand for service in services]
    responses = [service.price_response for service in services]
    ramps = [service.ramp_up for service in services]
    return Terms(
        inhabitants=catchment.population.at(day),
        growth=catchment.population_growth.at(day),
        age_shares=ages,
        ageing=catchment.ageing.at(day),
        per_inhabitant=np.array(cells),
        trend=np.array([demand.trend.at(day) if demand else 0.0 for demand in demands]),
        ramp_start=np.array([ramp.start.at(day) if ramp else 1.0 for ramp in ramps]),
        ramp_months=np.array([ramp.months.at(day) if ramp else 0.0 for ramp in ramps]),
        induced=np.array([
            [guest.spillover[host].induced.at(day) if host in guest.spillover else 0.0 for guest in services]
            for host in facility.services
        ]),
        weekdays=np.array([demand.weekdays.factors() if demand else (1.0,) * 7 for demand in demands]),
        months=np.array([demand.months.factors() if demand else (1.0,) * 12 for demand in demands]),
        vacation=np.array([_vacation(demand, tuple(catchment.ages), day) for demand in demands]),
        spring_festival=np.array([demand.spring_festival.at(day) if demand else 1.0 for demand in demands]),
        reference=np.array([each.reference.at(day) if each else 0.0 for each in responses]),
        kept_per_yuan=np.array([1 - each.fewer_per_yuan.at(day) if each else 1.0 for each in responses]),
        day_to_day=catchment.day_to_day.at(day),
        year_to_year=catchment.year_to_year.at(day),
        incomes=facility.growth.incomes.at(day),
    )  # fmt: skip


def priority_classes(facility: Facility) -> Int64:
    """Return the (A, G) queue class of a segment at a service: 0 for those who go first, 1 for the others."""
    segments = facility.segment_names()
    first = [
        {name for pattern in demand.priority for name in matching(pattern, segments)} if demand else set()
        for demand in (service.demand for service in facility.services.values())
    ]
    return np.array([[0 if segment in names else 1 for segment in segments] for names in first], np.int64)


def ramp_factors(terms: Terms, months: int) -> Float64:
    """Return the (A,) share of its final demand that each service has reached after some months."""
    with np.errstate(divide="ignore", invalid="ignore"):
        done = np.where(terms.ramp_months > 0, np.minimum(months / terms.ramp_months, 1.0), 1.0)
    return terms.ramp_start + (1 - terms.ramp_start) * done


def month_factors(terms: Terms, cells: Cells, months: int) -> Float64:
    """Multiply people, trend, ramp-up and guests: (N,) factors on `per_inhabitant` after some months."""
    years = months / 12
    oldest = min(max(terms.age_shares[-1] + terms.ageing * years, 0.0), 1.0)
    rest = terms.age_shares[:-1].sum()
    shares = terms.age_shares * ((1 - oldest) / rest if rest > 0 else 0.0)
    shares[-1] = oldest if rest > 0 else 1.0
    people = terms.inhabitants * (1 + terms.growth) ** years * shares
    ramp = ramp_factors(terms, months)
    service = (1 + terms.trend) ** years * ramp * (1 + terms.induced @ ramp)
    factors: Float64 = people[cells.age] * service[cells.service]
    return factors


def day_factors(terms: Terms, cells: Cells, days: Days) -> Float64:
    """(D, N) weekday, month, vacation and Spring Festival; 1 throughout where all days are alike."""
    if days.alike:
        return np.ones((days.count, len(cells.id)))
    by_service = terms.weekdays[:, days.weekday] * terms.months[:, days.month]
    by_service *= np.where(days.spring_festival, terms.spring_festival[:, None], 1.0)
    vacation = np.where(days.vacation[:, None], terms.vacation[cells.service, cells.age], 1.0)
    return by_service[cells.service].T * vacation


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


def price_factors(terms: Terms, price: Int64, months: int) -> Float64:
    """Return the (A, G) factor on the demand of a segment that pays this much.

    It is above 1 below the reference price, which has grown for so many months.

    `price` is (A, G) fen. Raises `RunError` where a strong response meets a price so far below the reference
    that demand has no limit.
    """
    reference = terms.reference * (1 + terms.incomes) ** (months / 12)
    above = price / 100 - reference[:, None]
    with np.errstate(over="ignore"):
        factors: Float64 = terms.kept_per_yuan[:, None] ** above
    if not np.isfinite(factors).all():
        raise RunError(Message("a price is so far below its reference that demand is endless"))
    return factors


def months_between(start: date, day: date) -> int:
    """Calendar months from one day's month to another's."""
    return (day.year - start.year) * 12 + day.month - start.month


def _lognormal(variation: float, u: Float64) -> Float64:
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
