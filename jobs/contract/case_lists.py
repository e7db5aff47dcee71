"""The case lists, each declared once: which rows stand on it, in which order, under which headings.

Command line, pages, workbook, views, drill-down and the checks on results go through `CASE_LISTS`.
A new list is a new entry, and a figure (``jobs/report/figures``) that counts its rows.
"""

import functools
from collections.abc import Mapping
from typing import Final

from jobs.contract import codes as c
from jobs.contract.results.assessed import (
    ASSESSMENTS,
    CASEWORK,
    DISCREPANCIES,
    DISCREPANCY_KINDS,
    FLAGS,
    RELEASES,
)
from jobs.contract.results.case_list import CaseList, Rows, Words
from jobs.contract.results.episode_fields import EPISODE_FIELDS
from jobs.contract.results.list_words import (
    CASEWORK_HEADINGS,
    DISCREPANCY_HEADINGS,
    EPISODE_HEADINGS,
    HOW_MISSED,
    NATIONALITIES,
)
from jobs.contract.results.lists_by_hand import CLEARED_BY_DECISION, MOVED_BY_SITE
from jobs.contract.results.reported import BACKLOG, NOTICES

_MOST_URGENT_FIRST: Final = {"priority": True, "episode_id": True}


def _headings(*names: str) -> Words:
    return {name: EPISODE_HEADINGS[name] for name in names}


_WHO: Final = ("offence_code", "nationality", "is_court_recommended", "referred_date", "case_id")

_RELEASE_FIELDS: Final = (
    *EPISODE_FIELDS,
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
    "traced",
    "is_for_life",
    "licence_expiry_date",
    "is_supervised",
    "came_back_date",
    "left_country_date",
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
OUTCOMES: Final = CaseList(
    name="outcomes",
    label="Outcomes",
    title="Where the missed are now",
    each="Each custody episode, the work still to do first",
    view="outcomes",
    table=FLAGS,
    beside=ASSESSMENTS,
    rows=Rows(known=("outcome",)),
    total="outcome.total",
    order=_MOST_URGENT_FIRST,
    fields=("outcome", "outcome_rule_id", *EPISODE_FIELDS),
    headings={
        **_headings("episode_id", "prison_id"),
        "outcome": "Now",
        **_headings("release_date", "offence_code", "nationality", "case_id"),
    },
)
"""Everybody of whom a release was missed, by what has become of them."""
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
    fields=EPISODE_FIELDS,
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
REFERRAL_NOTICES: Final = CaseList(
    name="notices",
    label="Notices",
    title="Referral notices without an answer",
    each="Each notice, the first to be answered on top",
    view="referral_notices",
    table=NOTICES,
    rows=Rows(holds=("is_open",)),
    total="notices.open",
    order={"answer_due_date": True, "notice_number": True},
    fields=tuple(NOTICES.columns),
    headings={
        "notice_number": "Notice",
        "episode_id": "Custody episode",
        "prison_id": "Prison",
        "team": "Team",
        "written_date": "Written",
        "answer_due_date": "Answer due",
        "is_unanswered": "Past that day",
    },
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
    fields=EPISODE_FIELDS,
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
    words={"stage": c.STAGE.meanings},
)


DISCREPANCY_LIST: Final = CaseList(
    name="discrepancies",
    label="Discrepancies",
    title="Discrepancies between the registers",
    each="Each field, longest reported first",
    view="discrepancies",
    table=DISCREPANCIES,
    total="discrepancies.total",
    order={"age_days": False, "discrepancy_id": True},
    fields=tuple(f.name for f in DISCREPANCIES.fields if not f.personal),
    headings=DISCREPANCY_HEADINGS,
    words={
        "rule_id": DISCREPANCY_KINDS,
        "prison_value": NATIONALITIES,
        "immigration_value": NATIONALITIES,
    },
)


def _traced(name: str, label: str, title: str, *, may_have_left: bool) -> CaseList:
    return _of_releases(
        name=name,
        label=label,
        title=f"Released without consideration, {title}",
        each="Each release, latest first",
        view=f"missed_{name}",
        rows=Rows(holds=("is_missed",), equals={"traced": name.upper()}),
        total=f"missed.{name}",
        order=_LATEST_FIRST,
        headings=_headings(
            "episode_id",
            "prison_id",
            "release_date",
            "came_back_date",
            *(("left_country_date",) if may_have_left else ()),
            "decided_since_date",
            # The day of the referral, which the CSV holds, would not fit beside the others.
            *(name for name in _WHO if name != "referred_date"),
        ),
    )


# Whoever left the country on record is located: the first two lists hold nobody of these.
NOT_FOUND: Final = _traced(
    "not_found", "Not found", "cannot be found after a search", may_have_left=False
)
NOT_SOUGHT: Final = _traced("not_sought", "Not sought", "nobody has looked", may_have_left=False)
LOCATED: Final = _traced("located", "Located", "located", may_have_left=True)
QUESTIONED: Final = _traced(
    "questioned", "Questioned", "located and questioned", may_have_left=True
)
TRACINGS: Final = (NOT_FOUND, NOT_SOUGHT, LOCATED, QUESTIONED)
"""Four words of which one holds of each missed release: together they are all of them."""


def _of_casework(
    name: str, label: str, title: str, holds: str, total: str, *shown: str
) -> CaseList:
    return CaseList(
        name=name,
        label=label,
        title=title,
        each="Each, latest first",
        view=name,
        table=CASEWORK,
        rows=Rows(holds=(holds,)),
        total=total,
        order={"step_date": False, "step_key": True},
        fields=tuple(f.name for f in CASEWORK.fields if not f.personal),
        headings={
            n: CASEWORK_HEADINGS[n]
            for n in ("step_key", "case_id", "episode_id", "step_date", *shown)
        },
    )


DECISIONS: Final = _of_casework(
    "decisions",
    "Decisions",
    "First decisions in criminal cases",
    "is_first_decision",
    "casework.decisions",
    "recorded_date",
    "decision",
)
DEPORTATIONS: Final = _of_casework(
    "deportations",
    "Deportations",
    "Deportations on record",
    "is_deportation",
    "casework.deportations",
    "removal_type",
)
OPPOSED_BAILS: Final = _of_casework(
    "opposed_bails",
    "Bail opposed",
    "Bail granted over an objection",
    "is_opposed_bail",
    "casework.opposed_bails",
    "until_date",
    "bail_status",
)

CASE_LISTS: Final[Mapping[str, CaseList]] = {
    listed.name: listed
    for listed in (
        MISSED,
        DECIDED_SINCE,
        UNCONSIDERED,
        OUTCOMES,
        RECORDED_AFTER_RELEASE,
        WITHDRAWN_AFTER_RELEASE,
        *TRACINGS,
        DUE,
        REFERRAL_NOTICES,
        VERIFY,
        CLEARED_BY_DECISION,
        MOVED_BY_SITE,
        OPEN_CASES,
        DECISIONS,
        DEPORTATIONS,
        OPPOSED_BAILS,
        DISCREPANCY_LIST,
    )
}
"""Every list by name, in the order of reading."""
