"""Names for the numbers of a scenario: ``services.canteen.price`` is "Canteen: price" to a reader.

Things that the scenario titles are called by their title in the reader's language, what is said of them by a
word of this module; what has neither by its key.
"""

from collections.abc import Iterator
from typing import Any, Final

from opsim.errors import marked
from opsim.language import LANGUAGES, Translate, translator
from opsim.scenario.facility import Facility
from opsim.scenario.load import Scenario
from opsim.scenario.paths import way
from opsim.scenario.people import DistanceBand, Title
from opsim.scenario.walk_in import Step

WORDS: Final = {
    "assets.age": marked("age at the start"),
    "assets.cost": marked("purchase cost"),
    "assets.life": marked("service life"),
    "catchment.ageing": marked("ageing of the population"),
    "catchment.ages.share": marked("share of the population"),
    "catchment.day_to_day": marked("ups and downs of demand from day to day"),
    "catchment.distances.meters": marked("walking distance"),
    "catchment.distances.share": marked("share of the population"),
    "catchment.incomes.monthly_income": marked("monthly income"),
    "catchment.incomes.share": marked("share of the population"),
    "catchment.population": marked("people in the neighborhood"),
    "catchment.population_growth": marked("growth of the population"),
    "catchment.spending_nearby": marked("spending of visitors in shops nearby"),
    "catchment.year_to_year": marked("ups and downs of demand from year to year"),
    "contract.ending.idle": marked("months without operator after its end"),
    "contract.operator.financing.rate": marked("interest on the operator's loan"),
    "contract.operator.income_tax": marked("operator's income tax"),
    "contract.operator.overhead.amount": marked("operator's overhead"),
    "contract.payments.management_fee.amount": marked("management fee"),
    "contract.payments.management_fee.turnover_share": marked("management fee as a share of turnover"),
    "contract.payments.turnover_share.share": marked("turnover share"),
    "costs.amount": marked("running cost"),
    "gate.baskets.times": marked("uses a month"),
    "growth.fees": marked("growth of fees"),
    "growth.food": marked("growth of food prices"),
    "growth.incomes": marked("growth of incomes"),
    "growth.prices": marked("growth of prices"),
    "growth.utilities": marked("growth of utility tariffs"),
    "growth.wages": marked("growth of wages"),
    "initial.occupancy": marked("occupancy at the start"),
    "initial.reserve": marked("renewal reserve at the start"),
    "premises.area": marked("area of the premises"),
    "premises.lettable": marked("share of the premises that could be let"),
    "premises.market_rent": marked("market rent of the premises"),
    "services.applications.distance_decay": marked("how far applicants come"),
    "services.applications.income_factor": marked("applications by income"),
    "services.applications.outside_option": marked("share who apply elsewhere"),
    "services.applications.per_thousand": marked("applications a thousand people"),
    "services.applications.site_factor": marked("attraction of the site"),
    "services.applications.trend": marked("yearly growth of applications"),
    "services.costs.amount": marked("direct cost"),
    "services.demand.distance_decay": marked("how far visitors come"),
    "services.demand.income_factor": marked("visits by income"),
    "services.demand.knows_hours": marked("share who know the opening hours"),
    "services.demand.outside_option": marked("share who go elsewhere"),
    "services.demand.site_factor": marked("attraction of the site"),
    "services.demand.spring_festival": marked("demand at Spring Festival"),
    "services.demand.trend": marked("yearly growth of visits"),
    "services.demand.vacation": marked("demand in school vacations"),
    "services.demand.visits_per_person": marked("visits of a person a year"),
    "services.discounts.off": marked("discount"),
    "services.diverted": marked("share of sales taken from shops nearby"),
    "services.levels.deposit": marked("deposit"),
    "services.levels.entry": marked("share of the applicants"),
    "services.levels.fee": marked("monthly fee"),
    "services.levels.price_response.fewer_per_yuan": marked("applicants lost for each yuan more"),
    "services.levels.price_response.reference": marked("usual fee"),
    "services.patience.mean": marked("patience on the waiting list"),
    "services.prepaid.months": marked("months paid ahead by card"),
    "services.prepaid.share": marked("share of sales paid ahead by card"),
    "services.price": marked("price"),
    "services.price_response.fewer_per_yuan": marked("visitors lost for each yuan more"),
    "services.price_response.reference": marked("usual price"),
    "services.ramp_up.months": marked("months until it is known"),
    "services.ramp_up.start": marked("demand in the first month"),
    "services.re_letting.mean": marked("months until it is let again"),
    "services.rent.base": marked("base rent"),
    "services.rent.deposit": marked("deposit of tenants"),
    "services.rent.escalation": marked("yearly rise of the rent"),
    "services.rent.rent_free": marked("rent-free period"),
    "services.rent.turnover_share": marked("turnover share"),
    "services.spillover.conversion": marked("share of present visitors who buy"),
    "services.spillover.induced": marked("visits that it brings"),
    "services.stay.mean": marked("length of stay"),
    "services.steps.duration.mean": marked("mean time of service"),
    "services.steps.duration.parts.of.mean": marked("mean time of service"),
    "services.steps.duration.parts.of.spread": marked("spread of the time of service"),
    "services.steps.duration.parts.share": marked("share of visitors"),
    "services.steps.duration.spread": marked("spread of the time of service"),
    "services.steps.patience.mean": marked("patience in the queue"),
    "services.steps.walk": marked("walking time"),
    "services.tax": marked("tax on sales"),
    "services.tenants.basket": marked("spending of a tenant's customer"),
    "services.tenants.conversion": marked("share of passers-by who buy"),
    "services.tenants.exit_after": marked("losing months until a tenant leaves"),
    "services.tenants.fixed_costs": marked("fixed costs of a tenant"),
    "services.tenants.footfall": marked("footfall at the tenants"),
    "services.tenants.gross_margin": marked("gross margin of tenants"),
    "services.tenants.spread": marked("luck and skill of tenants"),
    "services.tenants.stay.mean": marked("length of a tenancy"),
    "services.tenants.street": marked("passers-by from the street"),
    "services.transitions": marked("change of the level of care within a year"),
    "services.types.age_factor": marked("attendance by age"),
    "services.types.attendance.mean": marked("mean attendance"),
    "services.types.attendance.spread": marked("spread of attendance"),
    "services.types.day_cost": marked("cost of an event day"),
    "services.types.fee": marked("hire fee of an event day"),
    "services.types.income_factor": marked("attendance by income"),
    "services.types.moves": marked("days by which an event can be moved"),
    "services.types.requests": marked("requests of organizers a year"),
    "services.types.setup_fee": marked("hire fee of a set-up day"),
    "services.types.ticket": marked("ticket price"),
    "services.types.ticket_share": marked("share of the tickets"),
    "services.types.visits.first": marked("when its crowd begins to come"),
    "services.types.visits.last": marked("until when its crowd comes"),
    "services.types.visits.share": marked("share of the crowd that comes"),
    "services.visits.a_day": marked("visits of residents a day"),
    "staff.hiring": marked("months until a vacancy is filled"),
    "staff.persons_a_worker": marked("persons cared for by a worker"),
    "staff.social_cost": marked("social insurance"),
    "staff.wage": marked("wage"),
    "staff.worker_hours": marked("hours of a full-time worker"),
    "stations.last_admission": marked("last admission before closing"),
    "stations.waiting_room": marked("room to wait"),
    "subsidies.amount": marked("amount"),
    "subsidies.delay": marked("delay of payment"),
    "subsidies.instalments": marked("instalments a year"),
    "subsidies.rates.tiers.amount": marked("rate"),
    "subsidies.years": marked("years of payment"),
}
"""What is said of a thing, by the keys of the schema on the way to it."""


KEYS: Final = {
    "near": marked("near"),
    "middle": marked("middle distance"),
    "far": marked("far"),
    "died": marked("died"),
    "left": marked("left"),
    "readers": marked("readers"),
    "exam-students": marked("exam students"),
}
"""Keys that scenarios use without a title."""


def label(scenario: Scenario, path: str, language: str, _: Translate) -> str:
    """What a number is called; the path itself where no case has it."""
    names = (_name(facility, path) for facility in scenario.cases().values())
    titles, said = next((name for name in names if name is not None), ([], []))
    if not said:
        return path
    pattern = ".".join(said)
    what = _(WORDS[pattern]) if pattern in WORDS else said[-1].replace("_", " ")
    parts = [
        title[language] if isinstance(title, Title) else _(KEYS[title]) if title in KEYS else title
        for title in titles
    ]
    where = _(" · ").join(dict.fromkeys(parts))
    return _("{where}: {what}", where=where, what=what) if where else what


def labels(scenario: Scenario, path: str) -> dict[str, str]:
    """What a number is called in each language."""
    return {language: label(scenario, path, language, translator(language)) for language in LANGUAGES}


def _name(facility: Facility, path: str) -> tuple[list[Title | str], list[str]] | None:
    """What a number belongs to, from the whole to the part, and the keys of the schema on the way to it.

    Of what it belongs to the title, or a key where there is none; None where the facility has no such number.
    """
    steps, known = way(facility, path), _known(facility)
    if steps is None:
        return None
    titles = [
        title
        for step in steps
        if isinstance(step.thing, dict)
        for title in _titles(facility, step.thing, step.key, known)
    ]
    return titles, [step.key for step in steps if not isinstance(step.thing, dict)]


def _known(facility: Facility) -> dict[str, Title]:
    """Titles of what keys of maps refer to."""
    return {
        **{name: age.title for name, age in facility.catchment.ages.items()},
        **{name: income.title for name, income in facility.catchment.incomes.items()},
        **{name: service.title for name, service in facility.services.items()},
        **{name: level.title for each in facility.places().values() for name, level in each.levels.items()},
    }


def _titles(
    facility: Facility, things: dict[str, Any], key: str, known: dict[str, Title]
) -> Iterator[Title | str]:
    """What a named thing is called, or what its key refers to."""
    thing: Any = things[key]
    if isinstance(thing, Step):
        shared = [step for step in things.values() if step.station == thing.station]
        if len(things) > 1:
            yield facility.stations[thing.station].title
        if len(shared) > 1:
            yield key
    elif hasattr(thing, "title"):
        yield thing.title
    elif isinstance(thing, DistanceBand):
        yield key
    else:
        parts = [key] if key in known else [part for part in key.split(".") if part != "*"]
        yield from (known.get(part, part) for part in parts)
