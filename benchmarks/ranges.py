"""Whether the truth lies in the range that a figure carries, over invented worlds.

::

    python -m benchmarks.ranges --keep FOLDER [--seeds 30] [--first 601] [--people 20000]
        [--noise default]

Runs the row rules of the check, link, assess and report on each world, and looks for the true
number of each headline figure in its range. A seed's result is kept in the folder, so the command
can be stopped and run again; the seeds are used by nothing else. The truth of a figure by time to
release takes the night's release dates: only scope and consideration are judged.
"""

import argparse
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.assess import assess, load_policy
from jobs.check import accept_rows
from jobs.check.row_stage import CheckedRows
from jobs.contract import results
from jobs.link import link_registers
from jobs.report import build_report
from jobs.synthetic.world import build_world

NIGHT: Final = date(2006, 4, 25)
FIRST_SEED: Final = 601
SEEDS: Final = 30
PEOPLE: Final = 20_000
FIGURES: Final = (
    "missed.total", "missed.most_likely", "missed.people", "missed.never_referred",
    "missed.referred_not_considered", "due.total", "due.within_7", "due.within_30",
)  # fmt: skip


def measured(*, seeds: range, people: int, noise: str, keep: Path) -> pd.DataFrame:
    """True number, value and range of each figure in each world, taken from the folder if there."""
    keep.mkdir(parents=True, exist_ok=True)
    found = []
    for seed in seeds:
        path = keep / f"ranges-{noise}-{people}-{seed}.csv"
        if not path.is_file():
            judged(seed=seed, people=people, noise=noise).to_csv(path, index=False)
        found.append(pd.read_csv(path))
    return pd.concat(found, ignore_index=True)


def kept(folder: Path) -> pd.DataFrame:
    """Every result kept in a folder, with its ``noise`` and number of ``people``."""
    found = []
    for path in sorted(folder.glob("ranges-*.csv")):
        _, noise, people, _ = path.stem.split("-")
        found.append(pd.read_csv(path).assign(noise=noise, people=int(people)))
    return pd.concat(found, ignore_index=True)


def judged(*, seed: int, people: int, noise: str) -> pd.DataFrame:
    """One world through check, link, assess and report: ``figure``, ``truth`` and the range."""
    world = build_world(seed=seed, people=people, as_of=NIGHT, noise=noise)
    checked = accepted(dict(world.tables))
    linked = link_registers(
        tables=checked.accepted,
        decisions=results.DECISIONS.empty(),
        previous_identities=results.IDENTITIES.empty(),
    )
    assessed = assess(
        tables=checked.accepted, links=linked.links, identities=linked.identities,
        as_of=NIGHT, policy=load_policy(),
    )  # fmt: skip
    facts = {
        results.ROW_COUNTS.full_name: checked.row_counts,
        results.QUARANTINE.full_name: checked.quarantine,
        results.CHECK_RESULTS.full_name: checked.results,
        results.LINKS.full_name: linked.links,
        results.IDENTITIES.full_name: linked.identities,
        results.ASSESSMENTS.full_name: assessed.assessments,
        results.RELEASES.full_name: assessed.releases,
        results.REASONS.full_name: assessed.reasons,
        results.FLAGS.full_name: assessed.flags,
        results.DISCREPANCIES.full_name: assessed.discrepancies,
    }
    figures = build_report(tables=checked.accepted, facts=facts, as_of=NIGHT).figures
    truth = true_numbers(world.truth["episodes"].to_pandas(), assessed.assessments)
    all_ = figures[figures["group_value"] == "(all)"].set_index("figure_id")
    rows = all_.loc[list(FIGURES), ["value", "low", "high"]].reset_index(names="figure")
    rows["truth"] = rows["figure"].map(truth)
    return rows.assign(seed=seed)


def accepted(tables: dict[str, pa.Table]) -> CheckedRows:
    """The rows that the check accepts, without its suite, which changes none."""
    return accept_rows(tables=tables, as_of=NIGHT)


def true_numbers(episodes: pd.DataFrame, assessments: pd.DataFrame) -> dict[str, int]:
    """What the headline figures would be if everything were known."""
    days = episodes["episode_id"].map(assessments.set_index("episode_id")["days_to_release"])
    days = days.astype("float64")
    due = episodes["is_due"]
    missed = int(episodes["is_missed"].sum())
    return {
        "missed.total": missed,
        "missed.most_likely": missed,
        "missed.people": int(episodes.loc[episodes["is_missed"], "person"].nunique()),
        "missed.never_referred": int((episodes["status"] == "NOT_REFERRED").sum()),
        "missed.referred_not_considered": int(
            (episodes["status"] == "REFERRED_NOT_CONSIDERED").sum()
        ),
        "due.total": int(due.sum()),
        "due.within_7": int((due & (days <= 7)).sum()),
        "due.within_30": int((due & (days <= 30)).sum()),
    }


def coverage(rows: pd.DataFrame) -> pd.DataFrame:
    """For each figure: worlds whose truth lies in the range, mean value, truth, width and bias."""
    rows = rows.assign(
        inside=(rows["low"] <= rows["truth"]) & (rows["truth"] <= rows["high"]),
        width=rows["high"] - rows["low"],
        above=rows["value"] - rows["truth"],
    )
    table = rows.groupby("figure", sort=False).agg(
        worlds=("inside", "size"), inside=("inside", "sum"), truth=("truth", "mean"),
        value=("value", "mean"), low=("low", "mean"), high=("high", "mean"),
        width=("width", "mean"), above=("above", "mean"),
    )  # fmt: skip
    shown = table.round(1).astype(object)
    shown[["worlds", "inside"]] = table[["worlds", "inside"]].astype(np.int64)
    return shown.rename(columns={"inside": "truth in the range", "above": "value above the truth"})


def main() -> None:
    """Read the command line, run the worlds and print the coverage."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--first", type=int, default=FIRST_SEED)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--noise", default="default")
    given = parser.parse_args()
    seeds = range(given.first, given.first + given.seeds)
    rows = measured(seeds=seeds, people=given.people, noise=given.noise, keep=given.keep)
    print(coverage(rows).to_string())  # noqa: T201 - a command


if __name__ == "__main__":
    main()
