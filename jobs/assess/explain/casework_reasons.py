"""Reasons about the immigration service: who is linked, what was referred, what was decided."""

from typing import TYPE_CHECKING

import numpy as np

from jobs.assess.columns import Flags, Whole
from jobs.assess.decide import status as st
from jobs.assess.explain.reason_rows import CASES, EVENTS, Reasons, Said
from jobs.assess.explain.wording import chosen, in_words, taken
from jobs.assess.read import criminal_cases as ca

if TYPE_CHECKING:
    from jobs.assess.assessment import Findings

_DECIDED = ["to pursue deportation", "not to pursue deportation", "to defer to a later day"]


def give_casework_reasons(reasons: Reasons, found: "Findings", asked: Flags) -> None:
    """Add what the immigration service did, for the episodes that are ``asked`` about."""
    _link(reasons, found, asked)
    _referral(reasons, found, asked)
    _decisions(reasons, found, asked)
    _restriction(reasons, found)
    _possible(reasons, found, asked)


def _link(reasons: Reasons, found: "Findings", asked: Flags) -> None:
    outcome = found.identified.outcome
    for name, rule_id, finding in (
        ("linked", "link.certain", "Linked for certain to the immigration register."),
        (
            "review",
            "link.possible",
            "A possible match waits for a reviewer; nothing in it counts until then.",
        ),
        ("not_linked", "link.none", "Nobody in the immigration register is linked to this person."),
    ):
        rows = np.flatnonzero(asked & (outcome == name))
        reasons.add(rows, rule_id, finding, "nightly.links" if name != "not_linked" else "")


def _referral(reasons: Reasons, found: "Findings", asked: Flags) -> None:
    handled = found.handled
    in_time = handled.is_referred_in_time
    for mask, finding in (
        (in_time, "Referred to the immigration service on {day}."),
        (
            handled.is_referred & ~in_time,
            "Referred to the immigration service on {day}, after the release.",
        ),
    ):
        rows = np.flatnonzero(asked & mask)
        reasons.add(
            rows,
            "consideration.referral",
            finding,
            CASES,
            reasons.case_key(handled.referral_case[rows]),
            day=in_words(handled.referred[rows]),
        )
    rows = np.flatnonzero(asked & ~handled.is_referred)
    finding = "No criminal case is found for this sentence: not referred."
    reasons.add(rows, "consideration.referral", finding)
    for days, finding in (
        (handled.allocated, "Given to a caseworker on {day}; that is not a consideration."),
        (handled.started, "Work started on {day}; a start is not a consideration."),
        (
            handled.questionnaire_sent,
            "A questionnaire was sent on {day}; that is not a consideration.",
        ),
        (
            handled.questionnaire_returned,
            "A questionnaire came back on {day}; that is not a consideration.",
        ),
    ):
        rows = np.flatnonzero(asked & ~np.isnat(days) & (handled.timely < 0))
        reasons.add(
            rows,
            "consideration.decision",
            finding,
            CASES,
            reasons.case_key(handled.case[rows]),
            day=in_words(days[rows]),
        )


def _decisions(reasons: Reasons, found: "Findings", asked: Flags) -> None:
    handled = found.handled
    for mask, decision, rule_id, finding in (
        (
            handled.timely >= 0,
            handled.timely,
            "consideration.decision",
            "A named caseworker decided {decided} on {day}, in time.",
        ),
        (
            (handled.late >= 0) & (handled.timely < 0),
            handled.late,
            "consideration.after-release",
            "A named caseworker decided {decided} on {day}: not shown to be before release.",
        ),
    ):
        rows = np.flatnonzero(asked & mask)
        _add_decisions(reasons, found, rows, decision[rows], rule_id, finding)
    flaw = found.decisions.flaw[handled.discounted]
    belongs = handled.discounted_belongs
    for mask, rule_id, why in (
        (flaw == ca.NO_CASEWORKER, "consideration.caseworker", "no caseworker is named"),
        (flaw == ca.OPEN_DEFERRAL, "consideration.deferral", "a deferral needs a day and a reason"),
        (flaw == ca.WITHDRAWN, "consideration.withdrawn", "it was withdrawn"),
        (flaw == ca.UNDATED, "consideration.undated", "no day of it is known"),
        (
            (flaw == ca.COUNTS) & ~belongs,
            "consideration.own-sentence",
            "it belongs to another sentence of this person",
        ),
    ):
        hit = mask & asked[handled.discounted_episode]
        finding = f"A decision {{decided}} on {{day}} does not count: {why}."
        rows, decision = handled.discounted_episode[hit], handled.discounted[hit]
        _add_decisions(reasons, found, rows, decision, rule_id, finding)


def _add_decisions(
    reasons: Reasons,
    found: "Findings",
    rows: Whole,
    decision: Whole,
    rule_id: str,
    finding: str,
) -> None:
    decisions = found.decisions
    for source, is_event in ((EVENTS, True), (CASES, False)):
        mine = decisions.from_event[decision] == is_event
        used = decision[mine]
        reasons.add(
            rows[mine],
            rule_id,
            finding,
            source,
            Said("{decision}", {"decision": taken(decisions.key, used)}),
            decided=chosen(_DECIDED, decisions.kind[used]),
            day=in_words(decisions.day[used]),
        )


def _restriction(reasons: Reasons, found: "Findings") -> None:
    unconsidered = np.isin(found.status, st.UNCONSIDERED)
    restricted = found.handled.restricted
    rows = np.flatnonzero(unconsidered & ~np.isnat(restricted))
    finding = "Detention, monitoring, restriction or bail was decided on {day}, before release."
    day = in_words(restricted[rows])
    reasons.add(rows, "consideration.restriction", finding, day=day)
    rows = np.flatnonzero(unconsidered & np.isnat(restricted))
    finding = "No decision on detention, monitoring, restriction or bail before release either."
    reasons.add(rows, "consideration.restriction", finding)


def _possible(reasons: Reasons, found: "Findings", asked: Flags) -> None:
    handled = found.handled
    has_case = handled.possible_case >= 0
    held = handled.is_possibly_considered
    for mask, finding in (
        (held, "A possible match holds a decision that would be in time; it does not count."),
        (has_case & ~held, "A possible match holds a criminal case; it does not count."),
    ):
        rows = np.flatnonzero(asked & mask & has_case)
        key = reasons.case_key(handled.possible_case[rows])
        reasons.add(rows, "consideration.possible", finding, CASES, key)
