"""A comparison as one JSON object: each option beside the baseline, and the headlines beside one another."""

from itertools import combinations
from typing import Any

from opsim.outcomes.catalog import Outcome
from opsim.outcomes.intervals import Estimate
from opsim.outcomes.precision import MEANS
from opsim.report import denials, stations
from opsim.report.difference import Paired, paired
from opsim.report.run_json import flows, foot, groups, head, interval, lost, spread, verdict
from opsim.report.value import Value, values_for_money
from opsim.scenario.load import BASELINE
from opsim.study.run import Comparison


def as_json(result: Comparison) -> dict[str, Any]:
    """The object of a comparison."""
    first, years = result.runs[0], result.settings.years
    made = {key: value for key, value in head(first, "compare").items() if key != "option"}
    return {
        **made,
        "options": list(result.options),
        "verdicts": {run.settings.option: verdict(run) for run in result.runs},
        "spread": {run.settings.option: spread(run) for run in result.runs},
        "value_for_money": {name: _value_for_money(each) for name, each in values_for_money(result).items()},
        "compare": {outcome.name: _outcome(outcome, result) for outcome in result.outcomes},
        "flows": {name: flows(cases, years) for name, cases in result.results().items()},
        "groups": {name: groups(cases) for name, cases in result.results().items()},
        "lost": {name: lost(cases, years) for name, cases in result.results().items()},
        **stations.as_json(result),
        "denials": denials.as_json(result),
        **foot(first),
    }


def _outcome(outcome: Outcome, result: Comparison) -> dict[str, Any]:
    """One outcome in every case that has it."""
    name, done = outcome.name, result.results()
    known = {case: found[name] for case, found in result.estimates().items() if name in found}
    options = [case for case in known if case != BASELINE]
    against = {case: paired(outcome, done[case], done[BASELINE], result.settings.level) for case in options}
    told: dict[str, Any] = {"unit": outcome.unit}
    if BASELINE in known:
        told["baseline"] = _value(known[BASELINE])
    told["options"] = {case: _value(known[case]) for case in options}
    told["difference"] = {case: _plain(each.difference) for case, each in against.items()}
    told["correlation"] = {case: each.correlation for case, each in against.items()}
    told["variance"] = {case: _variance(each) for case, each in against.items()}
    if name in MEANS:
        told["between"] = [_between(outcome, pair, result) for pair in combinations(options, 2)]
    return told


def _value_for_money(value: Value) -> dict[str, Any]:
    """Yuan of the start that the treasury gains against the public comparator."""
    return {
        "comparator": value.comparator,
        "service": value.service,
        "as_run": {level: _plain(each) for level, each in value.as_run.items()},
        "at_equal_service": {level: _plain(each) for level, each in value.at_equal_service.items()},
    }


def _plain(estimate: Estimate) -> dict[str, Any]:
    return {"value": estimate.value, "ci": interval(estimate)}


def _between(outcome: Outcome, pair: tuple[str, str], result: Comparison) -> dict[str, Any]:
    """The second option less the first."""
    done = result.results()
    found = paired(outcome, done[pair[1]], done[pair[0]], result.settings.level)
    return {
        "options": list(pair),
        "difference": _plain(found.difference),
        "correlation": found.correlation,
        "variance": _variance(found),
    }


def _value(estimate: Estimate) -> dict[str, Any]:
    return {"value": estimate.value, "ci": interval(estimate), "undefined": estimate.undefined}


def _variance(found: Paired) -> dict[str, Any]:
    return {"paired": found.paired, "unpaired": found.unpaired, "ratio": found.ratio}
