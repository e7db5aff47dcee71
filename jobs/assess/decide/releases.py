"""Each release: considered in time for every conviction that led to it, or missed for good.

A release of which one conviction was not cleared (`jobs.assess.decide.clearance`) is missed,
whatever happened since: a return, a decision, a removal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.assess import columns as col
from jobs.assess.columns import NO_DAY, Days, Flags, Whole
from jobs.assess.decide.clearance import Clearance, Referred, clear_by, first_referrals, gone_by
from jobs.assess.decide.due_date import due_dates
from jobs.assess.findings import Findings
from jobs.assess.frames import coded, frame_of, taken, whole_numbers
from jobs.assess.policy.dated_rules import Policy
from jobs.assess.read.considerations import KINDS
from jobs.assess.read.custody import REASONS
from jobs.assess.since.since_release import since_release
from jobs.contract import codes as c
from jobs.contract.results import RELEASES

_STATUSES = ["CONSIDERED", "REFERRED_NOT_CONSIDERED", "NOT_REFERRED"]


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What is to be said of each release of the findings.

    ``is_listed``: consideration had to precede it. ``relied`` and ``since`` are considerations, -1
    for none: the one in time, and the first after a missed release that stands tonight. ``told`` is
    the pair of ``clearance`` whose conviction is spoken of: of a missed release the worst, an
    unreferred one first; of another the last.
    """

    clearance: Clearance
    referred: Referred
    is_listed: Flags
    is_missed: Flags
    is_unreferred: Flags
    relied: Whole
    since: Whole
    told: Whole

    @property
    def is_undecided(self) -> Flags:
        """Missed, and nobody has decided since."""
        answer: Flags = self.is_missed & (self.since < 0)
        return answer


def judge_releases(found: Findings, *, asked: Flags) -> Judged:
    """Judge every release of the episodes that are ``asked`` about: in scope and surely foreign."""
    releases, made = found.releases, found.considerations
    final = releases.is_final
    limit = np.where(final, found.handled.window.limit[releases.episode], releases.limit)
    # Whoever is out was released under every sentence of the stay, also under one that the
    # movements put after the last exit: a return that nobody recorded hides nobody.
    latest = np.where(final, NO_DAY, col.first_day(releases.day, releases.returned))
    clearance = clear_by(
        found, episode=releases.episode, limit=limit, until=releases.day, latest=latest
    )
    gone = gone_by(
        found,
        episode=releases.episode,
        day=releases.day,
        seen=limit,
        written=releases.written,
        returned=releases.returned,
    )
    referred = first_referrals(found, clearance, gone=gone)
    is_listed = asked[releases.episode] & clearance.has_conviction
    missed = is_listed & ~clearance.considered
    told = told_of(clearance, referred)
    since, later = col.pairs(found.identified.identity[releases.episode], made.identity)
    after = (made.day[later] > limit[since]) | np.isnat(limit[since])
    after &= missed[since] & made.stands(later, np.full(len(later), found.as_of))
    decided = col.pick(since, [made.day[later], later], after, len(missed))
    return Judged(
        clearance=clearance,
        referred=referred,
        is_listed=is_listed,
        is_missed=missed,
        is_unreferred=missed & ~col.at(referred.is_in_time, told, False),
        relied=clearance.relied_on(made),
        since=col.at(later, decided, -1),
        told=told,
    )


def told_of(clearance: Clearance, referred: Referred) -> Whole:
    """The pair whose conviction is spoken of: the worst that was not cleared, else the last."""
    cleared, count = clearance.is_cleared(clearance.sure), len(clearance.episode)
    worst = col.pick(clearance.ask, [referred.is_in_time, clearance.entered], ~cleared, count)
    last = col.pick(clearance.ask, [-clearance.entered.astype(np.int64)], cleared, count)
    return np.where(worst >= 0, worst, last)


def release_rows(
    found: Findings, judged: Judged, *, tables: Mapping[str, pa.Table], policy: Policy
) -> pd.DataFrame:
    """The releases as `results.RELEASES`; ``tables`` are both registers."""
    releases, made, clearance = found.releases, found.considerations, judged.clearance
    kept, told = np.flatnonzero(judged.is_listed), judged.told
    missed, considered = judged.is_missed, judged.is_listed & ~judged.is_missed
    ask, by = clearance.ask[clearance.hit], clearance.by
    late = made.recorded[by] > clearance.limit[ask]
    by_record = clearance.is_considered(clearance.sure & ~late)
    lasting = clearance.is_considered(clearance.sure & np.isnat(made.withdrawn[by]))
    due = _due(found, judged, policy)
    days = (releases.day - due).astype("timedelta64[D]").astype(np.int64)
    known = missed & ~np.isnat(releases.day) & (releases.day >= due)
    episode = releases.episode[kept]
    sentenced, episodes = found.sentenced, found.episodes
    seriousness = sentenced.seriousness[episode]
    sequence = col.at(found.convictions.sequence[clearance.conviction], told, -1)
    status = np.where(~missed, 0, np.where(judged.is_unreferred, 2, 1))
    columns: dict[str, Any] = {
        "episode_id": episodes.column("episode_id").take(pa.array(episode)),
        "release_number": pa.array(np.arange(len(kept)) - np.searchsorted(episode, episode) + 1),
        "identity_id": found.identified.identity_ids.take(
            pa.array(found.identified.identity[episode])
        ),
        "prisoner_number": episodes.column("prisoner_number").take(pa.array(episode)),
        "prison_id": episodes.column("prison_id").take(pa.array(episode)),
        "release_date": releases.day[kept],
        "release_reason": coded(releases.reason[kept], REASONS),
        "returned_date": releases.returned[kept],
        "is_missed": missed[kept],
        "status": coded(status[kept], _STATUSES),
        "referred_date": np.where(
            col.at(judged.referred.is_in_time, told, False),
            col.at(judged.referred.day, told, NO_DAY),
            NO_DAY,
        )[kept],
        "considered_date": col.at(made.day, judged.relied, NO_DAY)[kept],
        "decision": coded(col.at(made.kind, judged.relied, -1)[kept], KINDS),
        "considered_recorded_date": col.at(made.recorded, judged.relied, NO_DAY)[kept],
        "is_recorded_after_release": (considered & ~by_record)[kept],
        "is_withdrawn_after_release": (considered & ~lasting)[kept],
        "decided_since_date": col.at(made.day, judged.since, NO_DAY)[kept],
        "decided_since": coded(col.at(made.kind, judged.since, -1)[kept], KINDS),
        "due_date": due[kept],
        "days_late": whole_numbers(days[kept], known[kept]),
        "unweighed_sentence": whole_numbers(sequence[kept], (missed & (sequence >= 0))[kept]),
        "is_deferral_expired": (missed & _has_run_out(found, judged))[kept],
        "offence_code": coded(sentenced.offence[episode], [each.code for each in c.OFFENCE.codes]),
        "seriousness": whole_numbers(seriousness, seriousness <= 5),
        "is_court_recommended": found.is_court_recommended[episode],
        "is_nationality_unknown": found.nationality.is_unclear[episode],
        "link_outcome": pa.array(found.identified.outcome[episode], pa.string()),
        "is_possibly_considered": (clearance.is_possibly_considered & missed)[kept],
    }
    further = since_release(found, tables)
    columns |= {name: taken(pa.array(values), kept) for name, values in further.items()}
    return frame_of(RELEASES, columns)


def _has_run_out(found: Findings, judged: Judged) -> Flags:
    """Whether a conviction of each was not cleared, and a deferral of it had run out before."""
    made, clearance = found.considerations, judged.clearance
    on = clearance.until[clearance.ask[clearance.hit]]
    expired = (
        clearance.sure & (made.until[clearance.by] < on) & ~(made.withdrawn[clearance.by] <= on)
    )
    pairs = col.any_of(clearance.hit, expired, len(clearance.ask))
    pairs &= ~clearance.is_cleared(clearance.sure)
    return col.any_of(clearance.ask, pairs, len(clearance.episode))


def _due(found: Findings, judged: Judged, policy: Policy) -> Days:
    """When consideration of each release was due, by the conviction that is spoken of."""
    limit = judged.clearance.limit
    passed = found.convictions.passed[judged.clearance.conviction]
    return due_dates(limit, sentenced=col.at(passed, judged.told, NO_DAY), on=limit, policy=policy)
