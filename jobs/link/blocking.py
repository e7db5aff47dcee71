"""Which pairs are worth comparing.

Each rule gives a row some keys; rows of both sides that share a key are a pair. No rule can
explode: its keys are taken from the most telling (fewest pairs) on, until the rule's budget of
pairs is spent, and what was left out is counted. So a million identical names cost a line in the
log, not a night; pairs left out under one rule are still found under the others.

Pairs are of persons: a person's own and alias rows bear the keys of all of them, so a pair that any
of two persons' rows form is compared in all of these. The turned rows (see `persons`) form pairs by
names and identifiers alone and stand for themselves.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

import logging
import os
from collections import deque
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jobs.link.glance import Glance

log = logging.getLogger(__name__)

Rows = npt.NDArray[np.int64]

PAIRS_PER_PERSON: Final = 4
"""Budget of one rule, in pairs for each person of both sides. Rules with a date of birth and a
name use a tenth of it; a rule without one spends it on rare names, where names alone can tell."""
AT_ONCE: Final = 200_000
"""Pairs glanced at together: their numbers stay in the processor's own memory."""
AHEAD: Final = 8
"""Of these, so many wait to be glanced at while more are formed."""
SMALLEST_BUDGET: Final = 200_000
"""Small files are compared more widely: this many pairs for each rule take a second."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A blocking rule: SQL expressions over a row, equal together, and the columns they need.

    ``is_list``: the one expression is a list, and each of its entries a key.

    ``of_names``: made for turned rows too. ``without``: used only where this column has no values.
    ``is_number``: of an identifier.
    """

    name: str
    key: tuple[str, ...]
    needs: tuple[str, ...]
    of_names: bool
    is_list: bool = False
    without: str | None = None
    is_number: bool = False


@dataclass(frozen=True, kw_only=True)
class RuleUse:
    """What one rule did: pairs formed and pairs left out for being over budget."""

    rule: str
    pairs: int
    left_out_keys: int
    left_out_pairs: int


_MONTH, _DAY = "substr(birth, 5, 2)", "right(birth, 2)"
_DAY_MONTH = f"least({_MONTH}, {_DAY}) || greatest({_MONTH}, {_DAY})"
_DATE = f"left(birth, 4) || {_DAY_MONTH}"
"""Blind to day and month changed over."""

RULES: Final = (
    Rule(name="both names", key=("given_sound", "family_sound",),
         needs=("given_sound", "family_sound"), of_names=True),
    Rule(name="birth and any name", key=(f"list_transform(all_names, x -> {_DATE} || left(x, 3))",),
         needs=("birth", "all_names"), of_names=False, is_list=True),
    Rule(name="birth", key=(_DATE,), needs=("birth",), of_names=False),
    Rule(name="family name, initial, year",
         key=("family_sound", "left(given, 1)", "left(birth, 4)",),
         needs=("family_sound", "given", "birth"), of_names=True),
    Rule(name="family name, initial, day",
         key=("family_sound", "left(given, 1)", _DAY_MONTH,),
         needs=("family_sound", "given", "birth"), of_names=True),
    Rule(name="given name, initial, year",
         key=("given_sound", "left(family, 1)", "left(birth, 4)",),
         needs=("given_sound", "family", "birth"), of_names=True),
    Rule(name="given name, initial, day",
         key=("given_sound", "left(family, 1)", _DAY_MONTH,),
         needs=("given_sound", "family", "birth"), of_names=True),
    Rule(name="given name, month of birth", key=("given_sound", "left(birth, 6)",),
         needs=("given_sound", "birth"), of_names=True),
    Rule(name="family name, month of birth", key=("family_sound", "left(birth, 6)",),
         needs=("family_sound", "birth"), of_names=True),
    Rule(name="family name, initial", key=("family_sound", "left(given, 1)",),
         needs=("family_sound", "given"), of_names=True),
    Rule(name="given name, initial", key=("given_sound", "left(family, 1)",),
         needs=("given_sound", "family"), of_names=True),
    Rule(name="starts of names, year",
         key=("left(given, 2)", "left(family, 2)", "left(birth, 4)",),
         needs=("given", "family", "birth"), of_names=True),
    Rule(name="starts of names", key=("left(given, 3)", "left(family, 3)",),
         needs=("given", "family"), of_names=True, without="birth"),
    Rule(name="any word of the name", key=("all_names",),
         needs=("all_names",), of_names=False, is_list=True, without="birth"),
    Rule(name="postcode, given name", key=("postcode", "left(given, 2)",),
         needs=("postcode", "given"), of_names=False),
    Rule(name="postcode, family name", key=("postcode", "left(family, 2)",),
         needs=("postcode", "family"), of_names=False),
    Rule(name="postcode, year", key=("postcode", "left(birth, 4)",),
         needs=("postcode", "birth"), of_names=False),
    Rule(name="street and number", key=("house", "address",),
         needs=("house", "address"), of_names=False),
    Rule(name="suburb, given name", key=("suburb", "given_sound",),
         needs=("suburb", "given_sound"), of_names=False),
)  # fmt: skip


def systems_of(columns: Iterable[str]) -> list[str]:
    """The columns of identifiers."""
    return sorted(name for name in columns if name.startswith("id_"))


def rules_for(columns: Collection[str], systems: Collection[str]) -> tuple[Rule, ...]:
    """The rules that two sides can use: each identifier system, then `RULES` by their columns."""
    identifiers = tuple(
        Rule(
            name=column, key=(column,), needs=(column,), of_names=True, is_list=True, is_number=True
        )
        for column in sorted(systems)
    )
    return (*identifiers, *_possible(columns))


def _possible(columns: Collection[str]) -> tuple[Rule, ...]:
    return tuple(
        rule for rule in RULES if set(rule.needs) <= set(columns) and rule.without not in columns
    )


def block(
    connection: duckdb.DuckDBPyConnection,
    *,
    rules: Collection[Rule],
    persons: int,
    into: str = "pairs",
    only: str | None = None,
    share: float = 1.0,
    glance: Glance | None = None,
    seen: Callable[[int], None] | None = None,
) -> list[RuleUse]:
    """Make table ``into`` (``row_l``, ``row_r``) from the tables ``rows_l`` and ``rows_r``.

    Args:
        connection: holds the rows of both sides.
        rules: which rules to use.
        persons: persons of both sides together, for the budget.
        into: the table to make.
        only: a table of left persons (``person``); the others are left aside.
        share: of the budget that each rule has.
        glance: leave out pairs that cannot weigh enough.
        seen: is told each rule's place while its tables ``keys_l``, ``keys_r`` and
            ``counted`` stand.

    Returns:
        What each rule did; see `tell`.
    """
    budget = int(budget_for(persons) * share)
    uses: list[RuleUse] = []
    connection.execute("CREATE OR REPLACE TEMP TABLE formed (row_l INTEGER, row_r INTEGER)")
    for place, rule in enumerate(rules):
        for side in ("l", "r"):
            rows = (
                f"(FROM rows_l SEMI JOIN {only} USING (person))"
                if only and side == "l"
                else f"rows_{side}"
            )
            connection.execute(
                f"CREATE OR REPLACE TEMP TABLE keys_{side} AS {keys_query(rule, rows)}"
            )
        connection.execute(f"CREATE OR REPLACE TEMP TABLE counted AS {COUNTED}")
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE shared AS SELECT key FROM counted WHERE so_far <= $1",
            [budget],
        )
        uses.append(_use(connection, rule, budget))
        if seen is not None:
            seen(place)
        pairs = """
            SELECT l.row AS row_l, r.row AS row_r
            FROM keys_l l
            JOIN (SELECT row, key FROM keys_r SEMI JOIN shared USING (key)) r USING (key)
            """
        if glance is None or rule.is_number:
            connection.execute(f"INSERT INTO formed {pairs}")
        else:
            _form(connection, pairs, glance, is_number_possible=_left_out_numbers(rules, uses))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {into} AS SELECT DISTINCT * FROM formed")
    connection.execute("DROP TABLE formed")
    return uses


COUNTED: Final = """
    SELECT key, l.n * r.n AS pairs,
           sum(l.n * r.n) OVER (ORDER BY l.n * r.n, key ROWS UNBOUNDED PRECEDING) AS so_far
    FROM (SELECT key, count(*) AS n FROM keys_l GROUP BY key) l
    JOIN (SELECT key, count(*) AS n FROM keys_r GROUP BY key) r USING (key)
    """
"""The keys of both sides with their pairs, and the pairs of all keys that are as telling."""


def budget_for(persons: int) -> int:
    """The pairs that one rule may form, for so many persons of both sides together."""
    return int(max(SMALLEST_BUDGET, PAIRS_PER_PERSON * persons))


def tell(uses: Iterable[RuleUse]) -> None:
    """Log what the rules left out, and what that may cost."""
    for use in uses:
        if use.left_out_pairs:
            log.info(
                "blocking rule [%s] left out %d pairs of %d too common keys; a true pair among "
                "them is found only if another rule forms it",
                use.rule,
                use.left_out_pairs,
                use.left_out_keys,
            )


def _form(
    connection: duckdb.DuckDBPyConnection, pairs: str, glance: Glance, *, is_number_possible: bool
) -> None:
    """Add the pairs of a query to ``formed``, less those hopeless at a glance."""
    kept: list[pa.Table] = []
    waiting: deque[Future[pa.Table]] = deque()

    def matter(left: Rows, right: Rows) -> pa.Table:
        flags = glance.may_matter((left, right), is_number_possible=is_number_possible)
        return pa.table({"row_l": left[flags], "row_r": right[flags]})

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for batch in connection.execute(pairs).to_arrow_reader(AT_ONCE):
            left, right = (np.asarray(batch.column(name)) for name in ("row_l", "row_r"))
            for begin in range(0, len(left), AT_ONCE):
                end = begin + AT_ONCE
                waiting.append(pool.submit(matter, left[begin:end], right[begin:end]))
            while len(waiting) > AHEAD:
                kept.append(waiting.popleft().result())
        kept += [each.result() for each in waiting]
    if kept:
        found = pa.concat_tables(kept)  # noqa: F841 - DuckDB reads it by name
        connection.execute("INSERT INTO formed SELECT * FROM found")


def _use(connection: duckdb.DuckDBPyConnection, rule: Rule, budget: int) -> RuleUse:
    row = connection.execute(
        """
        SELECT coalesce(sum(pairs) FILTER (so_far <= $1), 0),
               count(*) FILTER (so_far > $1), coalesce(sum(pairs) FILTER (so_far > $1), 0)
        FROM counted
        """,
        [budget],
    ).fetchall()[0]
    return RuleUse(
        rule=rule.name, pairs=int(row[0]), left_out_keys=int(row[1]), left_out_pairs=int(row[2])
    )


def _left_out_numbers(rules: Iterable[Rule], uses: Iterable[RuleUse]) -> bool:
    """Whether a rule of identifiers left keys out, so that a pair may share one unseen."""
    numbers = {rule.name for rule in rules if rule.is_number}
    return any(use.left_out_keys for use in uses if use.rule in numbers)


def keys_query(rule: Rule, rows: str) -> str:
    """The keys of rows under a rule, from a table like ``rows_l``: ``row`` and ``key``.

    A person's own and alias rows bear the keys of all of them; a turned row its own.
    """
    return f"""
        SELECT {"DISTINCT " if rule.is_list else ""}row, key
        FROM ({borne_query(rule, rows)}) WHERE is_alone
        UNION ALL
        SELECT row, key
        FROM (SELECT DISTINCT person, key FROM ({borne_query(rule, rows)}) WHERE NOT is_alone)
        JOIN (SELECT person, row FROM {rows} WHERE NOT is_alone) USING (person)
        """


def borne_query(rule: Rule, rows: str) -> str:
    """The keys that a row has itself: ``row``, ``person``, ``is_alone`` and ``key``, a hash."""
    kept = "TRUE" if rule.of_names else "variant <> 'turned'"
    if rule.is_list:
        listed = f"SELECT *, unnest({rule.key[0]}) AS entry FROM {rows} WHERE {kept}"
        return (
            f"SELECT row, person, is_alone, hash(entry) AS key FROM ({listed}) "
            "WHERE entry IS NOT NULL"
        )
    given = " AND ".join([kept, *(f"({part}) IS NOT NULL" for part in rule.key)])
    return (
        f"SELECT row, person, is_alone, hash({', '.join(rule.key)}) AS key FROM {rows} "
        f"WHERE {given}"
    )
