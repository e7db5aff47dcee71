"""Whom the immigration register knows, and its cases that have nothing to do with prison.

It knows everybody with a criminal case, a removal or a stay in immigration detention, some other
prisoners through asylum, leave or naturalisation, and a sample of people who were never in prison.
"""

from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from jobs.synthetic.base import days
from jobs.synthetic.base.error_labels import ErrorLabels
from jobs.synthetic.base.noise import Noise
from jobs.synthetic.base.random_draws import Flags, between, choose, sample, some, stream
from jobs.synthetic.custody import custody_stays
from jobs.synthetic.people import nationalities
from jobs.synthetic.people.world_size import AFTER_FOUND, COHORT, RESIDENT, Size

ASYLUM, LEAVE, NATURALISATION, ENFORCEMENT = range(4)
CASE_TYPES: Final = ("ASYLUM", "LEAVE", "NATIONALITY", "ENFORCEMENT")
"""Kinds of other case, by position."""
GRANTED, REFUSED = range(2)
_CASE_SHARE: Final = 0.45
_NATURALISED_SHARE: Final = 0.03
_FEWEST_OTHERS: Final = 50


def add_residents(
    *, seed: int, size: Size, persons: pd.DataFrame, stays: pd.DataFrame, cases: pd.DataFrame
) -> pd.DataFrame:
    """All people of the world, with where they are known and since when.

    Half of the persons in the prison register are known to the immigration register too, or the
    share that ``size`` names, as far as that many people can be.

    Returns:
        ``persons`` and, below them, the residents, with ``in_prison``, ``in_immigration`` and
        ``known_day``, the first day on which the immigration register holds the person.
    """
    rng = stream(seed, "residents")
    known = np.full(len(persons), days.NEVER, dtype=np.int64)
    for table, column in ((cases, "received"), (_expelled(stays), "day")):
        np.minimum.at(known, table["person"].to_numpy(), table[column].to_numpy())
    counted = (persons["first_reception"] <= days.FOUND).to_numpy()
    gap = 30 + rng.exponential(900, len(persons)).astype(np.int64)
    other_day = persons["first_reception"].to_numpy() - gap
    with_other = some(rng, _CASE_SHARE, len(persons)) & days.known(known)
    with_other &= (persons["nationality"] != nationalities.BRITISH).to_numpy()
    both = int((counted & ((known <= days.FOUND) | with_other)).sum())
    free = np.flatnonzero(~days.known(known) & _may_be_known(persons, rng, size))
    before, after = free[counted[free]], free[~counted[free]]
    rate = 0.5 if size.shared_rate is None else size.shared_rate
    wanted = max(int(counted.sum() * rate) - both, 0)
    share = min(1.0, wanted / max(len(before), 1))
    with_other[sample(rng, before, wanted)] = True
    with_other[sample(rng, after, round(share * len(after)))] = True
    persons = persons.assign(
        in_prison=True,
        other_day=np.where(with_other, other_day, days.NEVER),
        known_day=np.minimum(known, np.where(with_other, other_day, days.NEVER)),
    )
    known_people = int((persons["known_day"] <= days.FOUND).sum())
    residents = _residents(max(size.residents(known_people), _FEWEST_OTHERS), rng)
    everybody = pd.concat([persons, residents], ignore_index=True)
    return everybody.assign(in_immigration=days.known(everybody["known_day"]))


def _may_be_known(persons: pd.DataFrame, rng: np.random.Generator, size: Size) -> Flags:
    """Prisoners who may have met the immigration service outside a criminal case."""
    british = (persons["nationality"] == nationalities.BRITISH).to_numpy()
    in_cohort = (persons["group"] == COHORT).to_numpy()
    naturalised = some(rng, _NATURALISED_SHARE, len(persons))
    seldom = some(rng, 0.4, len(persons))
    unclear = british & persons["is_unknown"].to_numpy()
    if size.shared_rate is not None:
        naturalised = np.ones(len(persons), dtype=bool)
    may: Flags = np.where(british, naturalised, ~in_cohort | seldom) & ~unclear
    return may


def _expelled(stays: pd.DataFrame) -> pd.DataFrame:
    """Stays that the immigration register records in any case: detentions and removals."""
    detained = (stays["kind"] == custody_stays.DETAINED).to_numpy()
    removed = (stays["removal"] != custody_stays.NOT_REMOVED).to_numpy()
    day = np.where(detained, stays["reception"], stays["end"])
    return pd.DataFrame({"person": stays["person"], "day": day})[detained | removed]


def _residents(before: int, rng: np.random.Generator) -> pd.DataFrame:
    """People who were never in prison."""
    after = round(before * AFTER_FOUND)
    start = days.number(date(1996, 1, 2))
    early = between(rng, np.full(before, start), days.FOUND)
    late = between(rng, np.full(after, days.FOUND + 1), days.WORLD_END)
    opened = np.concatenate([early, late])
    size = len(opened)
    age = 1.0 * 365 + rng.gamma(3.2, 9 * 365.25, size)
    born = opened - np.minimum(age, 88 * 365).astype(np.int64)
    return pd.DataFrame(
        {
            "nationality": nationalities.of_others(rng, size),
            "is_unknown": False,
            "is_female": some(rng, 0.42, size),
            "birth_day": np.where(born == 0, 1, born),
            "first_reception": days.NEVER,
            "group": RESIDENT,
            "in_prison": False,
            "other_day": opened,
            "known_day": opened,
        }
    )


def other_cases(
    everybody: pd.DataFrame, rng: np.random.Generator, noise: Noise, labels: ErrorLabels
) -> pd.DataFrame:
    """Asylum, leave, naturalisation and enforcement cases; a few people have none.

    Returns:
        ``person``, ``case_type`` (position in `CASE_TYPES`), ``opened``, ``closed``, ``outcome``.
    """
    person = np.flatnonzero(days.known(everybody["other_day"]))
    # Of somebody never in prison, a first contact may have been all.
    bare = ~everybody["in_prison"].to_numpy()[person]
    bare &= some(rng, noise.cases_missing, len(person))
    labels.add_people("immigration", person[bare], "cases_missing")
    person = person[~bare]
    size = len(person)
    nationality = everybody["nationality"].to_numpy()[person]
    eea = days.known(nationalities.EEA_FROM)[nationality]
    kind = np.where(
        eea,
        choose(rng, [0.05, 0.75, 0.15, 0.05], size),
        choose(rng, [0.50, 0.30, 0.06, 0.14], size),
    )
    british = (nationality == nationalities.BRITISH) | everybody["is_naturalised"].to_numpy()[
        person
    ]
    kind = np.where(british, NATURALISATION, kind)
    # Only British people were naturalised: anybody else's application was refused.
    outcome = np.where(kind == NATURALISATION, REFUSED, choose(rng, [0.45, 0.55], size))
    outcome = np.where(british, GRANTED, outcome)
    opened = everybody["other_day"].to_numpy()[person]
    closed = opened + 30 + rng.exponential(420, size).astype(np.int64)
    early = everybody["first_reception"].to_numpy()[person] - 5
    closed = np.where(british, np.minimum(closed, early), closed)
    return pd.DataFrame(
        {
            "person": person,
            "case_type": kind,
            "opened": opened,
            "closed": np.maximum(closed, opened + 1),
            "outcome": outcome,
        }
    )
