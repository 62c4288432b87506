"""Figures of a results folder as blocks of a memo."""

from collections.abc import Iterator

from opsim.report.memo.blocks import Block, Picture
from opsim.report.memo.findings import Findings
from opsim.report.results import Results


def picture(
    findings: Findings, results: Results, name: str, caption: str, *, by_option: bool = False
) -> Iterator[Block]:
    """One figure of a folder; nothing where the folder has no such figure."""
    full = f"{name}-{findings.option}" if by_option and results.kind == "compare" else name
    path = results.folder / "figures" / f"{full}.png"
    if path.is_file():
        yield Picture(caption, path.read_bytes(), note(findings, results))


def note(findings: Findings, results: Results) -> str:
    """Where the data behind a figure is."""
    _ = findings.translate
    return _("Data: annex, and figures/*.csv of the results of opsim {command}").format(command=results.kind)
