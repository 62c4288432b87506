"""The grid on which a break-even is looked for, to the step, and what is asked of each replication."""

from decimal import Decimal

import pytest

from opsim.scenario.load import load
from opsim.scenario.quantity import Unit
from opsim.study.break_even import Aim, break_even, step_of
from opsim.study.settings import Settings
from opsim.study.store import Row

TEA = "tests/worked/tea-room.yaml"


@pytest.mark.parametrize(
    ("unit", "low", "high", "step"),
    [
        (Unit("persons", whole=True), "1", "100000", "1"),
        (Unit("yuan"), "10", "30", "0.01"),
        (Unit("yuan a month"), "1000", "90000", "0.01"),
        (Unit("share"), "0.1", "0.9", "0.0005"),  # a thousandth of the way is 0.0008
        (Unit("share"), "0", "1", "0.001"),
        (Unit("meters"), "100", "2100", "2"),
        (Unit("meters"), "100", "2000", "1"),  # 1.9
        (None, "0", "0.04", "0.00002"),
    ],
)
def test_the_step_is_a_fen_a_unit_or_about_a_thousandth_of_the_way(unit, low, high, step):
    assert step_of(unit, Decimal(low), Decimal(high)) == Decimal(step)


class Asked:
    """Answers with a function of what stands at the path and of the replication."""

    def __init__(self, path, function, replications=5):
        self.scenario = load(TEA)
        self.settings = Settings("with-tea", replications=replications, years=1)
        self._path, self._function = path, function

    def rows(self, requests):
        return [
            [
                Row(each.number, replication, {
                    case: {"own_level_fiscal_cost": (self._function(float(each.point[self._path]), replication, case), 1.0)}
                    for case in ("baseline", "with-tea")
                })
                for replication in each.replications
            ]
            for each in requests
        ]  # fmt: skip


def solved(path, low, high, function, outcome="own_level_fiscal_cost", target=0.0):
    return break_even(Asked(path, function), Aim(path, Decimal(low), Decimal(high), outcome, target))


def test_the_answer_is_the_place_of_the_grid_next_to_the_root():
    found = solved("services.tea.price", "1", "9", lambda x, r, case: 1000 * (x - 4.5678) + (r - 2))
    assert (found.solution, found.step) == (Decimal("4.57"), Decimal("0.01"))
    low, high = found.interval  # the deviation of five shifts is √2.5, times 2.776 ÷ √5: 1.963, or 0.2 fen
    assert low < Decimal("4.5658") < found.solution < high
    assert high - low <= Decimal("0.10")  # the ends to a two-hundredth of the way: 4 fen each
    share = solved("catchment.distances.next-door.share", "0.1", "0.9", lambda x, r, case: x - 0.43221)
    assert (share.solution, share.step) == (Decimal("0.4320"), Decimal("0.0005"))


def test_bounds_that_lie_between_two_places_are_kept_within():
    found = solved("services.tea.price", "1.005", "1.034", lambda x, r, case: x - 1.0149)
    assert list(found.curve) == [Decimal("1.01"), Decimal("1.02"), Decimal("1.03")]
    assert found.solution == Decimal("1.01")


def test_a_change_is_against_the_baseline_of_the_same_replication():
    def cost(x, replication, case):
        shared = 1e6 * replication
        return shared if case == "baseline" else shared + 100 * (x - 5)

    found = solved("services.tea.price", "1", "9", cost, "own_level_fiscal_cost_change")
    assert found.solution == Decimal(5)
    assert {x: each.value for x, each in found.curve.items() if x in (1, 9)} == {1: -400, 9: 400}
    low, high = (
        found.interval
    )  # nothing differs between replications: the interval is the root's neighborhood
    assert high - low <= Decimal("0.10")
