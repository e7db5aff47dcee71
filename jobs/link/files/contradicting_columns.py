"""Columns that contradict in all pairs that everything else makes one person: they tell nothing.

Such a column means something else in one of the files, or was damaged beyond mending: another kind
of number, dates that went through a spreadsheet.
"""

import logging
from typing import Final

import numpy as np
import pandas as pd

from jobs.link.compare.comparison_levels import FAMILY, GIVEN, VARIANT, Comparison
from jobs.link.decide.one_to_one import Numbers

log = logging.getLogger(__name__)

EVEN: Final = 0.5
ALWAYS: Final = 0.95
"""The share of pairs in which a column contradicts from which on it counts for nothing."""
ENOUGH: Final = 20
"""Pairs that are needed to say so."""
NEVER: Final = {GIVEN.name, FAMILY.name, VARIANT.name}
"""Names are what pairs are one person by."""


def contradicting(
    found: pd.DataFrame, comparisons: tuple[Comparison, ...], probability: Numbers
) -> list[str]:
    """The names of comparisons that always contradict; one line says so of each.

    Args:
        found: pairs as `score_pairs` gives them.
        comparisons: what they were compared in.
        probability: of the pairs.
    """
    probable = probability > EVEN
    always = []
    for comparison in comparisons:
        level = found[f"level {comparison.name}"].to_numpy()[probable]
        speaks = [
            place for place, of in enumerate(comparison.levels) if of.m > of.u or of.term_frequency
        ]
        compared = int((level >= 0).sum())
        against = compared - int(np.isin(level, speaks).sum())
        if comparison.name in NEVER or compared < ENOUGH or against < ALWAYS * compared:
            continue
        log.warning(
            "column of [%s] contradicts in %d of %d pairs that all else makes one person: it "
            "counts for nothing",
            comparison.name, against, compared,
        )  # fmt: skip
        always.append(comparison.name)
    return always
