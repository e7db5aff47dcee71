"""The release dates that the prison register shows for each stay on a night."""

from typing import Final

import numpy as np
import pandas as pd

from jobs.synthetic.base import days
from jobs.synthetic.base.random_draws import Flags, Floats, Ints, stream
from jobs.synthetic.custody import cohort, sentencing, unusual_events

_CONFIRMED_AHEAD: Final = 42
_CONFIRMED: Final = 0.75


def row_draws(size: int, seed: int) -> Floats:
    """A number from 0 to 1 for each stay, on which hangs how its row is kept."""
    return stream(seed, "episodes").random(size)


def has_ended(stays: pd.DataFrame, as_of: int) -> Flags:
    """Stays whose end is on record and who were not recalled since."""
    ended: Flags = (stays["end_recorded"] <= as_of).to_numpy()
    return ended & ~unusual_events.back_inside(stays, as_of)


def is_sentenced(stays: pd.DataFrame, as_of: int) -> Flags:
    """Stays whose sentence is on record."""
    answer: Flags = (stays["sentence_recorded"] <= as_of).to_numpy()
    return answer


def confirmed(stays: pd.DataFrame, draws: Floats, as_of: int) -> Ints:
    """The confirmed release: the day of one that has been, or a near one that was decided on."""
    ended, sentenced = has_ended(stays, as_of), is_sentenced(stays, as_of)
    due = stays["scheduled"].to_numpy()
    near = (due - as_of <= _CONFIRMED_AHEAD) & (due > as_of) & (draws < _CONFIRMED)
    where = sentenced & ((ended & stays["is_dated"].to_numpy()) | (~ended & near))
    where &= (stays["calculation"] != sentencing.HOSPITAL).to_numpy()
    return np.where(where, np.where(ended, unusual_events.last_end(stays, as_of), due), days.NEVER)


def recorded(stays: pd.DataFrame, name: str, as_of: int) -> Ints:
    """The date of a column as a night shows it; a corrected term gives the day of the release."""
    day = stays[name].to_numpy()
    if name in {"conditional_recorded", "automatic_recorded"}:
        day = np.where(is_corrected(stays, as_of) & days.known(day), stays["end"], day)
    return np.where(is_sentenced(stays, as_of), day, days.NEVER)


def is_corrected(stays: pd.DataFrame, as_of: int) -> Flags:
    """Stays whose term had been corrected by a night, for the restatement of the figure."""
    found: Flags = (stays["corrected_day"] <= as_of).to_numpy()
    return found & (stays["restatement"] % 10 == cohort.TERM_CORRECTED).to_numpy()


def on_record(stays: pd.DataFrame, *, as_of: int, seed: int) -> Ints:
    """The release date that the prison goes by: confirmed, conditional or automatic."""
    day = confirmed(stays, row_draws(len(stays), seed), as_of)
    for name in ("conditional_recorded", "automatic_recorded"):
        day = np.where(days.known(day), day, recorded(stays, name, as_of))
    return day
