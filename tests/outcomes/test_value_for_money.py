"""Value for money by hand: a contract against the same services run by government."""

from types import SimpleNamespace

import pytest

from opsim.language import translator
from opsim.outcomes.case_estimates import values_for_money
from opsim.report.sections.verdict_lines import value_for_money


def facility(route, *services):
    return SimpleNamespace(contract=SimpleNamespace(route=route), services=dict.fromkeys(services))


def cases(costs, visits):
    return [
        SimpleNamespace(
            fractions={
                "own_level_present_cost": (cost, 1.0),
                "all_level_present_cost": (2 * cost, 1.0),
                "priority_visits": (count, 1.0),
            }
        )
        for cost, count in zip(costs, visits, strict=True)
    ]


@pytest.fixture
def gains():
    options = {
        "public": facility("direct-operation", "reading", "cafe"),
        "conceded": facility("concession", "cafe", "reading"),
        "smaller": facility("concession", "reading"),
    }
    done = {
        "public": cases([100.0, 200.0], [10, 10]),
        "conceded": cases([70.0, 150.0], [11, 12]),
        "smaller": cases([10.0, 10.0], [5, 5]),
    }
    return values_for_money(options, {"baseline": cases([1.0], [1]), **done})


def test_the_comparator_offers_the_same_services(gains):
    assert list(gains) == ["conceded"]


def test_gains_pair_by_pair_and_at_equal_service(gains):
    """As run 30 and 50; with the comparator's cost for 11 and 12 instead of 10 visits 40 and 90."""
    value = gains["conceded"]
    assert value.comparator == "public"
    assert value.as_run["own_level"].value == pytest.approx(40)
    assert value.at_equal_service["own_level"].value == pytest.approx(65)
    assert value.at_equal_service["all_level"].value == pytest.approx(130)
    assert value.service == pytest.approx(1.15)
    low, high = value.as_run["own_level"].ci
    assert (low + high) / 2 == pytest.approx(40)
    assert high - low == pytest.approx(
        2 * 12.7062047 * 10
    )  # t of one degree of freedom, ± 10 around the mean


def test_in_words(gains):
    value = gains["conceded"]
    text = value_for_money(value, translator("en"))
    assert text.startswith(
        "Value for money (accrual) against public at equal service: 0.0 ± 0.0 ten thousand yuan"
    )
    assert "115 %" in text
    assert "物有所值" in value_for_money(value, translator("zh"))
