"""The scoring context: both sides in the engine's database, ready to be blocked and compared."""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jobs.link.block.blocking import RuleUse, block, log_blocking
from jobs.link.block.blocking_rules import BlockingRule, rules_for, systems_of
from jobs.link.compare.comparison_levels import (
    NATIONALITY,
    Comparison,
    Parameters,
    comparisons_for,
    term_frequency_columns,
)
from jobs.link.compare.term_frequencies import term_frequency_bits
from jobs.link.compare.weight_bounds import WeightBounds, numbers_of, weight_bounds
from jobs.link.model.priors import Groups
from jobs.link.standardise.persons import Side

WORTH_BOUNDING_EARLY: Final = 10_000 * 10_000
"""From so many possible pairs on, bounding their weights while they are formed pays."""
THREADS: Final = min(os.cpu_count() or 1, 4)
"""The engine's threads: each needs memory of its own, and more of them help little."""
MEMORY: Final = f"{500 + 300 * THREADS}MB"
"""What the engine may hold: on two threads enough for a million persons on each side."""
MEMORY_TO_COMPARE: Final = f"{1_000 + 300 * THREADS}MB"
"""The same once pairs are formed: to compare them takes a quarter longer where it uses the disk."""

AT_ONCE: Final = 250_000
"""Rows that are loaded together: more at once would not fit in what the engine may hold."""
SHARED_OUT: Final = 16_384
"""Rows that a thread of the engine reads at once."""


@dataclass(frozen=True, kw_only=True)
class ScoringContext:
    """Both sides in the engine's database: the tables ``rows_l`` and ``rows_r``."""

    connection: duckdb.DuckDBPyConnection
    left: Side
    right: Side
    comparisons: tuple[Comparison, ...]

    @cached_property
    def columns(self) -> frozenset[str]:
        """Columns that both sides have values in."""
        return _shared_columns(self.left, self.right)

    def groups(self) -> Groups | None:
        """The nationality of each person, by number, and whom the right side was told of.

        Nothing where no nationality is compared.
        """
        if NATIONALITY not in self.comparisons:
            return None
        both = [self._nationalities(side) for side in ("l", "r")]
        numbers = pd.factorize(pd.concat(both, ignore_index=True), sort=True)[0] + 1
        left, right = np.split(numbers.astype(np.int64), [len(both[0])])
        return Groups(left=left, right=right, is_told=self.right.is_told)

    def _nationalities(self, side: str) -> "pd.Series[str]":
        query = f"SELECT nationality FROM rows_{side} WHERE variant = 'own' ORDER BY person"
        found: pd.Series[str] = self.connection.sql(query).df()["nationality"]
        return found

    def rules(self) -> tuple[BlockingRule, ...]:
        """The blocking rules that both sides can use."""
        return rules_for(self.columns, systems_of(self.columns))

    def block(
        self, *, parameters: Parameters | None = None, at_least: float = 0.0
    ) -> list[RuleUse]:
        """Make the table ``pairs`` of those worth comparing.

        With ``parameters`` of a model, pairs that cannot score ``at_least`` are left out of it.
        """
        bounds = None
        if parameters is not None and self.is_large:
            bounds = self.bounds(parameters, at_least)
        uses = block(
            self.connection,
            rules=self.rules(),
            columns=self.columns,
            persons=self.persons,
            bounds=bounds,
        )
        log_blocking(uses)
        return uses

    def block_some(
        self, persons: str, *, count: int, into: str, parameters: Parameters, at_least: float
    ) -> None:
        """Make a table of pairs worth comparing of so many left persons, named by a table."""
        block(
            self.connection,
            rules=self.rules(),
            columns=self.columns,
            persons=self.persons,
            only=persons,
            share=min(1.0, count / max(len(self.left), 1)),
            into=into,
            bounds=self.bounds(parameters, at_least) if self.is_large else None,
        )

    def bounds(self, parameters: Parameters, at_least: float) -> WeightBounds:
        """What tells which pairs of rows may score so much."""
        return weight_bounds(
            comparisons=self.comparisons,
            parameters=parameters,
            at_least=at_least,
            numbers=self._numbers,
        )

    @cached_property
    def _numbers(self) -> tuple[np.ndarray, np.ndarray]:
        left, right = (
            numbers_of(
                self.connection,
                rows=f"rows_{side}",
                count=of.rows.num_rows,
                comparisons=self.comparisons,
                columns=self.columns,
            )
            for side, of in (("l", self.left), ("r", self.right))
        )
        return left, right

    def formed(self) -> None:
        """All pairs are formed: what bounded them makes room for comparing them."""
        self.__dict__.pop("_numbers", None)
        self.connection.execute(f"SET memory_limit = '{MEMORY_TO_COMPARE}'")

    @property
    def is_large(self) -> bool:
        """Whether bounding the weights of pairs pays while they are formed."""
        return len(self.left) * len(self.right) >= WORTH_BOUNDING_EARLY

    @property
    def persons(self) -> int:
        """Persons of both sides together."""
        return len(self.left) + len(self.right)


@contextmanager
def scoring_context(
    *,
    left: Side,
    right: Side,
    comparisons: Sequence[Comparison] | None = None,
    is_counted: bool = True,
) -> Iterator[ScoringContext]:
    """Load both sides into a database; comparisons without values on a side are left out.

    Args:
        left: one side.
        right: the other one.
        comparisons: those to make; all possible ones if absent.
        is_counted: whether term frequencies are counted; without them every value is a usual one.
    """
    possible = comparisons_for(_shared_columns(left, right))
    wanted = None if comparisons is None else {comparison.name for comparison in comparisons}
    used = tuple(c for c in possible if wanted is None or c.name in wanted)
    with _connected() as connection:
        rows = {
            "l": _with_columns_of(left.rows, right.rows),
            "r": _with_columns_of(right.rows, left.rows),
        }
        for column in term_frequency_columns(used):
            bits = term_frequency_bits(rows["l"], rows["r"], column)
            for side, of_side in zip(rows, bits, strict=True):
                counted = of_side if is_counted else pa.nulls(len(of_side), pa.float64())
                rows[side] = rows[side].append_column(f"bits_{column}", counted)
        for side, own in rows.items():
            _load_rows(connection, side, own)
        yield ScoringContext(connection=connection, left=left, right=right, comparisons=used)


@contextmanager
def _connected() -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine of its own, its tables compressed; what does not fit in `MEMORY` lies in a folder.

    Both sides of a million persons take a fifth of `MEMORY` so; without, they fill it.
    """
    with tempfile.TemporaryDirectory() as folder:
        settings = {"memory_limit": MEMORY, "threads": THREADS, "temp_directory": folder}
        connection = duckdb.connect(":memory:", config=settings)
        try:
            connection.execute("ATTACH ':memory:' AS registers (COMPRESS)")
            connection.execute("USE registers")
            connection.execute("SET preserve_insertion_order = false")
            connection.execute("SET enable_progress_bar = false")
            yield connection
        finally:
            connection.close()


def _load_rows(connection: duckdb.DuckDBPyConnection, side: str, rows: pa.Table) -> None:
    """Make the table ``rows_<side>`` of rows."""
    for begin in range(0, max(len(rows), 1), AT_ONCE):
        piece = rows.slice(begin, AT_ONCE)
        plain = pa.table(
            {
                field.name: pc.cast(piece[field.name], pa.string())
                if pa.types.is_dictionary(field.type)
                else piece[field.name]
                for field in rows.schema
            }
        )
        batches = plain.to_batches(max_chunksize=SHARED_OUT)
        connection.register("piece", pa.Table.from_batches(batches, plain.schema))
        connection.execute(
            f"INSERT INTO rows_{side} FROM piece" if begin
            else f"CREATE TABLE rows_{side} AS FROM piece"
        )  # fmt: skip
    connection.unregister("piece")


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
