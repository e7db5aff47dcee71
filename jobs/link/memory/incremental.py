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

from jobs.link.block.blocking import RuleUse, budget_for
from jobs.link.compare.comparison_levels import comparisons_for
from jobs.link.compare.duckdb_scoring import (
    Bench,
    bench,
    best,
    connected,
    weigh,
    weigh_rows,
)
from jobs.link.decide.link_outcomes import least_weight
from jobs.link.memory.again import opened, score_again
from jobs.link.memory.memory import (
    DAMAGED,
    FILE,
    Store,
    attach,
    said_of,
    shape_of,
)
from jobs.link.memory.memory_prints import fingerprint, meet_again
from jobs.link.memory.memory_values import lift
from jobs.link.model.linkage_model import Model, usable
from jobs.link.standardise.persons import IMMIGRATION, PRISON, immigration_side, prison_side
from jobs.runtime.files import canonical_json, locked, text_digest, whole_folder
from jobs.runtime.memory_release import give_back

log = logging.getLogger(__name__)

WORTHWHILE: Final = 0.3
"""Where a larger share of either side changed, scoring everybody is no slower."""
OLD: Final = 0.1
"""Once so large a share of all keys came or went since, everybody is scored anew: what changed lies
beside the sorted keys and slows every night a little."""

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
        memory: of the last run; it is replaced by this run's, unless a register is empty.
    """
    if memory is None or not all(tables[r.persons].num_rows for r in (PRISON, IMMIGRATION)):
        with laid(tables, model) as table:
            floor = bar(len(table.left), len(table.right))
            uses = table.block(shares=model.shares, at_least=floor)
            found = weigh(table, shares=model.shares, at_least=floor, is_glanced=table.is_large)
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
    with whole_folder(memory.folder) as folder:
        store = Store(
            connection=connection, folder=folder,
            rules=table.rules(), comparisons=table.comparisons,
        )  # fmt: skip
        attach(connection, folder)
        for side in ("l", "r"):
            fingerprint(connection, side, tables)
        store.begin({"l": table.left, "r": table.right})
        uses = table.block(shares=shares, at_least=least, seen=store.keep_keys)
        weigh_rows(table, shares=shares, at_least=least, pairs="pairs", is_glanced=table.is_large)
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
    if not (memory.folder / FILE).is_file():
        return None
    try:
        attach(connection, memory.folder)
        of, shape = said_of(connection)
        if of != _of(tables, model, memory):
            log.info("everything is scored: the model, the code or the size of the data is another")
            return None
        if not _worthwhile(connection, tables):
            return None
        persons = [tables[register.persons].num_rows for register in (PRISON, IMMIGRATION)]
        store = opened(connection, memory.folder, model, shape)
        if store.age > OLD:
            log.info("everything is scored: much has changed since everybody was")
            return None
        again = score_again(
            store, tables, model, of=of, shape=shape, floor=bar(*persons), persons=sum(persons)
        )
        return None if again is None else Scored(table=again[0], found=again[1], uses=again[2])
    except DAMAGED as error:
        log.warning(
            "everything is scored: the memory of the last run is damaged (%s)", type(error).__name__
        )
        return None


def _worthwhile(connection: duckdb.DuckDBPyConnection, tables: Tables) -> bool:
    """Fingerprint both registers and say whether few enough persons changed."""
    worthwhile = True
    for side in ("l", "r"):
        fingerprint(connection, side, tables)
        changed, everybody = meet_again(connection, side)
        worthwhile = worthwhile and changed <= WORTHWHILE * everybody
        log.info("changed since the last run, %s side: %d of %d", side, changed, everybody)
    return worthwhile
