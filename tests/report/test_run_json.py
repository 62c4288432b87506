"""The object that scripts read."""

import json
import math
from dataclasses import replace

import pytest

from opsim.outcomes.intervals import Estimate
from opsim.outcomes.verdict import Failure, Relief
from opsim.report.json_values import text
from opsim.report.run_json import as_json, flows


def test_keys_of_the_contract(result):
    found = as_json(result)
    expected = {
        "schema": 2, "scenario": "book-house", "option": "embedded", "seed": 1, "replications": 3, "years": 1,
        "fixed": False,
    }  # fmt: skip
    assert {key: found[key] for key in expected} == expected
    assert {"class", "probability", "ci", "relief", "p0", "p1", "gate", "failure", "badge"} <= set(
        found["verdict"]
    )
    for name in (
        "user_payment_coverage",
        "own_level_fiscal_cost",
        "priority_reach",
        "denied_share",
        "visits",
    ):
        assert set(found["outcomes"][name]) >= {"value", "ci", "unit"}
        assert name in found["baseline"]
    assert found["outcomes"]["visits"]["unit"] == "visits a year"


def test_nothing_depends_on_workers(result):
    other = replace(result, settings=replace(result.settings, workers=7))
    assert text(as_json(other)) == text(as_json(result))


def test_null_never_nan(result):
    verdict = replace(result.verdict, relief=None, failure=None)
    option = {**result.option, "visits": Estimate(None, None, 1.0)}
    found = json.loads(text(as_json(replace(result, verdict=verdict, option=option))))
    assert found["outcomes"]["visits"] == {
        "value": None,
        "ci": None,
        "unit": "visits a year",
        "undefined": 1.0,
    }
    assert (found["verdict"]["relief"], found["verdict"]["failure"]) == (None, None)
    with pytest.raises(ValueError, match="Out of range float"):
        text({"value": math.nan})


def test_month_of_failure_is_counted_from_one_and_dated(result):
    verdict = replace(
        result.verdict, failure=Failure("cash", 0.5, 14), relief=Relief("relief", Estimate(1.0, None), -0.2)
    )
    found = as_json(replace(result, verdict=verdict))["verdict"]
    assert found["failure"] == {"cause": "cash", "share": 0.5, "month": 15, "date": "2028-03"}
    assert found["relief"] == {"class": "relief", "probability": 1.0, "ci": None, "median_change": -0.2}


def test_flows_are_yearly_means_of_all_cases(result):
    cases = [pair.option for pair in result.replications]
    found = {(flow["from"], flow["to"], flow["reason"]): flow["yuan"] for flow in flows(cases, 1)}
    key = ("service:reading", "common", "shared_cost")
    assert found[key] == pytest.approx(sum(case.flows[key] for case in cases) / 100 / 3)
