"""Everybody as standardised: the rows of the run that scored everybody, and what changed since.

The rows of that run lie in a file of Arrow's beside the memory's database, each at its number, and
are never written again; a row is read there without reading the others. What came since is in the
tables ``more_rows_l`` and ``more_rows_r``, the numbers of those that went in ``gone_l`` and
``gone_r``. A number is never given twice.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jobs.link.memory_keys import SIDES, DamagedError

Flags = npt.NDArray[np.bool_]
_NAME: Final = "rows_{side}.arrow"


def write_rows(
    connection: duckdb.DuckDBPyConnection, folder: Path, rows: Mapping[str, pa.Table]
) -> None:
    """Keep both sides' rows, which are in order of their numbers from 0 on."""
    for side, table in rows.items():
        whole = table.combine_chunks()
        with pa.OSFile(str(folder / _NAME.format(side=side)), "wb") as file, \
                pa.ipc.new_file(file, whole.schema) as writer:  # fmt: skip
            writer.write_table(whole, max_chunksize=max(len(whole), 1))
        connection.register("given", whole)
        connection.execute(f"CREATE TABLE kept.more_rows_{side} AS FROM given LIMIT 0")
        connection.execute(f"CREATE TABLE kept.gone_{side} (row INTEGER)")


@dataclass(frozen=True, kw_only=True)
class RowStore:
    """The rows of a memory that is attached to an engine as ``kept``; see `open_rows`.

    The views ``all_rows_l`` and ``all_rows_r`` hold everybody as of now.
    """

    connection: duckdb.DuckDBPyConnection
    base: Mapping[str, pa.Table]

    def fetch(
        self, side: str, rows: npt.NDArray[Any], columns: Collection[str] | None = None
    ) -> pa.Table:
        """Some rows, in order of their numbers, with all columns or some."""
        rows = np.unique(rows)
        base = self.base[side] if columns is None else self.base[side].select(list(columns))
        begin = int(np.searchsorted(rows, len(base)))
        found = base.take(pa.array(rows[:begin]))
        if begin == len(rows):
            return found
        self.connection.register("asked", pa.table({"row": rows[begin:]}))
        more = self.connection.execute(
            f"SELECT {', '.join(base.column_names)} FROM kept.more_rows_{side} "
            "SEMI JOIN asked USING (row) ORDER BY row"
        ).to_arrow_table()
        return pa.concat_tables([found, more.cast(base.schema)])

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
        found = set()
        for name in self.base[side].column_names:
            is_there = f"SELECT 1 FROM all_rows_{side} WHERE {name} IS NOT NULL LIMIT 1"
            if self.connection.execute(is_there).fetchall():
                found.add(name)
        return frozenset(found)


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
        connection.register(f"base_rows_{side}", base[side])
        connection.execute(
            f"""
            CREATE OR REPLACE TEMP VIEW all_rows_{side} AS
            FROM base_rows_{side} ANTI JOIN kept.gone_{side} USING (row)
            UNION ALL BY NAME FROM kept.more_rows_{side} ANTI JOIN kept.gone_{side} USING (row)
            """
        )
    return RowStore(connection=connection, base=base)
