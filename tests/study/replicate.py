"""One replication of cases made by hand, without a scenario around them."""

from collections.abc import Mapping

from opsim.scenario.facility import Facility
from opsim.study import evaluate
from opsim.study.case_result import Replicated
from opsim.study.evaluate import Details
from opsim.study.fingerprint import fingerprint
from opsim.study.run_and_compare import outcome_names
from opsim.study.settings import Settings


def task_of(
    cases: Mapping[str, Facility],
    services: tuple[str, ...] = (),
    *,
    engine: str = "kernel",
    ledger: bool = False,
) -> evaluate._Task:
    """The first replication of one year; the first case is called baseline."""
    settings = Settings(list(cases)[-1], replications=1, years=1, seed=1, engine=engine)
    shared = evaluate._Shared(
        fingerprint(), dict(cases), (), services, outcome_names(services), Details(int(ledger)), settings
    )
    return evaluate._Task(evaluate._packed(shared), (0, 0), {}, None, keep=False)


def replicate(task: evaluate._Task) -> Replicated:
    done = evaluate._evaluated(task)
    assert isinstance(done, evaluate._Done)
    return done.row.replicated()
