"""The reasons of every assessment as rows: a rule, its answer, and the fact that it used.

A caseworker reads them from the top. They hold no personal value: episodes, cases and events are
named by their own numbers.
"""

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from jobs.assess import columns as col
from jobs.assess.columns import Flags, Whole
from jobs.assess.criteria.scope import BRITISH_RULE, DUTIES, EXEMPTIONS, SCOPE_RULES
from jobs.assess.decide import status as st
from jobs.assess.explain.casework_reasons import give_casework_reasons
from jobs.assess.explain.reason_rows import EPISODES, MOVEMENTS, PERSONS, SENTENCES, Reasons, Said
from jobs.assess.explain.wording import chosen, in_words, lengths, numbers
from jobs.assess.read import custody as cu
from jobs.assess.read import nationality as na
from jobs.contract import codes as c

if TYPE_CHECKING:
    from jobs.assess.assessment import Findings
    from jobs.assess.policy.dated_rules import Policy


_COUNTRIES = [nationality.meaning for nationality in c.NATIONALITY.codes]
_DATES = [
    "confirmed release date",
    "conditional release date",
    "conditional release date entered by hand",
    "automatic release date",
    "automatic release date entered by hand",
    "parole eligibility",
    "home detention curfew eligibility",
    "end of the tariff",
]


def give_reasons(found: "Findings", policy: "Policy") -> Reasons:
    """Collect, for each episode, which rule answered what, from which row.

    An episode that is out of scope because the person is British gets two rows: the record and the
    status. Every other episode shows its sentence and criterion; one that meets a criterion shows
    its custody, link, referral, decisions and due date too.
    """
    reasons = Reasons(found, sorted(policy.rules))
    asked = found.scope.in_scope
    _nationality(reasons, found)
    _sentence(reasons, found)
    _scope(reasons, found, policy)
    _custody(reasons, found, asked)
    give_casework_reasons(reasons, found, asked)
    _due(reasons, found, policy)
    _status(reasons, found)
    return reasons


def _nationality(reasons: Reasons, found: "Findings") -> None:
    nationality = found.nationality
    is_foreign = ~nationality.is_british & ~nationality.is_unclear
    rows = np.flatnonzero(nationality.is_british)
    reasons.add(rows, "nationality.british", "The prison record says British.", PERSONS)
    rows = np.flatnonzero(nationality.is_unclear)
    finding = (
        "The prison record gives no nationality that can be relied on; it is not read as British."
    )
    reasons.add(rows, "nationality.unclear", finding, PERSONS)
    rows = np.flatnonzero(is_foreign)
    country = chosen(_COUNTRIES, nationality.code[rows])
    reasons.add(
        rows, "nationality.foreign", "The prison record says {country}.", PERSONS, country=country
    )
    rows = np.flatnonzero(is_foreign & (nationality.group == na.EEA))
    on = in_words(found.sentenced.selects[rows])
    finding = "The state was in the EEA, or treated so, on {on}, the day that selects the rules."
    reasons.add(rows, "nationality.eea", finding, on=on)
    rows = np.flatnonzero(nationality.is_conflict)
    finding = (
        "The linked immigration record holds another foreign nationality: neither EEA nor Irish "
        "treatment is given."
    )
    reasons.add(rows, "nationality.conflict", finding, "immigration.persons")
    for evidence, finding in (
        (na.SECOND_BRITISH, "The prison record holds British as a second nationality."),
        (na.THERE_BRITISH, "The linked immigration record says British."),
        (
            na.THERE_FOREIGN,
            "The linked immigration record is of a foreigner, with proof or a deportation case.",
        ),
        (na.COURT, "A court recommended deportation although the record says British."),
    ):
        reasons.add(np.flatnonzero(nationality.evidence == evidence), "nationality.verify", finding)


def _is_asked(found: "Findings") -> Flags:
    """Whether more than the nationality had to be looked at."""
    asked: Flags = found.scope.scope_rule != BRITISH_RULE
    return asked


def _sentence(reasons: Reasons, found: "Findings") -> None:
    sentenced = found.sentenced
    rows = np.flatnonzero(found.is_court_recommended)
    finding = "The court recommended deportation."
    reasons.add(rows, "referral.court-recommendation", finding, EPISODES, reasons.own_key(rows))
    asked = _is_asked(found) & sentenced.is_sentenced
    rows = np.flatnonzero(asked & sentenced.has_length)
    finding = "The sentences come to {length}, counted from {start}."
    reasons.add(
        rows,
        "sentence.length",
        finding,
        SENTENCES,
        _sentence_key(reasons, found, sentenced.longest_row[rows]),
        length=lengths(sentenced.months[rows], sentenced.days[rows]),
        start=in_words(sentenced.starts[rows]),
    )
    rows = np.flatnonzero(asked & sentenced.indeterminate)
    finding = "A sentence without a fixed end reaches every length."
    key = _sentence_key(reasons, found, sentenced.indeterminate_row[rows])
    reasons.add(rows, "sentence.indeterminate", finding, SENTENCES, key)
    rows = np.flatnonzero(asked & sentenced.undetermined & ~sentenced.indeterminate)
    finding = "The length of the sentence, or of a part of it, cannot be determined."
    reasons.add(rows, "referral.undetermined", finding, EPISODES, reasons.own_key(rows))


def _sentence_key(reasons: Reasons, found: "Findings", rows: Whole) -> Said:
    owner = reasons.owner(col.at(found.sentence_episode, rows, 0))
    return _numbered(owner, col.at(found.sentence_sequence, rows, 0))


def _numbered(owner: pa.Array, number: Whole) -> Said:
    """The key of a row that has its number within an episode."""
    return Said("{owner}|{number}", {"owner": owner, "number": numbers(number)})


_SCOPE_FINDINGS = {
    ("referral.court-recommendation", True): "In scope: a recommendation suffices whatever the "
    "sentence.",
    ("referral.unclear-length", True): "In scope: nationality unclear, and the length reaches "
    "{months} months.",
    ("referral.non-eea-length", True): "In scope: outside the EEA, and the length reaches {months} "
    "months.",
    ("referral.eea-length", True): "In scope: EEA, and the length reaches {months} months.",
    ("referral.aggregate", True): "In scope: together with the longest earlier sentences of "
    "the last {years} years, {earlier_sentences} at most, the length reaches {months} months.",
    ("referral.every-foreign-national", True): "In scope: every sentenced foreign national is "
    "notified.",
    ("referral.undetermined", True): "In scope: the length is not known, and what is not known "
    "takes nobody off the list.",
    ("duty.condition-1", True): "In scope: one sentence reaches {months} months, so the duty to "
    "deport applies.",
    ("duty.transitional", True): "In scope: one sentence reaches the length of condition 1, and "
    "the person was in custody on the day on which the duty to deport began.",
    ("referral.not-sentenced", False): "Not in scope: no sentence is being served that counts.",
    ("referral.irish", False): "Not in scope: an Irish citizen without a court recommendation.",
    ("referral.unclear-length", False): "Not in scope: nationality unclear, but the length does "
    "not reach {months} months, alone or with earlier sentences.",
    ("referral.eea-length", False): "Not in scope: EEA, and the length does not reach {months} "
    "months.",
    ("referral.non-eea-length", False): "Not in scope: the length does not reach {months} months, "
    "alone or with earlier sentences.",
}


def _earlier(reasons: Reasons, found: "Findings") -> None:
    """The earlier sentences that were added, where it was asked whether they suffice."""
    scope, sentenced = found.scope, found.sentenced
    asked = scope.scope_rule[scope.added_to] == SCOPE_RULES.index("referral.aggregate")
    rows, other = scope.added_to[asked], scope.added[asked]
    reasons.add(
        rows,
        "referral.aggregate",
        "An earlier sentence of {length}, passed on {day}, is added.",
        SENTENCES,
        _sentence_key(reasons, found, sentenced.longest_row[other]),
        length=lengths(sentenced.months[other], sentenced.days[other]),
        day=in_words(sentenced.selects[other]),
    )


def _scope(reasons: Reasons, found: "Findings", policy: "Policy") -> None:
    scope = found.scope
    _earlier(reasons, found)
    for (rule_id, met), finding in _SCOPE_FINDINGS.items():
        rows = np.flatnonzero(
            (scope.scope_rule == SCOPE_RULES.index(rule_id)) & (scope.in_scope == met)
        )
        on = found.sentenced.selects[rows]
        rule = policy[rule_id]
        named = {name for period in rule.periods for name in period.numbers}
        parts = {name: numbers(rule.number(name, on)) for name in sorted(named)}
        reasons.add(rows, rule_id, finding, **parts)
    for duty, why in zip(
        DUTIES, ("", ", and the person was in custody when it began"), strict=True
    ):
        beside = scope.duty & (scope.scope_rule != duty) & (scope.duty_rule == duty)
        finding = (
            f"The duty to deport applies: one sentence reaches the length of condition 1{why}."
        )
        reasons.add(np.flatnonzero(beside), SCOPE_RULES[duty], finding)
    for place, rule_id in enumerate(EXEMPTIONS):
        rows = np.flatnonzero(scope.exempt & (scope.exempt_rule == place))
        finding = "Exempt from the duty to deport; the case must still be considered."
        reasons.add(rows, rule_id, finding)


def _custody(reasons: Reasons, found: "Findings", asked: Flags) -> None:
    custody = found.custody
    left = in_words(np.where(asked, custody.exit_date, col.NO_DAY))
    under_order = found.handled.removed_under_order
    removed = custody.kind == cu.REMOVED
    for mask, rule_id, finding in (
        (custody.kind == cu.HELD, "custody.held", "Held in prison."),
        (custody.is_released & ~custody.is_undated, "custody.released", "Released on {left}."),
        (
            custody.is_undated,
            "custody.released-undated",
            "Released, but no day of release is recorded.",
        ),
        (
            removed & under_order,
            "exit.removed-under-order",
            "Left the country straight from custody on {left}, under a signed deportation order.",
        ),
        (
            removed & ~under_order,
            "exit.removed",
            "Left the country straight from custody on {left}; no signed order is on record.",
        ),
        (custody.kind == cu.DIED, "exit.died", "Died in custody on {left}."),
        (
            custody.kind == cu.HOSPITAL,
            "custody.hospital",
            "Transferred to hospital on {left}: no release.",
        ),
        (
            custody.kind == cu.AT_LARGE,
            "custody.at-large",
            "Unlawfully at large since {left}: no release.",
        ),
        (
            custody.kind == cu.REMOVAL_CENTRE,
            "custody.removal-centre",
            "Moved to a removal centre on {left}: no release.",
        ),
    ):
        _add_exit(reasons, found, asked & mask, rule_id, finding, left)
    rows = np.flatnonzero(asked & custody.is_recalled)
    finding = "Released before, on {day}, and back in custody in the same episode."
    reasons.add(
        rows,
        "custody.recalled",
        finding,
        EPISODES,
        reasons.own_key(rows),
        day=in_words(custody.recalled_from[rows]),
    )


def _add_exit(
    reasons: Reasons, found: "Findings", mask: Flags, rule_id: str, finding: str, left: pa.Array
) -> None:
    sequence = found.custody.exit_sequence
    rows = np.flatnonzero(mask & (sequence >= 0))
    key = _numbered(reasons.owner(rows), sequence[rows])
    reasons.add(rows, rule_id, finding, MOVEMENTS, key, left=left.take(pa.array(rows)))
    rows = np.flatnonzero(mask & (sequence < 0))
    reasons.add(
        rows, rule_id, finding, EPISODES, reasons.own_key(rows), left=left.take(pa.array(rows))
    )


def _due(reasons: Reasons, found: "Findings", policy: "Policy") -> None:
    expected = found.in_scope & ~found.custody.is_gone
    unknown = np.isnat(found.due.earliest)
    is_ours = found.due.source == st.RECOMPUTED
    rows = np.flatnonzero(expected & ~unknown & ~is_ours)
    finding = "Earliest plausible release {day} ({source})."
    day = in_words(found.due.earliest[rows])
    source = chosen(_DATES, found.due.source[rows])
    reasons.add(
        rows, "release.earliest", finding, EPISODES, reasons.own_key(rows), day=day, source=source
    )
    rows = np.flatnonzero(expected & is_ours)
    finding = "Earliest plausible release {day}, worked out from the sentences."
    key = _sentence_key(reasons, found, found.recomputed.row[rows])
    day = in_words(found.due.earliest[rows])
    reasons.add(rows, "release.recomputed", finding, SENTENCES, key, day=day)
    rows = np.flatnonzero(expected & found.recomputed.is_disputed)
    finding = (
        "RELEASE_DATE_DISPUTED: {recorded} is recorded; the sentences give {earliest} to {latest}."
    )
    reasons.add(
        rows,
        "release.disputed",
        finding,
        EPISODES,
        reasons.own_key(rows),
        recorded=in_words(found.recomputed.recorded[rows]),
        earliest=in_words(found.recomputed.earliest[rows]),
        latest=in_words(found.recomputed.latest[rows]),
    )
    rows = np.flatnonzero(expected & unknown)
    finding = "No plausible release date is recorded."
    reasons.add(rows, "release.unknown", finding, EPISODES, reasons.own_key(rows))
    on_sentence = found.due.due == found.sentenced.selects
    for mask, finding in (
        (unknown, "Consideration is due on {day}, the day of the sentence: no release is known."),
        (
            on_sentence & ~unknown,
            "Consideration is due on {day}, the day of the sentence: {months} months or less left.",
        ),
        (~on_sentence & ~unknown, "Consideration is due on {day}, {months} months before release."),
    ):
        rows = np.flatnonzero(expected & mask)
        night = np.full(len(rows), found.as_of)
        months = policy["consideration.due"].number("months_before_release", night)
        day, ahead = in_words(found.due.due[rows]), numbers(months)
        reasons.add(rows, "consideration.due", finding, day=day, months=ahead)


def _status(reasons: Reasons, found: "Findings") -> None:
    for code, (status, rule_id) in enumerate(zip(st.STATUSES, st.STATUS_RULES, strict=True)):
        rows = np.flatnonzero(found.status == code)
        meaning = {
            st.OUT: "nobody has to consider deportation",
            st.CONSIDERED: "considered in time",
            st.NOT_YET_DUE: "consideration is not due yet",
            st.DUE: "consideration is due and not recorded",
            st.LATE: "released, and not shown to be considered before",
            st.NOT_REFERRED: "released without a referral and without a decision",
            st.NOT_CONSIDERED: "released after a referral, without a decision",
            st.VERIFY: "a person must verify whether this is a British citizen",
        }[code]
        reasons.add(rows, rule_id, f"{status}: {meaning}.")
