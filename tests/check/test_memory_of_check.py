"""What the check holds at once: one table of what was delivered, and each frame hashed once."""

import weakref
from collections.abc import Iterator, Mapping
from unittest import mock

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.samples.minimal_registers import AS_OF, default_rows, register_tables
from expectations import suite
from jobs.check import check_night
from jobs.check.delivered import keep_raw, raw_name
from jobs.contract.registers import TABLES


class Watched(Mapping[str, pa.Table]):
    """Tables that are made when asked for; ``alive`` is how many of those given were held then."""

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        self._columns = {name: table.to_pydict() for name, table in tables.items()}
        self._schemas = {name: table.schema for name, table in tables.items()}
        self._given: list[weakref.ref[pa.Table]] = []
        self.asked: list[str] = []
        self.alive: list[int] = []

    def __getitem__(self, name: str) -> pa.Table:
        self.asked.append(name)
        self.alive.append(sum(table() is not None for table in self._given))
        made = pa.table(self._columns[name], schema=self._schemas[name])
        self._given.append(weakref.ref(made))
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def test_each_table_is_asked_for_once_and_the_one_before_is_let_go() -> None:
    first, *others = default_rows("prison.persons")
    broken = [{**first, "prisoner_number": None}, *others]
    tables = Watched(register_tables(prison_persons=broken))
    checked = check_night(tables=tables, as_of=AS_OF, suite=suite())
    assert tables.asked == list(TABLES)
    assert max(tables.alive) <= 1
    assert not checked.quarantine.empty


def test_a_row_of_any_piece_is_kept_as_it_came() -> None:
    column = pa.chunked_array([["a", "b"], [], ["c"], ["d", "e"]], pa.string())
    arrow = pa.table(dict.fromkeys(TABLES["prison.aliases"].columns, column))
    table = TABLES["prison.aliases"]
    for numbers in ([], [1], [2, 3], [1, 3, 5], [1, 2, 3, 4, 5]):
        with duckdb.connect() as connection:
            chosen = np.array(numbers, dtype=np.int64)
            keep_raw(connection, table=table, arrow=arrow, numbers=chosen)
            rows = connection.execute(
                f"SELECT row_number, prisoner_number FROM {raw_name(table)} ORDER BY 1"
            ).fetchall()
        assert rows == [(number, "abcde"[number - 1]) for number in numbers]


def test_great_expectations_hashes_each_frame_once() -> None:
    hashed: list[int] = []
    with mock.patch.object(
        pd.util, "hash_pandas_object", side_effect=pd.util.hash_pandas_object
    ) as hashing:
        check_night(tables=register_tables(), as_of=AS_OF, suite=suite())
        hashed = [call.args[0].shape[1] for call in hashing.call_args_list]
    asked = {check.table for check in suite().on_registers if check.number is None}
    # One more for the numbers.
    assert len(hashed) == len(asked) + 1
