"""One identity for all records of one person, with an id that lasts.

Identities are what linked pairs join together. An identity keeps the id that its members had on
the night before:

- *merge*: of several earlier ids the lowest stays;
- *split*: the part with most of the earlier members keeps the id; of equal parts the one whose
  earlier member comes first by key, prison before immigration; the others get new ids;
- *new*: ``ID`` and 12 hex digits of the digest of the first member's key, or of the key and a
  number where an earlier identity already bears that id.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from typing import Final

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from jobs.contract.results import IDENTITIES
from jobs.runtime.files import text_digest

DIGITS: Final = 12


def identities(
    *, prison: pd.Index, immigration: pd.Index, linked: pd.DataFrame, previous: pd.DataFrame
) -> pd.DataFrame:
    """Give every person of both registers an identity.

    Args:
        prison: prisoner numbers, ascending.
        immigration: immigration persons, ascending.
        linked: pairs ``prisoner_number``, ``cid_person_id`` that are one person.
        previous: last night's identities, or an empty frame.

    Returns:
        The columns of ``nightly.identities``, sorted by register and person.
    """
    members = pd.DataFrame(
        {
            "register": ["prison"] * len(prison) + ["immigration"] * len(immigration),
            "person_id": [*prison, *immigration],
        }
    )
    members["part"] = _parts(
        count=len(members),
        one=prison.get_indexer(pd.Index(linked["prisoner_number"])),
        other=len(prison) + immigration.get_indexer(pd.Index(linked["cid_person_id"])),
    )
    kept = _kept(members, previous)
    missing = np.setdiff1d(members["part"].unique(), kept.index.to_numpy())
    taken = set(previous["identity_id"])
    firsts = members.loc[missing]
    fresh = pd.Series(_fresh(firsts[["register", "person_id"]], taken), index=missing, dtype="str")
    members["identity_id"] = members["part"].map(pd.concat([kept, fresh]))
    result = members[IDENTITIES.columns].sort_values(["register", "person_id"])
    return result.astype("str").reset_index(drop=True)


def _parts(
    *, count: int, one: npt.NDArray[np.int64], other: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """For each member the first member that links lead to."""
    first = np.arange(count)
    while True:
        lowest = first.copy()
        np.minimum.at(lowest, one, first[other])
        np.minimum.at(lowest, other, first[one])
        lowest = lowest[lowest]
        if np.array_equal(lowest, first):
            return first
        first = lowest


def _kept(members: pd.DataFrame, previous: pd.DataFrame) -> "pd.Series[str]":
    """For each part that keeps an earlier id, that id."""
    claims = members.assign(place=range(len(members))).merge(previous, on=["register", "person_id"])
    claims = claims.groupby(["identity_id", "part"], as_index=False).agg(
        size=("place", "size"), first=("place", "min")
    )
    order = ["identity_id", "size", "first"]
    claims = claims.sort_values(order, ascending=[True, False, True], kind="stable")
    kept = claims.drop_duplicates("identity_id")
    lowest = kept.drop_duplicates("part")
    return lowest.set_index("part")["identity_id"].astype("str")


def _fresh(firsts: pd.DataFrame, taken: set[str]) -> list[str]:
    """Ids for the first members of new identities, in their order; none is among the ``taken``."""
    found = new_ids(firsts)
    if len(taken.union(found)) == len(taken) + len(found):
        return found
    return _one_by_one(firsts, taken)


def new_ids(firsts: pd.DataFrame) -> list[str]:
    """What `new_id` gives for each row's ``register`` and ``person_id``, worked out in DuckDB."""
    parts = " || ".join(
        f"unhex(format('{{:016x}}', octet_length(encode({name})))) || encode({name})"
        for name in ("register", "person_id")
    )
    given = pa.table({name: pa.array(firsts[name], pa.string()) for name in firsts.columns})
    with duckdb.connect() as connection:
        connection.register("given", given)
        ids = connection.sql(f"SELECT 'ID' || left(sha256({parts}), {DIGITS}) AS id FROM given")
        found: list[str] = ids.to_arrow_table()["id"].to_pylist()
    return found


def _one_by_one(firsts: pd.DataFrame, taken: set[str]) -> list[str]:
    fresh = []
    keys = zip(firsts["register"], firsts["person_id"], strict=True)
    for register, person in keys:
        again = 0
        found = new_id(register, person)
        while found in taken:
            again += 1
            found = new_id(register, person, str(again))
        taken.add(found)
        fresh.append(found)
    return fresh


def new_id(*key: str) -> str:
    """The id of a new identity whose first member has this key."""
    return f"ID{text_digest(*key)[:DIGITS]}"
