"""The rank of the work: seriousness of the offence times nearness of the release."""

import numpy as np

from jobs.assess.columns import Whole
from jobs.assess.decide.status import TO_DO, places
from jobs.assess.findings import Findings
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.policy.dated_rules import Policy
from jobs.contract.bands import ALERT_DAYS

_SERIOUSNESS = (1, 2, 3, 4, 5)
_UNKNOWN_RANKS_AS = 3
_RANKING = AppliedRule(
    id="priority.ranking",
    numbers=(
        *(f"seriousness_{seriousness}" for seriousness in (*_SERIOUSNESS, "unknown")),
        "released",
        *(f"within_{days}_days" for days in ALERT_DAYS),
        "later",
    ),
)
RULES: tuple[AppliedRule, ...] = (_RANKING,)
"""The rules that are applied here."""


def rank(found: Findings, *, status: Whole, policy: Policy) -> Whole:
    """Rank of each episode's work, 1 first, 0 where nothing is to be done.

    Ties fall to the more serious offence, the earlier release, and then the order of the episodes.
    """
    rule, night = policy[_RANKING], np.full(len(status), found.as_of)
    seriousness, earliest = found.sentenced.seriousness, found.earliest.day

    def points(name: str) -> Whole:
        return rule.number(name, night)

    points_of_offence = np.select(
        [seriousness == each for each in _SERIOUSNESS],
        [points(f"seriousness_{each}") for each in _SERIOUSNESS],
        points("seriousness_unknown"),
    )
    ahead = (earliest - found.as_of).astype("timedelta64[D]")
    nearness = np.select(
        [found.custody.is_released, np.isnat(earliest)]
        + [ahead <= np.timedelta64(band, "D") for band in ALERT_DAYS],
        [points("released"), points(f"within_{ALERT_DAYS[0]}_days")]
        + [points(f"within_{band}_days") for band in ALERT_DAYS],
        points("later"),
    )
    until = np.where(found.custody.is_released, found.custody.release_date, earliest)
    work = np.flatnonzero(np.isin(status, places(TO_DO)))
    serious = np.where(seriousness[work] > max(_SERIOUSNESS), _UNKNOWN_RANKS_AS, seriousness[work])
    last = np.where(np.isnat(until[work]), np.datetime64("0001-01-01"), until[work])
    order = np.lexsort((last, serious, -(points_of_offence * nearness)[work]))
    ranks = np.zeros(len(status), dtype=np.int64)
    ranks[work[order]] = np.arange(1, len(work) + 1)
    return ranks
