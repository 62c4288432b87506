"""Money held for others: deposits of those in places, and what users have loaded on cards.

It lies in accounts of its own, is owed to those who paid it in, and never finances a deficit.

**Cards.** At the start of a month holders load what they will use in it and, on average, some months more.
When sales fall nobody loads; the balance is used up first.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from opsim.ledger import accounts
from opsim.ledger.postings import Exact, Posting, grown_each
from opsim.records import Int64


def deposits(
    first_day: int,
    moved: Iterable[tuple[int, int, int, int]],
    services: Sequence[str],
    segments: Sequence[str],
) -> list[Posting]:
    """Deposits paid and given back: (day of the month, service, segment, fen), negative where given back."""
    postings = []
    for day, a, g, fen in moved:
        user, held = accounts.users(segments[g]), accounts.restricted(services[a])
        source, target, reason = (user, held, "deposit") if fen > 0 else (held, user, "deposit_returned")
        postings.append(Posting(first_day + day, source, target, abs(fen), services[a], reason))
    return postings


def paid_by_card(sales: Int64, share: Sequence[Exact]) -> Int64:
    """The part of sales (D, A, G) in fen that is paid by card, `share` (A,), half up."""
    return np.stack([grown_each(sales[:, a], each) for a, each in enumerate(share)], axis=1)


def loads(used: Int64, held: Int64, months: Sequence[Exact]) -> Int64:
    """(A, G) fen that holders load at the start of a month.

    `used` is what they use in it, `held` what is on the cards before, `months` (A,) how many months of use
    they hold on average.
    """
    target = used + np.stack([grown_each(used[a], each) for a, each in enumerate(months)])
    missing: Int64 = np.maximum(0, target - held)
    return missing


def load_postings(day: int, loaded: Int64, services: Sequence[str], segments: Sequence[str]) -> list[Posting]:
    """What holders load, by service and segment."""
    return [
        Posting(day, accounts.users(segments[g]), accounts.restricted(services[a]), int(loaded[a, g]),
                services[a], "card_loaded")
        for a, g in np.argwhere(loaded).tolist()
    ]  # fmt: skip


def refunds(day: int, left: Int64, services: Sequence[str], segments: Sequence[str]) -> list[Posting]:
    """What goes back to the holders of cards, `left` (A, G) fen."""
    return [
        Posting(day, accounts.restricted(services[a]), accounts.users(segments[g]), int(left[a, g]),
                services[a], "card_refunded")
        for a, g in np.argwhere(left).tolist()
    ]  # fmt: skip
