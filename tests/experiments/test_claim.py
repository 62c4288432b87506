"""One process at a time, told who the other is; nobody is kept out by the dead."""

import os
import re
import signal
import socket
import subprocess
import sys

import pytest

from opsim.errors import InputError
from opsim.experiments import claim
from opsim.experiments.claim import FILE, claimed
from tests.waiting import PATIENCE

HOLDS = """
import sys
from pathlib import Path
from opsim.experiments.claim import claimed
with claimed(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the folder until its input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_the_second_is_told_who_holds_the_folder(tmp_path, holder):
    with pytest.raises(InputError) as raised, claimed(tmp_path):
        pass
    (problem,) = raised.value.problems
    assert re.fullmatch(
        rf"process {holder.pid} on {re.escape(socket.gethostname())} is working on this folder "
        r"since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}",
        str(problem.wrong),
    )
    assert problem.file == str(tmp_path)
    holder.communicate(timeout=PATIENCE)
    with claimed(tmp_path):
        assert (tmp_path / FILE).is_file()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
def test_the_dead_hold_nothing(tmp_path, holder):
    holder.kill()
    assert holder.wait(timeout=PATIENCE) == -signal.SIGKILL
    assert (tmp_path / FILE).is_file()
    with claimed(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_another_kind_is_no_claim_and_an_unreadable_one_no_traceback(tmp_path):
    (tmp_path / FILE).write_bytes(b"\xff[1]")
    with claimed(tmp_path):
        (tmp_path / FILE).write_bytes(b"\xff[1]")
        with pytest.raises(InputError, match="another process is working on this folder"), claimed(tmp_path):
            pass


def test_a_lock_beside_the_folder_serves_as_well(tmp_path):
    folder, lock = tmp_path / "out", tmp_path / ".out.claim"
    with claimed(folder, lock):
        assert not folder.exists()
        with pytest.raises(InputError, match="out: process"), claimed(folder, lock):
            pass
    assert list(tmp_path.iterdir()) == []


def test_where_no_lock_can_be_written_nothing_is_claimed(tmp_path):
    with pytest.raises(InputError, match="cannot write to the folder"), claimed(tmp_path / "no"):
        pass


def test_a_lock_whose_file_is_removed_meanwhile_is_taken_again(tmp_path, monkeypatch):
    """Its holder ends, and removes the file, between the second's opening it and locking it."""
    locked, ended = claim._locked, []

    def after_the_end(file):
        if not ended:
            ended.append(file)
            (tmp_path / FILE).unlink()
        return locked(file)

    monkeypatch.setattr(claim, "_locked", after_the_end)
    with claimed(tmp_path), pytest.raises(InputError, match="is working on this folder"), claimed(tmp_path):
        pass
    assert ended
