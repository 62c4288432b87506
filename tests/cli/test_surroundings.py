"""What the system does to a command: closed streams, folders that may not be entered, clusters that are not."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from itertools import product
from pathlib import Path

import pytest

from opsim.study import workers
from tests.cli.test_sweep import ENVIRONMENT, TEA, opsim
from tests.waiting import PATIENCE

POSIX = pytest.mark.skipif(
    os.name == "nt", reason="a shell's way to close streams, and who may enter a folder"
)


@POSIX
@pytest.mark.parametrize(
    ("line", "status", "told"),
    [
        ("list >&-", 0, ""),
        ("list 2>&- >&- <&-", 0, ""),
        ("nope >&-", 2, "there is no command nope"),
        ("list 2>/dev/full >/dev/full", 1, ""),
        ("list 1</dev/null", 1, "cannot write the output: [Errno 9] Bad file descriptor\n"),
    ],
)
def test_closed_streams_are_no_crash(tmp_path, line, status, told):
    done = subprocess.run(
        f"{sys.executable} -m opsim {line}", shell=True, cwd=tmp_path, env=ENVIRONMENT, capture_output=True,
        text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.startswith(told)
    assert done.stderr.count("\n") == bool(told)


@POSIX
@pytest.mark.parametrize(
    "closed",
    [
        pytest.param(">&-", marks=pytest.mark.slow),
        ">&- 2>&- <&-",
        pytest.param("2>/dev/full", marks=pytest.mark.slow),
    ],
)
def test_what_was_simulated_is_kept_whoever_listens(tmp_path, closed):
    """And no table takes the place of the closed stream."""
    shutil.copy(TEA, tmp_path / "tea.yaml")
    line = f"run tea.yaml --years 1 --replications 1 --workers 1 --out out {closed}"
    done = subprocess.run(
        f"{sys.executable} -m opsim {line}", shell=True, cwd=tmp_path, env=ENVIRONMENT, capture_output=True,
        text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert "Results: out" in done.stderr or "2>" in closed
    checked = subprocess.run(
        ["sha256sum", "--quiet", "-c", "checksums.txt"],
        cwd=tmp_path / "out",
        capture_output=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


@pytest.fixture
def for_nobody():
    """A folder, and a way to be one who has no rights beyond those that folders give, for as long as it lasts."""
    place = Path(tempfile.mkdtemp(prefix="opsim-"))
    place.chmod(0o755)

    @contextlib.contextmanager
    def nobody():
        if os.geteuid() != 0:
            yield
            return
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)

    yield place, nobody
    for path in (place, *(path for path in place.rglob("*") if path.is_dir())):
        path.chmod(0o755)
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A small finished sweep."""
    folder = tmp_path_factory.mktemp("swept")
    shutil.copy(TEA, folder / "tea.yaml")
    line = "sweep tea.yaml --vary services.tea.price=3:6:2 --replications 1 --years 1 --workers 1 --out s"
    done = opsim(*line.split(), cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "s"


READERS = (
    "export s out.csv", "export s out.xlsx", "discover s --out d", "plot s", "memo s m.html", "sweep --resume s",
)  # fmt: skip


@POSIX
@pytest.mark.parametrize(
    ("line", "closed"),
    [
        *product(READERS, (".", "s", "s/scenario.yaml")),
        *product(READERS[:5], ("s/run.json", "s/checksums.txt")),
        *((line, "s/study.sqlite") for line in READERS if line[:4] not in ("plot", "memo")),
    ],
)
def test_where_nobody_may_look_one_line_says_so(swept, for_nobody, line, closed):
    place, nobody = for_nobody
    shutil.copytree(swept, place / "s")
    here = place / "here"
    here.mkdir(mode=0o777)
    here.chmod(0o777)
    line = line.replace(" s", f" {place / 's'}")
    (place / closed).chmod(0)
    with nobody():
        done = opsim(*line.split(), "--quiet", cwd=here if closed != "." else "/", lang="zh")
    assert done.returncode in (1, 2)
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "gone", ["run.json", "scenario.yaml", "checksums.txt", "outcomes.csv", "study.sqlite"]
)
@pytest.mark.parametrize("line", READERS)
def test_what_is_missing_is_told_in_one_line(swept, tmp_path, line, gone):
    shutil.copytree(swept, tmp_path / "s")
    (tmp_path / "s" / gone).unlink()
    done = opsim(*line.split(), "--quiet", cwd=tmp_path)
    assert "Traceback" not in done.stderr
    assert (done.returncode, done.stderr.count("\n")) in ((0, 0), (2, 1))


@pytest.mark.parametrize("name", ["study.sqlite", "run.json", "scenario.yaml", "checksums.txt"])
@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 600], ids=["empty", "no text"])
@pytest.mark.parametrize("line", READERS)
def test_a_file_of_another_kind_is_told_in_one_line(swept, tmp_path, line, name, content):
    shutil.copytree(swept, tmp_path / "s")
    (tmp_path / "s" / name).write_bytes(content)
    done = opsim(*line.split(), "--quiet", cwd=tmp_path)
    assert "Traceback" not in done.stderr
    lines = 1 if name != "scenario.yaml" or not line.startswith("sweep") else done.stderr.count("\n")
    assert (done.returncode, done.stderr.count("\n")) in ((0, 0), (2, lines))


@pytest.fixture
def answers(request):
    """The address of somebody who is no scheduler: says nothing, or something."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    client, _ = server.accept()
                    client.sendall(request.param)
                    open_.append(client)

        open_ = []
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    thread.join()
    for each in open_:
        each.close()


COMMANDS = (
    "sweep tea.yaml --vary services.tea.price=1:2:2",
    "run tea.yaml",
    "sensitivity tea.yaml",
    "stress tea.yaml",
)


@POSIX
@pytest.mark.parametrize(
    "answers", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"], indirect=True, ids=["silent", "web"]
)
@pytest.mark.parametrize("line", COMMANDS)
def test_who_is_no_scheduler_is_told_before_anything_is_begun(tmp_path, monkeypatch, answers, line):
    monkeypatch.setattr(workers, "ANSWER", 0.2)
    shutil.copy(TEA, tmp_path / "tea.yaml")
    done = opsim(*line.split(), "--scheduler", answers, "--out", "deep/out", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"--scheduler: nobody answers at {answers} — the address of a Dask scheduler, such as tcp://10.0.0.5:8786\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["tea.yaml"]


def test_after_a_wrong_scheduler_nothing_follows(tmp_path):
    """Not even from the library, when the process ends."""
    shutil.copy(TEA, tmp_path / "tea.yaml")
    line = (*COMMANDS[0].split(), "--scheduler", "nonsense", "--out", "out", "--lang", "zh")
    done = subprocess.run(
        [sys.executable, "-m", "opsim", *line], cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True,
        encoding="utf-8", timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "nonsense" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["tea.yaml"]
