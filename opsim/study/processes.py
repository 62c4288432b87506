"""Tasks in processes of this machine, of which any may be killed at any moment.

The standard library's pool of processes shares its queues, and their locks, among its workers: one that is
killed while another is being started, or amid its answer, can leave the others and the caller waiting for
ever. Here each process has a pipe of its own to one thread of a pool of threads, so that a death is the end
of that pipe and nothing more: the thread begins another process and gives it the same task.

Processes are spawned, not forked, so that the same code runs on Windows and beside threads.
"""

import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Final, NamedTuple, TypeAlias

from opsim.errors import Message, RunError

DEATHS: Final = 4
"""Processes that may die on a task before it is given up."""

Submit: TypeAlias = Callable[..., "Future[Any]"]
"""What hands out a task: from `work` and its argument to a future result."""


class _Worker(NamedTuple):
    process: BaseProcess
    pipe: "Connection[Any, Any]"


def died_again_and_again() -> RunError:
    """What is raised where no process survives."""
    return RunError(Message("worker processes died again and again; what was finished before is kept"))


@contextmanager
def processes(count: int) -> Iterator[Submit]:
    """So many processes, begun when they are needed; at the end those still at work are killed.

    Yields what hands a task out. Its future raises what the task raises, with the traceback of the process
    as a note, or RunError where `DEATHS` processes have died on it.
    """
    lock, ended = threading.Lock(), False
    begun: list[_Worker] = []
    mine = threading.local()

    def worker() -> _Worker:
        """The process of this thread, a new one where it has none."""
        if getattr(mine, "worker", None) is None:
            with lock:
                if ended:
                    raise CancelledError
                mine.worker = _begun()
                begun.append(mine.worker)
        return mine.worker  # type: ignore[no-any-return]

    def asked(work: Callable[[Any], Any], task: Any) -> Any:  # noqa: ANN401 - whatever the caller's work takes and gives
        for _ in range(DEATHS):
            pipe = worker().pipe
            try:
                pipe.send((work, task))
                answer, error = pipe.recv()
            except (EOFError, OSError):  # its process is dead
                mine.worker = None
                continue
            if error is not None:
                raise error
            return answer
        raise died_again_and_again()

    threads = ThreadPoolExecutor(count)
    try:
        yield lambda work, task: threads.submit(asked, work, task)
    finally:
        with lock:
            ended = True
        for process, _pipe in begun:
            process.kill()
        threads.shutdown(cancel_futures=True)
        for process, pipe in begun:
            process.join()
            pipe.close()


def _begun() -> _Worker:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_answer, args=(there,), daemon=True)
    process.start()
    there.close()  # so that the pipe ends when the process does
    return _Worker(process, here)


def _answer(pipe: "Connection[Any, Any]") -> None:
    """What a process does: tasks as they come, until nobody asks anymore.

    Ctrl-C reaches every process of a terminal; only the one that asked for the work shall act on it. And
    where that one is gone without a word, its workers go too, amid their task.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    while True:
        try:
            work, task = pipe.recv()
        except EOFError:
            return
        answer, raised = None, None
        try:
            answer = work(task)
        except Exception as error:
            error.add_note(traceback.format_exc())
            raised = error
        pipe.send((answer, raised))


def _leave_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
