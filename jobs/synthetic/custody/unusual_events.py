"""What befalls few: unusual sentences, recalls to prison, and people lost and found.

All of it is true of the world, so it happens whatever the noise. Each share is a constant of its
own with its reason; where no source gives a number, the share is this project's. Of the cohort,
whose stories are those of the published tables, a few are recalled and nothing else befalls them.
Nothing here changes who must be considered, by construction: each choice below says why.
"""

from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from jobs.synthetic.base import days
from jobs.synthetic.base import published_figures as published
from jobs.synthetic.base.random_draws import Flags, Ints, between, sample, some
from jobs.synthetic.custody import custody_stays, sentencing
from jobs.synthetic.people import nationalities, world_size

SUSPENDED_BESIDE: Final = 0.012
"""Share of sentenced stays in which a suspended sentence was passed too and never activated: courts
pass them for older, lesser offences. It must not count."""
FINED_BESIDE: Final = 0.015
"""Share of sentenced stays with days in default of an old fine, served beside the sentence: fines
are lodged when somebody is in prison anyway. It must not count."""
FINED_ALONE: Final = 0.25
"""Share of the shortest terms of people received once that were in default of a fine alone: the
usual reason for such a term before 2000."""
ACTIVATED: Final = 0.03
"""Share of terms under two years of people received once that are a suspended sentence, activated
on a new conviction."""
EXTENDED: Final = 0.08
"""Share of violent and sexual offences with a year or more that got an extended sentence (Crime and
Disorder Act 1998 section 58; Criminal Justice Act 2003 sections 227 and 228)."""
HOSPITAL_ORDERS: Final = 0.5
"""Share of those moved to hospital from prison who are there on a court's order (Mental Health Act
1983 section 37) and not on transfer (section 47)."""
RECALLED: Final = 0.2
"""Share of those released on licence, never received again, who were recalled and released once
more under the same sentence."""
TRAINED: Final = 0.5
"""Share of the shorter terms of people of 18 and 19, received once, that are of somebody a year or
two younger under a detention and training order (Powers of Criminal Courts (Sentencing) Act 2000
section 100)."""
COHORT_RECALLED: Final = 6
"""Of the 1,023, recalled to prison under the same sentence; no source gives a number. Each is held
until the decision of 2006 and is considered before the second release, so no more are missed."""
LOST: Final = 0.18
"""Share of those to be deported, but released, whom the immigration service lost for a time."""
FOUND_AGAIN: Final = 0.6
"""Share of the lost who were found by chance: at a traffic stop, on a new arrest."""

NOTHING, SUSPENDED, FINED = range(3)
"""What was passed beside a sentence without counting."""

_TRAINING_MONTHS: Final = (4, 6, 8, 10, 12, 18, 24)
_TRAINED_FROM: Final = days.number(date(2000, 4, 1))
_COHORT_BACK: Final = (days.number(date(2006, 3, 3)), days.number(date(2006, 4, 12)))
"""When members of the cohort were recalled: after the last day of the census."""
_EXTENDED_FROM: Final = days.number(date(1998, 9, 30))
_ON_LICENCE: Final = tuple(custody_stays.REASON[code] for code in ("CR", "NP", "PX", "HR"))
_SUSPENDED_MONTHS: Final = np.array([3, 6, 9, 12, 18, 24])
_OUTCOMES: Final = tuple(published.outcomes())
_CENSUS: Final = tuple(days.number(day) for day in published.CENSUS)


def add_sentences(
    stays: pd.DataFrame, persons: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Make some sentences suspended, extended, hospital orders or in default of a fine.

    Release points and lengths stay as they are: an extended sentence opens at half as the others,
    and a suspended one counts from the day it was activated.

    Adds ``suspended_day`` (when the main sentence was passed, if it was suspended; `days.NEVER`),
    ``beside`` (one of the constants above), ``beside_months`` and ``beside_days``.
    """
    size = len(stays)
    person = stays["person"].to_numpy()
    months, calculation = stays["term_months"].to_numpy(), stays["calculation"].to_numpy()
    british = persons["nationality"].to_numpy()[person] == nationalities.BRITISH
    unknown = persons["is_unknown"].to_numpy()[person]
    free = (stays["kind"] == custody_stays.SENTENCED).to_numpy().copy()
    free &= persons["group"].to_numpy()[person] != world_size.COHORT
    endless = np.isin(calculation, sentencing.ENDLESS)
    # Received once only, so that no other sentence of theirs is added to it.
    once = free & (np.bincount(person)[person] == 1) & ~endless
    single = (stays["structure"] == sentencing.SINGLE).to_numpy()
    asked = (stays["is_decided"] | stays["is_recommended"]).to_numpy()
    fined = once & single & ~asked & (months <= 1) & some(rng, FINED_ALONE, size)
    activated = once & single & ~fined & (months >= 2) & (months < 24) & some(rng, ACTIVATED, size)
    activated &= calculation != sentencing.YOUNG
    offence = stays["offence"].to_numpy()
    grave = (offence >= 0) & (sentencing.SERIOUSNESS[np.maximum(offence, 0)] <= 2)
    extended = free & grave & ~endless & ~activated & (months >= 12) & some(rng, EXTENDED, size)
    extended &= (stays["sentence_day"] >= _EXTENDED_FROM).to_numpy()
    # An order reaches every length, so only those already in scope, and British people, get one.
    hospital = free & (stays["end_reason"] == custody_stays.REASON["HP"]).to_numpy()
    hospital &= (stays["is_in_scope"] & stays["is_decided"]).to_numpy() | (british & ~unknown)
    hospital &= some(rng, HOSPITAL_ORDERS, size)
    calculation = np.select(
        [hospital, fined, activated, extended],
        [sentencing.HOSPITAL, sentencing.FINED, sentencing.SUSPENDED, sentencing.EXTENDED],
        calculation,
    )
    before = between(rng, np.full(size, 30), 400)
    sentence, offended = stays["sentence_day"].to_numpy(), stays["offence_day"].to_numpy()
    beside = np.where(some(rng, FINED_BESIDE, size), FINED, NOTHING)
    beside = np.where(some(rng, SUSPENDED_BESIDE, size), SUSPENDED, beside)
    beside = np.where(free & ~fined & ~hospital, beside, NOTHING)
    drawn = _SUSPENDED_MONTHS[rng.integers(0, len(_SUSPENDED_MONTHS), size)]
    changed = stays.assign(
        calculation=calculation,
        suspended_day=np.where(activated, sentence - before, days.NEVER),
        offence_day=np.where(activated, np.minimum(offended, sentence - before - 20), offended),
        beside=beside,
        beside_months=np.where(beside == SUSPENDED, drawn, 0),
        beside_days=np.where(beside == FINED, between(rng, np.full(size, 7), 45), 0),
    )
    opening = ("tariff", "automatic_release", "conditional_release", "expiry")
    for name in (*opening, "parole", "licence_expiry", "curfew", "early_removal"):
        changed[name] = np.where(hospital, days.NEVER, changed[name])
    return changed


def add_youth(
    persons: pd.DataFrame, stays: pd.DataFrame, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make some young prisoners younger, and their sentences detention and training orders.

    Half of such an order is served, as of any sentence of its length, so no date moves; it is a
    sentence of custody like others, so nobody's scope does.
    """
    person, calculation = stays["person"].to_numpy(), stays["calculation"].to_numpy()
    birth = persons["birth_day"].to_numpy().copy()
    age = stays["sentence_day"].to_numpy() - birth[person]
    fits = (calculation == sentencing.YOUNG) & (age < 20 * 365)
    fits &= (stays["kind"] == custody_stays.SENTENCED).to_numpy()
    fits &= (stays["structure"] == sentencing.SINGLE).to_numpy()
    fits &= stays["term_months"].isin(_TRAINING_MONTHS).to_numpy()
    fits &= (stays["term_days"] == 0).to_numpy() & (stays["sentence_day"] >= _TRAINED_FROM)
    fits &= (stays["removal"] != custody_stays.EARLY).to_numpy()
    fits &= (np.bincount(person)[person] == 1) & (stays["added_days"] == 0).to_numpy()
    chosen = fits & some(rng, TRAINED, len(stays))
    rows = np.flatnonzero(chosen)
    younger = between(rng, np.full(len(rows), 15 * 365 + 200), 17 * 365 + 200)
    birth[person[rows]] = stays["sentence_day"].to_numpy()[rows] - younger
    never = {
        name: np.where(chosen, days.NEVER, stays[name]) for name in ("curfew", "early_removal")
    }
    return (
        persons.assign(birth_day=birth),
        stays.assign(calculation=np.where(chosen, sentencing.TRAINING, calculation), **never),
    )


def recall_cohort(
    stays: pd.DataFrame, cases: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Recall a few of the 1,023 to prison in the same booking, until after they were decided on.

    They are neither those whom nobody could find nor those in prison for another sentence, nor
    those who had left the country by the night of the failure, nor the 107 who were located outside
    and questioned. None was recommended by a court: the prison's one main order would say recall
    instead, and the 160 would be fewer on a first night.
    """
    case_of = np.full(len(stays), -1, dtype=np.int64)
    case_of[cases["stay"].to_numpy()] = np.arange(len(cases))
    case = np.maximum(case_of, 0)
    outcome = np.where(case_of >= 0, cases["outcome_2007"].to_numpy()[case], -1)
    decided = cases[["pursue", "not_pursue", "deferred"]].min(axis=1).to_numpy()[case]
    first, last = _COHORT_BACK
    kept = np.array([_OUTCOMES.index(name) for name in ("right_to_stay", "in_process")])
    fits = stays["is_missed"].to_numpy() & np.isin(outcome, kept)
    fits &= stays["is_dated"].to_numpy() & stays["end_reason"].isin(_ON_LICENCE).to_numpy()
    fits &= ~stays["is_recommended"].to_numpy()
    fits &= ~days.known(cases["questionnaire_returned"].to_numpy()[case])
    recorded = np.maximum(stays["end_recorded"].to_numpy(), stays["end_corrected"].to_numpy())
    back = between(rng, np.full(len(stays), first), last)
    again = days.working_day_before(np.maximum(decided + 9, back + 35))
    fits &= (recorded + 10 < first) & (decided > last) & days.known(stays["licence_expiry"])
    fits &= (again < stays["licence_expiry"].to_numpy()) & (
        cases["removed"].to_numpy()[case] > again
    )
    person = stays["person"].to_numpy()
    fits &= np.r_[person[1:] != person[:-1], True]
    rows = sample(rng, np.flatnonzero(fits), COHORT_RECALLED)
    recalled, released = (
        stays["recalled"].to_numpy().copy(),
        stays["released_again"].to_numpy().copy(),
    )
    recalled[rows], released[rows] = back[rows], again[rows]
    return stays.assign(recalled=recalled, released_again=released)


def add_recalls(
    stays: pd.DataFrame, persons: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Recall some people from licence: ``recalled`` and ``released_again``, else `days.NEVER`.

    Foreign prisoners are recalled between the days of the census only, which counts them exactly.
    """
    size = len(stays)
    person = stays["person"].to_numpy()
    recorded = np.maximum(stays["end_recorded"].to_numpy(), stays["end_corrected"].to_numpy())
    licence = stays["licence_expiry"].to_numpy()
    back = recorded + 10 + np.minimum(rng.exponential(80, size), 700).astype(np.int64)
    served = between(rng, np.full(size, 28), 120)
    again = days.working_day_before(back + served)
    for_life = (stays["calculation"] == sentencing.LIFE).to_numpy()
    last = np.r_[person[1:] != person[:-1], True] if size else np.zeros(0, dtype=bool)
    chosen = last & some(rng, RECALLED, size) & stays["end_reason"].isin(_ON_LICENCE).to_numpy()
    chosen &= (persons["group"].to_numpy()[person] != world_size.COHORT) & (recorded > 0)
    chosen &= for_life | (days.known(licence) & (again < licence))
    # A deferral would run out before they are released again; a decision withdrawn is none.
    chosen &= (stays["decision"] != custody_stays.DEFERRED).to_numpy()
    chosen &= ~stays["is_undone"].to_numpy()
    foreign = persons["nationality"].to_numpy()[person] != nationalities.BRITISH
    for day in _CENSUS:
        chosen &= ~(foreign & (back <= day) & (again > day))
    return stays.assign(
        recalled=np.where(chosen, back, days.NEVER),
        released_again=np.where(chosen, again, days.NEVER),
    )


def back_inside(stays: pd.DataFrame, as_of: int) -> Flags:
    """Stays whose person is in prison again on recall at the end of a night."""
    inside: Flags = (stays["recalled"] <= as_of).to_numpy()
    return inside & (stays["released_again"] > as_of).to_numpy()


def last_end(stays: pd.DataFrame, as_of: int) -> Ints:
    """The day on which each stay ended as a night knows it: the first end, or that after recall."""
    again = stays["released_again"].to_numpy()
    return np.where(again <= as_of, again, stays["end"])


def whereabouts(stays: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """People lost after their release: ``person``, ``lost``, ``found``.

    ``found`` is `days.NEVER` for those not found again by the end of the world.
    """
    released = stays["end_reason"].isin([*_ON_LICENCE, custody_stays.REASON["BD"]]).to_numpy()
    rows = np.flatnonzero(released & (stays["decision"] == custody_stays.PURSUE).to_numpy())
    rows = rows[~stays["is_missed"].to_numpy()[rows]]
    rows = rows[some(rng, LOST, len(rows))]
    lost = stays["end"].to_numpy()[rows] + 20 + rng.exponential(200, len(rows)).astype(np.int64)
    found = lost + 30 + rng.exponential(400, len(rows)).astype(np.int64)
    again = some(rng, FOUND_AGAIN, len(rows))
    return pd.DataFrame(
        {
            "person": stays["person"].to_numpy()[rows],
            "lost": lost,
            "found": np.where(again, found, days.NEVER),
        }
    )
