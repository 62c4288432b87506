"""A known function in the place of the simulation: every other line of a command is the command's own.

`plant` puts it below `opsim.study.worker_task`, where a facility would be lived: what is placed, drawn, asked
for, kept and told runs as it always does. The function is given the case's numbers and the replication.
"""

import sqlite3
from typing import NamedTuple

from opsim.demand.random import stream_key
from opsim.report import folder as folders
from opsim.study import store, worker_task
from tests.study.ranges import ROOM

REPLICATIONS = {stream_key(seed, number): number for seed in (0, 3) for number in range(600)}
"""The replication to each key of the seeds used."""
LIGHT, PRICE, PEOPLE = "costs.light.amount", "services.tea.price", "catchment.population"
TEXT = """
extends: {room}
services: {{tea: {{price: {{value: 5, low: 4, high: 6, dist: uniform, assumption: test}}}}}}
costs: {{light: {{amount: {{value: 200, low: 160, high: 240, dist: uniform, assumption: test}}}}}}
catchment: {{population: {{value: 3000, low: 1000, high: 5000, dist: uniform, assumption: test}}}}
"""


class Numbers(NamedTuple):
    """What a case's numbers are: from 160 to 240, from 4 to 6, from 1000 to 5000."""

    light: float
    price: float
    population: float


def numbers(facility):
    price = facility.services["tea"].price.value if "tea" in facility.services else 0
    return Numbers(
        *map(float, (facility.costs["light"].amount.value, price, facility.catchment.population.value))
    )


class Planted(NamedTuple):
    """An outcome of the function."""

    name: str
    function: object

    def measure(self, pair):
        return float(self.function(pair.case, pair.baseline)), 1.0


class Life(NamedTuple):
    """What stands for a life: the numbers and the replication."""

    numbers: Numbers
    replication: int


def plant(monkeypatch, functions):
    """Answer with functions of (case, baseline), both a `Life`; what is not named is zero. Returns who was asked.

    By default gate, users and grants hold. To be quick no figure is drawn, and no row waits for the disk.
    """
    monkeypatch.setattr(folders.figures, "save", lambda *given: [])
    monkeypatch.setattr(store, "_connected", _quickly)
    lived = []

    def live(facility, key, years, engine):
        life = Life(numbers(facility), REPLICATIONS[key])
        lived.append(("tea" in facility.services, life))
        return life

    whole = (
        dict.fromkeys(("gate_holds", "holds_with_grants", "holds_on_users"), lambda case, base: 1) | functions
    )
    monkeypatch.setattr(worker_task, "live", live)
    monkeypatch.setattr(
        worker_task, "_measures",
        lambda services, names: [Planted(name, whole.get(name, lambda case, base: 0)) for name in names],
    )  # fmt: skip
    return lived


def _quickly(path):
    database = sqlite3.connect(path)
    database.execute("pragma synchronous = off")
    return database


def written(folder):
    """The scenario whose numbers the function is given."""
    file = folder / "tea.yaml"
    file.write_text(TEXT.format(room=ROOM.as_posix()), encoding="utf-8")
    return file
