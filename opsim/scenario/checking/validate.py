"""The check of every case of a scenario against the schema; each mistake is told once, where it was made."""

from dataclasses import dataclass

from pydantic import ValidationError

from opsim.errors import Problem
from opsim.scenario.checking.describe import Finding, findings, locate
from opsim.scenario.checking.references import wrong_references
from opsim.scenario.facility import FACILITY, Facility
from opsim.scenario.overrides.dated import late_steps
from opsim.scenario.yaml.node import SPECIAL, Broken, Node, plain


@dataclass(frozen=True)
class Case:
    """An override and the facility that it makes of the root."""

    name: str
    over: Node
    tree: Node


def check(
    facility: Node, cases: list[Case], problems: list[Problem]
) -> tuple[Facility | None, dict[str, Facility]]:
    """The facility as written, where it is complete by itself, and that of every case.

    What is wrong in the facility as written and in the cases is told once, where the former says it.
    """
    written, of_root = _validate(facility)
    known = {_key(finding): finding.problem for finding in of_root}
    broken = {(problem.file, problem.path) for problem in problems}
    checked: dict[str, Facility] = {}
    told: list[Problem] = []
    seen = {_told(problem) for problem in problems}
    for case in cases:
        model, found = _validate(case.tree)
        if model is not None:
            checked[case.name] = model
        told += [known.get(_key(finding), finding.problem) for finding in found]
    for problem in told:
        if _told(problem) not in seen and not _within(problem, broken):
            seen.add(_told(problem))
            problems.append(problem)
    return written, checked


def _told(problem: Problem) -> tuple[str | None, int | None, str, str, str]:
    return problem.file, problem.line, problem.path, str(problem.wrong), str(problem.allowed)


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.place, str(finding.problem.wrong), str(finding.problem.allowed)


def _within(problem: Problem, broken: set[tuple[str | None, str]]) -> bool:
    """Whether a problem only follows from one that the file's reader has told already."""
    keys = problem.path.split(".")
    return any((problem.file, ".".join(keys[:count])) in broken for count in range(1, len(keys) + 1))


def _validate(tree: Node) -> tuple[Facility | None, list[Finding]]:
    raw = plain(tree)
    try:
        return Facility.model_validate(raw, by_alias=True, by_name=False), []
    except ValidationError as error:
        found = findings(error, tree, FACILITY, SPECIAL)
    for place, fault in (*wrong_references(raw), *late_steps(raw)):
        node, _, keys = locate(tree, place, FACILITY)
        context = fault.context or {}
        if not isinstance(node.value, Broken):
            found.append(Finding(".".join(keys), node.problem(context["wrong"], context["allowed"])))
    return None, found


def in_order(problems: list[Problem]) -> list[Problem]:
    """By file in the order met, then by line."""
    order = list(dict.fromkeys(problem.file for problem in problems))
    return sorted(problems, key=lambda problem: (order.index(problem.file), problem.line or 0))
