"""Tasks side by side: all of them, once each, whoever dies meanwhile."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from opsim.errors import RunError
from opsim.study.workers import Crew, as_done
from tests.waiting import PATIENCE, until


def _square(number):
    return number * number


def _die_once(task):
    """Leave a mark and die at the first try; answer at the second."""
    number, mark = task
    if number == 3 and not Path(mark).exists():
        Path(mark).write_text("died", encoding="utf-8")
        os._exit(9)
    return number * number


def _die(number):
    os._exit(9)


def flat(batches):
    return [result for batch in batches for result in batch]


@pytest.mark.parametrize("crew", [Crew(1), Crew(2)])
def test_every_task_once_from_a_generator(crew):
    asked = []

    def tasks():
        for number in range(9):
            asked.append(number)
            yield number

    assert sorted(flat(as_done(_square, tasks(), crew))) == [n * n for n in range(9)]
    assert asked == list(range(9))


def test_only_a_few_tasks_are_under_way():
    taken = []

    def tasks():
        for number in range(100):
            taken.append(number)
            yield number

    batches = as_done(_square, tasks(), Crew(2))
    first = next(batches)
    assert len(taken) <= 2 * 2 + len(first)
    batches.close()


def test_none_waits_for_something_under_way():
    """The second task is known only when the first is finished."""
    results = []

    def tasks():
        yield 2
        while not results:
            yield None
        yield results[0] + 1

    for batch in as_done(_square, tasks(), Crew(2)):
        results += batch
    assert results == [4, 25]


def test_a_task_whose_process_dies_is_done_again(tmp_path):
    tasks = [(number, str(tmp_path / "mark")) for number in range(8)]
    assert sorted(flat(as_done(_die_once, tasks, Crew(2)))) == [n * n for n in range(8)]
    assert (tmp_path / "mark").exists()


def test_who_kills_every_process_is_given_up():
    with pytest.raises(RunError, match="died again and again"):
        flat(as_done(_die, [1, 2, 3], Crew(2)))


def _meet(folder):
    """Done only when another process is amid the same."""
    _leave_a_mark(folder)
    until(lambda: len(list(Path(folder).iterdir())) == 2)
    return os.getpid()


def test_two_work_at_the_same_time(tmp_path):
    assert len(set(flat(as_done(_meet, [str(tmp_path)] * 4, Crew(2))))) == 2


def _die_amid_the_answer(task):
    """At the first try, die while the answer, which is far larger than any pipe holds, is on its way."""
    number, mark = task
    if number == 3 and not Path(mark).exists():
        Path(mark).write_text("died", encoding="utf-8")
        threading.Timer(0.05, os._exit, (9,)).start()
        return bytes(10**9)
    return bytes([number])


def test_a_process_that_dies_amid_its_answer_is_replaced(tmp_path):
    tasks = [(number, str(tmp_path / "mark")) for number in range(8)]
    answers = flat(as_done(_die_amid_the_answer, tasks, Crew(2)))
    assert sorted(answers) == [bytes([number]) for number in range(8)]


def _object(number):
    if number == 2:
        raise ValueError(number)
    return number


def test_what_a_task_raises_is_raised_when_the_others_of_its_batch_are_told():
    told = []
    batches = as_done(_object, range(9), Crew(2))
    with pytest.raises(ValueError, match="2") as raised:
        told.extend(result for batch in batches for result in batch)
    assert {0, 1} & set(told)
    assert "in _object" in raised.value.__notes__[0]


def _leave_a_mark(folder):
    (Path(folder) / f"{os.getpid()}").touch()


def _never_end(folder):
    _leave_a_mark(folder)
    time.sleep(PATIENCE)
    (Path(folder) / "0").touch()


def test_who_stops_early_waits_for_nobody(tmp_path):
    """The processes amid a task are gone when the caller is."""
    batches = as_done(_never_end, [str(tmp_path)] * 4, Crew(2))
    caller = threading.main_thread().ident

    def interrupt():
        until(lambda: len(list(tmp_path.iterdir())) == 2)
        signal.pthread_kill(caller, signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        next(batches)
    pids = [int(mark.name) for mark in tmp_path.iterdir()]
    assert len(pids) == 2
    assert 0 not in pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
