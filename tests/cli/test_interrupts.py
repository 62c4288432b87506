"""Ctrl-C in commands that simulate: each says what is kept, or that nothing is, and which commands go on."""

import json

import pytest

from opsim.cli import run as running
from opsim.cli import simulate as simulating
from opsim.cli import subsidy
from opsim.cli.main import main
from opsim.report import folder as folders
from opsim.study import run as experiments
from opsim.study import stress as searching
from tests.study.ranges import written

SHORT = ("--years", "1", "--workers", "1", "--replications", "2", "--out", "out")
KEEPERS = (
    "This command cannot be gone on with; opsim sweep, sensitivity and breakeven keep every case as soon as it is "
    "finished and go on with --resume\n"
)
COMMANDS = ("run", "compare", "stress", "subsidy")


def stopped(after):
    """Results in order, until somebody presses Ctrl-C."""

    def in_order(work, tasks, crew):
        for count, task in enumerate(tasks):
            if count == after:
                raise KeyboardInterrupt
            yield work(task)

    return in_order


@pytest.fixture
def tea(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(folders.figures, "save", lambda *given: [])
    monkeypatch.setattr(simulating, "notice", lambda: None)  # what is compiled already is no matter here
    return str(written(tmp_path))


@pytest.mark.parametrize("command", COMMANDS)
def test_before_the_first_replication_nothing_is_kept_and_said_so(
    tea, tmp_path, capsys, monkeypatch, command
):
    for module in (experiments, searching):
        monkeypatch.setattr(module, "in_order", stopped(0))
    assert main([command, tea, *SHORT]) == 130
    done = capsys.readouterr()
    assert (done.out, done.err) == (
        "",
        "interrupted before anything was finished: nothing is kept\n" + KEEPERS,
    )
    assert [path.name for path in tmp_path.iterdir()] == ["tea.yaml"]


@pytest.mark.parametrize("command", COMMANDS)
def test_after_some_these_are_kept_and_said_so(tea, tmp_path, capsys, monkeypatch, command):
    for module in (experiments, searching):
        monkeypatch.setattr(module, "in_order", stopped(1))
    assert main([command, tea, *SHORT]) == 130
    said = capsys.readouterr().err
    assert "Ended early: 1 of 2 replications are finished and kept\n" + KEEPERS in said
    told = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert (told["replications"], told["complete"]) == (1, False)


def test_a_stress_test_stopped_in_its_search_keeps_every_replication(tea, tmp_path, capsys, monkeypatch):
    def pressed(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(searching, "point_of_failure", pressed)
    assert main(["stress", tea, *SHORT]) == 130
    assert (
        "Ended early: 2 replications under every stress are kept, no point of failure was found\n" + KEEPERS
        in capsys.readouterr().err
    )
    told = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert (told["replications"], told["complete"]) == (2, False)


@pytest.mark.parametrize(("command", "module", "name"), [
    ("run", running, "write"), ("compare", running, "write"), ("subsidy", subsidy, "publish"),
])  # fmt: skip
def test_while_results_are_written_it_does_not_say_that_nothing_was_finished(
    tea, tmp_path, capsys, monkeypatch, command, module, name
):
    def pressed(*given, **named):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, name, pressed)
    assert main([command, tea, *SHORT, "--quiet", "--lang", "zh"]) == 130
    assert capsys.readouterr().err.splitlines() == [
        "写出2次模拟的结果时中断：均未保留",
        "本命令不能续算；opsim sweep、sensitivity和breakeven每完成一个情形即予保留，可用--resume续算",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["tea.yaml"]
