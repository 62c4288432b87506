"""Names that lead nowhere: every reference from one part of a facility to another, checked at once.

A step names its station, a station its crew, a cost the service it goes with, a number its source. The check
reads a facility as validated or as written: a file with other mistakes still has all of its names checked.
"""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches

from pydantic_core import PydanticCustomError

from opsim.errors import Message, marked
from opsim.scenario.fault import fault
from opsim.scenario.people import matching
from opsim.scenario.quantity import Frozen

Place = tuple[str | int, ...]
"""Keys that lead to a value from the root of the facility."""

OVERRIDE = "override"
"""The source of a number set on the command line: it needs no entry under ``sources:``."""


def wrong_references(facility: object) -> Iterator[tuple[Place, PydanticCustomError]]:
    """Every reference without a target, with its place; `facility` is a `Facility` or its map as written."""
    services, stations = _map(facility, "services"), _map(facility, "stations")
    segments = _segments(facility)
    for name, service in services.items():
        yield from _of_service(("services", name), service, services, stations, facility)
    for name, station in stations.items():
        yield from _one(
            ("stations", name, "crew"), _get(station, "crew"), marked("staff group"), _map(facility, "staff")
        )
    for part in ("costs", "staff", "assets"):
        for name, thing in _map(facility, part).items():
            yield from _one(
                (part, name, "avoidable_with"), _get(thing, "avoidable_with"), marked("service"), services
            )
    for name, subsidy in _map(facility, "subsidies").items():
        yield from _one(("subsidies", name, "service"), _get(subsidy, "service"), marked("service"), services)
        for rate, terms in _map(subsidy, "rates").items():
            yield from _patterns(
                ("subsidies", name, "rates", rate, "segments"), _get(terms, "segments"), segments
            )
    for name in _map(_get(facility, "gate"), "promised_hours"):
        yield from _one(("gate", "promised_hours", name), name, marked("service"), services)
    yield from _patterns(
        ("catchment", "priority_groups"), _get(facility, "catchment", "priority_groups"), segments
    )
    sources = _map(facility, "sources")
    for place, source in _cited(facility, ()):
        if source != OVERRIDE:
            yield from _one(place, source, marked("source"), sources)


def _of_service(
    place: Place,
    service: object,
    services: Mapping[str, object],
    stations: Mapping[str, object],
    facility: object,
) -> Iterator[tuple[Place, PydanticCustomError]]:
    for name, step in _map(service, "steps").items():
        yield from _one(
            (*place, "steps", name, "station"), _get(step, "station"), marked("station"), stations
        )
    others = [name for name in services if name != place[-1]]
    for host in _map(service, "spillover"):
        yield from _one((*place, "spillover", host), host, marked("other service"), others)
    segments = _segments(facility)
    for name, discount in _map(service, "discounts").items():
        yield from _patterns((*place, "discounts", name, "segments"), _get(discount, "segments"), segments)
    yield from _patterns((*place, "demand", "priority"), _get(service, "demand", "priority"), segments)
    bands = (("visits_per_person", marked("age band"), "ages"), ("vacation", marked("age band"), "ages"),
             ("income_factor", marked("income band"), "incomes"))  # fmt: skip
    for key, what, kind in bands:
        known = _map(_get(facility, "catchment"), kind)
        for name in _map(_get(service, "demand"), key):
            yield from _one((*place, "demand", key, name), name, what, known)


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
        and key not in ("stations", "services", "ages", "incomes")
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
