"""The stress box: on the same draws, as strong as it says, and broken where it breaks."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from opsim.cli.main import main
from opsim.errors import Message
from opsim.facility.mishaps.shocked import as_shocked
from opsim.records import Bool
from opsim.report.figures import figure_sheet, stress_shares
from opsim.report.figures import gallery as figures
from opsim.report.results import Results, read
from opsim.report.sections.under_stress import rows
from opsim.scenario.load import Scenario, load
from opsim.scenario.quantity import constant
from opsim.scenario.shocks import Shocks
from opsim.scenario.yaml.node import Node
from opsim.study import evaluate as evaluating
from opsim.study import stress_search as stressing
from opsim.study.evaluate import Experiment, Request
from opsim.study.run_and_compare import RunResult, run
from opsim.study.settings import Settings
from opsim.study.store import Store
from opsim.study.stress_box import BOX, STRONGEST, Stress
from opsim.study.stress_search import (
    BREAKS,
    HOLDS,
    PRECISION,
    Break,
    StressResult,
    point_of_failure,
    refusal,
    stress,
)
from opsim.study.worker_task import SHOCKS, with_shocks
from tests.facility.services.stall import contract, stall
from tests.report.glyphs import glyphless

SHORT = Settings("with-tea", replications=3, years=3, seed=1)


def tea_room() -> Scenario:
    return load("tests/worked/tea-room.yaml")


@pytest.fixture(scope="module")
def result() -> StressResult:
    return stress(tea_room(), SHORT)


def named(name: str) -> Stress:
    return next(each for each in BOX if each.name == name)


def test_every_stress_is_neutral_at_strength_zero_and_valid_at_its_strongest() -> None:
    for each in BOX:
        neutral = {".".join(("shocks", *setting.path)): setting.neutral for setting in each.settings}
        assert each.values(0) == neutral
        Shocks.model_validate(each.shocks(0))
        Shocks.model_validate(each.shocks(each.strongest))
        assert 1 < each.strongest <= STRONGEST


@pytest.mark.parametrize(
    ("name", "strength", "expected"),
    [
        ("F1", 1, {"demand": 0.8}),
        ("F3", 0.5, {"wages": 1.075}),
        ("F4", 1, {"grants": {"delay": 6, "cut": 0.3}}),
        ("F5", 1, {"food": 1.15, "prices_frozen": True}),
        ("F6", 1, {"closures": {"stress": {"from": 13, "wages": 1, "months": 3}}}),
        ("F12", 1, {"demand": 0.9, "wages": 1.075, "grants": {"delay": 3, "cut": 0.15}}),
    ],
)
def test_what_a_stress_writes(name: str, strength: float, expected: dict[str, object]) -> None:
    assert named(name).shocks(strength) == expected


def test_limits_hold_the_reverse_stress() -> None:
    # A cut of 30 % reaches the whole grant at 3.33 times, a share of 25 % three quarters at 3 times.
    assert named("F4").settings[1].strongest == pytest.approx(1 / 0.3)
    assert named("F8").strongest == pytest.approx(3)
    assert named("F4").values(3) == {"shocks.grants.delay": 18, "shocks.grants.cut": 0.9}


def test_what_does_not_apply_is_told_with_its_reason(result: StressResult) -> None:
    reasons = {name: str(found) for name, found in result.stresses.items() if isinstance(found, Message)}
    assert reasons.keys() == {"F2", "F7", "F9", "F11"}
    assert "government runs the facility itself" in reasons["F7"]
    early = Settings("with-tea", replications=1, years=1)
    why = refusal(named("F6"), tea_room(), early)
    assert str(why) == "it begins in month 13, beyond 1 years"


def test_without_stress_it_is_the_run_itself(result: StressResult) -> None:
    plain = run(tea_room(), SHORT)
    assert result.unstressed.option == plain.option
    assert result.unstressed.baseline == plain.baseline


def test_a_stress_is_the_run_of_a_scenario_that_says_so(result: StressResult, tmp_path: Path) -> None:
    """F3 and F6 written into the file give what the box gives, the baseline included."""
    for name, written in (
        ("F3", "wages: 1.15"),
        ("F6", "closures: {stress: {from: 13, months: 3, wages: 1}}"),
    ):
        file = tmp_path / f"{name}.yaml"
        file.write_text(
            f"extends: {Path('tests/worked/tea-room.yaml').resolve()}\nshocks: {{{written}}}\n",
            encoding="utf-8",
        )
        said, found = run(load(file), SHORT), result.stresses[name]
        assert isinstance(found, RunResult)
        assert found.option == said.option
        assert found.baseline == said.baseline


def test_shocks_of_the_scenario_stay(tmp_path: Path) -> None:
    of = tea_room().options["with-tea"]
    scared = with_shocks(
        of, Shocks.model_validate({"wages": 1.1, "closures": {"a": {"from": 2, "months": 1}}})
    )
    both = with_shocks(scared, Shocks.model_validate(named("F6").shocks(1)))
    assert both.shocks.wages.at(of.start) == 1.1
    assert both.shocks.closures.keys() == {"a", "stress"}
    assert as_shocked(of) is of


def test_the_point_of_failure_is_where_half_of_the_cases_fail(
    result: StressResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A made-up option: replication i holds up to demand 0.86, 0.74 and 0.62; the second decides.

    No case is lived again where what has been found of it decides already.
    """
    asked: dict[tuple[str, int], list[float]] = defaultdict(list)
    least = {"F1": (0.86, 0.74, 0.62), "F3": (0.0, 0.0, 0.0)}

    def found(name: str, unstressed: list[bool], at_full: list[bool]) -> Break:
        search = point_of_failure(named(name), np.array(unstressed), np.array(at_full))
        answer = None
        while True:
            try:
                strength, number = next(search) if answer is None else search.send(answer)
            except StopIteration as end:
                return end.value
            demand = Shocks.model_validate(named(name).shocks(strength)).demand.at(
                result.scenario.baseline.start
            )
            limit, past = least[name][number], asked[name, number]
            assert not any(limit <= before <= demand or demand <= before < limit for before in past)
            past.append(demand)
            answer = demand >= limit

    demand = found("F1", [True] * 3, [False, True, True])
    assert asked["F1", 0] == []  # it fails at full strength, and the point is looked for beyond
    exact = (1 - 0.74) / 0.2
    assert demand.strength is not None
    assert exact <= demand.strength <= exact / (1 - PRECISION)
    asked.clear()
    wages = point_of_failure(named("F3"), np.array([True] * 3), np.array([True] * 3))
    assert [next(wages), wages.send(True)] == [(STRONGEST, 0), (STRONGEST, 1)]
    with pytest.raises(StopIteration) as ended:  # two of three hold: the third cannot change that
        wages.send(True)
    assert ended.value.value == Break(None, STRONGEST)
    assert BREAKS == 0.5


def test_what_is_broken_without_stress_is_broken_at_strength_zero(result: StressResult) -> None:
    experiment = Experiment(tea_room(), SHORT, (HOLDS,))
    held = {"F1": np.zeros(3, bool)}
    broken = stressing._breaks(experiment, [{}, {}], [named("F1")], np.array([False, False, True]), held)
    assert broken["F1"] == Break(0.0, STRONGEST)


def test_the_table_has_a_line_for_each(result: StressResult) -> None:
    lines = list(rows(result))
    assert [line[0] for line in lines] == ["", *(each.name for each in BOX)]
    assert len({len(line) for line in lines}) == 1


def test_the_command_writes_its_folder_and_says_null_with_a_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    line = ["stress", "tests/worked/tea-room.yaml", "--replications", "1", "--years", "1", "--workers", "1"]
    assert main([*line, "--out", str(out), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["stresses"].keys() == {each.name for each in BOX}
    assert told["stresses"]["F6"] is None
    assert told["reasons"]["F6"]["zh"] == "该压力自第13个月开始，超出1年的测算期"
    assert told["stresses"]["F1"]["breaks"]["tried"] == 3
    assert {path.name for path in out.iterdir()} == {
        "run.json",
        "scenario.yaml",
        "stress.csv",
        "checksums.txt",
        "study.sqlite",
        "figures",
    }
    found = read(out)
    assert figures.names(found) == ("stress",)
    figure = figures.draw(found, "stress", "zh")
    assert "无压力" in [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert not glyphless(figure)


EASY = {"reach": 0.5, "denial": 1, "wait": 1_000, "public_share": 0}
"""Red lines that nobody crosses."""


def test_the_search_along_a_stress_begins_with_what_that_stress_did_at_full_strength(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: dict[str, tuple[list[bool], list[bool]]] = {}

    def noted(of: Stress, unstressed: Bool, at_full: Bool) -> Iterator[Break]:
        begun[of.name] = (unstressed.tolist(), at_full.tolist())
        return Break(None, of.strongest)
        yield

    monkeypatch.setattr(stressing, "point_of_failure", noted)
    easy = [f"gate.{name}={limit}" for name, limit in EASY.items()]
    scenario = load("tests/worked/tea-room.yaml", sets=[*easy, "costs.light.amount=240"])
    found = stress(scenario, replace(SHORT, years=1, replications=2))

    def held(result: RunResult) -> list[bool]:
        return [pair.option.fractions["holds_with_grants"][0] == 1 for pair in result.replications]

    assert begun == {
        name: (held(found.unstressed), held(each))
        for name, each in found.stresses.items()
        if isinstance(each, RunResult)
    }
    assert len({tuple(at_full) for _, at_full in begun.values()}) > 1


@pytest.mark.parametrize(("margin", "holds"), [(0, True), (0.99, False)])
def test_the_search_for_the_point_of_failure_asks_whether_the_operator_would_sign(
    margin: float, holds: bool
) -> None:
    """As the shares of cases do: the same stall, run by one who is content with no margin and by one who is not."""
    run_by = stall(contract(operator={"capital": 1_000, "signing": {"margin": margin}}), gate=EASY)
    once = replace(SHORT, option="run-by-operator", years=1, replications=1)
    scenario = replace(
        tea_room(), baseline=run_by, options={"run-by-operator": run_by}, tree=Node({}, "", 1, "")
    )
    shocked = {SHOCKS: Shocks.model_validate(named("F1").shocks(0))}
    requests = [Request(0, {}, (0,)), Request(1, shocked, (0,))]
    for (row,) in Experiment(scenario, once, (HOLDS, "gate_holds")).rows(requests):
        assert row.cases["run-by-operator"]["gate_holds"] == (1.0, 1.0)
        assert row.cases["run-by-operator"][HOLDS] == (float(holds), 1.0)
        assert stressing._holds(row, "run-by-operator") is holds


def test_points_of_failure_gone_on_with_are_those_of_an_undisturbed_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Stopped again and again amid the box and amid the search, it asks nothing twice."""
    easy = [f"gate.{name}={limit}" for name, limit in EASY.items()]
    scenario = load("tests/worked/tea-room.yaml", sets=[*easy, "costs.light.amount=240"])
    once = replace(SHORT, years=1, replications=2)
    whole = Store()
    calm = stress(scenario, once, kept=whole)
    kept, found, places = Store(), None, []
    real = evaluating.evaluated

    def now_and_then(task: evaluating.Task) -> object:
        if len(places) % 7 == 6:
            places.append(None)
            raise KeyboardInterrupt
        places.append(task.place)
        return real(task)

    monkeypatch.setattr(evaluating, "evaluated", now_and_then)
    while found is None or not found.complete:
        with suppress(KeyboardInterrupt):
            found = stress(scenario, once, kept=kept)
    assert found.breaks == calm.breaks
    assert any(each.strength for each in calm.breaks.values())
    assert [each.option for each in found.stresses.values() if isinstance(each, RunResult)] == [
        each.option for each in calm.stresses.values() if isinstance(each, RunResult)
    ]
    assert kept.count() == whole.count() == len([place for place in places if place is not None])


@pytest.mark.parametrize(("failing_cases", "cuts"), [("0.10", [90]), ("0.05", [90, 95])])
def test_a_gate_with_a_cut_of_its_own_has_a_line_of_its_own(
    failing_cases: str, cuts: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    option = tea_room().options["with-tea"]
    gate = option.gate.model_copy(update={"failing_cases": constant(failing_cases)})
    scenario = replace(tea_room(), options={"with-tea": option.model_copy(update={"gate": gate})})
    monkeypatch.setattr(figure_sheet, "footnote", lambda told, _: "")
    row = {
        f"{name}{end}": "" for name in ("holds_with_grants", "gate_holds") for end in ("", "_low", "_high")
    }
    rows_of_figure = [{"applies": "True", "stress": "F1", "title": "", **row}]
    shown = figure_sheet.Sheet(rows_of_figure, Results(Path(), "stress", {}, scenario), "with-tea", "en")
    drawn = stress_shares.figure.draw(shown)
    dashed = [line for line in drawn.axes[0].lines if line.get_linestyle() == "--"]
    assert [line.get_xdata()[0] for line in dashed] == cuts
