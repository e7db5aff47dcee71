"""The case lists, each declared once: which rows stand on it, in which order, under which headings.

Command line, pages, workbook, views, drill-down and the checks on results go through `CASE_LISTS`.
A new list is a new entry, and a figure (``jobs/report/figures``) that counts its rows.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from jobs.contract import codes as c
from jobs.contract.results.assessed import ASSESSMENTS, RELEASES
from jobs.contract.results.reported import BACKLOG
from jobs.contract.schema import Table

Words = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Which rows of a table: those for which everything named here holds; nothing takes them all.

    ``statuses`` are those that a row may have, ``holds`` fields that say yes, ``known`` fields that
    have a value, ``missing`` fields that have none. ``instead`` gives the status that stands in for
    a field of ``holds`` in publications that were made before it.
    """

    statuses: frozenset[str] = frozenset()
    holds: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    instead: Words = field(default_factory=dict)

    def of(self, frame: pd.DataFrame) -> pd.Series:
        """Whether each row of a frame is one of them."""
        chosen = pd.Series(True, index=frame.index)
        if self.statuses:
            chosen &= frame["status"].isin(self.statuses)
        for name in self.holds:
            otherwise = frame["status"].eq(self.instead[name]) if name in self.instead else False
            chosen &= frame[name].fillna(otherwise).astype("bool")
        for name in self.known:
            chosen &= frame[name].notna()
        for name in self.missing:
            chosen &= frame[name].isna()
        return chosen

    def sql(self, prefix: str = "") -> str:
        """The same as a condition in SQL; ``prefix`` stands before every field."""
        values = ", ".join(f"'{status}'" for status in sorted(self.statuses))
        parts = [f"{prefix}status IN ({values})"] if values else []
        parts += [
            f"coalesce({prefix}{name}, {prefix}status = '{self.instead[name]}')"
            if name in self.instead
            else f"{prefix}{name}"
            for name in self.holds
        ]
        parts += [f"{prefix}{name} IS NOT NULL" for name in self.known]
        parts += [f"{prefix}{name} IS NULL" for name in self.missing]
        return " AND ".join(parts)


@dataclass(frozen=True, kw_only=True)
class CaseList:
    """A list of cases: what is on it, and how it reads.

    ``name`` is what `cases --list` takes and the page's file is called; ``label`` stands in the
    menu and on the workbook's tab, ``title`` over the page, ``caption`` over the table (the title
    unless given), ``each`` over the rows. ``view`` is its view in the schema ``report``.

    ``rows`` select those of ``table``; ``total`` is the figure that counts every one. A list of
    releases says ``beside`` each what the assessment of its episode says. ``order`` says by which
    fields the rows are sorted, True for rising; what is not known comes last. ``fields`` are given
    as CSV, ``headings`` name those that readers see, ``words`` say values of a field otherwise
    than its codes do.
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
    rows: Rows = field(default_factory=Rows)
    beside: Table | None = None
    caption: str = ""
    words: Mapping[str, Words] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = {*self.order, *self.headings} - set(self.fields)
        unknown |= {n for n in self.fields if n not in self.table_of(n).columns}
        if unknown or any(self.table_of(name).field(name).personal for name in self.fields):
            raise ValueError(f"list [{self.name}] shows what it may not, or lacks {unknown}")

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables that it is made from."""
        return (self.table,) if self.beside is None else (self.table, self.beside)

    def table_of(self, name: str) -> Table:
        """The table that says a field: its own where that has it."""
        return self.table if self.beside is None or name in self.table.columns else self.beside

    @property
    def is_of_episodes(self) -> bool:
        """Its rows are of custody episodes, which have reasons."""
        return "episode_id" in self.table.key

    def selects(self, frame: pd.DataFrame) -> pd.Series:
        """Which rows of its table stand on the list."""
        return self.rows.of(frame)


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
    "returned_date": "Back in prison",
    "days_late": "Days late",
    "considered_date": "Decided",
    "considered_recorded_date": "Decision recorded",
    "decided_since_date": "Decided since",
    "decided_since": "Decision",
}
"""What readers see over the fields of an episode, on whichever page."""
HOW_MISSED: Final[Words] = {
    "NOT_REFERRED": "Never referred",
    "REFERRED_NOT_CONSIDERED": "Referred, never considered",
}


def _headings(*names: str) -> Words:
    return {name: EPISODE_HEADINGS[name] for name in names}


_WHO: Final = ("offence_code", "nationality", "is_court_recommended", "referred_date", "case_id")

_RELEASE_FIELDS: Final = (
    *_EPISODE_FIELDS,
    "release_number",
    "release_reason",
    "returned_date",
    "days_late",
    "considered_date",
    "decision",
    "considered_recorded_date",
    "decided_since_date",
    "decided_since",
    "unweighed_sentence",
    "is_deferral_expired",
)
_LATEST_FIRST: Final = {"release_date": False, "episode_id": True, "release_number": True}

_of_releases = functools.partial(
    CaseList, table=RELEASES, beside=ASSESSMENTS, fields=_RELEASE_FIELDS
)

MISSED: Final = _of_releases(
    name="missed",
    label="Undecided",
    title="Released without consideration, still undecided",
    each="Each release",
    view="missed_consideration",
    rows=Rows(holds=("is_missed",), missing=("decided_since_date",)),
    total="missed.undecided",
    order={**_MOST_URGENT_FIRST, "release_number": True},
    headings=_headings(
        "episode_id", "priority", "prison_id", "status", "release_date", *_WHO, "possible_case_id"
    ),
    words={"status": HOW_MISSED},
)
"""The work: who was released without consideration, and nobody has decided on since."""
DECIDED_SINCE: Final = _of_releases(
    name="decided_since",
    label="Decided since",
    title="Released without consideration, decided on since",
    each="Each release, latest first",
    view="decided_since",
    rows=Rows(holds=("is_missed",), known=("decided_since_date",)),
    total="missed.decided_since",
    order=_LATEST_FIRST,
    headings=_headings(
        "episode_id",
        "prison_id",
        "status",
        "release_date",
        "decided_since_date",
        "decided_since",
        "days_late",
        *_WHO,
    ),
    words={"status": HOW_MISSED},
)
UNCONSIDERED: Final = _of_releases(
    name="unconsidered",
    label="All missed",
    title="Every release without consideration",
    each="Each release, latest first",
    view="unconsidered_releases",
    rows=Rows(holds=("is_missed",)),
    total="missed.total",
    order=_LATEST_FIRST,
    headings=_headings(
        "episode_id",
        "prison_id",
        "status",
        "release_date",
        "returned_date",
        "decided_since_date",
        *_WHO,
        "possible_case_id",
    ),
    words={"status": HOW_MISSED},
)
"""The figure to answer for: a decision that comes later does not undo a release."""
RECORDED_AFTER_RELEASE: Final = _of_releases(
    name="recorded_after_release",
    label="Recorded late",
    title="Decision recorded after the release",
    each="Each release, latest first",
    view="recorded_after_release",
    rows=Rows(holds=("is_recorded_after_release",)),
    total="considered.recorded_after_release",
    order=_LATEST_FIRST,
    headings=_headings(
        "episode_id",
        "prison_id",
        "considered_date",
        "release_date",
        "considered_recorded_date",
        *_WHO,
    ),
)
"""Nothing shows that the decision was there on the day of the release but its own date."""
WITHDRAWN_AFTER_RELEASE: Final = _of_releases(
    name="withdrawn_after_release",
    label="Withdrawn",
    title="Decision withdrawn after the release",
    each="Each release, latest first",
    view="withdrawn_after_release",
    rows=Rows(holds=("is_withdrawn_after_release",)),
    total="considered.withdrawn_after_release",
    order=_LATEST_FIRST,
    headings=_headings("episode_id", "prison_id", "considered_date", "release_date", *_WHO),
)
DUE: Final = CaseList(
    name="due",
    label="Due",
    title="Consideration due",
    each="Each person",
    view="due",
    table=ASSESSMENTS,
    rows=Rows(holds=("is_due",), instead={"is_due": "DUE"}),
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
    rows=Rows(statuses=frozenset({"VERIFY_NATIONALITY"})),
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
    listed.name: listed
    for listed in (
        MISSED,
        DECIDED_SINCE,
        UNCONSIDERED,
        RECORDED_AFTER_RELEASE,
        WITHDRAWN_AFTER_RELEASE,
        DUE,
        VERIFY,
        OPEN_CASES,
    )
}
"""Every list by name, in the order of reading."""
