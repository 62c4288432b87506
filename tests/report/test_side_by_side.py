"""What is made of a comparison: the object, the table side by side, the figure, the folder."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from rich.cells import cell_len

import opsim.report.sections.who_gains as groups_module
from opsim.language import translator
from opsim.outcomes.case_estimates import values
from opsim.outcomes.precision import MEANS
from opsim.report.figures import gallery as figures
from opsim.report.figures import visits_by_group
from opsim.report.figures.options_beside import rows
from opsim.report.folder import write
from opsim.report.json_values import text
from opsim.report.results import read
from opsim.report.run_json import as_json
from opsim.report.sections.side_by_side import blocks
from opsim.scenario.load import load
from opsim.study.claim import claimed
from opsim.study.run_and_compare import compare
from opsim.study.settings import Settings
from tests.report import printing
from tests.report.glyphs import glyphless


@pytest.fixture(scope="module")
def folder(compared, tmp_path_factory):
    place = tmp_path_factory.mktemp("compared") / "out"
    with claimed(place):
        pictures = write(compared, place, "en").pictures
    assert pictures[0].name == "options.png"
    assert all(path.exists() for path in pictures)
    return read(place)


@pytest.fixture(scope="module")
def compared():
    scenario = load("book-house", sets=["catchment.population=400"])
    return compare(
        scenario, Settings("embedded", replications=3, years=1, seed=1), ("embedded", "contracted")
    )


def printed(compared, language, width):
    return printing.printed(blocks(compared, language), width)


def test_keys_of_the_contract(compared):
    found = json.loads(text(as_json(compared)))
    assert (found["schema"], found["options"], found["replications"]) == (2, ["embedded", "contracted"], 3)
    assert set(found["verdicts"]) == {"embedded", "contracted"}
    visits = found["compare"]["visits"]
    assert set(visits) >= {"unit", "baseline", "options", "difference", "correlation", "variance"}
    for option in ("embedded", "contracted"):
        after, before = visits["options"][option]["value"], visits["baseline"]["value"]
        assert visits["difference"][option]["value"] == pytest.approx(after - before)
        low, high = visits["difference"][option]["ci"]
        assert low <= after - before <= high
        variance = visits["variance"][option]
        assert variance["ratio"] == pytest.approx(variance["paired"] / variance["unpaired"])
        assert -1 <= visits["correlation"][option] <= 1


def test_headlines_set_options_against_one_another(compared):
    found = as_json(compared)["compare"]
    for name in MEANS:
        (pair,) = found[name]["between"]
        assert pair["options"] == ["embedded", "contracted"]
        options = found[name]["options"]
        assert pair["difference"]["value"] == pytest.approx(
            options["contracted"]["value"] - options["embedded"]["value"]
        )
    assert "between" not in found["denied_share"]


def test_the_same_draws_are_worth_their_while(compared):
    """Between two ways of running the same services almost nothing but the contract differs."""
    (pair,) = as_json(compared)["compare"]["priority_visits"]["between"]
    assert pair["variance"]["ratio"] <= 0.25


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_table_is_as_wide_as_it_may_be(compared, language):
    lines = printed(compared, language, 100).splitlines()
    assert any(line.startswith(("Fiscal cost is on accrual", "财政净支出未注明")) for line in lines)
    table = [line for line in lines if not line.startswith("·")]
    assert max(cell_len(line.rstrip()) for line in table[5:]) <= 100
    assert "\x1b" not in "".join(lines)


def test_money_beside_public_rows_and_red_lines(compared):
    page = printed(compared, "en", 140)
    for line in (
        "embedded (embed a café): Verdict: insufficient evidence",
        "own-level fiscal cost", "priority reach", "visits of the priority groups ÷ baseline", "≥ 95.0",
        "embedded – contracted",
    ):  # fmt: skip
        assert line in page
    change = compared.runs[1].option["visits"].value - compared.runs[1].baseline["visits"].value
    assert f"{change:+,.0f} ± " in page
    chinese = printed(compared, "zh", 140)
    for word in ("各方案与基准方案比较", "公益底线指标", "本级财政净支出", "万元/年"):
        assert word in chinese


def test_the_figure_draws_what_its_table_says(compared, folder):
    told = list(rows(compared))
    assert {row[0] for row in told} == {"embedded", "contracted"}
    assert len(told) == 2 * 5
    money = figures.draw(folder, "options", "en").axes[0]
    dots = [line.get_xdata()[0] for line in money.lines if line.get_marker() == "o"]
    changes = [row for row in told if row[1] == "change.own_level_fiscal_cost"]
    assert dots == pytest.approx([row[2] / 1e4 for row in changes])
    intervals = [list(line.get_xdata()) for line in money.lines if line.get_linewidth() == 5.0]
    assert intervals == [pytest.approx([row[3] / 1e4, row[4] / 1e4]) for row in changes]
    assert [label.get_text() for label in money.get_yticklabels()] == [
        "embed a café", "embed a café and entrust the house to an operator",
    ]  # fmt: skip


def test_chinese_figures_of_options_have_no_empty_boxes(folder):
    figure = figures.draw(folder, "options", "zh")
    assert "植入咖啡经营" in [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert not glyphless(figure)


def test_the_folder_holds_every_case(compared, folder):
    out = folder.folder
    assert json.loads((out / "run.json").read_text(encoding="utf-8")) == json.loads(text(as_json(compared)))
    for name in ("outcomes", "replications", "monthly", "ledger"):
        assert {row["case"] for row in folder.table(name)} == {"baseline", "embedded", "contracted"}
    assert [row["option"] for row in folder.table("figures/options")] == ["embedded"] * 5 + ["contracted"] * 5


def test_groups_are_told_by_age_and_income(compared):
    found = as_json(compared)["groups"]
    assert set(found) == {"baseline", "embedded", "contracted"}
    for case, groups in found.items():
        results = compared.results()[case]
        visits = np.mean([sum(group.visits for group in one.groups.values()) for one in results])
        assert sum(group["visits"] for group in groups.values()) == pytest.approx(visits)
        every = compared.estimates()[case]["visits"].value
        assert visits == pytest.approx(every) if case == "baseline" else 0 < visits < every
    told = list(visits_by_group.rows(compared))
    assert len(told) == 3 * len(found["baseline"])
    before, after = groups_module.visits_by_group(compared.runs[0])
    segment = groups_module.worst_off(before, after)
    ratios = {
        name: found["embedded"][name]["visits"] / group["visits"]
        for name, group in found["baseline"].items()
        if group["visits"] >= 1
    }
    assert after[segment] / before[segment] == pytest.approx(min(ratios.values()))
    assert ratios[segment] == min(ratios.values())


def worst_off(compared, language):
    visits = groups_module.visits_by_group(compared.runs[0])
    baseline = compared.scenario.baseline
    return groups_module.worst_off_sentence(*visits, baseline, language, translator(language))


def test_nobody_served_before_is_no_loss(compared):
    nobody, some = {"senior.low": 0.0}, {"senior.low": 3.0}
    text = groups_module.worst_off_sentence(nobody, some, compared.scenario.baseline, "en", translator("en"))
    assert text == "Nobody is served in the baseline, so no group can lose"


def test_the_worst_off_group_is_named(compared):
    sentence = worst_off(compared, "en")
    assert re.search(
        r"(Worst off: |in proportion )[\w ]+, (low|middle|high) income.*\([+−]?[\d.]+ % of [\d,]+\)", sentence
    )
    assert "visits a year" in sentence
    chinese = worst_off(compared, "zh")
    assert "年服务人次变化" in chinese


def test_the_figure_of_groups_has_a_mark_for_each_case(compared, folder):
    drawn = figures.draw(folder, "groups", "en")
    axes = drawn.axes[0]
    groups = len(as_json(compared)["groups"]["baseline"])
    marks = [line.get_marker() for line in axes.lines]
    assert marks.count("o") == marks.count("s") == marks.count("^") == groups


def test_undefined_stays_undefined(result):
    found = result.differences()
    assert found["cost_per_added_priority_visit"].value is None  # the baseline adds nothing to itself
    assert found["cost_per_added_priority_visit"].ci is None


def test_values_of_a_run(result):
    cases = [pair.option for pair in result.replications]
    assert values(cases, "visits").tolist() == [case.fractions["visits"][0] for case in cases]
    empty = replace(cases[0], fractions={"x": (1.0, 0.0)})
    assert np.isnan(values([empty], "x")[0])
