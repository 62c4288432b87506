"""What was simulated stays, whatever fails while it is published."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from opsim.cli.main import main
from opsim.errors import InputError, Message, RunError
from opsim.report import folder, rows, statements, writing
from opsim.report.figures import gallery as figures
from opsim.report.folder import write
from opsim.report.results import read
from opsim.report.sections import swept_points as sweep
from opsim.study import claim
from opsim.study.claim import claimed
from tests.study.ranges import written

RUN = ("run", "tea.yaml", "--replications", "2", "--workers", "1", "--quiet", "--lang", "en", "--out", "out")
SWEEP = ("sweep", "tea.yaml", "--vary", "services.tea.price=2:9:2", *RUN[2:])
OAT = ("sensitivity", "tea.yaml", "--method", "oat", *RUN[2:])


@pytest.fixture
def tea(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written(tmp_path)
    return tmp_path


def files(place):
    return {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}


def broken(*_arguments, **_named):
    raise ValueError("two $ are no formula")


def full(*_arguments, **_named):
    raise OSError(28, "No space left on device")


def drawn_unless(name):
    """A stand-in for drawing, which takes long: one figure fails."""
    return lambda _results, each, _language: broken() if each == name else None


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(figures, "image", lambda *_: b"a picture")


def interrupted(*_arguments, **_named):
    raise KeyboardInterrupt


def test_a_figure_that_cannot_be_drawn_says_so_beside_its_table(result, tmp_path, monkeypatch, quick):
    monkeypatch.setattr(figures, "draw", drawn_unless("cash"))
    with claimed(tmp_path / "out") as place:
        published = write(result, place, "en")
    assert [str(each) for each in published.undrawn] == [
        "the figure cash could not be drawn: ValueError: two $ are no formula; what was simulated is kept"
    ]
    assert published.missing == []
    found = files(place / "figures")
    assert {"cash.csv", "cash.txt", "hours.csv", "hours.png"} <= found
    assert "cash.png" not in found
    said = (place / "figures" / "cash.txt").read_text(encoding="utf-8").splitlines()
    assert said[0] == str(published.undrawn[0])
    assert said[1].startswith("图cash")
    assert len(read(place).table("figures/cash")) > 0


def test_drawn_again_it_says_so_no_more(place, tmp_path, monkeypatch, capsys, quick):
    """opsim plot, which is asked for figures alone, fails where one cannot be drawn, and draws the others."""
    copy = shutil.copytree(place, tmp_path / "copy")
    plot = ["plot", str(copy), "coverage", "groups", "--lang", "en", "--quiet"]
    with monkeypatch.context() as patch:
        patch.setattr(figures, "draw", drawn_unless("coverage"))
        assert main(plot) == 1
    done = capsys.readouterr()
    assert done.out == f"{copy / 'figures' / 'groups.png'}\n"
    assert "the figure coverage could not be drawn: ValueError" in done.err
    assert (copy / "figures" / "coverage.txt").is_file()
    assert main(plot) == 0
    assert not (copy / "figures" / "coverage.txt").exists()


def test_a_figure_whose_table_cannot_be_made_takes_no_other_away(result, tmp_path, monkeypatch):
    plots = tuple(
        plot._replace(rows=broken) if plot.name == "groups" else plot for plot in figures.PLOTS["run"]
    )
    monkeypatch.setitem(figures.PLOTS, "run", plots)
    monkeypatch.setattr(figures, "save", lambda *_: [])
    with claimed(tmp_path / "out") as place:
        published = write(result, place, "en")
    assert len(published.undrawn) == 1
    assert {"groups.txt", "cash.csv"} <= files(place / "figures")
    assert read(place).kind == "run"


@pytest.mark.parametrize("fails", [broken, full])
def test_a_table_that_cannot_be_written_takes_no_other_away(result, tmp_path, monkeypatch, fails):
    monkeypatch.setattr(statements, "rows", fails)
    with claimed(tmp_path / "out") as place:
        published = write(result, place, "en")
    assert len(published.missing) == 1
    assert {"run.json", "outcomes.csv", "ledger.csv", "figures/cash.csv"} <= files(place)
    assert not {"statements.csv", "checksums.txt", ".claim"} & files(place)
    assert not [name for name in files(place) if name.startswith(".")]
    with pytest.raises(InputError, match="these results are not whole"):
        read(place)


def test_on_a_full_disk_the_table_is_still_on_the_screen(tea, monkeypatch, capsys):
    monkeypatch.setattr(rows, "replication_rows", full)
    assert main([*RUN]) == 1
    done = capsys.readouterr()
    assert "visits served" in done.out
    assert "cannot write to the folder out: No space left on device" in done.err
    assert "What could be written is kept in out" in done.err
    assert "outcomes.csv" in files(tea / "out")


@pytest.mark.parametrize("command", [RUN, SWEEP, OAT])
def test_a_command_whose_figure_fails_ends_well_and_says_so(tea, monkeypatch, capsys, command):
    """Even to those who want quiet: every number is there and sealed."""
    monkeypatch.setattr(figures, "draw", broken)
    assert main([*command, "--format", "json"]) == 0
    done = capsys.readouterr()
    assert done.out.startswith("{\n")
    assert re.match(r"the figure [\w-]+ could not be drawn: ValueError: two \$ are no formula", done.err)
    assert read(tea / "out").kind == command[0]
    notes = {name for name in files(tea / "out") if name.endswith(".txt")} - {"checksums.txt"}
    assert notes == {
        name.replace(".csv", ".txt")
        for name in files(tea / "out")
        if name.startswith("figures/") and name.endswith("csv")
    }


def test_the_memo_says_in_its_place_that_a_figure_could_not_be_drawn(place, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("opsim.report.memo.pictures.png", broken)
    for language, words in (("en", "could not be drawn: ValueError"), ("zh", "无法绘制：ValueError")):
        file = tmp_path / f"{language}.html"
        assert main(["memo", str(place), str(file), "--lang", language, "--quiet"]) == 0
        assert words in capsys.readouterr().err
        assert words in file.read_text(encoding="utf-8")


def test_ctrl_c_amid_the_figures_keeps_a_finished_folder(tea, monkeypatch, capsys):
    monkeypatch.setattr(figures, "save", interrupted)
    assert main([*RUN]) == 130
    said = capsys.readouterr().err
    assert "interrupted before all figures were drawn; everything else is there" in said
    assert "opsim plot out" in said
    assert read(tea / "out").kind == "run"


def test_ctrl_c_amid_the_tables_keeps_those_that_are_there_and_says_how_to_go_on(tea, monkeypatch, capsys):
    monkeypatch.setattr(statements, "rows", interrupted)
    assert main([word for word in RUN if word != "--quiet"]) == 130
    assert "Go on with: opsim run --resume out" in capsys.readouterr().err
    found = files(tea / "out") - {"study.sqlite"}
    assert {"scenario.yaml", "run.json", "outcomes.csv", "replications.csv", "monthly.csv"} == found
    with pytest.raises(InputError, match="not whole"):
        read(tea / "out")


def test_checksums_are_written_after_everything_that_they_seal(tea, monkeypatch):
    seen = []
    seal = folder.seal
    monkeypatch.setattr(folder, "seal", lambda place: (seen.append(files(place)), seal(place)))
    monkeypatch.setattr(figures, "save", lambda *_: [])
    assert main([*RUN]) == 0
    assert seen == [files(tea / "out") - {"checksums.txt"} | {".claim"}]


# Who writes into a folder.

HOLDER = "import sys, time; from pathlib import Path; from opsim.study.claim import held\n" \
    "with held(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"  # fmt: skip


@pytest.fixture
def other(tea):
    """Another process that works on the folder."""
    (tea / "out").mkdir()
    running = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tea / "out")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert running.stdout.readline() == "held\n"
    yield running
    running.kill()
    running.communicate()


@pytest.mark.parametrize(
    "command", [RUN, SWEEP, OAT, ("compare", *RUN[1:]), ("stress", *RUN[1:]), ("subsidy", *RUN[1:])]
)
def test_the_second_is_told_who_holds_the_folder_before_it_works(other, tea, monkeypatch, capsys, command):
    monkeypatch.setattr("opsim.study.evaluate.as_done", interrupted)  # anything simulated would be seen
    assert main([*command]) == 2
    said = capsys.readouterr().err
    assert re.search(
        rf"process {other.pid} on \S+ has been writing into out since \d{{4}}-\d\d-\d\d \d\d:", said
    )
    assert said.count("\n") == 1
    assert files(tea / "out") == {".claim"}


def test_the_claim_of_a_dead_process_holds_nobody_up(other, tea):
    other.kill()
    other.wait()
    assert (tea / "out" / ".claim").is_file()
    with claimed(tea / "out"):
        assert claim.holder(tea / "out") is not None
    assert files(tea / "out") == set()


def test_a_study_that_was_killed_amid_its_beginning_can_be_begun_again(tea):
    (tea / "out" / ".beginning").mkdir(parents=True)
    for name in (".claim", ".beginning/scenario.yaml"):
        (tea / "out" / name).write_text("", encoding="utf-8")
    assert main([*SWEEP]) == 0
    assert read(tea / "out").told["complete"]
    assert not [name for name in files(tea / "out") if name.startswith(".")]


def test_a_study_is_gone_on_with_by_one_at_a_time(tea, capsys):
    assert main([*SWEEP]) == 0
    with claim.held(tea / "out"):
        assert main(["sweep", "--resume", "out", "--quiet", "--lang", "en"]) == 2
        assert f"process {os.getpid()} on " in capsys.readouterr().err
        assert main([*RUN]) == 2  # and a run into it is told the same, not that it is not empty
        assert f"process {os.getpid()} on " in capsys.readouterr().err
    assert main(["sweep", "--resume", "out", "--workers", "1", "--quiet", "--lang", "en"]) == 0


def test_two_that_begin_in_the_same_second_have_folders_of_their_own(tea, monkeypatch):
    with claimed(None, "x") as first, claimed(None, "x") as second:
        assert first != second
        assert {path.name for path in (tea / "runs").iterdir()} == {first.name, second.name}
    assert not (tea / "runs").exists()


@pytest.mark.parametrize("command", [RUN, SWEEP, OAT])
@pytest.mark.parametrize("error", [RunError(Message("lost")), InputError([]), KeyboardInterrupt()])
def test_what_ends_before_anything_is_found_leaves_nothing(tea, monkeypatch, command, error):
    def failing(*_arguments, **_named):
        raise error

    monkeypatch.setattr("opsim.study.evaluate.as_done", failing)
    assert (
        main([*command[:-1], "deep/down/out"])
        == {RunError: 1, InputError: 2, KeyboardInterrupt: 130}[type(error)]
    )
    assert [path.name for path in tea.iterdir()] == ["tea.yaml"]


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid"), reason="a place where nobody may write")
def test_a_place_that_cannot_be_written_to_is_refused_before_anything_is_simulated(tea, monkeypatch, capsys):
    monkeypatch.setattr("opsim.study.evaluate.as_done", interrupted)
    assert main([*RUN[:-1], "/proc/no/such"]) == 2
    assert "cannot write to the folder" in capsys.readouterr().err


# Files that are whole or not there.


@pytest.mark.parametrize("put", [
    lambda path: writing.write_text(path, "x" * 100_000), lambda path: writing.write_bytes(path, b"x" * 100_000),
    lambda path: writing.table(path, ("a",), [("x" * 100_000,)]),
])  # fmt: skip
@pytest.mark.skipif(os.name == "nt", reason="limits on files are another thing on Windows")
def test_a_file_that_does_not_fit_is_not_there(tmp_path, put):
    import resource  # noqa: PLC0415 - not on Windows

    (tmp_path / "old").write_text("as it was", encoding="utf-8")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        for name in ("new", "old"):
            with pytest.raises(OSError, match="File too large"):
                put(tmp_path / name)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    assert (tmp_path / "old").read_text(encoding="utf-8") == "as it was"


@pytest.mark.skipif(os.name == "nt", reason="limits on files are another thing on Windows")
def test_new_on_a_full_disk_leaves_nothing_that_blocks_the_next_try(tmp_path, monkeypatch, capsys):
    import resource  # noqa: PLC0415 - not on Windows

    monkeypatch.chdir(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        assert main(["new", "book-house", "mine.yaml", "--lang", "en"]) == 2
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "cannot write mine.yaml: File too large" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    assert main(["new", "book-house", "mine.yaml", "--lang", "en"]) == 0


def test_a_sweep_whose_table_fails_names_how_to_go_on(tea, monkeypatch, capsys):
    with monkeypatch.context() as patch:
        patch.setattr(sweep, "outcome_rows", full)
        assert main([word for word in SWEEP if word != "--quiet"]) == 1
    said = capsys.readouterr().err
    assert "cannot write to the folder out: No space left on device" in said
    assert "Go on with: opsim sweep --resume out" in said
    with pytest.raises(InputError, match="not whole"):
        read(tea / "out")
    assert main(["sweep", "--resume", "out", "--workers", "1", "--quiet"]) == 0
    assert read(tea / "out").told["complete"]
