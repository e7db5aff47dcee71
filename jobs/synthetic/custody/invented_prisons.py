"""The prisons of the world: all invented, as many as there were in 2006.

Real prisons are left out on purpose: nobody shall read an invented number as a fact about one.
"""

from typing import Final

import numpy as np
import pandas as pd

from jobs.synthetic.base import published_figures as published
from jobs.synthetic.base.random_draws import Flags, Floats, Ints, choose, sample, stream

_STARTS: Final = (
    "Ash", "Barn", "Brack", "Calder", "Cold", "Crow", "Dun", "East", "Elm", "Fal", "Farn", "Glen",
    "Hazel", "Heron", "Holm", "Ink", "Kest", "Lang", "Lark", "Long", "March", "Mill", "Nether",
    "North", "Oak", "Pen", "Raven", "Red", "Salt", "Stone", "Thorn", "Under", "West", "Win",
)  # fmt: skip
_ENDS: Final = ("mere", "gate", "hurst", "combe")
REMOVAL_CENTRES: Final = ("Harbour Point", "Fen Road", "Castle Cliff")
_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
_CENTRE_SHARE: Final = 0.62


def prisons(seed: int) -> pd.DataFrame:
    """Every prison and removal centre.

    Returns:
        ``prison_id``, ``prison_name``, ``is_removal_centre``, ``has_work``, and
        ``foreign_weight`` and ``british_weight``: how likely people are to be sent there.
    """
    rng = stream(seed, "prisons")
    names = [f"{start}{end}" for start in _STARTS for end in _ENDS]
    size = len(names)
    # A few prisons near ports and courts hold most foreign nationals.
    foreign = rng.permutation(1.0 / (np.arange(size) + 4.0))
    british = 0.4 + rng.random(size)
    work = np.ones(size, dtype=bool)
    quiet = np.argsort(foreign, kind="stable")[: size * 2 // 3]
    work[sample(rng, quiet, published.PRISONS_WITHOUT_WORK)] = False
    codes = [
        f"{_LETTERS[n // len(_LETTERS)]}{_LETTERS[n % len(_LETTERS)]}I"
        for n in range(size + len(REMOVAL_CENTRES))
    ]
    centres = len(REMOVAL_CENTRES)
    return pd.DataFrame(
        {
            "prison_id": codes,
            "prison_name": [
                *(f"HMP {name}" for name in names),
                *(f"{name} Removal Centre" for name in REMOVAL_CENTRES),
            ],
            "is_removal_centre": [False] * size + [True] * centres,
            "has_work": [*work, *[True] * centres],
            "foreign_weight": [*foreign, *[0.0] * centres],
            "british_weight": [*british, *[0.0] * centres],
        }
    )


def assign(
    rng: np.random.Generator, table: pd.DataFrame, *, is_british: Flags, is_detained: Flags
) -> Ints:
    """A prison (by position) for each person; most detainees go to a removal centre."""
    size = len(is_british)
    foreign = choose(rng, _weights(table, "foreign_weight"), size)
    british = choose(rng, _weights(table, "british_weight"), size)
    centre = choose(rng, table["is_removal_centre"].to_numpy(dtype=np.float64), size)
    to_centre = is_detained & (rng.random(size) < _CENTRE_SHARE)
    return np.where(to_centre, centre, np.where(is_british, british, foreign))


def _weights(table: pd.DataFrame, column: str) -> Floats:
    return table[column].to_numpy(dtype=np.float64)
