"""What the review pays: how far deciding on possible matches narrows the range of the missed.

A possible match that holds a decision in time lowers the low end of the range by what it may clear.
Once it is decided they are either off the list, and the high end falls, or on it for certain, and
the low end rises: the range narrows by as many either way. Whoever is also in doubt by nationality
stays in doubt, and those of a prisoner with several possible matches wait for all of them, so each
pair is told its share.
"""

from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.view_models import number_text, plural
from jobs.report.figures.most_likely import BY_MATCH, PARTS
from jobs.report.summary.headline import key_figure

FIRST: Final = 100
"""So many pairs are told of as a day's work."""


def narrowing(waiting: pd.DataFrame, assessments: pd.DataFrame) -> "pd.Series[float]":
    """By how many the range of `missed.total` narrows if a pair is decided.

    Args:
        waiting: pairs in review, with ``prisoner_number``.
        assessments: `results.ASSESSMENTS`, at least those of their prisoners; each custody episode
            on the missed list whose possible match holds a decision counts once.

    Returns:
        In the order and under the index of ``waiting``; over all pairs it sums to those episodes.
    """
    is_settled = (
        assessments["status"].isin(results.MISSED_STATUSES)
        & assessments["is_possibly_considered"]
        & (~assessments["is_nationality_unknown"] | assessments["is_court_recommended"])
    )
    held = assessments.loc[is_settled, "prisoner_number"].value_counts()
    pairs = waiting.groupby("prisoner_number")["prisoner_number"].transform("size")
    found = waiting["prisoner_number"].map(held).astype("float64").fillna(0.0)
    return found / pairs.astype("float64")


def expected_range(figures: pd.DataFrame, steps: float) -> tuple[float, float] | None:
    """The ends of the range of `missed.total` once pairs are decided.

    Where they come to lie hangs on the answers; they are told as expected, by how likely such
    matches are. Nothing where no pair narrows the range.

    Args:
        figures: frame of `results.FIGURES` of one publication.
        steps: by how many the pairs narrow it, all together: the sum of their `narrowing`.
    """
    missed = key_figure(figures, "missed.total")
    if missed.low is None or missed.high is None or not steps:
        return None
    true = steps * _share_true(figures)
    low = min(missed.low + round(steps - true), missed.value or missed.low)
    return low, max(missed.high - round(true), low)


def steps_of_first(narrows: "pd.Series[float]") -> float:
    """By how many the `FIRST` pairs that narrow the range most do so together."""
    return float(narrows.nlargest(FIRST).sum())


def gain_line(figures: pd.DataFrame, *, pairs: int, steps: float) -> str:
    """What deciding the pairs that narrow most makes of the range; empty where none narrows it.

    Args:
        figures: frame of `results.FIGURES` of one publication.
        pairs: so many wait.
        steps: `steps_of_first` of them.
    """
    ends = expected_range(figures, steps)
    if ends is None:
        return ""
    wait = plural(pairs, "pair that waits", "pairs that wait")
    which = (
        f"If the {wait} {'is' if pairs == 1 else 'are'} decided on"
        if pairs <= FIRST
        else f"If the {number_text(FIRST)} that matter most of the {wait} are decided on"
    )
    low, high = (number_text(end) for end in ends)
    return (
        f"{which}, the range of those released without consideration, now "
        f"{key_figure(figures, 'missed.total').range_text}, narrows to some {low} to {high}."
    )


def _share_true(figures: pd.DataFrame) -> float:
    """Of the releases with a possible match, the share that the most likely number takes off."""
    off = key_figure(figures, PARTS, BY_MATCH).value or 0.0
    of = key_figure(figures, "missed.possible_match").value or 0.0
    return min(-off / of, 1.0) if of else 0.0
