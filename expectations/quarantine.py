"""Quarantine: a few bad rows are set aside; a bad delivery stops the night.

Quarantine never hides a prisoner: those who may be in scope and of whom a row is set aside are
counted, and the count is a caveat on every page until the row is mended.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from jobs.check.suite.kinds import Check, on_number
from jobs.contract import prison
from jobs.contract.registers import TABLES

MOST_SHARE = 0.1
"""Largest share of a table's rows that may be set aside."""

FEWEST_ROWS = 50
"""Up to this many rows may be set aside whatever their share."""


def checks() -> list[Check]:
    """The share set aside in each table, and the prisoners concerned."""
    return [*(_share(name) for name in TABLES), _prisoners()]


def _share(name: str) -> Check:
    register, table = name.split(".")
    return on_number(
        id=f"{name}.quarantined",
        table=name,
        meaning=f"at most {MOST_SHARE:.0%} of the rows, or {FEWEST_ROWS}, are in quarantine",
        reason="a few rows are mistakes, a tenth is a delivery that went wrong, which would "
        "look like fewer people",
        severity="critical",
        number=f"""
            SELECT max(CASE WHEN quarantined <= {FEWEST_ROWS} THEN 0
                ELSE quarantined / rows_in END)
            FROM row_counts WHERE register = '{register}' AND table_name = '{table}'
        """,
        at_most=MOST_SHARE,
    )


def _prisoners() -> Check:
    return on_number(
        id="prison.quarantine.prisoners",
        table=prison.EPISODES.full_name,
        meaning="nobody who may be in scope has a person, custody episode or sentence in "
        "quarantine (a row that says the same as the one in use does not count)",
        reason="quarantine must not hide a prisoner: whoever may be in scope is counted until the "
        "row is mended",
        severity="warning",
        number="""
            WITH bad AS (
                SELECT table_name, row_number,
                    bool_and(rule_id LIKE '%.duplicate_conflicting') AS is_conflicting
                FROM set_aside
                WHERE register = 'prison' AND rule_id NOT LIKE '%.duplicate_identical'
                GROUP BY ALL
            ),
            episodes AS (
                SELECT prisoner_number, episode_id FROM delivered_prison.episodes e
                JOIN bad ON bad.table_name = 'episodes' AND bad.row_number = e.row_number
                UNION
                SELECT e.prisoner_number, s.episode_id FROM delivered_prison.sentences s
                JOIN bad ON bad.table_name = 'sentences' AND bad.row_number = s.row_number
                LEFT JOIN delivered_prison.episodes e USING (episode_id)
            ),
            persons AS (
                SELECT coalesce(p.prisoner_number, '?') AS person,
                    is_conflicting AND p.nationality IS DISTINCT FROM k.nationality AS is_contested,
                    is_conflicting AND NOT is_contested AS is_the_same
                FROM delivered_prison.persons p
                JOIN bad ON bad.table_name = 'persons' AND bad.row_number = p.row_number
                LEFT JOIN prison.persons k USING (prisoner_number)
            ),
            concerned AS (
                SELECT coalesce(prisoner_number, 'episode ' || episode_id, '?') AS person
                FROM episodes
                UNION
                SELECT person FROM persons WHERE NOT is_the_same
            )
            SELECT count(*) FROM concerned
            WHERE person IN (SELECT person FROM persons WHERE is_contested)
            OR person NOT IN (
                SELECT prisoner_number FROM prison.persons WHERE nationality = 'BRIT'
            )
        """,
        at_most=0,
    )
