"""How often each value occurs, as the memory of linkage keeps it, and whose values became rarer."""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from collections.abc import Sequence
from typing import Final

import duckdb
import pyarrow as pa

from jobs.link.comparisons import WITHIN_NATIONALITY, Comparison, rarity_columns
from jobs.link.rarity import counts_query, rarity_query

RISE: Final = 0.5
"""A value may become rarer by so many bits before everybody with it is scored anew. Pairs are kept
from so much below the bar on that such a rise in every comparison lifts none over it unseen."""


def lift(comparisons: Sequence[Comparison]) -> float:
    """How far below the bar pairs are kept, in bits; see `RISE`."""
    scaled = [c for c in comparisons if any(grade.rarity for grade in c.grades)]
    return RISE * len(scaled)


def keep_values(connection: duckdb.DuckDBPyConnection, comparisons: Sequence[Comparison]) -> None:
    """Make the tables of values from the rows and rarities of a bench."""
    for column in rarity_columns(comparisons):
        counted = counts_query(column, ["rows_l", "rows_r"])
        connection.execute(
            f"CREATE TABLE kept.value_{column} AS SELECT grouped, value, n, bits, bits AS low "
            f"FROM ({counted}) JOIN rarity_{column} USING (grouped, value)"
        )


def revalue(connection: duckdb.DuckDBPyConnection, column: str) -> tuple[pa.Table, pa.Table]:
    """Count a column's values anew.

    Reads the tables ``old_rows_`` and ``new_rows_`` of both sides.

    Returns:
        The values of another rarity than before, and those that became rarer by more than `RISE`;
        what is counted only now, or no more, is in both. Each has the column, and if it is counted
        within nationalities ``within`` which; see `memory_rows.RowStore.bearing`.
    """
    before, after = (
        counts_query(column, [f"{age}_rows_l", f"{age}_rows_r"]) for age in ("old", "new")
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE was AS FROM kept.value_{column};
        CREATE OR REPLACE TEMP TABLE counted_now AS
        SELECT grouped, value, sum(n)::BIGINT AS n FROM (
            SELECT grouped, value, n FROM was
            UNION ALL SELECT grouped, value, -n FROM ({before})
            UNION ALL SELECT grouped, value, n FROM ({after})
        ) GROUP BY ALL HAVING sum(n) > 0;
        CREATE OR REPLACE TABLE kept.value_{column} AS
        SELECT grouped, value, now.n, r.bits,
               CASE WHEN r.bits > was.low + {RISE} THEN r.bits
                    ELSE least(was.low, r.bits) END AS low
        FROM counted_now now JOIN ({rarity_query("FROM counted_now")}) r USING (grouped, value)
        LEFT JOIN was USING (grouped, value)
        """
    )
    within = "grouped AS within, " if column in WITHIN_NATIONALITY else ""
    others = connection.execute(
        f"""
        SELECT {within}value AS {column}, was.low IS NULL OR now.low IS NULL
               OR now.bits > was.low + {RISE} AS is_risen
        FROM kept.value_{column} now FULL JOIN was USING (grouped, value)
        WHERE was.bits IS DISTINCT FROM now.bits
        """
    ).to_arrow_table()
    risen = others.filter(others["is_risen"])
    return others.drop_columns("is_risen"), risen.drop_columns("is_risen")
