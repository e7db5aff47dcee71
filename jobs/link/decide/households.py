"""Pairs of files that may be two people of one household: twins, father and son, a couple.

People of one household share family name and home, and what sets them apart, given name or date of
birth, can also be a clerk's mistake. No pair shows by itself which it is; all pairs together do,
because a mistake does not know which field it hits and kinship does. Records of one person that
differ in the family name alone say how often a whole field is wrong: no household is like that.
Pairs that differ in the given name alone, or in the date of birth alone, oftener than such mistakes
explain are relatives. Who differs in both was mistaken twice, which is as rare as the two mistakes
times each other, or is another person. The night, whose reviewers are asked, needs no such count.

Two names that meet again and again, Giorgos and George, are one name in two ways and set nobody
apart.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from jobs.link.compare.comparison_levels import BIRTH, FAMILY, GIVEN, VARIANT, Comparison
from jobs.link.decide.link_outcomes import agreeing_numbers, has_level
from jobs.link.decide.one_to_one import Numbers
from jobs.link.engine.scoring_context import ScoringContext
from jobs.link.standardise.distinct import Codes, encoded, in_one_dictionary

EVEN: Final = 0.5
Flags = npt.NDArray[np.bool_]

NEAR_NAME: Final = {"same", "a slip", "a variant"}
OTHER_NAME: Final = {"different", "faintly alike"}
FAINT: Final = {"faintly alike"}
OTHER_BIRTH: Final = {"two parts of three", "two slips", "close in years", "different"}
"""Two parts of three and two slips are met by chance between people of like age."""

MISTAKEN: Final = 2.0
"""How much oftener than a family name a given name, or a date of birth, may be wholly wrong: people
are also known by a second given name, and dates are guessed. What is more is relatives."""
MOST_NUMBERS: Final = 1
"""So many agreeing numbers may be a household's: a case, an account, a benefit."""


RECURS: Final = 3
"""Two names that are faintly alike are one name if they meet in so many pairs."""
BEYOND_CHANCE: Final = 2.0
DEVIATIONS: Final = 3.0
"""How much oftener the same two names must meet than their bearers would by chance, and how many
deviations above that, for given names to be written in several ways."""


@dataclass(frozen=True, kw_only=True)
class Households:
    """How pairs differ in what sets people of one household apart.

    ``twins`` differ in the given name alone, ``father_and_son`` in the date of birth alone and by
    years, and ``another_person`` in both. Of mistakes, ``family_wrong`` differ in the family name
    alone, ``birth_wrong`` in the date of birth alone, and ``alike`` in nothing. ``given`` and
    ``family`` are the names of each pair's two persons, as numbers; ``faint`` are names faintly
    alike, and ``turned`` those changed over in one record, which twins are held with, not counted.
    """

    twins: Flags
    father_and_son: Flags
    another_person: Flags
    family_wrong: Flags
    birth_wrong: Flags
    alike: Flags
    turned: Flags
    given: tuple[Codes, Codes]
    given_faint: Flags
    family: tuple[Codes, Codes]
    family_faint: Flags

    def one_person(self, probability: Numbers) -> Numbers:
        """The share of each pair's like that mistakes explain: of what is left, two people.

        Args:
            probability: of each pair, that it is not two strangers.
        """
        share = np.ones(len(probability))
        for kind, _, explained in self._kinds(probability):
            share[kind] = explained
        return share

    def held(self, probability: Numbers) -> npt.NDArray[np.object_]:
        """For each pair the reason to hold it back, or ``None``."""
        reasons = np.full(len(probability), None, dtype=object)
        for kind, reason, explained in self._kinds(probability):
            if explained < 1:
                reasons[kind] = reason
        return reasons

    def _kinds(self, probability: Numbers) -> list[tuple[Flags, str, float]]:
        """For each kind of relatives its pairs, the reason, and the share that mistakes explain."""

        def met(kind: Flags) -> float:
            return float(probability[kind].sum())

        def explained(kind: Flags, most: float) -> float:
            return min(1.0, most / max(met(kind), 1.0))

        probable = probability > EVEN
        twins = self.twins & ~_recurring(*self.given, self.twins & self.given_faint & probable)
        counted = twins & ~self.turned
        family_wrong = self.family_wrong & ~_recurring(
            *self.family, self.family_wrong & self.family_faint & probable
        )
        usual = _most(met(family_wrong))
        both = min(met(counted), usual) * min(met(self.birth_wrong), usual)
        twice = _most(both / max(met(self.alike), 1.0))
        is_written_so = _meet_beyond_chance(*self.given, counted & probable)
        return [
            (twins, "possible twins", 1.0 if is_written_so else explained(counted, usual)),
            (
                self.father_and_son,
                "possible father and son",
                explained(self.father_and_son, usual),
            ),
            (
                self.another_person,
                "another given name and date of birth",
                explained(self.another_person, twice),
            ),
        ]


def _most(wrong: float) -> float:
    """How many pairs so many wrong family names explain: two deviations above twice as many."""
    return float(MISTAKEN * (wrong + 2 * wrong**0.5))


def _recurring(left: Codes, right: Codes, some: Flags) -> Flags:
    """Which pairs bear two names that meet in `RECURS` or more of some pairs."""
    pair = _together(left, right)
    met, counts = np.unique(pair[some & (pair >= 0)], return_counts=True)
    found: Flags = np.isin(pair, met[counts >= RECURS]) & some
    return found


def _meet_beyond_chance(left: Codes, right: Codes, some: Flags) -> bool:
    """Whether the same two names meet in some pairs oftener than their bearers would by chance.

    Counted are pairs of pairs: so many have the same two names, and so many would if it were
    chance that the same name on one side meets the same name on the other.
    """
    pair = _together(left, right)
    known = some & (pair >= 0)
    times = [_same(values[known]) for values in (pair, left, right)]
    of_all = known.sum() * (known.sum() - 1) / 2
    chance = times[1] * times[2] / max(of_all, 1.0)
    return bool(times[0] > BEYOND_CHANCE * chance + DEVIATIONS * chance**0.5 + RECURS)


def _same(values: Codes) -> float:
    """How many pairs of entries are equal."""
    counts = np.unique(values, return_counts=True)[1].astype(np.float64)
    return float((counts * (counts - 1) / 2).sum())


def _together(left: Codes, right: Codes) -> Codes:
    """One number for two names; -1 if one is missing."""
    pair: Codes = np.where(
        (left >= 0) & (right >= 0), left * (int(right.max(initial=0)) + 1) + right, -1
    )
    return pair


def households(
    context: ScoringContext, found: pd.DataFrame, sides: tuple[str, str] = ("l", "r")
) -> Households:
    """Compare pairs, as `score_pairs` gives them, in what sets people of a household apart."""

    def shows(comparison: Comparison, levels: set[str]) -> Flags:
        return has_level(found, comparison.name, levels, context.comparisons)

    def names(column: str) -> tuple[Codes, Codes]:
        of_side = {"l": context.left, "r": context.right}
        rows = [of_side[side].rows for side in sides]
        codes = in_one_dictionary(*(encoded(of[column]) for of in rows))[:2]
        persons = (found["person_l"].to_numpy(), found["person_r"].to_numpy())
        left, right = (
            own[_first_rows(of["person"])[person]]
            for own, of, person in zip(codes, rows, persons, strict=True)
        )
        return left, right

    # Where names were changed over, either record may be the one that has them right.
    turned = shows(VARIANT, {"names changed over"})
    given, family = shows(GIVEN, OTHER_NAME), shows(FAMILY, OTHER_NAME)
    given_other = given | (turned & family)
    family_near = shows(FAMILY, NEAR_NAME) | (turned & shows(GIVEN, NEAR_NAME))
    birth_other = shows(BIRTH, OTHER_BIRTH)
    numbers = agreeing_numbers(found, context.comparisons)
    birth_wrong = ~given_other & family_near & birth_other & (numbers == 0)
    return Households(
        twins=given_other & family_near & ~birth_other & (numbers == 0),
        father_and_son=birth_wrong & shows(BIRTH, {"different"}),
        another_person=given_other & birth_other & (numbers <= MOST_NUMBERS),
        family_wrong=family & ~given & ~birth_other & ~turned,
        birth_wrong=birth_wrong,
        alike=~given_other & family_near & ~birth_other,
        turned=turned,
        given=names("given"),
        given_faint=shows(GIVEN, FAINT),
        family=names("family"),
        family_faint=shows(FAMILY, FAINT),
    )


def _first_rows(persons: pa.ChunkedArray) -> Codes:
    """Where the rows of each person begin: the own ones come first."""
    numbers: Codes = persons.to_numpy()
    return np.flatnonzero(np.diff(numbers, prepend=-1))
