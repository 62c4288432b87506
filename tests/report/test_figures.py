"""Figures are judged by what is drawn in them."""

import csv
from dataclasses import replace
from itertools import chain, combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from opsim.errors import InputError
from opsim.report.figures import gallery as figures
from opsim.report.figures import waterfall
from opsim.report.figures.cash import SINGLE, lowest_cash
from opsim.report.figures.waterfall import LOOKS, SMALLEST, steps
from opsim.report.folder import write
from opsim.report.results import Results, read
from opsim.scenario.load import load
from opsim.study.claim import claimed
from opsim.study.run_and_compare import Comparison, run
from opsim.study.settings import Settings
from tests.report.glyphs import glyphless

RUN = ("cross-subsidy", "cash", "groups", "coverage", "services", "lost-demand", "hours")


def gray(color):
    red, green, blue = to_rgb(color)
    return 0.299 * red + 0.587 * green + 0.114 * blue


def texts(figure):
    return [text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text"))]


def written(result, place):
    """A folder with the tables of its figures, whose pictures are not drawn yet."""
    with claimed(place), pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "save", lambda *_: [])
        write(result, place, "en")
    return read(place)


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Results:
    scenario = load("elderly-home", ["catchment.population=3000"])
    settings = Settings(scenario.default_option, replications=3, years=1, seed=1)
    return written(run(scenario, settings), tmp_path_factory.mktemp("figures") / "home")


@pytest.fixture(scope="module")
def folder(result, tmp_path_factory) -> Results:
    return written(result, tmp_path_factory.mktemp("figures") / "run")


def drawn(results, name, language="en"):
    figure = figures.draw(results, name, language)
    figure.canvas.draw()
    return figure


def test_waterfall_draws_its_steps(result, folder):
    bars = [bar for bar in steps(result) if abs(bar.end - bar.begin) >= SMALLEST]
    patches = drawn(folder, "cross-subsidy").axes[0].patches
    assert [(p.get_y(), p.get_y() + p.get_height()) for p in patches] == [
        pytest.approx((bar.begin / 1e4, bar.end / 1e4)) for bar in bars
    ]


def test_many_services_stand_in_rows_that_do_not_break_a_service(result, folder, monkeypatch):
    monkeypatch.setattr(waterfall, "ROW", 7)
    bars = [bar for bar in steps(result) if abs(bar.end - bar.begin) >= SMALLEST]
    rows = [[patch.get_height() for patch in axes.patches] for axes in drawn(folder, "cross-subsidy").axes]
    assert len(rows) > 1
    assert list(chain.from_iterable(rows)) == [pytest.approx((bar.end - bar.begin) / 1e4) for bar in bars]
    ends = np.cumsum([len(row) for row in rows])[:-1]
    assert all(bars[end - 1].service != bars[end].service for end in ends)


def test_steps_of_a_service_end_at_nothing_missing(result):
    found = steps(result)
    assert {bar.service for bar in found} == {"reading", "lending", "cafe"}
    for service in ("reading", "lending", "cafe"):
        own = [bar for bar in found if bar.service == service]
        remains = sum(bar.end for bar in own if bar.kind == "remains")
        assert sum(bar.end - bar.begin for bar in own if bar.kind != "remains") == pytest.approx(
            remains, abs=0.02
        )


def test_what_is_given_is_received(result):
    found = steps(result)
    given = sum(bar.begin - bar.end for bar in found if bar.kind == "given")
    received = sum(bar.end - bar.begin for bar in found if bar.kind == "received")
    assert given == pytest.approx(received)
    assert given == pytest.approx(result.option["cross_subsidy"].value)


def test_kinds_differ_without_color():
    looks = {(color, hatch) for _label, color, hatch in LOOKS.values()}
    for (one, hatch), (other, hatched) in combinations(looks, 2):
        assert hatch != hatched or abs(gray(one) - gray(other)) > 0.1


def test_cash_shows_median_band_and_credit_line_of_both_cases(result, folder):
    figure = drawn(folder, "cash")
    for axes, cases in zip(figure.axes, (
        [pair.baseline for pair in result.replications], [pair.option for pair in result.replications],
    ), strict=True):  # fmt: skip
        low, middle, high = np.quantile(lowest_cash(cases), (0.1, 0.5, 0.9), axis=0) / 1e4
        lines = [line.get_ydata() for line in axes.lines]
        assert any(len(line) == 4 and np.allclose(line, middle) for line in lines)
        assert any(list(line) == [0, 0] for line in lines)
        corners = axes.collections[0].get_paths()[0].vertices[:, 1]
        assert {corners.min(), corners.max()} == {low.min(), high.max()}
        single = [line for line in lines if len(line) == 4 and not np.isnan(line).any()][:3]
        assert np.allclose(single, lowest_cash(cases) / 1e4)
    assert figure.axes[0].get_ylim() == figure.axes[1].get_ylim()


def test_quarters_hold_their_lowest_month(result):
    case = result.replications[0].option
    monthly = case.monthly["lowest_cash"]
    assert lowest_cash([case])[0].tolist() == [monthly[q : q + 3].min() / 100 for q in (0, 3, 6, 9)]


def test_message_follows_the_numbers(result, folder, tmp_path):
    assert any("stays above its credit line in every case" in text for text in texts(drawn(folder, "cash")))
    broke = [
        replace(
            pair, option=replace(pair.option, monthly={**pair.option.monthly, "lowest_cash": np.full(12, -1)})
        )
        for pair in result.replications
    ]
    some = written(replace(result, replications=(broke[0], *result.replications[1:])), tmp_path / "some")
    assert any("below its credit line in some cases" in text for text in texts(drawn(some, "cash")))
    assert [row["share_below_credit_line"] for row in some.table("figures/cash")] == 4 * ["0.0"] + 4 * [
        str(1 / 3)
    ]
    every = written(replace(result, replications=tuple(broke)), tmp_path / "every")
    assert any("below its credit line in every case" in text for text in texts(drawn(every, "cash")))


@pytest.mark.parametrize("name", RUN)
def test_every_figure_says_how_it_was_made(result, folder, name):
    found = " ".join(texts(drawn(folder, name)))
    assert "3 replications · seed 1 · parameters drawn within their ranges · not back-tested" in found
    fixed = replace(folder, told={**folder.told, "fixed": True})
    assert "chance only" in " ".join(texts(drawn(fixed, name)))


def test_data_stands_beside_the_picture(result, folder):
    assert figures.names(folder) == RUN
    figures.save(folder, RUN, "en", undrawn := [])
    assert undrawn == []
    assert {path.name for path in (folder.folder / "figures").iterdir()} == {
        f"{name}.{form}" for name in RUN for form in ("png", "csv")
    }
    with (folder.folder / "figures" / "cash.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    assert table[0] == [
        "case",
        "quarter_from",
        "p10_yuan",
        "p50_yuan",
        "p90_yuan",
        "share_below_credit_line",
        *SINGLE,
    ]
    assert [row[1] for row in table[1:5]] == ["2027-01", "2027-04", "2027-07", "2027-10"]
    assert [float(row[6]) for row in table[1:5]] == lowest_cash([result.replications[0].baseline])[0].tolist()
    assert table[1][9:] == ["", ""]  # there are three replications


def test_a_picture_is_drawn_of_its_table_alone(folder, tmp_path):
    """Another table gives another picture, the same one the same to the byte."""
    copy = replace(folder, folder=tmp_path)
    (tmp_path / "figures").mkdir()
    for name in ("figures/groups.csv", "outcomes.csv"):
        (tmp_path / name).write_bytes((folder.folder / name).read_bytes())
    figures.save(copy, ["groups"], "en", [])
    figures.save(folder, ["groups"], "en", [])
    assert (tmp_path / "figures/groups.png").read_bytes() == (
        folder.folder / "figures/groups.png"
    ).read_bytes()
    lines = (tmp_path / "figures/groups.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "figures/groups.csv").write_text("".join(lines[:1] + lines[13:]), encoding="utf-8")
    assert len(figures.draw(copy, "groups", "en").legends[0].texts) == 2


def test_a_figure_that_is_not_there_is_named(folder):
    with pytest.raises(InputError, match=r"no figure csh in these results — did you mean cash\?"):
        figures.draw(folder, "csh", "en")


def test_a_comparison_has_figures_of_each_option(result, tmp_path):
    found = written(Comparison((result,)), tmp_path / "compared")
    assert figures.names(found) == (
        "options", "coverage", "groups", "lost-demand", "cross-subsidy-embedded", "services-embedded",
        "cash-embedded", "hours-embedded",
    )  # fmt: skip
    assert "embed a café" in " ".join(texts(drawn(found, "options"))).lower()


def test_coverage_draws_each_ratio_with_its_interval(result, folder):
    axes = drawn(folder, "coverage").axes[0]
    cases = [found for _name, found in result.cases()]
    ratios = ("user_payment_coverage", "service_subsidy_coverage", "all_grant_coverage")
    expected = [found[name] for found in cases for name in ratios]
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([100 * each.value for each in expected])
    ends = [list(line.get_xdata()) for line in axes.lines if line.get_linewidth() == 1.6]
    assert ends == [pytest.approx([100 * end for end in each.ci]) for each in expected]


def test_services_stand_on_the_three_cost_lines(result, folder):
    figure = drawn(folder, "services")
    services = ("cafe", "reading", "lending")  # market services first
    right = [bar.get_x() + bar.get_width() for bar in figure.axes[0].patches]
    for place, name in enumerate(services):
        sales, costs = right[5 * place], right[5 * place + 2 : 5 * place + 5]
        assert sales == pytest.approx(result.option[f"sales.{name}"].value / 1e4)
        assert costs == pytest.approx([
            result.option[f"{line}_cost.{name}"].value / 1e4 for line in ("cash", "full", "economic")
        ])  # fmt: skip
    margin = result.option["direct_margin.cafe"]
    half = (margin.ci[1] - margin.ci[0]) / 2e4
    assert f"{margin.value / 1e4:+.1f} ± {half:.1f}".replace("-", "−") in texts(figure)


def test_costs_of_services_add_up_to_those_of_the_house(result):
    for found in (result.baseline, result.option):
        for line in ("cash", "full", "economic"):
            of_services = [each.value for name, each in found.items() if name.startswith(f"{line}_cost.")]
            assert sum(of_services) == pytest.approx(found[f"{line}_cost"].value)


def test_hours_draw_load_and_waits_of_both_cases(result, folder):
    figure = drawn(folder, "hours")
    busy, offered, _reached, _denied, queued, waited = sum(pair.option.hours for pair in result.replications)
    seats = list(result.scenario.options["embedded"].stations).index("seats")
    load, wait = (
        next(line for line in axes.lines if line.get_linewidth() == 1.8).get_ydata()[:24]
        for axes in figure.axes[:2]
    )
    assert np.nan_to_num(load) == pytest.approx(100 * busy[seats] / np.maximum(offered[seats], 1))
    assert np.nan_to_num(wait) == pytest.approx(waited[seats] / 60 / np.maximum(queued[seats], 1))
    assert (load > 0).sum() > 8
    assert len([line for line in figure.axes[0].lines if line.get_linewidth() == 1.2]) == 1  # the baseline


def test_occupancy_of_places_by_quarter(home):
    assert "occupancy" in figures.names(home)
    rows = [
        row
        for row in home.table("figures/occupancy")
        if (row["case"], row["service"]) == ("embedded", "beds")
    ]
    assert [row["quarter_from"] for row in rows] == ["2027-01", "2027-04", "2027-07", "2027-10"]
    axes = drawn(home, "occupancy").axes[0]
    middle = next(line.get_ydata() for line in axes.lines if line.get_linewidth() == 2.0)
    assert middle == pytest.approx([100 * float(row["occupancy_p50"]) for row in rows])
    whole = home.estimates()["embedded", "occupancy.beds"].value
    ends = [[float(row[f"occupancy_{end}"]) for row in rows] for end in ("p10", "p90")]
    assert min(ends[0]) < whole < max(ends[1])


def test_bars_stay_apart_in_grayscale(folder):
    """Mean and roughness of the drawn pixels, colors taken away, differ between neighbors of a service."""
    figure = drawn(folder, "cross-subsidy")
    figure.set_dpi(300)
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())[..., :3] @ [0.299, 0.587, 0.114]
    height = pixels.shape[0]
    looks = {}
    for bar in figure.axes[0].patches:
        box = bar.get_window_extent()
        left, right, top, bottom = (
            round(x) for x in (box.x0 + 2, box.x1 - 2, height - box.y1 + 2, height - box.y0 - 2)
        )
        inside = pixels[top:bottom, left:right]
        if inside.shape[0] >= 20:
            looks[bar.get_facecolor(), bar.get_hatch()] = (inside.mean(), inside.std())
    assert len(looks) >= 3
    for one, other in combinations(looks.values(), 2):
        assert np.hypot(one[0] - other[0], one[1] - other[1]) > 12


@pytest.mark.parametrize("name", [*RUN, "occupancy"])
def test_chinese_figures_have_no_empty_boxes(folder, home, name):
    figure = drawn(home if name == "occupancy" else folder, name, "zh")
    found = " ".join(texts(figure))
    assert "未经回测" in found
    assert "replications" not in found
    assert not glyphless(figure)
    figure.texts[0].set_text("\U0001f9ff")
    assert glyphless(figure) == {"\U0001f9ff"}
