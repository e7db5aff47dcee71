"""The one outcome of each person who was released unconsidered (rules ``outcome.*``)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from jobs.assess import columns as col
from jobs.assess.columns import Flags, Whole
from jobs.assess.read.criminal_cases import DECISIONS

if TYPE_CHECKING:
    from jobs.assess.assessment import Findings

OUTCOMES = (
    "BRITISH",
    "DIED",
    "DEPORTED",
    "ALLOWED_TO_STAY",
    "IN_CUSTODY",
    "NOT_LOCATED",
    "NO_RELEASE_DATE",
    "IN_PROCESS",
)
OUTCOME_RULES = tuple(f"outcome.{name.lower().replace('_', '-')}" for name in OUTCOMES)

_STAYS = ("LEAVE_GRANTED", "EXEMPT", "NO_ACTION")
_ALLOWED = ("NOT_PURSUE", "ALLOWED_TO_STAY")


def find_outcomes(found: "Findings", *, tables: Mapping[str, pa.Table]) -> Whole:
    """The outcome of every episode as a position in `OUTCOMES`, as if it had been missed.

    Only certain links are read; a case counts for an episode if it is the one relied on.
    """
    handled, decisions = found.handled, found.decisions
    cases = found.cases.table
    decided = np.where(handled.timely >= 0, handled.timely, handled.late)
    declined = col.at(decisions.kind, decided, -1) == DECISIONS.index("DECISION_NOT_PURSUE")

    def case_is(name: str, *codes: str) -> Flags:
        hit: Flags = col.at(col.is_one_of(cases, name, codes), handled.case, False)
        return hit

    persons = found.identified.persons
    died = ~np.isnat(col.days(persons, "died_date")) & (
        col.days(persons, "died_date") <= found.as_of
    )
    lost = col.is_one_of(persons, "located_status", {"NOT_LOCATED"})
    answers = [
        ("BRITISH", case_is("stage", "BRITISH") | case_is("outcome", "BRITISH")),
        ("DIED", _of_person(found, died) | case_is("outcome", "DIED")),
        ("DEPORTED", ~np.isnat(handled.removed)),
        ("DEPORTED", case_is("stage", "REMOVED") | case_is("outcome", "DEPORTED")),
        ("ALLOWED_TO_STAY", declined | case_is("outcome", *_ALLOWED)),
        ("ALLOWED_TO_STAY", case_is("stage", *_STAYS)),
        ("IN_CUSTODY", _is_back_inside(found, tables["immigration.detentions"])),
        ("NOT_LOCATED", _of_person(found, lost)),
        ("NO_RELEASE_DATE", found.custody.is_undated),
        ("NOT_LOCATED", found.identified.outcome != "linked"),
    ]
    conditions = [condition for _, condition in answers]
    places = [OUTCOMES.index(name) for name, _ in answers]
    return np.select(conditions, places, OUTCOMES.index("IN_PROCESS"))


def _of_person(found: "Findings", hit: Flags) -> Flags:
    certain = found.identified.certain
    by_identity = col.any_of(certain, hit, len(found.identified.identity_ids))
    answer: Flags = by_identity[found.identified.identity]
    return answer


def is_detained(detentions: pa.Table, as_of: np.datetime64) -> Flags:
    """Whether each detention is open on the night; one without a day has begun."""
    ahead = col.days(detentions, "start_date") > as_of
    ended = col.days(detentions, "end_date") <= as_of
    answer: Flags = ~ahead & ~ended
    return answer


def _is_back_inside(found: "Findings", detentions: pa.Table) -> Flags:
    persons = found.identified.persons
    owner = col.positions(detentions.column("cid_person_id"), persons.column("cid_person_id"))
    open_ = is_detained(detentions, found.as_of)
    detained = _of_person(found, col.any_of(owner, open_, len(persons)))
    identity = found.identified.identity
    held = col.any_of(identity, found.custody.is_on_roll, len(found.identified.identity_ids))
    answer: Flags = detained | held[identity]
    return answer
