"""What earlier nights published, as the gate reads it: what is usual, and since when a rule fails.

The frames hold rows of several publications, told apart by ``as_of_date``: those that were current
for the last nights when the night began. They are an input of the night like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

import duckdb
import pandas as pd

from jobs.contract import results
from jobs.contract.schema import Table, by_name

AS_OF: Final = "as_of_date"
NIGHTS: Final = 14
"""Nights that are looked back on."""

USUAL_DAYS: Final = 14
"""Nights further back than this say nothing of what is usual."""

OF_EACH_NIGHT: Final = by_name(
    (
        results.ROW_COUNTS,
        results.CHECK_RESULTS,
        results.PROFILE,
        results.FAULTS,
        results.FIGURES,
    )
)
"""What is read of each of the last nights."""

OF_LAST_NIGHT: Final = by_name((results.QUARANTINE,))
"""What is read of the last night alone."""


@dataclass(frozen=True, kw_only=True)
class CheckHistory:
    """Tables of the last nights' publications by full name, each with `AS_OF`.

    They are those of `OF_EACH_NIGHT` and `OF_LAST_NIGHT`.
    """

    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def of(self, table: Table) -> pd.DataFrame:
        """One table of all nights; empty where nothing was published before."""
        found = self.frames.get(table.full_name)
        if found is not None:
            return found
        return table.empty().assign(**{AS_OF: pd.Series(dtype="datetime64[us]")})

    def last(self, table: Table) -> pd.DataFrame:
        """One table of the last night."""
        rows = self.of(table)
        return rows[rows[AS_OF].eq(rows[AS_OF].max())]

    def usual(self, table: Table, *, as_of: date) -> pd.DataFrame:
        """One table of the nights that say what is usual."""
        rows = self.of(table)
        return rows[rows[AS_OF].ge(pd.Timestamp(as_of - timedelta(days=USUAL_DAYS)))]

    def load(self, connection: duckdb.DuckDBPyConnection, *, as_of: date) -> None:
        """Leave the tables that checks ask of earlier nights in ``connection``.

        ``last_<table>`` is that of the last night, ``usual_<table>`` those of `USUAL_DAYS`.
        """
        for table in OF_EACH_NIGHT.values():
            for name, rows in (
                ("last", self.last(table)),
                ("usual", self.usual(table, as_of=as_of)),
            ):
                arrow = table.arrow(rows).append_column(
                    AS_OF, [list(rows[AS_OF].astype("datetime64[us]").dt.date)]
                )
                connection.register(f"{name}_{table.name}", arrow)


def with_first_failures(
    found: pd.DataFrame, *, history: CheckHistory, table: Table, as_of: date
) -> pd.DataFrame:
    """Fill ``failing_since_date``: tonight, or the first night of those without a break.

    Args:
        found: rows of `results.CHECK_RESULTS` or `results.FAULTS`.
        history: the last nights.
        table: which of the two it is.
        as_of: the night.
    """
    key = list(table.key)
    before = history.last(table)
    if "passed" in before:
        before = before[~before["passed"].astype("bool")]
    since = before.set_index(key)["failing_since_date"].fillna(before.set_index(key)[AS_OF])
    known = found[key].merge(since.rename("since").reset_index(), on=key, how="left")["since"]
    days = known.fillna(pd.Timestamp(as_of)).set_axis(found.index)
    if "passed" in found:
        days = days.mask(found["passed"].astype("bool"))
    return found.assign(failing_since_date=days.astype("datetime64[us]"))


def with_first_seen(
    quarantine: pd.DataFrame, *, history: CheckHistory, as_of: date
) -> pd.DataFrame:
    """Fill ``first_seen_date`` of the rows in quarantine.

    A row is the same as the night before if it broke the same rule and has the same key, or the
    same content where its key is not whole.
    """
    if quarantine.empty:
        return quarantine
    key = ["register", "table_name", "rule_id", "row_ref"]
    before = _referred(history.last(results.QUARANTINE))
    before["first_seen_date"] = before["first_seen_date"].fillna(before[AS_OF])
    since = before.groupby(key)["first_seen_date"].min().rename("since").reset_index()
    known = _referred(quarantine)[key].merge(since, on=key, how="left")["since"]
    days = known.fillna(pd.Timestamp(as_of)).set_axis(quarantine.index)
    return quarantine.assign(first_seen_date=days.astype("datetime64[us]"))


def _referred(quarantine: pd.DataFrame) -> pd.DataFrame:
    key = quarantine["row_key"].fillna("")
    is_whole = ~("|" + key + "|").str.contains("||", regex=False)
    return quarantine.assign(row_ref=key.where(is_whole, quarantine["row"]))
