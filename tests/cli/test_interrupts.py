"""Ctrl-C in commands that simulate: each says what is kept, or that nothing is, and how to go on."""

import json

import pytest

from opsim.cli import simulate as simulating
from opsim.cli.main import main
from opsim.report import folder as folders
from opsim.scenario.load import load
from opsim.study import evaluate as evaluating
from opsim.study import stress_search as searching
from opsim.study.settings import Settings
from opsim.study.stress_box import BOX
from tests.study.ranges import written

SHORT = ("--years", "1", "--workers", "1", "--replications", "2", "--out", "out")
COMMANDS = ("run", "compare", "stress", "subsidy")


def stopped(after):
    """Work one by one, until somebody presses Ctrl-C."""

    def as_done(work, tasks, crew):
        for count, task in enumerate(tasks):
            if count == after:
                raise KeyboardInterrupt
            yield [work(task)]

    return as_done


@pytest.fixture
def tea(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(folders.figures, "save", lambda *given: [])
    monkeypatch.setattr(simulating, "notice", lambda: None)  # what is compiled already is no matter here
    return str(written(tmp_path))


def points_of(command, tea):
    """Rows of a replication."""
    settings = Settings("with-tea", years=1)
    applying = [each for each in BOX if searching.refusal(each, load(tea), settings) is None]
    return 1 + len(applying) if command == "stress" else 1


def tables(folder):
    """What is in a folder, but for the store."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".sqlite")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.parametrize("command", COMMANDS)
def test_before_the_first_replication_nothing_is_kept_and_said_so(
    tea, tmp_path, capsys, monkeypatch, command
):
    monkeypatch.setattr(evaluating, "as_done", stopped(0))
    assert main([command, tea, *SHORT]) == 130
    done = capsys.readouterr()
    assert (done.out, done.err) == ("", "interrupted before anything was finished: nothing is kept\n")
    assert [path.name for path in tmp_path.iterdir()] == ["tea.yaml"]


@pytest.mark.parametrize("command", COMMANDS)
def test_after_some_these_are_kept_and_said_so_and_gone_on_with(tea, tmp_path, capsys, monkeypatch, command):
    assert main([command, tea, *SHORT[:-1], "calm", "--quiet"]) == 0
    with monkeypatch.context() as patch:
        patch.setattr(evaluating, "as_done", stopped(points_of(command, tea)))
        assert main([command, tea, *SHORT]) == 130
    said = capsys.readouterr().err
    assert (
        f"Ended early: 1 of 2 replications are finished and kept\nGo on with: opsim {command} --resume out\n"
        in said
    )
    told = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert (told["replications"], told["complete"]) == (1, False)
    assert main([command, "--resume", "out", "--workers", "1"]) == 0
    assert tables(tmp_path / "out") == tables(tmp_path / "calm")


def test_a_stress_test_stopped_in_its_search_keeps_every_replication(tea, tmp_path, capsys, monkeypatch):
    def pressed(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(searching, "point_of_failure", pressed)
    assert main(["stress", tea, *SHORT]) == 130
    assert (
        "Ended early: 2 replications under every stress are kept, no point of failure was found\n"
        "Go on with: opsim stress --resume out\n" in capsys.readouterr().err
    )
    told = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert (told["replications"], told["complete"]) == (2, False)


@pytest.mark.parametrize("command", COMMANDS)
def test_while_results_are_written_every_row_is_kept(tea, tmp_path, capsys, monkeypatch, command):
    def pressed(*given, **named):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(folders, "seal", pressed)
        assert main([command, tea, *SHORT, "--lang", "zh"]) == 130
    assert capsys.readouterr().err.splitlines()[-1] == f"继续运行：opsim {command} --resume out --lang zh"
    assert main([command, "--resume", "out", "--quiet"]) == 0
    assert (tmp_path / "out" / "checksums.txt").is_file()
