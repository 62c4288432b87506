"""`opsim export` of a run: a workbook, or a reason why not."""

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from opsim.cli.main import main
from opsim.report.figures import gallery as figures


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two options of a center with places, leases and an operator, side by side."""
    place = tmp_path_factory.mktemp("export") / "out"
    line = ["compare", "neighborhood-center", "embedded", "concession", "--years", "1", "--replications", "2"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "save", lambda *_: [])
        assert main([*line, "--workers", "1", "--out", str(place), "--quiet", "--lang", "en"]) == 0
    return place


def test_a_comparison_as_a_workbook(out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "center.xlsx"
    assert main(["export", str(out), str(file), "--lang", "zh", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    book = load_workbook(file, data_only=True)
    assert told == {"file": str(file), "rows": sum(sheet.max_row - 4 for sheet in book)}
    heads = [cell.value for cell in book["摘要"][4]]
    assert heads[:5] == ["指标", "单位", "基准方案", "植入供餐、托幼、改衣等经营业态", "特许经营（经营业态）"]
    assert heads[5:] == [f"{head}减基准方案" for head in heads[3:5]]
    items = {cell.value for cell in book["分月收支表"]["D"]}
    assert {"商户基本租金", "服务补贴", "投资人投入资本", "营业收入分成"} & items >= {
        "商户基本租金",
        "服务补贴",
    }
    assert {cell.value for cell in book["分级财政支出"]["B"]} >= {
        "区县级",
        "市级",
        "中央",
        "各级合计（权责发生制）",
    }


def test_what_cannot_be_exported_is_bad_input(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file, words in (
        ("center.csv", "compare: nothing to export as .csv"),
        ("center.docx", "no such format"),
    ):
        assert main(["export", str(out), str(tmp_path / file), "--lang", "en"]) == 2
        assert words in capsys.readouterr().err
    assert main(["export", str(out), str(tmp_path / "no" / "center.xlsx"), "--lang", "en"]) == 1
    assert capsys.readouterr().err.rstrip().endswith(": No such file or directory")
    assert not list(tmp_path.iterdir())
