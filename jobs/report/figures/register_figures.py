"""Figures on cases, staff, prisons, links and rows: counts on which links have no bearing."""

from collections.abc import Callable, Sequence
from typing import Final

import pandas as pd

from jobs.contract import codes as c
from jobs.report.facts import NONE, Facts
from jobs.report.figures.counting import Compute, count_rows, plain, single
from jobs.report.lists.backlog import AGE_BAND_ORDER

AGES: Final = AGE_BAND_ORDER
STAGES: Final = (
    *(entry.code for entry in c.STAGE.codes if entry.code not in c.TERMINAL_STAGES),
    NONE,
)

PEOPLE_ASIDE: Final = "prison.quarantine.prisoners"
"""The check of the gate that counts people whom quarantine may hide."""

Mask = Callable[[pd.DataFrame], pd.Series]


def every_case(frame: pd.DataFrame) -> pd.Series:
    """Every open case."""
    return pd.Series(True, index=frame.index)


def unallocated(frame: pd.DataFrame) -> pd.Series:
    """No named caseworker holds the case."""
    return ~frame["is_allocated"]


def without_episode(frame: pd.DataFrame) -> pd.Series:
    """The person of the case has no custody episode that a link leads to."""
    return frame["episode_id"].isna()


def idle(days: int) -> Mask:
    """Nothing recorded for more than so many days."""
    return lambda frame: frame["days_idle"].gt(days).fillna(False).astype("bool")


def backlog_where(mask: Mask) -> Compute:
    """Open cases that fit a mask."""

    def compute(facts: Facts) -> pd.DataFrame:
        return count_rows(counted=mask(facts.of("backlog")))

    return compute


def backlog_by(column: str, groups: Sequence[str] = ()) -> Compute:
    """Open cases by a column; ``groups`` are shown even when empty."""

    def compute(facts: Facts) -> pd.DataFrame:
        frame = facts.of("backlog")
        return count_rows(counted=every_case(frame), by=frame[column], groups=groups)

    return compute


def team_total(column: str) -> Compute:
    """Sum of a column over teams; empty where no team's staff are known."""

    def compute(facts: Facts) -> pd.DataFrame:
        known = facts.of("teams")[column].dropna()
        return single(round(float(known.sum()), 2) if len(known) else None)

    return compute


def cases_per_fte(facts: Facts) -> pd.DataFrame:
    """Open cases for each full-time equivalent at work; empty without staff."""
    working = float(facts.of("teams")["fte_working"].sum())
    return single(round(len(facts.of("backlog")) / working, 1) if working > 0 else None)


def census_total(column: str) -> Compute:
    """Sum of a column over prisons."""

    def compute(facts: Facts) -> pd.DataFrame:
        return single(float(facts.of("census")[column].sum()))

    return compute


def prisons_without_work(facts: Facts) -> pd.DataFrame:
    """Prisons recorded as having no staff for foreign nationals; removal centres left out."""
    census = facts.of("census")
    none = census["has_foreign_national_work"].eq(False) & ~census["is_removal_centre"].eq(True)
    return single(float(none.fillna(False).sum()))


def links_with(outcome: str) -> Compute:
    """Links with one outcome."""

    def compute(facts: Facts) -> pd.DataFrame:
        return single(float(facts.of("links")["outcome"].eq(outcome).sum()))

    return compute


def in_scope_unlinked(facts: Facts) -> pd.DataFrame:
    """Different identities in scope that no certain link joins to an immigration person."""
    frame = facts.of("assessments")
    alone = frame["is_in_scope"] & frame["link_outcome"].ne("linked")
    return single(float(frame.loc[alone, "identity_id"].nunique()))


def decided_unlinked(facts: Facts) -> pd.DataFrame:
    """Decided criminal cases that no certain link joins to a prisoner; empty where not known."""
    return single(facts.doubts.unlinked_decided)


def rows_total(column: str) -> Compute:
    """Sum of a column of the row counts over both registers."""

    def compute(facts: Facts) -> pd.DataFrame:
        return single(float(facts.of("row_counts")[column].sum()))

    return compute


def people_aside(facts: Facts) -> pd.DataFrame:
    """People who may be in scope with a row in quarantine, as the gate counted them."""
    checks = facts.of("check_results")
    found = checks.loc[checks["check_id"].eq(PEOPLE_ASIDE), "observed"]
    return single(float(found.iloc[0]) if len(found) and pd.notna(found.iloc[0]) else None)


def quarantine_by_rule(facts: Facts) -> pd.DataFrame:
    """Rows in quarantine by rule."""
    return plain(facts.of("quarantine")["rule_id"].value_counts())
