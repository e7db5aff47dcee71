"""Whose rows are to be mended: every row that broke a rule, by the prison or team that wrote it."""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from typing import Final

import duckdb
import pandas as pd

from jobs.check.delivered import ROW_NUMBER, raw_name
from jobs.check.profile import NOBODY
from jobs.check.row_stage import FAULTY
from jobs.contract import immigration, prison, results
from jobs.contract.registers import TABLES
from jobs.contract.schema import Table

MOST_LISTED: Final = 200
"""Rows of each rule that are published; every row is in the files of the services."""

_PERSONAL_KEYS: Final = frozenset({"prisoner_number", "cid_person_id"})

_OF_PRISONER = """
    SELECT prisoner_number AS link, arg_max(prison_id,
        (status LIKE 'ACTIVE%', coalesce(reception_date, DATE '0001-01-01'), episode_id)) AS place
    FROM delivered_prison.episodes WHERE prisoner_number IS NOT NULL GROUP BY 1
"""
_OF_EPISODE = """
    SELECT episode_id AS link, min(prison_id) AS place FROM delivered_prison.episodes
    WHERE episode_id IS NOT NULL GROUP BY 1
"""
_OF_PERSON = """
    SELECT cid_person_id AS link, arg_max(team,
        (closed_date IS NULL, coalesce(opened_date, DATE '0001-01-01'), case_id)) AS place
    FROM delivered_immigration.cases WHERE cid_person_id IS NOT NULL GROUP BY 1
"""
_OF_CASE = """
    SELECT case_id AS link, min(team) AS place FROM delivered_immigration.cases
    WHERE case_id IS NOT NULL GROUP BY 1
"""
_OF_BAIL = f"""
    SELECT b.bail_id AS link, min(p.place) AS place FROM delivered_immigration.bails b
    JOIN ({_OF_PERSON}) p ON p.link = b.cid_person_id GROUP BY 1
"""
_ROUTES: Final = {
    "prisoner_number": _OF_PRISONER,
    "episode_id": _OF_EPISODE,
    "cid_person_id": _OF_PERSON,
    "case_id": _OF_CASE,
    "bail_id": _OF_BAIL,
}
"""From a column that a row has to the prison or team that answers for it."""

_OWN: Final = {
    prison.PRISONS.full_name: "t.prison_id",
    prison.EPISODES.full_name: "t.prison_id",
    prison.MOVEMENTS.full_name: "coalesce(t.from_prison_id, t.to_prison_id)",
    immigration.CASES.full_name: "t.team",
    immigration.STAFFING.full_name: "t.team",
}
"""Tables whose rows say themselves whose they are."""


def find_owners(connection: duckdb.DuckDBPyConnection) -> None:
    """Leave the table ``owned`` in ``connection``: each faulty row with its unit and its key.

    Columns: check_id, table_name, row_number, unit (``prison LEI``, ``team CCD 3``, each with
    ``(none)`` where nobody is named), row_key, is_personal (the key names a person).
    """
    connection.execute(
        "CREATE TABLE owned (check_id VARCHAR, table_name VARCHAR, row_number BIGINT, "
        "unit VARCHAR, row_key VARCHAR, is_personal BOOLEAN)"
    )
    held = connection.execute(f"SELECT DISTINCT table_name FROM {FAULTY}").fetchall()
    for (name,) in sorted(held):
        connection.execute(_owned(TABLES[name]))


def faults(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Count the faulty rows by rule and unit, as `results.FAULTS` without its dates.

    Checks on a number that say where they failed must be in the table ``units`` (check_id, unit,
    found).
    """
    arrow = connection.execute(
        """
        SELECT check_id, unit, count(*)::BIGINT AS rows_failed FROM owned GROUP BY ALL
        UNION ALL SELECT check_id, unit, found::BIGINT FROM units
        ORDER BY check_id, unit
        """
    ).to_arrow_table()
    frame: pd.DataFrame = arrow.to_pandas()
    return frame


def faulty_rows(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The first rows of each rule, as `results.FAULTY_ROWS`."""
    arrow = connection.execute(
        f"""
        SELECT check_id, table_name, row_number,
            CASE WHEN NOT is_personal THEN row_key END AS reference, unit
        FROM owned
        QUALIFY row_number() OVER (PARTITION BY check_id ORDER BY row_number) <= {MOST_LISTED}
        ORDER BY check_id, table_name, row_number
        """
    ).to_arrow_table()
    return results.FAULTY_ROWS.frame(arrow.cast(results.FAULTY_ROWS.arrow_schema))


def rows_to_mend(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Every faulty row with its key, for the service that wrote it.

    Columns: check_id, table_name, row_number, unit, row_key. The key may be a prison number, so
    this stays out of pages, emails and logs.
    """
    frame: pd.DataFrame = connection.execute(
        "SELECT check_id, table_name, row_number, unit, row_key FROM owned "
        "ORDER BY unit, check_id, row_number"
    ).df()
    return frame


def _owned(table: Table) -> str:
    kind = "prison" if table.space == "prison" else "team"
    key = " || '|' || ".join(f"coalesce(r.\"{part}\"::VARCHAR, '')" for part in table.key)
    own = _OWN.get(table.full_name)
    route = next((column for column in _ROUTES if column in table.columns), None)
    joined, place = "", f"'{NOBODY}'"
    if own is not None:
        place = own
    elif route is not None:
        joined = f"LEFT JOIN ({_ROUTES[route]}) AS via ON via.link = t.{route}"
        place = "via.place"
    is_personal = bool(_PERSONAL_KEYS & set(table.key))
    return f"""
        INSERT INTO owned
        SELECT f.check_id, f.table_name, f.row_number,
            '{kind} ' || coalesce({place}, '{NOBODY}'), replace({key}, chr(0), ''), {is_personal}
        FROM {FAULTY} AS f
        JOIN delivered_{table.full_name} AS t ON t.{ROW_NUMBER} = f.row_number
        JOIN {raw_name(table)} AS r ON r.{ROW_NUMBER} = f.row_number {joined}
        WHERE f.table_name = '{table.full_name}'
    """
