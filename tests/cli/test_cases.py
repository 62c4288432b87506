"""Files that were once taken badly: one message and exit status 2, or in order, and never a traceback."""

import shutil
from pathlib import Path

import pytest

from opsim.cli.main import main
from opsim.scenario.load import load

FOLDER = Path(__file__).parents[3] / "shared" / "cases" / "inputs"
REFUSED = {
    "exponent-overflow": "exponent-overflow.yaml:2: horizon: number 1e999999999999999999999 is out of reach",
    "keyerror-study-grant-design": "yaml:19: options.lump.subsidies.lump-district.form: number 0x1F is not dec",
    "long_ext": "long_ext.yaml:1: extends: there is no file aaaa",
    "nest3000": "nest3000.yaml:2: x.0.0.0: nested too deeply",
    "start2110": "start2110.yaml:3: start: start on 2110-01-01: holidays after 2100 are not known",
    "study-bad-scalar-in-option": "yaml:5: options.embedded.services.cafe.price: 5% is no number — a share",
    "study_null": "study_null.yaml:2: scenario: a character that no text holds: #x0000",
    "study_val5": "study_val5.yaml:1: more than 1000000 points — fewer steps, or a design that draws points",
    "title-surrogate": "title-surrogate.yaml:2: title.en: a character that no text holds: #xd800",
}
TAKEN = ("future", "pop0", "title-dollars", "title-dollars2", "unmanned2", "zhname")

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the folder of small cases is not here")


@pytest.fixture
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def case(empty_folder):
    """Copies a case into the current folder."""

    def copied(name):
        shutil.copyfile(FOLDER / f"{name}.yaml", empty_folder / f"{name}.yaml")
        return f"{name}.yaml"

    return copied


def test_every_case_is_looked_at():
    there = {path.stem for path in FOLDER.glob("*.yaml")}
    assert there == {*REFUSED, *TAKEN, "injection"}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_one_message(name, case, capsys, empty_folder):
    file = case(name)
    for line in (["check", file], ["sweep" if "study" in name else "run", file, "--replications", "1"]):
        assert main([*line, "--lang", "en"]) == 2
        told = capsys.readouterr()
        assert REFUSED[name] in told.err
        assert len(told.err.splitlines()) == 1
        assert told.out == ""
    assert list(empty_folder.iterdir()) == [empty_folder / file]


@pytest.mark.parametrize("name", TAKEN)
def test_taken(name, case, capsys):
    assert main(["check", case(name), "--lang", "en"]) == 0
    assert f"{name}.yaml is in order" in capsys.readouterr().out


def test_names_of_devices_are_refused_and_texts_kept_as_written(case, capsys, empty_folder):
    file = empty_folder / case("injection")
    assert main(["check", file.name, "--lang", "en"]) == 2
    assert [line.split(" — ")[0] for line in capsys.readouterr().err.splitlines()] == [
        "injection.yaml:7: options.CON: CON is the name of a device on Windows",
        "injection.yaml:9: options.aux: aux is the name of a device on Windows",
    ]
    text = file.read_text(encoding="utf-8").replace("  CON:", "  con-1:").replace("  aux:", "  aux-1:")
    file.write_text(text, encoding="utf-8")
    scenario = load(file)
    assert scenario.title.en == "=cmd|' /C calc'!A0<script>alert(1)</script>"
    assert scenario.options["con-1"].title.en == "a\u202ebc"
    assert scenario.options["aux-1"].services["reading"].title.zh == "=1+1&amp;<script>"
    assert main(["show", file.name, "--lang", "zh"]) == 0
    assert '=HYPERLINK("http://x")<img src=x onerror=alert(1)>' in capsys.readouterr().out


def test_a_price_dated_2028_holds_from_2028(case):
    scenario = load(case("future"))
    price = scenario.options["rise-2028"].services["cafe"].price
    assert [str(price.decimal(day)) for day in sorted(price.days())] == ["18", "40"]
    assert [day.isoformat() for day in sorted(price.days())] == ["2027-01-01", "2028-01-01"]
