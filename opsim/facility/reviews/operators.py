"""The operator's review: hours and prices of services that lose money, and services that are given up.

Every few months (`every`) the operator looks at what each service named in the scenario has earned since the
last review. One that lost money closes earlier and costs more, by one step, within its bounds; one that
earned money and turns people away by its hours closes later. A market service that has lost money for so
many quarters in a row is given up; quarters are counted from the start, and a lost one is looked at once.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from opsim.facility.reviews.view import MonthView, ServiceMonth
from opsim.facility.standing import Changes, Standing
from opsim.facility.states import Drawn
from opsim.scenario.years import ServiceReview


def operators_review(facility: Drawn, view: MonthView, standing: Standing) -> Standing:
    """Hours and prices at each review, closures at the end of each quarter."""
    review = facility.reviews.operator
    if review is None:
        return standing
    months, every = view.month + 1, round(review.every.at(facility.start))
    changes, order = standing.changes, list(facility.services)
    for name, terms in review.services.items():
        a = order.index(name)
        if name in changes.given_up:
            continue
        if months % every == 0:
            changes = _adjusted(facility, changes, name, terms, a, view.history[-every:])
        if terms.closes_after is not None and months % 3 == 0:
            quarters = round(terms.closes_after.at(facility.start))
            if losing(view.history, a, quarters):
                changes = replace(changes, given_up=changes.given_up | {name})
    return standing if changes is standing.changes else replace(standing, changes=changes)


def margin(history: Sequence[ServiceMonth], a: int) -> int:
    """Fen that a service has earned over some months."""
    return sum(month.margin[a] for month in history)


def losing(history: Sequence[ServiceMonth], a: int, quarters: int) -> bool:
    """Whether a service has lost money in each of the last so many quarters, the last one just over."""
    if len(history) < 3 * quarters:
        return False
    last = history[-3 * quarters :]
    return all(margin(last[3 * q : 3 * q + 3], a) < 0 for q in range(quarters))


def notice_review(facility: Drawn, view: MonthView, standing: Standing) -> Standing:
    """An operator that has lost money for so many quarters in a row gives notice at the end of the last one.

    Quarters end with the months of the year that end them; the first and the last one of a contract count
    only where they are whole.
    """
    review = facility.reviews.operator
    if review is None or review.exit_after is None or standing.notice is not None or (view.month + 1) % 3:
        return standing
    quarters = round(review.exit_after.at(facility.start))
    last = view.operator[-3 * quarters :]
    earned = [fen for fen in last if fen is not None]
    if len(earned) < 3 * quarters or any(sum(earned[q : q + 3]) >= 0 for q in range(0, 3 * quarters, 3)):
        return standing
    return replace(standing, notice=view.month)


def unmet_share(history: Sequence[ServiceMonth], a: int) -> float:
    """Share of those who wanted a service, its price and name aside, whom its hours kept from it."""
    unmet = sum(int(month.unmet[a]) for month in history)
    met = sum(int(month.served[a]) for month in history)
    return unmet / (unmet + met) if unmet else 0.0


def _adjusted(
    facility: Drawn, changes: Changes, name: str, terms: ServiceReview, a: int, since: Sequence[ServiceMonth]
) -> Changes:
    """Hours and price of a service, one step on, by what it has earned since the last review."""
    start, earned, hours, price = facility.start, margin(since, a), terms.hours, terms.price
    minutes, factor = changes.minutes.get(name, 0), changes.prices.get(name, Decimal(1))
    moved, raised = minutes, factor
    if hours is not None:
        step, shorter, longer = (round(each.at(start)) for each in (hours.step, hours.shorter, hours.longer))
        if earned < 0:
            moved = max(minutes - step, -shorter)
        elif earned > 0 and unmet_share(since, a) > hours.unmet.at(start):
            moved = min(minutes + step, longer)
    if price is not None and earned < 0:
        raised = min(factor * (1 + price.rise.decimal(start)), price.highest.decimal(start))
    if moved != minutes:
        changes = replace(changes, minutes={**changes.minutes, name: moved})
    return changes if raised == factor else replace(changes, prices={**changes.prices, name: raised})
