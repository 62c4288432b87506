"""The memo as one HTML file: nothing to load, readable on a phone, ready to print."""

import base64
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from typing import Final

from opsim.report.document import BREAK, Block, Bullets, Heading, Paragraph, Picture, Row, Table, Title

STYLE: Final = files("opsim.report.render").joinpath("page.css").read_text(encoding="utf-8")


def document(blocks: Sequence[Block], language: str) -> str:
    """The whole file."""
    title = next((block.text for block in blocks if isinstance(block, Title)), "opsim")
    body = "\n".join(part for block in blocks for part in _parts(block))
    tag = "zh-CN" if language == "zh" else "en"
    return (
        f'<!DOCTYPE html>\n<html lang="{tag}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<link rel="icon" href="data:,">\n<title>{escape(title)}</title>\n'
        f"<style>\n{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _parts(block: Block) -> Iterator[str]:
    match block:
        case Title():
            yield f"<h1>{escape(block.text)}</h1>"
            yield f'<p class="below">{escape(block.below)}</p>'
        case Heading():
            page = ' class="new-page"' if block.new_page else ""
            yield f"<h{block.level + 1}{page}>{escape(block.text)}</h{block.level + 1}>"
        case Paragraph(kind="code"):
            yield f"<p><code>{escape(block.text)}</code></p>"
        case Paragraph():
            yield f'<p class="{block.kind}">{escape(block.text)}</p>'
        case Bullets():
            yield f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in block.items)}</ul>"
        case Table():
            yield from _table(block)
        case Picture():
            data = base64.b64encode(block.png).decode("ascii")
            yield (
                f'<figure><div class="scroll"><img alt="{escape(block.caption)}" '
                f'src="data:image/png;base64,{data}"></div><figcaption>{escape(block.caption)}</figcaption></figure>'
            )


def _table(block: Table) -> Iterator[str]:
    yield '<div class="scroll">'
    kind = ' class="small"' if block.small else ""
    yield f"<table{kind}><caption>{escape(block.caption)}</caption>"
    heads = "".join(_cell("th", text, column, block) for column, text in enumerate(block.heads))
    yield f"<thead><tr>{heads}</tr></thead><tbody>"
    for row in block.rows:
        yield _row(row, block)
    yield "</tbody></table></div>"
    if block.note:
        yield f'<p class="note">{escape(block.note)}</p>'


def _row(row: Row, block: Table) -> str:
    if row.kind == "section":
        return f'<tr class="section"><td colspan="{len(block.heads)}">{escape(row.cells[0])}</td></tr>'
    cells = "".join(_cell("td", text, column, block) for column, text in enumerate(row.cells))
    kind = ' class="total"' if row.kind == "total" else ""
    return f"<tr{kind}>{cells}</tr>"


def _cell(tag: str, text: str, column: int, block: Table) -> str:
    first, *rest = text.replace(BREAK, " ").split("\n")
    below = f"<small>{escape(' '.join(rest))}</small>" if rest else ""
    words = ' class="words"' if column in block.text_columns else ""
    scope = ' scope="col"' if tag == "th" else ""
    return f"<{tag}{scope}{words}>{escape(first)}{below}</{tag}>"
