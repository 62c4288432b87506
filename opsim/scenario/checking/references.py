"""Names that lead nowhere: every reference from one part of a facility to another, checked at once.

A step names its station, a station its crew, a cost the service it goes with, a number its source. The check
reads a facility as validated or as written: a file with other mistakes still has all of its names checked.
"""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches

from pydantic_core import PydanticCustomError

from opsim.errors import Message, marked
from opsim.scenario.checking.fault import fault
from opsim.scenario.people import matching
from opsim.scenario.quantity import Frozen

Place = tuple[str | int, ...]
"""Keys that lead to a value from the root of the facility."""

OVERRIDE = "override"
"""The source of a number set on the command line: it needs no entry under ``sources:``."""

PLACES, LEVEL, AGE = marked("service with places"), marked("level"), marked("age band")


def wrong_references(facility: object) -> Iterator[tuple[Place, PydanticCustomError]]:
    """Every reference without a target, with its place; `facility` is a `Facility` or its map as written."""
    services, stations = _map(facility, "services"), _map(facility, "stations")
    for name, service in services.items():
        yield from _of_service(("services", name), service, facility)
        if _get(service, "form") == "places":
            yield from _of_places(("services", name), service, services)
        if _get(service, "form") == "lease":
            yield from _of_lease(("services", name), service, services)
        if _get(service, "form") == "event":
            yield from _of_events(("services", name), service, facility)
    for name, station in stations.items():
        yield from _one(
            ("stations", name, "crew"), _get(station, "crew"), marked("staff group"), _map(facility, "staff")
        )
    yield from _of_shared(facility, services)
    for name, subsidy in _map(facility, "subsidies").items():
        yield from _of_subsidy(("subsidies", name), subsidy, services, _segments(facility))
    yield from _over_years(facility, services)
    yield from _of_contract(_get(facility, "contract"), services)
    yield from _of_gate(_get(facility, "gate"), services, _segments(facility))
    yield from _by_level(facility, services)
    yield from _patterns(
        ("catchment", "priority_groups"), _get(facility, "catchment", "priority_groups"), _segments(facility)
    )
    sources = _map(facility, "sources")
    for place, source in _cited(facility, ()):
        if source != OVERRIDE:
            yield from _one(place, source, marked("source"), sources)


def _of_shared(
    facility: object, services: Mapping[str, object]
) -> Iterator[tuple[Place, PydanticCustomError]]:
    """Halls, and costs, staff and assets that go with a service."""
    for name, hall in _map(facility, "halls").items():
        yield from _names(
            ("halls", name, "blocks"),
            _get(hall, "blocks"),
            marked("walk-in service"),
            _of_form(services, "walk-in"),
        )
    for part in ("costs", "staff", "assets"):
        for name, thing in _map(facility, part).items():
            yield from _one(
                (part, name, "avoidable_with"), _get(thing, "avoidable_with"), marked("service"), services
            )
    for name, asset in _map(facility, "assets").items():
        if _get(asset, "bought") == "operator" and _get(facility, "contract", "operator") is None:
            yield (
                ("assets", name, "bought"),
                fault(
                    "the contract names no operator who could buy it", "contract.operator, or bought: start"
                ),
            )


def _of_contract(
    contract: object, services: Mapping[str, object]
) -> Iterator[tuple[Place, PydanticCustomError]]:
    """Services that the operator runs, and those in ring-fenced pots."""
    lists: list[tuple[Place, object]] = [(("contract", "services"), _get(contract, "services"))]
    pots = _map(_get(contract, "ring_fence"), "pots")
    lists += [(("contract", "ring_fence", "pots", pot), named) for pot, named in pots.items()]
    for place, named in lists:
        for position, name in enumerate(named if isinstance(named, (list, tuple)) else ()):
            yield from _one((*place, position), name, marked("service"), services)


def _of_gate(
    gate: object, services: Mapping[str, object], segments: tuple[str, ...]
) -> Iterator[tuple[Place, PydanticCustomError]]:
    for name in _map(gate, "promised_hours"):
        yield from _one(("gate", "promised_hours", name), name, marked("service"), services)
    for basket, terms in _map(gate, "baskets").items():
        place: Place = ("gate", "baskets", basket)
        for name in _map(terms, "times"):
            yield from _one((*place, "times", name), name, marked("service"), services)
        yield from _patterns((*place, "segments"), _get(terms, "segments"), segments)


def _by_level(
    facility: object, services: Mapping[str, object]
) -> Iterator[tuple[Place, PydanticCustomError]]:
    """Maps by service and level of care outside the services."""
    for name, group in _map(facility, "staff").items():
        for service, by_level in _map(group, "persons_a_worker").items():
            place: Place = ("staff", name, "persons_a_worker", service)
            yield from _levels(place, service, by_level, services)
    initial = _get(facility, "initial")
    for name, by_level in _map(initial, "occupancy").items():
        yield from _levels(("initial", "occupancy", name), name, by_level, services)
    for name in _map(initial, "waiting"):
        yield from _one(("initial", "waiting", name), name, PLACES, _of_form(services, "places"))
    for name in _map(initial, "let"):
        yield from _one(("initial", "let", name), name, marked("lease"), _of_form(services, "lease"))


def _over_years(
    facility: object, services: Mapping[str, object]
) -> Iterator[tuple[Place, PydanticCustomError]]:
    """Services that competitors take from and that the operator reviews."""
    for rival, terms in _map(facility, "competitors").items():
        for name in _map(terms, "takes"):
            yield from _one(("competitors", rival, "takes", name), name, marked("service"), services)
    walk_ins = _of_form(services, "walk-in")
    market = {name: each for name, each in walk_ins.items() if _class(each) == "market"}
    for name, terms in _map(_get(facility, "reviews", "operator"), "services").items():
        place: Place = ("reviews", "operator", "services", name)
        yield from _one(place, name, marked("walk-in service"), walk_ins)
        if name in walk_ins and _get(terms, "closes_after") is not None:
            yield from _one((*place, "closes_after"), name, marked("market service"), market)


def _class(service: object) -> object:
    """The class of a service, in a model or as written."""
    found = _get(service, "service_class")
    return _get(service, "class") if found is None else found


def _of_service(
    place: Place, service: object, facility: object
) -> Iterator[tuple[Place, PydanticCustomError]]:
    services, stations = _map(facility, "services"), _map(facility, "stations")
    for name, step in _map(service, "steps").items():
        yield from _one(
            (*place, "steps", name, "station"), _get(step, "station"), marked("station"), stations
        )
    hosts = {name: each for name, each in _of_form(services, "walk-in").items() if name != place[-1]}
    for host in _map(service, "spillover"):
        yield from _one((*place, "spillover", host), host, marked("other walk-in service"), hosts)
    segments = _segments(facility)
    for name, discount in _map(service, "discounts").items():
        yield from _patterns((*place, "discounts", name, "segments"), _get(discount, "segments"), segments)
    yield from _patterns((*place, "demand", "priority"), _get(service, "demand", "priority"), segments)
    yield from _patterns((*place, "priority"), _get(service, "priority"), segments)
    bands = (
        ("visits_per_person", AGE, "ages"), ("per_thousand", AGE, "ages"), ("vacation", AGE, "ages"),
        ("income_factor", marked("income band"), "incomes"),
    )  # fmt: skip
    for part in ("demand", "applications"):
        for key, what, kind in bands:
            known = _map(_get(facility, "catchment"), kind)
            for name in _map(_get(service, part), key):
                yield from _one((*place, part, key, name), name, what, known)


def _of_places(
    place: Place, service: object, services: Mapping[str, object]
) -> Iterator[tuple[Place, PydanticCustomError]]:
    others = {name: each for name, each in _of_form(services, "places").items() if name != place[-1]}
    for level, to in _map(service, "transfers").items():
        yield from _one((*place, "transfers", level), to, marked("other service with places"), others)
        if isinstance(to, str) and to in others:
            yield from _one((*place, "transfers", level), level, LEVEL, _map(others[to], "levels"))
    walk_ins = _of_form(services, "walk-in")
    for name in _map(service, "visits"):
        yield from _one((*place, "visits", name), name, marked("walk-in service"), walk_ins)


def _of_lease(
    place: Place, service: object, services: Mapping[str, object]
) -> Iterator[tuple[Place, PydanticCustomError]]:
    leases = [name for name, each in services.items() if _get(each, "form") == "lease"]
    others = {name: each for name, each in services.items() if name not in leases}
    for name in _map(_get(service, "tenants"), "footfall"):
        yield from _one((*place, "tenants", "footfall", name), name, marked("service with visitors"), others)


def _of_events(
    place: Place, service: object, facility: object
) -> Iterator[tuple[Place, PydanticCustomError]]:
    yield from _one((*place, "hall"), _get(service, "hall"), marked("hall"), _map(facility, "halls"))
    walk_ins = _of_form(_map(facility, "services"), "walk-in")
    bands = (("age_factor", AGE, "ages"), ("income_factor", marked("income band"), "incomes"))
    for name, kind in _map(service, "types").items():
        here: Place = (*place, "types", name)
        for key, what, bands_of in bands:
            for band in _map(kind, key):
                yield from _one((*here, key, band), band, what, _map(_get(facility, "catchment"), bands_of))
        for visited in _map(kind, "visits"):
            yield from _one((*here, "visits", visited), visited, marked("walk-in service"), walk_ins)


def _names(
    place: Place, names: object, what: str, known: Collection[str]
) -> Iterator[tuple[Place, PydanticCustomError]]:
    """A list of names."""
    for position, name in enumerate(names if isinstance(names, (list, tuple)) else ()):
        yield from _one((*place, position), name, what, known)


def _of_subsidy(
    place: Place, subsidy: object, services: Mapping[str, object], segments: tuple[str, ...]
) -> Iterator[tuple[Place, PydanticCustomError]]:
    form, service = _get(subsidy, "form"), _get(subsidy, "service")
    for name, condition in _map(subsidy, "conditions").items():
        asked = _get(condition, "service")
        yield from _one((*place, "conditions", name, "service"), asked, marked("service"), services)
    if form in ("per-place", "capital-per-place"):
        yield from _one((*place, "service"), service, PLACES, _of_form(services, "places"))
        known = services.get(service) if isinstance(service, str) else None
        for level in _map(subsidy, "rates") if known is not None else ():
            yield from _one((*place, "rates", level), level, LEVEL, _map(known, "levels"))
        return
    yield from _one((*place, "service"), service, marked("walk-in service"), _of_form(services, "walk-in"))
    for rate, terms in _map(subsidy, "rates").items():
        yield from _patterns((*place, "rates", rate, "segments"), _get(terms, "segments"), segments)


def _levels(
    place: Place, service: str, by_level: object, services: Mapping[str, object]
) -> Iterator[tuple[Place, PydanticCustomError]]:
    """A map by level under the name of a service with places."""
    known = _of_form(services, "places")
    yield from _one(place, service, PLACES, known)
    if service in known and isinstance(by_level, Mapping):
        for level in by_level:
            yield from _one((*place, level), level, LEVEL, _map(known[service], "levels"))


def _of_form(services: Mapping[str, object], form: str) -> Mapping[str, object]:
    """The services of one form; those whose form is not said are kept, for it cannot be told."""
    if isinstance(services, _Unknown):
        return services
    forms = ("walk-in", "places", "lease", "event")
    return {
        name: each
        for name, each in services.items()
        if _get(each, "form") == form or _get(each, "form") not in forms
    }


def _one(
    place: Place, name: object, what: str, known: Collection[str]
) -> Iterator[tuple[Place, PydanticCustomError]]:
    if isinstance(name, str) and name not in known and not isinstance(known, _Unknown):
        yield (
            place,
            fault(
                "{what} {name} does not exist",
                "{names}",
                what=Message(what),
                name=name,
                names=choice(name, list(known)),
            ),
        )


def _patterns(
    place: Place, patterns: object, segments: tuple[str, ...]
) -> Iterator[tuple[Place, PydanticCustomError]]:
    for position, pattern in enumerate(patterns if segments and isinstance(patterns, (list, tuple)) else ()):
        if isinstance(pattern, str) and not matching(pattern, segments):
            words = Message("age.income with * for any: {segments}", {"segments": ", ".join(segments)})
            yield (
                (*place, position),
                fault("{pattern} matches no segment", "{words}", pattern=pattern, words=words),
            )


def choice(name: str, known: list[str]) -> Message:
    """The names there are, the nearest one first."""
    if not known:
        return Message("there are none")
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    parts = {"names": ", ".join(known)}
    return (
        Message("did you mean {near}? One of: {names}", {"near": near[0], **parts})
        if near
        else Message("one of: {names}", parts)
    )


class _Unknown(dict[str, object]):
    """Stands for a map that is itself wrong: what it should hold cannot be said."""


def _get(thing: object, *keys: str) -> object:
    """What stands under the keys of a model or of a map; None where there is nothing."""
    for key in keys:
        thing = thing.get(key) if isinstance(thing, Mapping) else getattr(thing, key, None)
    return thing


def _map(thing: object, key: str) -> Mapping[str, object]:
    """A map of named things; an empty one where the key is left out."""
    if (
        isinstance(thing, Mapping)
        and key not in thing
        and key not in ("services", "levels", "ages", "incomes")
    ):
        return {}
    found = _get(thing, key)
    return found if isinstance(found, Mapping) else _Unknown()


def _segments(facility: object) -> tuple[str, ...]:
    catchment = _get(facility, "catchment")
    ages, incomes = _map(catchment, "ages"), _map(catchment, "incomes")
    return tuple(f"{age}.{income}" for age in ages for income in incomes)


def _cited(thing: object, place: Place) -> Iterator[tuple[Place, str]]:
    """Every source cited below a model or a map as written."""
    if isinstance(thing, Frozen):
        named = type(thing).model_fields
        items: list[tuple[str, object]] = [
            (field.alias or name, getattr(thing, name)) for name, field in named.items()
        ]
    elif isinstance(thing, Mapping):
        items = [(str(key), value) for key, value in thing.items()]
    else:
        return
    for key, value in items:
        if key == "source" and isinstance(value, str):
            yield (*place, key), value
        elif not (place == () and key == "sources"):
            yield from _cited(value, (*place, key))
