"""From arrays to the declared frames of results."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pandas as pd
import pyarrow as pa

from jobs.assess.columns import Flags, Whole
from jobs.contract.schema import Table


@contextmanager
def one_heap() -> Iterator[None]:
    """Let Arrow take memory from where numpy gives it back: two heaps hold what one would share."""
    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)


def coded(numbers: Whole, names: Sequence[str]) -> pa.Array:
    """The name at each position, empty where it is -1."""
    return taken(pa.array(list(names), pa.string()), numbers)


def taken(values: Any, rows: Whole) -> pa.Array:
    """The values at these positions, empty where the position is -1."""
    found = values.take(pa.array(rows, mask=rows < 0))
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def whole_numbers(values: Whole, known: Flags) -> pa.Array:
    """Whole numbers, empty where not known."""
    return pa.array(values, pa.int64(), mask=~known)


def frame_of(table: Table, columns: Mapping[str, Any]) -> pd.DataFrame:
    """A frame of the declared table from arrays, one for each of its columns."""
    arrays = [
        pa.chunked_array([_arrow(columns[f.name], f.kind.arrow)], f.kind.arrow)
        for f in table.fields
    ]
    return table.frame(pa.Table.from_arrays(arrays, schema=table.arrow_schema))


def _arrow(values: Any, kind: pa.DataType) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        return values.combine_chunks()
    if isinstance(values, pa.Array):
        return values
    return pa.array(values, kind, from_pandas=True)
