"""Seeded random draws: every part of the world draws from a stream of its own.

A stream depends on the seed and the part's name only, so a change in one part leaves the others
as they were, and threads or row order cannot show.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from jobs.runtime.files import text_digest

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]


def stream(seed: int, *part: str) -> np.random.Generator:
    """The generator of random numbers of one part of the world."""
    return np.random.Generator(np.random.PCG64(int(text_digest(str(seed), *part), 16)))


def choose(rng: np.random.Generator, weights: npt.ArrayLike, size: int) -> Ints:
    """Positions drawn with the given weights, which need not sum to 1."""
    bounds = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn = np.searchsorted(bounds, rng.random(size) * bounds[-1], side="right")
    return np.asarray(np.minimum(drawn, len(bounds) - 1), dtype=np.int64)


def some(rng: np.random.Generator, share: float, size: int) -> Flags:
    """Flags that are true with probability ``share``."""
    return rng.random(size) < share


def sample(rng: np.random.Generator, among: npt.NDArray[np.integer], count: int) -> Ints:
    """``count`` different members of ``among`` (all of them, if it holds fewer), sorted."""
    return np.sort(rng.permutation(among)[:count]).astype(np.int64)


def falling(count: int) -> Floats:
    """Weights that fall with the rank, as the frequencies of names do."""
    return np.reciprocal(np.arange(6, count + 6, dtype=np.float64))


def between(rng: np.random.Generator, first: npt.ArrayLike, last: npt.ArrayLike) -> Ints:
    """Whole numbers between ``first`` and ``last``, both included, element by element.

    Where ``last`` lies before ``first`` the answer is ``first``.
    """
    low, high = np.asarray(first, dtype=np.int64), np.asarray(last, dtype=np.int64)
    low, high = np.broadcast_arrays(low, high)
    width = np.maximum(high - low, 0) + 1
    drawn: Ints = low + np.minimum((rng.random(low.shape) * width).astype(np.int64), width - 1)
    return drawn


def spread(counts: Mapping[int, int], rng: np.random.Generator) -> Ints:
    """Each key as often as its count says, in random order."""
    keys = np.array(list(counts), dtype=np.int64)
    return rng.permutation(np.repeat(keys, list(counts.values())))
