"""Runs: reproducible whatever the workers, paired, balanced, and honest about what was interrupted."""

import dataclasses
import os
import signal
import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest

import opsim.study.evaluate as evaluating
from opsim.errors import Message, RunError
from opsim.ledger.postings import Postings
from opsim.scenario.load import Scenario, load
from opsim.study.case_result import Replicated
from opsim.study.run_and_compare import RunResult, run
from opsim.study.settings import Settings
from opsim.study.worker_task import Task
from opsim.study.workers import Crew, as_done
from tests.facility.build import tiny
from tests.study.replicate import replicate, task_of

SHORT = Settings(option="embedded", replications=3, years=1, seed=1)


def small() -> Scenario:
    """The book house in a hamlet, so that a year takes no time."""
    return load("book-house", sets=["catchment.population=400"])


@pytest.fixture(scope="module")
def result() -> RunResult:
    return run(small(), SHORT)


def ledgers(result: RunResult) -> list[Postings]:
    return [case.postings for each in result.replications for case in (each.baseline, each.option)]


def same(left: Postings, right: Postings) -> bool:
    names = left.accounts == right.accounts and left.reasons == right.reasons
    columns = ("day", "source", "target", "amount", "service", "reason")
    return names and all(np.array_equal(getattr(left, name), getattr(right, name)) for name in columns)


def test_two_workers_give_the_same_ledger_as_one(result: RunResult) -> None:
    other = run(small(), dataclasses.replace(SHORT, workers=2))
    assert all(same(*pair) for pair in zip(ledgers(result), ledgers(other), strict=True))
    assert other.option == result.option
    assert other.verdict == result.verdict


def test_seeds_differ_and_zero_is_one(result: RunResult) -> None:
    once = run(small(), dataclasses.replace(SHORT, seed=0, replications=1))
    again = run(small(), dataclasses.replace(SHORT, seed=0, replications=1))
    assert same(ledgers(once)[0], ledgers(again)[0])
    assert not same(ledgers(once)[0], ledgers(result)[0])
    assert not same(ledgers(result)[0], ledgers(result)[2])


def test_books_balance_in_every_case_and_replication(result: RunResult) -> None:
    for postings in ledgers(result):
        assert len(postings.amount) > 50
        assert postings.amount.min() > 0
        assert sum(postings.balances().values()) == 0


def test_option_and_baseline_meet_the_same_readers(result: RunResult) -> None:
    """Without induced visits and with the same seats, embedding a café changes nobody's reading.

    Lending may differ by a visit or two: the librarian who makes coffee keeps borrowers waiting.
    """
    sets = [
        "catchment.population=400",
        "services.cafe.spillover.reading.induced=0",
        "stations.seats.servers=50",
    ]
    pairs = run(load("book-house", sets=sets), SHORT).replications
    for pair in pairs:
        assert pair.option.fractions["sold.reading"] == pair.baseline.fractions["sold.reading"]
        assert 0 <= pair.baseline.fractions["sold.lending"][0] - pair.option.fractions["sold.lending"][0] <= 5
        assert pair.option.fractions["sold.cafe"] > pair.baseline.fractions["sold.cafe"]


def test_fixed_uses_base_values_and_leaves_only_chance() -> None:
    fixed = run(small(), dataclasses.replace(SHORT, fixed=True))
    wages = {
        int(postings.amount[postings.where(reason=lambda name: name == "wages")].sum())
        for postings in ledgers(fixed)
    }
    # Three librarians at 3,200 yuan and 26 % social cost, twelve months.
    assert wages == {3 * 320_000 * 126 // 100 * 12}
    readers = {each.baseline.fractions["visits"] for each in fixed.replications}
    assert len(readers) == 3


def test_coverage_is_income_over_cost_of_the_postings(result: RunResult) -> None:
    """The headline ratio, added up a second time straight from the ledgers."""
    income = cost = 0
    for each in result.replications:
        postings = each.option.postings
        for amount, reason in zip(postings.amount, postings.reason, strict=True):
            name = postings.reasons[reason]
            income += int(amount) * (name == "sales")
            cost += int(amount) * (name in ("wages", "purchases", "rent", "tax", "renewal"))
    assert result.option["user_payment_coverage"].value == pytest.approx(income / cost, rel=1e-12)


def ended_by(error: BaseException) -> Callable[..., Iterator[list[object]]]:
    """Work that ends after its first task."""

    def as_done(
        work: Callable[[object], object], tasks: Iterator[object], crew: Crew
    ) -> Iterator[list[object]]:
        yield [work(next(tasks))]
        raise error

    return as_done


def test_an_interrupt_keeps_what_is_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluating, "as_done", ended_by(KeyboardInterrupt()))
    kept = run(small(), SHORT)
    assert len(kept.replications) == 1
    assert not kept.complete


def test_a_dead_worker_keeps_what_is_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluating, "as_done", ended_by(RunError(Message("a worker process died"))))
    kept = run(small(), SHORT)
    assert len(kept.replications) == 1
    assert str(kept.failure) == "a worker process died"


def _pressed(number: int) -> int:
    """A task during which somebody presses Ctrl-C."""
    if number == 2:
        signal.raise_signal(signal.SIGINT)
    return 10 * number


def test_ctrl_c_lets_the_running_task_finish_and_begins_no_other() -> None:
    made: list[int] = []
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - what was made before it counts
        for results in as_done(_pressed, [1, 2, 3], Crew(1)):
            made.extend(results)
    assert made == [10, 20]


@pytest.mark.skipif(os.name == "nt", reason="signals to a thread are another thing on Windows")
def test_a_storm_of_interrupts_crashes_nothing() -> None:
    """Compiled code and an interrupt at any moment: the process lives, and every task is whole."""
    facility = tiny()
    task = task_of({"baseline": facility, "option": facility}, ("reading", "cafe"))
    whole = replicate(task).cases["option"].fractions
    over, aim, working = threading.Event(), threading.Lock(), threading.Event()

    def shoot() -> None:
        while not over.wait(0.002):
            with aim:
                if working.is_set():
                    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    def under_fire(one: Task) -> Replicated:
        working.set()
        result = replicate(one)
        with aim:
            working.clear()
        return result

    storm = threading.Thread(target=shoot)
    storm.start()
    interrupts, made = 0, []
    try:
        for _ in range(20):
            try:
                for (result,) in as_done(under_fire, [task] * 2, Crew(1)):
                    made.append(result.cases["option"].fractions)
            except KeyboardInterrupt:
                interrupts += 1
    finally:
        over.set()
        storm.join()
    assert interrupts == len(made) == 20
    assert all(repr(fractions) == repr(whole) for fractions in made)


def test_progress_counts_up() -> None:
    seen: list[int] = []
    run(small(), SHORT, seen.append)
    assert seen == [1, 2, 3]


def _die(_: int) -> int:
    os._exit(3)


def test_a_dead_worker_is_an_error_that_says_so() -> None:
    with pytest.raises(RunError, match="worker processes died again and again"):
        list(as_done(_die, [1, 2], Crew(2)))


def test_replications_do_not_share_their_facility() -> None:
    facility = tiny()
    cases = {"baseline": facility, "option": facility}
    task = task_of(cases, ("reading", "cafe"), engine="simpy", ledger=True)
    first, second = replicate(task), replicate(task)
    assert repr(first.cases["option"].fractions) == repr(second.cases["option"].fractions)
    assert same(first.cases["option"].postings, second.cases["option"].postings)
