"""Columns as codes into their distinct values, so that each value is worked out once.

Registers repeat themselves: a million people share some ten thousand given names. A column is an
Arrow dictionary array, and what changes its values changes the dictionary alone.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

Codes = npt.NDArray[np.int64]


def encoded(values: "pa.ChunkedArray | pa.Array | pd.Series[Any]") -> pa.DictionaryArray:
    """A column of any type as one dictionary array; what is missing has no code."""
    if isinstance(values, pd.Series):
        values = pa.array(values, from_pandas=True)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return values if isinstance(values, pa.DictionaryArray) else values.dictionary_encode()


def by_distinct(
    values: pa.DictionaryArray, change: Callable[[str], str | None]
) -> pa.DictionaryArray:
    """Each value changed, or missing: every distinct one is worked out once."""
    changed = pa.array([change(value) for value in values.dictionary.to_pylist()], pa.string())
    return recoded(values, changed)


def recoded(values: pa.DictionaryArray, changed: pa.Array) -> pa.DictionaryArray:
    """A column whose distinct values are others: ``changed`` in the order of the dictionary."""
    of_changed = changed.dictionary_encode()
    indices = of_changed.indices.take(values.indices)
    return pa.DictionaryArray.from_arrays(indices, of_changed.dictionary)


def codes_of(values: pa.DictionaryArray) -> Codes:
    """The codes of a column as numbers; -1 where a value is missing."""
    codes: Codes = values.indices.fill_null(-1).to_numpy().astype(np.int64)
    return codes


def of_codes(codes: Codes, dictionary: pa.Array) -> pa.DictionaryArray:
    """The column of some codes; -1 stands for what is missing."""
    indices = pa.array(codes.astype(np.int32), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, dictionary)


def in_one_dictionary(
    one: pa.DictionaryArray, other: pa.DictionaryArray
) -> tuple[Codes, Codes, pa.Array]:
    """The codes of two columns in a dictionary of both, and that dictionary."""
    both = pa.concat_arrays([one.dictionary, other.dictionary]).dictionary_encode()
    place = np.append(codes_of(both), -1)
    count = len(one.dictionary)
    first, second = codes_of(one), codes_of(other)
    return place[first], place[np.where(second < 0, -1, second + count)], both.dictionary


def distinct_numbers(values: Codes) -> Codes:
    """Each number once, sorted; quicker than `numpy.unique`, which hashes."""
    ordered = np.sort(values)
    is_first = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    return ordered[is_first]


def lists_of(counts: Codes, values: pa.Array) -> pa.ListArray:
    """Lists of so many of the values each, one after the other; missing where they are empty."""
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values, mask=pa.array(counts == 0))
