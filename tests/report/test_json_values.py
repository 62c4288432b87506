"""Results as plain values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from opsim.errors import Message
from opsim.outcomes.intervals import Estimate
from opsim.report.json_values import dump, line
from opsim.scenario.people import Title


@dataclass(frozen=True)
class Found:
    at: date
    share: Estimate
    by: dict[tuple[str, ...] | str, tuple[float, ...]]


def test_a_result_field_by_field() -> None:
    found = Found(date(2027, 3, 1), Estimate(0.5, (0.25, 0.75)), {"a": (1.0, float("nan"))})
    assert dump(found) == {
        "at": "2027-03-01",
        "share": {"value": 0.5, "ci": [0.25, 0.75], "undefined": 0.0},
        "by": {"a": [1.0, None]},
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None), (True, True), (np.True_, True), (7, 7), (np.int64(7), 7), (Decimal("1.50"), 1.5),
        (float("inf"), None), (np.float64("nan"), None), (np.array([[1.0, np.nan]]), [[1.0, None]]),
        (Title(en="a", zh="甲"), {"en": "a", "zh": "甲"}),
        (Message("years"), {"en": "years", "zh": "年"}),
    ],
)  # fmt: skip
def test_values(value: object, expected: object) -> None:
    assert dump(value) == expected
    assert type(dump(value)) is type(expected)


def test_what_no_result_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="no form for set"):
        dump({1})


def test_a_line_has_what_is_told_in_its_columns() -> None:
    told = {"name": "a", "share": Estimate(0.5, (0.25, 0.75)), "mean": Estimate(2.0, None), "more": 1}
    assert line(told, ("mean", "mean_low", "share_high", "share_low", "share", "name", "other")) == (
        2.0, None, 0.75, 0.25, 0.5, "a", None,
    )  # fmt: skip
