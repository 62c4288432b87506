"""Sensitivity of the tea room: what is known by hand comes out, and nothing is asked twice."""

from dataclasses import replace

import numpy as np
import pytest

from opsim.demand.random import stream_key
from opsim.demand.uncertain import Quantile, drawn, draws, placed, ranged_paths, with_ranges
from opsim.report.sections.what_drives import findings
from opsim.scenario.overrides.values import with_values
from opsim.scenario.quantity import Quantity
from opsim.study import keeping
from opsim.study import sensitivity as sensitive
from opsim.study.findings import CHANCE, COST_CHANGE, ROOM, Bar, Effect, Share
from opsim.study.inquiry import Inquiry, Request
from opsim.study.run import Settings
from opsim.study.sensitivity import (
    ASKED,
    count_runs,
    default_replications,
    numbers_of,
    sensitivity,
)  # fmt: skip
from opsim.study.store import Store
from tests.study.ranges import CONVERSION, LIGHT, PRICE, unsure

pytestmark = pytest.mark.usefixtures("few_trajectories")
SETTINGS = Settings("with-tea", replications=7, years=1, seed=3)
"""Seven trajectories of five points: fewer than 35 cases could not acquit the gate."""
LATER = 5


@pytest.fixture(scope="module")
def few_trajectories():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sensitive, "LATER", LATER)
        yield


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    return unsure(tmp_path_factory.mktemp("tea"))


@pytest.fixture(scope="module")
def screening(scenario, few_trajectories):
    return sensitivity(Inquiry(scenario, SETTINGS, ASKED), "morris", numbers_of(scenario, "with-tea"))


def test_the_numbers_are_those_with_ranges(scenario):
    assert set(numbers_of(scenario, "with-tea")) == {PRICE, CONVERSION, LIGHT}


def test_quantiles_lie_where_draws_lie(scenario):
    facility, key = scenario.options["with-tea"], stream_key(3, 0)
    low = placed(facility, {LIGHT: Quantile(0.0), "services.reading.price": Quantile(0.5)})
    assert float(low.costs["light"].amount.value) == 160
    assert LIGHT not in ranged_paths(low)
    assert PRICE in ranged_paths(low)
    middle = placed(facility, {LIGHT: Quantile(0.5)})
    assert float(middle.costs["light"].amount.value) == pytest.approx(222.02, abs=0.01)
    assert draws(facility, key)[LIGHT] == float(drawn(facility, key).costs["light"].amount.value)
    other = with_ranges(
        facility, {LIGHT: Quantity(value=10, low=0, high=20, dist="uniform"), "no.such": Quantity(value=1)}
    )
    assert float(placed(other, {LIGHT: Quantile(0.75)}).costs["light"].amount.value) == 15
    assert placed(facility, {}) is facility


def test_one_at_a_time_is_two_runs_and_their_difference(scenario):
    settings = Settings("with-tea", replications=6, years=1, seed=3, fixed=True)
    result = sensitivity(Inquiry(scenario, settings, ASKED), "oat", numbers_of(scenario, "with-tea"))
    assert result.runs == count_runs("oat", 3, 6) == 42
    (light,) = (bar for bar in result.found[ROOM] if bar.path == LIGHT)
    assert isinstance(light, Bar)
    rooms = {}
    for amount in (160, 200):
        changed = with_values(scenario, {LIGHT: amount})
        (rows,) = Inquiry(changed, settings, ASKED).rows([Request(0, {}, range(6))])
        rooms[amount] = np.array([row.cases["with-tea"]["money_room"][0] for row in rows])
    assert light.low.value == pytest.approx((rooms[160] - rooms[200]).mean())
    assert light.low.value > 0 > light.high.value
    assert result.found[ROOM][0].path == LIGHT
    assert result.deciding()[0] == LIGHT
    assert light.turns == (0.0, 1.0)  # at base it holds; 1,440 yuan more of light are too much
    assert result.base[ROOM].value == pytest.approx(rooms[200].mean())


def test_morris_names_what_decides(screening):
    assert screening.runs == count_runs("morris", 3, 7) == 7 * 5 + LATER * 5
    assert screening.flag == "holds_with_grants"
    assert screening.deciding()[0] == LIGHT
    assert CHANCE not in screening.deciding()
    for outcome in (COST_CHANGE, ROOM):
        assert {each.path for each in screening.found[outcome]} == {PRICE, CONVERSION, LIGHT, CHANCE}
        assert all(
            isinstance(each, Effect) and each.trajectories == LATER for each in screening.found[outcome]
        )
    room = {each.path: each for each in screening.found[ROOM]}
    assert room[LIGHT].screening.mu < 0 < room[CONVERSION].screening.mu
    assert room[CHANCE].size < room[LIGHT].size
    # In the light bill the room is income ÷ cost − 1: it falls by itself, hardly depending on the others.
    assert room[LIGHT].screening.sigma < 0.4 * room[LIGHT].size
    assert screening.noise[ROOM] == room[CHANCE].size


def test_what_turns_the_verdict_no_more_often_than_chance_does_not_decide_it(screening):
    (often,) = (each.turning for each in screening.found[ROOM] if each.path == LIGHT)
    as_often = {
        ROOM: [
            replace(each, turning=often) if each.path == CHANCE else each for each in screening.found[ROOM]
        ]
    }
    chancy = replace(screening, found={**screening.found, **as_often})
    assert chancy.turned_by_chance() == often.value > 0
    assert LIGHT in screening.deciding()
    assert LIGHT not in chancy.deciding()
    told = "\n".join(findings(chancy, "en"))
    assert "Chance alone turned it in" in told
    assert ("No number turned the verdict more often than chance alone" in told) == (not chancy.deciding())


@pytest.mark.slow
def test_sobol_shares_of_the_room_are_those_of_the_light(scenario):
    # So many that the gate is seen to hold, and the room is that of the money.
    settings = Settings("with-tea", replications=64, years=1, seed=3)
    result = sensitivity(Inquiry(scenario, settings, ASKED), "sobol", numbers_of(scenario, "with-tea"))
    assert result.runs == count_runs("sobol", 3, 64) == 64 * 6
    leading = result.found[ROOM][0]
    assert isinstance(leading, Share)
    assert leading.path == LIGHT
    assert leading.indices.total.value > 0.5
    assert result.deciding() == ()


def test_a_world_without_ranges_has_zeros_and_no_warnings(scenario):
    numbers = numbers_of(scenario, "with-tea")
    plain = with_ranges(scenario.options["with-tea"], {path: Quantity(value=2) for path in numbers})
    assert ranged_paths(plain) == ()
    result = sensitivity(Inquiry(scenario, SETTINGS, ASKED), "morris", ("services.reading.area",))
    (still,) = (each for each in result.found[ROOM] if each.path != CHANCE)
    assert (still.size, still.screening.sigma, still.turning.value) == (0, 0, 0)


def test_what_was_heard_is_not_asked_again(scenario, screening, tmp_path):
    asked = {"method": "morris"}
    keeping.begin(tmp_path, "sensitivity", scenario, SETTINGS, asked)
    numbers = numbers_of(scenario, "with-tea")
    with Store(tmp_path) as kept:
        stopped = Inquiry(scenario, SETTINGS, ASKED, kept, _stop_after(50))
        with pytest.raises(KeyboardInterrupt):
            sensitivity(stopped, "morris", numbers)
    with Store(tmp_path) as kept:
        assert kept.count() == 50
        again, settings, told = keeping.again(tmp_path, "sensitivity", kept)
        assert (settings, told) == (SETTINGS, asked)
        heard = []
        result = sensitivity(Inquiry(again, settings, ASKED, kept, heard.append), "morris", numbers)
        assert kept.count() == result.runs
        assert heard[0] == 35  # the first trajectories are all there
    assert (result.found, result.shares, result.base) == (screening.found, screening.shares, screening.base)


def _stop_after(count):
    def progress(done):
        if done == count:
            raise KeyboardInterrupt

    return progress


def test_a_changed_scenario_is_refused(scenario, tmp_path):
    keeping.begin(tmp_path, "sensitivity", scenario, SETTINGS, {})
    with Store(tmp_path) as kept:
        with pytest.raises(Exception, match="no study of this kind"):
            keeping.again(tmp_path, "breakeven", kept)
        file = tmp_path / "scenario.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace("200", "201"), encoding="utf-8")
        with pytest.raises(Exception, match="not those that the study was begun with"):
            keeping.again(tmp_path, "sensitivity", kept)


def test_unless_asked_otherwise_a_study_is_of_a_size_that_can_be_waited_for():
    assert default_replications("morris", 295) == 4
    assert count_runs("morris", 295, 4) < 1300
    assert default_replications("morris", 20) == 10
    assert default_replications("oat", 295) == 2
    assert default_replications("oat", 3) == 30
    assert default_replications("sobol", 8) == 256
