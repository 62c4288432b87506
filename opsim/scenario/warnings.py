"""What is allowed in a scenario and yet hardly meant: `opsim check` tells it, nothing is refused.

A warning is a function that takes a scenario and yields problems; add it to `WARNINGS`.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from opsim.errors import Message, Problem
from opsim.scenario.assemble import FACILITY
from opsim.scenario.check import SPECIAL
from opsim.scenario.load import BASELINE, Scenario
from opsim.scenario.merge import Notes, override
from opsim.scenario.node import Node, below


def warnings_of(scenario: Scenario) -> list[Problem]:
    """Everything that is hardly meant, with the place where it stands."""
    return [problem for warning in WARNINGS for problem in warning(scenario)]


def written(scenario: Scenario, case: str) -> Node:
    """A case as a tree: the file with everything that it extends, and what the case overrides."""
    root = scenario.tree.without(*SPECIAL)
    return override(root, _over(scenario, case), FACILITY, Notes())


def own_place(scenario: Scenario, case: str, *route: str) -> Node:
    """Where a case says what stands at a route: there if the scenario's own file says it, else at the case."""
    own = scenario.tree.file
    told = [written(scenario, case).get(*route), _over(scenario, case)]
    return next((node for node in told if node is not None and node.file == own), scenario.tree)


def _over(scenario: Scenario, case: str) -> Node:
    place = (BASELINE,) if case == BASELINE else ("options", case)
    nothing = Node({}, scenario.tree.file, scenario.tree.line, below(*place) if len(place) > 1 else case)
    return scenario.tree.get(*place) or nothing


def floor(scenario: Scenario) -> Iterator[Problem]:
    """Services that together have more or less floor than the building; cases that are alike in one line."""
    found: dict[tuple[Decimal, Decimal], list[str]] = {}
    for case, facility in scenario.cases().items():
        start = facility.start
        used = sum((each.area.decimal(start) for each in facility.services.values()), Decimal(0))
        found.setdefault((used, facility.premises.area.decimal(start)), []).append(case)
    for (used, area), cases in found.items():
        if used != area:
            parts = {"cases": ", ".join(cases), "used": f"{used:f}", "area": f"{area:f}"}
            wrong = Message("{cases}: the services have {used} m² together, the premises {area} m²", parts)
            words = Message("areas that fill the premises; shared costs are laid on services by their area")
            yield own_place(scenario, cases[0], "premises", "area").problem(wrong, words)


WARNINGS: Final[tuple[Callable[[Scenario], Iterator[Problem]], ...]] = (floor,)
"""Every warning, in the order in which they are told."""
