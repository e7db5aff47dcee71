"""Who is another than on the last run: fingerprints of what the registers hold of each person."""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from collections.abc import Mapping
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.link.standardise.persons import IMMIGRATION, PRISON

REGISTERS: Final = {"l": PRISON, "r": IMMIGRATION}
LINKED: Final = (
    "first_name", "middle_names", "last_name", "date_of_birth", "gender", "nationality",
    "second_nationality", "birth_place", "postcode", "suburb", "region", "address",
    "street_number", "pnc_number", "cro_number", "noms_number", "ho_reference",
)  # fmt: skip
"""Columns of a person that linkage reads."""

Tables = Mapping[str, pa.Table]


def fingerprint(connection: duckdb.DuckDBPyConnection, side: str, tables: Tables) -> None:
    """Make the table ``now_<side>``: ``key``, ``print`` and ``place`` of each person of a register.

    ``place`` is that among the sorted keys.
    """
    register = REGISTERS[side]
    joins, prints = [], []
    for number, name in enumerate(register.tables):
        given = tables[name]
        if number == 0:
            given = given.append_column("place", _places(given[register.key]))
        connection.register(f"given_{number}", given)
        columns = [n for n in tables[name].column_names if number or n in LINKED]
        printed = f"hash({', '.join(columns)})"
        if number == 0:
            own = f"SELECT {register.key} AS key, place, {printed} AS print FROM given_0"
        else:
            prints.append(f"coalesce(of_{number}.print, 0)")
            joins.append(
                f"LEFT JOIN (SELECT {register.key} AS key, sum({printed}) AS print "
                f"FROM given_{number} GROUP BY ALL) of_{number} ON of_{number}.key = own.key"
            )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE now_{side} AS "
        f"SELECT own.key, place, hash({', '.join(['own.print', *prints])}) AS print "
        f"FROM ({own}) own {' '.join(joins)}"
    )
    for number in range(len(register.tables)):
        connection.unregister(f"given_{number}")


def is_sorted(keys: pa.Array | pa.ChunkedArray) -> bool:
    """Whether keys are in order, each once."""
    return bool(pc.all(pc.less(keys[:-1], keys[1:]), min_count=0).as_py())


def _places(keys: pa.ChunkedArray) -> pa.Array:
    """The place of each key among the sorted keys; a landing is sorted, and is not sorted again."""
    whole = keys.combine_chunks()
    places = np.arange(len(whole), dtype=np.int32)
    if not is_sorted(whole):
        places[pc.sort_indices(whole).to_numpy()] = places.copy()
    return pa.array(places)


def meet_again(connection: duckdb.DuckDBPyConnection, side: str) -> tuple[int, int]:
    """Make the table ``met_<side>`` of everybody who is in ``now_<side>`` or in the memory.

    Its columns: ``person`` of the memory and ``place``, each missing where there is none, and
    ``key`` of those only who came, changed or went.

    Returns:
        How many persons came or changed, and of how many.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE met_{side} AS
        SELECT person, place,
               CASE WHEN now.print IS DISTINCT FROM known.print
                    THEN coalesce(now.key, known.key) END AS key
        FROM now_{side} now FULL JOIN kept.people_{side} known ON now.key = known.key
        """
    )
    changed, everybody = connection.execute(
        f"SELECT count(key), count(*) FROM met_{side} WHERE place IS NOT NULL"
    ).fetchall()[0]
    return int(changed), int(everybody)
