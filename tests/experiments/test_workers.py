"""Tasks side by side: all of them, once each, whoever dies meanwhile."""

import os
import time
from pathlib import Path

import pytest

from opsim.errors import RunError
from opsim.experiments.workers import Crew, as_done, in_order


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


def test_in_order_whatever_the_order_of_finishing():
    assert list(in_order(_square, range(12), Crew(2))) == [n * n for n in range(12)]


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


def _wait(seconds):
    time.sleep(seconds)
    return os.getpid()


def test_two_work_at_the_same_time():
    begun = time.perf_counter()
    pids = flat(as_done(_wait, [1.0] * 4, Crew(2)))
    assert len(set(pids)) == 2
    assert time.perf_counter() - begun < 60
