"""Everybody as standardised: the rows of the run that scored everybody, and what changed since.

The rows of that run lie in a file of Arrow's beside the memory's database, each at its number, and
are never written again; a row is read there without reading the others. What came since is in the
tables ``more_rows_l`` and ``more_rows_r``, the numbers of those that went in ``gone_l`` and
``gone_r``. A number is never given twice.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

import os
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jobs.link.block.blocking_keys import Counts, Rows, distinct, spread
from jobs.link.compare.term_frequencies import PIECE
from jobs.link.memory.memory_keys import SIDES, DamagedError
from jobs.link.standardise.persons import OWN

Flags = npt.NDArray[np.bool_]
_NAME: Final = "rows_{side}.arrow"


def write_rows(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    rows: Mapping[str, pa.Table],
    coded: Collection[str],
) -> None:
    """Keep both sides' rows, which are in order of their numbers from 0 on.

    The columns whose values are counted are kept as codes in a dictionary, so that the rows with a
    value are found without reading texts.
    """
    for side, table in rows.items():
        plain = table.slice(0, 0)
        whole = table.combine_chunks()
        for place, name in enumerate(whole.column_names):
            if name in coded:
                whole = whole.set_column(place, name, whole[name].dictionary_encode())
        with pa.OSFile(str(folder / _NAME.format(side=side)), "wb") as file, \
                pa.ipc.new_file(file, whole.schema) as writer:  # fmt: skip
            writer.write_table(whole, max_chunksize=max(len(whole), 1))
        connection.register("given", plain)
        connection.execute(f"CREATE TABLE kept.more_rows_{side} AS FROM given")
        connection.execute(f"CREATE TABLE kept.gone_{side} (row INTEGER)")


@dataclass(frozen=True, kw_only=True)
class RowStore:
    """The rows of a memory that is attached to an engine as ``kept``; see `open_rows`."""

    connection: duckdb.DuckDBPyConnection
    base: Mapping[str, pa.Table]

    def fetch(
        self, side: str, rows: npt.NDArray[Any], columns: Collection[str] | None = None
    ) -> pa.Table:
        """Some rows, in order of their numbers, with all columns or some, in pieces."""
        rows = distinct(rows)
        base = self.base[side] if columns is None else self.base[side].select(list(columns))
        begin = int(np.searchsorted(rows, len(base)))
        found = _plain(base.take(pa.array(rows[:begin])))
        found = pa.Table.from_batches(found.to_batches(max_chunksize=PIECE), found.schema)
        if begin == len(rows):
            return found
        self.connection.register("asked", pa.table({"row": rows[begin:]}))
        more = self.connection.execute(
            f"SELECT {', '.join(base.column_names)} FROM kept.more_rows_{side} "
            "SEMI JOIN asked USING (row) ORDER BY row"
        ).to_arrow_table()
        return pa.concat_tables([found, more.cast(found.schema)])

    def of_persons(
        self, side: str, persons: npt.NDArray[Any], is_gone: Flags | None = None
    ) -> Rows:
        """The numbers of the rows of some persons.

        ``is_gone`` is that of the side, where it is known.
        """
        known = self.base[side]["person"].to_numpy()  # sorted, as the rows are
        begin = np.searchsorted(known, persons, side="left")
        place, within = spread(np.searchsorted(known, persons, side="right") - begin)
        asked = pa.table({"person": persons})
        return self._with_more(side, begin[place] + within, place, asked, is_gone)[0]

    def bearing(
        self, asked: Sequence[tuple[str, str, pa.Table]], is_gone: Mapping[str, Flags]
    ) -> list[tuple[Rows, Counts]]:
        """The numbers of the rows with some values of a column, and the places of their values.

        Args:
            asked: a side, a column whose rarity is counted, and its values; beside them ``within``
                which nationality, if that matters: empty text stands for none.
            is_gone: of each side.

        Returns:
            As many as were asked for.
        """
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            found = list(pool.map(lambda each: self._bearing_at_first(*each), asked))
        return [
            self._with_more(side, hits, at, values, is_gone[side])
            for (side, _, values), (hits, at) in zip(asked, found, strict=True)
        ]

    def _bearing_at_first(self, side: str, column: str, values: pa.Table) -> tuple[Counts, Counts]:
        """See `bearing`: of the rows of the run that scored everybody."""
        hits = at = np.empty(0, dtype=np.int64)
        for coded in self.base[side][column].chunks:  # one, unless there are no rows
            codes = _codes(coded)
            wanted = np.asarray(pc.index_in(values[column], coded.dictionary).fill_null(-1))
            is_wanted = np.zeros(len(coded.dictionary) + 1, dtype=bool)
            is_wanted[wanted[wanted >= 0]] = True
            hits = np.flatnonzero(is_wanted[codes])
            both, wanted = codes[hits].astype(np.int64), wanted.astype(np.int64)
            if "within" in values.column_names:
                nations = self.base[side]["nationality"].chunk(0)
                of = np.asarray(pc.index_in(values["within"], nations.dictionary).fill_null(-1))
                many = len(nations.dictionary) + 1
                both, wanted = both * many + _codes(nations)[hits], wanted * many + of
            order = np.argsort(wanted)
            at = order[np.minimum(np.searchsorted(wanted[order], both), len(order) - 1)]
            is_met = wanted[at] == both
            hits, at = hits[is_met], at[is_met]
        return hits, at

    def _with_more(
        self,
        side: str,
        hits: npt.NDArray[Any],
        at: Counts,
        values: pa.Table,
        is_gone: Flags | None,
    ) -> tuple[Rows, Counts]:
        """Add numbers of newer rows with some values; leave out those that are gone."""
        self.connection.register(
            "asked", values.append_column("place", pa.array(np.arange(len(values))))
        )
        more = self.connection.execute(
            "SELECT row, place FROM "
            f"(SELECT *, coalesce(nationality, '') AS within FROM kept.more_rows_{side}) "
            f"JOIN asked USING ({', '.join(values.column_names)})"
        ).fetchnumpy()
        rows, places = np.concatenate([hits, more["row"]]), np.concatenate([at, more["place"]])
        kept = ~(self.is_gone(side) if is_gone is None else is_gone)[rows]
        return rows[kept], places[kept]

    def own(self, side: str) -> pa.Table:
        """The ``person`` and ``nationality`` of everybody's own row."""
        base = self.base[side].select(["person", "nationality", "variant"])
        kept = pc.equal(base["variant"], OWN)
        kept = pc.and_(kept, pa.array(~self.is_gone(side)[: len(base)]))
        found = _plain(base.filter(kept)).drop_columns("variant")
        more = self.connection.execute(
            f"SELECT person, nationality FROM kept.more_rows_{side} "
            f"ANTI JOIN kept.gone_{side} USING (row) WHERE variant = '{OWN}'"
        ).to_arrow_table()
        return pa.concat_tables([found, more.cast(found.schema)])

    def is_gone(self, side: str) -> Flags:
        """For each number ever given whether the row is gone."""
        gone = self.connection.execute(f"SELECT row FROM kept.gone_{side}").fetchnumpy()["row"]
        flags = np.zeros(self.beyond(side), dtype=bool)
        flags[gone] = True
        return flags

    def beyond(self, side: str) -> int:
        """The first number of a row that was never given."""
        last = self.connection.execute(
            f"SELECT max(row) FROM (SELECT row FROM kept.more_rows_{side} "
            f"UNION ALL SELECT row FROM kept.gone_{side})"
        ).fetchall()[0][0]
        return max(len(self.base[side]), -1 if last is None else last + 1)

    def columns_with_values(self, side: str) -> frozenset[str]:
        """The columns in which a row has a value."""
        base, found = self.base[side], set()
        gone = np.flatnonzero(self.is_gone(side)[: len(base)])
        for name in base.column_names:
            known = len(base) - base[name].null_count
            if known and len(gone):
                known -= len(gone) - base[name].take(pa.array(gone)).null_count
            is_new = (
                f"SELECT 1 FROM kept.more_rows_{side} ANTI JOIN kept.gone_{side} USING (row) "
                f"WHERE {name} IS NOT NULL LIMIT 1"
            )
            if known or self.connection.execute(is_new).fetchall():
                found.add(name)
        return frozenset(found)


def _codes(coded: pa.DictionaryArray) -> npt.NDArray[np.int32]:
    """The codes of values; -1 where there is none."""
    return np.asarray(coded.indices.fill_null(-1))


def _plain(rows: pa.Table) -> pa.Table:
    """Rows without dictionaries."""
    return rows.cast(
        pa.schema(
            field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field
            for field in rows.schema
        )
    )


def open_rows(connection: duckdb.DuckDBPyConnection, folder: Path) -> RowStore:
    """Open the rows of an attached memory.

    Raises:
        DamagedError: a file is missing or no file of rows.
    """
    base = {}
    for side in SIDES:
        path = folder / _NAME.format(side=side)
        try:
            with pa.memory_map(str(path)) as source:
                base[side] = pa.ipc.open_file(source).read_all()
        except (FileNotFoundError, pa.ArrowInvalid) as error:
            raise DamagedError(path.name) from error
    return RowStore(connection=connection, base=base)
