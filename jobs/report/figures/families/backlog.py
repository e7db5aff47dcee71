"""Backlog: the criminal cases open on the night."""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from jobs.contract import codes as c
from jobs.contract import results
from jobs.contract.bands import AGE_NOT_RECORDED, AGES
from jobs.contract.case_lists import OPEN_CASES
from jobs.report.figures.conditions import Condition, column, everything, idle
from jobs.report.figures.figure import CASES, CASEWORK, OPEN, Figure
from jobs.report.figures.inputs import FigureInputs
from jobs.report.figures.ranges import RowUncertainty, count_rows
from jobs.report.figures.set_aside import CaseworkSetAside
from jobs.report.membership import is_among
from jobs.report.published import NONE

AGE_ORDER: Final = (*AGES.names, AGE_NOT_RECORDED)
STAGES: Final = (
    *(entry.code for entry in c.STAGE.codes if entry.code not in c.TERMINAL_STAGES),
    NONE,
)
IDLE_DAYS: Final = (30, 76)
"""Days without any activity that are worth a number."""


def unallocated(frame: pd.DataFrame) -> pd.Series:
    """No named caseworker holds the case."""
    return ~frame["is_allocated"]


def _unread(casework: CaseworkSetAside, case_ids: pd.Series, *, is_idle: bool) -> RowUncertainty:
    """What quarantine may hold of the open cases, in any group.

    A case that cannot be read may be open; one that another row contradicts may be closed, or open
    though it seems closed. An event that cannot be read may be the latest of its case.
    """
    closed = casework.contested - set(case_ids)
    may_leave = is_among(case_ids, casework.contested)
    return RowUncertainty(
        may_leave=may_leave | is_among(case_ids, casework.active) if is_idle else may_leave,
        may_enter=may_leave,
        other_group=may_leave | is_among(case_ids, casework.active),
        unread_out=casework.events if is_idle else 0,
        unread_in=casework.cases + len(closed),
    )


def _figure(
    id_: str,
    title: str,
    definition: str,
    rows: Condition = everything,
    *,
    by: str = "",
    shown: Sequence[str] = (),
    groups: str = "",
    is_idle: bool = False,
) -> Figure:
    def compute(inputs: FigureInputs) -> pd.DataFrame:
        frame = inputs.of(results.BACKLOG)
        return count_rows(
            counted=rows(frame),
            uncertainty=_unread(inputs.uncertainty.casework, frame["case_id"], is_idle=is_idle),
            by=frame[by] if by else None,
            groups=shown,
        )

    return Figure(
        id=f"backlog.{id_}",
        title=title,
        definition=definition,
        population=OPEN,
        unit=CASES,
        owner=CASEWORK,
        compute=compute,
        groups=groups,
        on=OPEN_CASES.name,
        rows=rows,
        by=column(by) if by else None,
    )


FIGURES: Final = (
    _figure("open", "Open cases", "Criminal cases open on the night."),
    _figure(
        "by_stage",
        "Open cases by stage",
        "Open criminal cases by the stage they are in.",
        by="stage",
        shown=STAGES,
        groups="stage",
    ),
    _figure(
        "by_age",
        "Open cases by age",
        "Open criminal cases by the time since they were opened.",
        by="age_band",
        shown=AGE_ORDER,
        groups="age band",
    ),
    _figure(
        "by_team",
        "Open cases by team",
        "Open criminal cases by the team that holds them.",
        by="team",
        groups="team",
    ),
    _figure(
        "unallocated",
        "Unallocated cases",
        "Open criminal cases that no named caseworker holds.",
        unallocated,
    ),
    *(
        _figure(
            f"idle_{days}",
            f"No activity for {days} days",
            f"Open criminal cases in which nothing is recorded for more than {days} days.",
            idle(days),
            is_idle=True,
        )
        for days in IDLE_DAYS
    ),
)
