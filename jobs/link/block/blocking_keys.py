"""The keys that rows bear under the blocking rules, as sorted numbers.

A key is the hash of what its rule looks at. Sorted, the keys of a side tell by two binary searches
how many rows bear one and which these are, and the keys of two sides are met in one pass.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt

from jobs.link.block.blocking_rules import BlockingRule

Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]

NO_CUT: Final = 2**62
"""The cut of a rule that leaves nothing out: more pairs than a key can form."""


@dataclass(frozen=True, kw_only=True)
class Borne:
    """The keys of a side's rows under a rule, sorted: ``row`` bears ``key``, entry by entry."""

    key: Keys
    row: Rows

    def bearers(self, keys: Keys) -> tuple[Counts, Rows]:
        """The rows that bear some keys: the places of the keys among those asked for, and rows."""
        begin, end = self._ranges(keys)
        place, within = spread(end - begin)
        return place, self.row[begin[place] + within]

    def runs(self) -> tuple[Counts, Counts]:
        """Where the entries of each key begin, and how many they are."""
        is_first = np.ones(len(self.key), dtype=bool)
        np.not_equal(self.key[1:], self.key[:-1], out=is_first[1:])
        begin = np.flatnonzero(is_first)
        return begin, np.diff(begin, append=len(self.key))

    def _ranges(self, keys: Keys) -> tuple[Counts, Counts]:
        return (
            np.searchsorted(self.key, keys, side="left"),
            np.searchsorted(self.key, keys, side="right"),
        )


def spread(counts: Counts) -> tuple[Counts, Counts]:
    """Each place as often as its count says, and the number of each among those of its place."""
    place = np.repeat(np.arange(len(counts)), counts)
    return place, np.arange(len(place)) - (np.cumsum(counts) - counts)[place]


@dataclass(frozen=True, kw_only=True)
class Shared:
    """The keys that both sides bear under a rule, and how many rows of each bear them."""

    left: Borne
    right: Borne
    key: Keys
    begin_l: Counts
    begin_r: Counts
    n_l: Counts
    n_r: Counts

    @cached_property
    def pairs(self) -> Counts:
        """How many pairs of rows each key forms."""
        return self.n_l * self.n_r

    def up_to(self, most: int) -> "Forming":
        """The pairs of keys that form at most so many each."""
        kept = np.flatnonzero(self.pairs <= most)
        return Forming(shared=self, kept=kept, ends=np.cumsum(self.pairs[kept]))


@dataclass(frozen=True, kw_only=True)
class Forming:
    """The pairs of some shared keys, numbered through, to be formed piece by piece."""

    shared: Shared
    kept: Counts
    ends: Counts

    def __len__(self) -> int:
        return int(self.ends[-1]) if len(self.ends) else 0

    def rows(self, begin: int, end: int) -> tuple[Rows, Rows]:
        """The rows of both sides of the pairs numbered from ``begin`` to before ``end``."""
        of = self.shared
        first, last = np.searchsorted(self.ends, [begin, end - 1], side="right")
        ends = self.ends[first : last + 1]
        sizes = np.minimum(ends, end) - np.maximum(np.append(begin, ends[:-1]), begin)
        place = np.repeat(self.kept[first : last + 1], sizes)
        starts = np.repeat(ends - of.pairs[self.kept[first : last + 1]], sizes)
        within = (np.arange(begin, end) - starts).astype(np.int32)
        one, other = np.divmod(within, of.n_r[place].astype(np.int32))
        return of.left.row[of.begin_l[place] + one], of.right.row[of.begin_r[place] + other]


def borne(
    connection: duckdb.DuckDBPyConnection, rule: BlockingRule, rows: str, several: str | None = None
) -> Borne:
    """The keys of rows under a rule; see `keys_query`."""
    query = f"SELECT row::INTEGER AS row, key FROM ({keys_query(rule, rows, several)})"
    found = connection.sql(query).to_arrow_table()
    key, row = (np.asarray(found[name].combine_chunks()) for name in ("key", "row"))
    order = np.argsort(key)
    return Borne(key=key[order], row=row[order])


def meet(left: Borne, right: Borne) -> Shared:
    """The keys that both sides bear."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        (begin_l, n_l), (begin_r, n_r) = pool.map(Borne.runs, (left, right))
    one, other = left.key[begin_l], right.key[begin_r]
    key, at_l, at_r = np.intersect1d(one, other, assume_unique=True, return_indices=True)
    return Shared(
        left=left, right=right, key=key,
        begin_l=begin_l[at_l], begin_r=begin_r[at_r], n_l=n_l[at_l], n_r=n_r[at_r],
    )  # fmt: skip


def cut(pairs: Counts, budget: int, keys: Any = 1) -> int:
    """The most pairs that a key may form if all keys up to there are to fit in a budget.

    Keys that form equally many pairs stay or go together.

    Args:
        pairs: how many pairs keys form.
        budget: the pairs of all keys that stay.
        keys: how many keys form so many; one each if absent.

    Returns:
        `NO_CUT` if nothing has to go.
    """
    order = np.argsort(pairs)
    levels = pairs[order]
    so_far = np.cumsum(levels * np.broadcast_to(keys, pairs.shape)[order])
    over = np.flatnonzero(so_far > budget)
    return int(levels[over[0]]) - 1 if len(over) else NO_CUT


def keys_query(rule: BlockingRule, rows: str, several: str | None = None) -> str:
    """The keys of rows under a rule, as a query: ``row`` and ``key``.

    A person's own and alias rows bear the keys of all of them; a turned row its own.

    Args:
        rule: the rule.
        rows: a table like ``rows_l``, or a query of one in brackets.
        several: those of them that do not stand alone, where they have been put aside.
    """
    several = several or f"(FROM {rows} WHERE NOT is_alone)"
    return f"""
        SELECT {"DISTINCT " if rule.is_list else ""}row, key
        FROM ({borne_query(rule, rows)}) WHERE is_alone
        UNION ALL
        SELECT row, key
        FROM (SELECT DISTINCT person, key FROM ({borne_query(rule, several)}))
        JOIN (SELECT person, row FROM {several}) USING (person)
        """


def borne_query(rule: BlockingRule, rows: str) -> str:
    """The keys that a row has itself: ``row``, ``person``, ``is_alone`` and ``key``, a hash.

    A row has one if it has a value in every column that the rule needs.
    """
    conditions = [f"{name} IS NOT NULL" for name in rule.needs]
    if not rule.of_names:
        conditions.append("variant <> 'turned'")
    listed = f"FROM {rows} WHERE {' AND '.join(conditions)}"
    if rule.is_list:
        beside = [f"{field} AS field_{place}" for place, field in enumerate(rule.key[1:])]
        fields = ", ".join(["entry", *(f"field_{place}" for place in range(len(beside)))])
        entries = ", ".join([f"unnest({rule.key[0]}) AS entry", *beside])
        return (
            f"SELECT row, person, is_alone, hash({fields}) AS key FROM "
            f"(SELECT row, person, is_alone, {entries} {listed}) WHERE entry IS NOT NULL"
        )
    return f"SELECT row, person, is_alone, hash({', '.join(rule.key)}) AS key {listed}"
