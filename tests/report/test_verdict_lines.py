"""The cross-subsidy in one sentence: right whichever way the money flows."""

import pytest

from opsim.language import translator
from opsim.report.sections import verdict_lines as sentences


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (7.31, "Of every 100 yuan of public spending, operations carry 7.3 yuan", "每100元公益支出，经营净收益承担7.3元"),
        (-0.94, "Operations carry nothing: beside every 100 yuan of public spending they take 0.9 yuan",
         "经营净收益为负：每100元公益支出之外，经营业态另占用0.9元"),
        (None, "There is no public spending that operations could carry", None),
    ],
)  # fmt: skip
def test_who_carries_whom(value, en, zh):
    assert sentences.carried(value, translator("en")) == en
    if zh is not None:
        assert sentences.carried(value, translator("zh")) == zh
