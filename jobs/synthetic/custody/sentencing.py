"""Sentences and the dates that follow from them.

Terms are drawn by the seriousness of the offence. Release points: half of a standard sentence
under the Criminal Justice Act 2003 (conduct from 4 April 2005) and of one under four years under
the Criminal Justice Act 1991; from half (parole) to two thirds for longer ones under the 1991 Act.
"""

from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from jobs.contract import codes
from jobs.synthetic.base import days
from jobs.synthetic.base.random_draws import Flags, Floats, Ints, between, choose, some

OFFENCES: Final = tuple(entry.code for entry in codes.OFFENCE.codes)
"""Offence codes by their position, which is how the world holds them; -1 is not recorded."""
SERIOUSNESS: Final[Ints] = np.array(
    [entry.seriousness for entry in codes.OFFENCE.codes if isinstance(entry, codes.Offence)],
    dtype=np.int64,
)
ACT_1991, ACT_2003, YOUNG, LIFE, PROTECTION, SUSPENDED, FINED, EXTENDED, HOSPITAL, TRAINING = range(
    10
)
CALCULATIONS: Final = (
    "ADIMP_1991", "ADIMP", "YOI", "LIFE", "IPP", "SUSP", "FINE", "EDS", "HOSP", "DTO",
)  # fmt: skip
"""Calculation types by their position."""
ENDLESS: Final = (LIFE, PROTECTION, HOSPITAL)
"""Sentences without a fixed end."""
SINGLE, CONCURRENT, CONSECUTIVE = range(3)

ACT_2003_FROM: Final = days.number(date(2005, 4, 4))
EARLY_REMOVAL_FROM: Final = days.number(date(2004, 6, 1))
_CURFEW_FROM: Final = days.number(date(1999, 1, 28))
_CURFEW_90_FROM: Final = days.number(date(2002, 12, 16))
_CURFEW_135_FROM: Final = days.number(date(2003, 7, 14))
_EARLY_REMOVAL_DAYS: Final = 135

_FOREIGN_MIX: Final = {
    "MURDER": 5, "MANSLAUGHTER": 4, "RAPE": 14, "SEX_CHILD": 7, "INDECENT_ASSAULT": 11,
    "SEX_OTHER": 7, "KIDNAP": 8, "FALSE_IMPRISONMENT": 4, "ABH_GBH": 60, "VIOLENCE": 70,
    "ROBBERY": 75, "ARSON": 5, "DRUGS": 235, "BURGLARY": 50, "CONSPIRACY": 10,
    "ILLEGAL_ENTRY": 16, "CUSTOMS": 10, "DECEPTION": 80, "FRAUD": 40, "FORGERY": 90,
    "IMMIGRATION": 30, "THEFT": 95, "DRIVING": 50, "OTHER": 50,
}  # fmt: skip
_BRITISH_MIX: Final = {
    "MURDER": 4, "MANSLAUGHTER": 4, "RAPE": 10, "SEX_CHILD": 12, "INDECENT_ASSAULT": 12,
    "SEX_OTHER": 10, "KIDNAP": 4, "FALSE_IMPRISONMENT": 4, "ABH_GBH": 100, "VIOLENCE": 110,
    "ROBBERY": 80, "ARSON": 10, "DRUGS": 130, "BURGLARY": 150, "CONSPIRACY": 10,
    "CUSTOMS": 2, "DECEPTION": 20, "FRAUD": 20, "FORGERY": 6, "THEFT": 190, "DRIVING": 90,
    "OTHER": 70,
}  # fmt: skip

_SHORT: Final = (  # (months, days), weight
    ((0, 14), 6), ((0, 28), 8), ((1, 0), 9), ((2, 0), 13), ((3, 0), 16), ((4, 0), 15),
    ((6, 0), 17), ((8, 0), 7), ((9, 0), 5), ((10, 0), 4),
)  # fmt: skip
_MIDDLE: Final = (
    ((12, 0), 28), ((14, 0), 6), ((15, 0), 16), ((16, 0), 5), ((18, 0), 30), ((20, 0), 5),
    ((21, 0), 10),
)  # fmt: skip
_LONG: Final = (((24, 0), 24), ((27, 0), 6), ((30, 0), 20), ((36, 0), 32), ((42, 0), 18))
_LONGEST: Final = (
    ((48, 0), 11), ((54, 0), 6), ((60, 0), 16), ((66, 0), 6), ((72, 0), 15), ((84, 0), 17),
    ((96, 0), 12), ((108, 0), 6), ((120, 0), 9), ((144, 0), 7),
)  # fmt: skip
BANDS: Final = (_SHORT, _MIDDLE, _LONG, _LONGEST)
_BAND_WEIGHTS: Final = {  # by seriousness of the offence
    1: (0.02, 0.05, 0.18, 0.75),
    2: (0.51, 0.10, 0.16, 0.23),
    3: (0.59, 0.06, 0.09, 0.26),
    4: (0.86, 0.07, 0.05, 0.02),
    5: (0.92, 0.05, 0.03, 0.00),
}


def draw_offences(rng: np.random.Generator, *, is_british: Flags) -> Ints:
    """An offence for each sentence, from the mix of British or of foreign prisoners."""
    size = len(is_british)
    mixes = [
        choose(rng, [mix.get(code, 0) for code in OFFENCES], size)
        for mix in (_FOREIGN_MIX, _BRITISH_MIX)
    ]
    return np.where(is_british, mixes[1], mixes[0])


def draw_terms(
    rng: np.random.Generator, offence: Ints, *, at_least: Ints, below: Ints
) -> tuple[Ints, Ints]:
    """Months and days of a main term, from the bands of the offence.

    Args:
        rng: random draws.
        offence: position of each offence; -1 counts as moderately serious.
        at_least: months that the term must reach, element by element.
        below: months that it must stay below; 0 for no limit.
    """
    options = [option for band in BANDS for option, _ in band]
    months_of = np.array([months for months, _ in options], dtype=np.int64)
    days_of = np.array([extra for _, extra in options], dtype=np.int64)
    seriousness = np.where(offence < 0, 3, SERIOUSNESS[np.maximum(offence, 0)])
    table = np.array([_term_weights(level) for level in range(1, 6)])[seriousness - 1]
    fits = (months_of >= at_least[:, None]) & ((below[:, None] == 0) | (months_of < below[:, None]))
    weights = np.where(fits, table + 1e-6, 0.0).cumsum(axis=1)
    drawn = (weights < (rng.random(len(offence)) * weights[:, -1])[:, None]).sum(axis=1)
    return months_of[drawn], days_of[drawn]


def _term_weights(seriousness: int) -> Floats:
    weights: list[float] = []
    for share, band in zip(_BAND_WEIGHTS[seriousness], BANDS, strict=True):
        total = sum(weight for _, weight in band)
        weights += [share * weight / total for _, weight in band]
    return np.array(weights)


def draw_structure(rng: np.random.Generator, months: Ints) -> tuple[Ints, Ints]:
    """Whether a second sentence runs beside or after the main one, and its months."""
    structure = choose(rng, [0.72, 0.18, 0.10], len(months))
    structure = np.where(months == 0, SINGLE, structure)
    beside = between(rng, 1, np.maximum(months, 1))
    after = between(rng, 1, np.clip(months, 1, 12))
    extra = np.select([structure == CONCURRENT, structure == CONSECUTIVE], [beside, after], 0)
    return structure, extra


def total_months(stays: pd.DataFrame) -> Floats:
    """Length of the whole structure in months: the chain's sum, or the longest; life is long."""
    chain = np.where(stays["structure"] == CONSECUTIVE, stays["extra_months"], 0)
    months = stays["term_months"] + stays["term_days"] / 30.4375 + chain
    return np.where(stays["calculation"].isin([LIFE, PROTECTION]), 1200.0, months)


def approximate_half(months: Ints, term_days: Ints, structure: Ints, extra: Ints) -> Ints:
    """Half of a structure in days, within a few days: how much remand it can absorb."""
    whole = months + np.where(structure == CONSECUTIVE, extra, 0)
    return ((whole * 30.4 + term_days) / 2).astype(np.int64)


def draw_calculation(
    rng: np.random.Generator, *, offence: Ints, offence_day: Ints, months: Ints, is_young: Flags
) -> Ints:
    """How the release point of each sentence is worked out."""
    is_new = offence_day >= ACT_2003_FROM
    serious = (offence >= 0) & (SERIOUSNESS[np.maximum(offence, 0)] <= 2) & (months >= 48)
    protection = is_new & serious & some(rng, 0.12, len(offence))
    standard = np.where(is_new & (months >= 12), ACT_2003, ACT_1991)
    return np.select(
        [offence == OFFENCES.index("MURDER"), protection, is_young],
        [LIFE, PROTECTION, YOUNG],
        standard,
    )


def add_schedule(stays: pd.DataFrame) -> pd.DataFrame:
    """Add the dates that follow from each sentence; `days.NEVER` where one does not apply.

    Needs ``sentence_day``, ``offence_day``, ``term_months``, ``term_days``, ``structure``,
    ``extra_months``, ``calculation``, ``remand_days``, ``added_days``, ``tariff_months``.
    """
    day = {name: stays[name].to_numpy() for name in stays.columns}
    start, off = day["sentence_day"], day["added_days"] - day["remand_days"]
    main_end = days.add_months(start, day["term_months"]) + day["term_days"]
    chain = np.where(day["structure"] == CONSECUTIVE, day["extra_months"], 0)
    total = days.add_months(main_end, chain) - start
    months = day["term_months"] + chain
    endless = np.isin(day["calculation"], [LIFE, PROTECTION])
    is_new = day["offence_day"] >= ACT_2003_FROM
    by_parole = (months >= 48) & ~is_new & ~endless
    # The day of the sentence is the first day served, and the release falls on the last.
    half = start + (total + 1) // 2 - 1 + off
    two_thirds = start + (2 * total + 2) // 3 - 1 + off
    expiry = start + total - 1 - day["remand_days"]
    three_quarters = start + (3 * total + 3) // 4 - day["remand_days"]
    release = np.where(by_parole, two_thirds, half)
    tariff = days.add_months(start, day["tariff_months"]) - day["remand_days"]

    def only(where: Flags, value: Ints) -> Ints:
        return np.where(where, value, days.NEVER)

    under_year = (months < 12) & ~endless
    curfew = np.select([start >= _CURFEW_135_FROM, start >= _CURFEW_90_FROM], [135, 90], 60)
    quarter = start + total // 4 - day["remand_days"]
    dates = {
        "total_days": np.where(endless, 0, total),
        "automatic_release": only(under_year, release),
        "conditional_release": only(~under_year & ~endless, release),
        "parole": only(by_parole, half),
        "expiry": only(~endless, expiry),
        "licence_expiry": only(
            ~under_year & ~endless, np.where(is_new, expiry, three_quarters)
        ),
        "tariff": only(endless, tariff),
        "curfew": only(
            (months >= 3) & (months < 48) & ~endless & (start >= _CURFEW_FROM),
            np.maximum(release - curfew, np.maximum(quarter, start + 14)),
        ),
        "early_removal": only(
            ~endless & (months >= 3) & (release >= EARLY_REMOVAL_FROM),
            np.maximum(np.where(by_parole, half, release) - _EARLY_REMOVAL_DAYS,
                       np.maximum(quarter, start + 14)),
        ),
    }  # fmt: skip
    return stays.assign(**dates)
