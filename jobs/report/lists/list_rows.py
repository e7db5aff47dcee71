"""The rows of a case list, as `jobs.contract.case_lists` declares it."""

import pandas as pd

from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS
from jobs.contract.results.case_list import CaseList
from jobs.report.published import Frames
from jobs.report.release_rows import releases_held
from jobs.runtime.errors import BadInput


def list_named(name: str) -> CaseList:
    """The list of this name.

    Raises:
        BadInput: there is no such list.
    """
    if name not in CASE_LISTS:
        raise BadInput(f"list [{name}]", "no such list", f"use one of: {', '.join(CASE_LISTS)}")
    return CASE_LISTS[name]


def rows_of(listed: CaseList, facts: Frames) -> pd.DataFrame:
    """The cases that the list's total figure counts: its fields, in its order.

    Args:
        listed: one of `CASE_LISTS`.
        facts: frames of a publication by full name; `CaseList.tables` are read.
    """
    frame = releases_held(facts) if listed.table is results.RELEASES else listed.table.of(facts)
    frame = frame[listed.selects(frame)]
    if listed.beside is not None:
        further = [name for name in listed.fields if name not in frame.columns]
        episodes = listed.beside.of(facts).set_index("episode_id")[further]
        said = episodes.reindex(frame["episode_id"]).set_axis(frame.index)
        frame = pd.concat([frame, said], axis="columns")
    return frame[list(listed.fields)].sort_values(
        list(listed.order),
        ascending=list(listed.order.values()),
        ignore_index=True,
        na_position="last",
    )
