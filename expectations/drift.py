"""Drift: rates that are usually steady, against the last fortnight's nights.

A code list that changes its meaning, a form that stops asking for nationality or an identifier
that gets lost on the way breaks no rule on any row. It shows as a rate that moves.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from jobs.check.profile import MISSING, UNKNOWN_CODE
from jobs.check.suite.kinds import Check, on_number
from jobs.contract import codes as c
from jobs.contract.registers import TABLES

MOST_POINTS = 0.02
"""Most that a rate may differ from its usual value: two in a hundred. This project's number."""

MOST_MOVED = 0.1
"""Largest share of a column's values that may have moved to other codes since the last night."""

FEWEST_ROWS = 200
"""In a column with fewer rows the shares move by chance."""

_UNKNOWN = ", ".join(
    f"'{code}'"
    for code in (
        MISSING,
        UNKNOWN_CODE,
        *(
            entry.code
            for entry in c.NATIONALITY.codes
            if isinstance(entry, c.NationalityCode) and entry.is_unknown
        ),
    )
)


def checks() -> list[Check]:
    """The rate of unknown nationality of each register, and the codes of each coded column."""
    return [
        *(_unknown_nationality(f"{register}.persons") for register in ("prison", "immigration")),
        *(
            _codes(name, field.name)
            for name, table in TABLES.items()
            for field in table.fields
            if field.codes is not None
        ),
    ]


def result_checks() -> list[Check]:
    """The share of the immigration register that is linked, against its usual value."""
    rate = """
        (SELECT max(value) FROM {figures} f WHERE figure_id = 'links.linked'
            AND group_value = '(all)' {same})
        / nullif((SELECT max(accepted) FROM {counts} r WHERE register = 'immigration'
            AND table_name = 'persons' {same}), 0)
    """
    tonight = rate.format(figures="nightly.figures", counts="nightly.row_counts", same="")
    usual = rate.format(
        figures="usual_figures", counts="usual_row_counts", same="AND as_of_date = n.as_of_date"
    )
    return [
        on_number(
            id="nightly.links.rate_drift",
            table="nightly.links",
            meaning="the share of the immigration register that is linked differs from its usual "
            f"value by at most {MOST_POINTS:.0%}",
            reason="an identifier or name that one register stopped delivering unlinks people, "
            "who then look unconsidered",
            severity="warning",
            number=f"""
                SELECT abs(({tonight}) - (
                    SELECT median(rate) FROM (
                        SELECT {usual} AS rate
                        FROM (SELECT DISTINCT as_of_date FROM usual_row_counts) n
                    )
                ))
            """,
            at_most=MOST_POINTS,
        )
    ]


def _unknown_nationality(table: str) -> Check:
    return on_number(
        id=f"{table}.nationality.unknown_drift",
        table=table,
        column="nationality",
        meaning="the share of people whose nationality is unknown differs from its usual value by "
        f"at most {MOST_POINTS:.0%}",
        reason="a reception that stops asking, or a mapping that loses codes, moves the rate long "
        "before it reaches its limit",
        severity="warning",
        number=f"""
            WITH rates AS (
                SELECT as_of_date, sum(rows) FILTER (value IN ({_UNKNOWN})) AS unknown,
                    sum(rows) AS everybody
                FROM (
                    SELECT as_of_date, table_name, measure, value, rows FROM usual_profile
                    UNION ALL SELECT NULL, table_name, measure, value, rows FROM profile
                )
                WHERE table_name = '{table}' AND measure = 'nationality' GROUP BY as_of_date
            ),
            shares AS (
                SELECT as_of_date, coalesce(unknown, 0) / everybody AS share
                FROM rates WHERE everybody >= {FEWEST_ROWS}
            )
            SELECT abs(
                (SELECT max(share) FROM shares WHERE as_of_date IS NULL)
                - (SELECT median(share) FROM shares WHERE as_of_date IS NOT NULL)
            )
        """,
        at_most=MOST_POINTS,
    )


def _codes(table: str, column: str) -> Check:
    return on_number(
        id=f"{table}.{column}.drift",
        table=table,
        column=column,
        meaning=f"at most {MOST_MOVED:.0%} of the values moved to other codes since the last night",
        reason="a code list whose meaning changed, or a column filled from another, breaks no rule "
        "on any row",
        severity="warning",
        number=f"""
            WITH counted AS (
                SELECT value, rows, 0 AS earlier FROM profile
                WHERE table_name = '{table}' AND measure = '{column}'
                UNION ALL
                SELECT value, 0, rows FROM usual_profile
                WHERE table_name = '{table}' AND measure = '{column}'
                    AND as_of_date = (SELECT max(as_of_date) FROM usual_profile)
            ),
            whole AS (SELECT sum(rows) AS now, sum(earlier) AS before FROM counted),
            moved AS (
                SELECT abs(sum(rows) / max(now) - sum(earlier) / max(before)) AS share
                FROM counted, whole
                WHERE now >= {FEWEST_ROWS} AND before >= {FEWEST_ROWS} GROUP BY value
            )
            SELECT sum(share) / 2 FROM moved
        """,
        at_most=MOST_MOVED,
    )
