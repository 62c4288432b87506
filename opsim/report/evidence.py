"""How many replications a decision would need, if the shares of cases stayed as they are."""

from opsim.outcomes.precision import CAP
from opsim.outcomes.verdict import TESTS, decide
from opsim.study.run import RunResult


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
        held = {
            test: [i < round(share * n) for i in range(n)] for test, share in zip(TESTS, shares, strict=True)
        }
        if decide(facility, held, settings.level).name != "insufficient-evidence":
            return n
    return None
