"""Figures are judged by what is drawn in them."""

import csv
from dataclasses import replace
from itertools import chain, combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from opsim.language import translator
from opsim.report import style as look
from opsim.report import waterfall
from opsim.report.cash import cash_figure, cash_rows, fan, lowest_cash
from opsim.report.figures import PLOTS, write_figures
from opsim.report.style import figure_language, style
from opsim.report.waterfall import LOOKS, SMALLEST, steps, waterfall_figure


def gray(color):
    red, green, blue = to_rgb(color)
    return 0.299 * red + 0.587 * green + 0.114 * blue


def texts(figure):
    return [text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text"))]


@pytest.fixture
def drawn():
    def draw(plot, result, language="en"):
        with style(language):
            figure = plot(result, language, translator(language))
            figure.canvas.draw()
            return figure

    return draw


def test_waterfall_draws_its_steps(result, drawn):
    bars = [bar for bar in steps(result) if abs(bar.end - bar.begin) >= SMALLEST]
    patches = drawn(waterfall_figure, result).axes[0].patches
    assert [(p.get_y(), p.get_y() + p.get_height()) for p in patches] == [
        pytest.approx((bar.begin / 1e4, bar.end / 1e4)) for bar in bars
    ]


def test_many_services_stand_in_rows_that_do_not_break_a_service(result, drawn, monkeypatch):
    monkeypatch.setattr(waterfall, "ROW", 7)
    bars = [bar for bar in steps(result) if abs(bar.end - bar.begin) >= SMALLEST]
    rows = [[patch.get_height() for patch in axes.patches] for axes in drawn(waterfall_figure, result).axes]
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


def test_cash_shows_median_band_and_credit_line_of_both_cases(result, drawn):
    figure = drawn(cash_figure, result)
    for axes, cases in zip(figure.axes, (
        [pair.baseline for pair in result.replications], [pair.option for pair in result.replications],
    ), strict=True):  # fmt: skip
        low, middle, high = fan(lowest_cash(cases)) / 1e4
        lines = [line.get_ydata() for line in axes.lines]
        assert any(len(line) == 4 and np.allclose(line, middle) for line in lines)
        assert any(list(line) == [0, 0] for line in lines)
        corners = axes.collections[0].get_paths()[0].vertices[:, 1]
        assert {corners.min(), corners.max()} == {low.min(), high.max()}
    assert figure.axes[0].get_ylim() == figure.axes[1].get_ylim()


def test_quarters_hold_their_lowest_month(result):
    case = result.replications[0].option
    monthly = case.monthly["lowest_cash"]
    assert lowest_cash([case])[0].tolist() == [monthly[q : q + 3].min() / 100 for q in (0, 3, 6, 9)]


def test_message_follows_the_numbers(result, drawn):
    assert any(
        "stays above its credit line in every case" in text for text in texts(drawn(cash_figure, result))
    )
    broke = [
        replace(
            pair, option=replace(pair.option, monthly={**pair.option.monthly, "lowest_cash": np.full(12, -1)})
        )
        for pair in result.replications
    ]
    one = replace(result, replications=(broke[0], *result.replications[1:]))
    assert any("below its credit line in some cases" in text for text in texts(drawn(cash_figure, one)))
    every = replace(result, replications=tuple(broke))
    assert any("below its credit line in every case" in text for text in texts(drawn(cash_figure, every)))


@pytest.mark.parametrize("plot", [plot.draw for plot in PLOTS])
def test_every_figure_says_how_it_was_made(result, drawn, plot):
    found = " ".join(texts(drawn(plot, result)))
    assert "3 replications · seed 1 · parameters drawn within their ranges · not back-tested" in found
    fixed = replace(result, settings=replace(result.settings, fixed=True))
    assert "chance only" in " ".join(texts(drawn(plot, fixed)))


def test_data_stands_beside_the_picture(result, tmp_path):
    pictures = write_figures(result, tmp_path, "en")
    assert [path.name for path in pictures] == [
        "cross-subsidy.png",
        "cash.png",
        "groups.png",
        "lost-demand.png",
    ]
    with (tmp_path / "cash.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.reader(file))
    assert table[0] == ["case", "quarter_from", "p10_yuan", "p50_yuan", "p90_yuan"]
    assert table[1:] == [[str(cell) for cell in row] for row in cash_rows(result)]
    assert [row[1] for row in table[1:5]] == ["2027-01", "2027-04", "2027-07", "2027-10"]


def test_bars_stay_apart_in_grayscale(result, drawn):
    """Mean and roughness of the drawn pixels, colors taken away, differ between neighbors of a service."""
    figure = drawn(waterfall_figure, result)
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


def test_without_chinese_font_labels_are_english(monkeypatch):
    monkeypatch.setattr(look, "CHINESE_FONTS", ())
    assert (figure_language("zh"), figure_language("en")) == ("en", "en")


@pytest.mark.skipif(figure_language("zh") == "en", reason="no Chinese font is installed here")
@pytest.mark.parametrize("plot", [plot.draw for plot in PLOTS])
def test_chinese_labels_have_their_characters(result, drawn, plot):
    found = " ".join(
        texts(drawn(plot, result, "zh"))
    )  # a missing character would be a warning, hence an error
    assert "未经回测" in found
    assert "replications" not in found
