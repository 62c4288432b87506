"""The whole memo in order, with its headings, tables and figures numbered."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from opsim.report.document import Block, Heading, Picture, Table
from opsim.report.memo.annex import blocks as annex
from opsim.report.memo.baseline import blocks as baseline
from opsim.report.memo.compliance import blocks as compliance
from opsim.report.memo.contract import blocks as contract
from opsim.report.memo.decision import blocks as decision
from opsim.report.memo.delivery import blocks as delivery
from opsim.report.memo.findings import Findings
from opsim.report.memo.fiscal import blocks as fiscal
from opsim.report.memo.options import blocks as options
from opsim.report.memo.people import blocks as people
from opsim.report.memo.risk import blocks as risk
from opsim.report.memo.services import blocks as services
from opsim.report.memo.summary import blocks as summary

SECTIONS = (
    summary, decision, baseline, options, services, people,
    fiscal, contract, risk, compliance, delivery, annex,
)  # fmt: skip
"""In the order of the memo."""

DIGITS = "零一二三四五六七八九"


def memo(findings: Findings) -> list[Block]:
    """Every block of the memo."""
    return list(numbered(chain.from_iterable(section(findings) for section in SECTIONS), findings.language))


def numbered(blocks: Iterable[Block], language: str) -> Iterator[Block]:
    """The blocks with numbers before headings and captions."""
    counts, annexes, tables, figures = [0, 0, 0], 0, 0, 0
    for block in blocks:
        if isinstance(block, Heading) and block.kind == "annex":
            annexes += 1
            yield replace(block, text=_annex(annexes, block.text, language))
        elif isinstance(block, Heading) and block.kind == "numbered":
            counts[block.level - 1] += 1
            counts[block.level :] = [0] * (3 - block.level)
            yield replace(block, text=_heading(counts[: block.level], block.text, language))
        elif isinstance(block, Table):
            tables += 1
            yield replace(block, caption=_caption("表", "Table", tables, block.caption, language))
        elif isinstance(block, Picture):
            figures += 1
            yield replace(block, caption=_caption("图", "Figure", figures, block.caption, language))
        else:
            yield block


def _heading(counts: list[int], text: str, language: str) -> str:
    """一、 then (一) then 1. in Chinese, as official documents number; 1, 1.1, 1.1.1 in English."""
    if language != "zh":
        return f"{'.'.join(map(str, counts))}  {text}"
    last = counts[-1]
    marks = (f"{chinese(last)}、", f"（{chinese(last)}）", f"{last}. ")
    return f"{marks[len(counts) - 1]}{text}"


def _annex(count: int, text: str, language: str) -> str:
    return f"附件{chinese(count)}  {text}" if language == "zh" else f"Annex {'ABCDEFGHIJ'[count - 1]}  {text}"


def _caption(zh: str, en: str, count: int, text: str, language: str) -> str:
    return f"{zh}{count}  {text}" if language == "zh" else f"{en} {count}  {text}"


def chinese(count: int) -> str:
    """A number from 1 to 99 in Chinese."""
    tens, ones = divmod(count, 10)
    first = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return first + (DIGITS[ones] if ones or not tens else "")
