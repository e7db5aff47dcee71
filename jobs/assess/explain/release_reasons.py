"""Reasons about custody: where the person is, when they can leave, and what is due by then."""

import numpy as np
import pyarrow as pa

from jobs.assess import columns as col
from jobs.assess.columns import Flags
from jobs.assess.decide.assessment_rows import DIED_IN_CUSTODY, LEFT_THE_COUNTRY
from jobs.assess.decide.due_date import DUE_BEFORE_RELEASE
from jobs.assess.decide.standing import Standing
from jobs.assess.explain.reason_rows import Reasons
from jobs.assess.findings import Findings
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.policy.dated_rules import Policy
from jobs.assess.read import custody as cu
from jobs.assess.read.release_dates import DISPUTED, RECOMPUTED, RELEASE_DATES
from jobs.assess.wording import chosen, in_words, numbers
from jobs.contract import prison

_HELD = AppliedRule(id="custody.held")
_RELEASED = AppliedRule(id="custody.released")
_UNDATED = AppliedRule(id="custody.released-undated")
_UNDER_ORDER = AppliedRule(id="exit.removed-under-order")
_HOSPITAL = AppliedRule(id="custody.hospital")
_AT_LARGE = AppliedRule(id="custody.at-large")
_REMOVAL_CENTRE = AppliedRule(id="custody.removal-centre")
_RECALLED = AppliedRule(id="custody.recalled")
_EARLIEST = AppliedRule(id="release.earliest")
_WORKED_OUT = AppliedRule(id="release.recomputed")
_UNKNOWN = AppliedRule(id="release.unknown")
RULES: tuple[AppliedRule, ...] = (
    _HELD,
    _RELEASED,
    _UNDATED,
    _UNDER_ORDER,
    _HOSPITAL,
    _AT_LARGE,
    _REMOVAL_CENTRE,
    _RECALLED,
    _EARLIEST,
    _WORKED_OUT,
    _UNKNOWN,
)
"""The rules of which is spoken here, beside those that are decided upon."""

_EXITS = {
    cu.HELD: (_HELD, "Held in prison."),
    cu.DIED: (DIED_IN_CUSTODY, "Died in custody on {left}."),
    cu.HOSPITAL: (_HOSPITAL, "Transferred to hospital on {left}: no release."),
    cu.AT_LARGE: (_AT_LARGE, "Unlawfully at large since {left}: no release."),
    cu.REMOVAL_CENTRE: (_REMOVAL_CENTRE, "Moved to a removal centre on {left}: no release."),
}
_SOURCES = list(RELEASE_DATES.values())


def give_custody_reasons(reasons: Reasons, found: Findings, asked: Flags) -> None:
    """Add where the person is, or how and when they left, for the episodes ``asked`` about."""
    custody = found.custody
    left = in_words(np.where(asked, custody.exit_date, col.NO_DAY))
    is_removed, under_order = custody.kind == cu.REMOVED, found.handled.removed_under_order
    for hit, rule, finding in (
        *((custody.kind == kind, rule, finding) for kind, (rule, finding) in _EXITS.items()),
        (custody.is_released & ~custody.is_undated, _RELEASED, "Released on {left}."),
        (custody.is_undated, _UNDATED, "Released, but no day of release is recorded."),
        (
            is_removed & under_order,
            _UNDER_ORDER,
            "Left the country straight from custody on {left}, under a signed deportation order.",
        ),
        (
            is_removed & ~under_order,
            LEFT_THE_COUNTRY,
            "Left the country straight from custody on {left}; no signed order is on record.",
        ),
    ):
        _add_exit(reasons, found, asked & hit, rule, finding, left)
    rows = np.flatnonzero(asked & custody.is_recalled)
    finding = "Released before, on {day}, and back in custody in the same episode."
    day = in_words(custody.recalled_from[rows])
    reasons.add(rows, _RECALLED, finding, prison.EPISODES, reasons.own_key(rows), day=day)


def _add_exit(
    reasons: Reasons,
    found: Findings,
    hit: Flags,
    rule: AppliedRule,
    finding: str,
    left: pa.Array,
) -> None:
    """Name the movement that decided, or the episode where its own row did."""
    sequence = found.custody.exit_sequence
    rows = np.flatnonzero(hit & (sequence >= 0))
    key = reasons.numbered_key(rows, sequence[rows])
    reasons.add(rows, rule, finding, prison.MOVEMENTS, key, left=left.take(pa.array(rows)))
    rows = np.flatnonzero(hit & (sequence < 0))
    key = reasons.own_key(rows)
    reasons.add(rows, rule, finding, prison.EPISODES, key, left=left.take(pa.array(rows)))


def give_due_reasons(reasons: Reasons, found: Findings, standing: Standing, policy: Policy) -> None:
    """Add the release that is expected, and when consideration is due, for those still inside."""
    expected = standing.in_scope & ~found.custody.is_gone
    earliest, recomputed = found.earliest, found.recomputed
    unknown = np.isnat(earliest.day)
    is_ours = earliest.source == RECOMPUTED
    rows = np.flatnonzero(expected & ~unknown & ~is_ours)
    reasons.add(
        rows,
        _EARLIEST,
        "Earliest plausible release {day} ({source}).",
        prison.EPISODES,
        reasons.own_key(rows),
        day=in_words(earliest.day[rows]),
        source=chosen(_SOURCES, earliest.source[rows]),
    )
    rows = np.flatnonzero(expected & is_ours)
    finding = "Earliest plausible release {day}, worked out from the sentences."
    key, day = reasons.sentence_key(recomputed.row[rows]), in_words(earliest.day[rows])
    reasons.add(rows, _WORKED_OUT, finding, prison.SENTENCES, key, day=day)
    rows = np.flatnonzero(expected & recomputed.is_disputed)
    reasons.add(
        rows,
        DISPUTED,
        "RELEASE_DATE_DISPUTED: {recorded} is recorded; the sentences give {earliest} to {latest}.",
        prison.EPISODES,
        reasons.own_key(rows),
        recorded=in_words(recomputed.recorded[rows]),
        earliest=in_words(recomputed.earliest[rows]),
        latest=in_words(recomputed.latest[rows]),
    )
    rows = np.flatnonzero(expected & unknown)
    finding = "No plausible release date is recorded."
    reasons.add(rows, _UNKNOWN, finding, prison.EPISODES, reasons.own_key(rows))
    on_sentence = standing.due == standing.owed
    for hit, finding in (
        (unknown, "Consideration is due on {day}, the day of the sentence: no release is known."),
        (
            on_sentence & ~unknown,
            "Consideration is due on {day}, the day of the sentence: {months} months or less left.",
        ),
        (~on_sentence & ~unknown, "Consideration is due on {day}, {months} months before release."),
    ):
        rows = np.flatnonzero(expected & hit)
        night = np.full(len(rows), found.as_of)
        months = policy[DUE_BEFORE_RELEASE].number("months_before_release", night)
        day, ahead = in_words(standing.due[rows]), numbers(months)
        reasons.add(rows, DUE_BEFORE_RELEASE, finding, day=day, months=ahead)
