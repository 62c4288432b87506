"""The same sweep on a real Dask cluster, one of whose workers is killed in the middle."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.cli.test_sweep import (
    ENVIRONMENT,
    ROWS,
    begin,
    begun,
    exported,
    killed_when,
    opsim,
    rows_in,
    signaled,
)
from tests.study import ranges
from tests.waiting import PATIENCE, until

CALM = ("--workers", "1", "--out", "calm")


def started(folder, *command):
    """A process of the cluster."""
    with (folder / "cluster.log").open("a", encoding="utf-8") as log:
        return subprocess.Popen(
            [sys.executable, "-m", *command], cwd=folder, env=ENVIRONMENT, stdout=log, stderr=log
        )


@pytest.fixture
def cluster(tmp_path):
    """(address, two workers) on this machine's loopback."""
    address = tmp_path / "scheduler.json"
    here = ("--scheduler-file", str(address))
    scheduler = started(
        tmp_path,
        "distributed.cli.dask_scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
        "--no-dashboard",
        *here,
    )
    worker = ("distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny", "--no-dashboard", *here)
    processes = [scheduler]
    (tmp_path / "pid.json").write_text(str(scheduler.pid), encoding="utf-8")
    try:
        until(lambda: address.exists() or scheduler.poll() is not None)
        assert scheduler.poll() is None
        workers = [started(tmp_path, *worker) for _ in range(2)]
        processes += workers
        tcp = next(
            word for word in address.read_text(encoding="utf-8").split('"') if word.startswith("tcp://")
        )
        yield tcp, workers
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="processes are killed by signals")
def test_a_worker_killed_in_the_middle_changes_nothing(tmp_path, cluster):
    address, (victim, _other) = cluster
    assert opsim(*begin(tmp_path), *CALM, cwd=tmp_path).returncode == 0
    place = tmp_path / "far"
    command = (*begin(tmp_path), "--scheduler", address, "--out", "far")
    status = killed_when(
        command, tmp_path, lambda: begun(place) and rows_in(place) >= ROWS // 4, lambda _pid: [victim.pid]
    )
    assert victim.wait(timeout=PATIENCE) == -signal.SIGKILL
    assert status == 0
    assert exported(tmp_path, "far") == exported(tmp_path, "calm")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="processes are killed by signals")
def test_killed_on_a_cluster_and_gone_on_with_at_home(tmp_path, cluster):
    address, _workers = cluster
    assert opsim(*begin(tmp_path), *CALM, cwd=tmp_path).returncode == 0
    place = tmp_path / "far"
    command = (*begin(tmp_path), "--scheduler", address, "--out", "far")
    assert signaled(command, tmp_path, ROWS // 4, "SIGKILL").returncode == -signal.SIGKILL
    assert ROWS // 4 <= rows_in(place) < ROWS
    assert opsim("sweep", "--resume", "far", "--workers", "1", cwd=tmp_path).returncode == 0
    assert exported(tmp_path, "far") == exported(tmp_path, "calm")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="processes are killed by signals")
def test_a_lost_scheduler_ends_the_command_and_loses_nothing(tmp_path, cluster):
    address, _workers = cluster
    place = tmp_path / "far"
    command = (*begin(tmp_path), "--scheduler", address, "--out", "far")
    scheduler = int(json.loads((tmp_path / "pid.json").read_text(encoding="utf-8")))
    assert signaled(command, tmp_path, ROWS // 4, "SIGKILL", scheduler).returncode == 1
    assert ROWS // 4 <= rows_in(place) < ROWS


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="processes are killed by signals")
def test_a_cluster_without_workers_is_given_up(tmp_path, cluster):
    address, workers = cluster
    for worker in workers:
        worker.kill()
    place = tmp_path / "far"
    status = killed_when(
        (*begin(tmp_path), "--scheduler", address, "--out", "far"), tmp_path,
        lambda: False, lambda _pid: [],
    )  # fmt: skip
    assert status == 1
    assert not place.exists()  # nothing was found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("question", "table"),
    [
        (("sensitivity", "tea.yaml", "--method", "oat", "--replications", "2"), "sensitivity.csv"),
        (
            ("breakeven", "tea.yaml", "--solve", "services.tea.price", "--between", "1", "9", "--target",
             "user_payment_coverage=0.2", "--replications", "3"),
            "figures/break-even.csv",
        ),
        (("compare", "tea.yaml", "--replications", "3"), "replications.csv"),
    ],
    ids=["sensitivity", "breakeven", "compare"],
)  # fmt: skip
def test_other_questions_get_the_same_answer_from_a_cluster(tmp_path, cluster, question, table):
    address, _workers = cluster
    ranges.written(tmp_path)
    for name, crew in (("near", ("--workers", "1")), ("far", ("--scheduler", address))):
        done = opsim(*question, "--years", "1", *crew, "--out", name, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    for file in (table, "run.json"):
        near, far = ((tmp_path / name / file).read_text(encoding="utf-8") for name in ("near", "far"))
        assert near == far
