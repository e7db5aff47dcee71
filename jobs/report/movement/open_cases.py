"""Why the number of open cases moved: which cases came into the backlog, which left it, and why.

Open cases are cases and not custody episodes, so they have no part in `results.MOVEMENT`. Their
causes follow from the backlog of both publications and the steps of casework, case by case.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from jobs.contract import results
from jobs.contract.case_lists import OPEN_CASES
from jobs.report.membership import is_among
from jobs.report.published import Frames, if_held

OPENED: Final = "opened since"
KNOWN_LATE: Final = "opened before, recorded or opened again since"
DEPORTED: Final = "removed from the country since"
DECIDED: Final = "closed after a decision since"
CLOSED: Final = "closed, or no longer in the register as a criminal case"


@dataclass(frozen=True, kw_only=True)
class OpenCasesMoved:
    """From the backlog of one publication to that of another; ``opening`` + changes = ``closing``.

    ``cases`` has a row for each case that came or went: ``case_id``, ``change`` (1 or -1),
    ``cause`` in words, ``team`` and ``stage`` (those it left with, or has now), sorted.
    """

    figure_id: str
    before: date
    opening: int
    closing: int
    cases: pd.DataFrame


def open_cases_moved(*, facts: Frames, before: pd.DataFrame, day: date) -> OpenCasesMoved:
    """Explain the change of the open cases since an earlier publication.

    Args:
        facts: backlog, and casework where the publication has it, by full name.
        before: the backlog of the publication compared with.
        day: its night.
    """
    now = results.BACKLOG.of(facts)
    came = now[~is_among(now["case_id"], before["case_id"])]
    went = before[~is_among(before["case_id"], now["case_id"])]
    since = pd.Timestamp(day)
    opened = came["opened_date"].gt(since).fillna(False).astype("bool")
    parts = [
        came.assign(change=1, cause=np.where(opened, OPENED, KNOWN_LATE)),
        went.assign(change=-1, cause=_ended(went["case_id"], facts, since)),
    ]
    columns = ["case_id", "change", "cause", "team", "stage"]
    cases = pd.concat([part[columns] for part in parts], ignore_index=True)
    return OpenCasesMoved(
        figure_id=OPEN_CASES.total,
        before=day,
        opening=len(before),
        closing=len(now),
        cases=cases.astype({"change": "int64", "cause": "str"}).sort_values(
            ["change", "cause", "case_id"], ascending=[False, True, True], ignore_index=True
        ),
    )


def _ended(cases: pd.Series, facts: Frames, since: pd.Timestamp) -> pd.Series:
    """How each of these cases ended, as far as casework since then tells."""
    ended = pd.Series(CLOSED, index=cases.index)
    steps = if_held(results.CASEWORK, facts)
    if steps is None:
        return ended
    lately = steps[steps["step_date"].gt(since) | steps["recorded_date"].gt(since)]
    removed, decided = (
        is_among(cases, lately.loc[lately["step"].eq(step), "case_id"].dropna())
        for step in ("REMOVAL", "DECISION")
    )
    return ended.mask(decided, DECIDED).mask(removed, DEPORTED)
