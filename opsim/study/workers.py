"""Doing tasks side by side: in this process, in processes of this machine, or on a Dask cluster.

All three hand out futures of `concurrent.futures`, and tasks and results are plain values, so what
is done never depends on where it is done. Only a few tasks are under way at a time, however many there are:
they may come from a generator, and results are handed on as soon as they are there.

A task whose process dies is done again by another one; who kills every process it is given to is given up.
"""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import contextmanager
from itertools import islice
from typing import Final, NamedTuple, TypeVar

from opsim.errors import InputError, Message, Problem, RunError
from opsim.study.processes import Submit, died_again_and_again, processes

Task = TypeVar("Task")
Result = TypeVar("Result")

INTERRUPTS: Final = tuple(
    number for name in ("SIGINT", "SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None
)
"""Signals that ask a command to end: Ctrl-C, who manages its process, and a terminal that is closed."""
AHEAD: Final = 2
"""Tasks under way for each process: one that is done and one that waits, so that nobody idles."""
LOOK_AGAIN: Final = 2.0
"""Seconds after which a cluster is asked again how many work on it."""
PATIENCE: Final = 30
"""Seconds to wait for a cluster's first worker."""
ANSWER: Final = 5
"""Seconds in which a scheduler is to say who it is."""


class Crew(NamedTuple):
    """Who works."""

    processes: int = 1
    """On this machine; one works in this very process."""
    scheduler: str | None = None
    """Address of a Dask scheduler, whose workers are used instead."""


def default_workers() -> int:
    """One worker for each processor core that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def as_done(
    work: Callable[[Task], Result], tasks: Iterable[Task | None], crew: Crew
) -> Generator[list[Result], None, None]:
    """Results of `work` over tasks, as they are finished: whatever has come meanwhile, at least one.

    A None among the tasks says that the next one is known only when something under way is finished. When
    the caller stops early or is interrupted, tasks that have not begun are dropped. In this very process
    Ctrl-C and the like take effect between two tasks.

    Raises:
        RunError: where processes die again and again, or the cluster is lost.
        InputError: where there is no such cluster.

    """
    if crew.scheduler is None and crew.processes <= 1:
        yield from _here(work, tasks)
        return
    source = iter(tasks)
    with _opened(crew) as (submit, size):
        flying: set[Future[Result]] = set()
        while True:
            flying.update(submit(work, task) for task in _known(source, AHEAD * size() - len(flying)))
            if not flying:
                return
            landed, flying = wait(flying, return_when=FIRST_COMPLETED)
            finished = [future.result() for future in landed if future.exception() is None]
            if finished:
                yield finished
            for future in landed:
                future.result()  # raises what a task has raised, once the others' results are safe


def _here(
    work: Callable[[Task], Result], tasks: Iterable[Task | None]
) -> Generator[list[Result], None, None]:
    for task in tasks:
        if task is not None:
            result, interrupts = _uninterrupted(work, task)
            yield [result]
            for number in interrupts[:1]:
                signal.raise_signal(number)


def _known(source: Iterator[Task | None], count: int) -> Iterator[Task]:
    """The next tasks, as many as `count`, if so many are known by now."""
    for task in islice(source, max(count, 0)):
        if task is None:
            return
        yield task


@contextmanager
def _opened(crew: Crew) -> Iterator[tuple[Submit, Callable[[], int]]]:
    """How a task is handed out, and how many can be done at a time."""
    if crew.scheduler is not None:
        with _cluster(crew.scheduler) as opened:
            yield opened
    else:
        with processes(crew.processes) as submit:
            yield submit, lambda: crew.processes


def unreachable(address: str) -> Problem | None:
    """Why there is no such cluster; None where its scheduler answers. Ask before anything is begun."""
    try:
        from distributed.core import rpc  # noqa: PLC0415 - an extra that few have
        from distributed.security import Security  # noqa: PLC0415
    except ImportError:
        return Problem(Message("--scheduler needs Dask"), Message('pip install "opsim[dask]"'))

    async def kind() -> str:
        """What answers says that it is."""
        security = Security().get_connection_args("client")
        async with rpc(address, timeout=ANSWER, connection_args=security) as asked:
            return str((await asked.identity())["type"])

    try:
        if asyncio.run(asyncio.wait_for(kind(), ANSWER)) == "Scheduler":
            return None
    except Exception:
        pass
    wrong = Message("--scheduler: nobody answers at {address}", {"address": address})
    return Problem(wrong, Message("the address of a Dask scheduler, such as tcp://10.0.0.5:8786"))


@contextmanager
def _cluster(address: str) -> Iterator[tuple[Submit, Callable[[], int]]]:
    """The workers of a Dask scheduler. Dask itself does again what a dead worker left undone."""
    problem = unreachable(address)
    if problem is not None:
        raise InputError([problem])
    from distributed import Client, KilledWorker  # noqa: PLC0415 - as above

    client = Client(address, timeout="10s", set_as_default=False)
    try:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise RunError(
                Message("the scheduler at {address} has no workers", {"address": address})
            ) from error
        looked, size = 0.0, 1

        def threads() -> int:
            nonlocal looked, size
            if time.monotonic() - looked > LOOK_AGAIN:
                looked, size = time.monotonic(), max(1, sum(client.nthreads().values()))
            return size

        try:
            yield client.get_executor(pure=False).submit, threads
        except KilledWorker as error:
            raise died_again_and_again() from error
        except (CancelledError, OSError) as error:
            parts = {"address": address}
            raise RunError(
                Message("the scheduler at {address} is lost; what was finished before is kept", parts)
            ) from error
    finally:
        client.close()


def _uninterrupted(work: Callable[[Task], Result], task: Task) -> tuple[Result, list[int]]:
    """Do a task to its end; the result, and what has asked to end meanwhile, such as Ctrl-C.

    An interrupt that lands while compiled code hands its result back to Python would crash the process.
    """
    if threading.current_thread() is not threading.main_thread():
        return work(task), []
    noted: list[int] = []
    before = {
        number: signal.signal(number, lambda number, frame: noted.append(number)) for number in INTERRUPTS
    }
    try:
        result = work(task)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return result, noted
