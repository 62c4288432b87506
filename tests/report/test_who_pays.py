"""Who pays for whom: the table is what the settlements moved; the word on drivers turns when signs do."""

import dataclasses

import pytest

from opsim.language import translator
from opsim.outcomes.intervals import Estimate
from opsim.report.run_json import flows
from opsim.report.sections.who_pays import (
    Result,
    driver_rows,
    driver_sentence,
    payments,
    results,
    tables,
    titles,
)
from tests.report import printing

_ = translator("en")


def printed(result, language="en"):
    return printing.printed(tables(result, language, translator(language)), 200)


def with_results(result, **left):
    """The result with what each service has left by area, staff hours and visits."""
    changed = dict(result.option)
    for service, by_driver in left.items():
        for driver, yuan in zip(("area", "staff_hours", "visits"), by_driver, strict=True):
            changed[f"result_by_{driver}.{service}"] = Estimate(yuan, None)
    return dataclasses.replace(result, option=changed)


def test_every_payment_into_a_service_is_told_once(result):
    moved = flows([pair.option for pair in result.replications], result.settings.years)
    into = {"cross_subsidy", "subsidy", "grant_applied", "savings_applied", "credit", "arrears"}
    assert sum(row[3] for row in payments(result)) == pytest.approx(
        sum(flow["yuan"] for flow in moved if flow["reason"] in into)
    )


def test_the_table_adds_up_and_names_the_largest_payer(result):
    page = printed(result)
    grants = sum(yuan for _payer, to, reason, yuan in payments(result)
                 if reason == "grant_applied" and to == "service:reading")  # fmt: skip
    line = next(line for line in page.splitlines() if line.strip().startswith("reading room"))
    assert f"{grants / 1e4:.1f}" in line
    assert line.rstrip().endswith("café")


def test_the_table_speaks_chinese(result):
    assert "谁补贴谁（万元/年）" in printed(result, "zh")


def test_the_answer_turns_where_a_sign_does(result):
    turned = with_results(result, cafe=(12_000, 3_000, -4_000), reading=(-5, -5, -5), lending=(-1, 2, -3))
    assert driver_sentence(results(turned), titles(turned, "en"), _) == (
        "The answer turns on how shared cost is divided; for café a surplus of 1.2 by area and a deficit of "
        "0.4 by visits (ten thousand yuan a year)"
    )
    assert [row[-1] for row in driver_rows(turned)] == ["no", "no", "yes"]
    steady = with_results(result, cafe=(12_000, 3_000, 4_000), reading=(-5, -5, -5), lending=(-1, 2, -3))
    assert driver_sentence(results(steady), titles(steady, "en"), _) == (
        "However shared cost is divided, the same services have a surplus and the same a deficit"
    )


@pytest.mark.parametrize(
    ("left", "turns"),
    [((500, -500, 0), True), ((499, -500, 0), False), ((500, -499, 0), False), ((1e6, 1, 2), False)],
)
def test_pennies_turn_nothing(left, turns):
    assert Result("cafe", left).turns is turns
