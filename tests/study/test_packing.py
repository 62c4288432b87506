"""Packed values come back as they were, and bytes never become anything else than values."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsim.study.packing import packed, unpacked

PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
KEYS = st.text() | st.integers() | st.tuples(st.text(), st.text())
VALUES = st.recursive(
    PLAIN, lambda each: st.lists(each) | st.lists(each).map(tuple) | st.dictionaries(KEYS, each)
)


@given(VALUES)
def test_values_come_back_as_they_were(value):
    assert unpacked(packed(value), ()) == value


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.int16, np.int8, np.float64, np.bool_])
def test_arrays_come_back_as_they_were_and_may_be_written_to(kind):
    arrays = [np.arange(12).reshape(3, 4).astype(kind), np.zeros((0, 5), kind), np.array(1, kind)]
    for before, after in zip(arrays, unpacked(packed(arrays), ()), strict=True):
        assert (before.dtype, before.shape, before.tolist()) == (after.dtype, after.shape, after.tolist())
        after[...] = 0


@dataclass(frozen=True)
class Pair:
    left: object
    right: object


def test_only_dataclasses_that_the_reader_names_are_made():
    blob = packed({("a", "b"): Pair(np.arange(3), None)})
    ((key, pair),) = unpacked(blob, (Pair,)).items()
    assert (key, pair.left.tolist(), pair.right) == (("a", "b"), [0, 1, 2], None)
    with pytest.raises(KeyError, match="Pair"):
        unpacked(blob, ())


def test_arrays_of_objects_are_refused():
    with pytest.raises(ValueError, match="array of"):
        unpacked(packed(np.array(["text"])), ())
