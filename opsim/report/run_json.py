"""A run as one JSON object: the form that scripts read, on standard output and in ``run.json``.

Nothing in it depends on when, where, in which folder or by how many workers the run was made.
"""

from dataclasses import asdict
from datetime import date
from typing import Any

from opsim.facility.case import LOST
from opsim.outcomes.distribution import average
from opsim.outcomes.intervals import Estimate
from opsim.outcomes.precision import MEANS
from opsim.outcomes.verdict import Failure, Relief
from opsim.report import denials, stations
from opsim.report.compliance import flags_as_json
from opsim.report.difference import differences
from opsim.report.dump import SCHEMA
from opsim.report.evidence import replications_needed
from opsim.scenario.calendar import TABLE_VERSION, last_makeup_year
from opsim.study.replication import CaseResult
from opsim.study.run import RunResult


def as_json(result: RunResult) -> dict[str, Any]:
    """The object of a run."""
    settings, units = result.settings, {outcome.name: outcome.unit for outcome in result.outcomes}
    return {
        **head(result, "run"),
        "verdict": verdict(result),
        "outcomes": {name: outcome_value(item, units[name]) for name, item in result.option.items()},
        "baseline": {name: outcome_value(item, units[name]) for name, item in result.baseline.items()},
        "difference": {name: outcome_value(item, units[name]) for name, item in differences(result).items()},
        "spread": spread(result),
        "flows": {name: flows(cases, settings.years) for name, cases in result.results().items()},
        "groups": {name: groups(cases) for name, cases in result.results().items()},
        "lost": {name: lost(cases, settings.years) for name, cases in result.results().items()},
        **stations.as_json(result),
        "denials": denials.as_json(result),
        **foot(result),
    }


def spread(result: RunResult) -> dict[str, Any]:
    """Standard deviations over cases of the option's headline means: all, by chance, by the parameters."""
    found = {name: result.spread(name) for name in MEANS}
    return {name: None if each is None else asdict(each) for name, each in found.items()}


def head(result: RunResult, command: str) -> dict[str, Any]:
    """What was run, by which command and how."""
    settings = result.settings
    return {
        "schema": SCHEMA,
        "command": command,
        "scenario": result.scenario.name,
        "title": {"en": result.scenario.title.en, "zh": result.scenario.title.zh},
        "option": settings.option,
        "seed": settings.seed,
        "replications": len(result.replications),
        "complete": result.complete,
        "years": settings.years,
        "fixed": settings.fixed,
        "engine": settings.engine,
        "version": result.version,
    }


def foot(result: RunResult) -> dict[str, Any]:
    """What else is needed to make the same again."""
    settings = result.settings
    return {
        "compliance": {name: flags_as_json(result.scenario.cases()[name]) for name in result.results()},
        "settings": {
            "replications": settings.replications,
            "precision": settings.precision,
            "level": settings.level,
            "sets": list(result.scenario.sets),
            "ledger": "all" if settings.ledger_all else "first",
        },
        "calendar": {"table": TABLE_VERSION, "makeup_days_until": last_makeup_year()},
    }


def flows(cases: list[CaseResult], years: int) -> list[dict[str, Any]]:
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


def groups(cases: list[CaseResult]) -> dict[str, Any]:
    """Use, payments and public money by segment, a year on average."""
    found = average([case.groups for case in cases])
    return {segment: asdict(group) for segment, group in found.items()}


def lost(cases: list[CaseResult], years: int) -> dict[str, dict[str, float]]:
    """Visits never made and refusals by segment and cause, a year on average (see `CaseRecord.asked_for`)."""
    return {
        segment: {
            cause: sum(case.lost[segment][cause] for case in cases) / years / len(cases) for cause in LOST
        }
        for segment in cases[0].lost
    }


def interval(estimate: Estimate) -> list[float] | None:
    """Both ends of an interval; None where there is none."""
    return list(estimate.ci) if estimate.ci is not None else None


def outcome_value(estimate: Estimate, unit: str) -> dict[str, Any]:
    """An outcome with its interval and unit."""
    return {
        "value": estimate.value,
        "ci": interval(estimate),
        "unit": unit,
        "undefined": estimate.undefined,
    }


def _share(estimate: Estimate) -> dict[str, Any]:
    return {"probability": estimate.value, "ci": interval(estimate)}


def verdict(result: RunResult) -> dict[str, Any]:
    """The verdict with everything that stands beside it."""
    found = result.verdict
    unclear = found.name == "insufficient-evidence"
    return {
        "class": found.name,
        "decided_by": found.test,
        **_share(found.deciding),
        "p0": _share(found.users_alone),
        "p1": _share(found.with_grants),
        "gate": _share(found.gate),
        "relief": _relief(found.relief),
        "failure": _failure(found.failure, result.scenario.baseline.start),
        "replications_needed": replications_needed(result) if unclear else None,
        "badge": "not back-tested",
    }


def _relief(relief: Relief | None) -> dict[str, Any] | None:
    if relief is None:
        return None
    return {"class": relief.name, **_share(relief.share), "median_change": relief.median_change}


def _failure(failure: Failure | None, start: date) -> dict[str, Any] | None:
    if failure is None:
        return None
    return {**asdict(failure), "month": failure.month + 1, "date": month_name(start, failure.month)}


def month_name(start: date, month: int) -> str:
    """A month, counted from 0, as YYYY-MM."""
    year, within = divmod(start.month - 1 + month, 12)
    return f"{start.year + year:04d}-{within + 1:02d}"
