"""Counting rows of a night, with the range that uncertain links leave open.

The range answers one question: how far could the number move if the links between the registers
were all resolved?

- A row that counts, and whose *possible* match would take it out (it holds a decision in time,
  say), lowers the low end by one. Nobody is cleared by a possible match, so the value keeps it.
- A row that does not count only because of a *certain enough* link may enter if that link is
  false, which happens with chance q = 1 - probability. The number of false links among such rows
  is a Poisson binomial variable with mean m = sum(q) and variance v = sum(q (1 - q)). The high end
  rises by its 95th percentile in normal approximation, m + 1.645 sqrt(v), to the nearest whole.
- Links that keep a row in the count lower the low end in the same way.

The percentile supposes that link probabilities are calibrated and links err independently.
Figures on which links have no bearing have a range of one point.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from jobs.report.facts import Facts

ALL = "(all)"
PERCENTILE_95 = 1.645
MILLION = 1_000_000
VALUES = ["group_value", "value", "low", "high"]

Compute = Callable[[Facts], pd.DataFrame]


@dataclass(frozen=True, kw_only=True)
class Moves:
    """Which rows uncertain links could move in or out of a count."""

    may_leave: pd.Series | None = None
    may_enter: pd.Series | None = None
    false_link_leaves: pd.Series | None = None
    false_link_enters: pd.Series | None = None


def false_link_chance(assessments: pd.DataFrame) -> pd.Series:
    """Chance that the link an episode relies on is false; 0 without a link."""
    chance = 1.0 - assessments["link_probability"].astype("float64")
    return chance.where(assessments["link_outcome"].eq("linked"), 0.0).fillna(0.0).clip(0.0, 1.0)


def count_rows(
    *,
    counted: pd.Series,
    moves: Moves | None = None,
    chance: pd.Series | None = None,
    by: pd.Series | None = None,
    groups: Sequence[str] = (),
) -> pd.DataFrame:
    """Count the rows of a boolean mask, in all or for each group, with the range.

    Args:
        counted: True for the rows that count.
        moves: rows that links could move; nothing moves when absent.
        chance: chance of a false link for each row, as `false_link_chance` gives.
        by: group of each row; None counts all rows together.
        groups: groups that are shown even when empty.

    Returns:
        One row for each group: group_value, value, low, high.
    """
    moves = moves or Moves()
    group = pd.Series(ALL, index=counted.index, dtype="str") if by is None else by
    shown = [ALL] if by is None else list(groups)
    value = _total(counted, group)
    index = value.index[value > 0].union(pd.Index(shown, dtype="str"))
    frame = pd.DataFrame({"value": value}).reindex(index, fill_value=0.0)
    frame["low"] = frame["value"]
    frame["high"] = frame["value"]
    if moves.may_leave is not None:
        frame["low"] -= _total(moves.may_leave & counted, group).reindex(index, fill_value=0.0)
    if moves.may_enter is not None:
        frame["high"] += _total(moves.may_enter & ~counted, group).reindex(index, fill_value=0.0)
    if chance is not None and moves.false_link_leaves is not None:
        frame["low"] -= _upper(chance.where(moves.false_link_leaves, 0.0), group, index)
    if chance is not None and moves.false_link_enters is not None:
        frame["high"] += _upper(chance.where(moves.false_link_enters, 0.0), group, index)
    frame["low"] = frame["low"].clip(lower=0.0)
    return frame.rename_axis("group_value").reset_index()[VALUES]


def plain(counts: pd.Series) -> pd.DataFrame:
    """Values by group on which links have no bearing: low and high are the value."""
    values = counts.astype("float64")
    frame = pd.DataFrame({"value": values, "low": values, "high": values})
    frame.index = frame.index.astype("str")
    return frame.rename_axis("group_value").reset_index()[VALUES]


def single(value: float | None) -> pd.DataFrame:
    """One value for all on which links have no bearing; None where it cannot be computed."""
    number = np.nan if value is None or pd.isna(value) else float(value)
    return plain(pd.Series([number], index=[ALL]))


def _total(mask: pd.Series, group: pd.Series) -> pd.Series:
    return mask.astype("float64").groupby(group.to_numpy()).sum()


def _upper(chance: pd.Series, group: pd.Series, index: pd.Index) -> pd.Series:
    """95th percentile of the number of false links in each group, as a whole number."""
    # Millionths as integers: their sum does not depend on the order of the rows.
    micro = (chance * MILLION).round().astype("int64")
    doubt = pd.DataFrame({"mean": micro, "variance": micro * (MILLION - micro)})
    sums = doubt.groupby(group.to_numpy()).sum()
    deviation = np.sqrt(sums["variance"].astype("float64")) / MILLION
    upper: pd.Series = np.floor(sums["mean"] / MILLION + PERCENTILE_95 * deviation + 0.5)
    return upper.reindex(index, fill_value=0.0)


def value_of(figures: pd.DataFrame, id_: str, group: str = ALL) -> float | None:
    """The value of a published figure; None where there is none."""
    rows = figures.loc[figures["figure_id"].eq(id_) & figures["group_value"].eq(group), "value"]
    return None if rows.empty or pd.isna(rows.iloc[0]) else float(rows.iloc[0])
