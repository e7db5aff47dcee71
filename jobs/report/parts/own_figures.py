"""Figures of a part: each that counts rows of a list, counted over the part's own rows.

Every number of a copy so opens the rows that it counts. What rests on more than the part's rows (a
range, staff, links) has no number of its own there.
"""

import pandas as pd

from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS
from jobs.report.figures.figure import Figure
from jobs.report.figures.registry import FIGURE_BY_ID, FIGURES
from jobs.report.lists.drill_down import BY_STATUS, OF_PEOPLE
from jobs.report.lists.list_rows import ListRows, is_held
from jobs.report.membership import is_among
from jobs.report.published import ALL


def own_figures(lists: ListRows) -> pd.DataFrame:
    """The frame of `results.FIGURES` for a part, without ranges, sorted by key.

    Args:
        lists: the case lists of the part's own rows.
    """
    assessments = results.ASSESSMENTS.of(lists.facts)
    counts = {BY_STATUS: assessments["status"].value_counts()}
    for figure in FIGURES:
        if figure.on and is_held(CASE_LISTS[figure.on], lists.facts):
            rows = lists.of(CASE_LISTS[figure.on])
            counts[figure.id] = _people(rows, assessments) if figure.id in OF_PEOPLE else _counted(
                figure, rows
            )  # fmt: skip
    frame = pd.concat(
        [
            pd.DataFrame({"figure_id": id_, "group_value": found.index, "value": found.to_numpy()})
            for id_, found in counts.items()
        ],
        ignore_index=True,
    )
    frame["unit"] = frame["figure_id"].map({id_: each.unit for id_, each in FIGURE_BY_ID.items()})
    frame = frame.assign(
        group_value=frame["group_value"].astype("str"),
        value=frame["value"].astype("float64"),
        low=pd.Series(float("nan"), index=frame.index),
        high=pd.Series(float("nan"), index=frame.index),
    ).sort_values(["figure_id", "group_value"], ignore_index=True)
    return results.FIGURES.frame(results.FIGURES.arrow(frame))


def _counted(figure: Figure, rows: pd.DataFrame) -> "pd.Series[int]":
    counted = rows[figure.rows(rows).fillna(False).astype("bool")]
    if figure.by is None:
        return pd.Series({ALL: len(counted)})
    return figure.by(counted).astype("str").value_counts()


def _people(rows: pd.DataFrame, assessments: pd.DataFrame) -> "pd.Series[int]":
    known = is_among(assessments["episode_id"], rows["episode_id"])
    return pd.Series({ALL: assessments.loc[known, "identity_id"].nunique()})
