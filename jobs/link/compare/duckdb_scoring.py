"""The engine: DuckDB compares pairs of rows and weighs the evidence.

The model is Fellegi and Sunter's, as in Splink, whose string measures and ways these are: a grade
weighs log2(share among same / share among others), so each unit doubles the odds, and agreement
on a rare value weighs more. Written here in plain SQL instead of through Splink because a rarity
must be seen *within a nationality* (agreement on a Somali name between two Somalis is weaker
evidence than between any two people), and because the trainer needs the grades of each pair,
which Splink keeps to itself.

Everything is a function of the two rows, the model and the value frequencies, never of the order
of rows or of the threads.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.link.block.blocking import RuleUse, block, sift, tell
from jobs.link.block.blocking_keys import Shared
from jobs.link.block.blocking_rules import Rule, rules_for, systems_of
from jobs.link.compare.comparison_levels import (
    NATIONALITY,
    Comparison,
    comparisons_for,
    rarity_columns,
)
from jobs.link.compare.match_weights import needed, weighed_query
from jobs.link.compare.term_frequencies import count_values, lay
from jobs.link.compare.weight_bounds import Glance, glance_of, numbers_of
from jobs.link.model.linkage_model import Shares
from jobs.link.model.priors import Groups
from jobs.link.standardise.persons import Side

WORTH_BOUNDING: Final = 100_000
"""From so many pairs on, a look at their numbers first pays for making the numbers."""
WORTH_GLANCING: Final = 10_000 * 10_000
"""From so many possible pairs on, a glance while they are formed pays."""
THREADS: Final = min(os.cpu_count() or 1, 4)
"""The engine's threads: each needs memory of its own, and more of them help little."""
MEMORY: Final = f"{500 + 300 * THREADS}MB"
"""What the engine may hold: on two threads enough for a million persons on each side."""

Fetch = Callable[[str, "pd.Series[int]"], None]
Nationalities = Callable[[str], "pd.Series[str]"]


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Both sides on the engine's table, ready to be blocked and compared.

    If not everybody is on the table, ``fetch`` lays the rows of some persons of a side there, and
    ``everybody`` tells the nationality of each person of a side.
    """

    connection: duckdb.DuckDBPyConnection
    left: Side
    right: Side
    comparisons: tuple[Comparison, ...]
    fetch: Fetch | None = None
    everybody: Nationalities | None = None

    def need(self, side: str, persons: pd.Series) -> None:
        """Make sure that the rows of some persons are on the table."""
        if self.fetch is not None:
            self.fetch(side, persons)

    @cached_property
    def columns(self) -> frozenset[str]:
        """Columns that both sides have values in."""
        return _shared_columns(self.left, self.right)

    def groups(self) -> Groups | None:
        """The nationality of each person, by number; nothing where none is compared."""
        if NATIONALITY not in self.comparisons:
            return None
        both = [self._nationalities(side) for side in ("l", "r")]
        numbers = pd.factorize(pd.concat(both, ignore_index=True), sort=True)[0] + 1
        left, right = np.split(numbers.astype(np.int64), [len(both[0])])
        return Groups(left=left, right=right)

    def _nationalities(self, side: str) -> "pd.Series[str]":
        if self.everybody is not None:
            return self.everybody(side)
        query = f"SELECT nationality FROM rows_{side} WHERE variant = 'own' ORDER BY person"
        found: pd.Series[str] = self.connection.sql(query).df()["nationality"]
        return found

    def rules(self) -> tuple[Rule, ...]:
        """The blocking rules that both sides can use."""
        return rules_for(self.columns, systems_of(self.columns))

    def block(
        self,
        *,
        shares: Shares | None = None,
        at_least: float = 0.0,
        seen: Callable[[int, Shared], None] | None = None,
    ) -> list[RuleUse]:
        """Make the table ``pairs`` of those worth comparing.

        With ``shares`` of a model, pairs that cannot weigh ``at_least`` are left out of it; see
        `blocking.block` for ``seen``.
        """
        glance = None
        if shares is not None and self.is_large:
            glance = self.glance(shares, at_least)
        uses = block(
            self.connection, rules=self.rules(), persons=self._persons, glance=glance, seen=seen
        )
        tell(uses)
        return uses

    def block_some(
        self, persons: str, *, count: int, into: str, shares: Shares, at_least: float
    ) -> None:
        """Make a table of pairs worth comparing of so many left persons, named by a table."""
        block(
            self.connection,
            rules=self.rules(),
            persons=self._persons,
            only=persons,
            share=min(1.0, count / max(len(self.left), 1)),
            into=into,
            glance=self.glance(shares, at_least) if self.is_large else None,
        )

    def glance(self, shares: Shares, at_least: float) -> Glance:
        """What tells which pairs of rows may weigh so much."""
        return glance_of(
            comparisons=self.comparisons,
            shares=shares,
            at_least=at_least,
            numbers=self._numbers,
            numbered=self._numbered,
        )

    @cached_property
    def _numbers(self) -> tuple[np.ndarray, np.ndarray]:
        left, right = (
            numbers_of(
                self.connection,
                rows=f"rows_{side}",
                numbered=numbered,
                comparisons=self.comparisons,
                columns=self.columns,
            )
            for side, numbered in zip(("l", "r"), self._numbered, strict=True)
        )
        return left, right

    @cached_property
    def _numbered(self) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of the rows of both sides, sorted."""
        left, right = (
            self.connection.execute(f"SELECT row FROM rows_{side} ORDER BY row").fetchnumpy()["row"]
            for side in ("l", "r")
        )
        return left, right

    @property
    def is_large(self) -> bool:
        """Whether a glance at pairs pays while they are formed."""
        return len(self.left) * len(self.right) >= WORTH_GLANCING

    @property
    def _persons(self) -> int:
        return len(self.left) + len(self.right)


@contextmanager
def bench(
    *, left: Side, right: Side, comparisons: Sequence[Comparison] | None = None
) -> Iterator[Bench]:
    """Lay both sides on the engine's table; comparisons without values on a side are left out."""
    possible = comparisons_for(_shared_columns(left, right))
    wanted = None if comparisons is None else {comparison.name for comparison in comparisons}
    used = tuple(c for c in possible if wanted is None or c.name in wanted)
    with connected() as connection:
        rows = {
            "l": _with_columns_of(left.rows, right.rows),
            "r": _with_columns_of(right.rows, left.rows),
        }
        for side, own in rows.items():
            connection.register(f"plain_{side}", own)
        for column in rarity_columns(used):
            count_values(connection, column)
        for side, own in rows.items():
            connection.unregister(f"plain_{side}")
            lay(connection, side, own, rarity_columns(used))
        yield Bench(connection=connection, left=left, right=right, comparisons=used)


@contextmanager
def connected() -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine of its own; what does not fit in `MEMORY` lies in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"memory_limit": MEMORY, "threads": THREADS, "temp_directory": folder}
        connection = duckdb.connect(":memory:", config=settings)
        try:
            connection.execute("SET preserve_insertion_order = false")
            connection.execute("SET enable_progress_bar = false")
            yield connection
        finally:
            connection.close()


def _with_columns_of(rows: pa.Table, other: pa.Table) -> pa.Table:
    """Rows with every column of either side, in one order."""
    names = sorted(set(rows.column_names) | set(other.column_names))
    for name in names:
        if name not in rows.column_names:
            rows = rows.append_column(name, pa.nulls(rows.num_rows, other[name].type))
    return rows.select(names)


def _shared_columns(left: Side, right: Side) -> frozenset[str]:
    return frozenset(
        name
        for name in left.rows.column_names
        if all(_has_values(side.rows, name) for side in (left, right))
    )


def _has_values(rows: pa.Table, name: str) -> bool:
    return name in rows.column_names and rows[name].null_count < rows.num_rows


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])


def compare(
    table: Bench,
    *,
    shares: Shares,
    pairs: str,
    at_least: float | None = None,
    sides: tuple[str, str] = ("l", "r"),
) -> duckdb.DuckDBPyRelation:
    """Compare the rows of the table ``pairs`` (``row_l``, ``row_r``), of these ``sides``.

    Returns:
        ``row_l``, ``row_r``, ``weight``, and for each comparison ``grade_`` and ``weight_``; only
        pairs of at least ``at_least``. Lazy: it is worked out where it is used.
    """
    columns = ", ".join(
        f"l.{name} AS {name}_l, r.{name} AS {name}_r" for name in needed(table.comparisons)
    )
    # A filter pushed down would work out each comparison once for each use of its grade.
    table.connection.execute("SET disabled_optimizers = 'filter_pushdown'")
    beside = f"""
        SELECT row_l, row_r, {columns}
        FROM {pairs}
        JOIN rows_{sides[0]} l ON l.row = row_l JOIN rows_{sides[1]} r ON r.row = row_r
        """
    query = weighed_query(table.comparisons, shares, beside=beside, at_least=at_least)
    return table.connection.sql(query)


def weigh(
    table: Bench,
    *,
    shares: Shares,
    at_least: float,
    pairs: str = "pairs",
    sides: tuple[str, str] = ("l", "r"),
    is_glanced: bool = False,
) -> pd.DataFrame:
    """The best variant of each pair of persons, if it weighs at least ``at_least``.

    Many pairs are glanced at first, unless they were while they were formed (``is_glanced``).

    Returns:
        See `best`.
    """
    weigh_rows(
        table, shares=shares, at_least=at_least, pairs=pairs, sides=sides, is_glanced=is_glanced
    )
    persons = [f"(SELECT row, person FROM rows_{side})" for side in sides]
    return best(table.connection, table.comparisons, heavy="heavy_pairs", persons=persons)


def weigh_rows(
    table: Bench,
    *,
    shares: Shares,
    at_least: float,
    pairs: str,
    sides: tuple[str, str] = ("l", "r"),
    is_glanced: bool = False,
) -> None:
    """Make the table ``heavy_pairs`` of `compare`: pairs of rows of at least ``at_least``."""
    is_worth = _count(table.connection, pairs) >= WORTH_BOUNDING
    if sides == ("l", "r") and is_worth and not is_glanced:
        _glance_at(table, shares=shares, at_least=at_least, pairs=pairs)
        pairs = "likely"
    table.connection.execute("DROP TABLE IF EXISTS heavy_pairs")
    compared = compare(table, shares=shares, pairs=pairs, at_least=at_least, sides=sides)
    compared.to_table("heavy_pairs")
    table.connection.execute("RESET disabled_optimizers")


def _glance_at(table: Bench, *, shares: Shares, at_least: float, pairs: str) -> None:
    """Make the table ``likely`` of the pairs that may weigh so much."""
    found = table.connection.execute(f"SELECT row_l, row_r FROM {pairs}").fetchnumpy()
    likely = sift(
        (found["row_l"], found["row_r"]),
        glance=table.glance(shares, at_least),
        is_number_possible=True,
    )
    table.connection.register("given", likely)
    table.connection.execute("CREATE OR REPLACE TEMP TABLE likely AS FROM given")


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
        heavy: pairs of rows with their weights and grades, as `weighed_query` gives them.
        persons: for each side what tells the ``person`` of a ``row``.

    Returns:
        Sorted by ``person_l`` and ``person_r``: ``weight``, and for each comparison a column of
        its name with the weight it adds (rarity included), and ``grade <name>`` columns with the
        position of the grade, -1 where there was nothing to compare.
    """
    parts = ", ".join(
        f'weight_{c.column} AS "{c.name}", grade_{c.column} AS "grade {c.name}"'
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
