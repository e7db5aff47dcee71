"""The rank of the work: what can still be prevented first, then those held past their date."""

import numpy as np

from jobs.assess.columns import Whole
from jobs.assess.decide.status import TO_DO, places
from jobs.assess.findings import Findings
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.policy.dated_rules import Policy
from jobs.assess.read.custody import DIED, REMOVED
from jobs.contract.bands import ALERT_DAYS

_SERIOUSNESS = (1, 2, 3, 4, 5)
_UNKNOWN_RANKS_AS = 3
_RANKING = AppliedRule(
    id="priority.ranking",
    numbers=(
        *(f"seriousness_{seriousness}" for seriousness in (*_SERIOUSNESS, "unknown")),
        "at_once_within_days",
        "preventable_within_days",
        "date_passed",
        *(f"within_{days}_days" for days in ALERT_DAYS),
        "released",
        "later",
    ),
)
RULES: tuple[AppliedRule, ...] = (_RANKING,)
"""The rules that are applied here."""
_NEVER = np.iinfo(np.int32).max


def rank(found: Findings, *, status: Whole, policy: Policy) -> Whole:
    """Rank of each episode's work, 1 first, 0 where nothing is to be done.

    First whoever leaves, or left, on the night's own day; then those inside who may leave within
    days, and within weeks; then those inside whose date has passed or is not known; then the rest.
    In each of the five by points; ties fall to the more serious offence, the release that is
    nearest to the night or, of those released, the earliest, and then the order of the episodes.
    Nobody is left to be worked on of those who died or left the country.
    """
    rule, custody = policy[_RANKING], found.custody
    night = np.full(len(status), found.as_of)
    is_out = custody.is_released
    until = np.where(is_out, custody.release_date, found.earliest.day)
    ahead = np.where(np.isnat(until), _NEVER, (until - night).astype(np.int64))
    is_passed = (ahead < 0) | (ahead == _NEVER)
    turns = (
        ahead == 0,
        ~is_out & ~is_passed & (ahead <= rule.number("at_once_within_days", night)),
        ~is_out & ~is_passed & (ahead <= rule.number("preventable_within_days", night)),
        ~is_out & is_passed,
    )
    turn = np.select(turns, range(len(turns)), len(turns))
    seriousness = found.sentenced.seriousness

    def points(name: str) -> Whole:
        return rule.number(name, night)

    points_of_offence = np.select(
        [seriousness == each for each in _SERIOUSNESS],
        [points(f"seriousness_{each}") for each in _SERIOUSNESS],
        points("seriousness_unknown"),
    )
    nearness = np.select(
        [is_out, ahead == _NEVER, ahead < 0] + [ahead <= band for band in ALERT_DAYS],
        [points("released"), points(f"within_{ALERT_DAYS[0]}_days"), points("date_passed")]
        + [points(f"within_{band}_days") for band in ALERT_DAYS],
        points("later"),
    )
    gone = np.isin(custody.kind, (DIED, REMOVED))
    work = np.flatnonzero(np.isin(status, places(TO_DO)) & ~gone)
    serious = np.where(seriousness > max(_SERIOUSNESS), _UNKNOWN_RANKS_AS, seriousness)
    # Of those released the undated come first, then the earliest.
    distance = np.where(is_out, np.where(ahead == _NEVER, -_NEVER, ahead), np.abs(ahead))
    keys = (distance, serious, -(points_of_offence * nearness), turn)
    order = np.lexsort([key[work] for key in keys])
    ranks = np.zeros(len(status), dtype=np.int64)
    ranks[work[order]] = np.arange(1, len(work) + 1)
    return ranks
