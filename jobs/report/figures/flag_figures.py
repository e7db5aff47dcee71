"""Figures on outcomes of the missed, disputed release dates and discrepancies of the registers.

They rest on tables that a publication may lack, when it was made before they existed; then the
figures are left out rather than shown as zero.
"""

from collections.abc import Sequence

import pandas as pd

from jobs.contract import results
from jobs.report.facts import Facts
from jobs.report.figures.counting import VALUES, Compute, count_rows, single

OUTCOMES = tuple(entry.code for entry in results.OUTCOME.codes)


def outcomes(facts: Facts) -> pd.DataFrame:
    """Episodes of the cohort by outcome; the groups sum to the cohort."""
    flags = _table(facts, "flags")
    if flags is None:
        return _nothing()
    cohort = flags[flags["outcome"].notna()]
    return count_rows(
        counted=pd.Series(True, index=cohort.index), by=cohort["outcome"], groups=OUTCOMES
    )


def flagged(column: str) -> Compute:
    """Episodes with a flag."""

    def compute(facts: Facts) -> pd.DataFrame:
        flags = _table(facts, "flags")
        if flags is None:
            return _nothing()
        return single(float(flags[column].fillna(False).sum()))

    return compute


def discrepancies(facts: Facts) -> pd.DataFrame:
    """Discrepancies between the registers."""
    table = _table(facts, "discrepancies")
    return _nothing() if table is None else single(float(len(table)))


def discrepancies_by(column: str, groups: Sequence[str] = ()) -> Compute:
    """Discrepancies by a column."""

    def compute(facts: Facts) -> pd.DataFrame:
        table = _table(facts, "discrepancies")
        if table is None:
            return _nothing()
        everyone = pd.Series(True, index=table.index)
        return count_rows(counted=everyone, by=table[column], groups=groups)

    return compute


def _table(facts: Facts, name: str) -> pd.DataFrame | None:
    return facts.frames.get(f"nightly.{name}")


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=VALUES)
