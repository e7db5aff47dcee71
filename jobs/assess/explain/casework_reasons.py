"""Reasons about the immigration service: who is linked, what was referred, what was decided."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.assess import columns as col
from jobs.assess.columns import NO_DAY, Days, Flags, Whole
from jobs.assess.decide.flags import is_unrestricted
from jobs.assess.decide.standing import Standing
from jobs.assess.explain.reason_rows import Reasons, TextTemplate
from jobs.assess.findings import Findings
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.read import considerations as co
from jobs.assess.read import criminal_cases as ca
from jobs.assess.wording import chosen, in_words, numbers, taken
from jobs.contract.immigration import CASES, EVENTS
from jobs.contract.prison import ALERTS, SENTENCES
from jobs.contract.results import LINKS

_CERTAIN = AppliedRule(id="link.certain")
_DECIDED_LINK = AppliedRule(id="link.decided")
_POSSIBLE_LINK = AppliedRule(id="link.possible")
_NO_LINK = AppliedRule(id="link.none")
_REFERRAL = AppliedRule(id="consideration.referral")
_DECISION = AppliedRule(id="consideration.decision")
_ORDER = AppliedRule(id="consideration.order")
_FINDING = AppliedRule(id="consideration.finding")
_EACH_RELEASE = AppliedRule(id="consideration.each-release")
_RECORDED_LATE = AppliedRule(id="consideration.recorded-late")
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
    _DECIDED_LINK,
    _POSSIBLE_LINK,
    _NO_LINK,
    _REFERRAL,
    _DECISION,
    _ORDER,
    _FINDING,
    _EACH_RELEASE,
    _RECORDED_LATE,
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
    _referral(reasons, found, standing, asked)
    _decisions(reasons, found, standing, asked)
    _discounted(reasons, found, standing, asked)
    _left_out(reasons, found, standing)
    _restriction(reasons, found, standing)
    _possible(reasons, standing, asked)


def _link(reasons: Reasons, found: Findings, asked: Flags) -> None:
    outcome, decision = found.identified.outcome, found.identified.decision
    decided = pc.is_valid(decision).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(asked & (outcome == "linked") & decided)
    reasons.add(
        rows,
        _DECIDED_LINK,
        "Linked to the immigration register because a person decided so, by {decision}.",
        LINKS,
        decision=decision.take(pa.array(rows)),
    )
    for name, rule, finding in (
        ("linked", _CERTAIN, "Linked for certain to the immigration register."),
        (
            "review",
            _POSSIBLE_LINK,
            "A possible match waits for a reviewer; nothing in it counts until then.",
        ),
        ("not_linked", _NO_LINK, "Nobody in the immigration register is linked to this person."),
    ):
        rows = np.flatnonzero(asked & (outcome == name) & ~((name == "linked") & decided))
        reasons.add(rows, rule, finding, LINKS if name != "not_linked" else None)


def _referral(reasons: Reasons, found: Findings, standing: Standing, asked: Flags) -> None:
    handled = found.handled
    is_referred = standing.referral_case >= 0
    in_time = standing.is_referred_in_time
    for mask, finding in (
        (in_time, "Referred to the immigration service on {day}."),
        (
            is_referred & ~in_time,
            "Referred to the immigration service on {day}, after the release.",
        ),
    ):
        rows = np.flatnonzero(asked & mask)
        reasons.add(
            rows,
            _REFERRAL,
            finding,
            CASES,
            reasons.case_key(standing.referral_case[rows]),
            day=in_words(standing.referred[rows]),
        )
    rows = np.flatnonzero(asked & ~is_referred)
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
        shown = asked & ~np.isnat(days) & ~_is_in_time(standing)
        for has_case in (True, False):
            rows = np.flatnonzero(shown & ((standing.case >= 0) == has_case))
            key = reasons.case_key(standing.case[rows]) if has_case else None
            reasons.add(rows, _DECISION, finding, CASES, key, day=in_words(days[rows]))


def _is_in_time(standing: Standing) -> Flags:
    """Whether the consideration that the status rests on came in time."""
    in_time: Flags = (standing.decision >= 0) & (standing.decides < 0)
    return in_time


def _decisions(reasons: Reasons, found: Findings, standing: Standing, asked: Flags) -> None:
    """The consideration that the status rests on, and what is odd about it."""
    made, decision = found.considerations, standing.decision
    in_time, kind = _is_in_time(standing), col.at(found.considerations.kind, decision, -1)
    late = asked & (decision >= 0) & ~in_time
    for hit, rule, finding in (
        (
            (kind == co.ORDER) & in_time,
            _ORDER,
            "A deportation order was signed or served on {day}, in time.",
        ),
        (
            (kind == co.FINDING) & in_time,
            _FINDING,
            "A named caseworker closed the case on {day} with a finding that ends it, in time.",
        ),
        (
            (kind < co.ORDER) & in_time,
            _DECISION,
            "A named caseworker decided {decided} on {day}, in time.",
        ),
        (
            late & (kind < co.ORDER),
            _AFTER_RELEASE,
            "A named caseworker decided {decided} on {day}: not shown to be before release.",
        ),
        (
            late & (kind >= co.ORDER),
            _AFTER_RELEASE,
            "An order was signed, or the case ended, on {day}: not shown to be before release.",
        ),
    ):
        rows = np.flatnonzero(asked & hit)
        _add(reasons, found, rows, decision[rows], rule, finding)
    limit = np.where(in_time, standing.now.limit, NO_DAY)
    recorded = col.at(made.recorded, decision, NO_DAY)
    between = (recorded - limit).astype("timedelta64[D]").astype(np.int64)
    rows = np.flatnonzero(asked & found.custody.is_gone & (recorded > limit))
    _add(
        reasons,
        found,
        rows,
        decision[rows],
        _RECORDED_LATE,
        "The decision of {day} was recorded on {recorded}, {between} days after the person left.",
        recorded=recorded,
        between=between,
    )
    withdrawn = col.at(made.withdrawn, decision, NO_DAY)
    rows = np.flatnonzero(asked & in_time & ~np.isnat(withdrawn))
    finding = "The decision of {day} was withdrawn on {withdrawn}, after the release: it counts."
    _add(reasons, found, rows, decision[rows], _WITHDRAWN, finding, withdrawn=withdrawn)


def _discounted(reasons: Reasons, found: Findings, standing: Standing, asked: Flags) -> None:
    """What does not count, and why: flawed decisions, and those that did not last."""
    handled, decisions, made = found.handled, found.decisions, found.considerations
    pair, flawed = col.pairs(handled.case, decisions.case)
    of = handled.episode[pair]
    for flaw, rule, why in (
        (ca.NO_CASEWORKER, _CASEWORKER, "no caseworker is named"),
        (ca.OPEN_DEFERRAL, _DEFERRAL, "a deferral needs a day and a reason"),
        (ca.UNDATED, _UNDATED, "no day of it is known"),
    ):
        hit = (decisions.flaw[flawed] == flaw) & asked[of]
        rows, used = of[hit], flawed[hit]
        for source, is_event in ((EVENTS, True), (CASES, False)):
            mine = decisions.from_event[used] == is_event
            reasons.add(
                rows[mine],
                rule,
                f"A decision {{decided}} on {{day}} does not count: {why}.",
                source,
                TextTemplate("{key}", {"key": taken(decisions.key, used[mine])}),
                decided=chosen(_DECIDED, decisions.kind[used[mine]]),
                day=in_words(decisions.day[used[mine]]),
            )
    pair, by = col.pairs(handled.case, made.case)
    of = handled.episode[pair]
    until, entered = _deciding_day(standing), _deciding_conviction(standing)
    others = asked[of] & (by != standing.decision[of])
    gone = (made.withdrawn[by] <= until[of]) | (np.isnat(until[of]) & ~np.isnat(made.withdrawn[by]))
    ran_out = ~gone & (made.until[by] < until[of])
    early = ~gone & ~ran_out & (made.day[by] < entered[of])
    for hit, rule, finding in (
        (gone, _WITHDRAWN, "A decision {decided} on {day} does not count: it was withdrawn."),
        (
            ran_out,
            _DEFERRAL,
            "A decision {decided} on {day} does not count: it lasted until {until}.",
        ),
        (
            early,
            _OWN_SENTENCE,
            "A decision {decided} on {day} does not count: it came before the conviction.",
        ),
    ):
        hit = hit & others
        _add(
            reasons, found, of[hit], by[hit], rule, finding, by_row=True, until=made.until[by[hit]]
        )


def _deciding_day(standing: Standing) -> Days:
    """The day on which a decision had to stand for the status to be better."""
    at_release = col.at(standing.releases.clearance.until, standing.decides, NO_DAY)
    return np.where(standing.decides >= 0, at_release, standing.now.until)


def _deciding_conviction(standing: Standing) -> Days:
    """The day from which a decision could take in the conviction that decides, if none did."""
    clearance = standing.releases.clearance
    told = col.at(standing.releases.told, standing.decides, -1)
    open_pair = np.where(standing.now.is_cleared(standing.now.sure), -1, standing.now.ask)
    tonight = col.earliest(open_pair, standing.now.entered, len(standing.status))
    return np.where(standing.decides >= 0, col.at(clearance.entered, told, NO_DAY), tonight)


def _left_out(reasons: Reasons, found: Findings, standing: Standing) -> None:
    """Which release decides the status, and which conviction nobody had considered before it."""
    clearance, decides = standing.releases.clearance, standing.decides
    told = col.at(standing.releases.told, decides, -1)
    conviction = col.at(clearance.conviction, told, -1)
    sequence = col.at(found.convictions.sequence, conviction, -1)
    left = col.at(found.releases.day, decides, NO_DAY)
    for named, finding in (
        (True, "Nobody had decided on sentence {sentence} before the release on {left}."),
        (False, "Nobody had decided on the conviction before the release on {left}."),
    ):
        rows = np.flatnonzero((decides >= 0) & ((sequence >= 0) == named))
        reasons.add(
            rows,
            _EACH_RELEASE,
            finding,
            SENTENCES if named else None,
            reasons.numbered_key(rows, sequence[rows]) if named else None,
            sentence=numbers(sequence[rows]),
            left=in_words(left[rows]),
        )


def _add(
    reasons: Reasons,
    found: Findings,
    rows: Whole,
    used: Whole,
    rule: AppliedRule,
    finding: str,
    *,
    by_row: bool = False,
    **parts: Days | Whole,
) -> None:
    """Name considerations by the rows that say them; parts are by episode unless ``by_row``."""
    made = found.considerations
    words = [*_DECIDED, "by an order", "by ending the case"]
    for source, table in ((co.BY_EVENT, EVENTS), (co.BY_CASE, CASES), (co.BY_ALERT, ALERTS)):
        mine = made.source[used] == source
        own = used[mine]
        chosen_parts = {
            name: values[mine] if by_row else values[rows[mine]] for name, values in parts.items()
        }
        reasons.add(
            rows[mine],
            rule,
            finding,
            table,
            None if source == co.BY_ALERT else TextTemplate("{key}", {"key": taken(made.key, own)}),
            decided=chosen(words, made.kind[own]),
            day=in_words(made.day[own]),
            **{
                name: in_words(values) if values.dtype.kind == "M" else numbers(values)
                for name, values in chosen_parts.items()
            },
        )


def _restriction(reasons: Reasons, found: Findings, standing: Standing) -> None:
    free = is_unrestricted(found, standing)
    restricted = found.handled.restricted
    rows = np.flatnonzero(standing.is_missed & ~free)
    finding = "Detention, monitoring, restriction or bail was decided on {day}, before release."
    day = in_words(restricted[rows])
    reasons.add(rows, _RESTRICTION, finding, day=day)
    finding = "No decision on detention, monitoring, restriction or bail before release either."
    reasons.add(np.flatnonzero(free), _RESTRICTION, finding)


def _possible(reasons: Reasons, standing: Standing, asked: Flags) -> None:
    has_case = standing.possible_case >= 0
    held = standing.now.is_possibly_considered
    for mask, finding in (
        (held, "A possible match holds a decision that would be in time; it does not count."),
        (has_case & ~held, "A possible match holds a criminal case; it does not count."),
    ):
        rows = np.flatnonzero(asked & mask & has_case)
        key = reasons.case_key(standing.possible_case[rows])
        reasons.add(rows, _POSSIBLE_DECISION, finding, CASES, key)
