"""Times that hardly exceed the second to which they are rounded are told, with the place where they stand."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from opsim.demand.distributions import pack, quantiles
from opsim.demand.short import PART, long_enough, short_times
from opsim.scenario.load import load
from opsim.scenario.named_distribution import Distribution

TEA_ROOM = Path(__file__).parents[1] / "worked" / "tea-room.yaml"
ALLOWED = "minutes; time is counted in whole seconds, a service lasts at least one"


def told(tmp_path: Path, **changes: str) -> list[str]:
    """What is told of the tea room after texts of its file were replaced."""
    text = TEA_ROOM.read_text(encoding="utf-8")
    for old, new in (change.split(" -> ") for change in changes.values()):
        assert text.count(old) == 1
        text = text.replace(old, new)
    file = tmp_path / "tea.yaml"
    file.write_text(text, encoding="utf-8")
    return [str(each).replace(f"{tmp_path}/", "") for each in short_times(load(file))]


def test_the_tea_room_and_the_shipped_scenarios_are_long_enough(tmp_path):
    assert told(tmp_path) == []
    for name in ("book-house", "neighborhood-center", "large-venue"):
        assert list(short_times(load(name))) == []


CUP = "duration: {dist: deterministic, mean: 3}"
SEAT = "duration: {dist: exponential, mean: 60}"
WAIT = "patience: {dist: deterministic, mean: 20}"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (f"{CUP} -> duration: {{dist: deterministic, mean: 0.005}}", "tea.steps.cup.duration: below one second in 100 %, with a mean of 0.005 "),
        (f"{CUP} -> duration: {{dist: deterministic, mean: 0}}", "tea.steps.cup.duration: below one second in 100 %, with a mean of 0 "),
        (f"{CUP} -> duration: {{dist: deterministic, mean: 0.0167}}", None),
        (f"{SEAT} -> duration: {{dist: exponential, mean: 0.15}}", "reading.steps.seat.duration: below one second in 10 %, with a mean of 0.15 "),
        (f"{SEAT} -> duration: {{dist: exponential, mean: 0.2}}", None),
        (f"{SEAT} -> duration: {{dist: uniform, low: 0, high: 0.1}}", "seat.duration: below one second in 17 %, with a mean of 0.05 "),
        (f"{SEAT} -> duration: {{dist: normal, mean: 0.02, spread: 0.001}}", None),
        (f"{WAIT} -> patience: {{dist: deterministic, mean: 0.01}}", "seat.patience: below one second in 100 %, with a mean of 0.01 "),
        (f"{WAIT} -> patience: {{dist: deterministic, mean: 0}}", None),
        (f"{WAIT} -> patience: {{dist: empirical, values: [0, 5]}}", None),
        (f"{CUP} -> {CUP}, walk: 0.01", "cup.walk: a walk of 0.01 minutes, which is below one second"),
        (f"{CUP} -> {CUP}, walk: 0.02", None),
    ],
)  # fmt: skip
def test_what_is_shorter_than_a_second(tmp_path, change, expected):
    found = told(tmp_path, change=change)
    if expected is None:
        assert found == []
        return
    (one,) = found
    assert expected in one
    assert one.startswith("tea.yaml:")
    assert one.endswith(ALLOWED)


def test_an_option_is_told_where_it_says_so_and_what_all_share_is_told_once(tmp_path):
    option = "options: {with-tea: {title: {en: with tea, zh: 供茶}, services: {tea: {steps: {cup: {duration: {dist: deterministic, mean: 0.01}}}}}}}"
    (one,) = told(
        tmp_path, change=f"options: {{with-tea: {{title: {{en: with tea, zh: 供茶}}}}}} -> {option}"
    )
    assert "options.with-tea.services.tea.steps.cup.duration: below one second in 100 %," in one
    (one,) = told(tmp_path, change=f"{SEAT} -> duration: {{dist: deterministic, mean: 0.01}}")
    assert "services.reading.steps.seat.duration" in one


MINUTES = st.floats(1e-4, 50)


@given(
    st.one_of(
        st.fixed_dictionaries({"dist": st.just("exponential"), "mean": MINUTES}),
        st.fixed_dictionaries({"dist": st.just("deterministic"), "mean": MINUTES}),
        st.fixed_dictionaries(
            {"dist": st.sampled_from(["gamma", "weibull", "lognormal"]), "mean": MINUTES, "spread": MINUTES}
        ).filter(lambda of: 0.05 < of["spread"] / of["mean"] < 20),
    )
)
def test_what_a_formula_finds_long_enough_has_hardly_a_draw_below_a_second(written):
    of = TypeAdapter(Distribution).validate_python(written)
    day = date(2027, 1, 1)
    packed, begins = pack([(of, day)])
    below = quantiles(packed, int(begins[0]), (np.arange(1000) + 0.5) / 1000) < 1 / 60
    assert not (long_enough(of, day) and below.mean() >= PART)
    event(f"long enough: {long_enough(of, day)}")
