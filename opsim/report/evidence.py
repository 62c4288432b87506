"""How many replications a decision would need, if the shares of cases stayed as they are."""

from opsim.experiments.run import RunResult
from opsim.outcomes.precision import CAP
from opsim.outcomes.verdict import classify


def replications_needed(result: RunResult) -> int | None:
    """The smallest number tried that gives a class; None where even the largest does not.

    Numbers are tried in steps of about five percent: the answer is a guide, not a promise.
    """
    verdict, settings = result.verdict, result.settings
    facility = result.scenario.options[settings.option]
    shares = [share.value or 0.0 for share in (verdict.gate, verdict.users_alone, verdict.with_grants)]
    n = len(result.replications)
    while n < CAP:
        n = min(CAP, n + max(1, n // 20))
        flags = [[i < round(share * n) for i in range(n)] for share in shares]
        name, _ = classify(
            *flags,
            failing_cases=facility.gate.failing_cases.at(facility.start),
            threshold=facility.gate.threshold.at(facility.start),
            level=settings.level,
        )
        if name != "insufficient-evidence":
            return n
    return None
