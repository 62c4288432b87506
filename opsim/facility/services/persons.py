"""What chance decides about a person who wants a place, long before anybody knows it.

All of it belongs to the person, by name: how long she would wait, how long she would stay, on which days her
need of care changes. Whether she is admitted in March or in May, or at another price, does not change the
day on which she falls ill. So the clock of care runs from the application, in the home or on the waiting
list.

**Care.** Once a year from the application, the transition table says where a person at her level is a year
later: at another level, dead, gone, or still there. The change comes on a day of that year, each equally
likely. At anniversaries the shares are exactly those of the table.

**Those who are there at the start** have been there for a while: see `spells.equilibrium`.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from opsim.demand.random import child, name_hash, uniform
from opsim.facility.services.spells import equilibrium, length, packed
from opsim.records import Float64
from opsim.scenario.places import DIED, LEFT, Places

GONE = (DIED, LEFT)
YEAR = 365
_CARE, _CARE_DAY = name_hash("care"), name_hash("care day")
_STAY, _PATIENCE = name_hash("stay"), name_hash("place patience")


@dataclass(frozen=True, slots=True)
class Change:
    """A change of care: on which day, to which level (or died, left), and in which year of the person's."""

    day: int
    to: str
    year: int


@dataclass(frozen=True, slots=True)
class Fates:
    """The draws of one service with places under one replication's key."""

    key: np.uint64
    transitions: dict[str, tuple[tuple[str, float], ...]]
    """By level: (where to, cumulative share), sorted by name."""
    stay: Float64 | None
    """Packed distribution of days; None: without end."""
    patience: Float64 | None
    rest_of_stay: tuple[Float64, Float64] | None
    """Points of the equilibrium distribution: share, days."""
    rest_of_patience: tuple[Float64, Float64] | None

    def next_change(self, person: int, level: str, origin: int, year: int) -> Change | None:
        """The next change of a person at a level, looked for from a year of her own on; None without one.

        `origin` is the day from which her years count.
        """
        row = self.transitions.get(level, ())
        if not row:
            return None
        while year < _LONGEST:
            entity = np.uint64(child(np.uint64(person), year))
            u = uniform(self.key, entity, _CARE)
            to = next((name for name, upto in row if u < upto), None)
            if to is not None:
                within = int(YEAR * uniform(self.key, entity, _CARE_DAY))
                return Change(origin + YEAR * year + within, to, year)
            year += 1
        return None

    def stay_days(self, person: int, moves: int = 0, *, already: bool = False) -> int | None:
        """Whole days, at least one, that a person stays; of someone already there, that are left.

        `moves` counts her earlier places: each stay is a draw of its own, for it is the long first stays that
        lead to a second.
        """
        entity = int(child(np.uint64(person), moves))
        return self._days(entity, _STAY, self.rest_of_stay if already else self.stay, least=1)

    def patience_days(self, person: int, *, already: bool = False) -> int | None:
        """Whole days that an applicant waits; None: for ever."""
        return self._days(person, _PATIENCE, self.rest_of_patience if already else self.patience, least=0)

    def _days(
        self, person: int, name: np.uint64, of: Float64 | tuple[Float64, Float64] | None, least: int
    ) -> int | None:
        if of is None:
            return None
        return max(least, int(length(of, uniform(self.key, np.uint64(person), name)) + 0.5))


_LONGEST = 150
"""Years after which nobody's care changes any more."""


def fates_of(terms: Places, key: np.uint64, start: date) -> Fates:
    """The draws of a service with places, its numbers read at the start."""
    transitions = {}
    for level, row in terms.transitions.items():
        names = sorted(row)
        upto = np.cumsum([row[name].at(start) for name in names])
        transitions[level] = tuple(zip(names, upto.tolist(), strict=True))
    stay, patience = packed(terms.stay, start), packed(terms.patience, start)
    return Fates(key, transitions, stay, patience, equilibrium(stay), equilibrium(patience))
