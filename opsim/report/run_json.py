"""A run or a comparison as one JSON object: what scripts read, on standard output and in ``run.json``.

Nothing in it depends on when, where, in which folder or by how many workers the run was made.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from opsim.facility.case import LOST
from opsim.outcomes.case_estimates import Paired, paired, values_for_money
from opsim.outcomes.intervals import Estimate
from opsim.outcomes.outcome import Outcome
from opsim.outcomes.precision import MEANS
from opsim.outcomes.reported.incidence import average
from opsim.outcomes.station_measures import ALL, POOREST, PRIORITY
from opsim.report import json_values, station_tables
from opsim.report.json_values import dump
from opsim.report.numbers import month_name
from opsim.scenario.legality import flags
from opsim.scenario.load import BASELINE
from opsim.study.replication import CaseResult
from opsim.study.run import Comparison, RunResult

GROUPS = (ALL, PRIORITY, POOREST)
"""Visitors told of at each station: single segments are in ``stations.csv`` alone, or it would be long."""


def as_json(result: RunResult | Comparison) -> dict[str, Any]:
    """The object of a run, or of a comparison."""
    if isinstance(result, Comparison):
        first = result.runs[0]
        made = {key: value for key, value in head(first, "compare").items() if key != "option"}
        return {
            **made,
            "options": list(result.options),
            "verdicts": {run.settings.option: verdict(run) for run in result.runs},
            "spread": {run.settings.option: _spread(run) for run in result.runs},
            "value_for_money": dump(
                values_for_money(result.scenario.options, result.results(), result.settings.level)
            ),
            "compare": {outcome.name: _beside(outcome, result) for outcome in result.outcomes},
            **_by_case(result),
            **foot(first),
        }
    units = {outcome.name: outcome.unit for outcome in result.outcomes}
    cases = {"outcomes": result.option, "baseline": result.baseline, "difference": result.differences()}
    return {
        **head(result, "run"),
        "verdict": verdict(result),
        **{
            case: {name: outcome_value(each, units[name]) for name, each in found.items()}
            for case, found in cases.items()
        },
        "spread": _spread(result),
        **_by_case(result),
        **foot(result),
    }


def head(result: RunResult, command: str) -> dict[str, Any]:
    """What was run, by which command and how."""
    made = {"replications": len(result.replications), "complete": result.complete, "version": result.version}
    return json_values.head(command, result.scenario, result.settings, **made)


def foot(result: RunResult) -> dict[str, Any]:
    """What else is needed to make the same again."""
    settings, cases = result.settings, result.scenario.cases()
    return {
        "compliance": {name: dump(flags(cases[name])) for name in result.results()},
        "settings": {
            "replications": settings.replications,
            "precision": settings.precision,
            "level": settings.level,
            "sets": list(result.scenario.sets),
            "ledger": "all" if settings.ledger_all else "first",
        },
        "calendar": json_values.calendar(),
    }


def outcome_value(estimate: Estimate, unit: str) -> dict[str, Any]:
    """An outcome with its interval and unit."""
    return {**dump(estimate), "unit": unit}


def verdict(result: RunResult) -> dict[str, Any]:
    """The verdict with everything that stands beside it."""
    found, relief, failure = result.verdict, result.verdict.relief, result.verdict.failure
    told = {
        "class": found.name,
        "decided_by": found.test,
        **_share(found.deciding),
        "p0": _share(found.users_alone),
        "p1": _share(found.with_grants),
        "gate": _share(found.gate),
        "relief": relief
        and {"class": relief.name, **_share(relief.share), "median_change": relief.median_change},
        "failure": failure
        and {
            **dump(failure),
            "month": failure.month + 1,
            "date": month_name(result.scenario.baseline.start, failure.month),
        },
        "replications_needed": result.replications_needed()
        if found.name == "insufficient-evidence"
        else None,
        "badge": "not back-tested",
    }
    return dict(dump(told))


def _share(estimate: Estimate) -> dict[str, Any]:
    return {"probability": estimate.value, "ci": estimate.ci}


def _spread(result: RunResult) -> Any:  # noqa: ANN401 - as `dump`
    """Standard deviations over cases of the option's headline means: all, by chance, by the parameters."""
    return dump({name: result.spread(name) for name in MEANS})


def _beside(outcome: Outcome, result: Comparison) -> dict[str, Any]:
    """One outcome in every case that has it."""
    done, level = result.results(), result.settings.level

    def pair(case: str, other: str) -> dict[str, Any]:
        return _paired(paired(outcome, done[case], done[other], level))

    known = {case: found[outcome.name] for case, found in result.estimates().items() if outcome.name in found}
    options = [case for case in known if case != BASELINE]
    against = {case: pair(case, BASELINE) for case in options}
    told: dict[str, Any] = {"unit": outcome.unit}
    if BASELINE in known:
        told["baseline"] = known.pop(BASELINE)
    told["options"] = known
    for key in ("difference", "correlation", "variance"):
        told[key] = {case: each[key] for case, each in against.items()}
    if outcome.name in MEANS:
        told["between"] = [
            {"options": [one, other], **pair(other, one)} for one, other in combinations(options, 2)
        ]
    return dict(dump(told))


def _paired(found: Paired) -> dict[str, Any]:
    """One case less another, and what the same draws were worth for it."""
    variance = {"paired": found.paired, "unpaired": found.unpaired, "ratio": found.ratio}
    return {"difference": found.difference, "correlation": found.correlation, "variance": variance}


def _by_case(result: RunResult | Comparison) -> dict[str, Any]:
    """What is told of each case: who pays, who uses, who is lost, and how the stations fared."""
    done, years = result.results(), result.settings.years
    stations = (row for row in station_tables.stations(result) if row["group"] in GROUPS)
    return {
        "flows": {name: flows(cases, years) for name, cases in done.items()},
        "groups": {name: dump(average([each.groups for each in cases])) for name, cases in done.items()},
        "lost": {name: lost(cases, years) for name, cases in done.items()},
        "stations": list(map(_measured, stations)),
        "places": list(map(_measured, station_tables.places(result))),
        "denials": list(map(_measured, station_tables.denials(result))),
    }


def _measured(row: Mapping[str, Any]) -> dict[str, Any]:
    units = station_tables.UNIT
    return {
        name: outcome_value(each, units[name]) if isinstance(each, Estimate) else each
        for name, each in row.items()
    }


def flows(cases: Sequence[CaseResult], years: int) -> list[dict[str, Any]]:
    """Who pays for whom: mean yuan a year moved by the annual settlements, largest first."""
    totals: dict[tuple[str, str, str], int] = {}
    for case in cases:
        for key, fen in case.flows.items():
            totals[key] = totals.get(key, 0) + fen
    order = sorted(totals, key=lambda key: (-totals[key], key))
    return [
        {"from": key[0], "to": key[1], "reason": key[2], "yuan": totals[key] / 100 / years / len(cases)}
        for key in order
    ]


def lost(cases: Sequence[CaseResult], years: int) -> dict[str, dict[str, float]]:
    """Visits never made and refusals by segment and cause, a year on average (see `CaseRecord.asked_for`)."""
    return {
        segment: {
            cause: sum(case.lost[segment][cause] for case in cases) / years / len(cases) for cause in LOST
        }
        for segment in cases[0].lost
    }
