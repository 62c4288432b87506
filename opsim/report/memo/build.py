"""The whole memo in order, with its headings, tables and figures numbered, and into a file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Final

from opsim.errors import Message, RunError
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
from opsim.report.writing import write_bytes

SECTIONS: Final = (
    summary, decision, status_quo, options, services, people, fiscal, contract, risk, compliance, delivery,
    reproduction, limitations, data, parameters,
)  # fmt: skip
"""In the order of the memo."""
ENDINGS: Final = (".docx", ".html")
DIGITS: Final = "零一二三四五六七八九"


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
