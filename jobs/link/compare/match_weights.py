"""Match weights as SQL: logarithms of m over u probabilities, moved by term frequencies."""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from collections.abc import Sequence
from typing import Final

import numpy as np

from jobs.link.compare.comparison_levels import ELSE, Comparison, Parameters, term_frequency_columns

DIGITS: Final = 9
EITHER: Final = 1.0
"""One value has two term frequencies where nationalities differ. If the two are one person, either
nationality may be the right one; if they are not, the value is met in both groups by chance. The
odds are half of one over the commoner value's frequency, so the rarer value counts, less a bit."""


def level_weight(comparison: Comparison, parameters: Parameters, place: int) -> tuple[float, float]:
    """The weight of one level in bits, and how rare a value is in bits at which it is just that."""
    of, level = parameters[comparison.name], comparison.levels[place]
    same, others = of[level.name]
    weight = round(float(np.log2(same / others)), DIGITS)
    if not level.term_frequency:
        return weight, 0.0
    # A level met oftener than equality is measured by itself: names of two scripts are never equal.
    # Names of one sound have one of the levels up to this one: so usual is it that sounds agree.
    exact = exact_level(comparison, level.term_frequency)
    met = max(of[exact][1], others)
    if level.name == exact:
        met = sum(of[nearer.name][1] for nearer in comparison.levels[: place + 1])
    return weight, round(-float(np.log2(met)), DIGITS)


def level_weight_sql(comparison: Comparison, parameters: Parameters, place: int) -> str:
    """The weight of one level as SQL over the ``bits_`` columns of a pair."""
    level = comparison.levels[place]
    weight, usual = level_weight(comparison, parameters, place)
    most = _most_sql(comparison, parameters, place)
    if not level.term_frequency:
        return f"least({weight!r}, {most})" if most else repr(weight)
    one, other = f"bits_{level.term_frequency}_l", f"bits_{level.term_frequency}_r"
    bits = f"least({one}, {other})"
    if level.name == exact_level(comparison, level.term_frequency):
        bits = f"greatest({bits}, {one} - {EITHER!r}, {other} - {EITHER!r})"
    moved = f"{weight!r} + {level.term_frequency_weight} * coalesce({bits} - {usual!r}, 0)"
    return f"least({moved}, {most})" if most else moved


def _most_sql(comparison: Comparison, parameters: Parameters, place: int) -> str | None:
    """What equality on the commoner of both values weighs, for a level that comes after it.

    A slip of a common value says no more than the value. Where records of one person show the level
    oftener than equality, as names of two scripts do, equality is no measure.
    """
    exact = next((i for i, level in enumerate(comparison.levels) if level.term_frequency), None)
    of = parameters[comparison.name]
    if not comparison.is_ordered or exact is None or place <= exact:
        return None
    equality = comparison.levels[exact]
    if of[equality.name][0] < of[comparison.levels[place].name][0]:
        return None
    weight, usual = level_weight(comparison, parameters, exact)
    one, other = (f"bits_{equality.term_frequency}_{side}" for side in "lr")
    return f"{weight!r} + coalesce(least({one}, {other}) - {usual!r}, 0)"


def weight_sql(comparison: Comparison, parameters: Parameters) -> str:
    """The weight of a pair's level as SQL over its ``level_`` and ``bits_`` columns."""
    cases = [
        f"WHEN {place} THEN {level_weight_sql(comparison, parameters, place)}"
        for place in range(len(comparison.levels))
    ]
    return f"(CASE level_{comparison.column} {' '.join(cases)} ELSE 0 END)"


def exact_level(comparison: Comparison, column: str) -> str:
    """The first level that a column scales: the one of equal values."""
    return next(level.name for level in comparison.levels if level.term_frequency == column)


def levels_sql(comparison: Comparison) -> str:
    """The position of the level of a pair as SQL; -1 where there is nothing to compare."""
    cases = [f"WHEN {comparison.silent} THEN -1"]
    cases += [
        f"ELSE {place}" if level.sql == ELSE else f"WHEN {level.sql} THEN {place}"
        for place, level in enumerate(comparison.levels)
    ]
    return f"(CASE {' '.join(cases)} END)::TINYINT"


def needed(comparisons: Sequence[Comparison]) -> list[str]:
    """The columns of a row that comparing and scoring read."""
    return sorted(
        {name for c in comparisons for name in c.needs}
        | {f"bits_{name}" for name in term_frequency_columns(comparisons)}
    )


def score_query(
    comparisons: Sequence[Comparison],
    parameters: Parameters,
    *,
    beside: str,
    at_least: float | None,
    kept: Sequence[str] = ("row_l", "row_r"),
) -> str:
    """Levels and weights of pairs whose values stand beside each other, as a query.

    Args:
        comparisons: what pairs are compared in.
        parameters: of the model.
        beside: a query of ``kept`` and every needed column of both sides, ``_l`` and ``_r``.
        at_least: the least weight; all pairs if absent.
        kept: columns that name a pair.
    """
    bits = [f"bits_{name}_{side}" for name in term_frequency_columns(comparisons) for side in "lr"]
    levels = [f"{levels_sql(c)} AS level_{c.column}" for c in comparisons]
    compared = f"SELECT {', '.join([*kept, *bits, *levels])} FROM ({beside})"
    weights = ", ".join(f"{weight_sql(c, parameters)} AS weight_{c.column}" for c in comparisons)
    total = " + ".join(f"weight_{c.column}" for c in comparisons)
    floor = "" if at_least is None else f"WHERE weight >= {at_least!r}"
    return f"""
        WITH compared AS ({compared}),
        scored AS (SELECT * , {weights} FROM compared),
        summed AS (SELECT *, {total} AS weight FROM scored)
        SELECT * FROM summed {floor}
        """
