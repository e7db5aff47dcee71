"""Whose identifiers are which: for each person a list, because one may have several of a system."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.link.standardise import identifiers
from jobs.link.standardise.distinct import Codes, codes_of, distinct_numbers, encoded, lists_of

COMMON_IDENTIFIER: Final = 5
"""An identifier that more persons of one side share than this is a filler, not a number."""

Numbers = Mapping[str, pa.Table]
"""For each identifier system a table of ``id``, a person's key, and ``value``."""

_CANONICAL: Final = {
    "pnc": identifiers.pnc,
    "cro": identifiers.cro,
    "noms": identifiers.noms,
    "ho": identifiers.home_office,
}


def number_lists(numbers: Numbers, keys: pa.Array) -> dict[str, pa.ListArray]:
    """The valid identifiers of persons, by column: ``id_<system>``, lists in ascending order.

    Fillers are left out: values that more than `COMMON_IDENTIFIER` persons share. A prison number
    is its register's own key, and never one.

    Args:
        numbers: as recorded; rows of nobody in ``keys`` only help to tell a filler.
        keys: of the persons, each once.
    """
    found = {}
    for system, table in sorted(numbers.items()):
        form = _CANONICAL.get(system, identifiers.plain)
        ids = encoded(table["id"])
        values = encoded(form(_text(table["value"])))
        owner, value = _entries(codes_of(ids), codes_of(values), len(values.dictionary))
        is_kept = np.ones(len(owner), dtype=bool)
        if system != "noms":
            is_kept = np.bincount(value, minlength=1)[value] <= COMMON_IDENTIFIER
        place = pc.index_in(ids.dictionary, value_set=keys).fill_null(-1).to_numpy()[owner]
        is_kept &= place >= 0
        place, value = place[is_kept].astype(np.int64), value[is_kept]
        found[f"id_{system}"] = _lists(place, value, values.dictionary, len(keys))
        if system == "ho":
            files = encoded(identifiers.home_office_file(values.dictionary))
            of_file = codes_of(files)[value]
            found["id_ho_file"] = _lists(place, of_file, files.dictionary, len(keys))
    return found


def _text(values: pa.ChunkedArray) -> pa.Array:
    return pc.cast(values.combine_chunks(), pa.string())


def _entries(owner: Codes, value: Codes, count: int) -> tuple[Codes, Codes]:
    """Each owner and value once, in order; ``count`` is above every value."""
    is_known = (owner >= 0) & (value >= 0)
    each = distinct_numbers(owner[is_known] * count + value[is_known])
    return each // max(count, 1), each % max(count, 1)


def _lists(place: Codes, value: Codes, dictionary: pa.Array, count: int) -> pa.ListArray:
    """For each of so many persons the distinct values in ascending order, or missing."""
    place, value = _entries(place, value, len(dictionary))
    counts = np.bincount(place, minlength=count)
    several = np.flatnonzero(counts[place] > 1)
    rivals = pa.table({"place": place[several], "value": dictionary.take(pa.array(value[several]))})
    order = pc.sort_indices(rivals, [("place", "ascending"), ("value", "ascending")])
    value[several] = value[several][order.to_numpy()]
    return lists_of(counts, dictionary.take(pa.array(value)))
