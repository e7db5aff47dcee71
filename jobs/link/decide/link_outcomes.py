"""What follows from a probability: linked, review or not linked; and what a reviewer decided.

The two errors are not equal. A false link can clear a person who was never considered, and
nobody would look again; a missed link raises a false alarm that a reviewer settles in a minute.
So the bar for acting on a link is high, the bar for showing it is low, and some pairs go to a
reviewer however probable they are.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from jobs.link.compare.comparison_levels import (
    AREA,
    BIRTH,
    FAMILY,
    GIVEN,
    VARIANT,
    Comparison,
)
from jobs.link.model.priors import Prior
from jobs.link.standardise.persons import Side

Flags = npt.NDArray[np.bool_]

AT_HOME: Final = {"postcode and suburb", "postcode"}
YEAR_ONLY: Final = ("first of January of the year",)

REVIEW_REASONS: Final = {
    "possible twins": "same family name and date of birth, another given name",
    "possible father and son": "same names, birth years apart",
    "another date of birth": "neither number nor postcode agrees, dates of birth are far apart",
    "another person's number": "one number agrees, names and date of birth do not",
}
"""Why a pair is held for a reviewer whatever its probability. Evidence shows the reason."""


@dataclass(frozen=True, kw_only=True)
class Decided:
    """Decisions on persons of tonight, as places in both sides' keys."""

    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    must_link: Flags
    reviewer: npt.NDArray[np.object_]


def decided(decisions: pd.DataFrame, left: Side, right: Side) -> Decided:
    """The decisions whose two persons are in the registers tonight, in order of their keys."""
    known = decisions.sort_values(["prisoner_number", "cid_person_id"])
    places = (
        left.persons.get_indexer(pd.Index(known["prisoner_number"])),
        right.persons.get_indexer(pd.Index(known["cid_person_id"])),
    )
    here = (places[0] >= 0) & (places[1] >= 0)
    return Decided(
        left=places[0][here],
        right=places[1][here],
        must_link=(known["judgement"] == "must_link").to_numpy(dtype=bool)[here],
        reviewer=known["signed"].fillna(known["reviewer"]).to_numpy(dtype=object)[here],
    )


def undecided(found: pd.DataFrame, decisions: Decided) -> Flags:
    """Pairs that are left to the model.

    A pair that was decided is not, nor is any other pair of a person who must be linked.
    """
    keys = _keys(found["person_l"].to_numpy(), found["person_r"].to_numpy())
    taken_left = decisions.left[decisions.must_link]
    taken_right = decisions.right[decisions.must_link]
    free: Flags = ~(
        np.isin(keys, _keys(decisions.left, decisions.right))
        | np.isin(found["person_l"].to_numpy(), taken_left)
        | np.isin(found["person_r"].to_numpy(), taken_right)
    )
    return free


def hold_for_review(
    found: pd.DataFrame, comparisons: tuple[Comparison, ...]
) -> npt.NDArray[np.object_]:
    """For each pair the reason of `REVIEW_REASONS` to ask a reviewer, or ``None``."""
    agreeing = agreeing_numbers(found, comparisons)
    near, off = {"same", "a slip", "a variant"}, {"different", "faintly alike"}
    given_off = has_level(found, GIVEN.name, off, comparisons)
    given_other = has_level(found, GIVEN.name, {"different"}, comparisons)
    given_near = has_level(found, GIVEN.name, near, comparisons)
    family_off = has_level(found, FAMILY.name, off, comparisons)
    family_near = has_level(found, FAMILY.name, near, comparisons)
    birth_near = has_level(found, BIRTH.name, {"same", "a slip", *YEAR_ONLY}, comparisons)
    birth_off = has_level(found, BIRTH.name, {"different"}, comparisons)
    birth_far = birth_off | has_level(
        found, BIRTH.name, {"two slips", "close in years"}, comparisons
    )
    reasons = np.full(len(found), None, dtype=object)
    unsupported = (agreeing == 0) & ~has_level(found, AREA.name, AT_HOME, comparisons)
    reasons[birth_far & unsupported] = "another date of birth"
    reasons[given_near & family_near & birth_off & (agreeing == 0)] = "possible father and son"
    # Where names were changed over, either record may be the one that has them right.
    family_other = has_level(found, FAMILY.name, {"different"}, comparisons)
    turned = has_level(found, VARIANT.name, {"names changed over"}, comparisons)
    twins = (given_other & family_near) | (turned & family_other & given_near)
    reasons[twins & birth_near & (agreeing == 0)] = "possible twins"
    reasons[given_off & family_off & birth_far & (agreeing == 1)] = "another person's number"
    return reasons


def agreeing_numbers(
    found: pd.DataFrame, comparisons: tuple[Comparison, ...]
) -> npt.NDArray[np.int64]:
    """In how many identifier systems each pair agrees."""
    agreeing = np.zeros(len(found), dtype=np.int64)
    for comparison in comparisons:
        if comparison.needs[0].startswith("id_"):
            agreeing += has_level(found, comparison.name, {"same"}, comparisons)
    return agreeing


def has_level(
    found: pd.DataFrame, name: str, levels: set[str], comparisons: tuple[Comparison, ...]
) -> Flags:
    """Which pairs, as `score_pairs` gives them, show one of some levels of a comparison."""
    for comparison in comparisons:
        if comparison.name == name:
            places = [i for i, level in enumerate(comparison.levels) if level.name in levels]
            return np.isin(found[f"level {name}"].to_numpy(), places)
    return np.zeros(len(found), dtype=bool)


def evidence(
    found: pd.DataFrame,
    comparisons: tuple[Comparison, ...],
    *,
    prior: Prior,
    reasons: npt.NDArray[np.object_],
    note: str | None = None,
) -> "pd.Series[str]":
    """The evidence of each pair as JSON: ``"comparison: level"`` to its weight in bits.

    The weights add up to the match weight. No value of a person is in it. A note is of all pairs.
    """
    before = f'{{"before evidence":{round(prior.base, 4) + 0.0}'
    text = pd.Series(before, index=found.index, dtype="str")
    if prior.meeting is not None:
        added = prior.of_groups(found["person_l"].to_numpy(), found["person_r"].to_numpy())
        entry = pd.Series(np.round(added, 4) + 0.0, index=found.index).astype("str")
        text = text + ',"before evidence: these nationalities":' + entry
    for comparison in comparisons:
        names = [f',"{comparison.name}: {level.name}":' for level in comparison.levels]
        levels = found[f"level {comparison.name}"]
        entry = levels.map(dict(enumerate(names))).astype("str")
        entry = entry + (found[comparison.name].round(4) + 0.0).astype("str")
        text = text + entry.fillna("")
    why = pd.Series(reasons, index=found.index, dtype="str")
    of_all = f',"{note}":0.0' if note else ""
    return text + of_all + (',"held: ' + why + '":0.0').fillna("") + "}"


def _keys(left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return left * np.int64(2**32) + right
