"""How near the most likely number comes to the truth, over invented worlds of several sizes.

`python -m benchmarks.proofs estimate` runs it. The shares behind the number were chosen on worlds
of the seeds 90001 to 90003; the seeds here are used by nothing else.
"""

from pathlib import Path
from typing import Final

import pandas as pd

from benchmarks.ranges import kept, measured
from jobs.report.figures.most_likely import MOST_LIKELY

FIRST_SEED: Final = 1_101
WORLDS: Final = ((10_000, 30), (20_000, 4), (60_000, 1))
"""How many worlds of how many people, of each noise."""
NOISES: Final = ("default", "harsh")
TITLE: Final = "The most likely number"
_HEAD: Final = """
Written by `{command}`: worlds of the seeds {first} and up, with so many people in each register
beside the missed. The list counts whom nothing certain clears; the error is that of the number in
a world, in per cent of the truth; the range is the list's.

| people | noise | worlds | truth | on the list | most likely | mean error, % | worst, % | \
list's error, % | truth in the range | low | high |
|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
"""


def worlds(keep: Path) -> pd.DataFrame:
    """The missed of each world, listed and most likely, beside the truth and the range."""
    for people, many in WORLDS:
        for noise in NOISES:
            seeds = range(FIRST_SEED, FIRST_SEED + many)
            measured(seeds=seeds, people=people, noise=noise, keep=keep)
    rows = kept(keep)
    sizes = dict(WORLDS)
    rows = rows[rows["people"].isin(sizes)]
    rows = rows[rows["seed"].between(FIRST_SEED, FIRST_SEED + rows["people"].map(sizes) - 1)]
    key = ["people", "noise", "seed"]
    listed = rows[rows["figure"].eq("missed.total")].set_index(key)
    likely = rows[rows["figure"].eq(MOST_LIKELY)].set_index(key)["value"]
    found = listed.drop(columns="figure").rename(columns={"value": "listed"})
    return found.assign(likely=likely).reset_index()


def estimate_section(rows: pd.DataFrame, *, command: str) -> str:
    """What was found, as a section of a page."""
    truth = rows["truth"]
    rows = rows.assign(
        error=(rows["likely"] - truth).abs() / truth * 100,
        list_error=(rows["listed"] - truth).abs() / truth * 100,
        inside=truth.between(rows["low"], rows["high"]),
    )
    table = rows.groupby(["people", "noise"], sort=True).agg(
        worlds=("seed", "size"), truth=("truth", "mean"), listed=("listed", "mean"),
        likely=("likely", "mean"), error=("error", "mean"), worst=("error", "max"),
        list_error=("list_error", "mean"), inside=("inside", "sum"), low=("low", "mean"),
        high=("high", "mean"),
    )  # fmt: skip
    lines = [
        f"| {r.people:,} | {r.noise} | {r.worlds} | {r.truth:,.0f} | {r.listed:,.1f} | "
        f"{r.likely:,.1f} | {r.error:.2f} | {r.worst:.2f} | {r.list_error:.2f} | {r.inside} | "
        f"{r.low:,.1f} | {r.high:,.1f} |"
        for r in table.reset_index().itertuples()
    ]
    return _HEAD.format(command=command, first=FIRST_SEED) + "\n".join(lines) + "\n"
