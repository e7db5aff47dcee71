"""What is known of a pair before its evidence: how many people both sides share, of which groups.

If people are paired off at random, the odds of one pair against both staying alone are
shared : (left alone x right alone). Who is alone differs between groups: nearly all citizens in a
prison are in no immigration register, and nearly all foreigners are, so a pair of two foreigners
competes with far fewer who are alone than the sides as wholes hold. And two groups are not met as
often as chance would have it. One person is recorded as of two neighbouring countries far oftener
than of two others; and where one side holds a group that the other hardly holds, as a prison holds
citizens, few pairs agree on it by chance, though the evidence counts a value that many have. Nor is
everybody of a side as likely to be on the other one: one side may have been told of some that the
other one holds them, and the rest, however many they become, are seldom among the shared.

Nothing of this is assumed. All of it is counted from the probabilities of the pairs themselves, on
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
"""The most that two groups add, in bits: pairs are kept from so far below."""

_Numbers = npt.NDArray[np.float64]
_Places = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Groups:
    """The group of each person of both sides: one numbering for both, nought if it is unknown.

    ``is_told`` says of each person of the right side whether it was told that the left one holds
    them; nobody if absent.
    """

    left: _Places
    right: _Places
    is_told: npt.NDArray[np.bool_] | None = None

    @property
    def told(self) -> _Places:
        """For each person of the right side 1 if told of, else 0."""
        found: _Places = (
            np.zeros(len(self.right), dtype=np.int64) if self.is_told is None
            else self.is_told.astype(np.int64)
        )  # fmt: skip
        return found


@dataclass(frozen=True, kw_only=True)
class Prior:
    """The weight of a pair before evidence, in bits.

    ``base`` is that of any pair, ``left`` and ``right`` are what each person's group adds, and
    ``meeting`` what two groups add together; without groups the last three are absent.
    """

    base: float
    left: _Numbers | None = None
    right: _Numbers | None = None
    meeting: "Meeting | None" = None

    def of(self, left: _Places, right: _Places) -> _Numbers:
        """The weights before evidence of pairs of these persons."""
        weight: _Numbers = self.base + self.of_groups(left, right)
        return weight

    def of_groups(self, left: _Places, right: _Places) -> _Numbers:
        """That part of the weights that the groups of these persons add."""
        if self.left is None or self.right is None or self.meeting is None:
            return np.zeros(len(left))
        weight: _Numbers = self.left[left] + self.right[right] + self.meeting.of(left, right)
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
    told = groups.told
    nobody = np.zeros(len(groups.left), dtype=np.int64)
    often = _often(told, told[right], probability)
    return Prior(
        base=base,
        left=_of_side(groups.left, nobody, left, probability),
        right=_of_side(groups.right, told, right, probability) + np.log2(often)[told],
        meeting=_meeting(groups, often, left, right, probability),
    )


def _often(told: _Places, met: _Places, probability: _Numbers) -> _Numbers:
    """How much oftener those not told of, and those told of, have a partner than all have."""
    share = np.bincount(told, minlength=2) / max(len(told), 1)
    found = np.bincount(met, weights=probability, minlength=2)
    often: _Numbers = (found + DOUBTED) / (probability.sum() * share + DOUBTED)
    return often


def _of_side(group: _Places, told: _Places, place: _Places, probability: _Numbers) -> _Numbers:
    """By how many bits each person of a side is oftener with a partner than all are.

    Who is alone is counted in each group among those told of and not; few of a group are taken to
    be alone as all others are that were told of, or were not.
    """
    everybody = max(1 - probability.sum() / len(group), LEAST_ALONE)
    of_told = _alone(told, place, probability, np.full(len(told), everybody))
    both = group * 2 + told
    alone = _alone(both, place, probability, of_told)
    bits: _Numbers = np.log2(everybody) - np.log2(np.maximum(alone, LEAST_ALONE))
    return bits


def _alone(group: _Places, place: _Places, probability: _Numbers, usual: _Numbers) -> _Numbers:
    """For each person the share of their group that has no partner, held to a usual one."""
    size = np.bincount(group)
    met = np.bincount(group[place], weights=probability, minlength=len(size))
    alone: _Numbers = ((size - met)[group] + ANCHOR * usual) / (size[group] + ANCHOR)
    return alone


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """How often one person is of one group on the left side and of another on the right side.

    The other may be the same one. ``cells`` are the pairs of groups met, sorted, as the left one's
    number times ``count`` plus the right one's (see `_with_told`); ``met`` are the expected pairs.
    """

    groups: Groups
    count: int
    cells: _Places
    met: _Numbers
    chances: "_Chances"

    def of(self, left: _Places, right: _Places) -> _Numbers:
        """What the groups of these persons add together, in bits."""
        one, other = self.groups.left[left], _with_told(self.groups)[right]
        cell = one * self.count + other
        place = np.searchsorted(self.cells, cell)
        known = np.append(self.cells, -1)[place] == cell
        met = np.where(known, np.append(self.met, 0.0)[place], 0.0)
        chance = self.chances.of(one, other)
        bits: _Numbers = np.minimum(np.log2(met + DOUBTED) - np.log2(chance + DOUBTED), SPARE)
        return bits


def _with_told(groups: Groups) -> _Places:
    """The groups of the right side, each in two: those not told of and those told of."""
    return groups.right * 2 + groups.told


@dataclass(frozen=True, kw_only=True)
class _Chances:
    """How many pairs of one person two groups would hold by what base and evidence make of them.

    The evidence takes a group to be as common on either side as on both together: ``agreeing`` are
    the pairs that it stands for, by group of the right side. Two different groups weigh the same
    whichever they are, and an unknown one nothing: ``apart`` and ``unknown`` of the possible pairs
    of two persons. Persons of the right side count as often as the likes of them have a partner.
    """

    sizes: tuple[_Numbers, _Numbers]
    agreeing: _Numbers
    apart: float
    unknown: float

    def of(self, one: _Places, other: _Places) -> _Numbers:
        """Of groups of the left side and of the right one, these as `_with_told` has them."""
        possible = self.sizes[0][one] * self.sizes[1][other]
        is_known = (one > 0) & (other > 1)
        rate = np.where(is_known, self.apart, self.unknown)
        chances: _Numbers = np.where(
            is_known & (one == other // 2), self.agreeing[other], rate * possible
        )
        return chances


def _meeting(
    groups: Groups, often: _Numbers, left: _Places, right: _Places, probability: _Numbers
) -> Meeting:
    count = 2 * (int(max(groups.left.max(initial=0), groups.right.max(initial=0))) + 1)
    one, other = groups.left[left], _with_told(groups)[right]
    cells, place = np.unique(one * count + other, return_inverse=True)
    met = np.bincount(place, weights=probability, minlength=len(cells)).astype(np.float64)
    return Meeting(
        groups=groups, count=count, cells=cells, met=met,
        chances=_chances(groups, often, np.divmod(cells, count), met),
    )  # fmt: skip


def _chances(
    groups: Groups, often: _Numbers, of_cells: tuple[_Places, _Places], met: _Numbers
) -> _Chances:
    count = int(max(groups.left.max(initial=0), groups.right.max(initial=0))) + 1
    left, persons = (
        np.bincount(group, minlength=count).astype(np.float64)
        for group in (groups.left, groups.right)
    )
    common = (left + persons) / max(left[1:].sum() + persons[1:].sum(), 1.0)
    right = np.bincount(_with_told(groups), weights=often[groups.told], minlength=2 * count).astype(
        np.float64
    )
    is_known = (of_cells[0] > 0) & (of_cells[1] > 1)
    is_same = is_known & (of_cells[0] == of_cells[1] // 2)
    shared, known, same = (float(met[some].sum()) for some in (slice(None), is_known, is_same))
    possible = left.sum() * persons.sum()
    alike = np.repeat(left, 2) * right
    apart = left[1:].sum() * right[2:].sum() - alike[2:].sum()
    return _Chances(
        sizes=(left, right),
        agreeing=shared * (same / max(known, 1.0)) * alike / max(possible, 1.0)
        / np.maximum(np.repeat(common, 2), 1e-12),
        apart=(known - same) / max(float(apart), 1.0),
        unknown=shared / max(possible, 1.0),
    )  # fmt: skip
