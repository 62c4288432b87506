"""The workbook, opened by another library than the one that wrote it, says what the folder says."""

import ast
from collections import defaultdict
from itertools import chain
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

import opsim
from opsim.errors import InputError
from opsim.report.export import export
from opsim.report.figures import gallery as figures
from opsim.report.folder import write
from opsim.report.results import read
from opsim.report.workbook.reasons import REASONS
from opsim.scenario import number_tables as scenario_rows
from opsim.study.claim import claimed

PACKAGE = Path(opsim.__file__).parent
TITLES = {"baseline": "baseline", "embedded": "embed a café"}


@pytest.fixture(scope="module")
def folder(result, tmp_path_factory):
    place = tmp_path_factory.mktemp("workbook") / "run"
    with claimed(place), pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "save", lambda *_: [])
        write(result, place, "en")
    return read(place)


@pytest.fixture(scope="module")
def file(folder, tmp_path_factory):
    path = tmp_path_factory.mktemp("workbook") / "run.xlsx"
    assert export(folder, path, "en") > 500
    return path


@pytest.fixture(scope="module")
def book(file):
    return load_workbook(file, data_only=True)


def table(book, name):
    """Rows of a sheet below its headings, each by heading; headings that come twice are numbered."""
    found = list(book[name].iter_rows(min_row=4, values_only=True))
    heads = [
        f"{head} {found[0][:i].count(head) + 1}" if head in found[0][:i] else head
        for i, head in enumerate(found[0])
    ]
    return [dict(zip(heads, row, strict=True)) for row in found[1:] if any(cell is not None for cell in row)]


def number(text):
    return float(text) if text else None


def test_sheets_have_titles_notes_and_headings_that_stay(book):
    assert book.sheetnames == [
        "Summary", "Monthly statements", "Cash flow", "Treasuries", "Treasuries in detail", "Who pays for whom",
        "Outcomes", "Assumptions", "Sources", "Settings",
    ]  # fmt: skip
    for sheet in book:
        assert sheet["A1"].value == sheet.title
        assert "3 replications · seed 1" in sheet["A2"].value
        assert sheet.freeze_panes is not None
        assert sheet.print_title_rows == "$4:$4"


def test_outcomes_are_those_of_the_folder(book, folder):
    found = table(book, "Outcomes")
    expected = folder.table("outcomes")
    assert len(found) == len(expected) > 100
    differences = folder.told["difference"]
    for row, told in zip(found, expected, strict=True):
        assert (row["name"], row["case"]) == (told["outcome"], TITLES[told["case"]])
        assert [row["value"], row["95-percent interval from"], row["to"]] == [
            pytest.approx(number(told[name])) for name in ("value", "ci_low", "ci_high")
        ]
        change = differences[told["outcome"]]["value"] if told["case"] == "embedded" else None
        assert row["difference from the baseline"] == pytest.approx(change)


def test_summary_shows_headlines_and_the_verdict(book, folder):
    found = {row["indicator"]: row for row in table(book, "Summary")}
    assert found["verdict"]["embed a café"] == "insufficient evidence"
    cost = found["own-level fiscal cost"]
    estimates = folder.estimates()
    assert cost["baseline"] == pytest.approx(estimates["baseline", "own_level_fiscal_cost"].value)
    assert cost["embed a café less the baseline"] == pytest.approx(
        folder.told["difference"]["own_level_fiscal_cost"]["value"]
    )
    assert len(book["Summary"]._charts) == len(book["Cash flow"]._charts) == 1


def test_statements_have_every_movement(book, folder):
    labels = {label: reason for reason, (_kind, label) in REASONS.items()}
    expected = defaultdict(float)
    for row in folder.table("statements"):
        key = (TITLES[row["case"]], row["service"], row["reason"], f"{row['month']} (yuan)")
        expected[key] += float(row["in_yuan"]) - float(row["out_yuan"])
    services = {"house as a whole": "", "café": "cafe", "reading room": "reading", "lending": "lending"}
    found = {}
    for row in table(book, "Monthly statements"):
        if row["kind"] is None:
            continue
        months = {month: cell for month, cell in row.items() if month.startswith("2027-")}
        assert len(months) == 12
        assert row["total (yuan)"] == pytest.approx(sum(months.values()), abs=1e-6)
        for month, cell in months.items():
            if cell:
                found[row["case"], services[row["service"]], labels[row["item"]], month] = cell
    assert found == {key: pytest.approx(yuan) for key, yuan in expected.items() if yuan}


def test_cash_at_the_end_is_what_the_ledger_holds(book, folder):
    """Of three replications, all of whose postings are in the ledger."""
    cash = defaultdict(lambda: [0] * 12)
    for row in folder.table("ledger"):
        ends = [
            side == "common" or side.startswith(("service:", "purse:")) for side in (row["from"], row["to"])
        ]
        for month in range(int(row["date"][5:7]) - 1, 12):
            cash[TITLES[row["case"]]][month] += (ends[1] - ends[0]) * int(row["amount_fen"]) / 300
    for row in table(book, "Cash flow"):
        if row["item"] == "at the end of the month":
            left = [row[f"2027-{month:02d} (yuan)"] for month in range(1, 13)]
            assert left == pytest.approx(cash.pop(row["case"]), abs=0.01)
    assert not cash


def test_treasuries_are_those_of_the_folder(book, folder):
    detail, expected = table(book, "Treasuries in detail"), folder.table("treasury")
    assert len(detail) == len(expected) >= 2
    for row, told in zip(detail, expected, strict=True):
        assert row["net (yuan)"] == pytest.approx(float(told["net_yuan"]))
        assert row["paid, or owed more (yuan)"] - row["got, or due more (yuan)"] == pytest.approx(
            row["net (yuan)"]
        )
        assert row["net, P10 of cases (yuan)"] == pytest.approx(float(told["p10"]))
    wide = {
        (row["case"], row["level of government"]): row["total (yuan)"] for row in table(book, "Treasuries")
    }
    for case, title in TITLES.items():
        for label, name in (("cash", "all_level_fiscal_cost_cash"), ("accrual", "all_level_fiscal_cost")):
            assert wide[title, f"all levels, {label}"] == pytest.approx(folder.estimates()[case, name].value)
    assert "owed" in {told["source"] for told in expected}


def test_matrix_holds_every_payment(book, folder):
    found = table(book, "Who pays for whom")
    cells = [
        cell for row in found for head, cell in row.items() if cell is not None and head.endswith("(yuan a year)") and "total" not in head
    ]  # fmt: skip
    told = folder.table("cross_subsidy")
    assert sum(cells) == pytest.approx(sum(float(row["yuan_a_year"]) for row in told))
    assert {row["receives"] for row in found} == {"café", "reading room", "lending"}
    paid = [row for row in told if (row["payer"], row["receiver"]) == ("service:cafe", "service:reading")]
    reading = next(row for row in found if row["receives"] == "reading room")
    assert reading["café (yuan a year)"] == pytest.approx(sum(float(row["yuan_a_year"]) for row in paid))


def test_assumptions_have_numbers_ranges_and_sources(book, folder):
    found = {(row["path"], row["cases"]): row for row in table(book, "Assumptions")}
    assert len(found) == len(scenario_rows.numbers(folder.scenario))
    for told in scenario_rows.ranges(folder.scenario):
        row = found[told.path, ", ".join(told.cases)]
        assert [row["value"], row["low"], row["high"]] == [
            float(told.value),
            float(told.low),
            float(told.high),
        ]
        assert row["from"]
    assert len(table(book, "Sources")) == len(scenario_rows.sources(folder.scenario))
    settings = {row["setting"]: row["value"] for row in table(book, "Settings")}
    assert (settings["seed"], settings["replications"], settings["back-test"]) == (1, 3, "not back-tested")
    assert settings["command that makes it again"] == (
        "opsim run scenario.yaml --option embedded --replications 3 --years 1 --seed 1"
    )


def test_formulas_give_the_values_beside_them(file, book):
    """Every formula is a sum of cells or one cell."""
    count = 0
    for sheet in load_workbook(file):
        values = book[sheet.title]
        for row in sheet.iter_rows():
            for cell in row:
                if not (isinstance(cell.value, str) and cell.value.startswith("=")):
                    continue
                inside = cell.value.removeprefix("=SUM(").rstrip(")").removeprefix("=")
                left, top, right, bottom = range_boundaries(inside)
                area = values.iter_rows(top, bottom, left, right, values_only=True)
                total = sum(each for line in area for each in line if each is not None)
                assert values[cell.coordinate].value == pytest.approx(total, abs=1e-6), (
                    sheet.title,
                    cell.coordinate,
                )
                count += 1
    assert count > 50


def test_numbers_are_numbers_in_their_formats(book):
    assert all(isinstance(row["2027-01 (yuan)"], (int, float)) for row in table(book, "Cash flow"))
    shares = [
        row
        for row in book["Outcomes"].iter_rows(min_row=5)
        if row[3].value == "%" and row[4].value is not None
    ]
    assert {row[4].number_format for row in shares} == {"0.0%"}
    money = [row for row in book["Outcomes"].iter_rows(min_row=5) if row[3].value == "yuan a year"]
    assert len(money) > 20
    assert all(row[4].number_format.startswith("#,##0.00") for row in money)


def test_titles_in_chinese_and_the_same_bytes_each_time(folder, tmp_path):
    for name in ("one.xlsx", "two.xlsx"):
        export(folder, tmp_path / name, "zh")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    book = load_workbook(tmp_path / "one.xlsx", data_only=True)
    assert book.sheetnames[:4] == ["摘要", "分月收支表", "现金流量表", "分级财政支出"]
    assert [cell.value for cell in book["分月收支表"]["B"]].count("设施整体") > 5
    assert {path.name for path in tmp_path.iterdir()} == {"one.xlsx", "two.xlsx"}
    texts = [cell.value for cell in book["参数与假设"]["I"]][4:]
    assert len(texts) > 100
    assert all(any("一" <= char <= "鿿" for char in text) for text in texts), texts


def test_what_is_no_workbook_is_refused(folder, tmp_path):
    with pytest.raises(InputError, match=r"run: nothing to export as \.csv — a name ending in \.xlsx"):
        export(folder, tmp_path / "run.csv", "en")
    assert not list(tmp_path.iterdir())


POSTING = ("Posting", "gets", "pays", "instalments_due")
"""What posts for a reason, which is the last of its arguments."""


def test_every_reason_of_the_ledger_has_a_name():
    """Whatever the program posts can stand in a statement, but for what is never the facility's cash."""
    posted = set()
    for path in chain.from_iterable((PACKAGE / part).rglob("*.py") for part in ("facility", "ledger")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
            if name in POSTING and node.args:
                posted |= {each.value for each in ast.walk(node.args[-1]) if isinstance(each, ast.Constant)}
    assert {"appropriation", "service_price", "wear_recovered"} <= posted
    assert len(posted) >= 40
    never_cash = {"deposit", "deposit_returned", "card_loaded", "card_refunded", "tenant_sales"}
    assert posted - never_cash <= REASONS.keys()
    assert not never_cash & REASONS.keys()
