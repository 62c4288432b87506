"""Who comes, who is served, who waits, and who is turned away or stays away."""

import numpy as np

from opsim.facility.month.totals import denied, served
from opsim.outcomes.intervals import Fraction
from opsim.outcomes.outcome import outcome
from opsim.outcomes.pair import Pair
from opsim.records import LOSS_CAUSES, Bool, Fate, Int64


@outcome("visits served", "visits a year")
def visits(pair: Pair) -> float:
    """Visits of which every step was done that the service consists of, extras apart, a year."""
    return float(pair.case.visits().sum())


@outcome("priority visits served", "visits a year")
def priority_visits(pair: Pair) -> float:
    """Visits of the priority groups to basic and inclusive services, served, a year."""
    return float(pair.case.public_visits()[:, pair.case.priority].sum())


@outcome("denied share", "share", "ratio")
def denied_share(pair: Pair) -> Fraction:
    """Of visits, and of what visitors wanted besides of basic and inclusive services, the share denied at any
    step: closed, full, left the queue, sent away, sold out."""
    return _denied(pair.case.asked_for())


@outcome("denied share, priority groups", "share", "ratio")
def priority_denied_share(pair: Pair) -> Fraction:
    """Of what the priority groups wanted of basic and inclusive services, on visits or besides, the share
    denied."""
    return _denied(pair.case.public_asked()[:, pair.case.priority])


def _denied(asked: Int64) -> Fraction:
    refused = denied(asked).sum()
    return refused, refused + served(asked).sum()


@outcome("priority reach", "share", "ratio")
def priority_reach(pair: Pair) -> Fraction:
    """Priority groups' visits to basic and inclusive services ÷ those of the baseline."""
    return _reach(pair, pair.case.priority)


@outcome("reach of the poorest group", "share", "ratio")
def poorest_reach(pair: Pair) -> Fraction:
    """Visits of the lowest income band to basic and inclusive services ÷ those of the baseline."""
    return _reach(pair, pair.case.poorest)


def _reach(pair: Pair, group: Bool) -> Fraction:
    ours, before = (case.public_visits()[:, group].sum() for case in (pair.case, pair.baseline))
    return ours, before


@outcome("wait of nine in ten priority visits", "minutes")
def wait_p90(pair: Pair) -> float:
    """In the worst year, minutes that nine in ten priority visits wait at most, at all steps together, extras
    apart; those who left count too."""
    return float(np.fmax.reduce(pair.gate["wait"]))


@outcome("mean wait of priority visits", "minutes", "ratio")
def wait_mean(pair: Pair) -> Fraction:
    """Minutes waited by priority visits at all steps together, extras apart, served or not, ÷ their number;
    visits that found every station closed or full are not counted."""
    return pair.case.wait_total.sum() / 60, pair.case.wait_count.sum()


@outcome("never came: price", "visits a year")
def lost_to_price(pair: Pair) -> float:
    """Would-be visitors a year kept away by the price."""
    return _lost(pair, "price")


@outcome("never came: reputation", "visits a year")
def lost_to_reputation(pair: Pair) -> float:
    """Would-be visitors a year kept away by what they heard of waits and refusals."""
    return _lost(pair, "reputation")


@outcome("never came: opening hours", "visits a year")
def lost_to_hours(pair: Pair) -> float:
    """Would-be visitors a year who stay at home because it would be closed."""
    return _lost(pair, "hours")


def _lost(pair: Pair, cause: str) -> float:
    return float(pair.case.lost[..., LOSS_CAUSES.index(cause)].sum())


@outcome("denied: closed", "refusals a year")
def denied_closed(pair: Pair) -> float:
    """Times a year that a visit, or a basic or inclusive service wanted besides, was refused: it was
    closed."""
    return _refused(pair, Fate.CLOSED)


@outcome("denied: full", "refusals a year")
def denied_full(pair: Pair) -> float:
    """Times a year that a visit, or a basic or inclusive service wanted besides, was refused: every place and
    the waiting room were full."""
    return _refused(pair, Fate.FULL)


@outcome("denied: left the queue", "refusals a year")
def denied_left(pair: Pair) -> float:
    """Times a year that a visit, or a basic or inclusive service wanted besides, was refused: the visitor
    waited and left the queue."""
    return _refused(pair, Fate.RENEGED)


@outcome("denied: sent away at closing", "refusals a year")
def denied_sent_away(pair: Pair) -> float:
    """Times a year that a visit, or a basic or inclusive service wanted besides, was refused: the visitor was
    still waiting at closing."""
    return _refused(pair, Fate.TURNED_AWAY)


@outcome("denied: sold out", "refusals a year")
def denied_sold_out(pair: Pair) -> float:
    """Times a year that a visit, or a basic or inclusive service wanted besides, was refused: nothing was
    left."""
    return _refused(pair, Fate.SOLD_OUT)


def _refused(pair: Pair, fate: Fate) -> float:
    return float(pair.case.asked_for()[..., fate].sum())


@outcome("load of the seats", "share", "ratio")
def seat_load(pair: Pair) -> Fraction:
    """Seat hours taken ÷ seat hours on offer, at the station with most seats."""
    taken, offered = pair.case.service_ticks, pair.case.seat_ticks
    if not offered.size:
        return 0.0, 0.0
    largest = int(offered.sum(axis=0).argmax())
    return taken[:, largest].sum(), offered[:, largest].sum()
