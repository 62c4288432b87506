"""Blocks as they stand on a screen of some width, without color."""

import io
from collections.abc import Iterable

from rich.console import Console

from opsim.report.document import Block
from opsim.report.render import screen


def printed(blocks: Iterable[Block], width: int = 120) -> str:
    page = io.StringIO()
    screen.show(blocks, Console(file=page, width=width, highlight=False, markup=False, emoji=False))
    return page.getvalue()
