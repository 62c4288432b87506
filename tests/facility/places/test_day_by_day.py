"""The register against a clerk who knows the law of a day and nothing else, on random houses full of ties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsim.records import PlaceEvent
from tests.facility.places.faults import FAULTS, faulty
from tests.facility.places.random_houses import RULES, difference, random_story, story_of, told_of

STORIES = 120
"""So many random houses at most are searched for a fault."""


@st.composite
def stories(draw):
    rules = frozenset(rule for rule in RULES if draw(st.booleans()))
    return random_story(draw(st.integers(0, 2**32 - 1)), draw(st.integers(1, 30)), rules)


@settings(max_examples=60)
@given(stories())
def test_the_register_agrees_with_the_clerk(story):
    assert difference(story) is None


@pytest.mark.slow
@settings(max_examples=1200)
@given(stories())
def test_the_register_agrees_with_the_clerk_on_many_houses(story):
    assert difference(story) is None


def test_everything_happens_in_the_stories():
    totals = sum(np.array(run["events"]).sum(axis=(0, 1)) for seed in range(30) for run in told_of(seed))
    assert (totals > 20).all(), dict(zip(PlaceEvent, totals, strict=True))


def test_the_module_without_a_fault_agrees_as_text():
    whole = faulty()
    assert all(difference(story_of(seed), whole, told_of(seed)) is None for seed in range(20))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault):
    broken = faulty(*FAULTS[fault])

    def found(seed):
        try:
            return difference(story_of(seed), broken, told_of(seed)) is not None
        except (KeyError, IndexError):
            return True

    assert any(found(seed) for seed in range(STORIES))
