"""Where and why visits were denied: a clinic of two services whose second station turns some away."""

from pathlib import Path

import numpy as np

from opsim import Settings, load, run
from opsim.report.run_json import as_json
from opsim.report.station_tables import denials, lines

WORKED = Path(__file__).parents[1] / "worked"
CLINIC = """
extends: {base}
title: {{en: Clinic, zh: 门诊}}
stations: {{x-ray: {{title: {{en: x-ray, zh: 透视}}, servers: 1, stock: {{units: 1, restock: "09:00-17:00"}}}}}}
services:
  reading:
    steps:
      look: {{station: x-ray, duration: {{dist: deterministic, mean: 1}}}}
"""


def test_a_visit_is_told_where_it_was_denied_and_the_parts_are_the_whole(tmp_path) -> None:
    path = tmp_path / "clinic.yaml"
    path.write_text(CLINIC.format(base=WORKED / "tea-room.yaml"), encoding="utf-8")
    result = run(load(path), Settings("with-tea", replications=2, years=1, seed=1))
    found = [
        dict(zip(("case", "service", "station", "cause", "visits"), row[:5], strict=True))
        for row in lines(denials, result)
    ]
    option = [row for row in found if row["case"] == "with-tea"]
    assert {(row["service"], row["station"]) for row in option} == {
        ("reading", "table"),
        ("reading", "x-ray"),
    }
    assert {row["cause"] for row in option if row["station"] == "x-ray"} == {"sold_out", "closed"}
    refused = ("closed", "full", "left", "sent_away", "sold_out")
    whole = sum(result.option[f"denied_{cause}"].value for cause in refused)
    assert np.isclose(sum(row["visits"] for row in option), whole)
    assert [row["visits_a_year"]["value"] for row in as_json(result)["denials"]] == [
        row["visits"] for row in found
    ]
