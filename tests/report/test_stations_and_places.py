"""The tables of stations and places: in the folder, in the object that scripts read, and on the screen."""

import csv
import math
import re

import pytest
from rich.cells import cell_len

from opsim.cli import run_commands as commands
from opsim.cli.options import Voice
from opsim.cli.request import Request
from opsim.outcomes.station_measures import ALL, POOREST, PRIORITY, UNITS
from opsim.report.folder import Published
from opsim.report.numbers import number
from opsim.report.run_json import as_json
from opsim.report.sections import stations_and_places as full
from opsim.report.station_tables import OF_STATIONS, STATION_COLUMNS
from opsim.scenario.load import load
from opsim.study.run_and_compare import Comparison, run
from opsim.study.settings import Settings
from tests.report.printing import printed

ADDED_UP = ("arrivals", "served", "denied_closed", "denied_left", "queue_mean", "use", "after_closing_hours")
"""Measures of a whole that are the sums of its parts'."""


@pytest.fixture(scope="module")
def home():
    """An elderly home with a counter that serves several services, and places at three levels."""
    scenario = load("elderly-home")
    return run(scenario, Settings("embedded", replications=3, years=1, seed=1))


def lines(place, name):
    with (place / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def screen(result, language, width=100):
    return printed(full.blocks(result, language), width)


def test_services_and_segments_add_up_to_their_station(home):
    for told in home.told().values():
        rows = {row.names: row.found for row in told.stations}
        assert any(service != ALL for _station, service, _group in rows)
        for (station, service, group), found in rows.items():
            if service == ALL:
                parts = [rows[key] for key in rows if key[::2] == (station, group) and key[1] != ALL]
                for name in ADDED_UP:
                    assert sum(part[name].value for part in parts) == pytest.approx(found[name].value), name
            if group == ALL:
                parts = [rows[key] for key in rows if key[:2] == (station, service) and "." in key[2]]
                for name in ADDED_UP:
                    assert sum(part[name].value for part in parts) == pytest.approx(found[name].value), name


def test_what_is_told_agrees_with_the_outcomes(home):
    for case, estimates in home.cases():
        told = home.told()[case]
        for name, outcome in (
            ("place_days", "place_days"),
            ("gave_up", "gave_up_waiting"),
            ("waiting_list", "waiting_list"),
        ):
            found = sum(row.found[name].value for row in told.places if row.names[1] == ALL)
            assert found == pytest.approx(estimates[outcome].value), name


def test_the_files_hold_every_row_and_the_object_those_of_several_segments(result, place):
    told = as_json(result)
    rows = lines(place, "stations.csv")
    assert tuple(rows[0]) == STATION_COLUMNS
    assert {row["case"] for row in rows} == {"baseline", "embedded"}
    groups = {row["group"] for row in rows}
    assert {ALL, PRIORITY, POOREST} < groups
    assert groups - {ALL, PRIORITY, POOREST} <= set(result.scenario.baseline.segment_names())
    found = {(row["case"], row["station"], row["service"], row["group"]): row for row in rows}
    assert len(found) == len(rows)
    several = [key for key in found if key[-1] in (ALL, PRIORITY, POOREST)]
    assert several == [
        tuple(each[name] for name in ("case", "station", "service", "group")) for each in told["stations"]
    ]
    for key, each in zip(several, told["stations"], strict=True):
        assert each["long_wait_minutes"] == float(found[key]["long_wait_minutes"]) == 15
        for name in OF_STATIONS:
            cell = each[name]
            assert cell["unit"] == UNITS[name]
            ends = cell["ci"] or (None, None)
            for column, value in ((name, cell["value"]), (f"{name}_low", ends[0]), (f"{name}_high", ends[1])):
                text = found[key][column]
                assert (float(text) if text else None) == value
                assert value is None or math.isfinite(value)
    assert lines(place, "places.csv") == told["places"] == []


def test_the_places_of_a_home(home):
    told = [each for each in as_json(home)["places"] if each["case"] == "embedded"]
    assert [(each["service"], each["level"]) for each in told][:4] == [
        ("beds", "all"), ("beds", "self-care"), ("beds", "partial"), ("beds", "full"),
    ]  # fmt: skip
    assert told[0]["place_days"]["unit"] == "days in places a year"
    assert told[0]["place_days"]["value"] == pytest.approx(
        sum(each["place_days"]["value"] for each in told[1:4])
    )
    assert told[0]["occupancy"]["value"] == pytest.approx(
        sum(each["occupancy"]["value"] for each in told[1:4])
    )
    assert told[0]["in_places"]["value"] == pytest.approx(told[0]["place_days"]["value"] / 365)
    units = {outcome.name: outcome.unit for outcome in home.outcomes}
    assert units["place_days"] == units["sold.beds"] == "days in places a year"
    assert units["sold.lunch"] == "visits a year"


@pytest.mark.parametrize(("language", "some"), [
    ("en", ("Who comes to the stations", "priority groups", "residents' meals", "beyond 15.0 minutes", "on the list")),
    ("zh", ("各站点到达人次及去向", "重点保障群体", "最低收入群体", "超过15.0分钟视为久等", "轮候，人")),
])  # fmt: skip
def test_the_screen_holds_both_tables_within_a_hundred_columns(home, language, some):
    page = screen(home, language)
    assert max(cell_len(line) for line in page.splitlines()[:-4]) <= 100
    assert "…" not in page
    (beds,) = (row for row in home.told()["embedded"].places if row.names == ("beds", ALL))
    title = home.scenario.baseline.services["beds"].title[language]
    cells = [line.split() for line in page.splitlines() if line.lstrip().startswith(title)]
    assert cells[-1][-1] == number(beds.found["waiting_list"].value, "one")
    assert cells[-1][-2] == number(beds.found["occupancy"].value, "share")
    for text in some:
        assert text in page.replace("\n", "") or all(part in page for part in text.split())


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [40, 60, 80])
def test_no_number_is_cut_in_a_narrow_window(home, language, width):
    whole, narrow = (re.findall(r"(?<![P\d])\d[\d,.]*", screen(home, language, at)) for at in (200, width))
    assert sorted(narrow) == sorted(whole)


def test_full_prints_them_after_the_result_and_json_stays_one_object(result, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(commands, "run", lambda *_: result)
    monkeypatch.setattr(commands, "compare", lambda *_: Comparison((result,)))
    monkeypatch.setattr(commands, "write", lambda *_, language: Published([], [], []))
    request = Request("book-house", replications="3", years="1", out=str(tmp_path / "out"), workers="1")
    for command in (commands.run_scenario, commands.compare_scenario):
        printed = {}
        for language, json, wanted in (
            ("en", False, True),
            ("en", False, False),
            ("en", True, True),
            ("en", True, False),
        ):
            command(request, Voice(language, json, True), resume=None, full=wanted)
            printed[json, wanted] = capsys.readouterr().out
        assert printed[False, True] == printed[False, False] + screen(result, "en")
        assert printed[True, True] == printed[True, False]
