"""When the prison register wrote things down, and the movements of each stay.

A movement is the event from which an episode's present prison, status and last movement follow.
"""

from typing import Final

import numpy as np
import pandas as pd

from jobs.synthetic.base import days
from jobs.synthetic.base.error_labels import ErrorLabels
from jobs.synthetic.base.noise import Noise
from jobs.synthetic.base.random_draws import Ints, between, some
from jobs.synthetic.custody import custody_stays, invented_prisons
from jobs.synthetic.people import nationalities

ADMISSION, COURT, TRANSFER, RELEASE = range(4)
TYPES: Final = ("ADM", "CRT", "TRN", "REL")
"""Movement types, by position."""
REASONS: Final = ("N", "I", "CRT", "NOTR", *custody_stays.REASONS, "24")
"""Movement reasons, by position."""
_ENDS_FROM: Final = 4
_RECALL: Final = REASONS.index("24")
_OUTSIDE: Final = -1
_MOST_TRANSFERS: Final = 3
_DAYS_TO_TRANSFER: Final = 160
_STALE: Final = 0.8
"""Of the release dates that the casework team has wrong, those that were right once."""


def add_recorded(
    stays: pd.DataFrame, rng: np.random.Generator, noise: Noise, labels: ErrorLabels
) -> pd.DataFrame:
    """Add the days on which reception, sentence and end were recorded, never before they were."""
    reception = stays["reception"].to_numpy() + _lateness(len(stays), rng, noise, labels, stays)
    sentence = stays["sentence_day"].to_numpy() + _lateness(len(stays), rng, noise, labels, stays)
    end = stays["end"].to_numpy() + _lateness(len(stays), rng, noise, labels, stays)
    # An undated release was noted on its day; only the date was left out.
    end = np.where(stays["is_dated"], end, stays["end"])
    sentence = np.maximum(sentence, reception)
    sentenced = (stays["kind"] == custody_stays.SENTENCED).to_numpy()
    stays = stays.assign(
        reception_recorded=reception,
        sentence_recorded=np.where(sentenced, sentence, days.NEVER),
        end_recorded=np.maximum(end, np.where(sentenced, sentence, reception)),
    )
    stays = _with_wrong_ends(_with_miscalculations(stays, rng, noise, labels), rng, noise, labels)
    return _with_wrong_terms(stays, rng, noise, labels)


def _with_miscalculations(
    stays: pd.DataFrame, rng: np.random.Generator, noise: Noise, labels: ErrorLabels
) -> pd.DataFrame:
    """Release dates as recorded, and a few convictions recorded after the sentence.

    Some release dates are wrong by remand time or concurrent terms, as happened to 541 prisoners
    in 1996.
    """
    size = len(stays)
    wrong = some(rng, noise.release_miscalculated, size) & ~stays["is_missed"].to_numpy()
    shift = np.where(wrong, between(rng, np.full(size, -90), 120), 0)
    recorded = {
        name: np.where(days.known(stays[column]), stays[column] + shift, stays[column])
        for name, column in (
            ("automatic_recorded", "automatic_release"),
            ("conditional_recorded", "conditional_release"),
        )
    }
    disordered = some(rng, noise.dates_out_of_order, size)
    person = stays["person"].to_numpy()
    labels.add_people("prison", person[wrong], "release_miscalculated")
    labels.add_people("prison", person[disordered], "dates_out_of_order")
    return stays.assign(**recorded, is_out_of_order=disordered)


def _with_wrong_ends(
    stays: pd.DataFrame, rng: np.random.Generator, noise: Noise, labels: ErrorLabels
) -> pd.DataFrame:
    """Ends first recorded under an earlier day and put right later, back-dated."""
    size = len(stays)
    early = between(rng, np.full(size, 1), np.full(size, 20))
    room = stays["end"].to_numpy() - stays["reception"].to_numpy() > 40
    wrong = some(rng, noise.corrected_later, size) & room & ~stays["is_missed"].to_numpy()
    until = stays["end_recorded"].to_numpy() + 30 + rng.exponential(120, size).astype(np.int64)
    labels.add_people("prison", stays["person"].to_numpy()[wrong], "corrected_later")
    return stays.assign(
        first_end=np.where(wrong, stays["end"] - early, stays["end"]),
        end_corrected=np.where(wrong, until, -days.NEVER),
    )


def _with_wrong_terms(
    stays: pd.DataFrame, rng: np.random.Generator, noise: Noise, labels: ErrorLabels
) -> pd.DataFrame:
    """Terms first recorded wrongly and put right later: ``first_months``, ``term_corrected``."""
    size = len(stays)
    months = stays["term_months"].to_numpy()
    slip = rng.choice(np.array([-12, -6, -3, -1, 1, 3, 6, 12]), size)
    wrong = some(rng, noise.terms_corrected, size) & (months > 1) & (months + slip > 0)
    wrong &= (stays["kind"] == custody_stays.SENTENCED).to_numpy() & ~stays["is_missed"].to_numpy()
    until = stays["sentence_recorded"].to_numpy() + 30
    until = until + rng.exponential(150, size).astype(np.int64)
    labels.add_people("prison", stays["person"].to_numpy()[wrong], "terms_corrected")
    return stays.assign(
        first_months=np.where(wrong, months + slip, months),
        term_corrected=np.where(wrong, until, -days.NEVER),
    )


def _lateness(
    size: int, rng: np.random.Generator, noise: Noise, labels: ErrorLabels, stays: pd.DataFrame
) -> Ints:
    late = some(rng, noise.recorded_late, size)
    wait = 1 + np.minimum(rng.exponential(9, size), 60).astype(np.int64)
    labels.add_people("prison", stays["person"].to_numpy()[late], "recorded_late")
    return np.where(late, wait, 0)


def add_told(
    cases: pd.DataFrame, rng: np.random.Generator, noise: Noise, labels: ErrorLabels
) -> pd.DataFrame:
    """Add by how many days the casework team has each release date wrong (``told_shift``).

    The prison worked the date out again and did not pass it on, or a month or a year was misheard.
    """
    size = len(cases)
    wrong = some(rng, noise.release_told_wrong, size) & days.known(cases["sent"])
    stale = between(rng, np.full(size, 7), 120) * rng.choice(np.array([-1, 1]), size)
    misheard = rng.choice(np.array([-365, -31, 31, 365]), size)
    shift = np.where(rng.random(size) < _STALE, stale, misheard)
    labels.add_people("immigration", cases["person"].to_numpy()[wrong], "release_told_wrong")
    return cases.assign(told_shift=np.where(wrong, shift, 0))


def movements(
    stays: pd.DataFrame,
    persons: pd.DataFrame,
    places: pd.DataFrame,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """All movements of the world, by stay and in order.

    Args:
        stays: stays with the days they were recorded.
        persons: people, by position.
        places: prisons, from `invented_prisons.prisons`.
        rng: random draws.

    Returns:
        ``stay``, ``sequence``, ``day`` (`days.NEVER` if not recorded), ``first_day`` (as
        recorded until it was ``corrected``), ``recorded``, ``type``,
        ``reason``, ``from_prison``, ``to_prison`` (positions; -1 is outside).
    """
    size = len(stays)
    british = persons["nationality"].to_numpy()[stays["person"]] == nationalities.BRITISH
    detained = (stays["kind"] == custody_stays.DETAINED).to_numpy()
    start, end = stays["reception"].to_numpy(), stays["end"].to_numpy()
    count = np.minimum((end - start) // _DAYS_TO_TRANSFER, _MOST_TRANSFERS)
    count = np.where(detained, 0, np.minimum(count, rng.integers(0, _MOST_TRANSFERS + 1, size)))
    where = [
        invented_prisons.assign(rng, places, is_british=british, is_detained=detained)
        for _ in range(_MOST_TRANSFERS + 1)
    ]
    stay = np.arange(size)
    sentenced = (stays["kind"] == custody_stays.SENTENCED).to_numpy()
    remanded = stays["sentence_day"].to_numpy() > start
    parts = [
        _part(stay, start, stays["reception_recorded"].to_numpy(), ADMISSION,
              np.where(sentenced & ~remanded, 1, 0), _OUTSIDE, where[0]),
    ]  # fmt: skip
    at_court = sentenced & remanded
    sentence, recorded = (stays[name].to_numpy() for name in ("sentence_day", "sentence_recorded"))
    court = _part(stay, sentence, recorded, COURT, 2, where[0], where[0])
    parts.append(court[at_court])
    last = where[0]
    later = np.where(sentenced, stays["sentence_day"], start)
    for number in range(_MOST_TRANSFERS):
        moves = (count > number) & (end - later > 3)
        day = between(rng, later + 1, np.minimum(later + _DAYS_TO_TRANSFER, end - 1))
        moves &= day < end
        part = _part(stay, day, day, TRANSFER, 3, last, where[number + 1])
        part["recorded"] = np.maximum(day, stays["reception_recorded"])
        parts.append(part[moves])
        last = np.where(moves, where[number + 1], last)
        later = np.where(moves, day, later)
    reason = _ENDS_FROM + stays["end_reason"].to_numpy()
    recorded = stays["end_recorded"].to_numpy()
    leaving = _part(stay, end, recorded, RELEASE, reason, last, _OUTSIDE)
    leaving["day"] = np.where(stays["is_dated"], end, days.NEVER)
    wrong = (stays["end_corrected"] > 0).to_numpy()
    leaving["first_day"] = np.where(wrong, stays["first_end"], leaving["day"])
    leaving["corrected"] = stays["end_corrected"].to_numpy()
    parts.append(leaving)
    recalled = days.known(stays["recalled"])
    back, again = stays["recalled"].to_numpy(), stays["released_again"].to_numpy()
    parts.append(_part(stay, back, back, ADMISSION, _RECALL, _OUTSIDE, last)[recalled])
    leave = _ENDS_FROM + custody_stays.REASON["CR"]
    parts.append(_part(stay, again, again, RELEASE, leave, last, _OUTSIDE)[recalled])
    moved = pd.concat(parts, ignore_index=True)
    moved["first_day"] = moved["first_day"].fillna(days.NEVER).astype("int64")
    moved["corrected"] = moved["corrected"].fillna(-days.NEVER).astype("int64")
    # Sorted by the day it happened; an undated release is the last movement all the same.
    return _in_order(moved)


def _part(
    stay: Ints,
    day: Ints | int,
    recorded: Ints | int,
    kind: int,
    reason: Ints | int,
    left: Ints | int,
    entered: Ints | int,
) -> pd.DataFrame:
    frame = pd.DataFrame({"stay": stay})
    return frame.assign(
        day=day, recorded=recorded, type=kind, reason=reason, from_prison=left, to_prison=entered
    )


def _in_order(moved: pd.DataFrame) -> pd.DataFrame:
    order = np.lexsort((moved["type"], moved["day"], moved["stay"]))
    moved = moved.iloc[order].reset_index(drop=True)
    moved["sequence"] = moved.groupby("stay").cumcount() + 1
    small = dict.fromkeys(("type", "reason", "from_prison", "to_prison", "sequence"), "int16")
    return moved.astype(small)


def as_known(moved: pd.DataFrame, as_of: int) -> pd.DataFrame:
    """Movements recorded by a night, with their days as known then, before later corrections."""
    shown = moved[(moved["recorded"] <= as_of).to_numpy()].reset_index(drop=True)
    wrong = (shown["corrected"] > as_of).to_numpy()
    return shown.assign(day=np.where(wrong, shown["first_day"], shown["day"]))
