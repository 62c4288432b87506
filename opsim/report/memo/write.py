"""A memo into a file: its ending says the form."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from opsim.errors import Message, RunError
from opsim.report.document import Block
from opsim.report.render import html, word
from opsim.report.writing import write_bytes

ENDINGS: Final = (".docx", ".html")


def write(blocks: Sequence[Block], file: Path, language: str) -> None:
    """Write a memo as Word or HTML; a file that is there is whole.

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
