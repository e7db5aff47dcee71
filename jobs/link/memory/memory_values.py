"""How often each value occurs, as the memory of linkage keeps it, and whose values became rarer."""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from collections.abc import Sequence
from typing import Final

import duckdb
import pyarrow as pa

from jobs.link.compare.comparison_levels import WITHIN_NATIONALITY, Comparison, rarity_columns
from jobs.link.compare.term_frequencies import counts_query, rarity_query

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


def revalue(connection: duckdb.DuckDBPyConnection, column: str) -> pa.Table:
    """Count a column's values anew.

    Reads the tables ``old_rows_`` and ``new_rows_`` of both sides.

    Returns:
        The values of another rarity than before: the column, if it is counted within nationalities
        ``within`` which, and ``is_risen``: it became rarer by more than `RISE`, or is counted only
        now, or no more.
    """
    before, after = (
        counts_query(column, [f"{age}_rows_l", f"{age}_rows_r"]) for age in ("old", "new")
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE counted_now AS
        SELECT grouped, value, sum(n)::BIGINT AS n FROM (
            SELECT grouped, value, n FROM kept.value_{column}
            UNION ALL SELECT grouped, value, -n FROM ({before})
            UNION ALL SELECT grouped, value, n FROM ({after})
        ) GROUP BY ALL HAVING sum(n) > 0;
        CREATE OR REPLACE TEMP TABLE moved AS
        SELECT grouped, value, now.n, r.bits, was.bits AS was_bits, was.low AS was_low,
               CASE WHEN r.bits > was.low + {RISE} THEN r.bits
                    ELSE least(was.low, r.bits) END AS low
        FROM counted_now now JOIN ({rarity_query("FROM counted_now")}) r USING (grouped, value)
        FULL JOIN kept.value_{column} was USING (grouped, value)
        WHERE was.n IS DISTINCT FROM now.n OR was.bits IS DISTINCT FROM r.bits;
        DELETE FROM kept.value_{column} was USING moved
        WHERE was.grouped = moved.grouped AND was.value = moved.value;
        INSERT INTO kept.value_{column} BY NAME
        SELECT grouped, value, n, bits, low FROM moved WHERE n IS NOT NULL
        """
    )
    within = "grouped AS within, " if column in WITHIN_NATIONALITY else ""
    return connection.execute(
        f"""
        SELECT {within}value AS {column}, was_low IS NULL OR bits IS NULL
               OR bits > was_low + {RISE} AS is_risen
        FROM moved WHERE was_bits IS DISTINCT FROM bits
        """
    ).to_arrow_table()
