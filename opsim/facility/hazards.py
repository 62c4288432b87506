"""What may strike in any year: floods and epidemics that close the whole facility for some months.

Whether a year is struck, and in which of its months, belongs to the hazard's name and the year: a facility
that is closed by a flood in its third year is so whatever else happens to it, and a rarer hazard strikes some
of the same years in the same months.
"""

import numpy as np

from opsim.demand.random import name_hash, uniform
from opsim.facility.mishaps.closures import Closing
from opsim.scenario.facility import Facility


def struck(facility: Facility, key: np.uint64, years: int) -> tuple[Closing, ...]:
    """The closings that chance brings in so many budget years of a replication."""
    found = []
    for name, hazard in facility.shocks.hazards.items():
        chance, months = (leaf.at(facility.start) for leaf in (hazard.chance, hazard.months))
        wages = hazard.wages.decimal(facility.start)
        whether, when = name_hash("hazard", name), name_hash("hazard", name, "month")
        for year in range(years):
            if uniform(key, np.uint64(year), whether) < chance:
                first = 12 * year + int(12 * uniform(key, np.uint64(year), when))
                found.append(Closing(first, first + round(months), wages))
    return tuple(found)
