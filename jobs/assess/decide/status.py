"""The due date, the one status of each episode, and the rank of the work."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jobs.assess import columns as col
from jobs.assess.columns import NO_DAY, Days, Flags, Whole
from jobs.assess.criteria.scope import Scope
from jobs.assess.policy.dated_rules import Policy
from jobs.assess.read.casework import Handled
from jobs.assess.read.custody import DIED, REMOVED, Custody
from jobs.assess.read.nationality import Nationality
from jobs.assess.read.sentences import Sentenced

RELEASE_DATES = (
    "confirmed_release_date",
    "conditional_release_date",
    "conditional_release_override_date",
    "automatic_release_date",
    "automatic_release_override_date",
    "parole_eligibility_date",
    "home_detention_curfew_eligibility_date",
    "tariff_date",
)
"""Recorded dates on which somebody may be released (rule ``release.earliest``)."""

STATUSES = (
    "OUT_OF_SCOPE",
    "CONSIDERED",
    "NOT_YET_DUE",
    "DUE",
    "CONSIDERED_LATE",
    "NOT_REFERRED",
    "REFERRED_NOT_CONSIDERED",
    "VERIFY_NATIONALITY",
)
OUT, CONSIDERED, NOT_YET_DUE, DUE, LATE, NOT_REFERRED, NOT_CONSIDERED, VERIFY = range(8)
STATUS_RULES = tuple(f"status.{status.lower().replace('_', '-')}" for status in STATUSES)
TO_DO = (DUE, NOT_REFERRED, NOT_CONSIDERED)
"""The statuses that are ranked work."""
UNCONSIDERED = (LATE, NOT_REFERRED, NOT_CONSIDERED)
"""The statuses of those who were not shown to be considered before release."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """When somebody can be released at the earliest, and when consideration is due."""

    earliest: Days
    source: Whole
    due: Days


RECOMPUTED = len(RELEASE_DATES)


def earliest_release(
    *, episodes: pa.Table, sentenced: Sentenced, recomputed: Days
) -> tuple[Days, Whole]:
    """The earliest plausible release date of each episode, and where it comes from.

    Args:
        episodes: ``prison.episodes``, in the order of the result.
        sentenced: the sentences; a date before them is implausible.
        recomputed: the release date worked out from the sentences.

    Returns:
        The dates, and positions in `RELEASE_DATES`, or `RECOMPUTED`, or -1 without a date.
    """
    floor = col.first_day(sentenced.first_sentence, col.days(episodes, "reception_date"))
    earliest = np.full(len(episodes), NO_DAY)
    source = np.full(len(episodes), -1)
    candidates = [col.days(episodes, name) for name in RELEASE_DATES]
    for index, day in enumerate([*candidates, recomputed]):
        better = ~np.isnat(day) & ~(day < floor) & ~(day >= earliest)
        earliest = np.where(better, day, earliest)
        source = np.where(better, index, source)
    return earliest, source


def due(*, earliest: Days, source: Whole, sentenced: Sentenced, night: Days, policy: Policy) -> Due:
    """The due date: some months before the earliest release, at the earliest on sentence."""
    months = policy["consideration.due"].number("months_before_release", night)
    ahead = col.add_months(earliest, -months)
    return Due(
        earliest=earliest,
        source=source,
        due=np.fmax(ahead, sentenced.selects),
    )


def decide_status(
    *,
    scope: Scope,
    nationality: Nationality,
    custody: Custody,
    handled: Handled,
    due_date: Days,
    as_of: np.datetime64,
) -> tuple[Whole, Flags]:
    """The status of each episode as a position in `STATUSES`, and whether it is in scope.

    The answers are tried from the top; the first that holds is the status. A removal of somebody
    who may be British is verified although nobody is left to consider: it may have been unlawful.
    """
    considered = (handled.timely >= 0) | handled.removed_under_order
    died = custody.kind == DIED
    verify = nationality.must_be_verified & ~handled.chose_not_to_pursue & ~died
    no_more = ~considered & (died | ((custody.kind == REMOVED) & ~verify))
    in_scope = scope.in_scope & ~no_more
    answers = [
        (~in_scope, OUT),
        (verify, VERIFY),
        (considered, CONSIDERED),
        (~custody.is_released & (due_date > as_of), NOT_YET_DUE),
        (~custody.is_released, DUE),
        (handled.late >= 0, LATE),
        (handled.is_referred_in_time, NOT_CONSIDERED),
    ]
    status = np.select([met for met, _ in answers], [code for _, code in answers], NOT_REFERRED)
    return status, in_scope


def rank(
    *,
    status: Whole,
    sentenced: Sentenced,
    custody: Custody,
    earliest: Days,
    policy: Policy,
    night: Days,
    as_of: np.datetime64,
) -> tuple[npt.NDArray[np.int64], Whole]:
    """Rank of each episode's work, 1 first, 0 where nothing is to be done; and its points.

    Rows must be in order of episode: the last tie falls to it.
    """
    rule = policy["priority.ranking"]

    def points(name: str) -> Whole:
        return rule.number(name, night)

    seriousness = np.select(
        [sentenced.seriousness == grade for grade in range(1, 6)],
        [points(f"seriousness_{grade}") for grade in range(1, 6)],
        points("seriousness_unknown"),
    )
    ahead = (earliest - as_of).astype("timedelta64[D]")
    bands = (7, 30, 90, 180, 365)
    nearness = np.select(
        [custody.is_released, np.isnat(earliest)]
        + [ahead <= np.timedelta64(band, "D") for band in bands],
        [points("released"), points("within_7_days")]
        + [points(f"within_{band}_days") for band in bands],
        points("later"),
    )
    score = seriousness * nearness
    until = np.where(custody.is_released, custody.release_date, earliest)
    work = np.flatnonzero(np.isin(status, TO_DO))
    unknown = np.where(sentenced.seriousness[work] > 5, 3, sentenced.seriousness[work])
    last = np.where(np.isnat(until[work]), np.datetime64("0001-01-01"), until[work])
    order = np.lexsort((last, unknown, -score[work]))
    ranks = np.zeros(len(status), dtype=np.int64)
    ranks[work[order]] = np.arange(1, len(work) + 1)
    return ranks, score
