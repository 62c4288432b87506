"""How a scenario is run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from opsim.outcomes.intervals import LEVEL
from opsim.outcomes.precision import LEVEL_AT_LOOKS
from opsim.scenario.load import Scenario
from opsim.study.workers import Crew

DEFAULT_REPLICATIONS: Final = 100


@dataclass(frozen=True, slots=True)
class Settings:
    """How a scenario is run; part of every result."""

    option: str
    """The option that is judged; `compare` puts each of its options here in turn."""
    replications: int = DEFAULT_REPLICATIONS
    years: int = 10
    seed: int = 0
    fixed: bool = False
    """True: base values of all parameters; only chance varies."""
    engine: str = "kernel"
    workers: int = 1
    scheduler: str | None = None
    """Address of a Dask scheduler whose workers are used instead of own processes."""
    ledger_all: bool = False
    precision: float | None = None
    """Stop at the first look at which the headlines are so precise; `replications` are then the most made."""

    @property
    def crew(self) -> Crew:
        """Who does the work; results do not depend on it."""
        return Crew(self.workers, self.scheduler)

    @property
    def level(self) -> float:
        """Level of every single interval: higher where several looks share the error."""
        return LEVEL if self.precision is None else LEVEL_AT_LOOKS


def services_of(scenario: Scenario, options: Sequence[str]) -> tuple[str, ...]:
    """Services of the options, then those that only the baseline has."""
    named = [service for name in options for service in scenario.options[name].services]
    return tuple(dict.fromkeys([*named, *scenario.baseline.services]))
