"""Numbers as a finance officer reads them."""

from typing import get_args

import pytest

from opsim.language import translator
from opsim.outcomes.intervals import Estimate
from opsim.outcomes.outcome import Unit
from opsim.report.numbers import STYLES, change, number, percent, percent_interval, with_interval
from opsim.report.words import UNITS


@pytest.mark.parametrize(
    ("value", "style", "signed", "text"),
    [
        (275_432.1, "money", False, "27.5"),
        (-275_432.1, "money", False, "−27.5"),
        (12_345_678.0, "money", True, "+1,234.6"),
        (-400.0, "money", True, "0.0"),
        (0.0, "money", True, "0.0"),
        (0.0236, "share", False, "2.4"),
        (52_202.4, "count", False, "52,202"),
        (5.509, "decimal", False, "5.51"),
        (None, "money", False, "–"),
    ],
)
def test_number(value, style, signed, text):
    assert number(value, style, signed=signed) == text


def test_every_unit_of_an_outcome_has_a_style_and_a_word():
    assert set(STYLES) == set(UNITS) == set(get_args(Unit))


def test_symmetric_interval_is_a_half_width():
    assert with_interval(Estimate(275_000, (251_000, 299_000)), "yuan a year") == "27.5 ± 2.4"


def test_skewed_interval_shows_both_ends():
    assert with_interval(Estimate(0.95, (0.763, 0.991)), "share") == "95.0 (76.3–99.1)"


def test_no_interval_where_there_is_none_or_it_has_no_width():
    assert with_interval(Estimate(1.0, None), "share") == "100.0"
    assert with_interval(Estimate(0.0, (0.0, 0.0)), "minutes") == "0.0"
    assert with_interval(Estimate(None, None), "yuan a visit") == "–"


def test_percent_as_each_language_writes_it():
    share = Estimate(0.95, (0.763, 0.991))
    assert (percent(0.95, translator("en")), percent(0.95, translator("zh"))) == ("95 %", "95%")
    assert percent_interval(share, translator("en")) == "76–99 %"
    assert percent_interval(share, translator("zh")) == "76%–99%"


def test_what_few_cases_have_says_how_few():
    """A rate of return that half of the cases lack has no difference, and is not taken for that of all."""
    found, none = Estimate(0.19, (0.12, 0.27), undefined=0.52), Estimate(None, None, undefined=1.0)
    assert change(none, found, "share", translator("en")) == "in 48 % of cases"
    assert change(none, found, "share", translator("zh")) == "48%的情形有此数"
    assert change(none, Estimate(0.19, None), "share", translator("en")) == "–"
    assert change(Estimate(0.05, None), found, "share", translator("en")) == "+5.0"
