"""A later run: who changed is looked up in the memory, and scored with whom that concerns.

See `incremental` for what it is for, and why it gives what scoring everybody gives.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

import logging
from collections.abc import Mapping
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.link.block.blocking import RuleUse, budget_for, sift, tell
from jobs.link.block.blocking_keys import distinct
from jobs.link.block.blocking_rules import rules_for, systems_of
from jobs.link.compare.comparison_levels import comparisons_for, rarity_columns
from jobs.link.compare.duckdb_scoring import Bench, best, weigh_rows
from jobs.link.compare.match_weights import summed_query
from jobs.link.compare.term_frequencies import lay, with_rarities
from jobs.link.compare.weight_bounds import glance_of, numbers_of
from jobs.link.memory.memory import Store, columns_in, shape_of
from jobs.link.memory.memory_keys import SIDES
from jobs.link.memory.memory_prints import REGISTERS, is_sorted
from jobs.link.memory.memory_values import lift
from jobs.link.model.linkage_model import Model, usable
from jobs.link.standardise.persons import Side

log = logging.getLogger(__name__)

Tables = Mapping[str, pa.Table]


def opened(connection: duckdb.DuckDBPyConnection, folder: Path, model: Model, shape: str) -> Store:
    """The attached memory in a folder, ready to be asked.

    Raises:
        DamagedError: a file is missing, or is not what the database says.
    """
    columns = columns_in(shape)
    store = Store(
        connection=connection,
        folder=folder,
        rules=rules_for(columns, systems_of(columns)),
        comparisons=usable(model, comparisons_for(columns)),
    )
    store.open()
    return store


def score_again(
    store: Store, tables: Tables, model: Model, *, of: str, shape: str, floor: float, persons: int
) -> tuple[Bench, pd.DataFrame, list[RuleUse]] | None:
    """Score who changed since the last run.

    Reads the tables ``now_`` and ``met_`` of `memory_prints`. Killed before its end, it leaves a
    memory that is of nothing, and everything is scored.

    Args:
        store: the memory.
        tables: the registers.
        model: the model.
        of: what the memory is of.
        shape: of its data.
        floor: the least weight that matters.
        persons: of both registers together.

    Returns:
        A bench, all pairs of at least ``floor`` as `engine.weigh` gives them, and what each rule
        did; nothing if other columns have values than before.
    """
    connection = store.connection
    connection.execute("BEGIN")
    connection.execute("UPDATE kept.state SET state_of = ''")
    for side in SIDES:
        store.learn(side, tables)
    if shape_of(store.shared_columns()) != shape:
        connection.execute("ROLLBACK")
        log.info("everything is scored: other columns have values than before")
        return None
    uses = store.candidates(budget_for(persons))
    connection.execute("COMMIT")
    tell(uses)
    least = floor - lift(store.comparisons)
    _put_tonight(store)
    _sift_candidates(store, model, least=least, columns=columns_in(shape))
    table = _small_bench(store, tables)
    weigh_rows(table, shares=model.shares, at_least=least, pairs="candidates", is_glanced=True)
    _weigh_shifted(store, model)
    store.add_pairs(of)
    return table, _all_pairs(store, floor), uses


def _put_tonight(store: Store) -> None:
    """Make the views ``rarity_<column>``, and the tables ``places_`` of persons' places."""
    for column in rarity_columns(store.comparisons):
        store.connection.execute(
            f"CREATE TEMP VIEW rarity_{column} AS "
            f"SELECT grouped, value, bits FROM kept.value_{column}"
        )
    for side in SIDES:
        store.connection.execute(
            f"""
            CREATE TEMP TABLE places_{side} AS
            SELECT person, place FROM met_{side} ANTI JOIN old_rows_{side} USING (person)
            WHERE person IS NOT NULL
            UNION ALL SELECT person, place FROM new_people_{side}
            """
        )


def _sift_candidates(store: Store, model: Model, *, least: float, columns: frozenset[str]) -> None:
    """Leave out of the table ``candidates`` those that are hopeless at a glance."""
    found = store.connection.execute("FROM candidates").fetchnumpy()
    pairs = found["row_l"], found["row_r"]
    numbered = distinct(pairs[0]), distinct(pairs[1])
    scaled, numbers = rarity_columns(store.comparisons), []
    for side, own in zip(SIDES, numbered, strict=True):
        store.connection.register("fetched", store.rows.fetch(side, own))
        numbers.append(
            numbers_of(
                store.connection,
                rows="fetched",
                bits=f"({with_rarities('fetched', scaled)})",
                numbered=own,
                comparisons=store.comparisons,
                columns=columns,
            )
        )
    glance = glance_of(
        comparisons=store.comparisons, shares=model.shares, at_least=least,
        numbers=(numbers[0], numbers[1]), numbered=numbered,
    )  # fmt: skip
    store.connection.register("given", sift(pairs, glance=glance, is_number_possible=True))
    store.connection.execute("CREATE OR REPLACE TEMP TABLE candidates AS FROM given")


def _small_bench(store: Store, tables: Tables) -> Bench:
    """A bench of the rows of the table ``candidates``; others are fetched when needed."""
    connection, scaled = store.connection, rarity_columns(store.comparisons)

    def put(side: str, numbers: np.ndarray) -> pa.Table:
        rows = _placed(store, side, store.rows.fetch(side, numbers))
        lay(connection, side, rows, scaled)
        return rows

    def fetch(side: str, persons: "pd.Series[int]") -> None:
        connection.register("needed", pd.DataFrame({"place": persons}))
        known = connection.execute(
            f"SELECT person FROM places_{side} SEMI JOIN needed USING (place)"
        ).fetchnumpy()["person"]
        connection.unregister("needed")
        put(side, store.rows.of_persons(side, known))

    def everybody(side: str) -> "pd.Series[str]":
        own = _placed(store, side, store.rows.own(side)).sort_by("person")
        nationality: pd.Series[str] = own["nationality"].to_pandas()
        return nationality

    left, right = (
        Side(persons=_keys(tables, side), rows=put(side, _rows_in(store, "candidates", side)))
        for side in SIDES
    )
    return Bench(
        connection=connection, left=left, right=right,
        comparisons=tuple(store.comparisons), fetch=fetch, everybody=everybody,
    )  # fmt: skip


def _placed(store: Store, side: str, rows: pa.Table) -> pa.Table:
    """Rows with the places of their persons instead of the memory's numbers."""
    store.connection.register("fetched", rows)
    return store.connection.sql(
        f"SELECT * EXCLUDE (place) REPLACE (place AS person) "
        f"FROM fetched JOIN places_{side} USING (person)"
    ).to_arrow_table()


def _rows_in(store: Store, pairs: str, side: str) -> np.ndarray:
    """The rows of a side that are in some pairs."""
    return np.asarray(
        store.connection.execute(f"SELECT DISTINCT row_{side} AS row FROM {pairs}")
        .fetchnumpy()["row"]
    )  # fmt: skip


def _keys(tables: Tables, side: str) -> pd.Index:
    """The keys of a register's persons, sorted."""
    register = REGISTERS[side]
    keys = tables[register.persons][register.key].combine_chunks()
    ordered: pd.Series[str] = (keys if is_sorted(keys) else keys.sort()).to_pandas()
    return pd.Index(ordered, name="id")


def _weigh_shifted(store: Store, model: Model) -> None:
    """Add the kept pairs whose rarities are others tonight to ``heavy_pairs``, weighed anew."""
    connection, scaled = store.connection, rarity_columns(store.comparisons)
    values = sorted({"row", "person", "variant", "nationality", *scaled})
    store.take_shifted()
    for side in SIDES:
        rows = store.rows.fetch(side, _rows_in(store, "shifted", side), values)
        lay(connection, f"{side}_kept", rows, scaled)
    bits = ", ".join(f"{s}.bits_{name} AS bits_{name}_{s}" for name in scaled for s in SIDES)
    grades = ", ".join(f"grade_{c.column}" for c in store.comparisons)
    graded = f"""
        SELECT row_l, row_r, {grades}, {bits} FROM shifted
        JOIN rows_l_kept l ON l.row = row_l JOIN rows_r_kept r ON r.row = row_r
        """
    query = summed_query(store.comparisons, model.shares, graded=graded, at_least=None)
    connection.execute(f"INSERT INTO heavy_pairs BY NAME {query}")


def _all_pairs(store: Store, floor: float) -> pd.DataFrame:
    """All pairs of the memory that weigh enough, as `engine.weigh` gives them."""
    heavy, persons = f"(FROM kept.pairs WHERE weight >= {floor!r})", []
    for side in SIDES:
        rows = store.rows.fetch(side, _rows_in(store, heavy, side), ["row", "person"])
        store.connection.register(f"persons_{side}", _placed(store, side, rows))
        persons.append(f"persons_{side}")
    return best(store.connection, store.comparisons, heavy=heavy, persons=persons)
