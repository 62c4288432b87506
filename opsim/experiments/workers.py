"""Doing tasks in worker processes and yielding their results in order.

Processes are spawned, not forked, so that the same code runs on Windows and beside threads. A result is
yielded as soon as it and all before it are there; when the caller stops early or is interrupted, tasks that
have not begun are dropped.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from opsim.errors import Message, RunError

Task = TypeVar("Task")
Result = TypeVar("Result")


def default_workers() -> int:
    """One worker for each processor core that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def in_order(
    work: Callable[[Task], Result], tasks: Sequence[Task], workers: int
) -> Generator[Result, None, None]:
    """Results of `work` over tasks, in the tasks' order, made by up to `workers` processes.

    One worker works in this very process, where Ctrl-C takes effect between two tasks. Raises RunError if a
    worker process dies.
    """
    if min(workers, len(tasks)) <= 1:
        for task in tasks:
            result, interrupted = _uninterrupted(work, task)
            yield result
            if interrupted:
                signal.raise_signal(signal.SIGINT)
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(workers, len(tasks)), context, _leave_interrupts_to_the_caller)
    try:
        futures = [pool.submit(work, task) for task in tasks]
        for future in futures:
            yield future.result()
    except BrokenProcessPool as error:
        raise RunError(
            Message("a worker process died; the replications finished before it are kept")
        ) from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


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


def _leave_interrupts_to_the_caller() -> None:
    """Ctrl-C reaches every process of a terminal; only the one that asked for the work shall act on it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
