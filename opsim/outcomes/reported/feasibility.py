"""Whether it holds: the public gate, the money, and whether an operator would sign."""

from collections.abc import Callable
from functools import partial

import numpy as np

from opsim.errors import marked as _
from opsim.outcomes.intervals import Fraction
from opsim.outcomes.investor import Investment
from opsim.outcomes.outcome import Outcome, outcome
from opsim.outcomes.pair import Pair
from opsim.outcomes.red_lines import RED_LINES, RedLine


@outcome("most that treasuries owe", "yuan")
def grants_owed(pair: Pair) -> float:
    """The most that treasuries owe the facility on any day: fallen due and not paid yet."""
    return float(pair.case.grants_owed.max()) / 100


@outcome("lowest balance", "yuan", "quantile")
def lowest_balance(pair: Pair) -> float:
    """Lowest cash less unpaid bills and debts on any day, of facility or operator: one case in ten lies
    below."""
    return pair.with_grants.lowest_balance / 100


@outcome("room above the red lines", "share")
def gate_room(pair: Pair) -> float:
    """Distance of the red line nearest to being crossed from its limit, as a share of it; negative beyond."""
    # Where nobody was there to count who should have been, none of a line's limit is reached: −1.
    rooms = [
        -1.0 if line.name in pair.uncounted else line.room(pair.gate[line.name], pair.facility)
        for line in RED_LINES
    ]
    return min((room for room in rooms if not np.isnan(room)), default=np.nan)


@outcome("room of the money", "share")
def money_room(pair: Pair) -> float:
    """Income, all that is budgeted included, less full cost, as a share of it, over the last three full
    years."""
    return pair.with_grants.slack


@outcome("public gate holds", "share", "probability")
def gate_holds(pair: Pair) -> float:
    """Share of cases in which every red line is kept in every year."""
    return pair.gate_holds


@outcome("holds on user payments alone", "share", "probability")
def holds_on_users(pair: Pair) -> float:
    """Share of cases in which gate and money hold with every treasury posting struck."""
    return pair.holds_on_users


@outcome("holds with budgeted grants", "share", "probability")
def holds_with_grants(pair: Pair) -> float:
    """Share of cases in which gate and money hold with the budgeted grants."""
    return pair.holds_with_grants


@outcome("operator would sign", "share", "probability")
def operator_signs(pair: Pair) -> float:
    """Share of cases in which the contract passes the operator's signing test; all if there is none."""
    return pair.signs


@outcome("operator's margin", "share")
def operator_margin(pair: Pair) -> float:
    """Profit of the operator after taxes ÷ all that it takes in, over its contract."""
    return _investors(pair, lambda found: found.margin)


@outcome("investor's rate of return", "share")
def operator_return(pair: Pair) -> float:
    """Internal rate of return of the investor's flows after taxes; undefined where it has none."""
    return _investors(pair, lambda found: found.rate)


@outcome("payback", "years")
def operator_payback(pair: Pair) -> float:
    """Years until the investor has back what he put in; undefined where he never has."""
    return _investors(pair, lambda found: found.payback)


@outcome("debt cover", "times")
def operator_debt_cover(pair: Pair) -> float:
    """Lowest yearly cash for debt service ÷ debt service; undefined without a loan."""
    return _investors(pair, lambda found: found.debt_cover)


@outcome("years of loss", "share")
def operator_loss_years(pair: Pair) -> float:
    """Share of years in which the operator makes a loss."""
    return _investors(pair, lambda found: found.loss_years)


@outcome("most that the investor has at stake", "yuan")
def operator_at_stake(pair: Pair) -> float:
    """The most that the investor has put in and not taken home on any day."""
    return _investors(pair, lambda found: found.most_at_stake)


def _investors(pair: Pair, number: Callable[[Investment], float]) -> float:
    """Undefined where nobody runs the facility for money of his own."""
    return np.nan if pair.investment is None else number(pair.investment)


def _worst(line: RedLine, pair: Pair) -> Fraction:
    return line.worst(pair.gate[line.name]), 1.0


def _kept(line: RedLine, pair: Pair) -> Fraction:
    return float(not pair.crossed[line.name].any()), 1.0


_WORST = _("What the red line measures in its worst year; undefined where there is nobody to count.")
_KEPT = _("Share of cases in which the red line is kept in every year; not where nobody was there to count.")
worst_years = tuple(
    Outcome(f"worst_year.{line.name}", line.title, _WORST, line.unit, "mean", partial(_worst, line))
    for line in RED_LINES
)
lines_kept = tuple(
    Outcome(f"kept.{line.name}", line.kept, _KEPT, "share", "probability", partial(_kept, line))
    for line in RED_LINES
)
