"""`--resume` of run, compare, stress and subsidy: whatever ended them, the tables are those of an undisturbed one."""

import json
import os
import random
import shutil
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from opsim.report.figures import gallery as figures
from tests.cli.test_interrupts import tables
from tests.cli.test_sweep import a_worker, begun, itself, killed_when, opsim, rows_in, signaled
from tests.study.ranges import ROOM

TEXT = f"""
extends: {ROOM.as_posix()}
services: {{tea: {{price: {{value: 5, low: 4, high: 6, assumption: test}}}}}}
costs: {{light: {{amount: {{value: 240, low: 200, high: 280, assumption: test}}}}}}
gate: {{reach: 0.5, denial: 1, wait: 1000, public_share: 0}}
options:
  with-cake: {{title: {{en: With cake, zh: 糕点}}, services: {{tea: {{price: 9}}}}}}
"""
WORDS = ("tea.yaml", "--years", "1", "--seed", "4", "--quiet")
COUNTS = {"run": 6, "compare": 4, "stress": 2, "subsidy": 3}
"""Replications."""


@pytest.fixture(scope="module", autouse=True)
def undrawn():
    """Figures take half of the time, and nothing here is about them; of processes they are taken away."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "save", lambda *given: [])
        yield


def begin(folder, command):
    (folder / "tea.yaml").write_text(TEXT, encoding="utf-8")
    return (command, *WORDS, "--replications", str(COUNTS[command]), "--out", "out", "--workers")


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    """By command: the tables of one that nobody disturbed."""
    found = {}

    def undisturbed(command):
        if command not in found:
            folder = tmp_path_factory.mktemp(command)
            done = opsim(*begin(folder, command), "1", cwd=folder)
            assert done.returncode == 0, done.stderr
            found[command] = (tables(folder / "out"), rows_in(folder / "out"))
        return found[command]

    return undisturbed


def finished(folder):
    """The tables of a folder that is gone on with to its end; pictures of a process that drew some apart."""
    found = tables(folder / "out")
    return {name: content for name, content in found.items() if not name.endswith(".png")}


@pytest.mark.skipif(os.name == "nt", reason="processes are killed by signals")
@pytest.mark.parametrize(
    ("command", "part"), [("run", 0.3), ("compare", 0.7), ("stress", 0.4), ("stress", 0.9)]
)
def test_killed_and_gone_on_with(calm, tmp_path, command, part):
    whole, rows = calm(command)
    done = signaled((*begin(tmp_path, command), "1"), tmp_path, max(1, int(part * rows)), "SIGKILL")
    assert done.returncode == -signal.SIGKILL
    assert rows_in(tmp_path / "out") == max(1, int(part * rows))
    done = opsim(command, "--resume", "out", "--workers", "1", "--quiet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert finished(tmp_path) == whole
    assert rows_in(tmp_path / "out") == rows


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="children are found in /proc")
@pytest.mark.parametrize("command", ["run", "compare", "stress"])
@pytest.mark.parametrize("seed", range(10))
def test_killed_at_random_moments_again_and_again(calm, tmp_path, command, seed):
    """The command or a worker of it, before the first row, among the rows or while tables are written."""
    chance = random.Random(f"{command} {seed}")
    whole, rows = calm(command)
    words = (*begin(tmp_path, command), "2")
    for _ in range(3):
        found = rows_in(tmp_path / "out") if begun(tmp_path / "out") else 0
        until, whom = chance.randint(min(found, rows - 1), rows), chance.choice([itself, a_worker])

        def ready(least=until):
            if not begun(tmp_path / "out") or rows_in(tmp_path / "out") < least:
                return False
            time.sleep(chance.uniform(0, 0.5))
            return True

        status = killed_when(words, tmp_path, ready, whom)
        if status == 0:
            break
        assert (status, whom) == (-signal.SIGKILL, itself)
        if begun(tmp_path / "out"):
            words = (command, "--resume", "out", "--workers", "2", "--quiet")
    else:
        done = opsim(*words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert finished(tmp_path) == whole
    assert rows_in(tmp_path / "out") == rows


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a console signal is another thing on Windows")
@pytest.mark.parametrize("command", COUNTS)
@pytest.mark.parametrize("workers", ["1", "2"])
def test_who_asks_it_to_end_gets_a_folder_to_go_on_with(calm, tmp_path, command, workers):
    whole, _ = calm(command)
    words = [word for word in begin(tmp_path, command) if word != "--quiet"]
    done = signaled((*words, workers), tmp_path, 1, "SIGINT", "group")
    assert done.returncode == 130
    assert f"Go on with: opsim {command} --resume out" in done.stderr
    assert "Traceback" not in done.stderr
    assert opsim(command, "--resume", "out", "--workers", "1", "--quiet", cwd=tmp_path).returncode == 0
    assert finished(tmp_path) == whole


@pytest.fixture
def half(calm, tmp_path, monkeypatch):
    """A run that was left with some of its rows."""
    done = opsim(*begin(tmp_path, "run"), "1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(tmp_path / "out" / "study.sqlite") as database:
        database.execute("delete from rows where replication > 2")
    return tmp_path


def test_everything_is_taken_from_the_folder(half, calm):
    done = opsim("run", "--resume", "out", "--seed", "3", cwd=half)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        "--resume takes everything from the folder — only --workers, --scheduler and --yes beside it"
        in done.stderr
    )
    assert opsim("compare", "--resume", "out", cwd=half).returncode == 2
    shutil.rmtree(half / "out" / "figures")
    (half / "tea.yaml").unlink()  # the folder suffices
    done = opsim("run", "--resume", "out", "--workers", "1", "--format", "json", cwd=half)
    assert json.loads(done.stdout)["replications"] == COUNTS["run"]
    assert finished(half) == calm("run")[0]
    # What is complete is told again.
    assert opsim("run", "--resume", "out", "--workers", "1", "--quiet", cwd=half).returncode == 0
    assert finished(half) == calm("run")[0]


@pytest.mark.parametrize("where", ["tea.yaml", "out/scenario.yaml"])
def test_a_changed_scenario_is_refused_and_shown(half, where):
    file = half / where
    file.write_text(file.read_text(encoding="utf-8").replace("280", "281"), encoding="utf-8")
    done = opsim("run", "--resume", "out", "--workers", "1", cwd=half)
    assert done.returncode == 2
    assert "the scenario is not the one that the study was begun with:" in done.stderr
    assert "281" in done.stderr


def test_another_version_is_refused(half, monkeypatch):
    monkeypatch.setattr("opsim.study.resuming.fingerprint", lambda: "other")
    done = opsim("run", "--resume", "out", "--workers", "1", cwd=half)
    assert done.returncode == 2
    assert (
        "opsim itself has changed since the study was begun — what it was begun with, or a new study"
        in done.stderr
    )


def test_damaged_details_are_found_again(half, calm):
    with sqlite3.connect(half / "out" / "study.sqlite") as database:
        database.execute("update rows set details = zeroblob(length(details)) where replication = 1")
    assert opsim("run", "--resume", "out", "--workers", "1", "--quiet", cwd=half).returncode == 0
    assert finished(half) == calm("run")[0]


def test_a_run_that_stops_by_precision_stops_at_the_same_look(tmp_path, monkeypatch):
    monkeypatch.setattr("opsim.study.run_and_compare.LOOKS", (2, 4, 6))
    (tmp_path / "tea.yaml").write_text(TEXT, encoding="utf-8")
    words = ("run", *WORDS, "--precision", "0.9", "--workers", "1", "--out", "out")
    assert opsim(*words, cwd=tmp_path).returncode == 0
    before = finished(tmp_path)
    made = json.loads(before["run.json"])["replications"]
    with sqlite3.connect(tmp_path / "out" / "study.sqlite") as database:
        database.execute("delete from rows where replication = 1")
    assert opsim("run", "--resume", "out", "--workers", "1", "--quiet", cwd=tmp_path).returncode == 0
    assert finished(tmp_path) == before
    assert rows_in(tmp_path / "out") == made
