"""The memo as a Word file: real styles, fonts as official documents have them, A4.

Fonts follow the habit of GB/T 9704 in Chinese. Where such a font is not installed, the font table of the file
names others that come with Windows, macOS or Linux (`ALTERNATIVES`).
"""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from docx import Document
from docx.document import Document as File
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Emu, Pt, RGBColor
from docx.table import Table as WordTable

from opsim.report.document import BREAK, Block, Bullets, Heading, Paragraph, Picture, Row, Table, Title

WIDTH: Final = Cm(15.6)
"""Of the text: A4 less margins of 2.8 cm to the left and 2.6 cm to the right, as in GB/T 9704."""
TALLEST: Final = Cm(10.5)
"""A figure on the page."""


class Face(NamedTuple):
    """Letters of a style: fonts for Chinese characters and for Latin ones, size in points."""

    chinese: str
    latin: str
    size: float


TEXT: Final = 10.5
FACES: Final = {
    "Normal": Face("仿宋_GB2312", "Times New Roman", TEXT),
    "Title": Face("方正小标宋简体", "Times New Roman", 18),
    "Heading 1": Face("黑体", "Arial", 14),
    "Heading 2": Face("楷体_GB2312", "Times New Roman", 12),
    "Heading 3": Face("仿宋_GB2312", "Times New Roman", 11),
    "Caption": Face("黑体", "Arial", 9.5),
    "Table Text": Face("仿宋_GB2312", "Times New Roman", 9),
}
ALTERNATIVES: Final = {
    "方正小标宋简体": ("SimSun", "Noto Serif CJK SC", "Songti SC"),
    "黑体": ("SimHei", "Noto Sans CJK SC", "Heiti SC"),
    "楷体_GB2312": ("KaiTi", "Kaiti SC", "Noto Serif CJK SC"),
    "仿宋_GB2312": ("FangSong", "STFangsong", "Noto Serif CJK SC"),
}
"""By font: what stands in for it, the nearest first."""

CELL: Final = "TableText"
"""Id of the style of cells."""
SMALL: Final = Pt(7)
"""Letters of long tables in annexes."""
KEPT_WHOLE: Final = 12
"""Rows up to which a table is not divided among pages."""
BLACK, GRAY, SHADE = RGBColor(0x1A, 0x1A, 0x1A), RGBColor(0x55, 0x55, 0x55), "E8EDF2"
LONGEST: Final = 255
"""Letters of a title among the properties of a file; the title on the page is whole."""
NO_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""The file says nothing of when it was made."""


def document(blocks: Sequence[Block], language: str) -> bytes:
    """The whole file."""
    file = Document()
    _page(file)
    _styles(file, language)
    _fonts(file)
    for block in blocks:
        _write(file, block)
    told = file.core_properties
    title = next((block.text for block in blocks if isinstance(block, Title)), "")
    told.author, told.title, told.comments = "opsim", title[:LONGEST], ""
    told.language = "zh-CN" if language == "zh" else "en-US"
    told.created = told.modified = NO_TIME
    written = io.BytesIO()
    file.save(written)
    return _timeless(written)


def _timeless(written: io.BytesIO) -> bytes:
    """The same file, its parts dated alike: a memo of the same folders is the same to the byte."""
    again = io.BytesIO()
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(again, "w") as copy:
        for name in parts.namelist():
            dated = zipfile.ZipInfo(name, NO_TIME.timetuple()[:6])
            copy.writestr(dated, parts.read(name), zipfile.ZIP_DEFLATED)
    return again.getvalue()


def _page(file: File) -> None:
    section = file.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    section.top_margin, section.bottom_margin = Cm(2.8), Cm(2.4)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run("— ")
    foot._p.append(_xml('<w:fldSimple {} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'))
    foot.add_run(" —")


def _xml(text: str) -> Any:  # noqa: ANN401 - elements have no public type
    """An element of Word's own, in whose tag ``{}`` stands for the namespace."""
    return parse_xml(text.replace("{}", nsdecls("w"), 1))


def _styles(file: File, language: str) -> None:
    styles = file.styles
    styles.add_style("Table Text", WD_STYLE_TYPE.PARAGRAPH).base_style = styles["Normal"]
    for name, face in FACES.items():
        style: Any = styles[name]
        style.font.name, style.font.size = face.latin, Pt(face.size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), face.chinese)
        if name != "Normal":
            style.font.color.rgb, style.font.italic = BLACK, False
            style.font.bold = name == "Heading 3" or (
                language != "zh" and name.startswith(("Heading", "Title"))
            )
        if name.startswith("Heading"):
            _spaced(style, 10, 4)
            style.paragraph_format.keep_with_next = True
    _spaced(styles["Normal"], None, 3)
    styles["Normal"].paragraph_format.widow_control = True
    styles["Normal"].paragraph_format.line_spacing = 1.15 if language == "zh" else 1.05
    for name, above, below in (("Caption", 6, 3), ("Title", None, 4)):
        _spaced(styles[name], above, below)
        styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _spaced(styles["Table Text"], 0, 0)
    styles["Table Text"].paragraph_format.line_spacing = 1.0
    _spaced(styles["List Bullet"], None, 2)
    lines = styles["Title"].element.pPr
    lines.remove(lines.find(qn("w:pBdr")))


def _spaced(of: Any, above: float | None, below: float) -> None:  # noqa: ANN401 - a style or paragraph
    """Set the space above and below in points; None: as it is."""
    if above is not None:
        of.paragraph_format.space_before = Pt(above)
    of.paragraph_format.space_after = Pt(below)


def _fonts(file: File) -> None:
    """Name what stands in for fonts that may not be installed."""
    part = next(each for each in file.part.package.iter_parts() if each.partname == "/word/fontTable.xml")
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{",".join(others)}"/><w:charset w:val="86"/>'
        '<w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
        for name, others in ALTERNATIVES.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", f"{fonts}</w:fonts>".encode())


def _write(file: File, block: Block) -> None:
    match block:
        case Title():
            file.add_paragraph(block.text, style="Title")
            below = file.add_paragraph(style="Table Text")
            below.alignment = WD_ALIGN_PARAGRAPH.CENTER
            below.add_run(block.below).font.color.rgb = GRAY
        case Heading():
            heading = file.add_paragraph(block.text, style=f"Heading {block.level}")
            heading.paragraph_format.page_break_before = block.new_page or None
        case Paragraph():
            run = file.add_paragraph().add_run(block.text)
            run.bold = block.kind == "lead" or None
            if block.kind == "code":
                run.font.size, run.font.name = Pt(TEXT - 2), "Consolas"
            elif block.kind in ("note", "missing", "undrawn"):
                run.font.size, run.font.color.rgb = Pt(TEXT - 1.5), GRAY
        case Bullets():
            for item in block.items:
                file.add_paragraph(item, style="List Bullet")
        case Table():
            caption = file.add_paragraph(block.caption, style="Caption")
            caption.paragraph_format.keep_with_next = True
            _table(file, block)
        case Picture():
            place = file.add_paragraph()
            place.alignment = WD_ALIGN_PARAGRAPH.CENTER
            place.paragraph_format.keep_with_next = True
            drawn = place.add_run().add_picture(io.BytesIO(block.png), width=WIDTH)
            if drawn.height > TALLEST:
                drawn.width, drawn.height = Emu(int(WIDTH * TALLEST / drawn.height)), TALLEST
            file.add_paragraph(block.caption, style="Caption")


def _table(file: File, block: Table) -> None:
    table = file.add_table(rows=0, cols=len(block.heads))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    shares = block.widths or (1.0,) * len(block.heads)
    widths = [Emu(int(WIDTH * share / sum(shares))) for share in shares]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    _borders(table)
    _row(table, Row(block.heads, "total"), block, widths, head=True)
    for row in block.rows:
        _row(table, row, block, widths)
    if len(block.rows) <= KEPT_WHOLE:
        for paragraph in table._tbl.iter(qn("w:p")):
            paragraph.get_or_add_pPr().get_or_add_keepNext()
    note = file.add_paragraph(style="Table Text")
    if block.note:
        _spaced(note, 2, 6)
        run = note.add_run(block.note)
        run.font.size, run.font.color.rgb = Pt(SMALL.pt + 0.5), GRAY
    else:
        _spaced(note, None, 2)


def _borders(table: WordTable) -> None:
    """Light lines between rows, stronger ones above and below."""
    strong, light, none = 'single" w:sz="8" w:color="444444', 'single" w:sz="4" w:color="BBBBBB', "nil"
    sides = {"top": strong, "left": none, "bottom": strong, "right": none, "insideH": light, "insideV": none}
    lines = "".join(f'<w:{side} w:val="{line}"/>' for side, line in sides.items())
    table._tbl.tblPr.append(_xml(f"<w:tblBorders {{}}>{lines}</w:tblBorders>"))
    margins = '<w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/>'
    table._tbl.tblPr.append(_xml(f"<w:tblCellMar {{}}>{margins}</w:tblCellMar>"))


def _row(table: WordTable, row: Row, block: Table, widths: Sequence[Emu], *, head: bool = False) -> None:
    line: Any = table.add_row()  # type: ignore[no-untyped-call]
    for wanted in ("w:cantSplit", "w:tblHeader")[: 1 + head]:
        line._tr.get_or_add_trPr().append(OxmlElement(wanted))
    cells = line.cells
    for cell, width in zip(cells, widths, strict=True):
        cell.width = width
    section = row.kind == "section"
    if section:
        cells[0].merge(cells[-1])
    for column, (cell, text) in enumerate(zip(cells, row.cells, strict=False)):
        paragraph = cell.paragraphs[0]
        paragraph._p.style = CELL  # by its id: looking names up would take most of the time
        flush_left = section or column in block.text_columns
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if flush_left else WD_ALIGN_PARAGRAPH.RIGHT
        first, *below = text.replace(BREAK, " ").split("\n")
        run = paragraph.add_run(first)
        run.bold, run.font.size = row.kind in ("section", "total") or None, SMALL if block.small else None
        if below:
            paragraph.add_run("\n".join(("", *below))).font.size = SMALL
        if head or section:
            shade = _xml(f'<w:shd {{}} w:val="clear" w:color="auto" w:fill="{SHADE}"/>')
            cell._tc.get_or_add_tcPr().append(shade)
