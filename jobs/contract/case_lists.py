"""The case lists, each declared once: which rows stand on it, in which order, under which headings.

Command line, pages, workbook, views, drill-down and the checks on results go through `CASE_LISTS`.
A new list is a new entry, and a figure (``jobs/report/figures``) that counts its rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from jobs.contract import codes as c
from jobs.contract.results.assessed import ASSESSMENTS, MISSED_STATUSES
from jobs.contract.results.reported import BACKLOG
from jobs.contract.schema import Table

Words = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class CaseList:
    """A list of cases: what is on it, and how it reads.

    ``name`` is what `cases --list` takes and the page's file is called; ``label`` stands in the
    menu and on the workbook's tab, ``title`` over the page, ``caption`` over the table (the title
    unless given), ``each`` over the rows. ``view`` is its view in the schema ``report``.

    ``statuses`` select the rows of ``table``; none takes them all. ``total`` is the figure that
    counts every row. ``order`` says by which fields the rows are sorted, True for rising; what is
    not known comes last. ``fields`` are given as CSV, ``headings`` name those that readers see,
    ``words`` say values of a field otherwise than its codes do.
    """

    name: str
    label: str
    title: str
    each: str
    view: str
    table: Table
    total: str
    order: Mapping[str, bool]
    fields: tuple[str, ...]
    headings: Words
    statuses: frozenset[str] = frozenset()
    caption: str = ""
    words: Mapping[str, Words] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = {*self.order, *self.headings} - set(self.fields)
        unknown |= set(self.fields) - set(self.table.columns)
        if unknown or any(self.table.field(name).personal for name in self.fields):
            raise ValueError(f"list [{self.name}] shows what it may not, or lacks {unknown}")

    @property
    def is_of_episodes(self) -> bool:
        """Its rows are custody episodes, which have reasons."""
        return self.table is ASSESSMENTS

    def selects(self, frame: pd.DataFrame) -> pd.Series:
        """Which rows of its table stand on the list."""
        if not self.statuses:
            return pd.Series(True, index=frame.index)
        return frame["status"].isin(self.statuses)


_EPISODE_FIELDS: Final = (
    "priority",
    "episode_id",
    "prison_id",
    "status",
    "nationality",
    "is_nationality_unknown",
    "offence_code",
    "seriousness",
    "is_court_recommended",
    "sentence_date",
    "sentence_days",
    "release_date",
    "earliest_release_date",
    "days_to_release",
    "due_date",
    "referred_date",
    "started_date",
    "case_id",
    "possible_case_id",
    "is_possibly_considered",
    "status_rule_id",
)
_MOST_URGENT_FIRST: Final = {"priority": True, "episode_id": True}

EPISODE_HEADINGS: Final[Words] = {
    "episode_id": "Reference",
    "priority": "Rank",
    "prison_id": "Prison",
    "status": "What happened",
    "release_date": "Released",
    "earliest_release_date": "Earliest release",
    "days_to_release": "Days left",
    "due_date": "Due by",
    "offence_code": "Offence",
    "nationality": "Nationality",
    "is_court_recommended": "Court recommended",
    "referred_date": "Referred",
    "case_id": "Case",
    "possible_case_id": "Possible match",
}
"""What readers see over the fields of an episode, on whichever page."""
HOW_MISSED: Final[Words] = {
    "NOT_REFERRED": "Never referred",
    "REFERRED_NOT_CONSIDERED": "Referred, never considered",
}


def _headings(*names: str) -> Words:
    return {name: EPISODE_HEADINGS[name] for name in names}


_WHO: Final = ("offence_code", "nationality", "is_court_recommended", "referred_date", "case_id")

MISSED: Final = CaseList(
    name="missed",
    label="Missed",
    title="Released without consideration",
    each="Each release",
    view="missed_consideration",
    table=ASSESSMENTS,
    statuses=MISSED_STATUSES,
    total="missed.total",
    order=_MOST_URGENT_FIRST,
    fields=_EPISODE_FIELDS,
    headings=_headings(
        "episode_id", "priority", "prison_id", "status", "release_date", *_WHO, "possible_case_id"
    ),
    words={"status": HOW_MISSED},
)
DUE: Final = CaseList(
    name="due",
    label="Due",
    title="Consideration due",
    each="Each person",
    view="due",
    table=ASSESSMENTS,
    statuses=frozenset({"DUE"}),
    total="due.total",
    order=_MOST_URGENT_FIRST,
    fields=_EPISODE_FIELDS,
    headings=_headings(
        "episode_id",
        "priority",
        "prison_id",
        "earliest_release_date",
        "days_to_release",
        "due_date",
        *_WHO,
        "possible_case_id",
    ),
)
VERIFY: Final = CaseList(
    name="verify",
    label="Nationality",
    title="Nationality to verify",
    each="Each custody episode",
    view="verify_nationality",
    table=ASSESSMENTS,
    statuses=frozenset({"VERIFY_NATIONALITY"}),
    total="scope.verify_nationality",
    order=_MOST_URGENT_FIRST,
    fields=_EPISODE_FIELDS,
    headings=_headings(
        "episode_id",
        "prison_id",
        "earliest_release_date",
        "release_date",
        "offence_code",
        "nationality",
        "case_id",
    ),
)
OPEN_CASES: Final = CaseList(
    name="backlog",
    label="Backlog",
    title="Backlog",
    caption="Open criminal cases, oldest first",
    each="Each case, oldest first",
    view="backlog",
    table=BACKLOG,
    total="backlog.open",
    order={"age_days": False, "case_id": True},
    fields=tuple(BACKLOG.columns),
    headings={
        "case_id": "Case",
        "team": "Team",
        "stage": "Stage",
        "opened_date": "Opened",
        "age_days": "Days open",
        "days_in_stage": "Days in stage",
        "days_idle": "Days without activity",
        "is_allocated": "Caseworker",
        "nationality": "Nationality",
        "offence_code": "Offence",
        "is_in_custody": "In prison",
    },
    words={"stage": {entry.code: entry.meaning for entry in c.STAGE.codes}},
)

CASE_LISTS: Final[Mapping[str, CaseList]] = {
    listed.name: listed for listed in (MISSED, DUE, VERIFY, OPEN_CASES)
}
"""Every list by name, in the order of reading."""
