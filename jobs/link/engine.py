"""The engine: Splink on DuckDB compares pairs of rows and weighs the evidence.

Weights are logarithms to base 2: each unit doubles the odds. Everything here is a function of the
two rows, the model and the value frequencies, never of the order of rows or of the threads.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from splink import DuckDBAPI, Linker

from jobs.link.blocking import RuleUse, block, rules_for
from jobs.link.comparisons import (
    Comparison,
    comparisons_for,
    rarity_columns,
    splink_comparison,
)
from jobs.link.model import Shares
from jobs.link.persons import Side

for noisy in ("splink", "splink.internals"):
    logging.getLogger(noisy).setLevel(logging.WARNING)

LEFT, RIGHT = "left_side", "right_side"
NO_PRIOR: Final = 0.5
"""Splink adds the prior to each weight; even odds add nothing, and the prior comes later."""


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Both sides on the engine's table, blocked and ready to be compared."""

    connection: duckdb.DuckDBPyConnection
    left: Side
    right: Side
    comparisons: tuple[Comparison, ...]

    @cached_property
    def columns(self) -> frozenset[str]:
        """Columns that both sides have values in."""
        return _shared_columns(self.left, self.right)

    def block(self) -> list[RuleUse]:
        """Make the table of pairs worth comparing."""
        systems = sorted(name for name in self.columns if name.startswith("id_"))
        return block(
            self.connection,
            rules=rules_for(self.columns, systems),
            persons=len(self.left) + len(self.right),
        )

    def compare(
        self, *, shares: Shares, pairs: str = "pairs", at_least: float | None = None
    ) -> duckdb.DuckDBPyRelation:
        """Compare the rows of the table ``pairs``.

        Returns:
            ``row_l``, ``row_r``, ``weight`` and, for each comparison, ``mw_`` and where it has
            rarities ``mw_tf_adj_`` columns; only pairs of at least ``at_least``.
        """
        interface = DuckDBAPI(connection=self.connection)
        inputs = [
            interface.register("rows_l_in", dataset_display_name=LEFT),
            interface.register("rows_r_in", dataset_display_name=RIGHT),
        ]
        linker = Linker(inputs, self._settings(shares), log_level=None, validate_settings=False)
        for column in rarity_columns(self.comparisons):
            lookup = interface.register(f"rarity_{column}", table_name=f"lookup_{column}")
            linker.table_management.register_term_frequency_lookup(lookup, column)
        self.connection.execute(
            f"""
            CREATE OR REPLACE TEMP VIEW {pairs}_named AS
            SELECT '{LEFT}-__-' || row_l AS join_key_l, '{RIGHT}-__-' || row_r AS join_key_r,
                   '0' AS match_key
            FROM {pairs}
            """  # noqa: S608 - names of this module
        )
        blocked = interface.register(f"{pairs}_named", table_name=f"{pairs}_blocked")
        linker.table_management.register_blocked_pairs_for_predict(blocked)
        # Pushed down, the filter on the weight would work out each comparison once for each of
        # its grades; where it stands, each is worked out once.
        self.connection.execute("SET disabled_optimizers = 'filter_pushdown'")
        found = linker.inference.predict(threshold_match_weight=at_least, warning_mode="never")
        self.connection.execute("RESET disabled_optimizers")
        parts = [
            name
            for name in self.connection.sql(f"SELECT * FROM {found.physical_name} LIMIT 0").columns  # noqa: S608
            if name.startswith("mw_")
        ]
        return self.connection.sql(
            f"""
            SELECT unique_id_l AS row_l, unique_id_r AS row_r, match_weight AS weight,
                   {", ".join(parts)}
            FROM {found.physical_name}
            """  # noqa: S608
        )

    def _settings(self, shares: Shares) -> dict[str, Any]:
        return {
            "link_type": "link_only",
            "probability_two_random_records_match": NO_PRIOR,
            "retain_matching_columns": False,
            "retain_intermediate_calculation_columns": True,
            "comparisons": [
                splink_comparison(comparison, told_apart(comparison, shares))
                for comparison in self.comparisons
            ],
            "blocking_rules_to_generate_predictions": ["1=1"],
        }


@contextmanager
def bench(
    *, left: Side, right: Side, comparisons: Sequence[Comparison] | None = None
) -> Iterator[Bench]:
    """Lay both sides on the engine's table; comparisons without values on a side are left out."""
    possible = comparisons_for(_shared_columns(left, right))
    wanted = None if comparisons is None else {comparison.name for comparison in comparisons}
    used = tuple(c for c in possible if wanted is None or c.name in wanted)
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET enable_progress_bar = false")
        for side, table in (("l", left.rows), ("r", right.rows)):
            complete = _with_columns(table, left, right)
            connection.register("given_rows", complete)
            connection.execute(f"CREATE TABLE rows_{side} AS SELECT * FROM given_rows")  # noqa: S608
            connection.unregister("given_rows")
            connection.execute(
                f"CREATE VIEW rows_{side}_in AS SELECT row AS unique_id, * FROM rows_{side}"  # noqa: S608
            )
        for column in rarity_columns(used):
            _count_values(connection, column)
        yield Bench(connection=connection, left=left, right=right, comparisons=used)
    finally:
        connection.close()


def _shared_columns(left: Side, right: Side) -> frozenset[str]:
    return frozenset(
        name
        for name in left.rows.column_names
        if all(_has_values(side.rows, name) for side in (left, right))
    )


def _has_values(rows: pa.Table, name: str) -> bool:
    return name in rows.column_names and rows[name].null_count < rows.num_rows


def _with_columns(rows: pa.Table, left: Side, right: Side) -> pa.Table:
    """The rows with every column of either side, in one order."""
    names = sorted(set(left.rows.column_names) | set(right.rows.column_names))
    for name in names:
        if name not in rows.column_names:
            other = left.rows if name in left.rows.column_names else right.rows
            rows = rows.append_column(name, pa.nulls(rows.num_rows, other[name].type))
    return rows.select(names)


def _count_values(connection: duckdb.DuckDBPyConnection, column: str) -> None:
    """How often a value occurs among both sides' own rows, to the next power of the root of 2.

    Rounded so that one more record changes the weights of few others.
    """
    connection.execute(
        f"""
        CREATE TABLE rarity_{column} AS
        WITH counted AS (
            SELECT {column}, count(*) AS n
            FROM (SELECT * FROM rows_l UNION ALL SELECT * FROM rows_r)
            WHERE {column} IS NOT NULL AND variant = 'own' GROUP BY {column}
        ), total AS (SELECT sum(n) AS all_n FROM counted)
        SELECT {column}, pow(2.0::DOUBLE, round(2 * log2(n / all_n)) / 2) AS tf_{column}
        FROM counted, total
        """  # noqa: S608 - a column of this package
    )


def weigh(
    table: Bench, *, shares: Shares, at_least: float, pairs: str = "pairs"
) -> pd.DataFrame:
    """The best variant of each pair of persons, if it weighs at least ``at_least``.

    Returns:
        Sorted by ``person_l`` and ``person_r``: ``weight``, and for each comparison a column of
        its name with the weight it adds (rarity included), and ``grade <name>`` columns with the
        position of the grade, -1 where there was nothing to compare.
    """
    compared = table.compare(shares=shares, at_least=at_least, pairs=pairs)
    columns = set(compared.columns)
    parts = []
    for comparison in table.comparisons:
        rarity = f"mw_tf_adj_{comparison.column}"
        added = f" + {rarity}" if rarity in columns else ""
        parts.append(
            f'mw_{comparison.column}{added} AS "{comparison.name}", '
            f'mw_{comparison.column} AS "grade {comparison.name}"'
        )
    compared.create_view("compared", replace=True)
    found = table.connection.execute(
        f"""
        SELECT l.person AS person_l, r.person AS person_r, weight, {", ".join(parts)}
        FROM compared JOIN rows_l l ON l.row = row_l JOIN rows_r r ON r.row = row_r
        QUALIFY row_number() OVER (
            PARTITION BY l.person, r.person ORDER BY weight DESC, row_l, row_r) = 1
        ORDER BY person_l, person_r
        """  # noqa: S608 - names of this package
    ).df()
    for comparison in table.comparisons:
        column = f"grade {comparison.name}"
        found[column] = grades_of(found[column], comparison, shares)
    return found.astype({"person_l": np.int64, "person_r": np.int64})


APART: Final = 1e-6
"""Grades of a comparison weigh at least this differently, in bits, so that a weight names one."""


def told_apart(comparison: Comparison, shares: Shares) -> list[tuple[float, float]]:
    """The shares of a comparison, moved in the sixth digit where two grades weigh the same.

    Splink gives weights and keeps the grades to itself.
    """
    taken = [0.0]
    apart = []
    for grade in comparison.grades:
        same, others = shares[comparison.name][grade.name]
        while min(abs(np.log2(same / others) - weight) for weight in taken) < APART:
            same *= 1 - APART
        taken.append(float(np.log2(same / others)))
        apart.append((same, others))
    return apart


def grades_of(
    weights: "pd.Series[float]", comparison: Comparison, shares: Shares
) -> npt.NDArray[np.int64]:
    """The positions of the grades that the weights belong to; -1 for nothing to compare."""
    known = [same / others for same, others in told_apart(comparison, shares)]
    of_grades = np.append(np.log2(known), 0.0)
    order = np.argsort(of_grades)
    middles = (of_grades[order][1:] + of_grades[order][:-1]) / 2
    places = order[np.searchsorted(middles, weights.to_numpy(dtype=np.float64))]
    return np.where(places == len(known), -1, places)
