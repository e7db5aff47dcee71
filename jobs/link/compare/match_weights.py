"""Weights of grades and pairs as SQL: the logarithm of the shares, moved by how rare values are."""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from collections.abc import Sequence
from typing import Final

import numpy as np

from jobs.link.compare.comparison_levels import ELSE, Comparison, Shares, rarity_columns

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


def grades_sql(comparison: Comparison) -> str:
    """The position of the grade of a pair as SQL; -1 where there is nothing to compare."""
    cases = [f"WHEN {comparison.silent} THEN -1"]
    cases += [
        f"ELSE {place}" if grade.sql == ELSE else f"WHEN {grade.sql} THEN {place}"
        for place, grade in enumerate(comparison.grades)
    ]
    return f"(CASE {' '.join(cases)} END)::TINYINT"


def needed(comparisons: Sequence[Comparison]) -> list[str]:
    """The columns of a row that comparing and weighing read."""
    return sorted(
        {name for c in comparisons for name in c.needs}
        | {f"bits_{name}" for name in rarity_columns(comparisons)}
    )


def weighed_query(
    comparisons: Sequence[Comparison],
    shares: Shares,
    *,
    beside: str,
    at_least: float | None,
    kept: Sequence[str] = ("row_l", "row_r"),
) -> str:
    """Grades and weights of pairs whose values stand beside each other, as a query.

    Args:
        comparisons: what pairs are compared in.
        shares: of the model.
        beside: a query of ``kept`` and every needed column of both sides, ``_l`` and ``_r``.
        at_least: the least weight; all pairs if absent.
        kept: columns that name a pair.
    """
    bits = [f"bits_{name}_{side}" for name in rarity_columns(comparisons) for side in "lr"]
    grades = [f"{grades_sql(c)} AS grade_{c.column}" for c in comparisons]
    graded = f"SELECT {', '.join([*kept, *bits, *grades])} FROM ({beside})"
    weights = ", ".join(f"{weight_sql(c, shares)} AS weight_{c.column}" for c in comparisons)
    total = " + ".join(f"weight_{c.column}" for c in comparisons)
    floor = "" if at_least is None else f"WHERE weight >= {at_least!r}"
    return f"""
        WITH graded AS ({graded}),
        weighed AS (SELECT * , {weights} FROM graded),
        summed AS (SELECT *, {total} AS weight FROM weighed)
        SELECT * FROM summed {floor}
        """
