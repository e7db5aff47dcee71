"""The stages of the gate one by one: seconds faster than all of it."""

from collections.abc import Mapping
from datetime import date
from functools import partial

import pandas as pd
import pyarrow as pa

from benchmarks.samples.minimal_registers import AS_OF
from expectations import suite
from jobs.check import accept_rows
from jobs.check.check_history import AS_OF as AS_OF_COLUMN
from jobs.check.check_history import CheckHistory
from jobs.check.gate import opened
from jobs.check.profile import take_profile
from jobs.check.row_stage import CheckedRows, accepted_columns, check_rows
from jobs.check.suite.running import run_suite
from jobs.contract import results

Tables = Mapping[str, pa.Table]


def rows_checked(tables: Tables, as_of: date = AS_OF) -> CheckedRows:
    """Contract and row rules."""
    return accept_rows(tables=tables, as_of=as_of)


def suite_asked(
    tables: Tables,
    *ids: str,
    previous: pd.DataFrame | None = None,
    history: CheckHistory | None = None,
    as_of: date = AS_OF,
) -> pd.DataFrame:
    """The answers of the checks with these ids, after contract and row rules; by check id."""
    asked = [check for check in suite().on_registers if check.id in ids]
    assert len(asked) == len(ids), "no such check"
    with opened(as_of) as connection:
        checked = check_rows(connection=connection, tables=tables)
        connection.register("row_counts", results.ROW_COUNTS.arrow(checked.row_counts))
        take_profile(connection)
        before = history or CheckHistory()
        if previous is not None:
            before = nights_before({1: {results.ROW_COUNTS.full_name: previous}}, as_of=as_of)
        before.load(connection, as_of=as_of)
        return run_suite(
            checks=asked,
            connection=connection,
            columns_of=partial(accepted_columns, connection),
        ).set_index("check_id")


def nights_before(
    nights: Mapping[int, Mapping[str, pd.DataFrame]], *, as_of: date = AS_OF
) -> CheckHistory:
    """A history from the tables of nights, by how many days before the night they were."""
    frames: dict[str, list[pd.DataFrame]] = {}
    for days, tables in nights.items():
        for name, frame in tables.items():
            day = pd.Timestamp(as_of) - pd.Timedelta(days=days)
            frames.setdefault(name, []).append(frame.assign(**{AS_OF_COLUMN: day}))
    return CheckHistory(
        frames={name: pd.concat(parts, ignore_index=True) for name, parts in frames.items()}
    )


def failures(checked: CheckedRows) -> dict[str, int]:
    """Failed rows of each rule that failed."""
    failed = checked.results[~checked.results["passed"]]
    return dict(zip(failed["check_id"], failed["rows_failed"].astype(int), strict=True))
