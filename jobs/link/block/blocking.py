"""Which pairs are worth comparing.

Each rule gives a row some keys; rows of both sides that share a key are a pair. No rule can
explode: its keys are taken from the most telling (fewest pairs) on, until the rule's budget of
pairs is spent, and what was left out is counted; keys that are equally telling are taken or left
together. The people of a key that is too common are met by narrower ones, the rule's key with one
more field, under the same terms. So a million identical names cost a line in the log, not a night;
pairs left out under one rule are still found under the others.

Pairs are of persons: a person's own and alias rows bear the keys of all of them, so a pair that any
of two persons' rows form is compared in all of these. The turned rows (see `persons`) form pairs by
names and identifiers alone and stand for themselves.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

import logging
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa

from jobs.link.block.blocking_keys import Counts, Rows, Shared, borne, cut, meet
from jobs.link.block.blocking_rules import BlockingRule
from jobs.link.compare.weight_bounds import WeightBounds

log = logging.getLogger(__name__)

PAIRS_PER_PERSON: Final = 4
"""Budget of one rule, in pairs for each person of both sides. Rules with a date of birth and a
name use a tenth of it; a rule without one spends it on rare names, where names alone tell."""
SMALLEST_BUDGET: Final = 200_000
"""Small files are compared more widely: this many pairs for each rule take a second."""
AT_ONCE: Final = 16_000
"""Pairs formed and bounded together: their numbers stay in the processor's own memory."""
PAIR: Final = ("row_l", "row_r")
NO_PAIRS: Final = pa.table({name: pa.array([], pa.int32()) for name in PAIR})


@dataclass(frozen=True, kw_only=True)
class RuleUse:
    """What one rule did: pairs formed and pairs left out for being over budget."""

    rule: str
    pairs: int
    left_out_keys: int
    left_out_pairs: int


def block(
    connection: duckdb.DuckDBPyConnection,
    *,
    rules: Collection[BlockingRule],
    persons: int,
    columns: Collection[str] = (),
    into: str = "pairs",
    only: str | None = None,
    share: float = 1.0,
    bounds: WeightBounds | None = None,
) -> list[RuleUse]:
    """Make table ``into`` (``row_l``, ``row_r``) from the tables ``rows_l`` and ``rows_r``.

    Args:
        connection: holds the rows of both sides.
        rules: which rules to use.
        persons: persons of both sides together, for the budget.
        columns: those by which a key that is too common is narrowed; without any, it is left out.
        into: the table to make.
        only: a table of left persons (``person``); the others are left aside.
        share: of the budget that each rule has.
        bounds: leave out pairs that cannot score enough.

    Returns:
        What each rule did; see `log_blocking`.
    """
    budget = int(budget_for(persons) * share)
    rows = {"l": f"(FROM rows_l SEMI JOIN {only} USING (person))" if only else "rows_l",
            "r": "rows_r"}  # fmt: skip
    connection.execute("CREATE OR REPLACE TEMP TABLE formed (row_l INTEGER, row_r INTEGER)")
    uses: list[RuleUse] = []
    for rule, shared, most in kept_keys(connection, rules=rules, columns=columns, rows=rows,
                                        budget=budget):  # fmt: skip
        uses.append(use_of(rule, shared.pairs, most))
        forming = shared.up_to(most)
        found = filtered(
            forming.rows,
            count=len(forming),
            bounds=bounds,
            is_number_possible=rule.is_number or _left_out_numbers(rules, uses),
        )
        connection.register("given", pa.concat_tables([NO_PAIRS, *found]))
        connection.execute("INSERT INTO formed FROM given")
        connection.unregister("given")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT DISTINCT * FROM formed")
    connection.execute("DROP TABLE formed")
    return uses


def kept_keys(
    connection: duckdb.DuckDBPyConnection,
    *,
    rules: Iterable[BlockingRule],
    columns: Collection[str],
    rows: Mapping[str, str],
    budget: int,
) -> Iterator[tuple[BlockingRule, Shared, int]]:
    """Each rule with the keys that both sides share, and the most pairs that a key may form.

    After a rule that leaves keys out come its narrower ones, for the rows that bear such a key.

    Args:
        connection: holds the rows of both sides.
        rules: which rules to use.
        columns: those by which a key may be narrowed.
        rows: by side, a table like ``rows_l`` or a query of one in brackets.
        budget: pairs of one rule, narrower ones too.
    """
    for side, of in rows.items():
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE several_{side} AS FROM {of} WHERE NOT is_alone"
        )
    for rule in rules:
        sides = {s: borne(connection, rule, of, f"several_{s}") for s, of in rows.items()}
        shared = meet(sides["l"], sides["r"])
        most = cut(shared.pairs, budget)
        yield rule, shared, most
        common = shared.key[shared.pairs > most]
        narrower = rule.narrower(columns) if len(common) else ()
        if not narrower:
            continue
        for side, of_side in sides.items():
            bearing = pa.table({"row": np.unique(of_side.bearers(common)[1])})
            connection.register("given", bearing)
            connection.execute(f"CREATE OR REPLACE TEMP TABLE bearing_{side} AS FROM given")
            connection.unregister("given")
        bearers = {s: f"(FROM {of} SEMI JOIN bearing_{s} USING (row))" for s, of in rows.items()}
        for narrow in narrower:
            left, right = (borne(connection, narrow, of) for of in bearers.values())
            shared = meet(left, right)
            yield narrow, shared, cut(shared.pairs, budget)


def budget_for(persons: int) -> int:
    """The pairs that one rule may form, for so many persons of both sides together."""
    return int(max(SMALLEST_BUDGET, PAIRS_PER_PERSON * persons))


def use_of(rule: BlockingRule, pairs: Counts, most: int, keys: Counts | int = 1) -> RuleUse:
    """What a rule did that keeps keys of at most so many pairs; see `keys.cut`."""
    is_out, keys = pairs > most, np.broadcast_to(keys, pairs.shape)
    return RuleUse(
        rule=rule.name,
        pairs=int((pairs * keys)[~is_out].sum()),
        left_out_keys=int(keys[is_out].sum()),
        left_out_pairs=int((pairs * keys)[is_out].sum()),
    )


def log_blocking(uses: Iterable[RuleUse]) -> None:
    """Log what the rules left out, and what that may cost."""
    for use in uses:
        if use.left_out_pairs:
            log.info(
                "blocking rule [%s] left out %d pairs of %d too common keys; a true pair among "
                "them is found only if a narrower key or another rule forms it",
                use.rule,
                use.left_out_pairs,
                use.left_out_keys,
            )


def filter_pairs(
    pairs: tuple[Rows, Rows], *, bounds: WeightBounds, is_number_possible: bool
) -> pa.Table:
    """Some pairs of rows, less those that are hopeless by their bounds; see `filtered`."""
    left, right = pairs
    kept = filtered(
        lambda begin, end: (left[begin:end], right[begin:end]),
        count=len(left),
        bounds=bounds,
        is_number_possible=is_number_possible,
    )
    return pa.concat_tables([NO_PAIRS, *kept])


def filtered(
    rows: Callable[[int, int], tuple[Rows, Rows]],
    *,
    count: int,
    bounds: WeightBounds | None,
    is_number_possible: bool,
) -> Iterator[pa.Table]:
    """The pairs (``row_l``, ``row_r``) that are not hopeless by their bounds, piece by piece.

    Args:
        rows: gives the rows of both sides of the pairs from one number to before another.
        count: how many pairs there are.
        bounds: of their weights; all are kept if absent.
        is_number_possible: a pair may share an identifier.
    """

    def piece(begin: int) -> pa.Table:
        found = rows(begin, min(begin + AT_ONCE, count))
        if bounds is not None:
            flags = bounds.can_reach(found, is_number_possible=is_number_possible)
            found = found[0][flags], found[1][flags]
        return pa.table({n: pa.array(row, pa.int32()) for n, row in zip(PAIR, found, strict=True)})

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        yield from pool.map(piece, range(0, count, AT_ONCE))


def _left_out_numbers(rules: Iterable[BlockingRule], uses: Iterable[RuleUse]) -> bool:
    """Whether a rule of identifiers left keys out, so that a pair may share one unseen."""
    numbers = {rule.name for rule in rules if rule.is_number}
    return any(use.left_out_keys for use in uses if use.rule in numbers)
