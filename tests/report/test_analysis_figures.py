"""Figures of sensitivity, break-even, boxes and two numbers: drawn of their tables, readable in both languages."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from opsim.cli.main import main
from opsim.report.figures import gallery as figures
from opsim.report.figures import strips, tornado
from opsim.report.provenance import command
from opsim.report.results import read
from opsim.study import sweep
from opsim.study.store import Store
from tests.study.ranges import LIGHT, PRICE, written

QUICK = ("--years", "1", "--workers", "1", "--quiet")


@pytest.fixture(scope="module")
def undrawn():
    """What the commands draw is drawn again here, where it can be looked at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "save", lambda *given: [])
        yield


@pytest.fixture(scope="module")
def folders(tmp_path_factory, undrawn):
    place = tmp_path_factory.mktemp("figures")
    tea = str(written(place))
    lines = {
        "oat": ["sensitivity", tea, "--method", "oat", "--replications", "2"],
        "price": ["breakeven", tea, "--solve", PRICE, "--between", "2", "9", "--target",
                  "user_payment_coverage=1", "--replications", "3"],
        "two": ["sweep", tea, "--vary", f"{PRICE}=4:6:2", "--vary", f"{LIGHT}=160:320:3", "--replications", "2"],
    }  # fmt: skip
    for name, line in lines.items():
        assert main([*line, *QUICK, "--out", str(place / name)]) == 0
    return place


def texts(figure):
    return [text.get_text() for text in figure.findobj(lambda it: hasattr(it, "get_text")) if text.get_text()]


@pytest.mark.parametrize(
    ("name", "figure", "english", "chinese"),
    [
        ("oat", "tornado", "tea: price", "茶饮：价格"),
        ("price", "break-even", "tea: price (yuan)", "茶饮：价格（元）"),
        ("two", "heat-map", "What two numbers do together", "两项参数的共同作用"),
        ("two", "strips", "tea: price (yuan): 4", "茶饮：价格（元）：4"),
    ],
)
def test_a_figure_speaks_both_languages(folders: Path, name, figure, english, chinese):
    results = read(folders / name)
    assert figure in figures.names(results)
    # A character without a glyph is a warning, and warnings are errors here.
    for language, expected in (("en", english), ("zh", chinese)):
        shown = "\n".join(texts(figures.draw(results, figure, language)))
        assert expected.replace("（元）", " (元)") in shown or expected in shown
        assert "seed 0" in shown or "随机种子" in shown


def test_the_heat_map_shows_its_table(folders: Path):
    results = read(folders / "two")
    shown = [row for row in results.table("figures/heat-map") if row["quantity"] == "holds_with_grants"]
    assert [(row["x"], row["y"]) for row in shown] == [
        (x, y) for x in ("4", "6") for y in ("160", "240", "320")
    ]  # fmt: skip
    drawn = texts(figures.draw(results, "heat-map", "en"))
    for row in shown:
        assert f"{100 * float(row['value']):.0f}" in drawn


def test_bars_of_the_tornado_are_those_of_the_table(folders: Path):
    results = read(folders / "oat")
    table = results.table("figures/tornado")
    drawn = figures.draw(results, "tornado", "en")
    scales = {"own_level_fiscal_cost_change": 10_000, "room": 1 / 100}
    for axes, (outcome, scale) in zip(drawn.axes, scales.items(), strict=True):
        widths = sorted(patch.get_width() * scale for patch in axes.patches)
        changes = sorted(
            float(row[f"{end}_change"])
            for row in table
            if row["outcome"] == outcome
            for end in ("low", "high")
        )
        assert widths == pytest.approx(changes)


def test_a_strip_is_the_mean_over_the_points_with_its_value(folders: Path, tmp_path: Path):
    """Each mark against the export, read and averaged by another way."""
    results = read(folders / "two")
    assert main(["export", str(folders / "two"), str(tmp_path / "two.csv"), "--quiet"]) == 0
    found = pd.read_csv(tmp_path / "two.csv")
    option = found[found["case"] == "with-tea"].set_index(["point", "replication"])
    before = found[found["case"] == "baseline"].set_index(["point", "replication"])
    option["change.own_level_fiscal_cost"] = option["own_level_fiscal_cost"] - before["own_level_fiscal_cost"]
    table = results.table("figures/strips")
    assert {(row["path"], row["setting"]) for row in table} == {
        (PRICE, "4"), (PRICE, "6"), (LIGHT, "160"), (LIGHT, "240"), (LIGHT, "320"),
    }  # fmt: skip
    assert [row["quantity"] for row in table[:4]] == [
        "change.own_level_fiscal_cost", "holds_with_grants", "user_payment_coverage", "priority_reach",
    ]  # fmt: skip
    with Store(folders / "two") as kept:
        plan = sweep.again(folders / "two", kept)
        stored = list(kept.rows(plan.cases, plan.outcomes))
    for row in table:
        among = option[option[row["path"]] == float(row["setting"])][row["quantity"]]
        if row["quantity"] in ("user_payment_coverage", "priority_reach"):  # a ratio is total ÷ total
            points = set(among.index.get_level_values("point"))
            pairs = [each.cases["with-tea"][row["quantity"]] for each in stored if each.point in points]
            assert float(row["value"]) == pytest.approx(sum(p[0] for p in pairs) / sum(p[1] for p in pairs))
            assert row["ci_low"] == ""  # of two replications
            continue
        by_replication = among.groupby("replication").mean()
        assert float(row["value"]) == pytest.approx(by_replication.mean())
        half = 12.706204736174698 * by_replication.std() / 2**0.5  # Student's t with one degree of freedom
        ends = [by_replication.mean() - half, by_replication.mean() + half]
        if row["quantity"] == "holds_with_grants":
            ends = [min(max(end, 0), 1) for end in ends]
        told = [float(row[end]) for end in ("ci_low", "ci_high")]
        assert told == pytest.approx(ends, abs=1e-9)
        by_point = among.groupby("point").mean()
        assert float(row["p10"]) == pytest.approx(by_point.quantile(0.1))


def test_options_take_the_lines_where_no_value_is_told_apart(tmp_path: Path, monkeypatch, undrawn):
    monkeypatch.chdir(tmp_path)
    written(tmp_path)
    (tmp_path / "drawn.yaml").write_text(
        "title: {en: Drawn, zh: 抽取}\nscenario: tea.yaml\ndesign: latin-hypercube\npoints: 3\nyears: 1\n"
        "options: {with-tea: {}, cheap: {title: {en: cheap tea, zh: 低价茶}, services: {tea: {price: 2}}}}\n"
        f"uncertainties: {{light: {{path: {LIGHT}}}}}\nreplications: 2\n",
        encoding="utf-8",
    )
    assert main(["sweep", "drawn.yaml", "--workers", "1", "--quiet", "--out", "drawn"]) == 0
    results = read(tmp_path / "drawn")
    assert figures.names(results) == ("strips",)
    assert {(row["path"], row["option"]) for row in results.table("figures/strips")} == {
        ("", "with-tea"), ("", "cheap"),
    }  # fmt: skip
    assert "低价茶" in texts(figures.draw(results, "strips", "zh"))
    again = command(results)
    assert again == "opsim sweep drawn.yaml --replications 2 --years 1 --seed 0"
    assert main([*again.split()[1:], "--workers", "1", "--quiet", "--out", "again"]) == 0
    for file in ("outcomes.csv", "figures/strips.csv"):
        assert (tmp_path / "again" / file).read_bytes() == (tmp_path / "drawn" / file).read_bytes()


def test_what_is_undefined_in_a_replication_is_left_out_of_its_strip(folders: Path):
    """With one point's answer missing in one replication, the mean is that of the others, not a smaller one."""

    class Lacking:
        def __init__(self, kept):
            self.kept = kept

        def rows(self, cases, outcomes):
            for row in self.kept.rows(cases, outcomes):
                lacks = (row.point, row.replication) == (0, 0)
                answer = (0.0, 0.0) if lacks else (2.0 * (1 + row.point), 2.0)
                option = {**row.cases["with-tea"], "priority_reach": answer}
                yield replace(row, cases={**row.cases, "with-tea": option})

    with Store(folders / "two") as kept:
        plan = sweep.again(folders / "two", kept)
        found = {row[:2]: row[4] for row in strips.rows((plan, Lacking(kept))) if row[3] == "priority_reach"}
    # Points 0 to 2 have the lower price, and 1 + point is what each answers.
    assert found[PRICE, "4"] == pytest.approx((2 + 3 + 1 + 2 + 3) / 5)
    assert found[PRICE, "6"] == pytest.approx((4 + 5 + 6) / 3)


@pytest.mark.parametrize(
    ("low", "high", "sides"),
    [
        (-2, 3, (-1, 1)),
        (2, -3, (1, -1)),
        (-3, -1, (-1, 1)),
        (-1, -3, (1, -1)),
        (0, -3, (1, -1)),
        (0, 0, (-1, 1)),
    ],
)
def test_labels_of_both_ends_never_meet(low, high, sides):
    assert tornado._sides(low, high) == sides
