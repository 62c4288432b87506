"""Every outcome of every form of service, alone and in pairs, is a finite number or undefined, never NaN."""

import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from opsim import Settings, compare, load, run
from opsim.cli.main import main
from opsim.language import translator
from opsim.outcomes.intervals import estimate
from opsim.outcomes.red_lines import RED_LINES
from opsim.report.run_json import as_json
from opsim.report.sections.side_by_side import red_lines_table
from tests.study.replicate import replicate, task_of

WORLD = """
title: {en: House, zh: 屋}
start: 2026-01-01
years: 1
calendar: none
treasury: {own_level: district, tax_shares: {district: 1}}
growth: {wages: 0, food: 0, utilities: 0, prices: 0, incomes: 0, fees: 0, fee_review: 3}
discount_rates: {fiscal: 0, social: 0}
catchment:
  population: POPULATION
  ages: {any: {title: {en: anybody, zh: 居民}, share: 1}}
  incomes: {any: {title: {en: any income, zh: 各收入}, share: 1, monthly_income: 3000}}
  distances: {next-door: {share: 1, meters: 0}}
  priority_groups: [any.*]
premises: {area: 100, market_rent: 20, lettable: 1}
contract:
  route: direct-operation
  title: {en: run by the district, zh: 区级直接运营}
  appropriation: {payer: {level: district}, amount: 1200}
baseline: {title: {en: as it is, zh: 维持现状}}
options: {other: {title: {en: with light, zh: 加照明}, costs: {light: {title: {en: light, zh: 照明}, amount: 9, per: month}}}}
"""
HEAD = "    title: {en: NAME, zh: NAME}\n    class: basic\n    area: 20\n    hours: '09:00-21:00'\n"
FORMS = {
    "walk-in": HEAD
    + """
    form: walk-in
    steps: {seat: {station: table, duration: {dist: exponential, mean: 60}}}
    demand:
      visits_per_person: {any: 36.5}
      distance_decay: 1000
      workday_hours: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
      restday_hours: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
""",
    "places": HEAD.replace("'09:00-21:00'", "'00:00-24:00'")
    + """
    form: places
    places: 3
    levels:
      light: {title: {en: light, zh: 轻}, fee: 1800, entry: 0.5}
      heavy: {title: {en: heavy, zh: 重}, fee: 3600, entry: 0.5, high_care: true}
    stay: {dist: exponential, mean: 90}
    applications: {per_thousand: {any: 200}, distance_decay: 1000}
""",
    "lease": HEAD.replace("basic", "market")
    + """
    form: lease
    units: 2
    unit_area: 10
    rent: {formula: fixed, base: 40}
    re_letting: {dist: exponential, mean: 3}
    tenants: {street: 100, basket: 20, conversion: 0.1, gross_margin: 0.4, fixed_costs: 100}
""",
    "event": HEAD
    + """
    form: event
    hall: hall
    types:
      fair: {title: {en: fair, zh: 展}, requests: 12, begins: '10:00', fee: 100, attendance: {dist: deterministic, mean: 30}}
""",
}
OWN = {
    "walk-in": "stations: {table: {title: {en: table, zh: 桌}, servers: 1, waiting_room: 1}}\n",
    "event": "halls: {hall: {title: {en: hall, zh: 厅}, seats: 50, blocks: []}}\n",
}
TOGETHER = [*((form,) for form in FORMS), *itertools.combinations_with_replacement(FORMS, 2)]


def house(folder: Path, forms: tuple[str, ...], population: int = 40) -> Path:
    text = WORLD.replace("POPULATION", str(population)) + "".join(
        OWN.get(form, "") for form in dict.fromkeys(forms)
    )
    text += "services:\n"
    for number, form in enumerate(forms):
        text += f"  s{number}:\n{FORMS[form].replace('NAME', f's{number}')}"
    path = folder / "house.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def check(value: Any, place: str = "") -> None:
    """Every number below a value is finite."""
    if isinstance(value, float):
        assert math.isfinite(value), place
    for key, each in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        check(each, f"{place}.{key}")


@pytest.mark.parametrize("population", [0, 40])
@pytest.mark.parametrize("forms", TOGETHER, ids="+".join)
def test_outcomes_are_finite_or_undefined(tmp_path: Path, forms: tuple[str, ...], population: int) -> None:
    scenario = load(house(tmp_path, forms, population))
    cases = scenario.cases()
    services = tuple(f"s{n}" for n in range(len(forms)))
    done = replicate(task_of(cases, services))
    for result in done.cases.values():
        for name, (top, bottom) in result.fractions.items():
            assert not np.isnan(bottom), name
            assert not np.isinf(top), name
            found = estimate("mean" if bottom == 1 else "ratio", np.array([top] * 3), np.array([bottom] * 3))
            assert found.value is None or math.isfinite(found.value), name
    check(as_json(run(scenario, Settings("other", replications=2, years=1, seed=1))))


@pytest.mark.parametrize(
    "forms",
    [("places", "places"), *(pytest.param(forms, marks=pytest.mark.slow) for forms in TOGETHER if forms != ("places", "places"))],
    ids="+".join,
)  # fmt: skip
def test_every_form_is_shown_to_the_end(tmp_path: Path, forms: tuple[str, ...], capsys: Any) -> None:
    """A facility without stations, without services for the public, with nothing but a hall: all are published."""
    path, out = house(tmp_path, forms), tmp_path / "out"
    assert (
        main(
            [
                "run",
                str(path),
                "--years",
                "1",
                "--replications",
                "2",
                "--out",
                str(out),
                "--format",
                "json",
                "--workers",
                "1",
            ]
        )
        == 0
    )

    def refused(text: str) -> None:
        raise AssertionError(f"{text} in the JSON")

    told = json.loads(capsys.readouterr().out, parse_constant=refused)
    check(told)
    for table in ("outcomes.csv", "monthly.csv", "ledger.csv", "checksums.txt"):
        assert (out / table).exists()


def test_a_red_line_that_nobody_was_there_for_is_seen_not_to_be_kept(tmp_path: Path) -> None:
    """Nobody lives there: visits, denial and waits are undefined, and in no case kept."""
    path, out, memo = house(tmp_path, ("walk-in",), 0), tmp_path / "out", tmp_path / "memo.html"
    result = compare(load(path), Settings("other", replications=2, years=1, seed=1), ["other"])
    found = result.estimates()["other"]
    assert (found["worst_year.reach"].value, found["kept.reach"].value) == (None, 0)
    assert found["gate_room"].value == -1
    rows = red_lines_table(result, translator("en")).rows
    titles, shares = ([row.cells[i] for row in rows] for i in (0, 3))
    unkept = {
        str(title).split("\n")[0]
        for title, share in zip(titles, shares, strict=True)
        if str(share).split() == ["–", "0", "%"]
    }
    wanted = {"reach", "reach_poorest", "services", "denial", "wait"}
    assert unkept == {line.title for line in RED_LINES if line.name in wanted}
    run_it = ["run", str(path), "--years", "1", "--replications", "2", "--workers", "1", "--out", str(out)]
    assert main(run_it) == 0
    assert main(["memo", str(out), str(memo), "--lang", "en"]) == 0
    words = memo.read_text(encoding="utf-8")
    assert "red lines crossed today in some cases: visits of the priority groups ÷ baseline" in words
    assert "every red line is kept today" not in words
