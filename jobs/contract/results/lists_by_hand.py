"""The lists of people who are off a list, or on one, by what somebody decided or changed."""

from typing import Final

from jobs.contract.results.assessed import ASSESSMENTS
from jobs.contract.results.case_list import CaseList, Rows, Words
from jobs.contract.results.episode_fields import EPISODE_FIELDS
from jobs.contract.results.list_words import EPISODE_HEADINGS
from jobs.contract.results.overridden import OVERRIDDEN


def _named(*names: str) -> Words:
    return {name: EPISODE_HEADINGS[name] for name in names}


CLEARED_BY_DECISION: Final = CaseList(
    name="cleared_by_decision",
    label="By decision",
    title="Cleared by a person's decision on a link",
    each="Each custody episode",
    view="cleared_by_decision",
    table=ASSESSMENTS,
    rows=Rows(known=("cleared_by",)),
    total="links.cleared_by_decision",
    order={"seriousness": True, "episode_id": True},
    fields=(*EPISODE_FIELDS, "considered_date", "decision", "cleared_by"),
    headings=_named(
        "episode_id",
        "prison_id",
        "status",
        "release_date",
        "considered_date",
        "offence_code",
        "nationality",
        "case_id",
        "cleared_by",
    ),
)
"""Whom nobody asks about any more because somebody said who they are, and not the model."""
MOVED_BY_SITE: Final = CaseList(
    name="moved_by_site",
    label="Own rules",
    title="Moved by the site's own changes of the rules",
    each="Each custody episode",
    view="moved_by_site",
    table=OVERRIDDEN,
    beside=ASSESSMENTS,
    rows=Rows(holds=("is_total",)),
    total="scope.moved_by_site",
    order={"seriousness": True, "episode_id": True},
    fields=(
        *EPISODE_FIELDS,
        "is_total",
        "is_taken_off",
        "is_put_on",
        "lists_left",
        "lists_joined",
        "shipped_status",
    ),
    headings=_named(
        "episode_id",
        "prison_id",
        "lists_left",
        "lists_joined",
        "shipped_status",
        "status",
        "release_date",
        "earliest_release_date",
        "offence_code",
    ),
)
"""Whom the night has on other lists than the rules as they are shipped would."""
