"""The shape of the house: imports run one way, from what comes first in the data's path to what comes later."""

import ast
import re
from collections import Counter
from pathlib import Path

import opsim

ORDER = (
    "errors", "language", "records", "scenario", "demand", "stations", "ledger", "facility", "outcomes",
    "study", "report", "cli",
)  # fmt: skip
ROOT = Path(opsim.__file__).parent
LONG = 350
ONE_IDEA = {
    "records.py": "the values handed from stage to stage, one after another",
    "facility/services/register.py": "the register of places, whose steps the tests of its faults replace by text",
    "report/memo/material.py": "everything that a memo reads of results folders",
    "stations/kernel_floor.py": "one compiled loop, as numba wants it",
    "study/store.py": "one file format, written and read",
    "study/study_file.py": "one file format, read and checked",
}
"""Modules that are longer than LONG, and the one idea of each."""


def imported(path: Path) -> set[str]:
    """First-level opsim packages that a module imports, wherever in the module."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name.split(".")[1] for name in names if name.startswith("opsim.")}


def test_imports_run_one_way() -> None:
    modules = [path for path in ROOT.rglob("*.py") if path.parent != ROOT or path.stem in ORDER]
    assert len(modules) > 30
    backwards = []
    for path in modules:
        place = path.relative_to(ROOT).parts[0].removesuffix(".py")
        later = {name for name in imported(path) if ORDER.index(name) > ORDER.index(place)}
        backwards += [f"{path.relative_to(ROOT)} imports {name}" for name in sorted(later)]
    assert not backwards


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent


def rooms() -> list[str]:
    """The house as it stands: every folder, indented, with the first line of what its `__init__` says."""
    lines = []
    for path in sorted(ROOT.rglob("__init__.py"), key=_in_reading_order):
        place = path.parent.relative_to(ROOT)
        if place != Path("."):
            said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            name = "  " * (len(place.parts) - 1) + f"{place.name}/"
            lines.append(f"{name:<14}{said.splitlines()[0]}")
    return lines


def _in_reading_order(path: Path) -> tuple[int, tuple[str, ...]]:
    parts = path.parent.relative_to(ROOT).parts
    return (ORDER.index(parts[0]) if parts else -1), parts


def test_contributing_draws_the_house_as_it_is() -> None:
    drawn = (ROOT.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    picture = re.search(r"<!-- house -->\n```\n(.*?)```", drawn, flags=re.S)
    assert picture is not None
    assert [line.rstrip() for line in picture[1].splitlines()] == rooms()


def test_a_name_stands_for_one_module() -> None:
    names = Counter(path.stem for path in ROOT.rglob("*.py") if path.stem not in ("__init__", "__main__"))
    assert [name for name, count in names.items() if count > 1] == []


def test_a_module_is_longer_for_a_reason_only() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in ROOT.rglob("*.py")}
    assert {path.relative_to(ROOT).as_posix() for path, lines in lengths.items() if lines > LONG} == set(
        ONE_IDEA
    )
