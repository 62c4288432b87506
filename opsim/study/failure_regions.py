"""Scenario discovery: the parts of the ranges in which an option fails.

A decision tree (CART) splits the cases where failing and holding ones come apart best; each of its ends is a
box: some numbers above or below a limit. A tree finds a box in pure chance too, so the cases are dealt into
two halves: boxes are grown on one and counted on the other, which knows nothing of how they were found.

References
----------
L. Breiman, J. H. Friedman, R. A. Olshen and C. J. Stone (1984). Classification and regression trees.
R. J. Lempert, B. P. Bryant and S. C. Bankes (2008). Comparing algorithms for scenario discovery. RAND WR-557
(density and coverage; trees beside the patient rule induction method).

"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from opsim.errors import Message, RunError
from opsim.outcomes.intervals import Estimate, probability
from opsim.records import Bool, Float64, Int64

DEPTH: Final = 3
"""Limits in a row that lead to a box, at most: more of them nobody keeps in mind."""
SMALLEST: Final = 0.05
"""Share of the cases that a box must hold at least."""
DEAL: Final = 0
"""Seed of the lot by which cases are dealt into halves, the same for every study."""
FEWEST_CASES: Final = 40
"""Below them half of the cases tell nothing."""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the ranges in which the option fails more often than elsewhere."""

    limits: dict[int, tuple[float | None, float | None]]
    """Column → (above, at most); None where there is no limit on that side."""
    density: Estimate
    """Share of failing cases among those in the box, in the half that was not used to find it."""
    coverage: Estimate
    """Share of all failing cases of that half that lie in the box."""
    cases: int
    """Cases of that half in the box."""

    def holds(self, cases: Float64) -> Bool:
        """(C,) which of the cases (C, K) lie in the box."""
        inside = np.ones(len(cases), dtype=np.bool_)
        for column, (above, at_most) in self.limits.items():
            inside &= np.ones_like(inside) if above is None else cases[:, column] > above
            inside &= np.ones_like(inside) if at_most is None else cases[:, column] <= at_most
        return inside


def boxes(cases: Float64, fails: Bool, blocks: Float64 | None = None) -> list[Box]:
    """Boxes among cases (C, K) that fail (C,) or hold, those with most failures first.

    Only boxes whose density is above that of all cases beyond chance, in the half not used for finding. Cases
    of one of the `blocks` (C,), such as the replications of one point, come into the same half, and count as
    one where it is asked how sure a share is.

    Raises:
        RunError: where scikit-learn is not installed.

    """
    if len(cases) < FEWEST_CASES or fails.all() or not fails.any():
        return []
    known, block = np.unique(np.arange(len(cases)) if blocks is None else blocks, return_inverse=True)
    # Dealt by lot: every other point of a grid may have the same end of its last axis.
    growing = np.random.default_rng(DEAL).permutation(len(known))[block] % 2 == 0
    if len(np.unique(fails[growing])) < 2:
        return []
    tree = _tree(cases[growing], fails[growing])
    half = (cases[~growing], fails[~growing], block[~growing])
    found = [_counted(limits, *half) for limits in _ends(tree)]
    everywhere = half[1].mean()
    telling = [box for box in found if box.limits and box.density.ci and box.density.ci[0] > everywhere]
    return sorted(telling, key=lambda box: -(box.coverage.value or 0.0))


def _tree(cases: Float64, fails: Bool) -> Any:  # noqa: ANN401 - the library has no types
    try:
        from sklearn.tree import DecisionTreeClassifier  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise RunError(
            Message('scenario discovery needs scikit-learn: pip install "opsim[discovery]"')
        ) from error
    least = max(5, round(SMALLEST * len(cases)))
    grower = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=least, random_state=0)
    return grower.fit(cases, fails).tree_


def _ends(tree: Any) -> Iterator[dict[int, tuple[float | None, float | None]]]:  # noqa: ANN401 - as above
    """The limits that lead to each end of the tree in which more cases fail than in all.

    Where both ends of a fork are such, the fork is one box.
    """

    def most_fail(node: int) -> bool:
        return bool(tree.value[node, 0, -1] > tree.value[0, 0, -1])

    def whole(node: int) -> bool:
        """Whether all ends below a node are of the failing kind."""
        left, right = tree.children_left[node], tree.children_right[node]
        return most_fail(node) if left < 0 else whole(left) and whole(right)

    def walk(
        node: int, limits: dict[int, tuple[float | None, float | None]]
    ) -> Iterator[dict[int, tuple[float | None, float | None]]]:
        if whole(node):
            yield limits
        elif tree.children_left[node] >= 0:
            column, limit = int(tree.feature[node]), float(tree.threshold[node])
            above, at_most = limits.get(column, (None, None))
            yield from walk(tree.children_left[node], {**limits, column: (above, limit)})
            yield from walk(tree.children_right[node], {**limits, column: (limit, at_most)})

    yield from walk(0, {})


def _counted(
    limits: dict[int, tuple[float | None, float | None]], cases: Float64, fails: Bool, block: Int64
) -> Box:
    nothing = Estimate(None, None)
    box = Box(limits, nothing, nothing, 0)
    inside = box.holds(cases)
    return replace(
        box, density=_share(fails[inside], block[inside]), coverage=_share(inside[fails], block[fails]),
        cases=int(inside.sum()),
    )  # fmt: skip


def _share(yes: Bool, block: Int64) -> Estimate:
    """The share of yes, as sure as the blocks are many."""
    if len(yes) == 0:
        return Estimate(None, None)
    count = len(np.unique(block))
    return Estimate(float(yes.mean()), probability(round(count * float(yes.mean())), count).ci)
