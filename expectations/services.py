"""Prisons and teams against the last nights: one that lost people or cases, or fell silent.

In the whole register such a loss is small, so the checks on tables do not see it. Each prison and
team is held against what it usually delivered, the median of the last fortnight's nights.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from jobs.check.profile import HELD, MOVED, NOBODY, OPEN, RECORDED
from jobs.check.suite.kinds import Check, how_many, on_number
from jobs.contract import immigration, prison

KEPT_SHARE = 0.8
"""Least share of its usual number that a prison or team must still have; this project's number."""

FEWEST = 50
"""Prisons and teams that usually have fewer people or cases may lose some."""

FEWEST_A_WEEK = 20
"""So many movements or events a week and none tonight is silence; fewer may be chance."""


def checks() -> list[Check]:
    """People by prison, cases by team, and what each recorded in the last seven days."""
    return [
        _shrunk(prison.EPISODES.full_name, HELD, "prison", "people in custody"),
        _shrunk(immigration.CASES.full_name, OPEN, "team", "open cases"),
        _silent(prison.MOVEMENTS.full_name, MOVED, "prison", "movements"),
        _silent(immigration.EVENTS.full_name, RECORDED, "team", "events"),
    ]


def _shrunk(table: str, measure: str, kind: str, what: str) -> Check:
    units = _against_usual(
        table, measure, kind, f"usually >= {FEWEST} AND tonight < {KEPT_SHARE} * usually"
    )
    return on_number(
        id=f"{table}.shrunk_{kind}s",
        table=table,
        meaning=f"every {kind} that usually has {FEWEST} {what} or more has at least "
        f"{KEPT_SHARE:.0%} of its usual number",
        reason=f"a {kind} cut from a feed loses more than a fifth in a night; transfers and "
        "decisions do not take as many",
        severity="warning",
        number=how_many(units),
        units=units,
        at_most=0,
    )


def _silent(table: str, measure: str, kind: str, what: str) -> Check:
    units = _against_usual(table, measure, kind, f"usually >= {FEWEST_A_WEEK} AND tonight = 0")
    return on_number(
        id=f"{table}.fell_silent",
        table=table,
        meaning=f"every {kind} that usually records {FEWEST_A_WEEK} {what} a week or more recorded "
        "one in the last seven days",
        reason=f"a {kind} that stops recording looks like a {kind} in which nobody is released "
        "or decided on",
        severity="warning",
        number=how_many(units),
        units=units,
        at_most=0,
    )


def _against_usual(table: str, measure: str, kind: str, failed: str) -> str:
    """Units that fail, each with what it lacks of its usual number."""
    chosen = f"table_name = '{table}' AND measure = '{measure}' AND value <> '{NOBODY}'"
    return f"""
        SELECT '{kind} ' || value AS unit, CAST(usually - tonight AS BIGINT) AS found FROM (
            SELECT u.value, u.usually, coalesce(p.rows, 0) AS tonight
            FROM (
                SELECT value, median(rows) AS usually FROM usual_profile
                WHERE {chosen} GROUP BY value
            ) u
            LEFT JOIN (SELECT value, rows FROM profile WHERE {chosen}) p USING (value)
        ) WHERE {failed}
    """
