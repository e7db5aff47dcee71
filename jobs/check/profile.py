"""The profile of a night: how often each code occurs, and what each prison and team delivered.

It is published, so that the nights after can tell a feed that lost a part, a prison that fell
silent and a code list that drifts from what is usual. Counts only: a value outside its code list
may be anything, so it is counted as `UNKNOWN_CODE` and never shown.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from typing import Final

import duckdb

from jobs.contract import immigration, prison, results
from jobs.contract.registers import TABLES
from jobs.contract.schema import Table

MISSING: Final = "(missing)"
UNKNOWN_CODE: Final = "(unknown code)"
NOBODY: Final = "(none)"
RECENT_DAYS: Final = 7

HELD, MOVED, OPEN, RECORDED = "held", "moved_7_days", "open", "recorded_7_days"
"""What is counted by prison or team."""

_RECENT = (
    f"BETWEEN getvariable('as_of') - {RECENT_DAYS - 1} AND getvariable('as_of')"  # the night too
)
_BY_UNIT: Final = {
    (prison.EPISODES.full_name, HELD): """
        SELECT prison_id AS unit FROM prison.episodes WHERE status LIKE 'ACTIVE%'
    """,
    (prison.MOVEMENTS.full_name, MOVED): f"""
        SELECT unnest([from_prison_id, to_prison_id]) AS unit FROM prison.movements
        WHERE movement_date {_RECENT}
    """,
    (immigration.CASES.full_name, OPEN): """
        SELECT team AS unit FROM immigration.cases WHERE closed_date IS NULL
    """,
    (immigration.EVENTS.full_name, RECORDED): f"""
        SELECT c.team AS unit FROM immigration.events e JOIN immigration.cases c USING (case_id)
        WHERE CAST(e.recorded_at AS DATE) {_RECENT}
    """,
}


def take_profile(connection: duckdb.DuckDBPyConnection) -> None:
    """Leave the table ``profile`` of `results.PROFILE` in ``connection``, of the accepted rows."""
    questions = [
        f"SELECT '{table}' AS table_name, '{measure}' AS measure, "
        f"coalesce(unit, '{NOBODY}') AS value, count(*) AS rows FROM ({query}) GROUP BY ALL"
        for (table, measure), query in _BY_UNIT.items()
    ]
    questions += [question for table in TABLES.values() for question in _by_code(table)]
    columns = ", ".join(results.PROFILE.columns)
    key = ", ".join(results.PROFILE.key)
    connection.execute(
        f"CREATE TABLE profile AS SELECT {columns} "
        f"FROM ({' UNION ALL '.join(questions)}) ORDER BY {key}"
    )


def _by_code(table: Table) -> list[str]:
    questions = []
    for field in table.fields:
        if field.codes is None:
            continue
        known = ", ".join(f"'{code}'" for code in sorted(field.codes.values))
        value = (
            f"CASE WHEN {field.name} IS NULL THEN '{MISSING}' "
            f"WHEN {field.name} IN ({known}) THEN {field.name} ELSE '{UNKNOWN_CODE}' END"
        )
        questions.append(
            f"SELECT '{table.full_name}', '{field.name}', {value}, count(*) "
            f"FROM {table.full_name} GROUP BY ALL"
        )
    return questions
