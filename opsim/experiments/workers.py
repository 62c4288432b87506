"""Doing tasks side by side: in this process, in processes of this machine, or on a Dask cluster.

All three are executors in the sense of `concurrent.futures`, and tasks and results are plain values, so what
is done never depends on where it is done. Only a few tasks are under way at a time, however many there are:
they may come from a generator, and results are handed on as soon as they are there.

Processes are spawned, not forked, so that the same code runs on Windows and beside threads. A task whose
process dies is done again by another one; who kills every process it is given to is given up.
"""

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from functools import partial
from multiprocessing.process import BaseProcess
from typing import Final, NamedTuple, TypeVar

from opsim.errors import InputError, Message, Problem, RunError

Task = TypeVar("Task")
Result = TypeVar("Result")

DEATHS: Final = 4
"""Processes that may die on a task before it is given up."""
AHEAD: Final = 2
"""Tasks under way for each process: one that is done and one that waits, so that nobody idles."""
LOOK_AGAIN: Final = 2.0
"""Seconds after which a cluster is asked again how many work on it."""
PATIENCE: Final = 30
"""Seconds to wait for a cluster's first worker."""


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


def in_order(
    work: Callable[[Task], Result], tasks: Sequence[Task], crew: Crew
) -> Generator[Result, None, None]:
    """Results of `work` over tasks, in the tasks' order. Raises as `as_done` does."""
    due, early = 0, dict[int, Result]()
    crew = crew._replace(processes=min(crew.processes, len(tasks)))
    with closing(as_done(partial(_numbered, work), enumerate(tasks), crew)) as finished:
        for results in finished:
            early.update(results)
            while due in early:
                yield early.pop(due)
                due += 1


def _numbered(work: Callable[[Task], Result], task: tuple[int, Task]) -> tuple[int, Result]:
    return task[0], work(task[1])


def as_done(
    work: Callable[[Task], Result], tasks: Iterable[Task | None], crew: Crew
) -> Generator[list[Result], None, None]:
    """Results of `work` over tasks, as they are finished: whatever has come meanwhile, at least one.

    A None among the tasks says that the next one is known only when something under way is finished. When
    the caller stops early or is interrupted, tasks that have not begun are dropped. In this very process
    Ctrl-C takes effect between two tasks.

    Raises:
        RunError: where processes die again and again, or the cluster is lost.
        InputError: where there is no such cluster.

    """
    if crew.scheduler is None and crew.processes <= 1:
        yield from _here(work, tasks)
        return
    source, again = iter(tasks), deque[tuple[Task, int]]()
    more = True
    while more or again:
        with _opened(crew) as (pool, size):
            flying: dict[Future[Result], tuple[Task, int]] = {}
            try:
                while True:
                    more = _take_off(work, source, again, pool, flying, AHEAD * size())
                    if not flying:
                        return
                    landed, _ = wait(flying, return_when=FIRST_COMPLETED)
                    yield _landed(landed, flying)
            except BrokenProcessPool:
                again.extend(_survivors(flying))


def _here(
    work: Callable[[Task], Result], tasks: Iterable[Task | None]
) -> Generator[list[Result], None, None]:
    for task in tasks:
        if task is not None:
            result, interrupted = _uninterrupted(work, task)
            yield [result]
            if interrupted:
                signal.raise_signal(signal.SIGINT)


def _take_off(
    work: Callable[[Task], Result], source: Iterator[Task | None], again: deque[tuple[Task, int]],
    pool: Executor, flying: dict[Future[Result], tuple[Task, int]], size: int,
) -> bool:  # fmt: skip
    """Hand out tasks until enough are under way; whether there may be more."""
    while len(flying) < size:
        if again:
            future = pool.submit(work, again[0][0])
            flying[future] = again.popleft()
            continue
        try:
            new = next(source)
        except StopIteration:
            return False
        if new is None:
            return True
        again.append((new, 0))
    return True


def _landed(landed: Iterable[Future[Result]], flying: dict[Future[Result], tuple[Task, int]]) -> list[Result]:
    """The results of what is finished, which is then no longer under way."""
    results = []
    for future in landed:
        try:
            results.append(future.result())
        except BrokenProcessPool:
            if results:
                break
            raise
        del flying[future]
    return results


def _survivors(flying: dict[Future[Result], tuple[Task, int]]) -> list[tuple[Task, int]]:
    """The tasks to do again after a process has died."""
    tasks = [(task, deaths + 1) for task, deaths in flying.values()]
    if any(deaths >= DEATHS for _task, deaths in tasks):
        raise RunError(Message("worker processes died again and again; what was finished before is kept"))
    return tasks


@contextmanager
def _opened(crew: Crew) -> Iterator[tuple[Executor, Callable[[], int]]]:
    """An executor, and how many tasks it can do at a time."""
    if crew.scheduler is not None:
        with _cluster(crew.scheduler) as opened:
            yield opened
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(crew.processes, context, _prepare_worker)
    try:
        yield pool, lambda: crew.processes
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _cluster(address: str) -> Iterator[tuple[Executor, Callable[[], int]]]:
    """The workers of a Dask scheduler. Dask itself does again what a dead worker left undone."""
    try:
        from distributed import Client, KilledWorker  # noqa: PLC0415 - an extra that few have
    except ImportError:
        missing = Message("--scheduler needs Dask")
        raise InputError([Problem(missing, Message('pip install "opsim[dask]"'))]) from None
    try:
        client = Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        wrong = Message("--scheduler: nobody answers at {address}", {"address": address})
        allowed = Message("the address of a Dask scheduler, such as tcp://10.0.0.5:8786")
        raise InputError([Problem(wrong, allowed)]) from error
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
            yield client.get_executor(pure=False), threads
        except KilledWorker as error:
            raise RunError(
                Message("worker processes died again and again; what was finished before is kept")
            ) from error
        except (CancelledError, OSError) as error:
            parts = {"address": address}
            raise RunError(
                Message("the scheduler at {address} is lost; what was finished before is kept", parts)
            ) from error
    finally:
        client.close()


def _uninterrupted(work: Callable[[Task], Result], task: Task) -> tuple[Result, bool]:
    """Do a task to its end; the result, and whether somebody pressed Ctrl-C meanwhile.

    An interrupt that lands while compiled code hands its result back to Python would crash the process.
    """
    if threading.current_thread() is not threading.main_thread():
        return work(task), False
    noted: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: noted.append(number))
    try:
        result = work(task)
    finally:
        signal.signal(signal.SIGINT, before)
    return result, bool(noted)


def _prepare_worker() -> None:
    """What each process does first.

    Ctrl-C reaches every process of a terminal; only the one that asked for the work shall act on it. And
    where that one is gone without a word, its workers go too: nobody would ever tell them.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()


def _leave_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
