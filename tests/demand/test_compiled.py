"""Where compiled code is kept: not at all, where nothing can be written; not longer than its sources stay."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import opsim

PACKAGE = Path(opsim.__file__).parent
NOWHERE = "No folder for compiled code can be written to, so every start takes half a minute longer"
COLD = "The first run compiles the program; this takes about half a minute"

SAY = """
from opsim.demand.compiled import notice
from opsim.demand.guests import children
import numpy as np
print("before:", notice())
print(children(np.array([5], np.uint64), np.array([7])))
print("after:", notice())
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package that has never been compiled."""
    shutil.copytree(PACKAGE, tmp_path / "opsim", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def said(folder: Path, home: Path | None = None, **settings: str) -> list[str]:
    """What a new process says that uses a small compiled function; `home` is where the user's files are."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("XDG_", "NUMBA_"))}
    (folder / "temporary").mkdir(exist_ok=True)
    for name in ("TMPDIR", "TEMP"):
        settings.setdefault(name, str(folder / "temporary"))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SAY],
        cwd=folder,
        env={**environment, "HOME": str(home or folder), "LOCALAPPDATA": str(home or folder), **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_code_is_kept_and_taken_up_again(copy: Path):
    first = said(copy)
    assert first == [f"before: {COLD}", first[1], "after: None"]
    assert said(copy) == ["before: None", first[1], "after: None"]
    assert list(copy.glob("opsim/demand/__pycache__/guests.children-*.nbi"))


def test_code_is_made_anew_when_a_function_in_another_file_changes(copy: Path):
    before = said(copy)[1]
    random = copy / "opsim" / "demand" / "random.py"
    text = random.read_text(encoding="utf-8")
    assert text.count("(z >> _30)") == 1
    random.write_text(text.replace("(z >> _30)", "(z >> _31)"), encoding="utf-8")
    after = said(copy)
    assert after[0] == f"before: {COLD}"
    assert after[1] != before


@pytest.mark.slow
def test_code_is_kept_with_the_user_where_the_package_cannot_be_written_to(copy: Path, tmp_path: Path):
    closed(copy)
    home = tmp_path / "home"
    home.mkdir()
    assert said(copy, home)[::2] == [f"before: {COLD}", "after: None"]
    assert said(copy, home)[0] == "before: None"


def no_home(folder: Path) -> Path:
    home = folder / "home"
    home.write_text("a file, so that no folder can be made in it")
    return home


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="users of Windows have temporary files of their own")
def test_code_is_kept_among_temporary_files_where_the_user_has_no_place(copy: Path):
    """Nobody else may read or change it there: what is in it is run."""
    closed(copy)
    home = no_home(copy)
    first = said(copy, home)
    assert first == [f"before: {COLD}", first[1], "after: None"]
    assert said(copy, home) == ["before: None", first[1], "after: None"]
    place = copy / "temporary" / f"opsim-{os.getuid()}"
    assert place.stat().st_mode & 0o777 == 0o700
    assert list(place.glob("demand_*/guests.children-*.nbi"))


@pytest.mark.skipif(os.name == "nt", reason="users of Windows have temporary files of their own")
@pytest.mark.parametrize(
    "how",
    ["open to all", *(pytest.param(how, marks=pytest.mark.slow) for how in ("a file", "a link"))],
)
def test_without_a_place_to_keep_code_everything_works(copy: Path, how: str):
    """A folder among the temporary files that is not the user's alone is no place."""
    closed(copy)
    home = no_home(copy)
    place = copy / "temporary" / f"opsim-{os.getuid()}"
    place.parent.mkdir()
    if how == "a file":
        place.touch()
    elif how == "open to all":
        place.mkdir()
        place.chmod(0o777)
    else:
        (copy / "another's").mkdir(mode=0o700)
        place.symlink_to(copy / "another's")
    first = said(copy, home)
    assert first == [f"before: {NOWHERE}", first[1], f"after: {NOWHERE}"]
    assert not list(copy.rglob("*.nbi"))


@pytest.mark.slow
def test_code_is_kept_where_numba_is_told(copy: Path):
    """Whatever other place there is."""
    told = copy / "told"
    first = said(copy, NUMBA_CACHE_DIR=str(told))
    assert first[0] == f"before: {COLD}"
    assert said(copy, NUMBA_CACHE_DIR=str(told)) == ["before: None", first[1], "after: None"]
    assert [path.parts[-3] for path in copy.rglob("guests.children-*.nbi")] == ["told"]


@pytest.mark.slow
def test_a_broken_file_is_no_file(copy: Path):
    first = said(copy)[1]
    files = list(copy.rglob("*.nb?"))
    assert files
    for file in files:
        file.write_bytes(file.read_bytes()[:3])
    assert said(copy) == [f"before: {COLD}", first, "after: None"]


def closed(folder: Path) -> None:
    """Have nothing written beside the sources, not even by one who may write everywhere."""
    for place in {path.parent for path in (folder / "opsim").rglob("*.py")}:
        shutil.rmtree(place / "__pycache__", ignore_errors=True)
        (place / "__pycache__").write_text("a file, so that there can be no such folder")
