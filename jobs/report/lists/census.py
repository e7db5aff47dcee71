"""The census: how many people, and how many foreign nationals, each prison holds tonight.

In 2006 many prisons could not say (HC 1079). Every prison of the register is listed, also one that
holds nobody, because a prison that falls silent must be seen.
"""

from collections.abc import Mapping
from typing import Final

import pandas as pd
import pyarrow as pa

from jobs.contract import prison, results
from jobs.report.published import NONE, Frames
from jobs.runtime.outgoing import clean

SENTENCED: Final = frozenset({"SENTENCED", "INDETERMINATE_SENTENCE", "RECALL"})
REMAND: Final = frozenset({"REMAND", "CONVICTED_UNSENTENCED"})
"""Remand as published statistics count it: untried, and convicted but not yet sentenced."""


def take_census(*, tables: Mapping[str, pa.Table], assessments: pd.DataFrame) -> pd.DataFrame:
    """Count people in custody for each prison, as `results.CENSUS`.

    A person counts once in a prison, whatever the number of episodes open there. People whose
    prison is not recorded are counted under ``(none)``; a prison code that the register does not
    explain keeps its code and has no name.
    """
    held = _held(prison.EPISODES.of(tables), assessments)
    prisons = prison.PRISONS.frame(prison.PRISONS.of(tables))
    prisons = prisons.drop_duplicates("prison_id").set_index("prison_id")
    codes = pd.Index(
        sorted({*prisons.index, *held["prison_id"].unique()}), name="prison_id", dtype="str"
    )
    frame = prisons.reindex(codes)[
        ["prison_name", "is_removal_centre", "has_foreign_national_work"]
    ]
    foreign = held["is_foreign_national"] & ~held["is_nationality_unknown"]
    counts = {
        "people": pd.Series(True, index=held.index),
        "foreign_nationals": foreign,
        "nationality_unknown": held["is_nationality_unknown"],
        "sentenced_foreign_nationals": foreign & held["legal_status"].isin(SENTENCED),
        "remand_foreign_nationals": foreign & held["legal_status"].isin(REMAND),
        "due": held["is_due"],
    }
    for name, mask in counts.items():
        people = held[mask.astype("bool")].groupby("prison_id")["prisoner_number"].nunique()
        frame[name] = people.reindex(codes, fill_value=0).astype("Int64")
    return results.CENSUS.frame(results.CENSUS.arrow(frame.reset_index()))


def prison_names(facts: Frames) -> dict[str, str]:
    """What readers see of each prison that has a name: ``Ashdown (AAI)``, by its code."""
    census = results.CENSUS.of(facts).dropna(subset="prison_name")
    names = zip(census["prison_id"], census["prison_name"], strict=True)
    return {str(code): f"{clean(str(name))} ({clean(str(code))})" for code, name in names}


def _held(episodes: pa.Table, assessments: pd.DataFrame) -> pd.DataFrame:
    legal = episodes.select(["episode_id", "legal_status"]).to_pandas()
    legal = legal.drop_duplicates("episode_id")
    wanted = [
        "episode_id",
        "prisoner_number",
        "prison_id",
        "status",
        "is_foreign_national",
        "is_nationality_unknown",
        "is_due",
    ]
    held = assessments.loc[assessments["is_in_custody"], wanted]
    held = held.merge(legal, on="episode_id", how="left")
    held["prison_id"] = held["prison_id"].fillna(NONE)
    held["is_due"] = held["is_due"].fillna(held["status"].eq("DUE")).astype("bool")
    return held
