"""Relatives: people who share family name, home and town, and are not one person.

Weights are added up as if comparisons said things of their own. For a household they do not:
where one record's family name and street agree with another's by kinship, both agree at once. So
a pair that differs in what tells relatives apart, given name or date of birth, is held against
the relatives of the files themselves: how many such pairs there are of two people whose own
partners are known. Files without households hold hardly any, and hardly anything changes.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from jobs.link.compare.comparison_levels import BIRTH, GIVEN, Parameters
from jobs.link.decide.one_to_one import Numbers, Pairs, Posterior
from jobs.link.engine.scoring_context import ScoringContext
from jobs.link.model.priors import LEAST_ALONE

DISTINGUISHING: Final = (GIVEN.name, BIRTH.name)
"""What people of one household do not share; family names, streets and towns they do."""
KINDS: Final = 2 ** len(DISTINGUISHING)
EVEN: Final = 0.5
RELATIVES: Final = 0.01
"""Share of people who have a relative of one kind (a twin, a parent of the same name, a sibling at
home) in the other file, before any is seen; it counts as `ANCHOR` people."""
ANCHOR: Final = 30.0


Kinds = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """How pairs compare in what tells relatives apart.

    ``kind`` says in which of `DISTINGUISHING` a pair differs, as bits, 0 if in none; ``usual`` how
    often records of one person differ so; ``speaks`` whether any of it, or a number, speaks for the
    pair.
    """

    kind: Kinds
    usual: Numbers
    speaks: npt.NDArray[np.bool_]

    def of(self, places: Kinds) -> "Likeness":
        """The likeness of some of the pairs."""
        return Likeness(
            kind=self.kind[places], usual=self.usual[places], speaks=self.speaks[places]
        )

    def against(self, relatives: Numbers) -> Numbers:
        """How much commoner one person who differs so is than a relative; 0 if nothing speaks."""
        with np.errstate(divide="ignore"):
            return np.where(self.speaks, self.usual / relatives[self.kind], 0.0)


def likeness(context: ScoringContext, found: pd.DataFrame, parameters: Parameters) -> Likeness:
    """Compare pairs, as `score_pairs` gives them, in what tells relatives apart."""
    kind = np.zeros(len(found), dtype=np.int64)
    usual = np.ones(len(found))
    proof = np.zeros(len(found))
    for bit, name in enumerate(DISTINGUISHING):
        comparison = next((c for c in context.comparisons if c.name == name), None)
        if comparison is None:
            continue
        weight = found[name].to_numpy()
        of = np.array([parameters[name][level.name][0] for level in comparison.levels])
        kind += np.where(weight < 0, 2**bit, 0)
        usual *= np.where(weight < 0, of[found[f"level {name}"]], 1.0)
        proof = np.maximum(proof, weight)
    numbers = [c.name for c in context.comparisons if c.needs[0].startswith("id_")]
    proven = found[numbers].sum(axis=1).to_numpy() > 0
    return Likeness(
        kind=np.where(proven, 0, kind).astype(np.int64),
        usual=np.where(proven, 1.0, usual),
        speaks=proven | (proof > 0),
    )


def share_of_relatives(pairs: Pairs, answer: Posterior, kind: Kinds) -> Numbers:
    """How many relatives of each kind a person has in the other file; of kind 0 none.

    Two people with partners of their own are relatives, unless the partners fit each other: then
    all four are records of one person.

    Args:
        pairs: candidates.
        answer: their probabilities before relatives are thought of.
        kind: of `Likeness`, by pair.
    """
    known = (kind == 0) & (answer.probability > EVEN)
    strong = pairs.weight + answer.prior.of(pairs.left, pairs.right) > 0
    of_left, of_right = np.full(pairs.left_count, -1), np.full(pairs.right_count, -1)
    of_left[pairs.left[known]] = pairs.right[known]
    of_right[pairs.right[known]] = pairs.left[known]
    partners = of_right[pairs.right], of_left[pairs.left]
    both = (partners[0] >= 0) & (partners[1] >= 0)
    alike = strong & (kind == 0)
    met_too = np.isin(_keys(*partners), _keys(pairs.left[alike], pairs.right[alike]))
    seen = np.bincount(kind[both & ~met_too & strong & (kind > 0)], minlength=KINDS)
    met = known.sum() * answer.shared / max(pairs.right_count, 1)
    share: Numbers = (seen + RELATIVES * ANCHOR) / (met + ANCHOR)
    share[0] = 0.0
    return share


def _keys(left: Kinds, right: Kinds) -> Kinds:
    return left * np.int64(2**32) + right


def held_below_relatives(
    pairs: Pairs, answer: Posterior, alike: Likeness, relatives: Numbers
) -> Numbers:
    """The weights of pairs, none above what sets it apart from relatives.

    A pair of which neither has another partner is one person who differs so, or two relatives
    who are each without a partner: the odds are those of the two counts.

    Args:
        pairs: candidates.
        answer: their probabilities before relatives are thought of.
        alike: of the pairs.
        relatives: `share_of_relatives`.
    """
    alone = [
        max(count - answer.shared, LEAST_ALONE * count)
        for count in (pairs.left_count, pairs.right_count)
    ]
    differs = alike.kind > 0
    apart = relatives[alike.kind[differs]] * alone[0] * alone[1] / pairs.right_count
    most = np.log2(max(answer.shared, 0.5) * alike.usual[differs]) - np.log2(apart)
    most -= answer.prior.of(pairs.left, pairs.right)[differs]
    weight = pairs.weight.copy()
    weight[differs] = np.minimum(weight[differs], most)
    return weight
