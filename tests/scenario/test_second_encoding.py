"""Two people read the same facts: the shipped numbers against an encoding by somebody who had not seen them.

Two encodings of a number agree if the value of each lies within the range of the other; a number without a range
must lie within the other's, and two numbers without range may differ by one per cent. Where they do not agree, the
difference is settled in the open: the file of the second encoding says under ``settled:`` how, and for whom. A
settled difference that is none any more must go.
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from opsim.scenario.load import load
from opsim.scenario.paths import leaves
from opsim.scenario.quantity import Quantity

HERE = Path(__file__).parent / "second_encoding"
LEAST = {"book-house": 20, "elderly-home": 40, "senior-canteen": 25, "neighborhood-center": 40}
"""How many numbers of each facility are encoded twice, at least."""


def encoded(name: str) -> dict[str, Any]:
    return dict(YAML(typ="safe").load((HERE / f"{name}.yaml").read_text(encoding="utf-8")))


def shipped(name: str) -> dict[str, Quantity]:
    """Every number of the option with embedded services, and those that only the baseline has."""
    scenario = load(name)
    cases = (scenario.baseline, scenario.options["embedded"])
    return {path: leaf for case in cases for path, leaf in leaves(case) if isinstance(leaf, Quantity)}


def ends(number: dict[str, Any] | Quantity) -> tuple[Decimal, Decimal, Decimal]:
    """(low, value, high); all the same for a number without range."""
    if isinstance(number, Quantity):
        assert isinstance(number.value, Decimal)
        value, low, high = number.value, number.low, number.high
    else:
        value, low, high = (
            None if number.get(key) is None else Decimal(str(number[key])) for key in ("value", "low", "high")
        )
        assert value is not None
    return (value if low is None else low), value, (value if high is None else high)


def agree(one: dict[str, Any] | Quantity, other: dict[str, Any] | Quantity) -> bool:
    low, value, high = ends(one)
    other_low, other_value, other_high = ends(other)
    if low == high and other_low == other_high:
        return abs(value - other_value) <= abs(value) / 100
    return (other_low == other_high or other_low <= value <= other_high) and (
        low == high or low <= other_value <= high
    )


@pytest.mark.parametrize("name", LEAST)
def test_every_difference_is_settled(name: str) -> None:
    first, second = shipped(name), encoded(name)
    assert len(second["numbers"]) >= LEAST[name]
    assert all(number["from"] for number in second["numbers"].values())
    unknown = set(second["numbers"]) - set(first)
    assert not unknown
    apart = {path for path, number in second["numbers"].items() if not agree(number, first[path])}
    settled = second.get("settled") or {}
    told = "\n".join(
        f"{path}: {ends(first[path])} against {ends(second['numbers'][path])}"
        for path in sorted(apart - set(settled))
    )
    assert not told, f"neither agreed nor settled:\n{told}"
    assert not set(settled) - apart, "settled, but agreed"


def test_disagreement_is_seen() -> None:
    range_ = {"value": 10, "low": 8, "high": 12}
    assert agree(range_, {"value": 11, "low": 10, "high": 14})
    assert not agree(range_, {"value": 13, "low": 10, "high": 14})  # outside the other's range
    assert not agree(range_, {"value": 11, "low": 10.5, "high": 14})  # whose value it does not hold
    assert agree(range_, {"value": 12})
    assert not agree({"value": 12.1}, range_)
    assert agree({"value": 100}, {"value": 101})
    assert not agree({"value": 100}, {"value": 102})
