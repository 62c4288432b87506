"""One process at a time, told who the other is; nobody is kept out by the dead."""

import os
import re
import signal
import socket
import subprocess
import sys

import pytest

from opsim.errors import InputError
from opsim.study import claim
from opsim.study.claim import FILE, held, holder
from tests.waiting import PATIENCE

HOLDS = """
import sys
from pathlib import Path
from opsim.study.claim import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path):
    """Another process that holds the folder until its input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_the_second_is_told_who_holds_the_folder(tmp_path, other):
    with pytest.raises(InputError) as raised, held(tmp_path):
        pass
    assert raised.value.problems == (holder(tmp_path),)
    assert re.fullmatch(
        rf"process {other.pid} on {re.escape(socket.gethostname())} has been writing into "
        rf"{re.escape(str(tmp_path))} since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d",
        str(raised.value.problems[0].wrong),
    )
    other.communicate(timeout=PATIENCE)
    assert holder(tmp_path) is None
    with held(tmp_path):
        assert (tmp_path / FILE).is_file()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
def test_the_dead_hold_nothing(tmp_path, other):
    other.kill()
    assert other.wait(timeout=PATIENCE) == -signal.SIGKILL
    assert (tmp_path / FILE).is_file()
    with held(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_another_kind_is_no_claim_and_an_unreadable_one_no_traceback(tmp_path):
    (tmp_path / FILE).write_bytes(b"\xff[1]")
    with held(tmp_path):
        (tmp_path / FILE).write_bytes(b"\xff[1]")
        with pytest.raises(InputError, match="another process is writing into"), held(tmp_path):
            pass


def test_where_no_lock_can_be_written_nothing_is_held(tmp_path):
    with pytest.raises(FileNotFoundError), held(tmp_path / "no"):
        pass


def test_a_lock_whose_file_is_removed_meanwhile_is_taken_again(tmp_path, monkeypatch):
    """Its holder ends, and removes the file, between the second's opening it and locking it."""
    lock, ended = claim._lock, []

    def after_the_end(file):
        if not ended:
            ended.append(file)
            (tmp_path / FILE).unlink()
        return lock(file)

    monkeypatch.setattr(claim, "_lock", after_the_end)
    with held(tmp_path), pytest.raises(InputError, match="has been writing into"), held(tmp_path):
        pass
    assert ended


def test_who_goes_on_clears_away_what_a_killed_process_was_writing(tmp_path):
    (tmp_path / "figures").mkdir()
    for name in (".123.csv", "figures/.45.png", ".note.csv", "outcomes.csv"):
        (tmp_path / name).write_text("half", encoding="utf-8")
    with claim.gone_on(tmp_path):
        left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {claim.FILE, ".note.csv", "outcomes.csv"}
