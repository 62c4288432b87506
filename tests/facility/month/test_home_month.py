"""A month of a home, followed by hand to the fen: fees, deposits, subsidy for each bed, a post day and night."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import opsim.facility.services.register
from opsim.demand.applications import Applications
from opsim.demand.random import stream_key
from opsim.facility.case import CaseRecord
from opsim.facility.month.loop import live
from opsim.language import translator
from opsim.ledger.postings import Posting
from opsim.outcomes.pair import Pair
from opsim.report.run_json import as_json
from opsim.report.sections import verdict_lines as sentences
from opsim.scenario.facility import Facility
from opsim.scenario.load import load
from opsim.study.run_and_compare import run
from opsim.study.settings import Settings
from tests.facility.services.home import CARE, beds, home

KEY = stream_key(0, 0)
DISTRICT, CITY = "treasury:district:general-budget", "treasury:city:welfare-lottery"
APPROPRIATION = {"payer": {"level": "district"}, "amount": 177_120}


def contract(**changes: Any) -> dict[str, Any]:
    return {
        "route": "direct-operation", "title": {"en": "t", "zh": "t"}, "appropriation": APPROPRIATION, **changes,
    }  # fmt: skip


def applicant_on(day: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody in need of heavy care applies so many days after the start, and nobody else ever."""

    def applications(rates: Any, first_day: Any, count: int, fee: Any) -> Applications:
        first = (first_day - rates.facility.start).days
        here = np.array([day] if first <= day < first + count else [], np.int64)
        n = len(here)
        return Applications(
            np.full(n, 77, np.uint64),
            here,
            np.full(n, 1),
            np.zeros(n, np.int64),
            np.zeros((2, 1, 3), np.int64),
        )

    monkeypatch.setattr(opsim.facility.services.register, "applications", applications)


@pytest.fixture
def newcomer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody comes on 11 January 2026."""
    applicant_on(10, monkeypatch)


def posted(of: Facility, first: int, until: int, years: int = 1) -> list[Posting]:
    """The postings of some days, in their order."""
    book = live(of, KEY, years, "kernel").postings
    columns = zip(
        book.day.tolist(), (book.accounts[i] for i in book.source), (book.accounts[i] for i in book.target),
        book.amount.tolist(), (book.services[i] for i in book.service), (book.reasons[i] for i in book.reason),
        strict=True,
    )  # fmt: skip
    return [row for row in map(Posting._make, columns) if first <= row.day < until]


@pytest.mark.usefixtures("newcomer")
def test_january() -> None:
    assert posted(home(), 0, 31) == [
        Posting(0, "opening", "common", 60_000_00, "", "opening"),
        Posting(0, "opening", "restricted:beds", 5_000_00, "beds", "opening"),
        Posting(0, "opening", "restricted:beds", 5_000_00, "beds", "opening"),
        # Both residents' fees for the month, 1,800 + 3,600; the newcomer's for 21 of 31 days of 3,600.
        Posting(0, "users:old.any", "service:beds", 5_400_00, "beds", "sales"),
        Posting(10, "users:old.any", "service:beds", 2_438_71, "beds", "sales"),
        Posting(10, "users:old.any", "restricted:beds", 5_000_00, "beds", "deposit"),
        # 8,760 hours ÷ 12 ÷ 166 = 4.4, so 5 workers; by ratio 1 ÷ 8 + 2 ÷ 4 would do. 5 × 3,200 × 1.26.
        Posting(30, "service:beds", "staff", 20_160_00, "beds", "wages"),
    ]  # fmt: skip


@pytest.mark.usefixtures("newcomer")
def test_the_subsidy_for_each_bed_comes_by_level_and_tier_after_the_quarter() -> None:
    # City: January 200.00 + 400.00 × 52 ÷ 31 = 670.97 (52 heavy days); February and March 200 + 2 × 400 each.
    # District: 200.00 × 52 ÷ 31 = 335.48, then 400.00 twice.
    assert posted(home(), 90, 91)[:2] == [
        Posting(90, CITY, "service:beds", 200_00 + 670_97 + 2 * 1_000_00, "beds", "subsidy"),
        Posting(90, DISTRICT, "service:beds", 335_48 + 2 * 400_00, "beds", "subsidy"),
    ]


def test_many_residents_need_more_than_the_post() -> None:
    """Twenty of light care and twelve of heavy care: 20 ÷ 8 + 12 ÷ 4 = 5.5, so six workers."""
    of = home({"beds": beds(places=40)}, initial={"occupancy": {"beds": {"light": 20, "heavy": 12}}})
    wages = [row.amount for row in posted(of, 0, 365) if row.reason == "wages"]
    assert wages == [6 * 4_032_00] * 12


def test_until_somebody_is_hired_overtime_covers_the_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """One worker for each resident. From 1 March there are three residents; the third worker comes in May, and
    till then the work is done at one and a half times the wage."""
    applicant_on(59, monkeypatch)
    care = {**CARE, "hours": "closed", "persons_a_worker": {"beds": {"light": 1, "heavy": 1}}, "hiring": 2}
    wages = [row.amount for row in posted(home(staff={"care": care}), 0, 151) if row.reason == "wages"]
    assert wages == [2 * 4_032_00, 2 * 4_032_00, 14_112_00, 14_112_00, 3 * 4_032_00]  # 3.5 × 4,032


def broke(**appropriation: Any) -> tuple[Facility, CaseRecord]:
    """The home at 5,400 a month in fees and 20,160 in wages, breaking even on the year by the appropriation."""
    terms = contract(appropriation={**APPROPRIATION, **appropriation}, working_capital=40_000)
    of = home(contract=terms, subsidies={}, initial={"cash": 40_000, "occupancy": {"beds": {"light": 1, "heavy": 1}}})  # fmt: skip
    return of, live(of, KEY, 2, "kernel")


def test_a_home_that_breaks_even_on_the_year_lives_through_it() -> None:
    of, case = broke()
    pair = Pair(of, case, case)
    assert pair.with_grants.holds
    assert pair.first_failure() is None
    assert case.postings.balances()["common"] == 40_000_00
    assert not case.grants_owed.any()


def test_a_late_instalment_breaks_it_in_spring_and_is_named_the_cause() -> None:
    """40,000 less 14,760 a month: 10,480 are left at the end of February, 4,280 are missing at that of March;
    the quarter's 44,280 from January are still owed."""
    of, case = broke(delay=3)
    pair = Pair(of, case, case)
    assert pair.first_failure() == (2, "late_grants")
    assert pair.with_grants.lowest_balance == -4_280_00
    assert case.grants_owed[88:92].tolist() == [44_280_00] * 4  # April pays January's and owes April's
    assert case.grants_owed.max() == 44_280_00


def test_a_shortfall_that_the_owed_money_would_not_have_prevented_is_one_of_cash() -> None:
    of, case = broke(delay=3, amount=12_000)
    pair = Pair(of, case, case)
    assert pair.first_failure() == (2, "cash")


def test_the_month_and_the_cause_are_named(tmp_path: Path) -> None:
    """The same home as a file: what opsim run says of it, in both languages."""
    of, _ = broke(delay=3)
    path = tmp_path / "late-home.yaml"
    path.write_text(
        json.dumps({**as_written(of), "options": {"as-is": {}}, "default_option": "as-is"}), encoding="utf-8"
    )
    scenario = load(path)
    result = run(scenario, Settings("as-is", replications=1, years=2))
    found = as_json(result)["verdict"]["failure"]
    assert (found["cause"], found["date"]) == ("late_grants", "2026-03")
    english = sentences.failure(result.verdict.failure, result.scenario.baseline.start, translator("en"))
    assert english == (
        "Most common first failure: cash below the credit line for grants that treasuries owe, in 100 % of cases, "
        "at the median in 2026-03"
    )
    assert "补贴拖欠" in sentences.failure(
        result.verdict.failure, result.scenario.baseline.start, translator("zh")
    )


def as_written(of: Facility) -> dict[str, Any]:
    """The facility as a file says it: without what is left out, numbers plain."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            if "value" in value:
                return float(value["value"])
            return {key: plain(each) for key, each in value.items() if each is not None}
        if isinstance(value, tuple):
            return [plain(each) for each in value]
        return (
            value
            if isinstance(value, (str, bool, int))
            else float(value)
            if isinstance(value, Decimal)
            else str(value)
        )

    found: dict[str, Any] = plain(of.model_dump(by_alias=True, exclude_unset=True))
    return found
