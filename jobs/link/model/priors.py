"""What is known of a pair before its evidence: how many people both sides share, of which groups.

If people are paired off at random, the odds of one pair against both staying alone are
shared : (left alone x right alone). Who is alone differs between groups: nearly all citizens in a
prison are in no immigration register, and nearly all foreigners are, so a pair of two foreigners
competes with far fewer who are alone than the sides as wholes hold. Some groups are also mixed
up: one person is recorded as of two neighbouring countries far oftener than of two others.

Nothing of this is assumed. Both are counted from the probabilities of the pairs themselves, on
the night, as the number of shared people is.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

LEAST_ALONE: Final = 0.15
"""However many partners are found, at least this share of either side, and of each group, is taken
to be possibly without one: the next person may not be in the other register at all."""
ANCHOR: Final = 30.0
"""Persons of whom as many are alone as of all, added to each group: one of ten says little."""
DOUBTED: Final = 3.0
"""Pairs added to those met of two groups and to those that chance would bring: a single pair, which
may be a false one, adds less than half a bit."""
SPARE: Final = 6.0
"""The most that two groups that are mixed up add, in bits: pairs are kept from so far below."""

_Numbers = npt.NDArray[np.float64]
_Places = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Groups:
    """The group of each person of both sides: one numbering for both, nought if it is unknown."""

    left: _Places
    right: _Places


@dataclass(frozen=True, kw_only=True)
class Prior:
    """The weight of a pair before evidence, in bits.

    ``base`` is that of any pair, ``left`` and ``right`` are what each person's group adds, and
    ``mixed`` what two different groups add; without groups the last three are absent.
    """

    base: float
    left: _Numbers | None = None
    right: _Numbers | None = None
    mixed: "Mixed | None" = None

    def of(self, left: _Places, right: _Places) -> _Numbers:
        """The weights before evidence of pairs of these persons."""
        weight: _Numbers = self.base + self.of_groups(left, right)
        return weight

    def of_groups(self, left: _Places, right: _Places) -> _Numbers:
        """That part of the weights that the groups of these persons add."""
        if self.left is None or self.right is None or self.mixed is None:
            return np.zeros(len(left))
        weight: _Numbers = self.left[left] + self.right[right] + self.mixed.of(left, right)
        return weight


def prior_of_groups(
    *, base: float, groups: Groups, left: _Places, right: _Places, probability: _Numbers
) -> Prior:
    """The prior that the probabilities of pairs speak for.

    Args:
        base: the weight of any pair.
        groups: of everybody.
        left: of each pair the person of the left side.
        right: the same of the right side.
        probability: of each pair.
    """
    return Prior(
        base=base,
        left=_of_side(groups.left, left, probability),
        right=_of_side(groups.right, right, probability),
        mixed=_mixed(groups, left, right, probability),
    )


def _of_side(group: _Places, place: _Places, probability: _Numbers) -> _Numbers:
    """By how many bits each person of a side is oftener with a partner than all are."""
    everybody = max(1 - probability.sum() / len(group), LEAST_ALONE)
    size = np.bincount(group)
    met = np.bincount(group[place], weights=probability, minlength=len(size))
    alone = (size - met + ANCHOR * everybody) / (size + ANCHOR)
    bits: _Numbers = np.log2(everybody) - np.log2(np.maximum(alone, LEAST_ALONE))
    return bits[group]


@dataclass(frozen=True, kw_only=True)
class Mixed:
    """How often the two sides record one person under two different groups.

    ``cells`` are the pairs of groups met, sorted, as the left one's number times ``count`` plus
    the right one's; ``met`` are the expected pairs of each. Were no two groups likelier to be mixed
    up than others, ``rate`` of the possible pairs of two persons would be met.
    """

    groups: Groups
    sizes: tuple[_Places, _Places]
    count: int
    cells: _Places
    met: _Numbers
    rate: float

    def of(self, left: _Places, right: _Places) -> _Numbers:
        """What the groups of these persons add in bits: nothing if they are one, or unknown."""
        one, other = self.groups.left[left], self.groups.right[right]
        cell = one * self.count + other
        place = np.searchsorted(self.cells, cell)
        known = np.append(self.cells, -1)[place] == cell
        met = np.where(known, np.append(self.met, 0.0)[place], 0.0)
        chance = self.rate * self.sizes[0][one] * self.sizes[1][other]
        bits = np.minimum(np.log2(met + DOUBTED) - np.log2(chance + DOUBTED), SPARE)
        return np.where(_differ(one, other), bits, 0.0)


def _mixed(groups: Groups, left: _Places, right: _Places, probability: _Numbers) -> Mixed:
    count = int(max(groups.left.max(initial=0), groups.right.max(initial=0))) + 1
    sizes = [np.bincount(group, minlength=count) for group in (groups.left, groups.right)]
    known = [size[1:].astype(np.float64) for size in sizes]
    possible = float(known[0].sum() * known[1].sum() - known[0] @ known[1])
    one, other = groups.left[left], groups.right[right]
    differ = _differ(one, other)
    cells, place = np.unique((one * count + other)[differ], return_inverse=True)
    met = np.bincount(place, weights=probability[differ], minlength=len(cells)).astype(np.float64)
    return Mixed(
        groups=groups,
        sizes=(sizes[0], sizes[1]),
        count=count,
        cells=cells,
        met=met,
        rate=float(met.sum()) / max(possible, 1.0),
    )


def _differ(one: _Places, other: _Places) -> npt.NDArray[np.bool_]:
    differ: npt.NDArray[np.bool_] = (one > 0) & (other > 0) & (one != other)
    return differ
