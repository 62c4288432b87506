"""`opsim run` as a script calls it: the installed command, in an empty folder."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from opsim.cli.main import main
from tests.waiting import PATIENCE

OPSIM = shutil.which("opsim", path=str(Path(sys.executable).parent)) or "opsim"
SMALL = ("run", "book-house", "--years", "1", "--replications", "2")


def opsim(*arguments, cwd, **environment):
    env = {**os.environ, "LC_ALL": "C", **environment}
    return subprocess.run(
        [OPSIM, *arguments],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


def test_json_alone_on_standard_output_and_the_folder_of_the_contract(tmp_path):
    done = opsim(*SMALL, "--seed", "1", "--format", "json", "--workers", "1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["schema"], found["scenario"], found["option"], found["seed"]) == (
        2,
        "book-house",
        "embedded",
        1,
    )
    assert found["verdict"]["class"] == "insufficient-evidence"
    assert found["outcomes"]["denied_share"]["ci"] is None  # too few replications for a ratio
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name.startswith("book-house-")
    assert {path.name for path in folder.iterdir()} == {
        "scenario.yaml", "run.json", "outcomes.csv", "replications.csv", "monthly.csv", "ledger.csv",
        "cross_subsidy.csv", "shared_cost.csv", "treasury.csv", "hours.csv", "statements.csv", "stations.csv", "places.csv", "denials.csv",
        "checksums.txt", "figures",
    }  # fmt: skip
    assert json.loads((folder / "run.json").read_text(encoding="utf-8")) == found
    assert f"Figure: {Path('runs') / folder.name / 'figures' / 'cross-subsidy.png'}" in done.stderr
    assert "Next: opsim run book-house --replications 35 --years 1 --seed 1" in done.stderr


def test_compare_prints_one_object_and_leaves_a_folder(tmp_path, capsys):
    done = opsim("compare", *SMALL[1:], "--format", "json", "--workers", "1", "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["options"] == ["embedded", "contracted"]
    assert json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8")) == found
    assert f"Figure: {Path('out') / 'figures' / 'options.png'}" in done.stderr
    assert "Next: opsim compare book-house --replications 35 --years 1" in done.stderr
    assert main(["compare", "book-house", "embedded", "nope", "embedded", "--lang", "en"]) == 2
    printed, told = capsys.readouterr()
    assert printed == ""
    assert "there is no option nope" in told
    assert "the option embedded is named twice" in told


def test_seed_decides_every_byte_and_workers_none(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name, seed, workers in (("one", "0", "1"), ("two", "0", "2"), ("other", "7", "1")):
        line = (*SMALL, "--seed", seed, "--workers", workers, "--out", name, "--quiet", "--lang", "en")
        assert (main([*line]), capsys.readouterr().err) == (0, "")
    files = [path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file()]
    assert len(files) == 29
    for path in files:
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes(), path
    for path in ("ledger.csv", "monthly.csv", "replications.csv", "run.json"):
        assert (tmp_path / "one" / path).read_bytes() != (tmp_path / "other" / path).read_bytes(), path


def test_chinese_table_with_an_option_file_and_a_set_number(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dear.yaml").write_text("title: {en: dear coffee, zh: 高价咖啡}\n", encoding="utf-8")
    status = main([
        *SMALL, "--option", "dear.yaml", "--set", "services.cafe.price=30", "--fixed", "--workers", "1",
        "--out", "out", "--lang", "zh",
    ])  # fmt: skip
    printed, told = capsys.readouterr()
    assert status == 0, told
    for text in ("高价咖啡", "结论：证据不足", "仅计随机性", "用户付费覆盖率", "万元/年"):
        assert text in printed
    assert "结果：out" in told
    assert "opsim run book-house --option dear.yaml --replications 35 --years 1 --set" in told
    found = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert (found["option"], found["fixed"]) == ("dear", True)
    assert found["settings"]["sets"] == ["services.cafe.price=30"]


def seen(terminal, text):
    """Whether a text appears on a terminal."""
    page = b""
    while text not in page and select.select([terminal], [], [], PATIENCE)[0]:
        try:
            page += os.read(terminal, 65536)
        except OSError:  # the command has ended
            break
    return text in page


@pytest.mark.skipif(os.name == "nt", reason="a console signal is another thing on Windows")
@pytest.mark.parametrize("kept", [False, True])
def test_interrupt_keeps_what_is_finished(tmp_path, kept):
    """Interrupted at once nothing is left behind; after the first replication the folder is written.

    One worker is the command itself, which ends its replication first; two are processes of their own.
    """
    import pty  # noqa: PLC0415 - not on Windows

    years, workers = ("1", "1") if kept else ("50", "2")
    terminal, end = pty.openpty()
    printed = (tmp_path / "printed.json").open("w+b")  # no pipe: it would be full before the last words come
    running = subprocess.Popen(
        [OPSIM, "run", "book-house", "--years", years, "--replications", "500", "--workers", workers,
         "--out", "deep/out", "--format", "json"],
        cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=printed, stderr=end, start_new_session=True,
        env={**os.environ, "LC_ALL": "C", "TERM": "xterm", "COLUMNS": "80"},
    )  # fmt: skip
    os.close(end)
    assert seen(terminal, b"1/500" if kept else b"0/500")  # the progress bar
    os.killpg(running.pid, signal.SIGINT)
    kept_words = b"of 500 replications are finished and kept"
    assert seen(terminal, kept_words if kept else b"interrupted before anything was finished")
    running.wait(timeout=PATIENCE)
    printed.close()
    out = (tmp_path / "printed.json").read_bytes()
    assert running.returncode == 130
    if kept:
        found = json.loads(out)
        assert 0 < found["replications"] < 500
        assert not found["complete"]
        assert json.loads((tmp_path / "deep" / "out" / "run.json").read_text(encoding="utf-8")) == found
    else:
        assert out == b""
        assert [path.name for path in tmp_path.iterdir()] == ["printed.json"]
