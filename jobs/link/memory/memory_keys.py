"""Who bears which blocking key: what the memory of linkage holds of keys, and who meets whom anew.

The keys of the run that scored everybody lie in files beside the memory's database, sorted and
never written again; what came since is in the tables ``more_l`` and ``more_r``, what went in
``dead_l`` and ``dead_r`` (``rule``, ``key``, ``row``). How many keys of a rule form how many pairs
is in ``levels`` (``rule``, ``pairs``, ``keys``), the cuts of `keys.cut` are in ``cut`` (``rule``,
``most``).
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from jobs.link.block.blocking import RuleUse, use_of
from jobs.link.block.blocking_keys import (
    Borne,
    Counts,
    Keys,
    Rows,
    Shared,
    cut,
    distinct,
    keys_query,
)
from jobs.link.block.blocking_rules import Rule

Told = TypeVar("Told")

SIDES: Final = ("l", "r")
OTHER: Final = {"l": "r", "r": "l"}
KINDS: Final[Mapping[str, Any]] = {
    "key_l": np.uint64, "row_l": np.int32, "key_r": np.uint64, "row_r": np.int32,
    "shared": np.uint64, "n_l": np.int32, "n_r": np.int32,
}  # fmt: skip
"""The files: keys and rows of each side, and the keys of both with how many rows bear them."""


class DamagedError(Exception):
    """A file of the memory is not what the database says."""


def _file(folder: Path, kind: str) -> Path:
    return folder / f"{kind}.bin"


def write_base(folder: Path, shared: Shared) -> dict[str, int]:
    """Append a rule's keys to the files; tells how many entries each has got."""
    found: dict[str, Any] = {
        "key_l": shared.left.key, "row_l": shared.left.row,
        "key_r": shared.right.key, "row_r": shared.right.row,
        "shared": shared.key, "n_l": shared.n_l, "n_r": shared.n_r,
    }  # fmt: skip
    for kind, values in found.items():
        with _file(folder, kind).open("ab") as file:
            np.ascontiguousarray(values, dtype=KINDS[kind]).tofile(file)
    return {kind: len(values) for kind, values in found.items()}


class Base:
    """The keys of the run that scored everybody.

    Args:
        folder: where the files are.
        entries: of each rule in turn, how many each file has.

    Raises:
        DamagedError: a file is missing, shorter or longer.
    """

    def __init__(self, folder: Path, entries: Sequence[Mapping[str, int]]) -> None:
        self._values: dict[str, Any] = {}
        self._ends: dict[str, Counts] = {}
        for kind, dtype in KINDS.items():
            ends = np.cumsum([0, *(of[kind] for of in entries)])
            path = _file(folder, kind)
            size = path.stat().st_size if path.is_file() else -1
            if size != ends[-1] * np.dtype(dtype).itemsize:
                raise DamagedError(path.name)
            self._ends[kind] = ends
            self._values[kind] = np.memmap(path, dtype, "r") if size else np.empty(0, dtype)

    def __len__(self) -> int:
        return sum(len(self._values[f"key_{side}"]) for side in SIDES)

    def borne(self, rule: int, side: str) -> Borne:
        """The keys of a side under a rule."""
        return Borne(key=self._of(f"key_{side}", rule), row=self._of(f"row_{side}", rule))

    def between(self, rule: int, low: int, high: int) -> Keys:
        """The keys that formed more than ``low`` pairs, and at most ``high``."""
        pairs = self._of("n_l", rule).astype(np.int64) * self._of("n_r", rule)
        found: Keys = self._of("shared", rule)[(pairs > low) & (pairs <= high)]
        return found

    def _of(self, kind: str, rule: int) -> Any:
        begin, end = self._ends[kind][rule : rule + 2]
        return self._values[kind][begin:end]


@dataclass(frozen=True, kw_only=True)
class Now:
    """The keys of one side under a rule, as they are tonight: the base, what came, what went."""

    base: Borne
    more: Borne
    dead: Borne
    is_gone: Any

    def counts(self, keys: Keys) -> Counts:
        """How many rows bear each of some keys."""
        found: Counts = self.base.counts(keys) + self.more.counts(keys) - self.dead.counts(keys)
        return found

    def bearers(self, keys: Keys) -> tuple[Counts, Rows]:
        """See `Borne.bearers`."""
        found = [of.bearers(keys) for of in (self.base, self.more)]
        place, row = (np.concatenate(parts) for parts in zip(*found, strict=True))
        alive = ~self.is_gone[row]
        return place[alive], row[alive]


class ByRule:
    """Entries of a table (``rule``, ``key``, ``row``), sorted, rule by rule."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, query: str) -> None:
        found = connection.sql(
            f"SELECT rule::UTINYINT AS rule, key, row::INTEGER AS row FROM ({query})"
        ).to_arrow_table()
        rule, key, row = (
            np.asarray(found[name].combine_chunks()) for name in ("rule", "key", "row")
        )
        order = np.lexsort((key, rule))
        self._rule, self._key, self._row = rule[order], key[order], row[order]

    def of(self, rule: int) -> Borne:
        """The entries of a rule."""
        begin, end = np.searchsorted(self._rule, [rule, rule + 1])
        return Borne(key=self._key[begin:end], row=self._row[begin:end])


def all_keys(rules: Sequence[Rule], rows: str) -> str:
    """The keys of rows under every rule, as a query: ``rule``, ``key`` and ``row``."""
    return " UNION ALL ".join(
        f"SELECT {place}::UTINYINT AS rule, key, row::INTEGER AS row "
        f"FROM ({keys_query(rule, rows)})"
        for place, rule in enumerate(rules)
    )


@dataclass(frozen=True, kw_only=True)
class Night:
    """Tonight's keys against those of the last run.

    ``old`` and ``new``: for each side the keys of rows that went and came tonight.
    """

    rules: Sequence[Rule]
    now: Callable[[int, str], Now]
    base: Base
    old: Mapping[str, ByRule]
    new: Mapping[str, ByRule]

    def recount(
        self, levels: pd.DataFrame, cuts: Sequence[int], budget: int
    ) -> tuple[pd.DataFrame, list[int], list[RuleUse], Rows]:
        """Count keys anew where rows came or went.

        Args:
            levels: ``rule``, ``pairs`` and ``keys`` of the last run.
            cuts: for each rule the cut of the last run.
            budget: tonight's, of each rule.

        Returns:
            Tonight's levels and cuts, what each rule did, and the left rows that bear a key that
            flipped: its rule left it out and does so no more, or the other way round.
        """

        def of(place: int) -> tuple[pd.DataFrame, int, RuleUse, Rows]:
            known = levels[levels["rule"] == place]
            return self._recounted(place, known, cuts[place], budget)

        found, most, uses, flipped = zip(*self._each(of), strict=True)
        return pd.concat(found), list(most), list(uses), distinct(np.concatenate(flipped))

    def _each(self, tell: Callable[[int], Told]) -> list[Told]:
        """What can be told of each rule, side by side."""
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            return list(pool.map(tell, range(len(self.rules))))

    def _recounted(
        self, place: int, levels: pd.DataFrame, last: int, budget: int
    ) -> tuple[pd.DataFrame, int, RuleUse, Rows]:
        """See `recount`, for one rule; ``last`` is its last cut."""
        moved = distinct(np.concatenate([
            of[side].of(place).key for of in (self.old, self.new) for side in SIDES
        ]))  # fmt: skip
        sides = {side: self.now(place, side) for side in SIDES}
        now = {side: sides[side].counts(moved) for side in SIDES}
        was = {
            side: now[side]
            - self.new[side].of(place).counts(moved)
            + self.old[side].of(place).counts(moved)
            for side in SIDES
        }
        after, before = now["l"] * now["r"], was["l"] * was["r"]
        of = _shifted(levels, before, after)
        pairs, keys = of["pairs"].to_numpy(), of["keys"].to_numpy()
        most = cut(pairs, budget, keys)
        is_flipped = (before <= last) != (after <= most)
        flips = moved[is_flipped & (before > 0) & (after > 0)]
        if most != last:
            unmoved = self._between(place, sides, sorted((most, last)), moved)
            flips = np.concatenate([flips, unmoved])
        use = use_of(self.rules[place], pairs, most, keys)
        return of.assign(rule=place), most, use, sides["l"].bearers(flips)[1]

    def _between(
        self, place: int, sides: Mapping[str, Now], ends: Sequence[int], moved: Keys
    ) -> Keys:
        """The keys that did not move tonight and lie between two cuts."""
        since = distinct(np.concatenate([
            of.key for side in SIDES for of in (sides[side].more, sides[side].dead)
        ]))  # fmt: skip
        of_base = self.base.between(place, *ends)
        unmoved = np.setdiff1d(since, moved, assume_unique=True)
        pairs = sides["l"].counts(unmoved) * sides["r"].counts(unmoved)
        return np.concatenate([
            np.setdiff1d(of_base, since, assume_unique=True),
            unmoved[(pairs > ends[0]) & (pairs <= ends[1])],
        ])  # fmt: skip

    def candidates(self, fresh: Mapping[str, ByRule], cuts: Sequence[int]) -> pa.Table:
        """The pairs of rows (``row_l``, ``row_r``) that share a key, one of them being fresh.

        Args:
            fresh: for each side the keys of its fresh rows.
            cuts: tonight's, for each rule.
        """

        def formed(place: int) -> npt.NDArray[np.int64]:
            sides, pairs = {side: self.now(place, side) for side in SIDES}, []
            for side in SIDES:
                of = fresh[side].of(place)
                many = sides["l"].counts(of.key) * sides["r"].counts(of.key)
                is_open = (many > 0) & (many <= cuts[place])
                at, others = sides[OTHER[side]].bearers(of.key[is_open])
                own = of.row[is_open][at]
                left, right = (own, others) if side == "l" else (others, own)
                pairs.append(left.astype(np.int64) << 32 | right)
            return np.concatenate(pairs)

        both = distinct(np.concatenate(self._each(formed)))
        return pa.table(
            {"row_l": (both >> 32).astype(np.int32), "row_r": (both & 0xFFFFFFFF).astype(np.int32)}
        )


def _shifted(levels: pd.DataFrame, before: Counts, after: Counts) -> pd.DataFrame:
    """How many keys form how many pairs, where some formed so many before and do now."""
    parts = [(levels["pairs"].to_numpy(), levels["keys"].to_numpy())]
    parts += [(pairs[pairs > 0], np.full(np.count_nonzero(pairs), by))
              for pairs, by in ((before, -1), (after, 1))]  # fmt: skip
    pairs, keys = (np.concatenate(each) for each in zip(*parts, strict=True))
    level, place = np.unique(pairs, return_inverse=True)
    many = np.bincount(place, weights=keys, minlength=len(level)).astype(np.int64)
    return pd.DataFrame({"pairs": level, "keys": many})[many > 0]
