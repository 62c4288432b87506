"""Nothing is reported from a folder that was changed after it was written."""

import shutil
import subprocess

import pytest

from opsim.cli.main import main
from opsim.report.results import read


@pytest.fixture
def changed(place, tmp_path):
    return shutil.copytree(place, tmp_path / "changed")


def told(capsys, *arguments):
    status = main([*map(str, arguments), "--lang", "en", "--quiet"])
    return status, capsys.readouterr().err


def test_as_written_it_is_read_by_us_and_by_sha256sum(place):
    results = read(place)
    for path in place.rglob("*.csv"):
        lines = path.read_text(encoding="utf-8").count("\n") - 1
        assert len(results.table(path.relative_to(place).with_suffix("").as_posix())) == lines
    checked = subprocess.run(
        ["sha256sum", "-c", "checksums.txt"], cwd=place, capture_output=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.count(b"OK") == len([*place.rglob("*.csv")]) + 2


@pytest.mark.parametrize(
    "name", ["outcomes.csv", "replications.csv", "run.json", "scenario.yaml", "figures/cash-embedded.csv"]
)
@pytest.mark.parametrize("how", ["saved by a spreadsheet", "one digit", "gone"])
def test_a_changed_file_is_named_and_nothing_is_made(changed, tmp_path, capsys, name, how):
    path = changed / name
    data = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "one digit":
        place = max(data.rfind(digit) for digit in (b"1", b"2", b"3"))
        path.write_bytes(data[:place] + b"9" + data[place + 1 :])
    else:
        path.write_bytes(b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"))
    status, said = told(capsys, "memo", changed, tmp_path / "memo.html")
    assert status == 2
    assert path.name in said
    assert ("is missing" if how == "gone" else "was changed after opsim wrote it") in said
    assert not (tmp_path / "memo.html").exists()


@pytest.mark.parametrize(
    "line", ["memo {place} {other}.html", "plot {place}", "export {place} {other}.xlsx", "discover {place}"]
)
def test_without_checksums_every_reader_refuses_in_one_line(changed, tmp_path, capsys, line):
    """The folder of a command that was stopped, or whose checksums were taken away so that nothing is noticed."""
    (changed / "checksums.txt").unlink()
    before = sorted(path.name for path in changed.rglob("*"))
    status, said = told(capsys, *line.format(place=changed, other=tmp_path / "made").split())
    assert status == 2
    assert said.count("\n") == 1
    assert "these results are not whole: there is no checksums.txt" in said
    assert sorted(path.name for path in changed.rglob("*")) == before
    assert [path.name for path in tmp_path.iterdir()] == ["changed"]


def test_a_table_that_was_never_sealed_is_refused(changed, tmp_path, capsys):
    """Its line taken out of the checksums, a table can be changed; nothing is reported from it then."""
    seals = changed / "checksums.txt"
    lines = seals.read_text(encoding="utf-8").splitlines(keepends=True)
    seals.write_text("".join(line for line in lines if "outcomes.csv" not in line), encoding="utf-8")
    status, said = told(capsys, "memo", changed, tmp_path / "memo.html")
    assert status == 2
    assert "outcomes.csv: was changed" in said
