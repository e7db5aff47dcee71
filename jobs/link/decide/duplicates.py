"""Probabilities of pairs of records where one register may hold a person twice.

Two records of one person rival for the same record of the other register, so that neither would
be linked. Where two such rivals are likelier one person than two they count as one: they share a
partner instead of halving it, as far as they are likely one. What speaks for one person is what
the two records have in common, or a record of the other side that both fit; what speaks against
it is how many relatives differ in the same way.

Only rivals are compared with each other, so this costs little and never joins two records that
no record of the other register speaks for. How often somebody is held twice is not assumed: the
share is the one that the rivals' own probabilities add up to. In a register, where a reviewer can
be asked, two records that may be twins, or father and son, stay two.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

import logging
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import pandas as pd

from jobs.link.block.blocking import budget_for
from jobs.link.block.blocking_keys import cut
from jobs.link.compare.comparison_levels import Parameters
from jobs.link.decide.households import households
from jobs.link.decide.link_outcomes import hold_for_review
from jobs.link.decide.one_to_one import Numbers, Pairs, Places, Posterior, one_to_one, posterior
from jobs.link.decide.relatives import held_below_relatives, likeness, share_of_relatives
from jobs.link.engine.scoring import score_pairs
from jobs.link.engine.scoring_context import ScoringContext

log = logging.getLogger(__name__)

HELD_TWICE: Final = 0.005
"""Share of persons taken to be held twice before any rivals are seen."""
MOST_TWICE: Final = 0.9
"""The most that the share is learned to be."""
STEPS: Final = 100
"""Steps to find the share; each is a sum over the rivals."""
RIVAL: Final = 0.0
"""A record is a rival from even odds on, prior included."""
EVEN: Final = 0.5
OWN_NUMBERS: Final = ("prison number", "Home Office reference")
"""Numbers that a second record of the same person brings along: different ones say nothing."""
Side = Literal["l", "r"]


def probabilities(
    context: ScoringContext,
    candidates: pd.DataFrame,
    parameters: Parameters,
    *,
    of_registers: bool = True,
    prior: float | None = None,
) -> Posterior:
    """The probability of each pair of records, records of one person counting as one.

    The best pair of two people stands for all pairs of their records, and only the best partner
    of a person can pass even odds, so a link is one to one between people. Nor can a pair for which
    nothing of its own speaks.

    Args:
        context: the one that the pairs come from.
        candidates: pairs as `score_pairs` gives them.
        parameters: of the model.
        of_registers: whether reviewers are asked about pairs that `hold_for_review` names. Of files
            who is alone is not counted by nationality: relatives, whom no reviewer sees there, are
            held against the sides as wholes.
        prior: weight in bits of being one person before evidence; found from the pairs if absent.
    """
    pairs = Pairs(
        left=candidates["person_l"].to_numpy(),
        right=candidates["person_r"].to_numpy(),
        weight=candidates["weight"].to_numpy(),
        left_count=len(context.left),
        right_count=len(context.right),
        groups=context.groups() if of_registers else None,
    )
    first = posterior(pairs, prior=prior)
    before = first.prior.of(pairs.left, pairs.right)
    alike = likeness(context, candidates, parameters)
    relatives = share_of_relatives(pairs, first, alike.kind)
    chances = alike.against(relatives)
    people = pd.DataFrame({"weight": pairs.weight, "sure": 1.0})
    both: tuple[tuple[str, Side, Places], ...] = (
        ("left", "l", pairs.left),
        ("right", "r", pairs.right),
    )
    for name, side, places in both:
        one = one_each(
            context, pairs=pairs, prior=before, parameters=parameters, side=side,
            relatives=relatives, chances=chances, of_registers=of_registers,
        )  # fmt: skip
        people[name] = one.first[places]
        people["sure"] *= one.sure[places]
    best = people.sort_values(["left", "right", "weight"], kind="stable")
    best = best.drop_duplicates(["left", "right"], keep="last").drop(columns="sure")
    of_people = Pairs(
        left=best["left"].to_numpy(),
        right=best["right"].to_numpy(),
        weight=best["weight"].to_numpy(),
        left_count=pairs.left_count,
        right_count=pairs.right_count,
        groups=pairs.groups,
    )
    answer = posterior(of_people, prior=prior)
    if not of_registers:
        weight = held_below_relatives(of_people, answer, alike.of(best.index.to_numpy()), relatives)
        of_people = replace(of_people, weight=weight)
        answer = posterior(of_people, prior=prior)
    kept = one_to_one(of_people, answer.probability > EVEN, answer.probability)
    best["probability"] = np.where(kept, answer.probability, np.minimum(answer.probability, EVEN))
    joined = people.merge(best, how="left", on=["left", "right"])["probability"].to_numpy()
    sure = people["sure"].to_numpy()
    probability = sure * joined + (1 - sure) * first.probability
    is_weak = pairs.weight + answer.prior.of(pairs.left, pairs.right) <= RIVAL
    probability = np.where(is_weak, np.minimum(probability, EVEN), probability)
    return Posterior(
        probability=probability,
        prior=answer.prior,
        shared=answer.shared,
    )


@dataclass(frozen=True, kw_only=True)
class OneEach:
    """For each person of a side the first person that is the same one, and how sure that is."""

    first: Places
    sure: Numbers


def one_each(
    context: ScoringContext,
    *,
    pairs: Pairs,
    prior: Numbers,
    parameters: Parameters,
    side: Side,
    relatives: Numbers,
    chances: Numbers,
    of_registers: bool,
) -> OneEach:
    """Find who stands in a side more than once, among rivals for the same record.

    Args:
        context: the one that the pairs come from.
        pairs: candidates of the linkage.
        prior: their prior in bits.
        parameters: of the model.
        side: whose records to look at.
        relatives: the share of people with relatives of each kind.
        chances: of the candidates `Likeness.against` relatives.
        of_registers: whether rivals that `hold_for_review` names stay two people.
    """
    own, other = (pairs.left, pairs.right) if side == "l" else (pairs.right, pairs.left)
    count = pairs.left_count if side == "l" else pairs.right_count
    nobody = OneEach(first=np.arange(count), sure=np.ones(count))
    strong = pairs.weight + prior > RIVAL
    rivals = pd.DataFrame(
        {
            "own": own[strong],
            "other": other[strong],
            "weight": pairs.weight[strong],
            "chance": chances[strong],
        }
    )
    rivals = _within_budget(rivals, budget_for(pairs.left_count + pairs.right_count), side)
    together = rivals.merge(rivals, on="other", suffixes=("_one", "_two"))
    together = together[together["own_one"] < together["own_two"]]
    if together.empty:
        return nobody
    found = _scored(context, together[["own_one", "own_two"]].drop_duplicates(), parameters, side)
    if of_registers:
        found = found[pd.isna(hold_for_review(found, context.comparisons))]
        known = found[["person_l", "person_r"]].set_axis(["own_one", "own_two"], axis=1)
        together = together.merge(known, on=["own_one", "own_two"])
    else:
        found = found[~households(context, found, (side, side)).another_person]
    found = found.assign(chance=likeness(context, found, parameters).against(relatives))
    found = _best_proof(found, together)
    likely = _likely_one(found, count)
    certain = likely > EVEN
    one, two = (found[name].to_numpy()[certain] for name in ("person_l", "person_r"))
    sure = np.zeros(count)
    for place in (one, two):
        np.maximum.at(sure, place, likely[certain])
    return OneEach(
        first=_joined(nobody.first, one, two), sure=np.where(sure > 0, sure, nobody.sure)
    )


def _within_budget(rivals: pd.DataFrame, budget: int, side: Side) -> pd.DataFrame:
    """The rivals for records that fit few enough: pairs of rivals are counted before they are made.

    A record that fits hundreds at even odds, as one of a failed migration does, shows of no two of
    them that they are one. As with blocking keys, those with the most pairs go first.
    """
    fitting = rivals.groupby("other")["own"].transform("size").to_numpy()
    meeting = fitting.astype(np.int64) * fitting
    of_records = meeting[~rivals["other"].duplicated().to_numpy()]
    is_out = meeting > cut(of_records, budget)
    if is_out.any():
        log.info(
            "rivals of [%s]: left out %d pairs of records that fit the same one, of %d records "
            "that fit too many: whoever is held twice among them counts as two",
            "prison, or the left file" if side == "l" else "immigration, or the right file",
            of_records[of_records > meeting[~is_out].max(initial=0)].sum(),
            rivals.loc[is_out, "other"].nunique(),
        )
    kept: pd.DataFrame = rivals[~is_out]
    return kept


def _best_proof(found: pd.DataFrame, together: pd.DataFrame) -> pd.DataFrame:
    """Two records of one side are one by themselves, or by a record that both of them fit."""
    by_third = pd.DataFrame(
        {
            "person_l": together["own_one"],
            "person_r": together["own_two"],
            "weight": together[["weight_one", "weight_two"]].min(axis=1),
            "chance": together[["chance_one", "chance_two"]].min(axis=1),
        }
    )
    proofs = pd.concat([found[by_third.columns], by_third])
    proofs = proofs[proofs["chance"] > 0].sort_values(["person_l", "person_r", "chance", "weight"])
    return proofs.drop_duplicates(["person_l", "person_r"], keep="last")


def _likely_one(found: pd.DataFrame, count: int) -> Numbers:
    """How likely two records of one side are one person.

    The share of persons held twice is the one that the probabilities add up to. Who differs as
    relatives do is one person only where being held twice, and so differently, is commoner.
    """
    odds = np.exp2(np.clip(found["weight"].to_numpy() - np.log2(count), -200, 200))
    chance = found["chance"].to_numpy()
    share = HELD_TWICE
    likely: Numbers = np.zeros(len(found))
    for _ in range(STEPS):
        likely = odds * share / (1 + odds * share)
        likely[chance * share < 1] = 0.0
        share = float(np.clip(likely.sum() / count, HELD_TWICE / count, MOST_TWICE))
    return likely


def _scored(
    context: ScoringContext, together: pd.DataFrame, parameters: Parameters, side: Literal["l", "r"]
) -> pd.DataFrame:
    context.connection.register("given_rivals", together)
    context.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE rivals AS
        SELECT one.row AS row_l, two.row AS row_r
        FROM given_rivals
        JOIN rows_{side} one ON one.person = own_one JOIN rows_{side} two ON two.person = own_two
        WHERE one.variant <> 'turned' AND two.variant <> 'turned'
        """
    )
    context.connection.unregister("given_rivals")
    found = score_pairs(
        context, parameters=parameters, at_least=0.0, pairs="rivals", sides=(side, side)
    )
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
