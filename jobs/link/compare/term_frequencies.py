"""How rare values are: agreement on a rare one is stronger evidence.

Names are counted within a nationality, because a name that is rare in the register can be common
among people from one country.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from collections.abc import Sequence
from typing import Final

import duckdb
import pyarrow as pa

from jobs.link.compare.comparison_levels import WITHIN_NATIONALITY

SMOOTHING: Final = 30.0
"""A name's frequency within a nationality is mixed with its frequency overall as if this many
people of the nationality had been seen before: a nationality of ten says little of its names."""
AT_ONCE: Final = 250_000
"""Rows that are laid before the engine together: more at once would not fit in what it may hold."""
PIECE: Final = 16_384
"""Rows that the engine reads at once; it reads as many pieces side by side as there are cores."""
RAREST: Final = 17.0
"""No value counts as rarer than 2 to the -17th, about once in 130,000: below that it is noise."""


def count_values(connection: duckdb.DuckDBPyConnection, column: str) -> None:
    """Make the table of a column's rarities in bits, ``rarity_<column>``: ``-log2(frequency)``.

    Frequencies are those among both sides' own rows, for names within a nationality. They are
    rounded to half a bit, so that one more record changes the weights of few others.
    """
    own = " UNION ALL ".join(
        f"SELECT {column} AS value, {_group_of(column)} AS grouped FROM plain_{side} "
        f"WHERE {column} IS NOT NULL AND variant = 'own'"
        for side in ("l", "r")
    )
    connection.execute(
        f"""
        CREATE TABLE rarity_{column} AS
        WITH counted AS (
            SELECT grouped, value, count(*) AS n FROM ({own}) GROUP BY grouped, value
        ),
        overall AS (
            SELECT value, sum(n) / sum(sum(n)) OVER () AS share FROM counted GROUP BY value
        ),
        within AS (
            SELECT grouped, value, n, sum(n) OVER (PARTITION BY grouped) AS size FROM counted
        )
        SELECT grouped, value,
               least(round(-2 * log2(
                   CASE WHEN grouped = '' THEN share
                        ELSE (n + {SMOOTHING} * share) / (size + {SMOOTHING}) END
               )) / 2, {RAREST}) AS bits
        FROM within JOIN overall USING (value)
        """
    )


def _group_of(column: str) -> str:
    """The group of people within which a column's values are counted, as SQL over a row."""
    return "coalesce(nationality, '')" if column in WITHIN_NATIONALITY else "''"


def lay(
    connection: duckdb.DuckDBPyConnection, side: str, rows: pa.Table, columns: Sequence[str]
) -> None:
    """Make ``rows_<side>`` of rows and the rarity of their values, ``bits_<column>``.

    Reads the tables ``rarity_<column>``.
    """
    for begin in range(0, max(len(rows), 1), AT_ONCE):
        batches = rows.slice(begin, AT_ONCE).to_batches(max_chunksize=PIECE)
        connection.register("piece", pa.Table.from_batches(batches, rows.schema))
        query = _with_rarities("piece", columns)
        connection.execute(
            f"INSERT INTO rows_{side} {query}" if begin
            else f"CREATE OR REPLACE TABLE rows_{side} AS {query}"
        )  # fmt: skip
    connection.unregister("piece")


def _with_rarities(rows: str, columns: Sequence[str]) -> str:
    """Rows and the rarity of their values, ``bits_<column>``, as a query."""
    joins, selected = [], []
    for column in columns:
        joins.append(
            f"LEFT JOIN rarity_{column} AS of_{column} ON of_{column}.value = plain.{column} "
            f"AND of_{column}.grouped = {_group_of(column)}"
        )
        selected.append(f"CASE WHEN variant <> 'turned' THEN of_{column}.bits END AS bits_{column}")
    return f"SELECT {', '.join(['plain.*', *selected])} FROM {rows} AS plain {' '.join(joins)}"
