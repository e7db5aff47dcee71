"""The population over time: how many people prisons held on earlier days, as recorded tonight.

Read back from the movements of the one register, so that a series needs no earlier night. In 2006
it stood at 4,259 foreign nationals in June 1996 and 10,265 in February 2006, detainees in three
removal centres included.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.contract import prison
from jobs.report.membership import is_among

MONTHS_SHOWN: Final = 24
_EXIT: Final = "REL"
_GONE: Final = "INACTIVE OUT"
_LONDON: Final = "Europe/London"
_USED: Final = ["episode_id", "movement_sequence", "movement_date", "movement_type", "to_prison_id",
                "recorded_at"]  # fmt: skip


def series_days(first: pd.Timestamp, as_of: date) -> pd.DatetimeIndex:
    """The days of the series: each 30 June since ``first``, and the last 24 ends of months."""
    today = pd.Timestamp(as_of)
    months = pd.date_range(end=today, periods=MONTHS_SHOWN, freq="ME")
    junes = [pd.Timestamp(year, 6, 30) for year in range(first.year, today.year + 1)]
    days = pd.DatetimeIndex([*junes, *months])
    return days[(days >= first) & (days <= today)].unique().sort_values()


def population_over_time(
    *, tables: Mapping[str, pa.Table], assessments: pd.DataFrame, as_of: date
) -> pd.DataFrame:
    """Foreign nationals in custody on each day of the series.

    A person counts once a day, from the day of a reception to the day before the exit. Whoever left
    on a day that nobody recorded counts until the exit was written down, or else until they were
    last seen: of the 123 released without a date, some sat for years after their last movement. An
    episode without movements counts by its own row. What was dated or recorded after the night is
    left out. Nationality is that relied on tonight; unknown ones are left out.

    Returns:
        ``day``, ``foreign_nationals`` and ``detainees`` (of these, in a removal centre).
    """
    known = assessments["is_foreign_national"] & ~assessments["is_nationality_unknown"]
    foreign = assessments.loc[known, ["episode_id", "prisoner_number"]]
    stays = _stays(tables, foreign, as_of)
    if stays.empty:
        return pd.DataFrame({"day": [], "foreign_nationals": [], "detainees": []})
    days = series_days(stays["since"].min(), as_of)
    since, until = (stays[name].to_numpy() for name in ("since", "until"))
    person, centre = stays["person"].to_numpy(), stays["is_centre"].to_numpy()
    counts = []
    for day in days.to_numpy():
        inside = (since <= day) & (until > day)
        counts.append((len(np.unique(person[inside])), len(np.unique(person[inside & centre]))))
    foreign_nationals, detainees = zip(*counts, strict=True) if counts else ((), ())
    return pd.DataFrame(
        {"day": days, "foreign_nationals": foreign_nationals, "detainees": detainees}
    )


def _stays(tables: Mapping[str, pa.Table], foreign: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Where each person was and from when to when: a row for each movement that leaves them in."""
    today = pd.Timestamp(as_of)
    moved = tables.get(prison.MOVEMENTS.full_name, prison.MOVEMENTS.arrow_schema.empty_table())
    steps = moved.select(_USED).to_pandas(date_as_object=False)
    steps = steps[is_among(steps["episode_id"], foreign["episode_id"])]
    steps = pd.concat([_receptions(tables, foreign, steps), steps], ignore_index=True)
    steps = steps.astype({"movement_sequence": "int64", "movement_date": "datetime64[us]"})
    recorded = pd.to_datetime(steps["recorded_at"], utc=True)
    written = recorded.dt.tz_convert(_LONDON).dt.tz_localize(None).dt.normalize()
    ahead = steps["movement_date"].gt(today) | written.gt(today)
    steps = steps.assign(written=written)[~ahead]
    steps = steps.sort_values(["episode_id", "movement_sequence"], kind="stable", ignore_index=True)
    by_episode = steps.groupby("episode_id", sort=False)
    left = steps["movement_type"].eq(_EXIT)
    day = steps["movement_date"].fillna(steps["written"].where(left))
    # Any other day that is not recorded is no later than the last one before it.
    steps["since"] = day.groupby(steps["episode_id"], sort=False).ffill()
    steps["until"] = by_episode["since"].shift(-1).fillna(pd.Timestamp.max.floor("D"))
    steps["place"] = by_episode["to_prison_id"].ffill()
    inside = steps[steps["movement_type"].ne(_EXIT) & steps["since"].notna()]
    prisons = prison.PRISONS.frame(prison.PRISONS.of(tables))
    centres = prisons.loc[prisons["is_removal_centre"].fillna(False).astype("bool"), "prison_id"]
    owner = foreign.set_index("episode_id")["prisoner_number"]
    return pd.DataFrame(
        {
            "person": pd.factorize(inside["episode_id"].map(owner))[0],
            "since": inside["since"].to_numpy(),
            "until": inside["until"].to_numpy(),
            "is_centre": inside["place"].isin(centres).to_numpy(),
        }
    )


def _receptions(
    tables: Mapping[str, pa.Table], foreign: pd.DataFrame, steps: pd.DataFrame
) -> pd.DataFrame:
    """A reception and, where they left, an exit for episodes of which no movement is recorded."""
    names = ["episode_id", "reception_date", "prison_id", "status", "last_movement_date"]
    rows = prison.EPISODES.of(tables).select(names).to_pandas(date_as_object=False)
    rows = rows[is_among(rows["episode_id"], foreign["episode_id"])]
    rows = rows[~is_among(rows["episode_id"], steps["episode_id"])]
    came = pd.DataFrame(
        {
            "episode_id": rows["episode_id"],
            "movement_sequence": 0,
            "movement_date": rows["reception_date"],
            "movement_type": "ADM",
            "to_prison_id": rows["prison_id"],
        }
    )
    gone = rows[rows["status"].eq(_GONE)]
    left = pd.DataFrame(
        {
            "episode_id": gone["episode_id"],
            "movement_sequence": 1,
            "movement_date": gone["last_movement_date"],
            "movement_type": _EXIT,
            "to_prison_id": None,
        }
    )
    return pd.concat([came, left], ignore_index=True)
