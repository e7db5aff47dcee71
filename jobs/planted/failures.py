"""The kinds of failure of which somebody is planted each night, and where each must be found."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from jobs.contract import case_lists, prison
from jobs.contract.results.case_list import CaseList
from jobs.planted.people import RELEASED, Invented, Rows, together

NEVER, UNDECIDED = "NOT_REFERRED", "REFERRED_NOT_CONSIDERED"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One way of being lost.

    ``id`` is that of `jobs.contract.proof.failure_kinds.KINDS`, which says it to readers;
    ``found_on`` is the list on which such a person must stand, with one of these ``statuses``.
    """

    id: str
    rows: Callable[[Invented], Rows]
    found_on: CaseList = case_lists.MISSED
    statuses: tuple[str, ...] = (NEVER, UNDECIDED)


def _never_referred(one: Invented) -> Rows:
    return together(one.person(), one.custody())


def _not_considered(one: Invented) -> Rows:
    return together(one.person(), one.custody(), one.known(), one.referred())


def _two_spellings(one: Invented) -> Rows:
    there = one.known(is_spelt_otherwise=True, is_numbered=False)
    return together(one.person(), one.custody(), there, one.referred())


def _missing_identifiers(one: Invented) -> Rows:
    nothing = one.person(date_of_birth=None, nationality=None)
    there = one.known(is_numbered=False)
    return together(nothing, one.custody(), there, one.referred(), one.decided())


def _nationality_unknown(one: Invented) -> Rows:
    words = (None, "UNKNOWN", "REF", "STATE")
    told = words[one.variant % len(words)]
    return together(one.person(nationality=told), one.custody())


def _recalled(one: Invented) -> Rows:
    rows = together(one.person(), one.custody(released=RELEASED + 200), one.known(), one.referred())
    back = {"movement_type": "ADM", "movement_reason": "24", "movement_date": RELEASED}
    rows[prison.MOVEMENTS.full_name] += one.moved([back], first=3)
    rows[prison.EPISODES.full_name][0] |= {
        "status": "ACTIVE IN",
        "in_out_status": "IN",
        "legal_status": "RECALL",
        "imprisonment_status": "LR",
        "last_movement_type": "ADM",
        "last_movement_reason": "24",
        "last_movement_date": one.ago(RELEASED),
    }
    return rows


def _wrong_sentence(one: Invented) -> Rows:
    before = one.custody(sentenced=2900, released=2000, part="-1")
    there = together(one.known(), one.referred(days=2500), one.decided(days=2100))
    return together(one.person(), before, one.custody(), there)


def _late_recording(one: Invented) -> Rows:
    late = one.decided(recorded=RELEASED - 20)
    return together(one.person(), one.custody(), one.known(), one.referred(), late)


def _late_in_quarantine(one: Invented) -> Rows:
    broken = one.decided(event_type=None)
    return together(one.person(), one.custody(), one.known(), one.referred(), broken)


def _due_never_referred(one: Invented) -> Rows:
    return together(one.person(), one.custody(released=None))


KINDS: Final[tuple[Failure, ...]] = (
    Failure(
        id="never_referred",
        rows=_never_referred,
        statuses=(NEVER,),
    ),
    Failure(
        id="not_considered",
        rows=_not_considered,
        statuses=(UNDECIDED,),
    ),
    Failure(
        id="two_spellings",
        rows=_two_spellings,
    ),
    Failure(
        id="missing_identifiers",
        rows=_missing_identifiers,
    ),
    Failure(
        id="nationality_unknown",
        rows=_nationality_unknown,
        statuses=(NEVER,),
    ),
    Failure(
        id="recalled",
        rows=_recalled,
        statuses=(UNDECIDED,),
    ),
    Failure(
        id="wrong_sentence",
        rows=_wrong_sentence,
    ),
    Failure(
        id="late_recording",
        rows=_late_recording,
        found_on=case_lists.RECORDED_AFTER_RELEASE,
        statuses=("CONSIDERED", UNDECIDED),
    ),
    Failure(
        id="late_in_quarantine",
        rows=_late_in_quarantine,
        statuses=(UNDECIDED,),
    ),
    Failure(
        id="due_never_referred",
        rows=_due_never_referred,
        found_on=case_lists.DUE,
        statuses=("DUE",),
    ),
)

CONSIDERED: Final = Failure(
    id="considered",
    rows=lambda one: together(
        one.person(), one.custody(), one.known(), one.referred(), one.decided()
    ),
    statuses=("CONSIDERED",),
)
"""The control, who must be on no list of those missed: to find everybody would tell nothing."""
