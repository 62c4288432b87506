"""A question asked of a scenario, as a YAML file: what to move, what to look at, at which points, how often.

::

    title: {en: At what price does the café carry the reading room?, zh: …}
    scenario: book-house
    options: {embedded: {}}
    levers:
      price: {path: services.cafe.price, low: 12, high: 26, count: 8}
    uncertainties:
      conversion: {path: services.cafe.spillover.reading.conversion}
    outcomes: [user_payment_coverage]
    design: grid
    replications: 30
    years: 5

*Levers* are what policy may set; *uncertainties* are what nobody sets, by default over the range that the
scenario states. Every other number with a range is drawn anew in each replication, as in any run. `options`
are names of the scenario's, or new ones with their overrides, as in a scenario that extends another one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, StrictInt, ValidationError, model_validator

from opsim.errors import InputError, Message, Problem
from opsim.outcomes.precision import SHARES
from opsim.outcomes.registry import OUTCOMES, service_outcomes
from opsim.scenario import shipped as catalog
from opsim.scenario.checking.describe import findings
from opsim.scenario.checking.fault import fault, shown
from opsim.scenario.checking.references import choice
from opsim.scenario.checking.validate import in_order
from opsim.scenario.facility import FACILITY
from opsim.scenario.load import Scenario, built, too_far
from opsim.scenario.overrides.assemble import assemble, file_name
from opsim.scenario.overrides.layers import Notes, extend
from opsim.scenario.overrides.set_value import Setting, parse_setting, unknown_path
from opsim.scenario.overrides.values import (
    Value,
    changes_baseline,
    range_of,
    setting,
    with_settings,
)  # fmt: skip
from opsim.scenario.paths import shape_of
from opsim.scenario.people import Title
from opsim.scenario.quantity import Frozen, Number
from opsim.scenario.yaml.node import Broken, Node, plain
from opsim.scenario.yaml.read import read
from opsim.study.designs import DRAWN, STEPS, Axis, Kind, size, uniform
from opsim.study.settings import services_of

ALWAYS: Final = ("own_level_fiscal_cost", *SHARES)
"""Outcomes that every study looks at."""
UNASKED: Final = ("user_payment_coverage", "priority_reach", "denied_share", "visits")
"""Those it looks at besides, unless it names others."""
DEFAULT_REPLICATIONS: Final = 30
MOST_POINTS: Final = 1_000_000


def _one_value(raw: object) -> object:
    if not isinstance(raw, (int, Decimal, str, bool)):
        raise fault("{text} is not possible here", "a number, a text, true or false", text=shown(raw))
    return raw


class AxisAsWritten(Frozen):
    """Something that is moved."""

    path: str
    """Dotted path, such as services.cafe.price."""
    title: Title | None = None
    values: Annotated[tuple[Annotated[Any, BeforeValidator(_one_value)], ...] | None, Field(min_length=1)] = (
        None
    )
    """The values to take: numbers, texts such as opening hours, or true and false."""
    low: Number | None = None
    """One end of the range; without values and range the scenario's own range."""
    high: Number | None = None
    """The other end."""
    count: Annotated[StrictInt, Field(ge=2, le=10_000)] = STEPS
    """Steps of the range in a grid, or one at a time."""

    @model_validator(mode="after")
    def _check(self) -> "AxisAsWritten":
        if (self.low is None) != (self.high is None):
            raise fault("only one end of the range", "both low and high, or neither")
        if self.values is not None and self.low is not None:
            raise fault("a range beside values", "either values, or low and high")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise fault("a range from {low} to {high}", "low < high", low=self.low, high=self.high)
        return self


class StudyAsWritten(Frozen):
    """A question asked of a scenario."""

    title: Title
    description: Title | None = None
    scenario: str
    """A shipped name, or a file beside this one."""
    options: dict[str, Any] = Field(default={})
    """The options to look at: {} for one of the scenario's as it is, or the overrides of a new one."""
    levers: dict[str, AxisAsWritten] = Field(default={})
    """What policy may set: paths under levers: of the scenario, or such that the baseline lacks."""
    uncertainties: dict[str, AxisAsWritten] = Field(default={})
    """What nobody sets."""
    outcomes: tuple[str, ...] = UNASKED
    """Names as in opsim show SCENARIO --outcomes."""
    design: Kind = "grid"
    points: Annotated[StrictInt, Field(ge=1, le=MOST_POINTS)] | None = None
    """How many points to draw."""
    replications: Annotated[StrictInt, Field(ge=1, le=1_000_000)] = DEFAULT_REPLICATIONS
    years: Annotated[StrictInt, Field(ge=1, le=50)] | None = None
    """How long to look ahead; as long as the scenario unless given."""
    fixed: bool = False
    """True: base values of all other parameters; only chance varies between replications."""


STUDY: Final = shape_of(StudyAsWritten)


@dataclass(frozen=True, slots=True)
class Study:
    """A study, checked against its scenario."""

    name: str
    title: Title
    scenario: Scenario
    options: tuple[str, ...]
    axes: tuple[Axis, ...]
    outcomes: tuple[str, ...]
    design: Kind = "grid"
    points: int = 0
    """How many points are drawn; 0 where the axes' steps say how many there are."""
    replications: int = DEFAULT_REPLICATIONS
    years: int | None = None
    fixed: bool = False

    @property
    def size(self) -> int:
        """How many points the study has."""
        return size(self.design, self.axes, self.points)


def load_study(name: str, sets: Sequence[str] = ()) -> Study:
    """Load a shipped study or a file.

    Raises:
        InputError: with every problem of the study and of its scenario.

    """
    problems: list[Problem] = []
    path = Path(name) if catalog.is_file_name(name) else catalog.find(name, "experiments")
    if path is None:
        wrong = Message("there is no study {name}", {"name": name})
        raise InputError([Problem(wrong, choice(name, catalog.names("experiments")))])
    root, found = read(path, file_name(path))
    problems += found
    if root is None:
        raise InputError(problems)
    written = _validated(root, problems)
    scenario = _scenario(root, path, sets, problems)
    if scenario is None:
        raise InputError(in_order(problems))
    judged = root.get("options")
    options = tuple(judged.items) if judged is not None and judged.items else (scenario.default_option,)
    if written is None:
        raise InputError(in_order(problems))
    narrowed = replace(scenario, options={name: scenario.options[name] for name in options})
    moved = [
        *_moved("lever", "levers", written.levers, root, narrowed, problems),
        *_moved("uncertainty", "uncertainties", written.uncertainties, root, narrowed, problems),
    ]
    axes = [axis for axis, _ in moved]
    if size(written.design, axes, written.points or 0) <= MOST_POINTS:  # to try each value takes its time
        problems += [problem for axis, node in moved for problem in misfits(axis, narrowed, node)]
    _same_path_twice(root, problems)
    _outcomes(root, narrowed, problems)
    _points(written, root, axes, problems)
    late = too_far(narrowed, written.years) if written.years is not None else None
    if late is not None:
        problems.append((root.get("years") or root).problem(late.wrong, late.allowed))
    if problems:
        raise InputError(in_order(problems))
    return Study(
        name=path.stem,
        title=written.title,
        scenario=replace(scenario, default_option=options[0]),
        options=options,
        axes=tuple(axes),
        outcomes=tuple(dict.fromkeys((*ALWAYS, *written.outcomes))),
        design=written.design,
        points=(written.points or 0) if written.design in DRAWN else 0,
        replications=written.replications,
        years=written.years,
        fixed=written.fixed,
    )


def _validated(root: Node, problems: list[Problem]) -> StudyAsWritten | None:
    raw = plain(root)
    if isinstance(raw.get("options"), dict):
        raw["options"] = {name: {} for name in raw["options"]}
    try:
        return StudyAsWritten.model_validate(raw)
    except ValidationError as error:
        problems += [finding.problem for finding in findings(error, root, STUDY)]
        return None


def _scenario(root: Node, path: Path, sets: Sequence[str], problems: list[Problem]) -> Scenario | None:
    """The scenario with the study's options; None where it cannot be loaded."""
    named = root.get("scenario")
    if named is None or not isinstance(named.value, str):
        return None
    above: list[Problem] = []
    text = named.value
    tree = assemble(path.parent / text if catalog.is_file_name(text) else text, above)
    if tree is None:
        problems += [replace(each, file=named.file, line=named.line, path="scenario") for each in above]
        return None
    read_sets = [parse_setting(each) for each in sets]
    above += [each for each in read_sets if isinstance(each, Problem)]
    options = root.get("options")
    if options is not None:
        notes = Notes()
        only = Node({"options": options}, root.file, root.line, "")
        tree = extend(tree, only, FACILITY, notes)
        above += notes.problems
    try:
        settings = [each for each in read_sets if isinstance(each, Setting)]
        return built(Path(text).stem, tree, settings, above)
    except InputError as error:
        problems += error.problems
        return None


def _moved(
    role: Literal["lever", "uncertainty"], part: str, written: dict[str, AxisAsWritten], root: Node,
    scenario: Scenario, problems: list[Problem],
) -> Iterator[tuple[Axis, Node]]:  # fmt: skip
    """The axes, each with the place where it was written."""
    for name, axis in written.items():
        node = root.get(part, name)
        assert node is not None  # it has just been validated
        found = axis_of(axis, role, scenario, node)
        if isinstance(found, Axis):
            yield found, node
        else:
            problems += found


def axis_of(
    written: AxisAsWritten, role: Literal["lever", "uncertainty"], scenario: Scenario, node: Node
) -> Axis | list[Problem]:
    """An axis over what the scenario states, or what is wrong with it; `node` is where it was written.

    Whether the scenario takes the axis' values is said by `misfits`.
    """
    at = node.get("path") or node
    path = written.path
    cases = scenario.cases()
    ranges = [found for name in reversed(cases) if (found := range_of(scenario, path, name)) is not None]
    unit = ranges[0][1] if ranges else None
    own = next((quantity for quantity, _ in ranges if quantity.uncertain), None)
    axis = Axis(path, role, written.title, count=written.count, unit=unit)
    if written.values is not None:
        axis = replace(axis, values=tuple(_value(each) for each in written.values))
    elif written.low is not None and written.high is not None:
        axis = replace(axis, range=uniform(written.low, written.high))
    elif own is not None:
        axis = replace(axis, range=own)
    else:
        tried = _tried(scenario, path, [0], at)
        known = [problem for problem in tried if str(problem.wrong) == str(unknown_path(path, [])[0])]
        wrong = Message("the scenario states no range for {path}", {"path": path})
        return known or [at.problem(wrong, Message("values: […], or low: and high:"))]
    return axis


def misfits(axis: Axis, scenario: Scenario, node: Node) -> list[Problem]:
    """What is wrong with an axis in a scenario: values that are not possible, a path of the other role."""
    at, path, role, steps = node.get("path") or node, axis.path, axis.role, axis.steps()
    # Numbers are possible within bounds and, some, whole only: of a range, ends and second step say it all.
    values = steps if axis.range is None else tuple(dict.fromkeys((steps[0], steps[-1], *steps[1:2])))
    problems = _tried(scenario, path, values, at)
    if problems:
        return problems
    moved = changes_baseline(scenario, path)
    if role == "lever" and moved:
        wrong = Message("{path} is no lever of the scenario: it changes the baseline too", {"path": path})
        return [at.problem(wrong, Message("under uncertainties:, or among the scenario's levers:"))]
    if role == "uncertainty" and setting(path, 0).under(scenario.levers):
        wrong = Message("{path} is a lever of the scenario: policy sets it", {"path": path})
        return [at.problem(wrong, Message("under levers:"))]
    return []


def _tried(scenario: Scenario, path: str, values: Sequence[Value], node: Node) -> list[Problem]:
    """What is wrong with values at a path, each tried by itself; one problem is enough."""
    for value in values:
        try:
            with_settings(scenario, [setting(path, value)])
        except InputError as error:
            return [replace(each, file=node.file, line=node.line) for each in error.problems]
    return []


def _value(raw: int | Decimal | str | bool) -> Value:
    return float(raw) if isinstance(raw, Decimal) else raw


def _same_path_twice(root: Node, problems: list[Problem]) -> None:
    seen: dict[str, Node] = {}
    for part in ("levers", "uncertainties"):
        node = root.get(part)
        for axis in node.items.values() if node else ():
            path = axis.get("path")
            if path is None or not isinstance(path.value, str):
                continue
            if path.value in seen:
                line = {"path": path.value, "line": seen[path.value].line}
                words = Message("one of the two; the first is on line {line}", line)
                problems.append(path.problem(Message("{path} is moved twice", line), words))
            seen.setdefault(path.value, path)


def _outcomes(root: Node, scenario: Scenario, problems: list[Problem]) -> None:
    known = known_outcomes(scenario)
    node = root.get("outcomes")
    for each in node.value if node is not None and isinstance(node.value, list) else ():
        if not isinstance(each.value, Broken) and each.value not in known:
            wrong = Message("there is no outcome {name}", {"name": each.value})
            problems.append(each.problem(wrong, choice(str(each.value), known)))


def known_outcomes(scenario: Scenario) -> list[str]:
    """The names of all outcomes of a scenario's options, those by service last."""
    services = services_of(scenario, tuple(scenario.options))
    return [each.name for each in (*OUTCOMES, *service_outcomes(services))]


def _points(written: StudyAsWritten, root: Node, axes: Sequence[Axis], problems: list[Problem]) -> None:
    node = root.get("points") or root.get("design") or root
    if not (written.levers or written.uncertainties):
        if written.design != "grid" or not written.options:
            wrong = Message("nothing is moved")
            problems.append(root.problem(wrong, Message("levers:, uncertainties: or several options:")))
        return
    if (written.design in DRAWN) != (written.points is not None):
        names = {"names": ", ".join(DRAWN)}
        problems.append(node.problem(
            Message("points: is missing") if written.points is None
            else Message("points: says how many to draw, but this design has all steps"),
            Message("points: N with design: {names}, and only there", names),
        ))  # fmt: skip
    elif size(written.design, axes, written.points or 0) > MOST_POINTS:
        wrong = Message("more than {count} points", {"count": MOST_POINTS})
        problems.append(node.problem(wrong, Message("fewer steps, or a design that draws points")))
