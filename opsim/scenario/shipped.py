"""The scenarios and studies that come with the package, found by name from any folder.

A wheel carries them in ``opsim/shipped``; in a source tree they stand beside the package. Templates, in
``scenarios/templates``, may be extended by name but are not listed.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path

from opsim.scenario.yaml.node import Node
from opsim.scenario.yaml.read import read


@dataclass(frozen=True)
class Entry:
    """A shipped scenario or study."""

    name: str
    path: Path
    title: dict[str, str]
    """By language; empty where the file has none."""


def folder(kind: str = "scenarios") -> Path:
    """The folder of shipped ``scenarios`` or ``experiments``."""
    package = Path(str(files("opsim")))
    shipped = package / "shipped" / kind
    return shipped if shipped.is_dir() else package.parent / kind


def shipped(kind: str = "scenarios") -> tuple[Entry, ...]:
    """The scenarios (or ``experiments``) to choose from, by name."""
    return tuple(Entry(path.stem, path, _title(path)) for path in sorted(folder(kind).glob("*.yaml")))


def find(name: str, kind: str = "scenarios") -> Path | None:
    """The file of a shipped name or template; None where there is none."""
    for place in (folder(kind), folder(kind) / "templates"):
        path = place / f"{name}.yaml"
        if there(path):
            return path
    return None


def there(path: Path) -> bool:
    """Whether there is such a file; there is none whose name is too long or no name at all."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def names(kind: str = "scenarios", *, templates: bool = False) -> list[str]:
    """The names there are; with `templates` those that may be extended too."""
    found = [path.stem for path in sorted(folder(kind).glob("*.yaml"))]
    if templates:
        found += [
            path.stem
            for path in sorted((folder(kind) / "templates").glob("*.yaml"))
            if path.stem not in found
        ]
    return found


def nearest(name: str, kind: str = "scenarios") -> str | None:
    """The shipped name that is most like what was typed."""
    near = get_close_matches(name, names(kind), n=1, cutoff=0.5)
    return near[0] if near else None


def is_file_name(text: str) -> bool:
    """Whether a text means a file rather than a shipped name."""
    return text.endswith((".yaml", ".yml"))


def is_study(name: str) -> bool:
    """Whether a name or a file means a study rather than a scenario."""
    if not is_file_name(name):
        return name not in names() and name in names("experiments")
    root, _ = read(Path(name), name)
    return root is not None and "scenario" in root.items


def _title(path: Path) -> dict[str, str]:
    root, _ = read(path, path.name)
    title: Node | None = root.get("title") if root else None
    return {key: str(node.value) for key, node in title.items.items()} if title else {}
