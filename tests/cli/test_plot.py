"""`opsim plot`: a folder's figures again, in the other language and as SVG."""

import json
from pathlib import Path

import pytest

from opsim.cli.main import main
from opsim.report import folder
from opsim.report.figures import gallery as figures


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("plot") / "out"
    line = ["run", "book-house", "--years", "1", "--replications", "2", "--workers", "1", "--out", str(place)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folder.figures, "save", lambda *_: [])
        assert main([*line, "--quiet", "--lang", "en"]) == 0
    return place


def test_figures_by_name_in_a_language(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plot", str(out), "cash", "coverage", "--svg", "--lang", "zh", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    pictures = [out / "figures" / f"{name}.svg" for name in ("cash", "coverage")]
    assert told == {"figures": [str(picture) for picture in pictures]}
    first = pictures[0].read_bytes()
    assert first.startswith(b"<?xml")
    assert b"<dc:date>" not in first
    assert main(["plot", str(out), "cash", "--svg", "--lang", "zh"]) == 0
    assert pictures[0].read_bytes() == first
    assert main(["plot", str(out), "cash", "--svg", "--lang", "en"]) == 0
    assert pictures[0].read_bytes() != first


def test_all_figures_where_none_is_named(
    out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(figures, "save", lambda *given: asked.append(given) or [])
    assert main(["plot", str(out), "--lang", "zh"]) == 0
    ((results, names, language, undrawn, form),) = asked
    assert names == figures.names(results)
    assert len(names) == 7
    assert (language, undrawn, form) == ("zh", [], "png")


def test_unknown_figures_and_folders_are_bad_input(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted((out / "figures").iterdir())
    assert main(["plot", str(out), "csh", "cash", "tornado", "--lang", "en"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "there is no figure csh in these results — did you mean cash?" in told.err
    assert "there is no figure tornado in these results" in told.err
    assert sorted((out / "figures").iterdir()) == before
    assert main(["plot", str(out / "figures"), "--lang", "en"]) == 2
    assert "this folder holds no results of opsim" in capsys.readouterr().err
