"""Weights of grades as SQL: the logarithm of the shares, moved by the rarity of the value."""

from typing import Final

import numpy as np

from jobs.link.comparisons import Comparison
from jobs.link.model import Shares

DIGITS: Final = 9
EITHER: Final = 1.0
"""One value has two rarities where nationalities differ. If the two are one person, either
nationality may be the right one; if they are not, the value is met in both groups by chance. The
odds are half of one over the commoner rarity's frequency, so the rarer value counts, less a bit."""


def grade_weight(comparison: Comparison, shares: Shares, place: int) -> tuple[float, float]:
    """The weight of one grade in bits, and the rarity in bits at which it weighs just that."""
    of, grade = shares[comparison.name], comparison.grades[place]
    same, others = of[grade.name]
    weight = round(float(np.log2(same / others)), DIGITS)
    if not grade.rarity:
        return weight, 0.0
    # A grade met oftener than equality is measured by itself: names of two scripts are never equal.
    # Names of one sound have one of the grades up to this one: so usual is it that sounds agree.
    exact = exact_grade(comparison, grade.rarity)
    met = max(of[exact][1], others)
    if grade.name == exact:
        met = sum(of[nearer.name][1] for nearer in comparison.grades[: place + 1])
    return weight, round(-float(np.log2(met)), DIGITS)


def grade_weight_sql(comparison: Comparison, shares: Shares, place: int) -> str:
    """The weight of one grade as SQL over the ``bits_`` columns of a pair."""
    grade = comparison.grades[place]
    weight, usual = grade_weight(comparison, shares, place)
    if not grade.rarity:
        return repr(weight)
    one, other = f"bits_{grade.rarity}_l", f"bits_{grade.rarity}_r"
    bits = f"least({one}, {other})"
    if grade.name == exact_grade(comparison, grade.rarity):
        bits = f"greatest({bits}, {one} - {EITHER!r}, {other} - {EITHER!r})"
    return f"{weight!r} + {grade.rarity_share} * coalesce({bits} - {usual!r}, 0)"


def weight_sql(comparison: Comparison, shares: Shares) -> str:
    """The weight of a pair's grade as SQL over its ``grade_`` and ``bits_`` columns."""
    cases = [
        f"WHEN {place} THEN {grade_weight_sql(comparison, shares, place)}"
        for place in range(len(comparison.grades))
    ]
    return f"(CASE grade_{comparison.column} {' '.join(cases)} ELSE 0 END)"


def exact_grade(comparison: Comparison, column: str) -> str:
    """The first grade that a column scales: the one of equal values."""
    return next(grade.name for grade in comparison.grades if grade.rarity == column)
