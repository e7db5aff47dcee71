"""Probabilities of pairs of records where one register may hold a person twice.

Two records of one person rival for the same record of the other register, so that neither would
be linked. Where two such rivals are certainly one person they count as one: they share a partner
instead of halving it. Rivals who may be twins, or father and son, stay two.

Only rivals are compared with each other, so this costs little and never joins two records that
no record of the other register speaks for.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from typing import Final, Literal

import numpy as np
import pandas as pd

from jobs.link.engine import Bench, weigh
from jobs.link.matching import Pairs, Places, Posterior, one_to_one, posterior
from jobs.link.model import Shares
from jobs.link.outcomes import LINKED_FROM, held

HELD_TWICE: Final = 0.005
"""Share of persons taken to be held twice before any evidence: on the low side, because joining
two people of one register is the worse error."""
RIVAL: Final = 0.0
"""A record is a rival from even odds on, prior included."""
EVEN: Final = 0.5
OWN_NUMBERS: Final = ("prison number", "Home Office reference")
"""Numbers that a second record of the same person brings along: different ones say nothing."""


def probabilities(table: Bench, candidates: pd.DataFrame, shares: Shares) -> Posterior:
    """The probability of each pair of records, records of one person counting as one.

    The best pair of two people stands for all pairs of their records, and only the best partner
    of a person can pass even odds, so a link is one to one between people.
    """
    pairs = Pairs(
        left=candidates["person_l"].to_numpy(),
        right=candidates["person_r"].to_numpy(),
        weight=candidates["weight"].to_numpy(),
        left_count=len(table.left),
        right_count=len(table.right),
    )
    first = posterior(pairs)
    people = pd.DataFrame(
        {
            "left": one_each(table, pairs=pairs, prior=first.prior, shares=shares, side="l")[
                pairs.left
            ],
            "right": one_each(table, pairs=pairs, prior=first.prior, shares=shares, side="r")[
                pairs.right
            ],
            "weight": pairs.weight,
        }
    )
    best = people.groupby(["left", "right"], as_index=False)["weight"].max()
    of_people = Pairs(
        left=best["left"].to_numpy(),
        right=best["right"].to_numpy(),
        weight=best["weight"].to_numpy(),
        left_count=pairs.left_count,
        right_count=pairs.right_count,
    )
    answer = posterior(of_people)
    kept = one_to_one(of_people, answer.probability > EVEN, answer.probability)
    best["probability"] = np.where(kept, answer.probability, np.minimum(answer.probability, EVEN))
    spread = people.merge(best[["left", "right", "probability"]], how="left", on=["left", "right"])
    return Posterior(
        probability=spread["probability"].to_numpy(), prior=answer.prior, shared=answer.shared
    )


def one_each(
    table: Bench, *, pairs: Pairs, prior: float, shares: Shares, side: Literal["l", "r"]
) -> Places:
    """For each person of a side the first person that is certainly the same one.

    Args:
        table: the bench that the pairs come from.
        pairs: candidates of the linkage.
        prior: their prior in bits.
        shares: of the model.
        side: whose records to look at.
    """
    own, other = (pairs.left, pairs.right) if side == "l" else (pairs.right, pairs.left)
    count = pairs.left_count if side == "l" else pairs.right_count
    first = np.arange(count)
    strong = pairs.weight + prior > RIVAL
    rivals = pd.DataFrame({"own": own[strong], "other": other[strong]})
    together = rivals.merge(rivals, on="other", suffixes=("_one", "_two"))
    together = together[together["own_one"] < together["own_two"]]
    together = together[["own_one", "own_two"]].drop_duplicates().reset_index(drop=True)
    if together.empty:
        return first
    found = _weighed(table, together, shares, side)
    threshold = np.log2(count) - np.log2(HELD_TWICE) + np.log2(LINKED_FROM / (1 - LINKED_FROM))
    reasons = held(found, table.comparisons)
    certain = (found["weight"] >= threshold).to_numpy() & pd.isna(reasons)
    return _joined(
        first,
        found["person_l"].to_numpy()[certain],
        found["person_r"].to_numpy()[certain],
    )


def _weighed(
    table: Bench, together: pd.DataFrame, shares: Shares, side: Literal["l", "r"]
) -> pd.DataFrame:
    table.need(side, pd.concat([together["own_one"], together["own_two"]]).drop_duplicates())
    table.connection.register("given_rivals", together)
    table.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE rivals AS
        SELECT one.row AS row_l, two.row AS row_r
        FROM given_rivals
        JOIN rows_{side} one ON one.person = own_one JOIN rows_{side} two ON two.person = own_two
        WHERE one.variant <> 'turned' AND two.variant <> 'turned'
        """
    )
    table.connection.unregister("given_rivals")
    found = weigh(table, shares=shares, at_least=0.0, pairs="rivals", sides=(side, side))
    for name in OWN_NUMBERS:
        if name in found:
            found["weight"] += -found[name].clip(upper=0.0)
    return found


def _joined(first: Places, one: Places, two: Places) -> Places:
    while True:
        lowest = first.copy()
        np.minimum.at(lowest, one, first[two])
        np.minimum.at(lowest, two, first[one])
        lowest = lowest[lowest]
        if np.array_equal(lowest, first):
            return first
        first = lowest
