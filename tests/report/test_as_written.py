"""What a user wrote is shown as it was written, whatever a drawing library or a spreadsheet would make of it."""

import csv
import io
import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Text
from openpyxl import load_workbook

from opsim.report.export import export
from opsim.report.figures import gallery as figures
from opsim.report.folder import write
from opsim.report.memo.build import memo, put_together
from opsim.report.render.html import document as page
from opsim.report.render.word import document as word
from opsim.report.results import read
from opsim.report.sections import outcomes_table, side_by_side
from opsim.report.writing import read_table, write_text
from opsim.report.writing import table as write_table
from opsim.scenario.load import load
from opsim.study.claim import claimed
from opsim.study.run_and_compare import Comparison
from tests.report.printing import printed

CASES = Path(__file__).parents[2].parent / "shared" / "cases" / "inputs"
TITLES = {
    "en": ("=Sheet!A1 $x_{y$ {0}", "between $2 and $3 {x}", "[bold]a[/bold] :coffee: <i>b</i>", "_under\\_",
           "=1+1</td><script>3</script>&amp;"),
    "zh": ("'=1+1 {brace} ${p}_1", "@x $1_$2 咖啡", "+1-1 [red]中[/red] :tea:", "_ $\\alpha$ %s",
           "</title>%d<script>2</script>"),
}  # fmt: skip
"""Of the scenario, its option, and three services."""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    places = (
        "title",
        "options.embedded.title",
        *(f"services.{name}.title" for name in ("cafe", "reading", "lending")),
    )
    tree: dict = {"extends": "book-house"}
    for place, en, zh in zip(places, TITLES["en"], TITLES["zh"], strict=True):
        at = tree
        for key in place.split("."):
            at = at.setdefault(key, {})
        at |= {"en": en, "zh": zh}
    tree["options"]["embedded"]["services"] = {"cafe": tree["services"].pop("cafe")}
    path = tmp_path_factory.mktemp("written") / "odd.yaml"
    path.write_text(yaml_of(tree), encoding="utf-8")
    return load(path)


def yaml_of(value, indent=""):
    if isinstance(value, str):
        return f"'{value.replace(chr(39), chr(39) * 2)}'"
    return "".join(f"\n{indent}{key}: {yaml_of(below, indent + '  ')}" for key, below in value.items())


@pytest.fixture(scope="module")
def folder(result, scenario, tmp_path_factory):
    place = tmp_path_factory.mktemp("written") / "out"
    with claimed(place), pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "save", lambda *_: [])
        write(Comparison((replace(result, scenario=scenario),)), place, "en")
    return read(place)


def drawn_texts(results, language, names=None):
    """Every text of figures, all unless named, drawn; where one is read as a formula that is a mistake."""
    found = []
    for name in names or figures.names(results):
        figure = figures.draw(results, name, language)
        figures.image(figure, "png")
        texts = figure.findobj(Text)
        assert not any(text.get_parse_math() for text in texts if "$" in text.get_text()), name
        found += [text.get_text().replace("\n", " ") for text in texts]
    return "\n".join(found)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_in_every_figure(folder, language):
    found = drawn_texts(folder, language)
    for title in TITLES[language][1:]:
        assert title in found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_in_the_memo_as_a_page_and_as_a_word_file(folder, language, monkeypatch):
    monkeypatch.setattr("opsim.report.memo.pictures.png", lambda _: PIXEL)
    blocks = memo(put_together([folder], language))
    reader = Reader()
    reader.feed(page(blocks, language))
    assert "script" not in reader.tags
    file = Document(io.BytesIO(word(blocks, language)))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    typed = "\n".join([*(paragraph.text for paragraph in file.paragraphs), *cells])
    for title in TITLES[language]:
        assert title in reader.text
        assert title in typed


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000a49444154789c6360000000020001"
    "4c7ea9e50000000049454e44ae426082"
)


class Reader(HTMLParser):
    """A browser's view of a page."""

    def __init__(self):
        super().__init__()
        self.text, self.tags = "", set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("language", ["en", "zh"])
def test_in_the_workbook_texts_are_texts(folder, tmp_path, language):
    path = tmp_path / "book.xlsx"
    export(folder, path, language)
    cells = [
        cell
        for sheet in load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    formulas = {str(cell.value) for cell in cells if cell.data_type == "f"}
    assert all(
        re.fullmatch(r"=(SUM\([A-Z]+\d+:[A-Z]+\d+\)|[A-Z]+\d+([+-][A-Z]+\d+)*)", each) for each in formulas
    )
    texts = "\n".join(str(cell.value) for cell in cells if cell.data_type == "s")
    for title in TITLES[language]:
        assert title in texts
    with zipfile.ZipFile(path) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if "/charts/" in name]
    assert len(charts) == 2
    for reference in re.findall(r"<c:f>(.*?)</c:f>", "".join(charts)):
        assert re.fullmatch(r"('[^']+'|\w+)!\$[A-Z]+\$\d+(:\$[A-Z]+\$\d+)?", reference), reference
    assert any(TITLES[language][1] in chart for chart in charts)  # the name of a line, as its cell has it


@pytest.mark.parametrize("language", ["en", "zh"])
def test_on_the_screen(result, scenario, language):
    told = replace(result, scenario=scenario)
    both = (outcomes_table.blocks(told, language), side_by_side.blocks(Comparison((told,)), language))
    said = "".join(printed(blocks, 400) for blocks in both)
    for title in TITLES[language]:
        assert title in said


@pytest.mark.parametrize("name", ["title-dollars", "title-dollars2", "injection"])
def test_cases_of_others(result, tmp_path, name, monkeypatch):
    monkeypatch.setattr(figures, "save", lambda *_: [])
    if not (CASES / f"{name}.yaml").is_file():
        pytest.skip(f"no file {CASES / name}.yaml")
    text = (CASES / f"{name}.yaml").read_text(encoding="utf-8")
    write_text(tmp_path / "case.yaml", text.replace("  CON:", "  con-1:").replace("  aux:", "  aux-1:"))
    case = replace(result, scenario=load(tmp_path / "case.yaml"))
    with claimed(tmp_path / "out"):
        write(Comparison((case,)), tmp_path / "out", "zh")
    results = read(tmp_path / "out")
    for language in ("en", "zh"):
        assert case.scenario.options["embedded"].title[language] in drawn_texts(
            results, language, ("options",)
        )


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)


@given(
    st.lists(st.one_of(words, words.map("=".__add__), words.map("'+".__add__), st.floats(allow_nan=False)))
)
def test_a_table_is_read_as_it_was_written_and_holds_no_formula(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("tables") / "t.csv"
    assert write_table(path, ("key", "cell"), enumerate(cells)) == len(cells)
    assert [row["cell"] for row in read_table(path)] == [str(cell) for cell in cells]
    assert path.read_bytes().startswith(b"\xef\xbb\xbfkey,cell\n")
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in list(csv.reader(file))[1:]:
            assert row[1][:1] not in {*"=@"}
            if row[1][:1] in {*"+-"}:
                float(row[1])


def test_titles_in_tables_speak_the_language_and_names_never_do(result, tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "save", lambda *_: [])
    found = {}
    for language in ("en", "zh"):
        with claimed(tmp_path / language):
            write(result, tmp_path / language, language)
        found[language] = read_table(tmp_path / language / "outcomes.csv")
    assert found["en"][0]["title"] == "visits served"
    assert found["zh"][0]["title"] == "服务人次"
    for en, zh in zip(found["en"], found["zh"], strict=True):
        assert {**en, "title": ""} == {**zh, "title": ""}
    others = [
        path for path in (tmp_path / "en").rglob("*.*") if path.name not in ("outcomes.csv", "checksums.txt")
    ]
    for path in others:
        assert path.read_bytes() == (tmp_path / "zh" / path.relative_to(tmp_path / "en")).read_bytes()
