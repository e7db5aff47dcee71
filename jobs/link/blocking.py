"""Which pairs are worth comparing.

Each rule gives a row some keys; rows of both sides that share a key are a pair. No rule can
explode: its keys are taken from the most telling (fewest pairs) on, until the rule's budget of
pairs is spent, and what was left out is counted. So a million identical names cost a line in the
log, not a night; pairs left out under one rule are still found under the others.

Pairs are of persons: a pair that any rows of two persons form is compared in all of their own and
alias rows. The turned rows (see `persons`) form pairs by name rules alone and stand for
themselves.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

import duckdb

log = logging.getLogger(__name__)

PAIRS_PER_PERSON: Final = 4
"""Budget of one rule, in pairs for each person of both sides. Rules with a date of birth and a
name use a tenth of it; a rule without one spends it on rare names, where names alone can tell."""
SMALLEST_BUDGET: Final = 200_000
"""Small files are compared more widely: this many pairs for each rule take a second."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A blocking rule: an SQL text expression over a row, or a list of texts, and what it needs.

    ``of_names``: made for turned rows too. ``without``: used only where this column has no values.
    """

    name: str
    key: str
    needs: tuple[str, ...]
    of_names: bool
    is_list: bool = False
    without: str | None = None


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
    Rule(name="both names", key="given_sound || '|' || family_sound",
         needs=("given_sound", "family_sound"), of_names=True),
    Rule(name="birth and any name", key=f"list_transform(all_names, x -> {_DATE} || left(x, 3))",
         needs=("birth", "all_names"), of_names=False, is_list=True),
    Rule(name="birth", key=_DATE, needs=("birth",), of_names=False),
    Rule(name="family name, initial, year",
         key="family_sound || '|' || left(given, 1) || left(birth, 4)",
         needs=("family_sound", "given", "birth"), of_names=True),
    Rule(name="family name, initial, day",
         key=f"family_sound || '|' || left(given, 1) || {_DAY_MONTH}",
         needs=("family_sound", "given", "birth"), of_names=True),
    Rule(name="given name, initial, year",
         key="given_sound || '|' || left(family, 1) || left(birth, 4)",
         needs=("given_sound", "family", "birth"), of_names=True),
    Rule(name="given name, initial, day",
         key=f"given_sound || '|' || left(family, 1) || {_DAY_MONTH}",
         needs=("given_sound", "family", "birth"), of_names=True),
    Rule(name="given name, month of birth", key="given_sound || '|' || left(birth, 6)",
         needs=("given_sound", "birth"), of_names=True),
    Rule(name="family name, month of birth", key="family_sound || '|' || left(birth, 6)",
         needs=("family_sound", "birth"), of_names=True),
    Rule(name="family name, initial", key="family_sound || '|' || left(given, 1)",
         needs=("family_sound", "given"), of_names=True),
    Rule(name="given name, initial", key="given_sound || '|' || left(family, 1)",
         needs=("given_sound", "family"), of_names=True),
    Rule(name="starts of names, year",
         key="left(given, 2) || '|' || left(family, 2) || left(birth, 4)",
         needs=("given", "family", "birth"), of_names=True),
    Rule(name="starts of names", key="left(given, 3) || '|' || left(family, 3)",
         needs=("given", "family"), of_names=True, without="birth"),
    Rule(name="any word of the name", key="all_names",
         needs=("all_names",), of_names=False, is_list=True, without="birth"),
    Rule(name="postcode, given name", key="postcode || '|' || left(given, 2)",
         needs=("postcode", "given"), of_names=False),
    Rule(name="postcode, family name", key="postcode || '|' || left(family, 2)",
         needs=("postcode", "family"), of_names=False),
    Rule(name="postcode, year", key="postcode || '|' || left(birth, 4)",
         needs=("postcode", "birth"), of_names=False),
    Rule(name="street and number", key="house || '|' || address",
         needs=("house", "address"), of_names=False),
    Rule(name="suburb, given name", key="suburb || '|' || given_sound",
         needs=("suburb", "given_sound"), of_names=False),
)  # fmt: skip


def rules_for(columns: Collection[str], systems: Collection[str]) -> tuple[Rule, ...]:
    """The rules that two sides can use: each identifier system, then `RULES` by their columns."""
    identifiers = tuple(
        Rule(name=column, key=column, needs=(column,), of_names=False, is_list=True)
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
    again: bool = False,
) -> list[RuleUse]:
    """Make table ``into`` (``row_l``, ``row_r``) from the tables ``rows_l`` and ``rows_r``.

    The keys that each rule left out stand in the table ``left_out`` (``rule``, ``key``).

    Args:
        connection: holds the rows of both sides.
        rules: which rules to use.
        persons: persons of both sides together, for the budget.
        into: the table to make.
        again: only pairs of somebody in the tables ``changed_l`` and ``changed_r`` (``person``).
            Whoever bears a key that one of ``known_left_out`` and ``left_out`` holds and the other
            does not is added to ``changed_l`` first.

    Returns:
        What each rule did, or would have done with everybody. Rules that left pairs out are logged.
    """
    budget = budget_for(persons)
    connection.execute("CREATE OR REPLACE TEMP TABLE formed (row_l INTEGER, row_r INTEGER)")
    connection.execute("CREATE OR REPLACE TEMP TABLE left_out (rule VARCHAR, key UBIGINT)")
    if again:
        uses = [_see(connection, rule, budget, f"_{n}") for n, rule in enumerate(rules)]
        for n, rule in enumerate(rules):
            _mark_flipped(connection, rule, f"_{n}")
        for n in range(len(uses)):
            _form_changed(connection, f"_{n}")
    else:
        uses = []
        for rule in rules:
            uses.append(_see(connection, rule, budget))
            _form(connection)
    _spread(connection, into)
    connection.execute("DROP TABLE formed")
    tell(uses)
    return uses


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


def _see(
    connection: duckdb.DuckDBPyConnection, rule: Rule, budget: int, suffix: str = ""
) -> RuleUse:
    """Make a rule's tables of keys, and ``shared``: keys of both sides that are not left out."""
    for side in ("l", "r"):
        connection.execute(_keys_sql(rule, side, suffix))
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE counted AS
        SELECT key, l.n * r.n AS pairs,
               sum(l.n * r.n) OVER (ORDER BY l.n * r.n, key ROWS UNBOUNDED PRECEDING) AS so_far
        FROM (SELECT key, count(*) AS n FROM keys_l{suffix} GROUP BY key) l
        JOIN (SELECT key, count(*) AS n FROM keys_r{suffix} GROUP BY key) r USING (key)
        """
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE shared{suffix} AS "
        "SELECT key FROM counted WHERE so_far <= $1",
        [budget],
    )
    connection.execute(
        "INSERT INTO left_out SELECT $1, key FROM counted WHERE so_far > $2", [rule.name, budget]
    )
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


def _form(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        INSERT INTO formed
        SELECT DISTINCT l.row, r.row FROM shared
        JOIN keys_l l USING (key) JOIN keys_r r USING (key)
        """
    )


def _mark_flipped(connection: duckdb.DuckDBPyConnection, rule: Rule, suffix: str) -> None:
    connection.execute(
        f"""
        INSERT INTO changed_l
        SELECT DISTINCT person
        FROM (
            (SELECT key FROM left_out WHERE rule = $1
             EXCEPT SELECT key FROM known_left_out WHERE rule = $1)
            UNION
            (SELECT key FROM known_left_out WHERE rule = $1
             EXCEPT SELECT key FROM left_out WHERE rule = $1)
        )
        JOIN keys_l{suffix} USING (key) JOIN rows_l USING (row)
        WHERE person NOT IN (SELECT person FROM changed_l)
        """,
        [rule.name],
    )


def _form_changed(connection: duckdb.DuckDBPyConnection, suffix: str) -> None:
    for side, other in (("l", "r"), ("r", "l")):
        connection.execute(
            f"""
            INSERT INTO formed
            SELECT DISTINCT l.row, r.row
            FROM (
                SELECT row, key FROM keys_{side}{suffix}
                SEMI JOIN shared{suffix} USING (key)
                SEMI JOIN (
                    SELECT row FROM rows_{side} SEMI JOIN changed_{side} USING (person)
                ) USING (row)
            ) {side}
            JOIN keys_{other}{suffix} {other} USING (key)
            """
        )


def _keys_sql(rule: Rule, side: str, suffix: str) -> str:
    return f"CREATE OR REPLACE TEMP TABLE keys_{side}{suffix} AS {keys_query(rule, side)}"


def keys_query(rule: Rule, side: str) -> str:
    """The keys of a side's rows under a rule: ``row`` and ``key``, a hash."""
    key = f"unnest({rule.key})" if rule.is_list else rule.key
    kept = "TRUE" if rule.of_names else "variant <> 'turned'"
    return f"""
        SELECT DISTINCT row, hash(key) AS key
        FROM (SELECT row, {key} AS key FROM rows_{side} WHERE {kept})
        WHERE key IS NOT NULL
        """


def _spread(connection: duckdb.DuckDBPyConnection, into: str) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {into} AS {SPREAD}")


SPREAD: Final = """
    WITH met AS (
        SELECT DISTINCT l.person AS person_l, r.person AS person_r
        FROM formed JOIN rows_l l ON formed.row_l = l.row JOIN rows_r r ON formed.row_r = r.row
        WHERE r.variant <> 'turned'
    )
    SELECT l.row AS row_l, r.row AS row_r
    FROM met JOIN rows_l l ON l.person = person_l JOIN rows_r r ON r.person = person_r
    WHERE r.variant <> 'turned'
    UNION ALL
    SELECT DISTINCT row_l, row_r
    FROM formed JOIN rows_r r ON formed.row_r = r.row WHERE r.variant = 'turned'
    """
"""Turns pairs of rows into pairs of persons and these into pairs of own and alias rows."""
