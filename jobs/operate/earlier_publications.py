"""What a night reads of the publications before it, beside the history that its checks look at."""

from datetime import date
from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.schema import Table
from jobs.operate.databases import warehouse
from jobs.report import ALL
from jobs.runtime.settings import Settings
from jobs.warehouse import figures_before, latest_before, read_table

OVER_TIME: Final = ("outcome.by_outcome",)
"""Figures whose groups are drawn over the nights."""
FOLLOWS: Final = "follows"
"""Key in a manifest's ``decisions``: the publication of the night before, which steps look at."""


def followed_by(settings: Settings, *, as_of: date) -> str:
    """The publication of the night before ``as_of``; empty where there is none."""
    with warehouse(settings) as engine:
        previous = latest_before(engine, as_of=as_of)
        return "" if previous is None else previous.publication_id


def earlier_table(settings: Settings, publication_id: str, table: Table) -> pd.DataFrame | None:
    """A table of an earlier publication; None without a publication."""
    if not publication_id:
        return None
    with warehouse(settings) as engine:
        return read_table(engine, publication_id, table.full_name)


def shown_beside(
    settings: Settings, publication_id: str, *, checks: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """What pages show of earlier nights, by full name: check results, and the open cases.

    Args:
        settings: where the warehouse is.
        publication_id: the publication whose open cases are wanted; empty where there is none.
        checks: check results of earlier nights, with ``as_of_date``.
    """
    backlog = earlier_table(settings, publication_id, results.BACKLOG)
    shown = {results.CHECK_RESULTS.full_name: checks}
    return shown if backlog is None else {**shown, results.BACKLOG.full_name: backlog}


def earlier_figures(settings: Settings, *, as_of: date) -> pd.DataFrame:
    """The figures of the nights before ``as_of``, as they are current now."""
    with warehouse(settings) as engine:
        return figures_before(engine, as_of=as_of, group=ALL, whole=OVER_TIME)
