"""Numbers by name: every uncertain number of every shipped scenario has its own, in both languages."""

import pytest

from opsim.demand.uncertain import ranged_paths
from opsim.language import translator
from opsim.report.figures.style import cells, wrapped
from opsim.report.labels import WORDS, label
from opsim.report.sections.what_drives import range_of
from opsim.scenario.load import load
from opsim.scenario.shipped import names


@pytest.mark.parametrize("name", names())
def test_no_two_numbers_of_a_scenario_have_the_same_name(name):
    scenario = load(name)
    paths = {path for facility in scenario.cases().values() for path in ranged_paths(facility)}
    for language in ("en", "zh"):
        found = {path: label(scenario, path, language, translator(language)) for path in paths}
        assert len(set(found.values())) == len(paths)
        assert not [path for path, text in found.items() if text == path or "_" in text]


def test_names_in_words():
    scenario = load("neighborhood-center")

    def both(path):
        return tuple(label(scenario, path, language, translator(language)) for language in ("en", "zh"))

    assert both("catchment.population") == ("people in the neighborhood", "服务范围人口")
    assert both("services.canteen.demand.site_factor") == (
        "community canteen: attraction of the site", "社区食堂（供餐）：选址吸引力",
    )  # fmt: skip
    assert both("catchment.distances.middle.share")[0] == "middle distance: share of the population"
    assert both("catchment.incomes.middle.share")[0] == "middle income: share of the population"
    assert both("services.nothing.price") == ("services.nothing.price",) * 2
    assert both("services.canteen.area")[0] == "community canteen: area"  # no word of its own: the key


def test_every_word_is_used():
    used = set()
    for name in names():
        scenario = load(name)
        for facility in scenario.cases().values():
            for path in ranged_paths(facility):
                keys = path.split(".")
                used |= {word for word in WORDS if _within(word.split("."), keys)}
    assert not set(WORDS) - used


def _within(words, keys):
    rest = iter(keys)
    return all(word in rest for word in words)


@pytest.mark.parametrize(
    ("unit", "low", "high", "english", "chinese"),
    [
        ("persons", "5000", "1.2E4", "5,000–12,000 persons", "5,000–12,000人"),
        ("share", "0.15", "0.5", "15–50 %", "15%–50%"),
        ("share a year", "-0.01", "0.02", "−1–2 percent a year", "−1–2%/年"),
        ("", "1", "2", "1–2", "1–2"),
    ],
)
def test_ranges_as_a_reader_writes_them(unit, low, high, english, chinese):
    row = {"unit_of_number": unit, "low": low, "high": high}
    assert range_of(row, "en") == english
    assert range_of(row, "zh") == chinese
    assert range_of({**row, "low": ""}, "en") == range_of(None, "en") == ""


def test_long_names_are_broken_at_words_or_between_characters():
    assert wrapped("a bc def ghij", 6) == "a bc\ndef\nghij"
    assert wrapped("社区食堂选址", 6) == "社区食\n堂选址"
    assert wrapped("社区食，堂", 6) == "社区食，\n堂"
    assert cells("社区ab") == 6
    assert wrapped("short", 40) == "short"
