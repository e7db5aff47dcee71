"""How accuracy holds with the size of the registers, with narrower keys and without.

A blocking key that is too common for its rule is left out, or met by narrower keys: the larger the
registers, the more keys are too common. Each world is linked both ways; what was measured is kept,
a file for each world, so that a large one is not made again.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from unittest import mock

import pandas as pd

from jobs.link.block import blocking_rules

TITLE: Final = "Does accuracy fall with size?"
TEXT: Final = (
    "Worlds of so many persons in each register, half of them in both, default noise, by "
    "`python -m benchmarks.linkage measure sizes --sizes 150000,1000000`. Keys that are too common "
    "for their rule are met by narrower ones (the rule's key with one more field), or by none."
)
WAYS: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = {
    "narrower keys": blocking_rules.NARROWING,
    "no narrower keys": (),
}
SHOWN: Final = ("precision", "recall", "recall with review", "CPU seconds")


def measured(
    *, keep: Path, sizes: list[int], seeds: list[int], scores: Callable[..., Mapping[str, float]]
) -> pd.DataFrame:
    """A row for each size, seed and way, of these worlds and of those kept.

    Args:
        keep: folder of what was measured before.
        sizes: persons in each register.
        seeds: of the worlds of each size.
        scores: what a world of ``seed`` and ``people`` gives.
    """
    keep.mkdir(parents=True, exist_ok=True)
    for people in sizes:
        for seed in seeds:
            file = keep / f"sizes-{people}-{seed}.csv"
            if not file.exists():
                rows = []
                for way, fields in WAYS.items():
                    with mock.patch.object(blocking_rules, "NARROWING", fields):
                        found = scores(seed=seed, people=people)
                    rows.append({"people": people, "seed": seed, "way": way, **found})
                pd.DataFrame(rows).to_csv(file, index=False)
    rows = pd.concat([pd.read_csv(path) for path in sorted(keep.glob("sizes-*-*.csv"))])
    rows = rows.sort_values(["people", "seed", "way"])
    rows.index = [f"{r.people:,}, seed {r.seed}, {r.way}" for r in rows.itertuples()]
    return rows[list(SHOWN)].round({**dict.fromkeys(SHOWN, 5), "CPU seconds": 1})
