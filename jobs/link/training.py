"""Learning the model's shares from two sides without being told any answer.

Two steps, both deterministic:

1. *among others*: the grades of random pairs, each counted less the more it looks like a true one.
   Identifiers are left at what the declarations say: a sample never holds enough coincidences.
2. *among same*: expectation and maximisation over the pairs worth comparing. The expectation is
   the probability of `matching.posterior`, so a pair counts less for each rival; the declared
   shares stand in as `ANCHOR` pairs, which steadies small files.
"""

import logging
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from jobs.link.comparisons import Comparison
from jobs.link.engine import Bench, grades_of, weigh
from jobs.link.matching import Numbers, Pairs, posterior, prior_for
from jobs.link.model import Shares, first_shares

log = logging.getLogger(__name__)

RANDOM_PAIRS: Final = 1_000_000
"""A date of birth met once in 15,000 pairs is then seen 70 times: its share is known to 12 %."""
TRAINING_PERSONS: Final = 40_000
"""Persons of the left side that are learned from; more change the third digit of the shares."""
ANCHOR: Final = 30.0
ROUNDS: Final = 60
STILL: Final = 1e-4
WORTH_LEARNING: Final = -5.0
"""Pairs that weigh less by the first shares (in bits) teach nothing about true pairs."""
LEAST_SHARE: Final = 1e-9

_Counts = dict[str, dict[str, tuple[float, float]]]


def train(table: Bench) -> dict[str, dict[str, tuple[float, float]]]:
    """Learn the shares for both sides on ``table``, which must be blocked.

    Returns:
        Shares for each comparison of the bench, rounded to 9 decimals.
    """
    shares = _among_others(table, first_shares(table.comparisons))
    table.connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE learning AS
        SELECT pairs.* FROM pairs JOIN rows_l ON row_l = row
        WHERE person IN (SELECT person FROM (SELECT DISTINCT person FROM rows_l)
                         ORDER BY hash(person), person LIMIT ?)
        """,
        [TRAINING_PERSONS],
    )
    found = weigh(table, shares=shares, at_least=WORTH_LEARNING, pairs="learning")
    left_count = min(len(table.left), TRAINING_PERSONS)
    learned = _among_same(table, found, shares, left_count)
    return _rounded(learned)


def _among_others(table: Bench, shares: _Counts) -> _Counts:
    each = max(int(RANDOM_PAIRS**0.5), 1)
    wide = [
        min(len(side), max(each, RANDOM_PAIRS // max(len(other), 1)))
        for side, other in ((table.left, table.right), (table.right, table.left))
    ]
    if not min(wide):
        return shares
    table.connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE random_pairs AS
        SELECT l.row AS row_l, r.row AS row_r
        FROM (SELECT row FROM rows_l WHERE variant = 'own' ORDER BY hash(row), row LIMIT $1) l,
             (SELECT row FROM rows_r WHERE variant = 'own' ORDER BY hash(-row), row LIMIT $2) r
        """,
        wide,
    )
    compared = table.compare(shares=shares, pairs="random_pairs")
    smaller = min(len(table.left), len(table.right))
    prior = float(np.log2(max(0.3 * smaller, 1)) - np.log2(len(table.left) * len(table.right)))
    learned = dict(shares)
    compared.create_view("compared_random", replace=True)
    for comparison in table.comparisons:
        if comparison.is_fixed:
            continue
        seen = _weighted_grades(table, comparison, shares, prior)
        learned[comparison.name] = _update(comparison, shares, seen, others=True)
    return learned


def _weighted_grades(
    table: Bench, comparison: Comparison, shares: Shares, prior: float
) -> Numbers:
    """How often random pairs show each grade, probable true pairs discounted."""
    counted = table.connection.execute(
        f"""
        SELECT mw_{comparison.column} AS mw,
               sum(1.0 / (1.0 + pow(2.0, least(weight + ?, 60)))) AS pairs
        FROM compared_random GROUP BY mw ORDER BY mw
        """,  # noqa: S608 - a column of this package
        [prior],
    ).df()
    seen = np.zeros(len(comparison.grades) + 1)
    np.add.at(seen, grades_of(counted["mw"], comparison, shares), counted["pairs"])
    seen = seen[:-1]
    return np.round(seen, 3)


def _among_same(
    table: Bench, found: pd.DataFrame, shares: _Counts, left_count: int
) -> _Counts:
    if found.empty:
        return shares
    grades = {c.name: found[f"grade {c.name}"].to_numpy(dtype=np.int64) for c in table.comparisons}
    fixed = _part_not_learned(table, found, grades, shares)
    pairs = Pairs(
        left=found["person_l"].to_numpy(),
        right=found["person_r"].to_numpy(),
        weight=found["weight"].to_numpy(),
        left_count=left_count,
        right_count=len(table.right),
    )
    shared = 0.3 * min(left_count, len(table.right))
    for turn in range(ROUNDS):
        weight = fixed.copy()
        for comparison in table.comparisons:
            weight += _log_same(comparison, shares)[grades[comparison.name]]
        now = Pairs(
            left=pairs.left, right=pairs.right, weight=weight,
            left_count=pairs.left_count, right_count=pairs.right_count,
        )  # fmt: skip
        answer = posterior(now, prior=prior_for(now, shared))
        shared = answer.shared
        updated = {
            c.name: _update(c, shares, _seen(c, grades[c.name], answer.probability))
            for c in table.comparisons
        }
        change = _largest_change(shares, updated)
        shares = updated
        if change < STILL:
            break
    log.info("shares learned in %d rounds from about %.0f shared persons", turn + 1, shared)
    return shares


def _part_not_learned(
    table: Bench, found: pd.DataFrame, grades: Mapping[str, Any], shares: _Counts
) -> Numbers:
    """The weight of each pair without the shares among same, which change from turn to turn."""
    rest = found["weight"].to_numpy(dtype=np.float64).copy()
    for comparison in table.comparisons:
        rest -= _log_same(comparison, shares)[grades[comparison.name]]
    return rest


def _log_same(comparison: Comparison, shares: Shares) -> Numbers:
    """Logarithms of the shares among same by grade; a last nought serves grade -1."""
    of = shares[comparison.name]
    return np.append(np.log2([of[grade.name][0] for grade in comparison.grades]), 0.0)


def _seen(comparison: Comparison, grades: Any, probability: Numbers) -> Numbers:
    counts = np.bincount(grades + 1, weights=probability, minlength=len(comparison.grades) + 1)
    return np.round(counts[1:], 6)


def _update(
    comparison: Comparison, shares: Shares, seen: Numbers, *, others: bool = False
) -> dict[str, tuple[float, float]]:
    declared = np.array(
        [grade.among_others if others else grade.among_same for grade in comparison.grades]
    )
    declared = declared / declared.sum()
    share = (seen + ANCHOR * declared) / (seen.sum() + ANCHOR)
    share = np.maximum(share, LEAST_SHARE)
    of = shares[comparison.name]
    return {
        grade.name: (of[grade.name][0], float(value)) if others
        else (float(value), of[grade.name][1])
        for grade, value in zip(comparison.grades, share, strict=True)
    }  # fmt: skip


def _largest_change(before: Shares, after: Shares) -> float:
    return max(
        abs(pair[0] - after[name][grade][0])
        for name, grades in before.items()
        for grade, pair in grades.items()
    )


def _rounded(shares: _Counts) -> _Counts:
    return {
        name: {grade: (round(same, 9), round(others, 9)) for grade, (same, others) in of.items()}
        for name, of in shares.items()
    }
