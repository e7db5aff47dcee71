"""What is believed of files that are too small to learn from.

Ten rows do not say how often a name is met, how often clerks err, or how many people two files
share. Then the m and u probabilities are those of the packaged model, held to the declared ones
as learned ones are; every value is as common as values usually are; and the two files are taken to
be drawn from a town.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np

from jobs.link.compare.comparison_levels import Comparison, Parameters
from jobs.link.model.linkage_model import current_model, first_parameters, usable

LEARNABLE: Final = 100
"""Persons of the smaller file from which the m probabilities are learned: the least usual levels
are shown by one pair in a hundred. Twice as many in both files together tell frequencies."""
DECLARED: Final = 30
"""Declared pairs, beside `LEARNABLE` of the packaged model: what its invented people never show, a
wrong gender or a move, does happen."""
TOWN: Final = 5_000
"""People of whom both files are taken to know some. A name is met by chance once in some hundred,
so among so many two names are to be looked at, and prove nobody without a date of birth."""
SHARED: Final = 0.3
"""Share of the people whom both files know, as is taken before learning (see `training`)."""


def are_few(left: int, right: int) -> bool:
    """Whether so many persons are too few to learn from."""
    return min(left, right) < LEARNABLE


def tell_frequencies(left: int, right: int) -> bool:
    """Whether so many persons tell how common values are."""
    return left + right >= 2 * LEARNABLE


def prior_of_few(left: int, right: int) -> float:
    """The weight in bits of being one person before evidence, for files of so many persons.

    What is shared against who is alone (see `prior_for`), the larger file having a town's size.
    """
    growth = max(1.0, TOWN / max(left, right))
    shared = SHARED * min(left, right) * growth
    alone = (left * growth - shared) * (right * growth - shared)
    return float(np.log2(shared) - np.log2(alone))


def parameters_of_few(
    comparisons: Iterable[Comparison],
) -> dict[str, dict[str, tuple[float, float]]]:
    """The m and u probabilities of the packaged model; declared ones where it has none."""
    used = tuple(comparisons)
    model = current_model()
    known = {comparison.name for comparison in usable(model, used)}
    found = first_parameters(used)
    for name in known:
        found[name] = {
            level: (
                _held(model.parameters, name, level, 0, declared[0]),
                declared[1] if declared[1] == 1 else _held(
                    model.parameters, name, level, 1, declared[1]
                ),
            )
            for level, declared in found[name].items()
        }  # fmt: skip
    return found


def _held(packaged: Parameters, name: str, level: str, place: int, declared: float) -> float:
    share = packaged[name][level][place]
    return (share * LEARNABLE + declared * DECLARED) / (LEARNABLE + DECLARED)
