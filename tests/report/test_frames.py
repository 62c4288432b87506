"""A results folder as data frames: the very numbers of its tables, with units and titles."""

from pathlib import Path

import pytest

import opsim
from opsim.cli.main import main
from opsim.errors import InputError
from opsim.report.results import read

TEA_ROOM = Path(__file__).parents[1] / "worked" / "tea-room.yaml"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("frames") / "run"
    line = ["run", str(TEA_ROOM), "--years", "1", "--replications", "3", "--workers", "1", "--quiet"]
    assert main([*line, "--lang", "en", "--out", str(out)]) == 0
    return out


def test_frames_are_the_tables_with_their_types(run: Path) -> None:
    frames = opsim.results(run, "zh")
    assert {"outcomes", "replications", "monthly", "ledger", "stations", "figures/cash"} <= set(frames)
    outcomes = frames["outcomes"].set_index(["case", "outcome"])
    told = read(run).estimates()
    for (case, name), found in told.items():
        value = outcomes.loc[(case, name), "value"]
        assert value == found.value or (found.value is None and value != value)
    assert outcomes.attrs["units"]["user_payments"] == "yuan a year"
    assert outcomes.attrs["labels"]["visits"] == "服务人次"
    assert frames["monthly"].attrs["units"]["user_payments_fen"] == "fen"


def test_money_stays_whole_fen_and_adds_up(run: Path) -> None:
    frames = opsim.results(run)
    ledger, monthly = frames["ledger"], frames["monthly"]
    assert ledger["amount_fen"].dtype == "int64"
    sales = ledger[(ledger["reason"] == "sales") & (ledger["to"] == "service:tea")]
    paid = sales.groupby(["case", "replication"])["amount_fen"].sum()
    assert (
        paid.to_dict()
        == monthly[monthly["case"] == "with-tea"]
        .groupby(["case", "replication"])["user_payments_fen"]
        .sum()
        .to_dict()
    )


def test_undefined_is_not_a_number_and_no_service_is_an_empty_name(run: Path) -> None:
    frames = opsim.results(run)
    assert frames["outcomes"]["ci_low"].isna().any()
    assert (frames["ledger"]["service"] == "").any()


def test_each_frame_is_ones_own(run: Path) -> None:
    frames = opsim.results(run)
    mine = frames["monthly"]
    mine["visits"] = 0
    assert frames["monthly"]["visits"].sum() > 0


def test_a_table_that_is_not_there_or_was_changed_is_refused(run: Path, tmp_path: Path) -> None:
    frames = opsim.results(run)
    with pytest.raises(InputError, match=r"there is no table outcome .*outcomes"):
        frames["outcome"]
    with pytest.raises(InputError, match="holds no results"):
        opsim.results(tmp_path)
    whole = (run / "denials.csv").read_bytes()
    try:
        (run / "denials.csv").write_bytes(whole.replace(b"tea", b"coffee"))
        with pytest.raises(InputError, match="was changed after opsim wrote it"):
            frames["denials"]
    finally:
        (run / "denials.csv").write_bytes(whole)


def test_names_stay_text_whatever_they_look_like(tmp_path: Path) -> None:
    text = TEA_ROOM.read_text(encoding="utf-8").replace("with-tea", "2027")
    (tmp_path / "tea.yaml").write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    line = [
        "run",
        str(tmp_path / "tea.yaml"),
        "--years",
        "1",
        "--replications",
        "2",
        "--workers",
        "1",
        "--quiet",
    ]
    assert main([*line, "--lang", "en", "--out", str(out)]) == 0
    assert set(opsim.results(out)["outcomes"]["case"]) == {"baseline", "2027"}


def test_a_sweep_has_its_rows(tmp_path: Path) -> None:
    out = tmp_path / "sweep"
    line = [
        "sweep",
        str(TEA_ROOM),
        "--vary",
        "services.tea.price=4:6:3",
        "--years",
        "1",
        "--replications",
        "2",
    ]
    assert main([*line, "--workers", "1", "--quiet", "--lang", "en", "--out", str(out)]) == 0
    rows = opsim.results(out)["rows"]
    assert len(rows) == 3 * 2 * 2
    assert sorted(set(rows["services.tea.price"])) == [4, 5, 6]
    means = rows.groupby(["point", "case"])["visits"].mean()
    told = opsim.results(out)["outcomes"]
    cell = told[(told["point"] == 1) & (told["case"] == "with-tea") & (told["outcome"] == "visits")]
    assert means.loc[1, "with-tea"] == pytest.approx(cell["value"].iloc[0], rel=1e-12)
