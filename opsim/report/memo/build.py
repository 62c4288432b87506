"""The whole memo: folders put together, sections in order with their headings numbered, and into a file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Final

from opsim.errors import InputError, Message, Problem, RunError
from opsim.report.document import Block, Heading, Picture, Table
from opsim.report.memo.agreement import compliance, contract, delivery
from opsim.report.memo.alternatives import options, status_quo
from opsim.report.memo.annexes import data, limitations, parameters, reproduction
from opsim.report.memo.budget_effect import fiscal
from opsim.report.memo.material import Findings
from opsim.report.memo.proposal import decision, summary
from opsim.report.memo.public_value import people, services
from opsim.report.memo.robustness import risk
from opsim.report.render import html, word
from opsim.report.results import Results
from opsim.report.writing import write_bytes
from opsim.scenario.facility import Facility
from opsim.scenario.paths import leaves

SECTIONS: Final = (
    summary, decision, status_quo, options, services, people, fiscal, contract, risk, compliance, delivery,
    reproduction, limitations, data, parameters,
)  # fmt: skip
"""In the order of the memo."""
ENDINGS: Final = (".docx", ".html")
DIGITS: Final = "零一二三四五六七八九"


def put_together(folders: Sequence[Results], language: str) -> Findings:
    """Findings from folders of one scenario, one option and different commands.

    The option is the one that a folder of a single option is about, else the first of the comparison.

    Raises:
        InputError: naming every folder that does not go with the others.

    """
    first = folders[0]
    problems: list[Problem] = []
    by_kind: dict[str, Results] = {}
    for each in folders:
        other = by_kind.setdefault(each.kind, each)
        if other is not each:
            parts = {"command": each.kind, "other": other.folder}
            wrong = Message("also from opsim {command}, like {other}", parts)
            problems.append(_problem(each, wrong, Message("one folder of each command")))
        if each is not first:
            problems += _other_scenario(each, first)
    single = [each for each in folders if each.kind != "compare" and len(each.options()) == 1]
    option = (single[0] if single else first).options()[0]
    for each in folders:
        if option not in each.options():
            parts = {"found": list(each.options()), "option": option}
            wrong = Message("about the option {found}, not {option}", parts)
            problems.append(_problem(each, wrong, Message("folders about one option")))
    if problems:
        raise InputError(problems)
    return Findings(by_kind, option, language)


def _problem(results: Results, wrong: Message, allowed: Message) -> Problem:
    return Problem(wrong, allowed, file=str(results.folder))


def _other_scenario(each: Results, first: Results) -> Iterator[Problem]:
    """Whether two folders are of different scenarios: where they differ, in the cases that both have."""
    ours, theirs = first.scenario.cases(), each.scenario.cases()
    shared = [name for name in ours if name in theirs]
    if all(ours[name] == theirs[name] for name in shared) and len(shared) > 1:
        return
    if each.scenario.title != first.scenario.title:
        parts = {"found": each.scenario.title.en, "scenario": first.scenario.title.en}
        wrong = Message("about {found}, not {scenario}", parts)
    else:
        paths = list(dict.fromkeys(path for name in shared for path in _differing(ours[name], theirs[name])))
        wrong = Message("another version of the scenario: {paths}", {"paths": paths[:3] or ["options"]})
    yield _problem(each, wrong, Message("folders of one scenario"))


def _differing(ours: Facility, theirs: Facility) -> Iterator[str]:
    one, other = dict(leaves(ours)), dict(leaves(theirs))
    return (path for path in {**one, **other} if one.get(path) != other.get(path))


def memo(findings: Findings) -> list[Block]:
    """Every block of the memo."""
    blocks = (section(findings, findings.translate) for section in SECTIONS)
    return list(numbered(chain.from_iterable(blocks), findings.language))


def write(blocks: Sequence[Block], file: Path, language: str) -> None:
    """Write a memo as Word or HTML, as the file's ending says; a file that is there is whole.

    Raises:
        RunError: where the disk is full or the place cannot be written to.

    """
    content = (
        word.document(blocks, language) if file.suffix.lower() == ".docx"
        else html.document(blocks, language).encode("utf-8")
    )  # fmt: skip
    try:
        write_bytes(file, content)
    except OSError as error:
        parts = {"file": file, "reason": error.strerror or str(error)}
        raise RunError(Message("cannot write {file}: {reason}", parts)) from error


def numbered(blocks: Iterable[Block], language: str) -> Iterator[Block]:
    """The blocks with numbers before headings and captions.

    一、 then (一) then 1. in Chinese, as official documents number; 1, 1.1, 1.1.1 in English.
    """
    zh = language == "zh"
    levels, annexes, tables, figures = [0, 0, 0], 0, 0, 0
    for block in blocks:
        match block:
            case Heading(kind="annex"):
                annexes += 1
                mark = f"附件{chinese(annexes)}" if zh else f"Annex {'ABCDEFGHIJ'[annexes - 1]}"
                yield replace(block, text=f"{mark}  {block.text}")
            case Heading(kind="numbered", level=level):
                last = levels[level - 1] = levels[level - 1] + 1
                levels[level:] = [0] * (3 - level)
                chinese_marks = f"{chinese(last)}、", f"（{chinese(last)}）", f"{last}. "
                mark = chinese_marks[level - 1] if zh else ".".join(map(str, levels[:level])) + "  "
                yield replace(block, text=mark + block.text)
            case Table():
                tables += 1
                yield replace(block, caption=f"{'表' if zh else 'Table '}{tables}  {block.caption}")
            case Picture():
                figures += 1
                yield replace(block, caption=f"{'图' if zh else 'Figure '}{figures}  {block.caption}")
            case _:
                yield block


def chinese(count: int) -> str:
    """A number from 1 to 99 in Chinese."""
    tens, ones = divmod(count, 10)
    first = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return first + (DIGITS[ones] if ones or not tens else "")
