"""`opsim sweep` and `opsim export` as a script calls them: whatever is killed, the table is the same."""

import contextlib
import csv
import io
import json
import math
import os
import random
import re
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
from pyarrow import parquet

from opsim.cli.main import main
from opsim.report.figures import gallery as figures
from opsim.study.claim import held
from opsim.study.fingerprint import address
from tests.cli.test_run import OPSIM
from tests.waiting import PATIENCE, until

ROOT = Path(__file__).parents[2]
TEA = ROOT / "tests" / "worked" / "tea-room.yaml"
GRID = ("--vary", "services.tea.price=2:9:6", "--vary", "catchment.population=20:60:2", "--replications", "2",
        "--years", "1", "--seed", "4", "--quiet")  # fmt: skip
ROWS = 6 * 2 * 2
GO_ON = ("sweep", "--workers", "1", "--quiet", "--resume")
"""Without processes of its own, each of which would take as long to start as the rows take."""
ENVIRONMENT = {**os.environ, "LC_ALL": "C", "PYTHONPATH": str(ROOT)}


class Said(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def opsim(*arguments, cwd, lang="en"):
    """A command in this very process, which has been started already."""
    out, told = io.StringIO(), io.StringIO()
    with contextlib.chdir(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(told):
        status = main([*arguments, "--lang", lang])
    return Said(status, out.getvalue(), told.getvalue())


def begin(folder, *arguments):
    """A folder with the tea room's file in it."""
    shutil.copy(TEA, folder / "tea.yaml")
    return ("sweep", "tea.yaml", *GRID, *arguments)


def exported(folder, name):
    """The bytes of a sweep in all three formats."""
    found = []
    for ending in ("csv", "xlsx", "parquet"):
        done = opsim("export", name, f"{name}.{ending}", "--quiet", cwd=folder)
        assert done.returncode == 0, done.stderr
        found.append((folder / f"{name}.{ending}").read_bytes())
    return found


def begun(folder):
    """Whether a sweep can be gone on with: its store, the last of its first files, is there."""
    return (folder / "study.sqlite").is_file()


def rows_in(folder):
    """How many rows are committed. A commit that a kill cut short is undone first, so read-only will not do."""
    with sqlite3.connect(f"file:{folder / 'study.sqlite'}?mode=rw", uri=True, timeout=PATIENCE) as database:
        return database.execute("select count(*) from rows").fetchone()[0]


@pytest.fixture(scope="module", autouse=True)
def undrawn():
    """Figures take half of the time of a sweep, and nothing here is about them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "save", lambda *given: [])
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A sweep that nobody disturbed, by one worker."""
    folder = tmp_path_factory.mktemp("whole")
    done = opsim(*begin(folder), "--workers", "1", "--out", "calm", "--format", "json", cwd=folder)
    assert done.returncode == 0, done.stderr
    (folder / "told.json").write_text(done.stdout, encoding="utf-8")
    return folder


SIGNALS_AFTER = """
import os, signal, sys
from opsim.cli.main import main
from opsim.study.claim import held
from opsim.study.store import address
from opsim.study.store import Store

rows, what, whom = int(sys.argv[1]), signal.Signals[sys.argv[2]], sys.argv[3]
add, sent = Store.add, []

def adding(kept, found):
    add(kept, found)
    if kept.count() >= rows and not sent:
        sent.append(True)
        os.kill({"itself": os.getpid(), "group": 0}.get(whom) if whom.isalpha() else int(whom), what)

Store.add = adding
sys.exit(main(sys.argv[4:]))
"""


def signaled(command, folder, rows, what, whom="itself"):
    """A command that sends a signal when so many rows are kept: to itself, its group, or another process.

    Returns when all processes of the command have ended.
    """
    running = subprocess.Popen(
        [sys.executable, "-c", SIGNALS_AFTER, str(rows), what, str(whom), *command, "--lang", "en"],
        cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        encoding="utf-8", start_new_session=True,
    )  # fmt: skip
    out, told = running.communicate(timeout=PATIENCE)
    until(lambda: gone(running.pid))
    return Said(running.returncode, out, told)


def gone(group):
    """Whether no process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def killed_when(command, folder, ready, whom):
    """Start a command, wait until it is `ready`, and kill -9 the processes that `whom` names."""
    running = subprocess.Popen(
        [OPSIM, *command], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
    )  # fmt: skip
    until(lambda: running.poll() is not None or ready())
    if running.poll() is None:  # else it has ended by itself, and its number may be another's by now
        for pid in whom(running.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    return running.wait(timeout=PATIENCE)


def itself(pid):
    return [pid]


def a_worker(pid):
    """A worker process of a command, if it has one by now."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = status.read_text(encoding="utf-8").rpartition(")")[2].split()[1]
            line = (status.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(parent) == pid and b"spawn_main" in line:
            found.append(int(status.parent.name))
    return sorted(found)[:1]


def test_killed_and_resumed_it_is_the_table_of_an_undisturbed_run(whole, tmp_path):
    """Killed after half of the rows, which came one by one; the rest is found by two workers instead of one."""
    place = tmp_path / "shot"
    command = (*begin(tmp_path), "--workers", "1", "--out", "shot")
    assert signaled(command, tmp_path, ROWS // 2, "SIGKILL").returncode == -signal.SIGKILL
    assert rows_in(place) == ROWS // 2
    assert json.loads((place / "run.json").read_text(encoding="utf-8"))["complete"] is False
    done = opsim("sweep", "--resume", "shot", "--workers", "2", "--format", "json", "--quiet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (whole / "told.json").read_text(encoding="utf-8")
    assert exported(tmp_path, "shot") == exported(whole, "calm")
    for name in ("run.json", "outcomes.csv", "scenario.yaml"):
        assert (place / name).read_bytes() == (whole / "calm" / name).read_bytes()
    # A finished sweep is told again and nothing is changed.
    before = {path.name: path.stat().st_mtime_ns for path in place.iterdir()}
    done = opsim("sweep", "--resume", "shot", "--quiet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {path.name: path.stat().st_mtime_ns for path in place.iterdir()} == before


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="children are found in /proc")
@pytest.mark.parametrize("seed", range(10))
def test_killed_at_random_moments_again_and_again(whole, tmp_path, seed):
    """Command or worker, before the first row or among them, three times over, however fast the machine is."""
    chance = random.Random(seed)
    place = tmp_path / "shot"
    command = (*begin(tmp_path), "--workers", "2", "--out", "shot")
    for _ in range(3):
        found = rows_in(place) if begun(place) else 0
        rows = chance.randrange(
            min(found, ROWS - 1), ROWS
        )  # a shot may come between the last row and the end
        whom = chance.choice([itself, a_worker])

        def ready(rows=rows):
            if not begun(place) or rows_in(place) < rows:
                return False
            time.sleep(chance.uniform(0, 0.3))  # amid the work on a row
            return True

        status = killed_when(command, tmp_path, ready, whom)
        command = ("sweep", "--resume", "shot", "--workers", "2", "--quiet")
        if status == 0:  # a worker's death ends nothing; nor does a shot that comes after the last row
            assert rows_in(place) == ROWS
            break
        assert (status, whom) == (-signal.SIGKILL, itself)
    done = opsim(*command, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert exported(tmp_path, "shot") == exported(whole, "calm")


@pytest.mark.skipif(os.name == "nt", reason="a console signal is another thing on Windows")
@pytest.mark.parametrize(
    ("what", "whom", "workers"),
    [
        pytest.param("SIGINT", "group", "1", marks=pytest.mark.slow),
        pytest.param("SIGINT", "group", "2", marks=pytest.mark.slow),
        ("SIGTERM", "itself", "1"),
        pytest.param("SIGTERM", "itself", "2", marks=pytest.mark.slow),
        pytest.param("SIGTERM", "group", "2", marks=pytest.mark.slow),
        pytest.param("SIGHUP", "group", "2", marks=pytest.mark.slow),
    ],
)
def test_who_asks_a_sweep_to_end_gets_a_folder_to_go_on_with(whole, tmp_path, what, whom, workers):
    """Ctrl-C, who manages its process, and a closed terminal: all end it with 130."""
    place = tmp_path / "out"
    words = [word for word in begin(tmp_path) if word != "--quiet"]
    done = signaled((*words, "--workers", workers, "--out", "out"), tmp_path, 2, what, whom)
    assert (done.returncode, done.stdout) == (130, "")
    assert f"Ended early: {rows_in(place)} of {ROWS} rows are found and kept" in done.stderr
    assert "Go on with: opsim sweep --resume out" in done.stderr
    assert "Traceback" not in done.stderr
    assert opsim(*GO_ON, "out", cwd=tmp_path).returncode == 0
    assert exported(tmp_path, "out") == exported(whole, "calm")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a console signal is another thing on Windows")
def test_what_nohup_ignores_is_ignored(tmp_path):
    """And a request to end is heard where Ctrl-C is not, as among the jobs of a script."""
    words = (*begin(tmp_path), "--workers", "1", "--out", "out")
    deaf = "import signal; [signal.signal(each, signal.SIG_IGN) for each in (signal.SIGHUP, signal.SIGINT)]\n"
    for what, status in (("SIGHUP", 0), ("SIGTERM", 130)):
        done = subprocess.run(
            [sys.executable, "-c", deaf + SIGNALS_AFTER, "2", what, "itself", *words], cwd=tmp_path,
            env=ENVIRONMENT, capture_output=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert done.returncode == status
        shutil.rmtree(tmp_path / "out")


@pytest.fixture
def half(whole, tmp_path):
    """A sweep of which half the rows are missing."""
    shutil.copy(TEA, tmp_path / "tea.yaml")
    shutil.copytree(whole / "calm", tmp_path / "half")
    with sqlite3.connect(tmp_path / "half" / "study.sqlite") as database:
        database.execute("delete from rows where point >= 9")
    return tmp_path


KILLED_AMID_A_COMMIT = """
import os, signal, sqlite3
database = sqlite3.connect("study.sqlite")
database.execute("pragma cache_size = 1")  # so that pages are on the disk before the commit is
database.execute("delete from rows")
database.executemany("insert into rows values (?, 99, 0, 1.0, zeroblob(5000), x'', x'')", [(n,) for n in range(50)])
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
def test_killed_amid_a_commit_the_rows_before_it_are_there(half, whole):
    """The file itself is half written by then; the journal beside it tells what was there."""
    place = half / "half"
    before = (place / "study.sqlite").read_bytes()
    subprocess.run([sys.executable, "-c", KILLED_AMID_A_COMMIT], cwd=place, check=False, timeout=PATIENCE)
    assert (place / "study.sqlite-journal").stat().st_size > 0
    assert (place / "study.sqlite").read_bytes() != before
    half.joinpath("half").rename(half / "calm")
    assert opsim(*GO_ON, "calm", cwd=half).returncode == 0
    assert exported(half, "calm") == exported(whole, "calm")


def test_a_changed_scenario_is_refused_with_the_difference(half):
    text = (half / "tea.yaml").read_text(encoding="utf-8")
    (half / "tea.yaml").write_text(text.replace("price: 5", "price: 6"), encoding="utf-8")
    done = opsim("sweep", "--resume", "half", cwd=half)
    assert done.returncode == 2
    assert "the scenario is not the one that the study was begun with" in done.stderr
    assert re.search(r"-\s+price: 5\n\s+\+\s+price: 6", done.stderr)
    assert rows_in(half / "half") == ROWS * 3 // 4
    # As it was before it goes on.
    (half / "tea.yaml").write_text(text, encoding="utf-8")
    assert opsim(*GO_ON, "half", cwd=half).returncode == 0
    assert rows_in(half / "half") == ROWS


def test_a_scenario_changed_inside_the_folder_is_refused_too(half):
    path = half / "half" / "scenario.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("price: 5", "price: 6"), encoding="utf-8")
    done = opsim("sweep", "--resume", "half", cwd=half)
    assert done.returncode == 2
    assert "+" in done.stderr
    assert "price: 6" in done.stderr


def test_another_study_is_refused_with_the_difference(half):
    (half / "study.yaml").write_text(
        "title: {en: t, zh: t}\nscenario: tea.yaml\nreplications: 4\nyears: 1\n"
        "levers: {tea: {path: services.tea.price, values: [3, 4]}}\n", encoding="utf-8",
    )  # fmt: skip
    done = opsim("sweep", "study.yaml", "--resume", "half", cwd=half)
    assert done.returncode == 2
    assert 'axes is [{"path": "services.tea.price", "role": "lever", "values": [3, 4]}] now' in done.stderr


def test_a_folder_taken_elsewhere_suffices(half, whole):
    (half / "tea.yaml").unlink()
    (half / "half").rename(half / "calm")
    assert opsim(*GO_ON, "calm", cwd=half).returncode == 0
    assert exported(half, "calm") == exported(whole, "calm")


def test_what_another_version_found_is_exported_as_its_own_but_not_gone_on_with(half, monkeypatch):
    assert opsim(*GO_ON, "half", cwd=half).returncode == 0
    before = exported(half, "half")
    for target in ("__version__", "study.resuming.fingerprint"):
        monkeypatch.setattr(f"opsim.{target}", "9.9" if target == "__version__" else lambda: "other")
    assert exported(half, "half") == before
    assert "9.9" not in str(list(openpyxl.load_workbook(half / "half.xlsx")["study"].values))
    done = opsim("sweep", "--resume", "half", cwd=half)
    assert done.returncode == 2
    assert "version is 9.9 now; the study was begun with 0.1.0" in done.stderr
    assert "opsim itself has changed since the study was begun" in done.stderr


def test_a_store_that_was_tampered_with_is_refused(half):
    with sqlite3.connect(half / "half" / "study.sqlite") as database:
        database.execute("update study set value = '9' where name = 'seed'")
    done = opsim("sweep", "--resume", "half", cwd=half)
    assert done.returncode == 2
    assert "was damaged, or changed after opsim wrote it" in done.stderr


def test_damaged_rows_are_told_by_every_reader_and_computed_again(whole, tmp_path):
    place = shutil.copytree(whole / "calm", tmp_path / "calm")
    with contextlib.closing(sqlite3.connect(place / "study.sqlite")) as database, database:
        database.execute("update rows set numbers = zeroblob(length(numbers)) where point = 7")
        database.execute("delete from rows where point = 3 and replication = 1")
    told = f"{Path('calm', 'study.sqlite')}: 3 of 24 rows are damaged or missing — mended by opsim sweep --resume calm\n"
    for line in ("export calm out.csv", "export calm out.xlsx", "discover calm --out found"):
        assert opsim(*line.split(), cwd=tmp_path) == (2, "", told)
    assert "24 行中有 3 行损坏或缺失" in opsim("export", "calm", "out.csv", cwd=tmp_path, lang="zh").stderr
    assert [path.name for path in tmp_path.iterdir()] == ["calm"]
    assert opsim(*GO_ON, "calm", cwd=tmp_path).returncode == 0
    assert exported(tmp_path, "calm") == exported(whole, "calm")


def test_two_at_once_in_one_folder(half):
    """The second is told who has it, before anything is done."""
    before = (half / "half" / "study.sqlite").read_bytes()
    with held(half / "half"):
        done = opsim("sweep", "--resume", "half", cwd=half)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        f"process {os.getpid()} on {socket.gethostname()} has been writing into half since 20" in done.stderr
    )
    assert done.stderr.count("\n") == 1
    assert (half / "half" / "study.sqlite").read_bytes() == before
    assert opsim(*GO_ON, "half", cwd=half).returncode == 0


@pytest.mark.skipif(os.name == "nt", reason="limits on files are another thing on Windows")
def test_a_full_disk_is_told_and_loses_nothing(half):
    """No file may grow beyond what the store has already."""
    size = (half / "half" / "study.sqlite").stat().st_size
    done = subprocess.run(
        [sys.executable, "-m", "opsim", "sweep", "--resume", "half", "--workers", "1"], cwd=half,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (512, size)), capture_output=True,
        text=True, env=ENVIRONMENT, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert re.search(
        r"cannot write to half.study\.sqlite: (database or disk is full|disk I/O error)", done.stderr
    )
    assert "Go on with: opsim sweep --resume half" in done.stderr
    assert "Traceback" not in done.stderr
    assert rows_in(half / "half") == ROWS * 3 // 4
    assert opsim(*GO_ON, "half", cwd=half).returncode == 0


def test_another_kind_of_study_is_not_gone_on_with(half):
    place = half / "half"
    with sqlite3.connect(place / "study.sqlite") as database:
        database.execute("delete from study where name = 'code'")
        kept = dict(database.execute("select name, value from study where name <> 'seal'"))
        database.execute("update study set value = ? where name = 'seal'", (address(kept),))
    done = opsim("sweep", "--resume", "half", cwd=half)
    assert done.returncode == 2
    assert "this folder holds no study of this kind" in done.stderr


def test_the_horizon_is_not_varied(tmp_path):
    shutil.copy(TEA, tmp_path / "tea.yaml")
    done = opsim("sweep", "tea.yaml", "--vary", "years=1:2:2", cwd=tmp_path)
    assert done.returncode == 2
    assert "all points look equally far ahead" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a place where nobody may write")
def test_where_nothing_can_be_written_nothing_is_begun(tmp_path):
    done = opsim(*begin(tmp_path), "--out", "/proc/no/such", cwd=tmp_path)
    assert done.returncode == 2
    assert "cannot write to the folder" in done.stderr


def test_exports_hold_every_row_in_order(whole):
    exported(whole, "calm")
    with (whole / "calm.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == ROWS * 2
    keys = [(int(line["point"]), int(line["replication"]), line["case"]) for line in lines]
    assert keys == [(p, r, c) for p in range(12) for r in range(2) for c in ("baseline", "with-tea")]
    assert {line["services.tea.price"] for line in lines} == {"2", "3.4", "4.8", "6.2", "7.6", "9"}
    with contextlib.closing(openpyxl.load_workbook(whole / "calm.xlsx", read_only=True)) as book:
        table = [list(row) for row in book["rows"].iter_rows(values_only=True)]
    assert table[0][:2] == ["point", "services.tea.price (yuan)"]
    columns = list(lines[0])
    for row, line in zip(table[1:], lines, strict=True):
        for name, cell in zip(columns, row, strict=True):
            assert line[name] == (
                cell if name == "case" else "" if cell is None else repr_of(cell, line[name])
            )
    stored = parquet.read_table(whole / "calm.parquet").to_pylist()
    for found, line in zip(stored, lines, strict=True):
        for name, cell in found.items():
            assert line[name] == (
                cell if name == "case" else "" if cell is None else repr_of(cell, line[name])
            )


def repr_of(cell, text):
    """The text where it is the number of the cell (Excel keeps 16 digits), or else the cell."""
    return text if math.isclose(float(text), cell, rel_tol=5e-16) else cell


def test_the_object_holds_estimates_of_the_exported_rows(whole):
    told = json.loads((whole / "told.json").read_text(encoding="utf-8"))
    assert (told["command"], told["complete"], told["rows"]) == ("sweep", True, ROWS)
    exported(whole, "calm")
    with (whole / "calm.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    for entry in told["results"]:
        for case, outcomes in entry["cases"].items():
            costs = [float(line["own_level_fiscal_cost"]) for line in lines
                     if int(line["point"]) == entry["point"] and line["case"] == case]  # fmt: skip
            assert outcomes["own_level_fiscal_cost"]["value"] == pytest.approx(sum(costs) / 2)


@pytest.mark.parametrize(
    ("line", "messages"),
    [
        ("sweep", ["a study or a scenario is missing"]),
        ("sweep status-quo-vs-embd", ["did you mean status-quo-vs-embed?"]),
        ("sweep book-house", ["nothing to vary — --vary PATH=LO:HI:N"]),
        (
            "sweep senior-canteen --vary services.meals.prise=1:2:3 --vary a --vary services.meals.price=2:1:3 "
            "--vary services.meals.price=-1:3:3 --seed x",
            ["did you mean services.meals.price?", "not to be varied: a", "not from a number to a larger one",
             "-1 is not possible here", "--seed: x is not possible"],
        ),
        ("sweep status-quo-vs-embed --vary growth.wages=0:1:2", ["--vary beside a study"]),
        ("sweep status-quo-vs-embed --option contracted", ["there is no option contracted"]),
        ("sweep --resume nowhere", ["this folder holds no study of this kind — a folder that opsim sweep wrote"]),
        ("sweep --resume nowhere --seed 3 --vary a=1:2:3", ["--resume takes everything from the folder"]),
        ("export nowhere x.doc", ["there is no such folder", "a name ending in .csv, .xlsx, .parquet"]),
        (
            "sweep tea.yaml --vary services.tea.price=1:2:2 --scheduler tcp://127.0.0.1:9",
            ["nobody answers at tcp://127.0.0.1:9"],
        ),
    ],
)  # fmt: skip
def test_mistakes_are_told_all_at_once(tmp_path, line, messages):
    shutil.copy(TEA, tmp_path / "tea.yaml")
    done = opsim(*line.split(), cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    for message in messages:
        assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_the_options_of_a_study_are_set_side_by_side(tmp_path):
    """Options that only the study knows are compared, and again from the folder's own scenario."""
    begin(tmp_path)
    (tmp_path / "cheap.yaml").write_text(
        "title: {en: Cheaper tea, zh: 低价茶}\nscenario: tea.yaml\nyears: 1\n"
        "options: {with-tea: {}, cheap: {services: {tea: {price: 2}}}}\n"
        "levers: {price: {path: services.tea.price, low: 2, high: 4, count: 2}}\n",
        encoding="utf-8",
    )
    told = opsim(
        "compare", "cheap.yaml", "--replications", "3", "--workers", "1", "--out", "one", cwd=tmp_path
    )
    assert told.returncode == 0, told.stderr
    found = json.loads((tmp_path / "one" / "run.json").read_text(encoding="utf-8"))
    assert (found["options"], found["years"], found["replications"]) == (["with-tea", "cheap"], 1, 3)
    again = ("compare", "one/scenario.yaml", *found["options"], "--replications", "3", "--years", "1")
    assert opsim(*again, "--workers", "1", "--out", "two", cwd=tmp_path).returncode == 0
    assert (tmp_path / "one" / "outcomes.csv").read_bytes() == (
        tmp_path / "two" / "outcomes.csv"
    ).read_bytes()
    unknown = opsim("compare", "who-should-operat", cwd=tmp_path)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert (
        "there is no study or scenario who-should-operat — did you mean who-should-operate?" in unknown.stderr
    )
    wrong = opsim("compare", "cheap.yaml", "chep", "--years", "x", cwd=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert re.search(r"--years: x is not possible here.*\nthere is no option chep — .*cheap", wrong.stderr)
