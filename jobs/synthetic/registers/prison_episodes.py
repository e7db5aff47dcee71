"""The prison register's custody episodes, one for each stay, as they stood on a night."""

from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.contract import prison
from jobs.synthetic.base import days
from jobs.synthetic.base import register_columns as columns
from jobs.synthetic.base.random_draws import Flags, Floats, Ints, Texts
from jobs.synthetic.custody import (
    custody_stays,
    recorded_release_dates,
    recording,
    sentencing,
    unusual_events,
)
from jobs.synthetic.people.person_numbers import numbered

# The columns of stays from which the table is written: frames of a million rows are copied lean.
_OF_EPISODES: Final = (
    "kind", "reception", "reception_recorded", "conviction_day", "sentence_day",
    "sentence_recorded", "calculation", "is_recommended", "scheduled", "end", "end_reason",
    "end_recorded", "recalled", "released_again", "is_dated", "corrected_day", "restatement",
    "conditional_recorded", "automatic_recorded", "expiry", "licence_expiry", "curfew", "parole",
    "tariff", "early_removal", "added_days",
)  # fmt: skip


def episode_ids(stay: Ints) -> Texts:
    """The ids of custody episodes, by position of the stay."""
    return numbered("B", stay, 8)


def episodes(
    stays: pd.DataFrame,
    movements: pd.DataFrame,
    places: pd.DataFrame,
    keys: Texts,
    shown: Flags,
    as_of: int,
    seed: int,
) -> pa.Table:
    """Custody episodes on record by the end of ``as_of``; ``keys`` and ``shown`` are by stay."""
    draws = recorded_release_dates.row_draws(len(stays), seed)
    last = _last_movements(movements, len(stays))
    rows = np.flatnonzero(shown)
    own, draws, last = stays[list(_OF_EPISODES)].iloc[rows], draws[rows], last.iloc[rows]
    sentenced = recorded_release_dates.is_sentenced(own, as_of)
    recalled = unusual_events.back_inside(own, as_of)
    ended = recorded_release_dates.has_ended(own, as_of)
    status, in_out = _status(ended, draws)
    legal, order = _legal_status(own, sentenced, ended, recalled, as_of)
    dates = {
        "sentence_start_date": "sentence_day",
        "conditional_release_date": "conditional_recorded",
        "automatic_release_date": "automatic_recorded",
        "sentence_expiry_date": "expiry",
        "licence_expiry_date": "licence_expiry",
        "home_detention_curfew_eligibility_date": "curfew",
        "parole_eligibility_date": "parole",
        "tariff_date": "tariff",
        "early_removal_scheme_eligibility_date": "early_removal",
    }
    dated = {
        name: days.dates(recorded_release_dates.recorded(own, column, as_of))
        for name, column in dates.items()
    }
    changed = np.where(ended, own["end_recorded"], own["reception_recorded"])
    changed = np.where(sentenced & ~ended, own["sentence_recorded"], changed)
    changed = np.where(recalled, own["recalled"], changed)
    last_end = unusual_events.last_end(own, as_of)
    changed = np.where(ended & (last_end > own["end"]), last_end, changed)
    return columns.table(
        prison.EPISODES,
        {
            "episode_id": columns.texts(episode_ids(rows)),
            "prisoner_number": columns.texts(keys[rows]),
            "prison_id": columns.coded(tuple(places["prison_id"]), last["prison"]),
            "reception_date": days.dates(own["reception"]),
            "status": columns.texts(status),
            "in_out_status": columns.texts(in_out),
            "legal_status": columns.texts(legal),
            "imprisonment_status": columns.texts(order),
            "confirmed_release_date": days.dates(
                recorded_release_dates.confirmed(own, draws, as_of)
            ),
            **dated,
            "additional_days_awarded": columns.wholes(
                own["added_days"], where=sentenced & (own["added_days"] > 0).to_numpy()
            ),
            "last_movement_type": columns.coded(recording.TYPES, last["type"]),
            "last_movement_reason": columns.coded(recording.REASONS, last["reason"]),
            "last_movement_date": days.dates(last["day"]),
            "recorded_at": days.moments(changed, by=rows),
        },
    )


def _last_movements(movements: pd.DataFrame, size: int) -> pd.DataFrame:
    """The last movement recorded for each stay by a night, and where it left the person."""
    last = columns.latest(movements["stay"].to_numpy(), np.arange(len(movements)), size, missing=0)
    row = movements.iloc[last].reset_index(drop=True)
    inside = row["to_prison"].to_numpy()
    return row.assign(prison=np.where(inside >= 0, inside, row["from_prison"]))


def _status(ended: Flags, draws: Floats) -> tuple[Texts, Texts]:
    """Custody status; of those held, a few are out at court or on the road between prisons."""
    out, moving = ~ended & (draws > 0.985), ~ended & (draws < 0.003)
    status = np.select(
        [ended, out, moving],
        ["INACTIVE OUT", "ACTIVE OUT", "INACTIVE TRN"],
        "ACTIVE IN",
    )
    in_out = np.select([ended | out, moving], ["OUT", "TRN"], "IN")
    return status.astype(object), in_out.astype(object)


def _legal_status(
    own: pd.DataFrame, sentenced: Flags, ended: Flags, recalled: Flags, as_of: int
) -> tuple[Texts, Texts]:
    kind = own["kind"].to_numpy()
    convicted = (kind == custody_stays.SENTENCED) & (own["conviction_day"] <= as_of).to_numpy()
    endless = np.isin(own["calculation"], sentencing.ENDLESS) & sentenced
    died = ended & (own["end_reason"] == custody_stays.REASON["DEC"]).to_numpy()
    kept = sentenced & ~ended & (own["scheduled"] < as_of).to_numpy() & ~endless
    cases: list[tuple[Flags, str, str]] = [
        (died, "DEAD", "SENT"),
        (recalled, "RECALL", "LR"),
        (kind == custody_stays.CIVIL, "CIVIL_PRISONER", "CIVIL"),
        (kind == custody_stays.DETAINED, "IMMIGRATION_DETAINEE", "DET"),
        (kept, "IMMIGRATION_DETAINEE", "SENT"),
        (endless, "INDETERMINATE_SENTENCE", "LIFE"),
        (sentenced, "SENTENCED", "SENT"),
        (convicted, "CONVICTED_UNSENTENCED", "JR"),
    ]
    wheres = [where for where, _, _ in cases]
    legal = np.select(wheres, [name for _, name, _ in cases], "REMAND")
    order = np.select(wheres, [name for _, _, name in cases], "RX")
    recommended = sentenced & own["is_recommended"].to_numpy()
    return legal.astype(object), np.where(recommended, "REC_DEP", order).astype(object)
