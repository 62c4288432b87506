"""What a finance officer reads on the screen."""

import re
from dataclasses import replace

import pytest
from rich.cells import cell_len

from opsim.language import translator
from opsim.outcomes.intervals import Estimate
from opsim.outcomes.verdict import Failure, Relief, Verdict
from opsim.report.sections import verdict_lines as sentences
from opsim.report.sections.outcomes_table import blocks
from tests.report import printing


def printed(result, language, width=120):
    return printing.printed(blocks(result, language), width)


def judged(result, name="grant-dependent", relief=None, failure=None, **settings):
    share = Estimate(0.95, (0.888, 0.978))
    verdict = Verdict(
        name,
        "holds_with_grants",
        share,
        Estimate(0.0, (0.0, 0.037)),
        share,
        Estimate(0.99, (0.946, 0.998)),
        relief,
        failure,
    )
    return replace(result, verdict=verdict, settings=replace(result.settings, **settings))


def test_english(result):
    cheaper = Relief("relief", Estimate(0.93, (0.863, 0.966)), -0.081)
    page = printed(judged(result, relief=cheaper, failure=Failure("wait", 0.05, 11)), "en")
    for line in (
        "Book house (staffed): embed a café beside the baseline",
        "Verdict: grant-dependent (gate and money hold with the budgeted grants)",
        "with the budgeted grants in 95 % of cases within the stated ranges (95-percent interval 89–98 %)",
        "our treasury's burden becomes lighter",
        "median change −8.1 %",
        "Most common first failure: priority groups wait too long, in 5 % of cases, at the median in 2027-12",
        "3 replications · seed 1 · 1-year horizon from 2027-01 · parameters drawn within their ranges",
        " · not back-tested",
        "Make-up working days are known until",
    ):
        assert line in page
    assert "probability" not in page


def test_chinese_in_official_words(result):
    page = printed(judged(result), "zh")
    for line in (
        "结论：补助可持续",
        "在设定参数区间内，95%的情形（95%置信区间89%–98%）下，计入预算内补助后，公益底线",
        "每100元公益支出", "本级财政净支出", "万元/年", "重点保障群体", "未经回测",
    ):  # fmt: skip
        assert line in page
    assert "可能" not in page


def test_chinese_columns_line_up(result):
    page = printed(result, "zh").splitlines()
    lines = [line for line in page if " 万元/年 " in line]
    assert len(lines) > 5
    assert {cell_len(line[: line.index("万元/年")]) for line in lines} == {
        cell_len(lines[0][: lines[0].index("万")])
    }


def test_fixed_run_says_chance_only(result):
    page = printed(judged(result, fixed=True), "en")
    assert "chance only" in page
    assert "within the stated ranges" not in page


def test_money_stands_in_ten_thousand_yuan_beside_the_baseline(result):
    page = printed(result, "en").splitlines()
    line = next(line for line in page if line.strip().startswith("own-level fiscal cost  "))
    found = re.findall(r"(?<!± )[+−]?\d+\.\d", line)
    before, after, change = (float(text.replace("−", "-")) for text in found)
    assert before == pytest.approx(result.baseline["own_level_fiscal_cost"].value / 1e4, abs=0.05)
    assert after == pytest.approx(result.option["own_level_fiscal_cost"].value / 1e4, abs=0.05)
    assert change == pytest.approx(after - before, abs=0.11)


def test_lost_demand_by_cause_leaves_out_what_took_nobody(result):
    page = printed(result, "en")
    assert "never came: opening hours" in page
    assert "denied: sold out" not in page


def test_plain_without_a_terminal(result):
    assert "\x1b" not in printed(result, "en")


def test_three_replications_that_all_hold_need_thirty_five(result):
    sure = Estimate(1.0, (0.44, 1.0))
    verdict = Verdict(
        "insufficient-evidence", "gate_holds", Estimate(0.0, (0.0, 0.56)), sure, sure, sure, None, None
    )
    unclear = replace(result, verdict=verdict)
    assert unclear.replications_needed() == 35  # the first n with z² ÷ (n + z²) below 10 %
    assert "at least about 35 replications" in str(sentences.evidence(unclear, translator("en")))


def test_share_on_the_cut_is_never_decided(result):
    edge, sure = Estimate(0.9, None), Estimate(1.0, None)
    verdict = Verdict("insufficient-evidence", "holds_on_users", edge, edge, edge, sure, None, None)
    assert replace(result, verdict=verdict).replications_needed() is None


def test_interrupted_run_says_so(result):
    text = sentences.made(judged(result, replications=40), translator("en"))
    assert "3 of 40 replications (interrupted)" in text


def test_unknown_relief_and_no_failure(result):
    text = printed(judged(result), "en")
    assert "Burden relief: unknown" in text
    assert "No case fails with the budgeted grants" in text
