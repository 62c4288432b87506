"""An operator leaves early: by force, by its own notice, or because it cannot pay; then doors are closed.

One rule for all: the contract runs until the notice is over (a forced exit has none), what the operator ran
is closed for the idle spell, and the next operator begins on the stated terms. Under direct operation there
is no operator who could leave, so none of this applies.
"""

from dataclasses import replace
from decimal import Decimal

from opsim.facility.mishaps.closures import Closing
from opsim.facility.money import company as operator
from opsim.facility.money.books import Books
from opsim.facility.standing import Standing


def after_exit(books: Books, standing: Standing, month: int) -> Standing:
    """What stands after a month: an operator that gives notice or has just left is taken notice of.

    Who is sent home is not paid; tenured staff are.
    """
    of, facility = books.company, books.facility
    if of is not None:
        if standing.notice == month:
            operator.give_notice(of, facility, month)
        return standing
    if books.next_company is None:
        return standing
    standing = replace(standing, notice=None)  # the next operator has given none
    if not books.exits or books.exits[-1] != month or books.next_company <= month + 1:
        return standing
    closed = Closing(month + 1, books.next_company, Decimal(0), frozenset(operator.operated(facility)))
    return replace(standing, closings=(*standing.closings, closed))
