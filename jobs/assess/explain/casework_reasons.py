"""Reasons about the immigration service: who is linked, what was referred, what was decided."""

import numpy as np

from jobs.assess.columns import Flags, Whole
from jobs.assess.decide.standing import Standing
from jobs.assess.decide.status import is_unconsidered
from jobs.assess.explain.reason_rows import Reasons, TextTemplate
from jobs.assess.findings import Findings
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.read import criminal_cases as ca
from jobs.assess.wording import chosen, in_words, taken
from jobs.contract.immigration import CASES, EVENTS
from jobs.contract.results import LINKS

_CERTAIN = AppliedRule(id="link.certain")
_POSSIBLE_LINK = AppliedRule(id="link.possible")
_NO_LINK = AppliedRule(id="link.none")
_REFERRAL = AppliedRule(id="consideration.referral")
_DECISION = AppliedRule(id="consideration.decision")
_AFTER_RELEASE = AppliedRule(id="consideration.after-release")
_CASEWORKER = AppliedRule(id="consideration.caseworker")
_DEFERRAL = AppliedRule(id="consideration.deferral")
_WITHDRAWN = AppliedRule(id="consideration.withdrawn")
_UNDATED = AppliedRule(id="consideration.undated")
_OWN_SENTENCE = AppliedRule(id="consideration.own-sentence")
_RESTRICTION = AppliedRule(id="consideration.restriction")
_POSSIBLE_DECISION = AppliedRule(id="consideration.possible")
RULES: tuple[AppliedRule, ...] = (
    _CERTAIN,
    _POSSIBLE_LINK,
    _NO_LINK,
    _REFERRAL,
    _DECISION,
    _AFTER_RELEASE,
    _CASEWORKER,
    _DEFERRAL,
    _WITHDRAWN,
    _UNDATED,
    _OWN_SENTENCE,
    _RESTRICTION,
    _POSSIBLE_DECISION,
)
"""The rules of which is spoken here."""

_DECIDED = ["to pursue deportation", "not to pursue deportation", "to defer to a later day"]


def give_casework_reasons(
    reasons: Reasons, found: Findings, standing: Standing, asked: Flags
) -> None:
    """Add what the immigration service did, for the episodes that are ``asked`` about."""
    _link(reasons, found, asked)
    _referral(reasons, found, asked)
    _decisions(reasons, found, asked)
    _restriction(reasons, found, standing)
    _possible(reasons, found, asked)


def _link(reasons: Reasons, found: Findings, asked: Flags) -> None:
    outcome = found.identified.outcome
    for name, rule, finding in (
        ("linked", _CERTAIN, "Linked for certain to the immigration register."),
        (
            "review",
            _POSSIBLE_LINK,
            "A possible match waits for a reviewer; nothing in it counts until then.",
        ),
        ("not_linked", _NO_LINK, "Nobody in the immigration register is linked to this person."),
    ):
        rows = np.flatnonzero(asked & (outcome == name))
        reasons.add(rows, rule, finding, LINKS if name != "not_linked" else None)


def _referral(reasons: Reasons, found: Findings, asked: Flags) -> None:
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
            _REFERRAL,
            finding,
            CASES,
            reasons.case_key(handled.referral_case[rows]),
            day=in_words(handled.referred[rows]),
        )
    rows = np.flatnonzero(asked & ~handled.is_referred)
    finding = "No criminal case is found for this sentence: not referred."
    reasons.add(rows, _REFERRAL, finding)
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
            _DECISION,
            finding,
            CASES,
            reasons.case_key(handled.case[rows]),
            day=in_words(days[rows]),
        )


def _decisions(reasons: Reasons, found: Findings, asked: Flags) -> None:
    handled = found.handled
    for mask, decision, rule, finding in (
        (
            handled.timely >= 0,
            handled.timely,
            _DECISION,
            "A named caseworker decided {decided} on {day}, in time.",
        ),
        (
            (handled.late >= 0) & (handled.timely < 0),
            handled.late,
            _AFTER_RELEASE,
            "A named caseworker decided {decided} on {day}: not shown to be before release.",
        ),
    ):
        rows = np.flatnonzero(asked & mask)
        _add_decisions(reasons, found, rows, decision[rows], rule, finding)
    flaw = found.decisions.flaw[handled.discounted]
    belongs = handled.discounted_belongs
    for mask, rule, why in (
        (flaw == ca.NO_CASEWORKER, _CASEWORKER, "no caseworker is named"),
        (flaw == ca.OPEN_DEFERRAL, _DEFERRAL, "a deferral needs a day and a reason"),
        (flaw == ca.WITHDRAWN, _WITHDRAWN, "it was withdrawn"),
        (flaw == ca.UNDATED, _UNDATED, "no day of it is known"),
        (
            (flaw == ca.COUNTS) & ~belongs,
            _OWN_SENTENCE,
            "it belongs to another sentence of this person",
        ),
    ):
        hit = mask & asked[handled.discounted_episode]
        finding = f"A decision {{decided}} on {{day}} does not count: {why}."
        rows, decision = handled.discounted_episode[hit], handled.discounted[hit]
        _add_decisions(reasons, found, rows, decision, rule, finding)


def _add_decisions(
    reasons: Reasons,
    found: Findings,
    rows: Whole,
    decision: Whole,
    rule: AppliedRule,
    finding: str,
) -> None:
    decisions = found.decisions
    for source, is_event in ((EVENTS, True), (CASES, False)):
        mine = decisions.from_event[decision] == is_event
        used = decision[mine]
        reasons.add(
            rows[mine],
            rule,
            finding,
            source,
            TextTemplate("{decision}", {"decision": taken(decisions.key, used)}),
            decided=chosen(_DECIDED, decisions.kind[used]),
            day=in_words(decisions.day[used]),
        )


def _restriction(reasons: Reasons, found: Findings, standing: Standing) -> None:
    unconsidered = is_unconsidered(standing.status)
    restricted = found.handled.restricted
    rows = np.flatnonzero(unconsidered & ~np.isnat(restricted))
    finding = "Detention, monitoring, restriction or bail was decided on {day}, before release."
    day = in_words(restricted[rows])
    reasons.add(rows, _RESTRICTION, finding, day=day)
    rows = np.flatnonzero(unconsidered & np.isnat(restricted))
    finding = "No decision on detention, monitoring, restriction or bail before release either."
    reasons.add(rows, _RESTRICTION, finding)


def _possible(reasons: Reasons, found: Findings, asked: Flags) -> None:
    handled = found.handled
    has_case = handled.possible_case >= 0
    held = handled.is_possibly_considered
    for mask, finding in (
        (held, "A possible match holds a decision that would be in time; it does not count."),
        (has_case & ~held, "A possible match holds a criminal case; it does not count."),
    ):
        rows = np.flatnonzero(asked & mask & has_case)
        key = reasons.case_key(handled.possible_case[rows])
        reasons.add(rows, _POSSIBLE_DECISION, finding, CASES, key)
