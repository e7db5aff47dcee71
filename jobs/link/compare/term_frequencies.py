"""Term frequencies: agreement on a rare value is stronger evidence.

Names are counted within a nationality, because a name that is rare in the register can be common
among people from one country.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jobs.link.compare.comparison_levels import WITHIN_NATIONALITY
from jobs.link.standardise.distinct import Codes, encoded, in_one_dictionary

SMOOTHING: Final = 30.0
"""A name's frequency within a nationality is mixed with its frequency overall as if this many
people of the nationality had been seen before: a nationality of ten says little of its names."""
RAREST: Final = 17.0
"""No value counts as rarer than 2 to the -17th, about once in 130,000: below that it is noise."""
Flags = npt.NDArray[np.bool_]


def term_frequency_bits(left: pa.Table, right: pa.Table, column: str) -> tuple[pa.Array, pa.Array]:
    """How rare the value of a column is in each row of both sides, in bits: ``-log2(frequency)``.

    Frequencies are those among both sides' own rows, for names within a nationality. They are
    rounded to half a bit, so that one more record changes the weights of few others. Missing where
    there is no value, where no own row has it, and in turned rows.
    """
    value = np.concatenate(in_one_dictionary(encoded(left[column]), encoded(right[column]))[:2])
    group = np.zeros(len(value), dtype=np.int64)
    if column in WITHIN_NATIONALITY:
        sides = (encoded(left["nationality"]), encoded(right["nationality"]))
        group = np.concatenate(in_one_dictionary(*sides)[:2]) + 1
    own, turned = (
        np.concatenate([_is(left, variant), _is(right, variant)]) for variant in ("own", "turned")
    )
    cells, bits = _bits_of_cells(value[own], group[own])
    cell = _cell(value, group)
    place = np.searchsorted(cells, cell)
    known = (np.append(cells, -1)[place] == cell) & (value >= 0) & ~turned
    found = pa.array(np.append(bits, 0.0)[place], mask=~known)
    return found.slice(0, len(left)), found.slice(len(left))


def _is(rows: pa.Table, variant: str) -> Flags:
    variants = encoded(rows["variant"])
    is_one = np.array([name == variant for name in variants.dictionary.to_pylist()], dtype=bool)
    found: Flags = is_one[variants.indices.to_numpy()]
    return found


def _cell(value: Codes, group: Codes) -> Codes:
    """One number for a value in a group."""
    return group * np.int64(2**32) + value


def _bits_of_cells(value: Codes, group: Codes) -> tuple[Codes, npt.NDArray[np.float64]]:
    """The values counted in each group as sorted `_cell` numbers, and how rare each is there."""
    has_value = value >= 0
    value, group = value[has_value], group[has_value]
    cells, counts = np.unique(_cell(value, group), return_counts=True)
    of_group, of_value = np.divmod(cells, np.int64(2**32))
    overall = np.bincount(value, minlength=1) / max(len(value), 1)
    share, size = overall[of_value], np.bincount(group, minlength=1)[of_group]
    within = (counts + SMOOTHING * share) / (size + SMOOTHING)
    bits = -2 * np.log2(np.where(of_group == 0, share, within))
    return cells, np.minimum(np.floor(bits + 0.5) / 2, RAREST)
