"""Names that lead nowhere: every reference from one part of a facility to another, checked at once.

A step names its station, a station its crew, a cost the service it goes with, a number its source. The check
reads a facility as validated or as written: a file with other mistakes still has all of its names checked.
"""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from pydantic_core import PydanticCustomError

from opsim.errors import Message, marked
from opsim.scenario.checking.fault import fault
from opsim.scenario.paths import Place, entries, everything, get
from opsim.scenario.people import matching
from opsim.scenario.yaml.node import Node

OVERRIDE = "override"
"""The source of a number set on the command line: it needs no entry under ``sources:``."""

Faults = Iterator[tuple[Place, PydanticCustomError]]

SERVICE, WALK_IN, PLACES = marked("service"), marked("walk-in service"), marked("service with places")
LEVEL, AGE, INCOME = marked("level"), marked("age band"), marked("income band")

REFERENCES: Final = (
    ("services.*.steps.*.station", marked("station"), "stations"),
    ("services.*.spillover.keys", marked("other walk-in service"), "other walk-in"),
    ("services.*.discounts.*.segments.list", "", "segments"),
    ("services.*.demand.priority.list", "", "segments"),
    ("services.*.priority.list", "", "segments"),
    ("services.*.demand.visits_per_person.keys", AGE, "ages"),
    ("services.*.demand.vacation.keys", AGE, "ages"),
    ("services.*.demand.income_factor.keys", INCOME, "incomes"),
    ("services.*.applications.per_thousand.keys", AGE, "ages"),
    ("services.*.applications.income_factor.keys", INCOME, "incomes"),
    ("services:places.transfers.keys", LEVEL, "levels"),
    ("services:places.transfers.*", marked("other service with places"), "other places"),
    ("services:places.visits.keys", WALK_IN, "walk-in"),
    ("services:lease.tenants.footfall.keys", marked("service with visitors"), "visited"),
    ("services:event.hall", marked("hall"), "halls"),
    ("services:event.types.*.age_factor.keys", AGE, "ages"),
    ("services:event.types.*.income_factor.keys", INCOME, "incomes"),
    ("services:event.types.*.visits.keys", WALK_IN, "walk-in"),
    ("stations.*.crew", marked("staff group"), "staff"),
    ("halls.*.blocks.list", WALK_IN, "walk-in"),
    ("costs.*.avoidable_with", SERVICE, "services"),
    ("staff.*.avoidable_with", SERVICE, "services"),
    ("assets.*.avoidable_with", SERVICE, "services"),
    ("subsidies.*.conditions.*.service", SERVICE, "services"),
    ("subsidies:by-place.service", PLACES, "places"),
    ("subsidies:by-place.rates.keys", LEVEL, "levels"),
    ("subsidies:by-use.service", WALK_IN, "walk-in"),
    ("subsidies:by-use.rates.*.segments.list", "", "segments"),
    ("competitors.*.takes.keys", SERVICE, "services"),
    ("reviews.operator.services.keys", WALK_IN, "walk-in"),
    ("contract.services.list", SERVICE, "services"),
    ("contract.ring_fence.pots.*.list", SERVICE, "services"),
    ("gate.promised_hours.keys", SERVICE, "services"),
    ("gate.baskets.*.times.keys", SERVICE, "services"),
    ("gate.baskets.*.segments.list", "", "segments"),
    ("staff.*.persons_a_worker.keys", PLACES, "places"),
    ("initial.occupancy.keys", PLACES, "places"),
    ("initial.waiting.keys", PLACES, "places"),
    ("initial.let.keys", marked("lease"), "lease"),
    ("catchment.priority_groups.list", "", "segments"),
)
"""Where names stand, what they name, and among which they must be: see `names_at` and `_known`."""

BY_LEVEL: Final = ("staff.*.persons_a_worker.keys", "initial.occupancy.keys")
"""Where what stands under the name of a service with places is said by its levels."""
OF_SERVICES: Final = ("services", "walk-in", "other walk-in", "places", "other places", "visited", "lease")
"""Among what a name is that of a service."""
FORMS: Final = ("walk-in", "places", "lease", "event")
BY_PLACE: Final = ("per-place", "capital-per-place")


class _Unknown(dict[str, object]):
    """Stands for a map that is itself wrong: what it should hold cannot be said."""


def wrong_references(facility: object) -> Faults:
    """Every reference without a target, with its place; `facility` is a `Facility` or its map as written."""
    known: dict[str, Collection[str]] = {}
    for where, what, target in REFERENCES:
        kind = target.removeprefix("other ")
        if kind not in known:
            known[kind] = _known(facility, kind)
        for place, name in names_at(facility, where):
            if not what:
                yield from _pattern(place, name, tuple(known[kind]))
                continue
            there = known[kind] if kind != "levels" else _levels(facility, place)
            if kind != target and not isinstance(there, _Unknown):
                there = [each for each in there if each != place[1]]
            yield from _one(place, name, what, there)
            for level, _ in entries(get(facility, *map(str, place))) if where in BY_LEVEL else ():
                yield from _one((*place, level), level, LEVEL, _levels(facility, (*place, level)))
    yield from _wrong_terms(facility, known["walk-in"])
    for place, source in everything(facility):
        if place[-1] == "source" and place[0] != "sources" and source != OVERRIDE:
            yield from _one(place, source, marked("source"), _map(facility, "sources"))


def names_at(thing: Any, where: str, place: Place = ()) -> Iterator[tuple[Place, object]]:  # noqa: ANN401
    """The names at a way of keys: ``*`` each entry, ``keys`` the keys themselves, ``list`` each of a list.

    ``services:places`` are the services of that form, ``subsidies:by-place`` those that are paid by place.
    """
    key, _, rest = where.partition(".")
    part, _, form = key.partition(":")
    found: list[tuple[Place, Any]]
    if key == "list":
        items = _plain(thing)
        found = [
            ((*place, i), each) for i, each in enumerate(items if isinstance(items, (list, tuple)) else ())
        ]
    elif key == "keys":
        found = [((*place, name), name) for name, _ in entries(thing)]
    elif key == "*":
        found = [((*place, name), each) for name, each in entries(thing)]
    elif form:
        of_form = [(name, each) for name, each in entries(get(thing, part)) if _form(part, each) == form]
        found = [((*place, part, name), each) for name, each in of_form]
    else:
        found = [((*place, key), get(thing, key))]
    for here, each in found:
        yield from names_at(each, rest, here) if rest else [(here, _plain(each))]


def _form(part: str, each: object) -> object:
    form = _plain(get(each, "form"))
    return form if part == "services" else "by-place" if form in BY_PLACE else "by-use"


def _plain(thing: object) -> object:
    return thing.value if isinstance(thing, Node) else thing


def _known(facility: object, target: str) -> Collection[str]:
    """The names there are of a kind."""
    services = _map(facility, "services")
    if target in FORMS:
        return _of_form(services, target)
    if target == "visited":
        others = {name: each for name, each in services.items() if get(each, "form") != "lease"}
        return services if isinstance(services, _Unknown) else others
    ages, incomes = (_map(get(facility, "catchment"), key) for key in ("ages", "incomes"))
    if target == "segments":
        return tuple(f"{age}.{income}" for age in ages for income in incomes)
    if target in ("ages", "incomes"):
        return ages if target == "ages" else incomes
    return _map(facility, target)


def _levels(facility: object, place: Place) -> Mapping[str, Any]:
    """The levels of the service with places of which a level is said at a place."""
    services = _map(facility, "services")
    homes = _of_form(services, "places")
    home: object = place[-2]
    if place[0] == "subsidies":
        homes, home = services, get(facility, *map(str, place[:2]), "service")
    elif place[0] == "services":  # the level at which people move to another one
        home = get(facility, *map(str, place))
        home = None if home == place[1] else home
    return _map(homes[home], "levels") if isinstance(home, str) and home in homes else _Unknown()


def _wrong_terms(facility: object, walk_ins: Collection[str]) -> Faults:
    """What an operator is to do who is not there, or with a service that is not its to give up."""
    for name, asset in _map(facility, "assets").items():
        if get(asset, "bought") == "operator" and get(facility, "contract", "operator") is None:
            yield (
                ("assets", name, "bought"),
                fault(
                    "the contract names no operator who could buy it", "contract.operator, or bought: start"
                ),
            )
    services = _map(facility, "services")
    market = {name: None for name in walk_ins if get(services, name, "class") == "market"}
    for name, terms in entries(get(facility, "reviews", "operator", "services")):
        if name in walk_ins and get(terms, "closes_after") is not None:
            place = ("reviews", "operator", "services", name, "closes_after")
            yield from _one(place, name, marked("market service"), market)


def _of_form(services: Mapping[str, object], form: str) -> Mapping[str, object]:
    """The services of one form; those whose form is not said are kept, for it cannot be told."""
    if isinstance(services, _Unknown):
        return services
    others = [each for each in FORMS if each != form]
    return {name: each for name, each in services.items() if get(each, "form") not in others}


def _one(place: Place, name: object, what: str, known: Collection[str]) -> Faults:
    if isinstance(name, str) and name not in known and not isinstance(known, _Unknown):
        parts = {"what": Message(what), "name": name, "names": choice(name, list(known))}
        yield place, fault("{what} {name} does not exist", "{names}", **parts)


def _pattern(place: Place, pattern: object, segments: tuple[str, ...]) -> Faults:
    if segments and isinstance(pattern, str) and not matching(pattern, segments):
        words = Message("age.income with * for any: {segments}", {"segments": ", ".join(segments)})
        yield place, fault("{pattern} matches no segment", "{words}", pattern=pattern, words=words)


def choice(name: str, known: list[str]) -> Message:
    """The names there are, the nearest one first."""
    if not known:
        return Message("there are none")
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    parts = {"names": ", ".join(known)}
    if near:
        return Message("did you mean {near}? One of: {names}", {"near": near[0], **parts})
    return Message("one of: {names}", parts)


def _map(thing: object, key: str) -> Mapping[str, Any]:
    """A map of named things; an empty one where the key is left out."""
    needed = ("services", "levels", "ages", "incomes")
    if isinstance(thing, Mapping) and key not in thing and key not in needed:
        return {}
    found = get(thing, key)
    return found if isinstance(found, Mapping) else _Unknown()
