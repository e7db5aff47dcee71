"""Learning the model's parameters from two sides without being told any answer.

Two steps, both deterministic:

1. *u probabilities*: the levels of random pairs, each counted less the more it looks like a true
   one.
   Identifiers are left at what the declarations say: a sample never holds enough coincidences.
2. *m probabilities*: expectation and maximisation over the pairs worth comparing. The expectation
   is the probability of `one_to_one.posterior`, so a pair counts less for each rival, and less the
   more it is like two people of one household (see `households`); the declared parameters stand
   in as `ANCHOR` pairs, which steadies small files.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.link.compare.comparison_levels import NATIONALITY, Comparison, Parameters
from jobs.link.decide.households import households
from jobs.link.decide.one_to_one import Numbers, Pairs, posterior, prior_for
from jobs.link.engine.scoring import compare, score_pairs
from jobs.link.engine.scoring_context import ScoringContext, scoring_context
from jobs.link.model.linkage_model import Model, first_parameters
from jobs.link.standardise.register_sides import immigration_side, prison_side

log = logging.getLogger(__name__)

RANDOM_PAIRS: Final = 1_000_000
"""A date of birth met once in 15,000 pairs is then seen 70 times: its share is known to 12 %."""
NATIONALITY_PAIRS: Final = 200_000
"""One nationality is met in some 5 % of pairs: its share is then known to 1 %."""
TRAINING_PERSONS: Final = 40_000
"""Persons of the left side that are learned from; more change their third digit."""
ANCHOR: Final = 30.0
ROUNDS: Final = 60
STILL: Final = 1e-4
WORTH_LEARNING: Final = -5.0
HOPELESS: Final = -20.0
"""Pairs that score less than `WORTH_LEARNING` by the first parameters (in bits) teach nothing about
true pairs; nor do those that, with the prior, have odds below one in a million."""
LEAST_PROBABILITY: Final = 1e-9
SHARED_AT_FIRST: Final = 0.3
"""The share of the smaller side that is taken to be in the other, before anything is learned."""

_Counts = dict[str, dict[str, tuple[float, float]]]


def train_model(
    *, worlds: Sequence[Mapping[str, pa.Table]], version: str, trained_on: Mapping[str, Any]
) -> Model:
    """Learn a model for the night from registers, without being told any answer.

    Args:
        worlds: register tables by full name, in the contract's schema; the parameters are the means
            over all of them, so that no single kind of noise is taken for the rule.
        version: the model's name.
        trained_on: where the worlds came from: counts and seeds, no values.
    """
    learned = []
    for tables in worlds:
        sides = prison_side(tables), immigration_side(tables)
        with scoring_context(left=sides[0], right=sides[1]) as context:
            learned.append(train(context))
    known = [name for name in learned[0] if all(name in parameters for parameters in learned)]
    mean = {
        name: {
            level: (
                round(float(np.mean([parameters[name][level][0] for parameters in learned])), 9),
                round(float(np.mean([parameters[name][level][1] for parameters in learned])), 9),
            )
            for level in learned[0][name]
        }
        for name in known
    }
    return Model(version=version, parameters=mean, trained_on=trained_on)


def train(context: ScoringContext) -> dict[str, dict[str, tuple[float, float]]]:
    """Learn the parameters for both sides of a context.

    Returns:
        Parameters for each comparison of the context, rounded to 9 decimals.
    """
    parameters = _learn_u(context, first_parameters(context.comparisons))
    context.connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE learned_from AS
        SELECT person FROM (SELECT DISTINCT person FROM rows_l)
        ORDER BY hash(person), person LIMIT ?
        """,
        [TRAINING_PERSONS],
    )
    left_count = min(len(context.left), TRAINING_PERSONS)
    floor = _worth_learning(left_count, len(context.right))
    context.block_some(
        "learned_from",
        count=TRAINING_PERSONS,
        into="learning",
        parameters=parameters,
        at_least=floor,
    )
    found = score_pairs(
        context,
        parameters=parameters,
        at_least=floor,
        pairs="learning",
        is_bounded=context.is_large,
    )
    learned = _learn_m(context, found, parameters, left_count)
    return _rounded(learned)


def _worth_learning(left_count: int, right_count: int) -> float:
    """The least weight of a pair to be learned from, between so many persons."""
    return max(WORTH_LEARNING, HOPELESS - _first_prior(left_count, right_count))


def _first_prior(left_count: int, right_count: int) -> float:
    """The weight in bits of being one person, if three in ten of the smaller side are shared."""
    shared = max(SHARED_AT_FIRST * min(left_count, right_count), 1)
    return float(np.log2(shared) - np.log2(left_count * right_count))


def _learn_u(context: ScoringContext, parameters: _Counts) -> _Counts:
    """Learn from random pairs; if nationalities are known, from pairs of one nationality.

    People of one nationality share names, towns and habits of spelling. Since nationality is
    evidence of its own, everything else must say what is left to say among people of one.
    """
    if not len(context.left) or not len(context.right):
        return parameters
    learned = dict(parameters)
    by_nation = "nationality" in context.columns
    groups = [(False, [c for c in context.comparisons if c is NATIONALITY or not by_nation])]
    if by_nation:
        groups.append((True, [c for c in context.comparisons if c is not NATIONALITY]))
    for within, comparisons in groups:
        wanted = [c for c in comparisons if not c.is_fixed]
        if wanted:
            only_nations = by_nation and not within
            count = NATIONALITY_PAIRS if only_nations else RANDOM_PAIRS
            _random_pairs(context, within=within, count=count)
            for comparison, seen in _weighted_levels(context, wanted, parameters):
                learned[comparison.name] = _update(comparison, parameters, seen, others=True)
    return learned


def _random_pairs(context: ScoringContext, *, within: bool, count: int) -> None:
    """Make the table ``random_pairs`` of about so many pairs of own rows."""
    meet = "l.nationality = r.nationality" if within else "TRUE"
    share = 1.0
    if within:
        share = context.connection.execute(
            """
            WITH l AS (SELECT nationality, count(*) AS n FROM rows_l GROUP BY nationality),
                 r AS (SELECT nationality, count(*) AS n FROM rows_r GROUP BY nationality)
            SELECT coalesce(sum(l.n * r.n), 0) / ((SELECT sum(n) FROM l) * (SELECT sum(n) FROM r))
            FROM l JOIN r USING (nationality)
            """
        ).fetchall()[0][0]
    pairs = count / max(share, 1e-4)
    each = int(pairs**0.5)
    sizes = [
        min(len(side), max(each, int(pairs) // max(len(other), 1)))
        for side, other in ((context.left, context.right), (context.right, context.left))
    ]
    context.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE random_pairs AS
        SELECT l.row AS row_l, r.row AS row_r
        FROM (SELECT * FROM rows_l WHERE variant = 'own' ORDER BY hash(row), row LIMIT $1) l
        JOIN (SELECT * FROM rows_r WHERE variant = 'own' ORDER BY hash(-row), row LIMIT $2) r
        ON {meet}
        """,
        sizes,
    )


def _weighted_levels(
    context: ScoringContext, comparisons: Sequence[Comparison], parameters: Parameters
) -> Iterator[tuple[Comparison, Numbers]]:
    """How often random pairs show each level, probable true pairs discounted."""
    prior = _first_prior(len(context.left), len(context.right))
    levels = ", ".join(f"level_{comparison.column}" for comparison in comparisons)
    compare(context, parameters=parameters, pairs="random_pairs").to_table("compared")
    counted = context.connection.execute(
        f"""
        SELECT {levels}, sum(1.0 / (1.0 + pow(2.0, least(weight + {prior!r}, 60)))) AS pairs
        FROM compared GROUP BY ALL ORDER BY ALL
        """
    ).df()
    context.connection.execute("DROP TABLE compared")
    context.connection.execute("RESET disabled_optimizers")
    for comparison in comparisons:
        seen = np.zeros(len(comparison.levels) + 1)
        np.add.at(seen, counted[f"level_{comparison.column}"].to_numpy() + 1, counted["pairs"])
        yield comparison, np.round(seen[1:], 3)


def _learn_m(
    context: ScoringContext, found: pd.DataFrame, parameters: _Counts, left_count: int
) -> _Counts:
    if found.empty:
        return parameters
    everybody = _maximise(context, found, parameters, left_count, np.ones(len(found)))
    # Judged by what all pairs teach: what is left out at first would never look like one person.
    one_person = households(context, found).one_person(everybody.probability)
    return _maximise(context, found, parameters, left_count, one_person).parameters


@dataclass(frozen=True, kw_only=True)
class _Learned:
    """Parameters, and the probabilities of the pairs that they were learned from."""

    parameters: _Counts
    probability: Numbers


def _maximise(
    context: ScoringContext,
    found: pd.DataFrame,
    parameters: _Counts,
    left_count: int,
    one_person: Numbers,
) -> _Learned:
    """Expectation and maximisation over pairs of which ``one_person`` is the share that counts."""
    levels = {
        c.name: found[f"level {c.name}"].to_numpy(dtype=np.int64) for c in context.comparisons
    }
    fixed = _part_not_learned(context, found, levels, parameters)
    pairs = Pairs(
        left=found["person_l"].to_numpy(),
        right=found["person_r"].to_numpy(),
        weight=found["weight"].to_numpy(),
        left_count=left_count,
        right_count=len(context.right),
    )
    shared = SHARED_AT_FIRST * min(left_count, len(context.right))
    probability = np.zeros(len(found))
    for _ in range(ROUNDS):
        weight = fixed.copy()
        for comparison in context.comparisons:
            weight += _log_same(comparison, parameters)[levels[comparison.name]]
        now = Pairs(
            left=pairs.left, right=pairs.right, weight=weight,
            left_count=pairs.left_count, right_count=pairs.right_count,
        )  # fmt: skip
        answer = posterior(now, prior=prior_for(now, shared))
        probability = answer.probability
        same = probability * one_person
        shared = float(same.sum())
        updated = {
            c.name: _update(c, parameters, _seen(c, levels[c.name], same))
            for c in context.comparisons
        }
        change = _largest_change(parameters, updated)
        parameters = updated
        if change < STILL:
            break
    log.info("parameters learned from about %.0f shared persons", shared)
    return _Learned(parameters=parameters, probability=probability)


def _part_not_learned(
    context: ScoringContext, found: pd.DataFrame, levels: Mapping[str, Any], parameters: _Counts
) -> Numbers:
    """The weight of each pair without the m probabilities, which change from turn to turn."""
    rest = found["weight"].to_numpy(dtype=np.float64).copy()
    for comparison in context.comparisons:
        rest -= _log_same(comparison, parameters)[levels[comparison.name]]
    return rest


def _log_same(comparison: Comparison, parameters: Parameters) -> Numbers:
    """Logarithms of the m probabilities by level; a last nought serves level -1."""
    of = parameters[comparison.name]
    return np.append(np.log2([of[level.name][0] for level in comparison.levels]), 0.0)


def _seen(comparison: Comparison, levels: Any, probability: Numbers) -> Numbers:
    counts = np.bincount(levels + 1, weights=probability, minlength=len(comparison.levels) + 1)
    return np.round(counts[1:], 6)


def _update(
    comparison: Comparison, parameters: Parameters, seen: Numbers, *, others: bool = False
) -> dict[str, tuple[float, float]]:
    declared = np.array([level.u if others else level.m for level in comparison.levels])
    declared = declared / declared.sum()
    share = (seen + ANCHOR * declared) / (seen.sum() + ANCHOR)
    share = np.maximum(share, LEAST_PROBABILITY)
    of = parameters[comparison.name]
    return {
        level.name: (of[level.name][0], float(value)) if others
        else (float(value), of[level.name][1])
        for level, value in zip(comparison.levels, share, strict=True)
    }  # fmt: skip


def _largest_change(before: Parameters, after: Parameters) -> float:
    return max(
        abs(pair[0] - after[name][level][0])
        for name, levels in before.items()
        for level, pair in levels.items()
    )


def _rounded(parameters: _Counts) -> _Counts:
    return {
        name: {level: (round(same, 9), round(others, 9)) for level, (same, others) in of.items()}
        for name, of in parameters.items()
    }
