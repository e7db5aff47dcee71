"""Everybody who is in prison at some time, and their custody stays.

The cohort of 1,023, other foreign prisoners at true scale, and a sample of British prisoners, as
many of each as `Size` says.
"""

from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from jobs.synthetic.base import days
from jobs.synthetic.base import published_figures as published
from jobs.synthetic.base.random_draws import Ints, between, choose, sample, some, stream
from jobs.synthetic.custody import cohort, custody_stays, two_years
from jobs.synthetic.people import nationalities
from jobs.synthetic.people.world_size import AFTER_FOUND, BRITISH, COHORT, FOREIGN, Size

_FOREIGN_PEOPLE: Final = 113_800
_FOREIGN_UNKNOWN: Final = 0.022
_BRITISH_UNKNOWN: Final = 0.006
_FIRST_YEAR: Final = 1987
# First receptions of foreign prisoners by year. From 2001 they are fewer than the published
# receptions under sentence by those who come back, so that all receptions together meet the table;
# before and after they follow the growth of the census.
_FIRST_RECEPTIONS: Final = {
    **dict.fromkeys(range(_FIRST_YEAR, 1996), 3500),
    1996: 3750, 1997: 3950, 1998: 4250, 1999: 4700, 2000: 5150,
    2001: 5650, 2002: 6780, 2003: 6940, 2004: 7670, 2005: 9370,
    2006: 9900, 2007: 10_000,
}  # fmt: skip
_NOT_KNOWN: Final = 0  # 1 January 1970 stands for a missing date: nobody is really born on it


def populate(*, seed: int, size: Size) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Everybody in prison at some time from 1996 to 2007, and their stays.

    Returns:
        People (``group``, ``nationality``, ``is_unknown``, ``is_female``, ``birth_day``,
        ``first_reception``), numbered from 0 by row, and their stays, sorted by ``person``.
    """
    first = _cohort(seed)
    groups = [first, _foreign(seed, size.foreign_share, first)]
    count = sum(_by_found(stays) for _, stays in groups)
    groups.append(_british(seed, size.british(count)))
    kinds = (COHORT, FOREIGN, BRITISH)
    persons, all_stays, offset = [], [], 0
    for kind, (group, stays) in zip(kinds, groups, strict=True):
        persons.append(group.assign(group=kind))
        all_stays.append(stays.assign(person=stays["person"] + offset))
        offset += len(group)
    return pd.concat(persons, ignore_index=True), pd.concat(all_stays, ignore_index=True)


def _by_found(stays: pd.DataFrame) -> int:
    return int(stays.loc[stays["reception"] <= days.FOUND, "person"].nunique())


def _cohort(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    members = cohort.people(stream(seed, "cohort", "people"))
    stays = cohort.cohort_stays(members, stream(seed, "cohort", "stays"))
    members["first_reception"] = stays.groupby("person")["reception"].min().to_numpy()
    members["birth_day"] = _births(
        members["first_reception"].to_numpy(), stream(seed, "cohort", "births")
    )
    stays["is_missed"] = stays["bucket"] >= 0
    return members, stays


def _births(first_reception: Ints, rng: np.random.Generator) -> Ints:
    age = 18.6 * 365.25 + rng.gamma(2.1, 6.0 * 365.25, len(first_reception))
    born = first_reception - np.minimum(age, 78 * 365.25).astype(np.int64)
    return np.where(born == _NOT_KNOWN, born + 1, born)


def _foreign(
    seed: int, share: float, members: tuple[pd.DataFrame, pd.DataFrame]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = stream(seed, "foreign", "people")
    size = round(_FOREIGN_PEOPLE * share)
    year = choose(rng, list(_FIRST_RECEPTIONS.values()), size)
    first = np.array([days.number(date(y, 1, 1)) for y in _FIRST_RECEPTIONS], dtype=np.int64)[year]
    reception = first + between(rng, np.zeros(size, dtype=np.int64), 364)
    unknown = some(rng, _FOREIGN_UNKNOWN, size)
    persons = pd.DataFrame(
        {
            "nationality": nationalities.of_prisoners(rng, reception),
            "is_unknown": unknown,
            "is_female": some(rng, 0.09, size),
            "birth_day": _births(reception, rng),
            "first_reception": reception,
            "most_stays": np.where(unknown, 1, choose(rng, [60, 23, 11, 6], size) + 1),
        }
    )
    stays = custody_stays.draw_lives(persons, stream(seed, "foreign", "stays"))
    targets = {
        day: max(round(people * share) - len(_in_custody(*members, days.number(day))), 0)
        for day, people in published.CENSUS.items()
    }
    stays = _trim(persons, stays, targets, stream(seed, "foreign", "census"))
    stays = two_years.keep_published(stays, share, stream(seed, "foreign", "two years"))
    return _renumber(persons, _with_defaults(stays))


def _trim(
    persons: pd.DataFrame,
    stays: pd.DataFrame,
    targets: dict[date, int],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Take out as many people as stand above the census on each of its days."""
    for day, target in targets.items():
        others = [
            _in_custody(persons, stays, days.number(other)) for other in targets if other != day
        ]
        inside = _in_custody(persons, stays, days.number(day))
        free = np.setdiff1d(inside, np.concatenate(others))
        drop = sample(rng, free, max(len(inside) - target, 0))
        stays = stays[~stays["person"].isin(drop)]
    return stays


def _in_custody(persons: pd.DataFrame, stays: pd.DataFrame, day: int) -> Ints:
    """People of a recorded foreign nationality who are in custody at the end of a day."""
    inside = (stays["reception"] <= day) & (stays["end"] > day)
    found: Ints = np.unique(stays["person"].to_numpy()[inside.to_numpy()])
    unknown = np.flatnonzero(persons["is_unknown"])
    return np.setdiff1d(found, unknown)


def _british(seed: int, wanted: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = stream(seed, "british", "people")
    size = round(wanted * 1.4) + 40
    start, end = days.number(date(1994, 1, 1)), days.WORLD_END
    reception = between(rng, np.full(size, start), end)
    unknown = some(rng, _BRITISH_UNKNOWN, size)
    persons = pd.DataFrame(
        {
            "nationality": np.full(size, nationalities.BRITISH),
            "is_unknown": unknown,
            "is_female": some(rng, 0.06, size),
            "birth_day": _births(reception, rng),
            "first_reception": reception,
            "most_stays": np.where(unknown, 1, choose(rng, [66, 20, 9, 5], size) + 1),
        }
    )
    stays = custody_stays.draw_lives(persons, stream(seed, "british", "stays"))
    first = stays.groupby("person")["reception"].min()
    before = first.index[first <= days.FOUND].to_numpy()[:wanted]
    after = first.index[first > days.FOUND].to_numpy()[: round(wanted * AFTER_FOUND)]
    stays = stays[stays["person"].isin(np.concatenate([before, after]))]
    return _renumber(persons, _with_defaults(stays))


def _with_defaults(stays: pd.DataFrame) -> pd.DataFrame:
    """The cohort's columns for people outside it."""
    return stays.assign(bucket=-1, is_dated=True, is_referred=False, restatement=0, is_missed=False)


def _renumber(persons: pd.DataFrame, stays: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep the people who have a stay, numbered from 0."""
    kept, position = np.unique(stays["person"].to_numpy(), return_inverse=True)
    remaining = persons.iloc[kept].drop(columns="most_stays").reset_index(drop=True)
    remaining["first_reception"] = stays.groupby("person")["reception"].min().to_numpy()
    return remaining, stays.assign(person=position).reset_index(drop=True)
