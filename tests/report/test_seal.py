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


def test_without_checksums_nothing_is_checked(changed, tmp_path, capsys):
    """Folders of a study that is not finished have none."""
    (changed / "checksums.txt").unlink()
    assert told(capsys, "memo", changed, tmp_path / "memo.html")[0] == 0
