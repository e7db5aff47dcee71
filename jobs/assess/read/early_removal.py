"""From when somebody liable to removal may leave the country before the release.

Two schemes: early removal of those who serve a fixed term, and removal at the end of the tariff of
those who serve a sentence without a fixed end (rules ``removal.*``).
"""

import numpy as np

from jobs.assess import columns as col
from jobs.assess.columns import NO_DAY, Days, Flags, Whole
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.policy.dated_rules import Period, Policy
from jobs.assess.read.sentences import YOUTH_ORDER, SentenceRows

_EARLY = AppliedRule(
    id="removal.early",
    numbers=(
        "days",
        "months",
        "with_last_day",
        "served_numerator",
        "served_denominator",
        "custody_days",
        "served_days",
        "extended",
    ),
)
_TARIFF = AppliedRule(id="removal.tariff")
RULES: tuple[AppliedRule, ...] = (_EARLY, _TARIFF)
"""The rules that are applied here."""

_DAY = np.timedelta64(1, "D")


def early_removal(
    *,
    rows: SentenceRows,
    served: Whole,
    moved: Whole,
    tariff: Days,
    sentence: Days,
    release: Days,
    until: Days,
    policy: Policy,
) -> Days:
    """The first day on which a scheme of that day lets each person leave; ``NaT`` for none.

    Args:
        rows: the sentences; of several the last decides.
        served: the days to serve of each, up to parole or release.
        moved: days by which remand and added days move the points of each episode.
        tariff: the end of the tariff of those without a fixed end.
        sentence: the first sentence, before which nobody is removed.
        release: the release point of those with one; a removal is early only before it.
        until: the day up to which the schemes are asked: that of leaving custody, or the night.
        policy: the rules.
    """
    count = len(release)
    answer = np.full(count, NO_DAY)
    counted = np.where(rows.counts & ~rows.indeterminate, rows.episode, -1)
    for period in policy[_EARLY].periods:
        starts, ends = np.datetime64(period.starts), np.datetime64(period.ends)
        opens = col.latest(counted, _opens(rows, served, period), count) + moved
        opens = np.fmax(np.maximum(opens, starts), np.where(np.isnat(opens), NO_DAY, sentence))
        # A scheme that still holds on the last day asked is taken to last.
        holds = (starts <= until) & ((opens < ends) | (until < ends)) & (opens < release)
        answer = np.where(holds, np.fmin(answer, opens), answer)
    for period in policy[_TARIFF].periods:
        starts = np.datetime64(period.starts)
        answer = np.where(starts <= until, np.fmax(answer, np.maximum(tariff, starts)), answer)
    return answer


def _opens(rows: SentenceRows, served: Whole, period: Period) -> Days:
    """The first day of the scheme for each sentence; its release point where it is left out."""
    numbers = period.numbers
    release = rows.starts + (np.maximum(served, 1) - 1).astype("timedelta64[D]")
    window = col.add_months(release, -numbers["months"]) - np.timedelta64(numbers["days"], "D")
    window = window + numbers["with_last_day"] * _DAY
    share = -((-served * numbers["served_numerator"]) // numbers["served_denominator"])
    least = np.maximum(np.maximum(share, numbers["served_days"]), 1)
    opens = np.maximum(window, rows.starts + (least - 1).astype("timedelta64[D]"))
    answer: Days = np.where(_is_left_out(rows, served, period), release, opens)
    return answer


def _is_left_out(rows: SentenceRows, served: Whole, period: Period) -> Flags:
    """Too short for the scheme, an extended sentence before it took them in, or a youth order."""
    left_out = served < period.numbers["custody_days"]
    if not period.numbers["extended"]:
        left_out |= col.is_one_of(rows.table, "calculation_type", {"EDS"})
    left_out |= col.is_one_of(rows.table, "calculation_type", {YOUTH_ORDER})
    answer: Flags = left_out
    return answer
