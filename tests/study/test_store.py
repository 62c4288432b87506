"""A store whose bytes are changed is read exactly as it was, or not at all."""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from opsim.errors import InputError
from opsim.scenario.load import load
from opsim.study import resuming
from opsim.study import sweep_plan as sweep
from opsim.study.designs import Axis
from opsim.study.fingerprint import address
from opsim.study.settings import Settings
from opsim.study.store import FILE, Row, Store
from opsim.study.study_file import Study
from tests.cli.test_sweep import TEA

POINTS, REPLICATIONS = 12, 10
OUTCOMES = ("own_level_fiscal_cost", "visits", "denied_share")


@pytest.fixture(scope="module", autouse=True)
def loaded_once():
    """A scenario is loaded once for each text it has."""
    with pytest.MonkeyPatch.context() as patch:
        loaded = cache(lambda text, path: load(path))
        patch.setattr(resuming, "load", lambda path: loaded(path.read_text(encoding="utf-8"), TEA))
        yield


@pytest.fixture
def plan():
    return planned()


@cache
def planned():
    scenario = load(str(TEA))
    axes = (
        Axis("services.tea.price", "lever", values=(2, 3.5, 5, 6)),
        Axis("catchment.population", "uncertainty", values=(20, 40, 60)),
    )
    study = Study("s", scenario.title, scenario, ("with-tea",), axes, OUTCOMES)
    return sweep.plan(study, Settings("with-tea", replications=REPLICATIONS, years=1, seed=4))


def found():
    """Rows with numbers that are all different."""
    plan = planned()
    for point in range(POINTS):
        for replication in range(REPLICATIONS):
            numbers = iter(range(100 * point + 10 * replication, 10**9))
            cases = {case: {name: (next(numbers) / 7, 1.0) for name in plan.outcomes} for case in plan.cases}
            yield Row(point, replication, cases)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A sweep with all its rows."""
    folder = tmp_path_factory.mktemp("store")
    sweep.begin(planned(), folder)
    with Store(folder) as kept:
        for row in found():
            kept.add([row])
        assert kept.intact()
    return folder


def everything(folder):
    """All that is in a sweep's folder, read as a report reads it; InputError where it does not hold."""
    with Store(folder) as kept:
        plan = sweep.again(folder, kept, to_go_on=False)
        sweep.refuse_gaps(plan, kept)
        return dict(kept.study), list(plan.points), list(kept.rows(plan.cases, plan.outcomes))


@pytest.fixture
def folder(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "s")


def test_it_is_as_small_as_a_disk_is_damaged_in_few_places(whole):
    assert 20_000 < (whole / FILE).stat().st_size < 100_000


def one_line(error):
    assert len(error.problems) == 1
    assert "\n" not in str(error)


def flipped(whole, place, offset, mask):
    data = bytearray((whole / FILE).read_bytes())
    data[offset % len(data)] ^= mask
    place.mkdir()
    shutil.copy(whole / "scenario.yaml", place)
    (place / FILE).write_bytes(data)
    return place


@settings(max_examples=100)
@given(offset=st.integers(0, 10**6), mask=st.integers(1, 255))
@example(offset=18, mask=3)  # the header's version for writing
@example(offset=19, mask=3)  # another journal
@example(offset=59, mask=3)  # the texts' encoding
@example(offset=3650, mask=128)  # a name that the database's own message tells, in bytes that are no text
@example(offset=3658, mask=127)  # and in two lines
def test_with_any_byte_changed_it_is_the_very_same_or_refused(whole, tmp_path_factory, offset, mask):
    place = flipped(whole, tmp_path_factory.mktemp("flipped") / "s", offset, mask)
    try:
        read = everything(place)
    except InputError as error:
        one_line(error)
    else:
        assert read == everything(whole)
    shutil.rmtree(place)


@settings(max_examples=40)
@given(offset=st.integers(0, 10**6), mask=st.integers(1, 255))
def test_with_any_byte_changed_it_is_mended_or_refused(whole, tmp_path_factory, offset, mask):
    """What is missing then is found again: here it is put in, where else it is simulated."""
    place = flipped(whole, tmp_path_factory.mktemp("flipped") / "s", offset, mask)
    try:
        with Store(place) as kept:
            again = sweep.again(place, kept, mend=True)
            there = kept.finished(POINTS, REPLICATIONS)
            kept.add([row for row in found() if not there[row.point, row.replication]])
            assert list(again.points) == list(planned().points)
    except InputError as error:  # of the study itself nothing can be found again
        one_line(error)
    else:
        assert everything(place) == everything(whole)
        assert sorted(path.name for path in place.iterdir()) == ["scenario.yaml", FILE]
    shutil.rmtree(place)


def changed(folder, *orders):
    with closing(sqlite3.connect(folder / FILE)) as database, database:
        for order in orders:
            database.execute(order)


DAMAGES = {
    "a number": "update rows set numbers = zeroblob(length(numbers)) where point = 3 and replication = 2",
    "a short blob": "update rows set numbers = substr(numbers, 1, 9) where point = 3 and replication = 2",
    "a text for a blob": "update rows set numbers = 'x' where point = 3 and replication = 2",
    "no check": "update rows set \"check\" = x'' where point = 3 and replication = 2",
    "another's numbers": "update rows set (numbers, \"check\") = (select numbers, \"check\" from rows where point = 4"
    " and replication = 2) where point = 3 and replication = 2",
    "another's place": "update rows set replication = 99 where point = 3 and replication = 2",
    "a text for a place": "update rows set replication = 'x' where point = 3 and replication = 2",
    "a missing row": "delete from rows where point = 3 and replication = 2",
}  # fmt: skip


@pytest.mark.parametrize("order", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_row_is_told_and_found_again(folder, whole, order):
    changed(folder, order)
    with pytest.raises(InputError) as raised:
        everything(folder)
    assert str(raised.value) == (
        f"{folder / FILE}: 1 of 120 rows are damaged or missing — mended by opsim sweep --resume {folder}"
    )
    with Store(folder) as kept:
        sweep.again(folder, kept, mend=True)
        there = kept.finished(POINTS, REPLICATIONS)
        assert [(*row,) for row in zip(*(~there).nonzero(), strict=True)] == [(3, 2)]
        kept.add([row for row in found() if not there[row.point, row.replication]])
    assert everything(folder) == everything(whole)


@pytest.mark.parametrize(
    "order",
    [
        "update points set \"values\" = replace(\"values\", '3.5', '3.6') where point = 3",
        "update points set \"values\" = 'x' where point = 3",
        "update points set \"values\" = '[1]' where point = 3",
        "delete from points where point = 3",
        "drop table points",
    ],
)
def test_changed_points_are_refused_and_designed_again(folder, whole, order):
    changed(folder, order)
    with pytest.raises(InputError, match=r"is damaged — mended by opsim sweep --resume "):
        everything(folder)
    with Store(folder) as kept:
        sweep.again(folder, kept, mend=True)
        assert kept.finished(POINTS, REPLICATIONS).all()
    assert everything(folder) == everything(whole)


def test_a_row_belongs_to_the_values_of_its_point(folder, plan):
    """Even where the points are said to be others from the first."""
    points = list(plan.points)
    points[3] = {**points[3], "services.tea.price": 9}
    other = replace(plan, points=type(plan.points)(tuple(points[0]), [tuple(p.values()) for p in points]))
    (folder / FILE).rename(folder / "old")
    sweep.begin(other, folder)
    changed(folder, f"attach '{folder / 'old'}' as old", "insert into rows select * from old.rows")
    with pytest.raises(InputError, match="120 of 120 rows are damaged"):
        everything(folder)


@pytest.mark.parametrize(
    "name", ["seed", "title", "sets", "name", "years", "axes", "version", "address", "size"]
)
def test_a_study_said_to_be_another_is_refused(folder, name):
    changed(folder, f"update study set value = value || ' ' where name = '{name}'")
    with pytest.raises(InputError, match=r"was damaged, or changed after opsim wrote it"):
        everything(folder)


@pytest.mark.parametrize("order", ["drop table study", "drop table rows", "delete from study"])
def test_missing_tables_are_refused(folder, order):
    changed(folder, order)
    with pytest.raises(InputError) as raised:
        everything(folder)
    assert len(raised.value.problems) == 1


@pytest.mark.parametrize("order", ["drop table rows", "delete from rows"])
def test_without_a_table_of_findings_everything_is_found_again(folder, whole, order):
    changed(folder, order)
    with Store(folder) as kept:
        sweep.again(folder, kept, mend=True)
        kept.add(list(found()))
    assert everything(folder) == everything(whole)


def test_of_a_damaged_page_the_rows_before_and_behind_it_are_kept(folder, whole):
    data = (folder / FILE).read_bytes()
    left = []
    for page in range(1, len(data) // 4096):
        (folder / FILE).write_bytes(data[: page * 4096] + bytes(4096) + data[(page + 1) * 4096 :])
        try:
            with Store(folder) as kept:
                sweep.again(folder, kept, mend=True)
                there = kept.finished(POINTS, REPLICATIONS)
                left.append((bool(there[0, 0]), bool(there[-1, -1]), bool(there.all())))
        except InputError:  # the study's own page
            continue
        with Store(folder) as kept:
            kept.add([row for row in found() if not there[row.point, row.replication]])
        assert everything(folder) == everything(whole)
    assert (True, True, False) in left


@pytest.mark.parametrize("bytes_left", [0, 1, 100, 5000, 20_000, -1])
def test_a_file_cut_short_is_refused(folder, bytes_left):
    data = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(data[:bytes_left])
    with pytest.raises(InputError) as raised:
        everything(folder)
    assert len(raised.value.problems) == 1


def test_a_file_of_another_kind_is_refused(folder):
    (folder / FILE).write_text("no database\n" * 1000, encoding="utf-8")
    with pytest.raises(InputError, match=r"cannot read .*: file is not a database"):
        everything(folder)


def test_baselines_are_never_read_from_a_file(folder):
    key = (3, (("growth.wages", 1.5),))
    before = (folder / FILE).read_bytes()
    with Store(folder) as kept:
        kept.keep(key, b"lived")
        assert kept.baseline(key) == b"lived"
        kept.add([])
    assert (folder / FILE).read_bytes() == before
    with Store(folder) as kept:
        assert kept.baseline(key) is None


def test_an_older_store_is_told_from_a_damaged_one(folder):
    with closing(sqlite3.connect(folder / FILE)) as database, database:
        study = dict(database.execute("select name, value from study where name <> 'seal'"), form="1")
        database.execute("update study set value = '1' where name = 'form'")
        database.execute("update study set value = ? where name = 'seal'", (address(study),))
    with pytest.raises(InputError, match="another version of opsim made these results"):
        everything(folder)


def test_points_are_read_as_they_were_designed(whole, plan):
    with closing(sqlite3.connect(whole / FILE)) as database:
        (text,) = database.execute('select "values" from points where point = 3').fetchone()
    assert json.loads(text) == plan.points[3] == {"services.tea.price": 3.5, "catchment.population": 20}


def test_a_study_that_asks_question_after_question_drops_what_is_damaged(tmp_path):
    scenario, one = load(str(TEA)), Settings("with-tea", replications=2, years=1, seed=4)
    resuming.begin(tmp_path, "breakeven", scenario, one, {"solve": "services.tea.price"})
    rows = list(found())[:20]
    with Store(tmp_path) as kept:
        kept.add(rows)
    changed(
        tmp_path, "update rows set numbers = zeroblob(length(numbers)) where point = 1 and replication = 3"
    )
    cases, outcomes = planned().cases, planned().outcomes
    with Store(tmp_path) as kept:
        with pytest.raises(InputError, match="mended by opsim breakeven --resume"):
            list(kept.rows(cases, outcomes))
        resuming.begun(tmp_path, "breakeven", kept)
        assert not kept.intact()
        kept.mend(())
        assert list(kept.rows(cases, outcomes)) == [
            row for row in rows if (row.point, row.replication) != (1, 3)
        ]
