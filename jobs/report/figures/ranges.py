"""Counting rows of a night, with the 95 % range that uncertainty leaves open.

The range answers one question: where does the true number lie, given that links between the
registers may be missed or false and that nationalities may be wrong?

- *Named rows.* A row that counts, and that a possible match or an uncertain nationality may take
  out, lowers the low end by one; a row that does not count and may come in raises the high end by
  one. All of them move at once: errors come together, and each named row can be looked at.
- *Unread rows.* A row in quarantine may hold a decision, its withdrawal or a case, and nothing says
  whose: each moves the end of every range that it could be in. Where a row says whose it is, theirs
  are named rows.
- *Unnamed rows.* A link may be false with q = 1 - probability, and `uncertainty`
  estimates how many rows a missed link or a wrong nationality makes wrong without naming them.
  The number of such rows is taken to be Poisson, whose mean is the sum of the probabilities; the
  end of the range moves by its 97.5th percentile. An error is one of a person and moves all of the
  person's rows, so people are counted, and the percentile is multiplied by the mean number of
  rows that a row's person has.

Nobody is cleared by any of this: the value counts the list as it stands and always lies in the
range. Figures on which none of this has a bearing have a range of one point.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from jobs.report.published import ALL

MILLION = 1_000_000
VALUES = ["group_value", "value", "low", "high"]
TAIL = 0.025

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class RowUncertainty:
    """Which rows could move in or out of a count.

    ``may_leave`` and ``may_enter`` name rows; ``leave_probability`` and ``enter_probability`` are
    of each row. Rows are looked at only where they can move: counted ones leave, others enter.
    ``persons`` says whose row each is, where errors of a person move several rows. So many
    ``unread_out`` people more may leave, and ``unread_in`` rows more may come into, any group: what
    was delivered of them lies in quarantine.
    """

    may_leave: pd.Series | None = None
    may_enter: pd.Series | None = None
    leave_probability: pd.Series | None = None
    enter_probability: pd.Series | None = None
    persons: pd.Series | None = None
    other_group: pd.Series | None = None
    unread_out: int = 0
    unread_in: int = 0


def false_link_probability(assessments: pd.DataFrame) -> pd.Series:
    """Probability that the link an episode relies on is false; 0 without a link."""
    false = 1.0 - assessments["link_probability"].astype("float64")
    return false.where(assessments["link_outcome"].eq("linked"), 0.0).fillna(0.0).clip(0.0, 1.0)


def count_rows(
    *,
    counted: pd.Series,
    uncertainty: RowUncertainty | None = None,
    by: pd.Series | None = None,
    groups: Sequence[str] = (),
) -> pd.DataFrame:
    """Count the rows of a boolean mask, in all or for each group, with the range.

    Args:
        counted: True for the rows that count.
        uncertainty: rows that could move; nothing moves when absent.
        by: group of each row; None counts all rows together.
        groups: groups that are shown even when empty.

    Returns:
        One row for each group: group_value, value, low, high.
    """
    uncertainty = uncertainty or RowUncertainty()
    group = _Groups.of(by, len(counted))
    shown = [ALL] if by is None else list(groups)
    value = group.sums(counted)
    index = value.index[value > 0].union(pd.Index(shown, dtype="str"))
    frame = pd.DataFrame({"value": value}).reindex(index, fill_value=0.0)
    rows_each = _rows_each(uncertainty.persons, counted)
    out = _moved(counted, uncertainty.may_leave, uncertainty.leave_probability, group, rows_each)
    into = _moved(~counted, uncertainty.may_enter, uncertainty.enter_probability, group, rows_each)
    out = out.reindex(index, fill_value=0.0) + np.ceil(uncertainty.unread_out * rows_each)
    into = into.reindex(index, fill_value=0.0) + uncertainty.unread_in
    if by is not None and uncertainty.other_group is not None:
        moving = group.sums(uncertainty.other_group)
        into += moving.sum() - moving.reindex(index, fill_value=0.0)
    frame["low"] = (frame["value"] - out).clip(lower=0.0)
    frame["high"] = frame["value"] + into
    return frame.rename_axis("group_value").reset_index()[VALUES]


def plain(counts: pd.Series) -> pd.DataFrame:
    """Values by group on which links have no bearing: low and high are the value."""
    values = counts.astype("float64")
    frame = pd.DataFrame({"value": values, "low": values, "high": values})
    frame.index = frame.index.astype("str")
    return frame.rename_axis("group_value").reset_index()[VALUES]


def widened(values: pd.DataFrame, aside: int) -> pd.DataFrame:
    """Values by group, each of which so many rows in quarantine may leave or come into."""
    return values.assign(low=(values["low"] - aside).clip(lower=0.0), high=values["high"] + aside)


def nothing() -> pd.DataFrame:
    """No row: the publication lacks what the figure rests on."""
    return pd.DataFrame(columns=VALUES)


def single(value: float | None) -> pd.DataFrame:
    """One value for all on which links have no bearing; None where it cannot be computed."""
    number = np.nan if value is None or pd.isna(value) else float(value)
    return plain(pd.Series([number], index=[ALL]))


@dataclass(frozen=True, kw_only=True)
class _Groups:
    """The group of each row, by number; rows of none are counted nowhere."""

    names: pd.Index
    number: npt.NDArray[np.intp]

    @classmethod
    def of(cls, by: pd.Series | None, rows: int) -> "_Groups":
        """The groups of a column; without one, all rows are one."""
        if by is None:
            return cls(names=pd.Index([ALL], dtype="str"), number=np.zeros(rows, dtype=np.intp))
        number, names = pd.factorize(by, sort=True)
        return cls(names=pd.Index(names, dtype="str"), number=number)

    def sums(self, column: pd.Series) -> pd.Series:
        """The sum of a column by group; whole numbers sum exactly, whatever the order of rows."""
        values = np.asarray(column.to_numpy(np.float64, na_value=0.0), dtype=np.float64)
        counts = values != 0
        counts &= self.number >= 0
        found = np.bincount(self.number[counts], weights=values[counts], minlength=len(self.names))
        return pd.Series(found, index=self.names, dtype="float64")


def _rows_each(persons: pd.Series | None, counted: pd.Series) -> float:
    """Of how many counted rows a counted row's person has, the mean; 1 where nothing is known."""
    if persons is None or not counted.any():
        return 1.0
    sizes = persons[counted].value_counts().to_numpy()
    return float((sizes * sizes).sum() / sizes.sum())


def _moved(
    movable: pd.Series,
    named: pd.Series | None,
    probability: pd.Series | None,
    group: _Groups,
    rows_each: float,
) -> pd.Series:
    """How many movable rows of each group are named, and how many more are likely to move."""
    certain = movable & named if named is not None else pd.Series(False, index=movable.index)
    moved = group.sums(certain)
    if probability is None:
        return moved
    open_ = movable & ~certain & probability.gt(0)
    # Millionths as whole numbers: their sum does not depend on the order of the rows.
    micro = (probability.where(open_, 0.0) * MILLION).round()
    means = group.sums(micro).to_numpy() / MILLION / rows_each
    more = np.ceil(upper_poisson(means) * rows_each)
    most = group.sums(open_).to_numpy()
    unnamed = pd.Series(np.minimum(more, most), index=moved.index)
    return moved.add(unnamed)


def upper_poisson(means: Numbers) -> Numbers:
    """The least number that a Poisson count exceeds with a probability of at most 2.5 per cent."""
    from scipy.stats import poisson

    least: Numbers = poisson.ppf(1.0 - TAIL, means)
    return least
