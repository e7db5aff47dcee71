"""How many people the world holds, who they are, and their stays in prison.

People come in four groups: the cohort of 1,023, other foreign prisoners at true scale, a sample of
British prisoners, and a sample of people whom only the immigration register knows. `Size` says how
many of each.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from jobs.runtime.errors import BadInput
from jobs.synthetic.base import days
from jobs.synthetic.base import published_figures as published
from jobs.synthetic.base.random_draws import Ints, between, choose, sample, some, stream
from jobs.synthetic.custody import cohort
from jobs.synthetic.custody import custody_stays as stays
from jobs.synthetic.people import nationalities as nat

COHORT, FOREIGN, BRITISH, RESIDENT = range(4)
"""Groups of people; residents are known to the immigration register only."""

DEFAULT_PEOPLE: Final = 150_000
TRUE_SCALE_PEOPLE: Final = 100_000
"""Size of the registers from which foreign prisoners stand at true scale."""
FEWEST_PEOPLE: Final = 1_200
MOST_PEOPLE: Final = 5_000_000
BRITISH_PEOPLE: Final = 1_000_000
"""British people held at some time from 1994 to April 2006: this project's estimate, from about
130,000 receptions a year of whom many came back. A rate of British prisoners is a share of it."""
OTHER_PEOPLE: Final = 4_000_000
"""People whom the immigration service dealt with from 1996 to April 2006 and no prison held: this
project's estimate, for asylum, leave and visas. A rate of others is a share of it."""
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
_AFTER_FOUND: Final = 0.14
"""British and resident people who first appear after the night of counting, to those before."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """How many people a world holds, counted on the night of 25 April 2006.

    ``people`` is the number of persons in each register, without second records of one person.
    From `TRUE_SCALE_PEOPLE` upwards every foreign prisoner there was is among them and the samples
    (British prisoners; the immigration register's other people) fill the rest. Below, foreign
    prisoners shrink too, and with them every published figure but those of the cohort, which is
    always whole. Half of the prison register is in the immigration register as well, or as many as
    can be: British prisoners seldom are, so a register of a million shares about 100,000.

    ``british_rate`` and ``others_rate`` take a sample of that share of `BRITISH_PEOPLE` and
    `OTHER_PEOPLE` instead; the register is then as large as they make it.

    Raises:
        BadInput: a size that cannot hold the cohort or one machine, or a rate outside 0 to 1.
    """

    people: int = DEFAULT_PEOPLE
    british_rate: float | None = None
    others_rate: float | None = None

    def __post_init__(self) -> None:
        if not FEWEST_PEOPLE <= self.people <= MOST_PEOPLE:
            raise BadInput(
                "people",
                f"[{self.people}] is not possible: the cohort alone is {published.COHORT}",
                f"give a number from {FEWEST_PEOPLE} to {MOST_PEOPLE}",
            )
        for name in ("british_rate", "others_rate"):
            rate = getattr(self, name)
            if rate is not None and not 0 <= rate <= 1:
                where = name.replace("_", " ")
                raise BadInput(where, f"[{rate}] is not a rate", "give a number from 0 to 1")

    @property
    def foreign_share(self) -> float:
        """Share of the true number of foreign prisoners that a world of this size holds."""
        above = self.people - published.COHORT
        return min(1.0, above / (TRUE_SCALE_PEOPLE - published.COHORT))

    def british(self, others: int) -> int:
        """British prisoners by the night of counting, beside ``others`` in the prison register."""
        if self.british_rate is None:
            return max(self.people - others, 0)
        return round(self.british_rate * BRITISH_PEOPLE)

    def residents(self, others: int) -> int:
        """People never in prison, beside ``others`` in the immigration register."""
        if self.others_rate is None:
            return max(self.people - others, 0)
        return round(self.others_rate * OTHER_PEOPLE)


def populate(*, seed: int, size: Size) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Everybody in prison at some time from 1996 to 2007, and their stays.

    Returns:
        People (``group``, ``nationality``, ``is_unknown``, ``is_female``, ``birth_day``,
        ``first_reception``), numbered from 0 by row, and their stays, sorted by ``person``.
    """
    first = _cohort(seed)
    groups = [first, _foreign(seed, size.foreign_share, first)]
    count = sum(_by_found(lived) for _, lived in groups)
    groups.append(_british(seed, size.british(count)))
    kinds = (COHORT, FOREIGN, BRITISH)
    persons, lives, offset = [], [], 0
    for kind, (group, lived) in zip(kinds, groups, strict=True):
        persons.append(group.assign(group=kind))
        lives.append(lived.assign(person=lived["person"] + offset))
        offset += len(group)
    return pd.concat(persons, ignore_index=True), pd.concat(lives, ignore_index=True)


def _by_found(lived: pd.DataFrame) -> int:
    return int(lived.loc[lived["reception"] <= days.FOUND, "person"].nunique())


def _cohort(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    members = cohort.people(stream(seed, "cohort", "people"))
    lived = cohort.live(members, stream(seed, "cohort", "stays"))
    members["first_reception"] = lived.groupby("person")["reception"].min().to_numpy()
    members["birth_day"] = _births(
        members["first_reception"].to_numpy(), stream(seed, "cohort", "births")
    )
    lived["is_missed"] = lived["bucket"] >= 0
    return members, lived


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
            "nationality": nat.of_prisoners(rng, reception),
            "is_unknown": unknown,
            "is_female": some(rng, 0.09, size),
            "birth_day": _births(reception, rng),
            "first_reception": reception,
            "most_stays": np.where(unknown, 1, choose(rng, [60, 23, 11, 6], size) + 1),
        }
    )
    lived = stays.live(persons, stream(seed, "foreign", "stays"))
    targets = {
        day: max(round(people * share) - len(_held(*members, days.number(day))), 0)
        for day, people in published.CENSUS.items()
    }
    lived = _trim(persons, lived, targets, stream(seed, "foreign", "census"))
    return _renumber(persons, _with_defaults(lived))


def _trim(
    persons: pd.DataFrame,
    lived: pd.DataFrame,
    targets: dict[date, int],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Take out as many people as stand above the census on each of its days."""
    for day, target in targets.items():
        others = [_held(persons, lived, days.number(other)) for other in targets if other != day]
        held = _held(persons, lived, days.number(day))
        free = np.setdiff1d(held, np.concatenate(others))
        drop = sample(rng, free, max(len(held) - target, 0))
        lived = lived[~lived["person"].isin(drop)]
    return lived


def _held(persons: pd.DataFrame, lived: pd.DataFrame, day: int) -> Ints:
    """People of a recorded foreign nationality who are in custody at the end of a day."""
    inside = (lived["reception"] <= day) & (lived["end"] > day)
    held: Ints = np.unique(lived["person"].to_numpy()[inside.to_numpy()])
    unknown = np.flatnonzero(persons["is_unknown"])
    return np.setdiff1d(held, unknown)


def _british(seed: int, wanted: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = stream(seed, "british", "people")
    size = round(wanted * 1.4) + 40
    start, end = days.number(date(1994, 1, 1)), days.WORLD_END
    reception = between(rng, np.full(size, start), end)
    unknown = some(rng, _BRITISH_UNKNOWN, size)
    persons = pd.DataFrame(
        {
            "nationality": np.full(size, nat.BRITISH),
            "is_unknown": unknown,
            "is_female": some(rng, 0.06, size),
            "birth_day": _births(reception, rng),
            "first_reception": reception,
            "most_stays": np.where(unknown, 1, choose(rng, [66, 20, 9, 5], size) + 1),
        }
    )
    lived = stays.live(persons, stream(seed, "british", "stays"))
    first = lived.groupby("person")["reception"].min()
    before = first.index[first <= days.FOUND].to_numpy()[:wanted]
    after = first.index[first > days.FOUND].to_numpy()[: round(wanted * _AFTER_FOUND)]
    lived = lived[lived["person"].isin(np.concatenate([before, after]))]
    return _renumber(persons, _with_defaults(lived))


def _with_defaults(lived: pd.DataFrame) -> pd.DataFrame:
    """The cohort's columns for people outside it."""
    return lived.assign(bucket=-1, is_dated=True, is_referred=False, restatement=0, is_missed=False)


def _renumber(persons: pd.DataFrame, lived: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep the people who have a stay, numbered from 0."""
    kept, position = np.unique(lived["person"].to_numpy(), return_inverse=True)
    remaining = persons.iloc[kept].drop(columns="most_stays").reset_index(drop=True)
    remaining["first_reception"] = lived.groupby("person")["reception"].min().to_numpy()
    return remaining, lived.assign(person=position).reset_index(drop=True)
