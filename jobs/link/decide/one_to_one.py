"""From weights of pairs to probabilities, given that a person has at most one partner.

Scored one by one, two people who fit the same record equally well would both be near-certain.
Here each pair also answers to its rivals: the probability of a pair is its share among all ways
of pairing people off, each person with one partner or none. The shares are computed by
sum-product message passing on the graph of pairs, which is exact where pairs form no ring and
settles quickly where they do. Its sums run in the order of the persons' keys, so the result does
not depend on the order of rows.

The number of people that both sides share is not assumed: it is the one that the probabilities
add up to, and so is who of which group has a partner (see `priors`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from jobs.link.model.priors import LEAST_ALONE, Groups, Prior, prior_of_groups

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

ROUNDS: Final = 40
"""Message rounds: rings of near-equal rivals settle within ten, the rest is reserve."""
STEPS: Final = 60
"""Steps to find the number of shared people; each is one short message passing."""
SETTLED: Final = 1e-10
HOPELESS: Final = -12.0
"""Pairs with odds below 1 in 4,096 are left out of the messages: their share is nought."""
LARGEST_WEIGHT: Final = 200.0
"""Weights are held to what fits a 64-bit number; 2 to the 200th is certainty anyway."""


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Candidate pairs as places in both sides' keys, sorted, with the evidence in bits.

    ``groups``: of everybody, if who is alone may differ between groups.
    """

    left: Places
    right: Places
    weight: Numbers
    left_count: int
    right_count: int
    groups: Groups | None = None


@dataclass(frozen=True, kw_only=True)
class Posterior:
    """Probabilities of the pairs, the prior that led to them, and the shared people."""

    probability: Numbers
    prior: Prior
    shared: float


def posterior(pairs: Pairs, *, prior: float | None = None) -> Posterior:
    """The probability of each pair, given all others.

    Args:
        pairs: the candidates; any pair not among them is taken to be impossible.
        prior: weight in bits of being one person before evidence; found from the pairs if absent.
    """
    if not len(pairs.weight):
        return Posterior(probability=np.zeros(0), prior=Prior(base=prior or 0.0), shared=0.0)
    found = _prior(pairs) if prior is None else Prior(base=prior)
    probability = _share(pairs, found)
    return Posterior(probability=probability, prior=found, shared=float(probability.sum()))


def _prior(pairs: Pairs) -> Prior:
    """The prior at which the expected number of pairs equals the number that it stands for."""
    smaller = min(pairs.left_count, pairs.right_count)
    shared = 0.1 * smaller
    found = Prior(base=prior_for(pairs, shared))
    for _ in range(STEPS):
        before = shared
        probability = _share(pairs, found)
        shared = float(probability.sum())
        found = Prior(base=prior_for(pairs, shared))
        if pairs.groups is not None:
            found = prior_of_groups(
                base=found.base,
                groups=pairs.groups,
                left=pairs.left,
                right=pairs.right,
                probability=probability,
            )
        if abs(shared - before) <= 1e-6 * smaller:
            break
    return found


def prior_for(pairs: Pairs, shared: float) -> float:
    """The weight in bits of a pair before evidence, if ``shared`` people are on both sides.

    If people are paired off at random, the odds of one pair against both staying alone are
    shared : (left alone x right alone).
    """
    alone_left = max(pairs.left_count - shared, LEAST_ALONE * pairs.left_count)
    alone_right = max(pairs.right_count - shared, LEAST_ALONE * pairs.right_count)
    return float(np.log2(max(shared, 0.5)) - np.log2(alone_left) - np.log2(alone_right))


def _share(pairs: Pairs, prior: Prior) -> Numbers:
    total = pairs.weight + prior.of(pairs.left, pairs.right)
    kept = np.flatnonzero(total > HOPELESS)
    odds = np.exp2(np.minimum(total[kept], LARGEST_WEIGHT))
    together = odds * _freedom(pairs.left[kept], pairs.right[kept], odds)
    share = np.zeros_like(total)
    share[kept] = together / (1.0 + together)
    return share


def _freedom(left: Places, right: Places, odds: Numbers) -> Numbers:
    """How free both persons of each pair are of all others, from nought to one.

    Who is told what was told before says what was said before: after a few rounds all but some
    rings of rivals are silent, and only these are gone through.
    """
    from_left, from_right = np.ones_like(odds), np.ones_like(odds)
    new = everybody = np.arange(len(odds))
    for round_ in range(ROUNDS):
        answered, _ = _tell(right, new, odds * from_left, told=from_right)
        asked = answered if round_ else everybody
        new, most = _tell(left, asked, odds * from_right, told=from_left)
        if most < SETTLED:
            break
    freedom: Numbers = from_left * from_right
    return freedom


def _tell(person: Places, new: Places, flow: Numbers, *, told: Numbers) -> tuple[Places, float]:
    """Tell the persons of ``new`` pairs how free they are of the flow of each other pair.

    ``told`` is what was said before; what is said now is written there.

    Returns:
        The pairs that are told something else than before, and the largest difference.
    """
    if not len(new):
        return new, 0.0
    asked = np.zeros(int(person.max()) + 1, dtype=bool)
    asked[person[new]] = True
    of = np.flatnonzero(asked[person])
    now = 1.0 / (1.0 + _others(person[of], flow[of]))
    moved = np.abs(now - told[of])
    told[of] = now
    return of[moved > 0.0], float(moved.max())


def _others(person: Places, flow: Numbers) -> Numbers:
    """For each pair, the flow of the other pairs of its person.

    The total less the pair's own flow would lose everything beside a strong pair to rounding, so
    the strongest is told the sum of the rest.
    """
    order = np.argsort(person, kind="stable")
    starts = np.flatnonzero(np.diff(person[order], prepend=-1))
    sizes = np.diff(np.append(starts, len(person)))

    def spread(sums: Numbers) -> Numbers:
        return np.repeat(sums, sizes)

    def total(ordered: Numbers) -> Numbers:
        return spread(np.add.reduceat(ordered, starts))

    ordered = flow[order]
    largest = spread(np.maximum.reduceat(ordered, starts))
    is_largest = ordered == largest
    rest = total(np.where(is_largest, 0.0, ordered))
    ties = total(is_largest.astype(np.float64))
    without = np.where(
        is_largest,
        rest + (ties - 1.0) * largest,
        rest + ties * largest - ordered,
    )
    result = np.empty_like(flow)
    result[order] = np.maximum(without, 0.0)
    return result


def one_to_one(
    pairs: Pairs, wanted: npt.NDArray[np.bool_], score: Numbers
) -> npt.NDArray[np.bool_]:
    """Keep of the ``wanted`` pairs those that are the best of both of their persons."""
    rank = np.lexsort((pairs.right, pairs.left, -score))
    rank = rank[wanted[rank]]
    first_left = np.zeros(len(score), dtype=bool)
    first_right = np.zeros(len(score), dtype=bool)
    first_left[rank[np.unique(pairs.left[rank], return_index=True)[1]]] = True
    first_right[rank[np.unique(pairs.right[rank], return_index=True)[1]]] = True
    kept: npt.NDArray[np.bool_] = first_left & first_right
    return kept
