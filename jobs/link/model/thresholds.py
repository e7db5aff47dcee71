"""The probabilities from which something is done with a pair, and the least weight that matters."""

from typing import Final

import numpy as np

from jobs.link.model.priors import LEAST_ALONE, SPARE

LINKED_FROM: Final = 0.98
"""At this bar at most 2 in 100 of the least certain links are wrong; since nearly all links lie
far above it, that is a few in 10,000 of all."""
REVIEW_FROM: Final = 0.05
"""Below 1 in 20, reviewers would look at 19 wrong pairs for each right one."""


def least_weight(left_count: int, right_count: int) -> float:
    """The weight before prior below which no pair can come near the bar of review.

    The bar is held against the largest prior that may be found, with `SPARE` bits below it for
    what two nationalities add and for pairs that matter only as rivals.
    """
    most = np.log2(max(min(left_count, right_count), 1))
    alone = np.log2(max(left_count * right_count, 1)) + 2 * np.log2(LEAST_ALONE)
    return float(np.log2(REVIEW_FROM) - SPARE - (most - alone))
