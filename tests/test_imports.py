"""The shape of the house: imports run one way, from what comes first in the data's path to what comes later."""

import ast
from pathlib import Path

import opsim

ORDER = (
    "errors", "language", "records", "scenario", "demand", "stations", "ledger", "facility", "outcomes",
    "study", "report", "cli",
)  # fmt: skip
ROOT = Path(opsim.__file__).parent


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
