"""From plain arrays to the contract's Arrow tables."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jobs.contract.schema import Table
from jobs.synthetic.base.random_draws import Flags, Ints


def texts(values: npt.ArrayLike | pd.Series, *, where: Flags | None = None) -> pa.Array:
    """Arrow texts; empty for ``""`` and outside ``where``."""
    given = values if isinstance(values, pd.Series) else np.asarray(values, dtype=object)
    array = pa.array(given).cast(pa.string())
    kept = pc.not_equal(array, "")
    if where is not None:
        kept = pc.and_(kept, pa.array(where))
    return pc.if_else(kept, array, pa.scalar(None, pa.string()))


def coded(
    codes: tuple[str, ...], position: npt.ArrayLike, *, where: Flags | None = None
) -> pa.Array:
    """Arrow texts from positions in a code list; empty for -1 and outside ``where``."""
    at = np.asarray(position, dtype=np.int64)
    missing = at < 0 if where is None else (at < 0) | ~where
    return pa.array(codes, type=pa.string()).take(pa.array(at, mask=missing))


def wholes(values: npt.ArrayLike, *, where: Flags | None = None) -> pa.Array:
    """Arrow whole numbers; empty outside ``where``."""
    array = np.asarray(values, dtype=np.int64)
    return pa.array(array, mask=None if where is None else ~where)


def table(declared: Table, columns: Mapping[str, Any]) -> pa.Table:
    """An Arrow table of the contract, sorted by its key; columns not given are empty."""
    size = len(next(iter(columns.values())))
    arrays = [
        pa.array(columns[field.name], type=field.kind.arrow)
        if field.name in columns
        else pa.nulls(size, field.kind.arrow)
        for field in declared.fields
    ]
    unknown = set(columns) - set(declared.columns)
    if unknown:
        raise ValueError(f"[{declared.full_name}] has no columns {sorted(unknown)}")
    built = pa.Table.from_arrays(arrays, schema=declared.arrow_schema)
    if _is_sorted(built, declared.key):
        return built
    return built.sort_by([(key, "ascending") for key in declared.key])


def _is_sorted(built: pa.Table, key: Sequence[str]) -> bool:
    """Whether the rows stand in order of a key already: looking is cheaper than sorting."""
    follows = pa.scalar(True)
    for name in reversed(key):
        column = built.column(name)
        one, two = column.slice(0, max(len(column) - 1, 0)), column.slice(1)
        follows = pc.or_(pc.less(one, two), pc.and_(pc.equal(one, two), follows))
    return pc.all(follows, min_count=0, skip_nulls=False).as_py() is True


def positions(keys: Ints) -> Ints:
    """Number of each row among the rows of the same key, from 1, in the order given."""
    order = np.argsort(keys, kind="stable")
    ranked = keys[order]
    start = np.r_[True, ranked[1:] != ranked[:-1]] if len(ranked) else np.empty(0, dtype=bool)
    first = np.maximum.accumulate(np.where(start, np.arange(len(ranked)), 0))
    found = np.empty(len(keys), dtype=np.int64)
    found[order] = np.arange(len(ranked)) - first + 1
    return found


def latest(keys: Ints, values: Ints, size: int, *, missing: int) -> Ints:
    """The largest value of each key from 0 to ``size`` - 1; ``missing`` where a key has none."""
    found = np.full(size, missing, dtype=np.int64)
    np.maximum.at(found, keys, values)
    return found
