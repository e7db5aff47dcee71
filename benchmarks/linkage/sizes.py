"""How accuracy holds with the size of the registers, and what is lost where it does not.

The larger the registers, the more people there are whom the same evidence fits: the same pair is
less likely one person, and fewer pass the bar. Whether more is lost than that shows in the pairs
below the bar: if as many of them are true as their probabilities say, no other bar and no other sum
of the same evidence links more of them at the same precision. What was measured is kept, a file for
each world, so that a large one is not made again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

TITLE: Final = "Does accuracy fall with size?"
TEXT: Final = (
    "Worlds of so many persons in each register, default noise, by `python -m benchmarks.linkage "
    "measure sizes --sizes 150000:521,150000:522,150000:523,1000000:521`; no world of these seeds "
    "was looked at before. Of 150,000 persons half are in both registers, of 1,000,000 a tenth, "
    "because there were no more foreign prisoners: a prisoner meets twelve times as many people "
    "who are not him for each who is. Below the bar are pairs that no reason holds, from a "
    "probability of 0.05 to the bar: about as many of them are true as the probabilities say. A "
    "bar of 0.9 would link some of them, at the precision shown. Before and after, why, and what "
    "is left: [decision 26](decisions/0026-what-is-known-before-the-evidence.md). The other "
    "sections were measured before that decision."
)
REVIEWED: Final = (0.05, 0.98)
LOWER_BAR: Final = 0.9


@dataclass(frozen=True, kw_only=True)
class Linked:
    """Links of a world, marked ``is_true``, with the number of its true pairs and CPU seconds."""

    links: pd.DataFrame
    true_pairs: int
    seconds: float


def facts(linked: Linked) -> dict[str, float]:
    """What the table shows of one world."""
    links, true_pairs = linked.links, linked.true_pairs
    kept = links[links["outcome"] == "linked"]
    is_held = links["evidence"].str.contains('"held: ', regex=False)
    free = links[~is_held]
    below = free[free["probability"].between(*REVIEWED, inclusive="left")]
    lower = free[free["probability"] >= LOWER_BAR]
    return {
        "true pairs": true_pairs,
        "precision": kept["is_true"].mean(),
        "false links": (~kept["is_true"]).sum(),
        "recall": kept["is_true"].sum() / true_pairs,
        "recall with review": links["is_true"].sum() / true_pairs,
        "held, share of true pairs": (is_held & links["is_true"]).sum() / true_pairs,
        "below the bar": len(below),
        "below the bar: expected true": below["probability"].mean(),
        "below the bar: observed true": below["is_true"].mean(),
        "bar of 0.9: precision": lower["is_true"].mean(),
        "bar of 0.9: recall": lower["is_true"].sum() / true_pairs,
        "CPU seconds": linked.seconds,
    }


def measured(
    *, keep: Path, worlds: list[tuple[int, int]], night: Callable[[int, int], Linked]
) -> pd.DataFrame:
    """A column for each world, of these and of those kept.

    Args:
        keep: folder of what was measured before.
        worlds: persons in each register and seed of each.
        night: links the world of a seed with so many persons.
    """
    keep.mkdir(parents=True, exist_ok=True)
    for people, seed in worlds:
        file = keep / f"sizes-{people}-{seed}.csv"
        if not file.exists():
            found = {"people": people, "seed": seed, **facts(night(seed, people))}
            pd.DataFrame([found]).to_csv(file, index=False)
    rows = pd.concat([pd.read_csv(path) for path in sorted(keep.glob("sizes-*-*.csv"))])
    rows = rows.sort_values(["people", "seed"])
    rows.index = pd.Index([f"{row.people:,}, seed {row.seed}" for row in rows.itertuples()])
    shown = rows.drop(columns=["people", "seed"])
    counts = [name for name in shown if name in {"true pairs", "false links", "below the bar"}]
    whole = shown.round(5).round({"CPU seconds": 1}).astype(dict.fromkeys(counts, "int64"))
    return whole.astype(object).T
