"""What is true of each person: names, place of birth, and the numbers that services gave them.

Look-alikes are true too: twins, fathers and sons of one name, and near twins by chance. They are
what makes linkage hard, so their share is a rate of the noise.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd

from jobs.synthetic.base import days
from jobs.synthetic.base.error_labels import ErrorLabels
from jobs.synthetic.base.noise import Noise
from jobs.synthetic.base.random_draws import (
    Flags,
    Ints,
    Texts,
    between,
    choose,
    falling,
    some,
    stream,
)
from jobs.synthetic.people import invented_names, nationalities, person_numbers

_AREAS: Final = (
    "E1", "E6", "E7", "E17", "N4", "N15", "N17", "NW2", "NW10", "SE5", "SE8", "SE15", "SE18",
    "SW2", "SW9", "SW16", "W3", "W10", "W12", "CR0", "CR7", "B8", "B11", "B21", "BD3", "BD8",
    "BS5", "CF10", "CV1", "DE23", "G42", "HU3", "IG1", "L8", "LE2", "LE5", "LS8", "LS9", "LU1",
    "M8", "M14", "M16", "ME7", "NE4", "NG7", "NR1", "OL8", "PE1", "RG1", "RM8", "S3", "S9", "SL1",
    "ST1", "TW3", "UB1", "UB2", "WV1",
)  # fmt: skip
_GENERATION_DAYS: Final = (19 * 365, 38 * 365)


def describe(
    persons: pd.DataFrame, *, seed: int, noise: Noise, labels: ErrorLabels
) -> pd.DataFrame:
    """Add names, birth place, postcode and numbers to the people of the world.

    Adds ``culture`` (position in `invented_names.cultures`), ``first``, ``middle``, ``last``,
    ``birth_place``, ``postcode``, ``prisoner_number``, ``pnc``, ``cro``, ``ho_reference``,
    ``insurance``, ``passport``; a number that a person never got is ``""``.
    """
    rng = stream(seed, "names")
    cultures_of = _cultures(persons["nationality"].to_numpy(), rng)
    drawn = invented_names.draw(
        rng, cultures_of=cultures_of, is_female=persons["is_female"].to_numpy()
    )
    described = pd.concat([persons.assign(culture=cultures_of), drawn], axis=1)
    described["birth_place"] = _birth_places(persons["nationality"].to_numpy(), rng)
    described["postcode"] = _postcodes(len(persons), rng)
    described = _look_alikes(described, stream(seed, "look-alikes"), noise, labels)
    return _numbers(described, stream(seed, "numbers"))


def _cultures(nationality: Ints, rng: np.random.Generator) -> Ints:
    position = {name: n for n, name in enumerate(invented_names.cultures())}
    options = [
        nationalities.BRITISH_CULTURES,
        *(origin.cultures for origin in nationalities.ORIGINS),
    ]
    found = np.zeros(len(nationality), dtype=np.int64)
    for code, cultures in enumerate(options):
        rows = np.flatnonzero(nationality == code)
        own = np.array([position[culture] for culture in cultures], dtype=np.int64)
        found[rows] = own[choose(rng, np.ones(len(own)), len(rows))]
    return found


def _birth_places(nationality: Ints, rng: np.random.Generator) -> Texts:
    found = np.full(len(nationality), "", dtype=object)
    for code, towns in enumerate(
        [nationalities.BRITISH_TOWNS, *(origin.towns for origin in nationalities.ORIGINS)]
    ):
        rows = np.flatnonzero(nationality == code)
        found[rows] = np.array(towns, dtype=object)[choose(rng, falling(len(towns)), len(rows))]
    return found


def _postcodes(size: int, rng: np.random.Generator) -> Texts:
    areas = np.array(_AREAS, dtype=object)[choose(rng, np.ones(len(_AREAS)), size)]
    return person_numbers.postcodes(areas, rng.integers(0, 4410, size))


def _look_alikes(
    persons: pd.DataFrame, rng: np.random.Generator, noise: Noise, labels: ErrorLabels
) -> pd.DataFrame:
    """Make some people resemble another of the same culture and sex."""
    size = len(persons)
    other = _another_alike(persons, rng)
    kind = rng.random(size)
    twin = kind < noise.twins
    related = (kind >= noise.twins) & (kind < noise.twins + noise.fathers_and_sons)
    reached = noise.twins + noise.fathers_and_sons
    near = (kind >= reached) & (kind < reached + noise.near_twins)
    # Nobody copies a copy, so that a pair stays a pair.
    alike = twin | related | near
    alike &= ~alike[other] & (other != np.arange(size))
    for name, where in (("twins", twin), ("fathers_and_sons", related), ("near_twins", near)):
        pair = np.concatenate([np.flatnonzero(where & alike), other[where & alike]])
        for register in ("prison", "immigration"):
            labels.add_people(register, pair, name)
    copied = persons.copy()
    for column, where in (
        ("last", alike),
        ("middle", related & alike),
        ("first", (related | (near & some(rng, 0.75, size))) & alike),
        ("birth_place", twin & alike),
        ("postcode", twin & alike),
    ):
        rows = np.flatnonzero(where)
        values = persons[column].to_numpy(dtype=object).copy()
        values[rows] = values[other[rows]]
        copied[column] = values
    born = persons["birth_day"].to_numpy()
    first_of_year = days.first_of_year(born[other])
    youngest, oldest = _GENERATION_DAYS
    births = [
        (twin & alike, born[other]),
        (near & alike, first_of_year + between(rng, np.zeros(size), 364)),
        (related & alike, born[other] + between(rng, np.full(size, youngest), oldest)),
    ]
    adult = np.minimum(
        persons["first_reception"].to_numpy(), persons["known_day"].to_numpy() + 18 * 365
    )
    for where, day in births:
        fits = where & (adult - day > 18 * 365) & (adult - day < 80 * 365)
        copied["birth_day"] = np.where(fits, day, copied["birth_day"])
    return copied


def _another_alike(persons: pd.DataFrame, rng: np.random.Generator) -> Ints:
    """For each person the next one, in random order, of the same culture, sex and register."""
    random = rng.random(len(persons))
    order = np.lexsort((random, persons["in_prison"], persons["is_female"], persons["culture"]))
    following = np.roll(order, -1)
    same = (
        (persons["culture"].to_numpy()[order] == persons["culture"].to_numpy()[following])
        & (persons["is_female"].to_numpy()[order] == persons["is_female"].to_numpy()[following])
    )  # fmt: skip
    other = np.arange(len(persons))
    other[order] = np.where(same, following, order)
    return other


def _numbers(persons: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    size = len(persons)
    index = rng.permutation(size).astype(np.int64)
    in_prison = persons["in_prison"].to_numpy()
    in_immigration = persons["in_immigration"].to_numpy()
    first = np.where(in_prison, persons["first_reception"], persons["known_day"])
    arrested = days.years(first - 30 - rng.exponential(300, size).astype(np.int64))
    known = days.years(np.where(in_immigration, persons["known_day"], 0))
    # A few of those never in prison have a police record.
    has_police = in_prison | some(rng, 0.08, size)

    def only(where: Flags, number: Callable[[Ints, Flags], Texts]) -> Texts:
        given = np.full(size, "", dtype=object)
        given[where] = number(index[where], where)
        return given

    form = rng.integers(0, 4, size)
    return persons.assign(
        prisoner_number=only(in_prison, lambda own, _: person_numbers.prisoner_numbers(own)),
        pnc=only(has_police, lambda own, at: person_numbers.pnc_numbers(own, arrested[at])),
        cro=only(has_police, lambda own, at: person_numbers.cro_numbers(own, arrested[at])),
        ho_reference=only(
            in_immigration,
            lambda own, at: person_numbers.home_office_references(own, form[at], known[at]),
        ),
        insurance=only(
            in_prison & some(rng, 0.35, size),
            lambda own, _: person_numbers.insurance_numbers(own),
        ),
        passport=only(
            in_prison & some(rng, 0.3, size), lambda own, _: person_numbers.passport_numbers(own)
        ),
        number_index=index,
    )
