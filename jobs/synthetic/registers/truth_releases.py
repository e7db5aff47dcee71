"""What is true of each release on a night: considered in time, or missed whatever happened since.

Read from the world's own days and not from the registers. A stay ends, and after a recall it ends
once more: each of the two is a release of its own. A decision counts for a release if it was taken
after the sentence and by the day of that release, and for the night if it was recorded by then.
"""

from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.synthetic.base import days
from jobs.synthetic.base import register_columns as columns
from jobs.synthetic.base.random_draws import Flags, Ints
from jobs.synthetic.casework.case_events import AT, DECISIONS
from jobs.synthetic.custody import custody_stays, sentencing, unusual_events
from jobs.synthetic.registers.immigration_register import CaseNight
from jobs.synthetic.registers.prison_episodes import episode_ids

STATUSES: Final = ("CONSIDERED", "REFERRED_NOT_CONSIDERED", "NOT_REFERRED")
"""Statuses of a release, by position; the worse, the later."""
CONSIDERED, REFERRED_NOT_CONSIDERED, NOT_REFERRED = range(3)
POPULATIONS: Final = ("", "not_considered", "never_referred")
"""The two populations of the failure, by position of the status."""

_RELEASES: Final = tuple(
    custody_stays.REASON[code] for code in ("CR", "NP", "PX", "HR", "BL", "BD", "RE")
)


def releases_on(
    stays: pd.DataFrame, scope: Flags, case_of: Ints, night: CaseNight, as_of: int
) -> pd.DataFrame:
    """Every release of a stay in scope that was recorded by a night.

    Args:
        stays: custody stays.
        scope: which of them are in scope on the night.
        case_of: position of the case of each stay; -1 without one on record.
        night: what is on record of the cases.
        as_of: the night.

    Returns:
        ``stay`` (position), ``release_number`` (from 1), ``day`` (as it happened), ``status``
        (position in `STATUSES`), ``is_decided_since`` (missed, and decided by the night),
        ``is_recorded_after_release`` (considered, on record only after the release) and
        ``is_withdrawn_after_release`` (considered, and withdrawn after the release by the night);
        sorted by stay and number.
    """
    left = np.isin(stays["end_reason"], _RELEASES)
    first = np.flatnonzero(scope & left & (stays["end_recorded"] <= as_of).to_numpy())
    again = stays["released_again"].to_numpy()
    second = first[again[first] <= as_of]
    stay = np.concatenate([first, second])
    day = np.concatenate([stays["end"].to_numpy()[first], again[second]])
    case = case_of[stay]
    seen, recorded = (
        night.days_of[np.maximum(case, 0)],
        night.decision_recorded[np.maximum(case, 0)],
    )
    decided = np.where(case >= 0, seen[:, list(DECISIONS)].min(axis=1), days.NEVER)
    referred = np.where(case >= 0, seen[:, AT["received"]], days.NEVER)
    withdrawn = np.where(case >= 0, seen[:, AT["withdrawn"]], days.NEVER)
    in_time = decided <= day
    found = pd.DataFrame(
        {
            "stay": stay,
            "release_number": np.repeat([1, 2], [len(first), len(second)]),
            "day": day,
            "status": np.select(
                [in_time, referred <= day], [CONSIDERED, REFERRED_NOT_CONSIDERED], NOT_REFERRED
            ),
            "is_decided_since": ~in_time & days.known(decided),
            "is_recorded_after_release": in_time & (recorded > day),
            "is_withdrawn_after_release": in_time & days.known(withdrawn) & (withdrawn > day),
        }
    )
    return found.sort_values(["stay", "release_number"], kind="stable", ignore_index=True)


def table(found: pd.DataFrame, stays: pd.DataFrame, as_of: int) -> pa.Table:
    """The truth about each release.

    Returns:
        ``episode_id``, ``release_number``, ``person``, ``release_date`` (empty where the prison
        recorded none), ``status``, ``population`` (of the two of 2006; empty if considered),
        ``is_missed`` (whatever happened since), ``is_decided_since``,
        ``is_recorded_after_release``, ``is_withdrawn_after_release``, ``is_cohort`` (of one of the
        1,023), ``is_dated``, ``returned_date`` (recalled in the same booking), ``is_recommended``,
        ``offence_code``, ``is_for_life``, ``later_conviction_date`` (convicted again before it,
        after a first decision).
    """
    own = stays.iloc[found["stay"].to_numpy()]
    dated = own["is_dated"].to_numpy() | (found["release_number"] > 1).to_numpy()
    missed = (found["status"] != CONSIDERED).to_numpy()
    return pa.table(
        {
            "episode_id": columns.texts(episode_ids(found["stay"].to_numpy())),
            "release_number": found["release_number"].to_numpy(),
            "person": own["person"].to_numpy(),
            "release_date": days.dates(found["day"].to_numpy(), where=dated),
            "status": columns.coded(STATUSES, found["status"]),
            "population": columns.coded(POPULATIONS, found["status"]),
            "is_missed": missed,
            "is_decided_since": found["is_decided_since"].to_numpy(),
            "is_recorded_after_release": found["is_recorded_after_release"].to_numpy(),
            "is_withdrawn_after_release": found["is_withdrawn_after_release"].to_numpy(),
            "is_cohort": own["is_missed"].to_numpy() & missed,
            "is_dated": dated,
            "returned_date": days.dates(
                own["recalled"].to_numpy(),
                where=(found["release_number"] == 1).to_numpy()
                & (own["recalled"] <= as_of).to_numpy(),
            ),
            "is_recommended": own["is_recommended"].to_numpy(),
            "offence_code": columns.coded(sentencing.OFFENCES, own["offence"]),
            "is_for_life": (own["calculation"] == sentencing.LIFE).to_numpy(),
            "later_conviction_date": days.dates(
                own["later_day"].to_numpy(), where=(own["later_day"] <= as_of).to_numpy()
            ),
        }
    )


def is_inside(stays: pd.DataFrame, as_of: int) -> Flags:
    """Stays whose person is in prison at the end of a night, as far as that was recorded."""
    ended = (stays["end_recorded"] <= as_of).to_numpy()
    inside: Flags = ~ended | unusual_events.back_inside(stays, as_of)
    return inside
