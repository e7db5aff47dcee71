"""Scoring again only what changed since the last run, with the result of scoring everything.

A pair's weight depends on the values of its two persons (rarities included), the model and the
code, on nothing else. So a run keeps what `memory` describes, and the next one standardises and
scores only whoever is new or changed, and whoever bears

- a value that became rarer than it was when they were scored,
- a blocking key that its rule leaves out now and did not then, or the other way round,
- an identifier that became a filler or is none any more.

All other pairs are taken over with their grades; their weights are added up anew from tonight's
rarities. What follows from the weights (the prior, the rivals, the probabilities) is worked out for
all pairs on every night.

The memory is not needed for the result: without it, or with one of another model, code or data
shape, or a damaged one, everything is scored.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.files import canonical_json, locked, text_digest, whole_folder
from jobs.freed import give_back
from jobs.link.blocking import RuleUse, budget_for, rules_for, systems_of, tell
from jobs.link.comparisons import Comparison, comparisons_for, rarity_columns
from jobs.link.engine import (
    Bench,
    bench,
    best,
    connected,
    lay,
    summed_query,
    weigh,
    weigh_rows,
)
from jobs.link.memory import (
    Store,
    attach,
    columns_in,
    fingerprint,
    lift,
    said_of,
    shape_of,
)
from jobs.link.model import Model, usable
from jobs.link.outcomes import least_weight
from jobs.link.persons import IMMIGRATION, PRISON, Side, immigration_side, prison_side
from jobs.link.rarity import add_rarities

log = logging.getLogger(__name__)

FILE: Final = "memory.duckdb"
WORTHWHILE: Final = 0.3
"""Where a larger share of either side changed, scoring everybody is no slower."""
DAMAGED: Final = (duckdb.IOException, duckdb.SerializationException, duckdb.FatalException)

Tables = Mapping[str, pa.Table]


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Where a run keeps what the next one may take over.

    ``of`` names everything that a weight depends on beside the two persons: code and contract.
    The model, the bar and the engine's version are added to it.
    """

    folder: Path
    of: str


@dataclass(frozen=True, kw_only=True)
class Scored:
    """Pairs with the columns of `engine.weigh`, what each blocking rule did, and the bench.

    The bench holds everybody, or fetches who is needed; its persons are places in the sides' keys.
    """

    table: Bench
    found: pd.DataFrame
    uses: list[RuleUse]


def bar(left: int, right: int) -> float:
    """The least weight that matters between so many persons.

    A whole number of bits, so that one more person does not move it.
    """
    return float(np.floor(least_weight(left, right)))


@contextmanager
def laid(tables: Tables, model: Model) -> Iterator[Bench]:
    """Both registers standardised and laid on a bench, compared in what the model knows."""
    left = prison_side(tables)
    give_back()
    right = immigration_side(tables)
    give_back()
    known = usable(model, comparisons_for({*left.rows.column_names, *right.rows.column_names}))
    with bench(left=left, right=right, comparisons=known) as table:
        yield table


@contextmanager
def scored(tables: Tables, *, model: Model, memory: Memory | None) -> Iterator[Scored]:
    """Block and weigh the pairs of both registers.

    Args:
        tables: accepted register tables by full name.
        model: the model.
        memory: of the last run; it is replaced by this run's.
    """
    if memory is None:
        with laid(tables, model) as table:
            floor = bar(len(table.left), len(table.right))
            uses = table.block(shares=model.shares, at_least=floor)
            found = weigh(table, shares=model.shares, at_least=floor)
            yield Scored(table=table, found=found, uses=uses)
        return
    with locked(memory.folder.with_suffix(".lock"), "the memory of linkage", wait=True):
        with connected() as connection:
            known = _remembered(connection, tables, model, memory)
            if known is not None:
                yield known
                return
        with laid(tables, model) as table:
            yield _everything(table, tables, model, memory)


def _of(tables: Tables, model: Model, memory: Memory) -> str:
    plain = {name: {k: list(v) for k, v in grades.items()} for name, grades in model.shares.items()}
    floor = bar(*(tables[register.persons].num_rows for register in (PRISON, IMMIGRATION)))
    return text_digest(canonical_json([memory.of, plain, floor, duckdb.__version__]))


def _everything(table: Bench, tables: Tables, model: Model, memory: Memory) -> Scored:
    """Score everybody, and leave a memory."""
    connection, shares = table.connection, model.shares
    floor = bar(len(table.left), len(table.right))
    least = floor - lift(table.comparisons)
    store = Store(connection=connection, rules=table.rules(), comparisons=table.comparisons)
    with whole_folder(memory.folder) as folder:
        attach(connection, folder / FILE)
        for side in ("l", "r"):
            fingerprint(connection, side, tables)
        store.begin({"l": table.left, "r": table.right})
        uses = table.block(shares=shares, at_least=least, seen=store.keep_keys)
        weigh_rows(table, shares=shares, at_least=least, pairs="pairs")
        store.end(
            budget=budget_for(len(table.left) + len(table.right)),
            of=_of(tables, model, memory),
            shape=shape_of(table.columns),
        )
        connection.execute("DETACH kept")
    found = best(
        connection,
        table.comparisons,
        heavy=f"(FROM heavy_pairs WHERE weight >= {floor!r})",
        persons=["rows_l", "rows_r"],
    )
    return Scored(table=table, found=found, uses=uses)


def _remembered(
    connection: duckdb.DuckDBPyConnection, tables: Tables, model: Model, memory: Memory
) -> Scored | None:
    """Score who changed; nothing if the memory does not serve."""
    path = memory.folder / FILE
    if not path.is_file():
        return None
    try:
        attach(connection, path)
        of, shape = said_of(connection)
        if of != _of(tables, model, memory):
            log.info("everything is scored: the model, the code or the size of the data is another")
            return None
        if not _worthwhile(connection, tables):
            return None
        return _again(connection, tables, model, of=of, shape=shape)
    except (*DAMAGED, duckdb.CatalogException) as error:
        log.warning(
            "everything is scored: the memory of the last run is damaged (%s)", type(error).__name__
        )
        return None


def _worthwhile(connection: duckdb.DuckDBPyConnection, tables: Tables) -> bool:
    """Fingerprint both registers and say whether few enough persons changed."""
    worthwhile = True
    for side in ("l", "r"):
        fingerprint(connection, side, tables)
        changed, everybody = connection.execute(
            f"""
            SELECT count(*) FILTER (known.print IS NULL OR known.print <> now.print), count(*)
            FROM now_{side} now LEFT JOIN kept.people_{side} known USING (key)
            """
        ).fetchall()[0]
        worthwhile = worthwhile and changed <= WORTHWHILE * everybody
        log.info("changed since the last run, %s side: %d of %d", side, changed, everybody)
    return worthwhile


def _again(
    connection: duckdb.DuckDBPyConnection, tables: Tables, model: Model, *, of: str, shape: str
) -> Scored | None:
    columns = columns_in(shape)
    comparisons = usable(model, comparisons_for(columns))
    store = Store(
        connection=connection,
        rules=rules_for(columns, systems_of(columns)),
        comparisons=comparisons,
    )
    persons = [tables[register.persons].num_rows for register in (PRISON, IMMIGRATION)]
    connection.execute("BEGIN")
    # Killed between here and the end, the memory is of nothing, and everything is scored.
    connection.execute("UPDATE kept.state SET state_of = ''")
    for side in ("l", "r"):
        store.learn(side, tables)
    if shape_of(store.shared_columns()) != shape:
        connection.execute("ROLLBACK")
        log.info("everything is scored: other columns have values than before")
        return None
    uses = store.recount(budget=budget_for(sum(persons)))
    for column in rarity_columns(comparisons):
        store.revalue(column)
    store.candidates()
    connection.execute("COMMIT")
    tell(uses)
    floor = bar(*persons)
    table = _small_bench(connection, comparisons)
    weigh_rows(table, shares=model.shares, at_least=floor - lift(comparisons), pairs="candidates")
    store.add_pairs(of)
    found = _weighed_anew(table, model, floor)
    return Scored(table=table, found=found, uses=uses)


def _small_bench(
    connection: duckdb.DuckDBPyConnection, comparisons: tuple[Comparison, ...]
) -> Bench:
    """A bench of the rows of the table ``candidates``; others are fetched when needed."""
    people = {}
    for side in ("l", "r"):
        found = connection.execute(f"SELECT key, person FROM kept.people_{side} ORDER BY key")
        people[side] = found.to_arrow_table()
        places = pa.table(  # noqa: F841 - DuckDB reads it by name
            {"person": people[side]["person"], "place": np.arange(people[side].num_rows)}
        )
        connection.execute(f"CREATE TEMP TABLE places_{side} AS FROM places")
    for column in rarity_columns(comparisons):
        connection.execute(
            f"CREATE TEMP VIEW rarity_{column} AS "
            f"SELECT grouped, value, bits FROM kept.value_{column}"
        )

    def rows_of(side: str, wanted: str) -> pa.Table:
        return connection.execute(
            f"""
            SELECT * EXCLUDE (place) REPLACE (place AS person)
            FROM (FROM kept.rows_{side} {wanted}) JOIN places_{side} USING (person) ORDER BY row
            """
        ).to_arrow_table()

    def fetch(side: str, persons: "pd.Series[int]") -> None:
        connection.register("needed", pd.DataFrame({"place": persons}))
        of = f"SELECT person FROM places_{side} SEMI JOIN needed USING (place)"
        rows = rows_of(side, f"WHERE person IN ({of})")
        connection.unregister("needed")
        lay(connection, side, rows=rows, other=rows)
        add_rarities(connection, side, rarity_columns(comparisons))

    rows = {
        side: rows_of(side, f"WHERE row IN (SELECT row_{side} FROM candidates)")
        for side in ("l", "r")
    }
    for side in ("l", "r"):
        lay(connection, side, rows=rows[side], other=rows[side])
        add_rarities(connection, side, rarity_columns(comparisons))
    left, right = (
        Side(persons=pd.Index(people[side]["key"].to_pandas(), name="id"), rows=rows[side])
        for side in ("l", "r")
    )
    return Bench(
        connection=connection,
        left=left,
        right=right,
        comparisons=comparisons,
        fetch=fetch,
        everybody={
            side: f"(SELECT place AS person, variant, nationality FROM kept.rows_{side} "
            f"JOIN places_{side} USING (person))"
            for side in ("l", "r")
        },
    )


def _weighed_anew(table: Bench, model: Model, floor: float) -> pd.DataFrame:
    """All pairs of the memory, by tonight's rarities."""
    connection, columns = table.connection, rarity_columns(table.comparisons)
    values = ", ".join(sorted({"nationality", *columns}))
    for side in ("l", "r"):
        connection.execute(
            f"CREATE TEMP TABLE plain_{side}_kept AS SELECT row, place AS person, variant, {values}"
            f" FROM (FROM kept.rows_{side} WHERE row IN (SELECT row_{side} FROM kept.pairs)) "
            f"JOIN places_{side} USING (person)"
        )
        add_rarities(connection, f"{side}_kept", columns)
    bits = ", ".join(f"{s}.bits_{name} AS bits_{name}_{s}" for name in columns for s in "lr")
    graded = f"""
        SELECT pairs.*, {bits} FROM kept.pairs
        JOIN rows_l_kept l ON l.row = row_l JOIN rows_r_kept r ON r.row = row_r
        """
    query = summed_query(table.comparisons, model.shares, graded=graded, at_least=floor)
    return best(
        connection, table.comparisons, heavy=f"({query})", persons=["rows_l_kept", "rows_r_kept"]
    )
