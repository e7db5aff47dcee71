"""The gate: contract, row rules, suite; what is critical stops the night."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import duckdb
import pandas as pd
import pyarrow as pa

from jobs import results
from jobs.check.contract import extra_columns, load_delivered
from jobs.check.rows import check_rows
from jobs.check.suite import night_checks, result_checks, run_suite
from jobs.errors import GateFailed
from jobs.records import TABLES


@dataclass(frozen=True, kw_only=True)
class Audited:
    """Check results with what a critical failure among them does."""

    results: pd.DataFrame

    def stop_if_critical(self) -> None:
        """Stop the night if a critical check failed.

        Raises:
            GateFailed: naming the first failed check and the number of others.
        """
        failed = self.results[(self.results["severity"] == "critical") & ~self.results["passed"]]
        if failed.empty:
            return
        first = failed.iloc[0]
        observed = first["observed"]
        found = "" if pd.isna(observed) else f" (found {observed:.4g})"
        others = f"; {len(failed) - 1} more critical checks failed" if len(failed) > 1 else ""
        raise GateFailed(
            f"table [{first['table_name']}]",
            f"check [{first['check_id']}] failed: {first['meaning']}{found}{others}",
            "mend the delivery and run again; the last publication stays current",
        )


@dataclass(frozen=True, kw_only=True)
class Checked(Audited):
    """A night's registers after the gate.

    ``tables`` hold the accepted rows in the contract's Arrow schema, sorted by key; ``quarantine``
    and ``row_counts`` are frames of `jobs.results`.
    """

    tables: dict[str, pa.Table]
    quarantine: pd.DataFrame
    row_counts: pd.DataFrame


def check_night(
    *,
    tables: Mapping[str, pa.Table],
    as_of: date,
    previous_row_counts: pd.DataFrame | None,
) -> Checked:
    """Check what both registers delivered.

    The contract first, then the row rules, then the suite on the accepted rows. The result says
    what failed; `Audited.stop_if_critical` acts on it.

    Args:
        tables: every table of both registers as landed, by full name.
        as_of: the night.
        previous_row_counts: ``row_counts`` of the last publication; None on the first night.

    Raises:
        GateFailed: a table or column is missing or of another type, so that nothing else can be
            asked.
    """
    with duckdb.connect() as connection:
        connection.execute(f"SET VARIABLE as_of = DATE '{as_of.isoformat()}'")
        rows_in = load_delivered(connection=connection, tables=tables)
        checked = check_rows(connection=connection, rows_in=rows_in)
        row_counts = results.ROW_COUNTS.arrow(checked.row_counts)
        connection.register("row_counts", row_counts)
        connection.register("previous_row_counts", _previous(previous_row_counts))
        suite = run_suite(
            checks=night_checks(),
            connection=connection,
            table_of=lambda name: TABLES[name].frame(checked.accepted[name]),
        )
    return Checked(
        tables=checked.accepted,
        quarantine=checked.quarantine,
        row_counts=checked.row_counts,
        results=pd.concat([suite, checked.results, _extras(tables)], ignore_index=True),
    )


def check_results_of_night(*, facts: Mapping[str, pd.DataFrame]) -> Audited:
    """Check the results of a night against each other, before they are published.

    Args:
        facts: every frame of `jobs.results.NIGHTLY` by full name.

    Raises:
        GateFailed: a frame is missing.
    """
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA nightly")
        for name, table in results.NIGHTLY.items():
            if name not in facts:
                raise GateFailed(f"results [{name}]", "are missing", "run the night again")
            connection.register("arriving", table.arrow(facts[name]))
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM arriving")  # noqa: S608
            connection.unregister("arriving")
        return Audited(
            results=run_suite(
                checks=result_checks(), connection=connection, table_of=lambda name: facts[name]
            )
        )


def _previous(row_counts: pd.DataFrame | None) -> pa.Table:
    return results.ROW_COUNTS.arrow(
        results.ROW_COUNTS.empty() if row_counts is None else row_counts
    )


def _extras(tables: Mapping[str, pa.Table]) -> pd.DataFrame:
    """A warning for each table that has columns beyond the contract; they are not used."""
    found = {
        name: extras
        for name, table in TABLES.items()
        if (extras := extra_columns(tables[name], table))
    }
    frame = pd.DataFrame(
        {
            "check_id": [f"{name}.extra_columns" for name in found],
            "severity": "warning",
            "table_name": list(found),
            "column_name": None,
            "meaning": "the table has no columns beyond the contract; not used: "
            + pd.Series([", ".join(extras) for extras in found.values()], dtype="str"),
            "passed": False,
            "rows_checked": None,
            "rows_failed": None,
            "observed": [float(len(extras)) for extras in found.values()],
        }
    )
    return results.CHECK_RESULTS.frame(results.CHECK_RESULTS.arrow(frame))
