"""The reasons of every assessment as rows: a rule, its answer, and the fact that it used.

A caseworker reads them from the top. They hold no personal value: episodes, cases and events are
named by their own numbers.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs import codes as c
from jobs.assess import cases as ca
from jobs.assess import columns as col
from jobs.assess import custody as cu
from jobs.assess import nationality as na
from jobs.assess import status as st
from jobs.assess.columns import Flags, Whole
from jobs.assess.scope import BRITISH_RULE, DUTY, EXEMPTIONS, SCOPE_RULES
from jobs.assess.wording import TEXT, chosen, in_words, lengths, numbers, say
from jobs.results import REASONS

if TYPE_CHECKING:
    from jobs.assess.assessment import Findings
    from jobs.assess.rules import Policy

EPISODES, SENTENCES, MOVEMENTS = "prison.episodes", "prison.sentences", "prison.movements"
PERSONS, CASES, EVENTS = "prison.persons", "immigration.cases", "immigration.events"

_COUNTRIES = [nationality.meaning for nationality in c.NATIONALITY.codes]
_DECIDED = ["to pursue deportation", "not to pursue deportation", "to defer to a later day"]
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


class _Collected:
    """Reasons as they are given, step by step; sorted by episode at the end."""

    def __init__(self, rules: list[str]) -> None:
        self._rules = rules
        self._tables: list[str] = []
        self._rows: list[Whole] = []
        self._rule: list[Whole] = []
        self._finding: list[pa.Array] = []
        self._table: list[Whole] = []
        self._key: list[pa.Array] = []

    def add(
        self,
        rows: Whole,
        rule: str,
        finding: str,
        table: str = "",
        key: pa.Array | None = None,
        **parts: Any,
    ) -> None:
        """Give a reason to the episodes at these positions."""
        if len(rows) == 0:
            return
        if table not in self._tables:
            self._tables.append(table)
        self._rows.append(rows)
        self._rule.append(np.full(len(rows), self._rules.index(rule), dtype=np.int16))
        self._finding.append(say(finding, len(rows), **parts))
        self._table.append(np.full(len(rows), self._tables.index(table), dtype=np.int16))
        self._key.append(pa.nulls(len(rows), TEXT) if key is None else key.cast(TEXT))

    def frame(self, episode_ids: pa.Array) -> pd.DataFrame:
        """All reasons in order of episode and reading."""
        if not self._rows:
            return REASONS.empty()
        rows = np.concatenate(self._rows)
        order = np.argsort(rows, kind="stable")
        rows = rows[order]
        starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
        position = np.arange(len(rows)) - np.repeat(starts, np.diff(np.r_[starts, len(rows)])) + 1
        places = pa.array(order)
        sources = pa.array([name or None for name in self._tables], TEXT)
        columns = {
            "episode_id": episode_ids.cast(TEXT).take(pa.array(rows)),
            "position": pa.array(position),
            "rule_id": pa.array(self._rules, TEXT).take(
                pa.array(np.concatenate(self._rule)[order])
            ),
            "finding": _taken_out(self._finding).take(places),
            "source_table": sources.take(pa.array(np.concatenate(self._table)[order])),
            "source_key": _taken_out(self._key).take(places),
        }
        frame: pd.DataFrame = pa.table(columns).to_pandas()
        return frame.astype({f.name: f.kind.pandas for f in REASONS.fields})


def _taken_out(pieces: list[pa.Array]) -> pa.Array:
    """The pieces as one array, let go so that memory holds the text once, not twice."""
    whole = pa.concat_arrays(pieces)
    pieces.clear()
    return whole


def give_reasons(found: "Findings", policy: "Policy") -> pd.DataFrame:
    """Write down, for each episode, which rule answered what, from which row.

    An episode that is out of scope because the person is British gets two rows: the record and the
    status. Every other episode shows its sentence and criterion; one that meets a criterion shows
    its custody, link, referral, decisions and due date too.
    """
    reasons = _Collected(sorted(policy.rules))
    asked = found.scope.in_scope
    _nationality(reasons, found)
    _sentence(reasons, found)
    _scope(reasons, found, policy)
    _custody(reasons, found, asked)
    _link(reasons, found, asked)
    _referral(reasons, found, asked)
    _decisions(reasons, found, asked)
    _restriction(reasons, found)
    _possible(reasons, found, asked)
    _due(reasons, found, policy)
    _status(reasons, found)
    return reasons.frame(found.episodes.column("episode_id").combine_chunks())


def _own(found: "Findings", rows: Whole) -> pa.Array:
    return found.episodes.column("episode_id").take(pa.array(rows)).combine_chunks()


def _nationality(reasons: _Collected, found: "Findings") -> None:
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
            "The linked immigration record is foreign, with proof or a deportation case.",
        ),
        (na.COURT, "A court recommended deportation although the record says British."),
    ):
        reasons.add(np.flatnonzero(nationality.evidence == evidence), "nationality.verify", finding)


def _is_asked(found: "Findings") -> Flags:
    """Whether more than the nationality had to be looked at."""
    asked: Flags = found.scope.scope_rule != BRITISH_RULE
    return asked


def _sentence(reasons: _Collected, found: "Findings") -> None:
    sentenced = found.sentenced
    rows = np.flatnonzero(found.is_court_recommended)
    finding = "The court recommended deportation."
    reasons.add(rows, "referral.court-recommendation", finding, EPISODES, _own(found, rows))
    asked = _is_asked(found) & sentenced.is_sentenced
    rows = np.flatnonzero(asked & sentenced.has_length)
    finding = "The sentences come to {length}, counted from {start}."
    reasons.add(
        rows,
        "sentence.length",
        finding,
        SENTENCES,
        _sentence_key(found, sentenced.longest_row[rows]),
        length=lengths(sentenced.months[rows], sentenced.days[rows]),
        start=in_words(sentenced.starts[rows]),
    )
    rows = np.flatnonzero(asked & sentenced.indeterminate)
    finding = "A sentence without a fixed end reaches every length."
    key = _sentence_key(found, sentenced.first_row[rows])
    reasons.add(rows, "sentence.indeterminate", finding, SENTENCES, key)
    rows = np.flatnonzero(asked & sentenced.undetermined & ~sentenced.indeterminate)
    finding = "The length of the sentence, or of a part of it, cannot be determined."
    reasons.add(rows, "referral.undetermined", finding, EPISODES, _own(found, rows))


def _sentence_key(found: "Findings", rows: Whole) -> pa.Array:
    sentences = found.sentenced.rows
    owner = _own(found, col.at(sentences.episode, rows, 0))
    return say(
        "{owner}|{number}",
        len(rows),
        owner=owner,
        number=numbers(col.at(sentences.sequence, rows, 0)),
    )


_SCOPE_FINDINGS = {
    ("referral.court-recommendation", True): "In scope: a recommendation suffices whatever the "
    "sentence.",
    ("referral.unclear-length", True): "In scope: nationality unclear, and the length reaches "
    "{months} months.",
    ("referral.non-eea-length", True): "In scope: outside the EEA, and the length reaches {months} "
    "months.",
    ("referral.eea-length", True): "In scope: EEA, and the length reaches {months} months.",
    ("referral.aggregate", True): "In scope: together with {earlier} earlier sentences of the last "
    "{years} years the length reaches {months} months.",
    ("referral.every-foreign-national", True): "In scope: every sentenced foreign national is "
    "notified.",
    ("referral.undetermined", True): "In scope: the length is not known, and what is not known "
    "takes nobody off the list.",
    ("duty.condition-1", True): "In scope: one sentence reaches {months} months, so the duty to "
    "deport applies.",
    ("referral.not-sentenced", False): "Not in scope: no sentence is being served that counts.",
    ("referral.irish", False): "Not in scope: an Irish citizen without a court recommendation.",
    ("referral.unclear-length", False): "Not in scope: nationality unclear, but the length does "
    "not reach {months} months, alone or with earlier sentences.",
    ("referral.eea-length", False): "Not in scope: EEA, and the length does not reach {months} "
    "months.",
    ("referral.non-eea-length", False): "Not in scope: the length does not reach {months} months, "
    "alone or with earlier sentences.",
}


def _scope(reasons: _Collected, found: "Findings", policy: "Policy") -> None:
    scope = found.scope
    for (rule_id, met), finding in _SCOPE_FINDINGS.items():
        rows = np.flatnonzero(
            (scope.scope_rule == SCOPE_RULES.index(rule_id)) & (scope.in_scope == met)
        )
        on = found.sentenced.selects[rows]
        rule = policy[rule_id]
        named = {name for period in rule.periods for name in period.numbers}
        parts = {name: numbers(rule.number(name, on)) for name in sorted(named)}
        reasons.add(rows, rule_id, finding, earlier=numbers(scope.earlier[rows]), **parts)
    rows = np.flatnonzero(scope.duty & (scope.scope_rule != DUTY))
    finding = "The duty to deport applies: one sentence reaches the length of condition 1."
    reasons.add(rows, "duty.condition-1", finding)
    for place, rule_id in enumerate(EXEMPTIONS):
        rows = np.flatnonzero(scope.exempt & (scope.exempt_rule == place))
        finding = "Exempt from the duty to deport; the case must still be considered."
        reasons.add(rows, rule_id, finding)


def _custody(reasons: _Collected, found: "Findings", asked: Flags) -> None:
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
        _own(found, rows),
        day=in_words(custody.recalled_from[rows]),
    )


def _add_exit(
    reasons: _Collected, found: "Findings", mask: Flags, rule_id: str, finding: str, left: pa.Array
) -> None:
    exit_row = found.custody.exit_row
    rows = np.flatnonzero(mask & (exit_row >= 0))
    sequence = col.whole(found.custody.movements, "movement_sequence", missing=0)
    number = numbers(col.at(sequence, exit_row[rows], 0))
    key = say("{owner}|{number}", len(rows), owner=_own(found, rows), number=number)
    reasons.add(rows, rule_id, finding, MOVEMENTS, key, left=left.take(pa.array(rows)))
    rows = np.flatnonzero(mask & (exit_row < 0))
    reasons.add(rows, rule_id, finding, EPISODES, _own(found, rows), left=left.take(pa.array(rows)))


def _link(reasons: _Collected, found: "Findings", asked: Flags) -> None:
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


def _case_key(found: "Findings", rows: Whole) -> pa.Array:
    taken = found.cases.table.column("case_id").take(pa.array(rows))
    return taken.combine_chunks()


def _referral(reasons: _Collected, found: "Findings", asked: Flags) -> None:
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
            _case_key(found, handled.referral_case[rows]),
            day=in_words(handled.referred[rows]),
        )
    rows = np.flatnonzero(asked & ~handled.is_referred)
    finding = "No criminal case is found for this sentence: not referred."
    reasons.add(rows, "consideration.referral", finding)
    rows = np.flatnonzero(asked & ~np.isnat(handled.started) & (handled.timely < 0))
    finding = "Work started on {day}; a start is not a consideration."
    reasons.add(
        rows,
        "consideration.decision",
        finding,
        CASES,
        _case_key(found, handled.case[rows]),
        day=in_words(handled.started[rows]),
    )


def _decisions(reasons: _Collected, found: "Findings", asked: Flags) -> None:
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
    reasons: _Collected,
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
            decisions.key.take(pa.array(used)),
            decided=chosen(_DECIDED, decisions.kind[used]),
            day=in_words(decisions.day[used]),
        )


def _restriction(reasons: _Collected, found: "Findings") -> None:
    unconsidered = np.isin(found.status, st.UNCONSIDERED)
    restricted = found.handled.restricted
    rows = np.flatnonzero(unconsidered & ~np.isnat(restricted))
    finding = "Detention or bail was decided on {day}, before release."
    day = in_words(restricted[rows])
    reasons.add(rows, "consideration.restriction", finding, day=day)
    rows = np.flatnonzero(unconsidered & np.isnat(restricted))
    finding = "No decision on detention or bail is on record before release either."
    reasons.add(rows, "consideration.restriction", finding)


def _possible(reasons: _Collected, found: "Findings", asked: Flags) -> None:
    handled = found.handled
    has_case = handled.possible_case >= 0
    held = handled.is_possibly_considered
    for mask, finding in (
        (held, "A possible match holds a decision that would be in time; it does not count."),
        (has_case & ~held, "A possible match holds a criminal case; it does not count."),
    ):
        rows = np.flatnonzero(asked & mask & has_case)
        key = _case_key(found, handled.possible_case[rows])
        reasons.add(rows, "consideration.possible", finding, CASES, key)


def _due(reasons: _Collected, found: "Findings", policy: "Policy") -> None:
    expected = found.in_scope & ~found.custody.is_gone
    unknown = np.isnat(found.due.earliest)
    is_ours = found.due.source == st.RECOMPUTED
    rows = np.flatnonzero(expected & ~unknown & ~is_ours)
    finding = "Earliest plausible release {day} ({source})."
    day = in_words(found.due.earliest[rows])
    source = chosen(_DATES, found.due.source[rows])
    reasons.add(
        rows, "release.earliest", finding, EPISODES, _own(found, rows), day=day, source=source
    )
    rows = np.flatnonzero(expected & is_ours)
    finding = "Earliest plausible release {day}, worked out from the sentences."
    key = _sentence_key(found, found.sentenced.first_row[rows])
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
        _own(found, rows),
        recorded=in_words(found.recomputed.recorded[rows]),
        earliest=in_words(found.recomputed.earliest[rows]),
        latest=in_words(found.recomputed.latest[rows]),
    )
    rows = np.flatnonzero(expected & unknown)
    finding = "No plausible release date is recorded."
    reasons.add(rows, "release.unknown", finding, EPISODES, _own(found, rows))
    rows = np.flatnonzero(expected)
    night = np.full(len(rows), found.as_of)
    months = policy["consideration.due"].number("months_before_release", night)
    reasons.add(
        rows,
        "consideration.due",
        "Consideration is due on {day}: {months} months before release, or the sentence if later.",
        day=in_words(found.due.due[rows]),
        months=numbers(months),
    )


def _status(reasons: _Collected, found: "Findings") -> None:
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
