"""Every outcome in the order in which it is told: those of a case as a whole, then those of its services."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import Final

from opsim.outcomes.intervals import Fraction
from opsim.outcomes.outcome import Outcome
from opsim.outcomes.pair import Pair
from opsim.outcomes.reported import access, by_service, feasibility, finance, incidence, lettings, residents
from opsim.scenario.load import Scenario


def _made_in(*modules: ModuleType) -> Iterator[Outcome]:
    """Outcomes and families in the order in which the modules define them."""
    for module in modules:
        for value in vars(module).values():
            for each in value if isinstance(value, tuple) else (value,):
                if isinstance(each, Outcome):
                    yield each


OUTCOMES: Final = tuple(_made_in(access, residents, lettings, finance, incidence, feasibility))
"""Every outcome that does not depend on the names of services."""
_OF_A_SERVICE: Final = tuple(_made_in(by_service))


def service_outcomes(services: tuple[str, ...]) -> tuple[Outcome, ...]:
    """Outcomes of each service, named after it, such as ``sold.cafe`` and ``direct_margin.cafe``."""
    return tuple(
        replace(each, name=f"{each.name}.{service}", measure=partial(_of, each.measure, service))
        for each in _OF_A_SERVICE
        for service in services
    )


def _of(measure: Callable[..., Fraction], service: str, pair: Pair) -> Fraction:
    return measure(pair, service)


def outcomes_of(scenario: Scenario, services: Iterable[str]) -> tuple[Outcome, ...]:
    """Every outcome, those of the services last.

    What is sold of places are days in them, of events the crowd: both are called and counted so.
    """
    forms = {name: each.form for case in scenario.cases().values() for name, each in case.services.items()}
    single = service_outcomes(tuple(services))
    return (*OUTCOMES, *(as_sold(each, forms[each.name.partition(".")[2]]) for each in single))


def as_sold(outcome: Outcome, form: str) -> Outcome:
    """An outcome of a service of this form."""
    like = {"places": residents.place_days, "event": lettings.attendance}.get(form)
    if like is None or not outcome.name.startswith("sold."):
        return outcome
    return replace(outcome, title=like.title, unit=like.unit)
