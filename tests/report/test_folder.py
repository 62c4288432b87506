"""The results folder is whole or not there, and its tables say what the run found."""

import csv
import json
from dataclasses import replace
from datetime import datetime

import pytest

from opsim.errors import InputError
from opsim.ledger.accrual import NOT_PAID
from opsim.report import folder as module
from opsim.report.folder import write
from opsim.report.run_json import as_json
from opsim.scenario.load import load
from opsim.study.claim import claimed, default_folder, refusal

FILES = {
    "checksums.txt",
    "scenario.yaml", "run.json", "outcomes.csv", "replications.csv", "monthly.csv", "ledger.csv", "cross_subsidy.csv",
    "shared_cost.csv", "treasury.csv", "hours.csv", "statements.csv", "stations.csv", "places.csv", "denials.csv", "figures",
}  # fmt: skip


def written(result, place):
    with claimed(place):
        return write(result, place, "en")


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def no_pictures(monkeypatch):
    """Drawing takes most of the time of writing."""
    monkeypatch.setattr(module.figures, "save", lambda *_: [])


@pytest.fixture(scope="module")
def out(result, tmp_path_factory):
    place = tmp_path_factory.mktemp("results") / "out"
    written(result, place)
    return place


def test_files_of_the_contract(out):
    assert {path.name for path in out.iterdir()} == FILES
    assert [path.name for path in out.parent.iterdir()] == ["out"]
    assert {path.name for path in (out / "figures").glob("*.png")} == {
        "cash.png", "coverage.png", "cross-subsidy.png", "groups.png", "hours.png", "lost-demand.png",
        "services.png",
    }  # fmt: skip


def test_run_json_is_the_object(result, out):
    assert json.loads((out / "run.json").read_text(encoding="utf-8")) == as_json(result)


def test_scenario_reproduces_every_case(result, out):
    assert load(out / "scenario.yaml").cases() == result.scenario.cases()


def test_outcomes(result, out):
    found = {(row["case"], row["outcome"]): row for row in rows(out / "outcomes.csv")}
    assert len(found) == 2 * len(result.outcomes)
    visits = found["embedded", "visits"]
    assert float(visits["value"]) == result.option["visits"].value
    assert (float(visits["ci_low"]), float(visits["ci_high"])) == result.option["visits"].ci
    assert (visits["unit"], visits["kind"], visits["title"]) == ("visits a year", "mean", "visits served")
    undefined = found["baseline", "cost_per_added_priority_visit"]
    assert (undefined["value"], undefined["ci_low"], undefined["undefined_share"]) == ("", "", "0.0")


def test_replications_average_to_the_outcome(result, out):
    visits = [
        float(row["value"])
        for row in rows(out / "replications.csv")
        if (row["case"], row["outcome"]) == ("baseline", "visits")
    ]
    assert len(visits) == 3
    assert sum(visits) / 3 == pytest.approx(result.baseline["visits"].value)


def test_monthly_adds_up_to_the_year(result, out):
    months = [
        row for row in rows(out / "monthly.csv") if (row["case"], row["replication"]) == ("embedded", "2")
    ]
    assert [row["month"] for row in months] == [f"2027-{month:02d}" for month in range(1, 13)]
    fractions = result.replications[2].option.fractions
    assert sum(int(row["visits"]) for row in months) == fractions["visits"][0]
    assert sum(int(row["user_payments_fen"]) for row in months) == pytest.approx(
        fractions["user_payments"][0] * 100
    )


def test_ledger_has_exactly_its_columns_in_order_of_date(out):
    found = rows(out / "ledger.csv")
    assert list(found[0]) == ["case", "replication", "date", "from", "to", "service", "reason", "amount_fen"]
    one = [row for row in found if (row["case"], row["replication"]) == ("embedded", "0")]
    dates = [row["date"] for row in one]
    assert dates == sorted(dates)
    assert (dates[0], dates[-1]) == ("2027-01-01", "2027-12-31")
    assert all(int(row["amount_fen"]) > 0 for row in one)
    sales = sum(int(row["amount_fen"]) for row in one if row["reason"] == "sales")
    monthly = [
        row for row in rows(out / "monthly.csv") if (row["case"], row["replication"]) == ("embedded", "0")
    ]
    assert sales == sum(int(row["user_payments_fen"]) for row in monthly) > 0


@pytest.mark.parametrize("case", ["baseline", "embedded"])
def test_treasuries_add_up_to_the_fiscal_cost(result, out, case):
    found = [row for row in rows(out / "treasury.csv") if row["case"] == case]
    assert {(row["year"], row["from"]) for row in found} == {("1", "2027-01")}
    assert len({(row["level"], row["source"]) for row in found}) == len(found) >= 1
    own = result.scenario.baseline.treasury.own_level
    estimates = result.baseline if case == "baseline" else result.option
    paid = [row for row in found if row["source"] not in NOT_PAID]
    assert len(paid) < len(found)
    for outcome, chosen in (
        ("own_level_fiscal_cost", [row for row in found if row["level"] == own]),
        ("own_level_fiscal_cost_cash", [row for row in paid if row["level"] == own]),
        ("all_level_fiscal_cost", found),
        ("all_level_fiscal_cost_cash", paid),
    ):
        net = sum(float(row["paid_yuan"]) - float(row["got_yuan"]) for row in chosen)
        assert net == pytest.approx(estimates[outcome].value) == sum(float(row["net_yuan"]) for row in chosen)
    for row in found:
        assert float(row["ci_low"]) <= float(row["net_yuan"]) <= float(row["ci_high"])
        assert float(row["p10"]) <= float(row["p90"])


@pytest.mark.parametrize("case", ["baseline", "embedded"])
def test_statements_are_the_ledgers_movements_of_cash(out, case):
    """Of three replications, all of whose postings are in the ledger."""
    found = {
        (row["month"], row["service"], row["reason"]): [float(row["in_yuan"]), float(row["out_yuan"])]
        for row in rows(out / "statements.csv")
        if row["case"] == case
    }
    expected = {}
    cash = 0
    for row in rows(out / "ledger.csv"):
        ends = [unit_of(row["from"]), unit_of(row["to"])]
        if row["case"] != case or ends[0] == ends[1]:
            continue
        cash += int(row["amount_fen"]) * ((ends[1] is not None) - (ends[0] is not None))
        for side, unit in enumerate(reversed(ends)):
            if unit is not None:
                cell = expected.setdefault((row["date"][:7], unit, row["reason"]), [0, 0])
                cell[side] += int(row["amount_fen"]) / 300
    assert found.keys() == expected.keys()
    assert found == {key: pytest.approx(cell) for key, cell in expected.items()}
    change = sum(came - went for came, went in found.values())
    assert change == pytest.approx(cash / 300)
    assert {"cafe", ""} <= {service for _month, service, _reason in found} or case == "baseline"


def unit_of(account):
    """The service whose books an account is, empty for a purse, None where it is not the facility's cash."""
    if account.startswith("service:"):
        return account.removeprefix("service:")
    return "" if account == "common" or account.startswith("purse:") else None


def test_replications_without_postings_are_not_in_the_ledger(result, tmp_path, no_pictures):
    last = result.replications[2]
    bare = replace(
        last, baseline=replace(last.baseline, postings=None), option=replace(last.option, postings=None)
    )
    written(replace(result, replications=(*result.replications[:2], bare)), tmp_path / "out")
    assert {row["replication"] for row in rows(tmp_path / "out" / "ledger.csv")} == {"0", "1"}


def test_same_result_same_bytes(result, out, tmp_path):
    written(result, tmp_path / "again")
    for path in (path for path in out.rglob("*") if path.is_file()):
        assert (tmp_path / "again" / path.relative_to(out)).read_bytes() == path.read_bytes(), path.name


def test_empty_folder_is_accepted(result, tmp_path, no_pictures):
    place = tmp_path / "empty"
    place.mkdir()
    assert refusal(place) is None
    written(result, place)
    assert {path.name for path in place.iterdir()} == FILES


def test_full_folder_and_file_are_refused(tmp_path):
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    assert "is not empty" in str(refusal(tmp_path))
    assert "is a file" in str(refusal(tmp_path / "note.txt"))


def test_place_that_cannot_be_made_is_bad_input(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot write to the folder"), claimed(tmp_path / "file" / "out"):
        pass


def test_default_folder_is_numbered_on(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    now = datetime(2027, 3, 1, 12, 30, 5)
    first = default_folder("book-house", now)
    assert first.as_posix() == "runs/book-house-20270301-123005"
    first.mkdir(parents=True)
    assert default_folder("book-house", now).name == "book-house-20270301-123005-2"
