"""From a scenario file to a frozen `Scenario`: the baseline and every policy option, checked.

Reading, merging, overriding and checking each collect their problems; `load` raises them all at once.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from opsim.errors import InputError, Message, Problem
from opsim.scenario.checking.references import choice
from opsim.scenario.checking.validate import Case, check, in_order
from opsim.scenario.facility import FACILITY, Facility
from opsim.scenario.overrides.assemble import assemble, file_name
from opsim.scenario.overrides.dated import since
from opsim.scenario.overrides.layers import Notes, override
from opsim.scenario.overrides.set_value import (
    Setting,
    parse_setting,
    paths,
    shape_at,
    unknown_path,
    with_setting,
)
from opsim.scenario.people import Title
from opsim.scenario.yaml.node import SPECIAL, Broken, Node, below
from opsim.scenario.yaml.read import read, wrong_name
from opsim.scenario.years import beyond

BASELINE = "baseline"
_DEVICE = re.compile(r"con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]", re.IGNORECASE)
AS_WRITTEN = "as-written"
"""Name of the only option of a scenario that names none: the facility as it stands in the file."""


@dataclass(frozen=True)
class Scenario:
    """A facility under the status quo and under each policy option."""

    name: str
    """The shipped name or the file's name without its ending."""
    title: Title
    baseline: Facility
    options: Mapping[str, Facility]
    default_option: str
    """The option that a run judges."""
    levers: tuple[str, ...]
    """Dotted paths that policy may set; each covers everything below it."""
    sets: tuple[str, ...]
    """What was set on the command line."""
    tree: Node
    """The file with everything that it extends, and what was set, as a tree."""

    def cases(self) -> dict[str, Facility]:
        """Every case by name, the baseline first."""
        return {BASELINE: self.baseline, **self.options}

    def written(self, case: str) -> Case:
        """A case as a tree: the file with everything that it extends, and what the case overrides."""
        place = (BASELINE,) if case == BASELINE else ("options", case)
        root = self.tree
        over = root.get(*place) or Node({}, root.file, root.line, ".".join(place))
        return Case(case, over, override(root.without(*SPECIAL), over, FACILITY, Notes()))


def load(
    name_or_path: str | Path, sets: Sequence[str] = (), option_files: Sequence[str | Path] = ()
) -> Scenario:
    """Load a shipped scenario or a file.

    `sets` are texts PATH=VALUE: a path under ``levers:`` changes the options only, any other every case that
    has it. `option_files` are files with the overrides of one more option each, named after the file.

    Raises:
        InputError: with every problem found; nothing is written or changed.

    """
    problems: list[Problem] = []
    root = assemble(name_or_path, problems)
    if root is None:
        raise InputError(problems)
    read = [parse_setting(text) for text in sets]
    problems += [each for each in read if isinstance(each, Problem)]
    settings = [each for each in read if isinstance(each, Setting)]
    return built(Path(name_or_path).stem, root, settings, problems, option_files)


def built(
    name: str, root: Node, settings: Sequence[Setting], problems: list[Problem],
    option_files: Sequence[str | Path] = (), sets: tuple[str, ...] = (),
) -> Scenario:  # fmt: skip
    """The scenario of a tree that extends nothing any more, with values set; `sets` were set before.

    Raises:
        InputError: with the `problems` known before and every other.

    """
    options = _options(root, option_files, problems)
    empty = Node({}, root.file, root.line, BASELINE)
    over = root.get(BASELINE)
    if over is not None and not isinstance(over.value, dict):
        problems.append(_not_a_map(over))
        over = None
    facility = root.without(*SPECIAL)
    cases = [_case(BASELINE, over or empty, facility, problems)]
    cases += [_case(name, node, facility, problems) for name, node in options.items()]
    levers = _levers(root, [facility, *(case.tree for case in cases)], problems)
    cases = _set(cases, settings, levers, problems)
    root, facility, cases = _since_the_start(root, facility, cases)
    default = _default(root, list(options), problems)
    written, checked = check(facility, cases, problems)
    if problems or len(checked) < len(cases):  # a mistake of the reader of another file is told by it
        raise InputError(in_order(problems))
    return Scenario(
        name=name,
        title=(written or checked[default]).title,
        baseline=checked[BASELINE],
        options={name: checked[name] for name in options},
        default_option=default,
        levers=levers,
        sets=(*sets, *(each.text for each in settings)),
        tree=_resolved(root, cases, default),
    )


def _options(root: Node, option_files: Iterable[str | Path], problems: list[Problem]) -> dict[str, Node]:
    """The overrides of every option by name."""
    options = root.get("options")
    found: dict[str, Node] = {}
    if options is not None and not isinstance(options.value, dict):
        problems.append(_not_a_map(options))
    elif options is not None:
        for name, node in options.items.items():
            if name == BASELINE:
                problems.append(
                    node.fault(
                        "an option called baseline", "another name; the status quo stands under baseline:"
                    )
                )
            elif isinstance(node.value, dict):
                found[name] = node
            else:
                problems.append(_not_a_map(node))
                found[name] = replace(node, value={})
    for file in option_files:
        extra, more = read(Path(file), file_name(Path(file)))
        problems += more
        fault = wrong_name(Path(file).stem) if extra is not None else None
        if extra is not None and fault is not None:
            problems.append(Problem(*fault, file=extra.file))
        elif extra is not None and Path(file).stem in (*found, BASELINE):
            wrong = Message("the scenario has an option {name} already", {"name": Path(file).stem})
            problems.append(Problem(wrong, Message("a file with another name"), file=extra.file))
        elif extra is not None:
            found[Path(file).stem] = extra
    problems += _not_for_files(found)
    return found or {AS_WRITTEN: Node({}, root.file, root.line, below("options", AS_WRITTEN))}


def _not_for_files(options: Mapping[str, Node]) -> Iterator[Problem]:
    """Options whose names cannot be names of files everywhere: figures and tables are named after them."""
    alike: dict[str, str] = {_as_file(BASELINE): BASELINE}
    for name, node in options.items():
        other = alike.setdefault(_as_file(name), name)
        if other != name:
            yield node.fault(
                "names {name} and {other} differ only in case",
                "names that stay apart where files are named after them", name=name, other=other,
            )  # fmt: skip
        if _DEVICE.fullmatch(name):
            yield node.fault(
                "{name} is the name of a device on Windows", "another name, such as {name}-option", name=name
            )


def _as_file(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _not_a_map(node: Node) -> Problem:
    return node.fault("no map stands here", "a map of what differs, or {{}} for nothing")


def _case(name: str, over: Node, facility: Node, problems: list[Problem]) -> Case:
    notes = Notes()
    for key in SPECIAL:
        if key in over.items:
            words = choice(key, list(FACILITY.fields()))
            problems.append(over.items[key].fault("unknown key {key}", words, key=key))
    over = over.without(*SPECIAL)
    tree = override(facility, over, FACILITY, notes)
    problems += notes.problems
    return Case(name, over, tree)


def _levers(root: Node, trees: list[Node], problems: list[Problem]) -> tuple[str, ...]:
    levers = root.get("levers")
    if levers is None:
        return ()
    if not isinstance(levers.value, list) or not all(
        isinstance(node.value, (str, Broken)) for node in levers.value
    ):
        problems.append(levers.fault("no list of paths", "paths such as [services.cafe.price]"))
        return ()
    for node in levers.value:
        if isinstance(node.value, str) and not any(shape_at(tree, node.value) for tree in trees):
            known = [path for tree in trees for path in paths(tree, groups=True)]
            wrong, near = unknown_path(node.value, known)
            problems.append(node.fault("{path}: {wrong}", near, path=node.value, wrong=wrong))
    return tuple(str(node.value) for node in levers.value)


def _default(root: Node, options: list[str], problems: list[Problem]) -> str:
    node = root.get("default_option")
    if node is None:
        return options[0]
    if not isinstance(node.value, Broken) and node.value not in options:
        name = node.text or Message("a map or a list")
        problems.append(node.fault("there is no option {name}", choice(str(node.value), options), name=name))
    return str(node.value)


def _set(
    cases: list[Case], settings: Sequence[Setting], levers: tuple[str, ...], problems: list[Problem]
) -> list[Case]:
    """The cases with everything that was set on the command line."""
    paths_set = [setting.path for setting in settings]
    for i, setting in enumerate(settings):
        if setting.path in paths_set[:i]:
            problems.append(setting.node.fault("set twice", "one value for each number"))
        touched = [case for case in cases if meant_for(setting, case.name, levers)]
        fitting = [case for case in touched if setting.fits(case.tree)]
        if not fitting:
            problems.append(_unsettable(setting, touched))
        cases = [with_setting(case, setting) if case in fitting else case for case in cases]
    return cases


def meant_for(setting: Setting, case: str, levers: tuple[str, ...]) -> bool:
    """Whether a value is meant for a case: levers leave the baseline alone."""
    return case != BASELINE or not setting.under(levers)


def _unsettable(setting: Setting, cases: list[Case]) -> Problem:
    if any(shape_at(case.tree, setting.path) for case in cases):
        inside = [path for case in cases for path in paths(case.tree) if path.startswith(f"{setting.path}.")]
        return setting.node.fault(
            "this is a group of values or a list, not one value",
            "a path such as {path}" if inside else "an option in the file",
            path=inside[0] if inside else "",
        )
    known = [path for case in cases for path in paths(case.tree)]
    return setting.node.problem(*unknown_path(setting.path, known))


def _since_the_start(root: Node, facility: Node, cases: list[Case]) -> tuple[Node, Node, list[Case]]:
    """The trees with the inherited numbers of dated steps in force since the earliest start of a case."""
    starts = [tree.get("start") for tree in (facility, *(case.tree for case in cases))]
    known = [node.value for node in starts if node is not None and isinstance(node.value, str)]
    if not known:
        return root, facility, cases
    start = min(known)
    told = [replace(case, over=since(case.over, start), tree=since(case.tree, start)) for case in cases]
    return since(root, start), since(facility, start), told


def _resolved(root: Node, cases: list[Case], default: str) -> Node:
    """The tree to be written: nothing to extend, the overrides of every case with what was set."""
    baseline, *options = cases
    tree = root.without("extends", "options", "default_option", "levers", BASELINE)
    tree = tree.having(BASELINE, baseline.over)
    if "levers" in root.items:
        tree = tree.having("levers", root.items["levers"])
    if any(case.over.items for case in options) or "options" in root.items or len(options) > 1:
        entries = {case.name: case.over for case in options}
        tree = tree.having("options", Node(entries, root.file, root.line, "options"))
        tree = tree.having(
            "default_option", Node(default, root.file, root.line, "default_option", text=default)
        )
    return tree


def too_far(scenario: Scenario, years: int) -> Problem | None:
    """The problem of a look ahead that reaches beyond the calendar of a case."""
    for case in scenario.cases().values():
        late = beyond(case.start, years, case.calendar)
        if late is not None and late.context is not None:
            return Problem(late.context["wrong"], late.context["allowed"])
    return None
