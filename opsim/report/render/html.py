"""The memo as one HTML file: nothing to load, readable on a phone, ready to print."""

import base64
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from opsim.report.document import BREAK, Block, Bullets, Heading, Paragraph, Picture, Row, Table, Title

STYLE: Final = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 52rem; padding: 1.2rem 1rem 3rem; color: #1a1a1a; background: #fff;
  font: 16px/1.6 "FangSong", "STFangsong", "Noto Serif CJK SC", "Source Han Serif SC", Georgia, serif;
  overflow-wrap: break-word; }
h1, h2, h3, figcaption, caption, th { font-family: "SimHei", "Heiti SC", "Noto Sans CJK SC",
  "Noto Sans SC", Arial, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.35; text-align: center; margin: .5rem 0; }
h2 { font-size: 1.15rem; margin: 1.8rem 0 .5rem; border-bottom: 1px solid #d5dbe1; padding-bottom: .2rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
.below { text-align: center; color: #555; font-size: .85rem; margin: 0 0 1rem; }
.lead { font-weight: bold; }
.note, .missing, .undrawn { color: #555; font-size: .88rem; }
.missing, .undrawn { border-left: 3px solid #b4543c; padding-left: .6rem; }
code { font-family: Consolas, Menlo, monospace; font-size: .85rem; background: #f3f5f7;
  padding: .1rem .3rem; }
ul { padding-left: 1.3rem; }
.scroll { overflow-x: auto; margin: .8rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; line-height: 1.35; }
caption, figcaption { font-size: .88rem; text-align: center; padding: .3rem 0; }
caption { caption-side: top; }
th, td { padding: .25rem .45rem; border-bottom: 1px solid #dfe3e8; text-align: right; vertical-align: top;
  white-space: nowrap; font-variant-numeric: tabular-nums; }
thead th { background: #e8edf2; border-top: 2px solid #444; white-space: normal; min-width: 3.4rem; }
tbody tr:last-child td { border-bottom: 2px solid #444; }
.words { text-align: left; white-space: normal; min-width: 7rem; }
.section td { text-align: left; font-weight: bold; background: #f3f5f7; }
.total td { font-weight: bold; }
td small { color: #555; display: block; }
.small { font-size: .75rem; }
.small .words { min-width: 5rem; overflow-wrap: anywhere; }
figure { margin: 1rem 0; }
figure img { display: block; width: 100%; min-width: 38rem; height: auto; }
@media (max-width: 40rem) { caption { text-align: left; } }
@media print {
  @page { size: A4; margin: 22mm 22mm 20mm; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  .scroll { overflow: visible; }
  figure img { min-width: 0; }
  th, td { white-space: normal; }
  thead { display: table-header-group; }
  tr, figure { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  .new-page { break-before: page; }
}
"""


def document(blocks: Sequence[Block], language: str) -> str:
    """The whole file."""
    title = next((block.text for block in blocks if isinstance(block, Title)), "opsim")
    body = "\n".join(part for block in blocks for part in _parts(block))
    tag = "zh-CN" if language == "zh" else "en"
    return (
        f'<!DOCTYPE html>\n<html lang="{tag}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<link rel="icon" href="data:,">\n<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
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
