"""A facility as written, as drawn and as it stands: one schema, three types that nobody can mistake.

- `Facility`: as written, numbers may have ranges;
- `Drawn`: as one replication draws it, plain numbers, with its shocks worked in. Who comes, what chance
  decides and what reviews look at follow from it for the whole run;
- `InForce`: as it stands in a month, with what reviews have changed. What is planned, paid and staffed
  follows from it.

A function says by its argument's type which one it reads, and mypy refuses another. They are `NewType`s:
nothing is copied or wrapped. What holds in any state (how many segments there are) takes a `Facility`.
"""

from typing import NewType

from opsim.scenario.facility import Facility

Drawn = NewType("Drawn", Facility)
"""See above; made by `mishaps.shocked.as_shocked`."""
InForce = NewType("InForce", Facility)
"""See above; made by `standing.as_it_stands`."""
