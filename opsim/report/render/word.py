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
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Emu, Pt, RGBColor
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from opsim.report.document import BREAK, Block, Bullets, Heading, Paragraph, Picture, Row, Table, Title

WIDTH: Final = Cm(15.6)
"""Of the text: A4 less margins of 2.8 cm to the left and 2.6 cm to the right, as in GB/T 9704."""

TALLEST: Final = Cm(10.5)
"""A figure on the page."""


class Face(NamedTuple):
    """Fonts of a style: for Chinese characters and for Latin ones."""

    chinese: str
    latin: str


BODY: Final = Face("仿宋_GB2312", "Times New Roman")
FACES: Final = {
    "Title": Face("方正小标宋简体", "Times New Roman"),
    "Heading 1": Face("黑体", "Arial"),
    "Heading 2": Face("楷体_GB2312", "Times New Roman"),
    "Heading 3": BODY,
    "Caption": Face("黑体", "Arial"),
    "Table Text": Face("仿宋_GB2312", "Times New Roman"),
}
CELL: Final = "TableText"
"""Id of the style of cells."""
ALTERNATIVES: Final = {
    "方正小标宋简体": ("SimSun", "Noto Serif CJK SC", "Songti SC"),
    "黑体": ("SimHei", "Noto Sans CJK SC", "Heiti SC"),
    "楷体_GB2312": ("KaiTi", "Kaiti SC", "Noto Serif CJK SC"),
    "仿宋_GB2312": ("FangSong", "STFangsong", "Noto Serif CJK SC"),
}
"""By font: what stands in for it, the nearest first."""

SIZES: Final = {
    "Title": 18,
    "Heading 1": 14,
    "Heading 2": 12,
    "Heading 3": 11,
    "Caption": 9.5,
    "Table Text": 9,
}
TEXT_SIZE: Final = 10.5
SMALL: Final = 7
"""Of long tables in annexes."""
KEPT_WHOLE: Final = 12
"""Rows up to which a table is not divided among pages."""
SHADE: Final = "E8EDF2"
LONGEST: Final = 255
"""Letters of a title among the properties of a file; the title on the page is whole."""
NO_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""The file says nothing of when it was made."""


def document(blocks: Sequence[Block], language: str) -> bytes:
    """The whole file."""
    file = Document()
    _page(file, language)
    _styles(file, language)
    _fonts(file)
    for block in blocks:
        _write(file, block)
    told = file.core_properties
    told.author, told.title, told.comments = "opsim", _title(blocks)[:LONGEST], ""
    told.created = told.modified = NO_TIME
    written = io.BytesIO()
    file.save(written)
    return _timeless(written)


def _timeless(written: io.BytesIO) -> bytes:
    """The same file, its parts dated alike: a memo of the same folders is the same to the byte."""
    again = io.BytesIO()
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in parts.namelist():
            copy.writestr(
                zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), parts.read(name), zipfile.ZIP_DEFLATED
            )
    return again.getvalue()


def _title(blocks: Sequence[Block]) -> str:
    return next((block.text for block in blocks if isinstance(block, Title)), "")


def _page(file: File, language: str) -> None:
    section = file.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    section.top_margin, section.bottom_margin = Cm(2.8), Cm(2.4)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run("— ")
    _field(foot, "PAGE", "1")
    foot.add_run(" —")
    settings = file.settings.element
    language_tag = parse_xml(f'<w:themeFontLang {nsdecls("w")} w:val="en-US" w:eastAsia="zh-CN"/>')
    if settings.find(qn("w:themeFontLang")) is None:
        settings.append(language_tag)
    file.core_properties.language = "zh-CN" if language == "zh" else "en-US"


def _field(paragraph: WordParagraph, code: str, shown: str) -> None:
    """A field that Word computes, with the text that it shows until then."""
    run = paragraph.add_run()
    for kind in ("begin", "instrText", "separate", "text", "end"):
        if kind == "instrText":
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = f" {code} "
        elif kind == "text":
            element = OxmlElement("w:t")
            element.text = shown
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)


def _styles(file: File, language: str) -> None:
    styles = file.styles
    normal = styles["Normal"]
    _face(normal, BODY, TEXT_SIZE)
    normal.paragraph_format.space_after = Pt(3)
    normal.paragraph_format.widow_control = True
    normal.paragraph_format.line_spacing = 1.15 if language == "zh" else 1.05
    styles.add_style("Table Text", WD_STYLE_TYPE.PARAGRAPH).base_style = normal
    for name, size in SIZES.items():
        style = styles[name]
        _face(style, FACES[name], size)
        style.font.color.rgb = RGBColor(0x1A, 0x1A, 0x1A)
        style.font.italic = False
        style.font.bold = name == "Heading 3" or (language != "zh" and name.startswith(("Heading", "Title")))
    for name in ("Heading 1", "Heading 2", "Heading 3"):
        style = styles[name]
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(10), Pt(4)
        style.paragraph_format.keep_with_next = True
    caption = styles["Caption"].paragraph_format
    caption.space_before, caption.space_after = Pt(6), Pt(3)
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    styles["Caption"].font.bold = False
    cell = styles["Table Text"].paragraph_format
    cell.space_after, cell.space_before, cell.line_spacing = Pt(0), Pt(0), 1.0
    title = styles["Title"].paragraph_format
    title.alignment, title.space_after = WD_ALIGN_PARAGRAPH.CENTER, Pt(4)
    border = styles["Title"].element.pPr.find(qn("w:pBdr"))
    if border is not None:
        styles["Title"].element.pPr.remove(border)
    bullet = styles["List Bullet"].paragraph_format
    bullet.space_after = Pt(2)


def _face(style: Any, face: Face, size: float) -> None:  # noqa: ANN401 - styles have no public type
    style.font.name, style.font.size = face.latin, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), face.chinese)


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
            below.add_run(block.below).font.color.rgb = RGBColor(0x55, 0x55, 0x55)
        case Heading():
            heading = file.add_paragraph(block.text, style=f"Heading {block.level}")
            if block.new_page:
                heading.paragraph_format.page_break_before = True
        case Paragraph():
            _paragraph(file, block)
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


def _paragraph(file: File, block: Paragraph) -> None:
    paragraph = file.add_paragraph()
    run = paragraph.add_run(block.text)
    if block.kind == "lead":
        run.bold = True
    elif block.kind in ("note", "missing", "undrawn"):
        run.font.size = Pt(TEXT_SIZE - 1.5)
        run.font.color.rgb = RGBColor(0x55, 0x55, 0x55)
    elif block.kind == "code":
        run.font.size, run.font.name = Pt(TEXT_SIZE - 2), "Consolas"


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
    if block.note:
        note = file.add_paragraph(style="Table Text")
        note.paragraph_format.space_before, note.paragraph_format.space_after = Pt(2), Pt(6)
        run = note.add_run(block.note)
        run.font.size, run.font.color.rgb = Pt(SMALL + 0.5), RGBColor(0x55, 0x55, 0x55)
    else:
        file.add_paragraph(style="Table Text").paragraph_format.space_after = Pt(2)


def _borders(table: WordTable) -> None:
    """Light lines between rows, stronger ones above and below."""
    lines = {"top": (8, "444444"), "bottom": (8, "444444"), "insideH": (4, "BBBBBB")}
    inside = "".join(
        f'<w:{side} w:val="single" w:sz="{lines[side][0]}" w:space="0" w:color="{lines[side][1]}"/>'
        if side in lines
        else f'<w:{side} w:val="nil"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    properties = table._tbl.tblPr
    properties.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{inside}</w:tblBorders>"))
    margins = '<w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/>'
    properties.append(parse_xml(f"<w:tblCellMar {nsdecls('w')}>{margins}</w:tblCellMar>"))


def _row(table: WordTable, row: Row, block: Table, widths: Sequence[Emu], *, head: bool = False) -> None:
    line: Any = table.add_row()  # type: ignore[no-untyped-call]
    properties = line._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))
    cells = line.cells
    for cell, width in zip(cells, widths, strict=True):
        cell.width = width
    if row.kind == "section":
        cells[0].merge(cells[-1])
    for column, text in enumerate(row.cells):
        paragraph = cells[column].paragraphs[0]
        paragraph._p.style = CELL  # by its id: looking names up would take most of the time
        paragraph.alignment = (
            WD_ALIGN_PARAGRAPH.LEFT if column in block.text_columns or row.kind == "section"
            else WD_ALIGN_PARAGRAPH.RIGHT
        )  # fmt: skip
        for place, part in enumerate(text.split("\n")):
            run = paragraph.add_run(part.replace(BREAK, " "))
            if row.kind in ("section", "total") and place == 0:
                run.bold = True
            if place + 1 < len(text.split("\n")):
                run.add_break()
            if block.small or place:
                run.font.size = Pt(SMALL)
        if head or row.kind == "section":
            shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{SHADE}"/>')
            cells[column]._tc.get_or_add_tcPr().append(shade)
