"""One replication of cases made by hand, without a scenario around them."""

from collections.abc import Mapping

from opsim.scenario.facility import Facility
from opsim.study import worker_task
from opsim.study.case_result import Replicated
from opsim.study.fingerprint import fingerprint
from opsim.study.run_and_compare import outcome_names
from opsim.study.settings import Settings
from opsim.study.worker_task import Details


def task_of(
    cases: Mapping[str, Facility],
    services: tuple[str, ...] = (),
    *,
    engine: str = "kernel",
    ledger: bool = False,
) -> worker_task.Task:
    """The first replication of one year; the first case is called baseline."""
    settings = Settings(list(cases)[-1], replications=1, years=1, seed=1, engine=engine)
    shared = worker_task.Shared(
        fingerprint(), dict(cases), (), services, outcome_names(services), Details(int(ledger)), settings
    )
    return worker_task.Task(worker_task.packed(shared), (0, 0), {}, None, keep=False)


def replicate(task: worker_task.Task) -> Replicated:
    done = worker_task.evaluated(task)
    assert isinstance(done, worker_task.Done)
    return done.row.replicated()
