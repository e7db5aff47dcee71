"""The engine: DuckDB compares pairs of rows and scores the evidence.

The model is Fellegi and Sunter's, as in Splink, whose string measures and ways these are: the
weight of a level is log2(m / u), so each unit doubles the odds, and agreement on a rare value has
more. Written here in plain SQL instead of through Splink because term frequencies must be seen
*within a nationality* (agreement on a Somali name between two Somalis is weaker evidence than
between any two people), and because the trainer needs the levels of each pair, which Splink keeps
to itself.

Everything is a function of the two rows, the model and the value frequencies, never of the order
of rows or of the threads.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from collections.abc import Sequence
from typing import Final

import duckdb
import numpy as np
import pandas as pd

from jobs.link.block.blocking import filter_pairs
from jobs.link.compare.comparison_levels import Comparison, Parameters
from jobs.link.compare.match_weights import needed, score_query
from jobs.link.engine.scoring_context import ScoringContext

WORTH_BOUNDING: Final = 100_000
"""From so many pairs on, a look at their numbers first pays for making the numbers."""


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def compare(
    context: ScoringContext,
    *,
    parameters: Parameters,
    pairs: str,
    at_least: float | None = None,
    sides: tuple[str, str] = ("l", "r"),
) -> duckdb.DuckDBPyRelation:
    """Compare the rows of the table ``pairs`` (``row_l``, ``row_r``), of these ``sides``.

    Returns:
        ``row_l``, ``row_r``, ``weight``, and for each comparison ``level_`` and ``weight_``; only
        pairs of at least ``at_least``. Lazy: it is worked out where it is used.
    """
    columns = ", ".join(
        f"l.{name} AS {name}_l, r.{name} AS {name}_r" for name in needed(context.comparisons)
    )
    # A filter pushed down would work out each comparison once for each use of its level.
    context.connection.execute("SET disabled_optimizers = 'filter_pushdown'")
    beside = f"""
        SELECT row_l, row_r, {columns}
        FROM {pairs}
        JOIN rows_{sides[0]} l ON l.row = row_l JOIN rows_{sides[1]} r ON r.row = row_r
        """
    query = score_query(context.comparisons, parameters, beside=beside, at_least=at_least)
    return context.connection.sql(query)


def score_pairs(
    context: ScoringContext,
    *,
    parameters: Parameters,
    at_least: float,
    pairs: str = "pairs",
    sides: tuple[str, str] = ("l", "r"),
    is_bounded: bool = False,
) -> pd.DataFrame:
    """The best variant of each pair of persons, if it scores at least ``at_least``.

    The weights of many pairs are bounded first, unless they were while the pairs were formed
    (``is_bounded``).

    Returns:
        See `best`.
    """
    score_rows(
        context,
        parameters=parameters,
        at_least=at_least,
        pairs=pairs,
        sides=sides,
        is_bounded=is_bounded,
    )
    persons = [f"(SELECT row, person FROM rows_{side})" for side in sides]
    return best(context.connection, context.comparisons, heavy="heavy_pairs", persons=persons)


def score_rows(
    context: ScoringContext,
    *,
    parameters: Parameters,
    at_least: float,
    pairs: str,
    sides: tuple[str, str] = ("l", "r"),
    is_bounded: bool = False,
) -> None:
    """Make the table ``heavy_pairs`` of `compare`: pairs of rows of at least ``at_least``."""
    is_worth = _count(context.connection, pairs) >= WORTH_BOUNDING
    if sides == ("l", "r") and is_worth and not is_bounded:
        _bound_pairs(context, parameters=parameters, at_least=at_least, pairs=pairs)
        pairs = "likely"
    context.connection.execute("DROP TABLE IF EXISTS heavy_pairs")
    compared = compare(context, parameters=parameters, pairs=pairs, at_least=at_least, sides=sides)
    compared.to_table("heavy_pairs")
    context.connection.execute("RESET disabled_optimizers")


def _bound_pairs(
    context: ScoringContext, *, parameters: Parameters, at_least: float, pairs: str
) -> None:
    """Make the table ``likely`` of the pairs that may score so much."""
    found = context.connection.execute(f"SELECT row_l, row_r FROM {pairs}").fetchnumpy()
    likely = filter_pairs(
        (found["row_l"], found["row_r"]),
        bounds=context.bounds(parameters, at_least),
        is_number_possible=True,
    )
    context.connection.register("given", likely)
    context.connection.execute("CREATE OR REPLACE TEMP TABLE likely AS FROM given")


def best(
    connection: duckdb.DuckDBPyConnection,
    comparisons: Sequence[Comparison],
    *,
    heavy: str,
    persons: Sequence[str],
) -> pd.DataFrame:
    """The best variant of each pair of persons.

    Args:
        connection: where everything is.
        comparisons: what pairs are compared in.
        heavy: pairs of rows with their weights and levels, as `score_query` gives them.
        persons: for each side what tells the ``person`` of a ``row``.

    Returns:
        Sorted by ``person_l`` and ``person_r``: ``weight``, and for each comparison a column of
        its name with the weight it adds (term frequency included), and ``level <name>`` columns
        with the position of the level, -1 where there was nothing to compare.
    """
    parts = ", ".join(
        f'weight_{c.column} AS "{c.name}", level_{c.column} AS "level {c.name}"'
        for c in comparisons
    )
    found = connection.execute(
        f"""
        SELECT l.person AS person_l, r.person AS person_r, weight, {parts}
        FROM {heavy}
        JOIN {persons[0]} l ON l.row = row_l JOIN {persons[1]} r ON r.row = row_r
        QUALIFY row_number() OVER (
            PARTITION BY l.person, r.person ORDER BY weight DESC, row_l, row_r) = 1
        ORDER BY person_l, person_r
        """
    ).df()
    typed: pd.DataFrame = found.astype({"person_l": np.int64, "person_r": np.int64})
    return typed
