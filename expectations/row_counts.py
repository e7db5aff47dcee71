"""Row counts: an empty or shrunken table stops the night; never a silent zero.

In 2006 prisons did not know how many foreign nationals they held. A feed that lost a part would
show as fewer prisoners and fewer missed, so it must not pass for good news.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from jobs.check.suite.kinds import Check, on_number
from jobs.contract.registers import TABLES

KEPT_SHARE = 0.9
"""Least share of the last publication's rows that a table must still have."""

GROWN_SHARE = 2.0
FEWEST_ROWS = 50
"""Tables smaller than this at the last publication may shrink, but not to nothing."""


def checks() -> list[Check]:
    """Each table against nothing, the last publication and the nights before it."""
    return [
        *(_filled(name) for name, table in TABLES.items() if not table.may_be_empty),
        *(_not_shrunk(name) for name in TABLES if not name.endswith(".feed")),
        *(_not_swollen(name) for name in TABLES if not name.endswith(".feed")),
        *(_not_leaking(name) for name in TABLES if not name.endswith(".feed")),
    ]


def _filled(name: str) -> Check:
    return on_number(
        id=f"{name}.filled",
        table=name,
        meaning="the table has accepted rows",
        reason="a register without people, prisons or episodes is a failed delivery",
        severity="critical",
        number=f"SELECT count(*) FROM {name}",
        at_least=1,
    )


def _not_shrunk(name: str) -> Check:
    return on_number(
        id=f"{name}.shrunk",
        table=name,
        meaning=f"the table has at least {KEPT_SHARE:.0%} of the rows of the last publication",
        reason="registers grow; one that lost a tenth overnight lost a part on the way, and would "
        "show as fewer missed",
        severity="critical",
        number=_against_last(
            name, f"p.rows_in >= {FEWEST_ROWS} OR (p.rows_in > 0 AND r.rows_in = 0)"
        ),
        at_least=KEPT_SHARE,
    )


def _not_swollen(name: str) -> Check:
    return on_number(
        id=f"{name}.swollen",
        table=name,
        meaning=f"the table has at most {GROWN_SHARE:g} times the rows of the last publication",
        reason="no register doubles between two nights; one that does was loaded twice or holds "
        "another's rows",
        severity="warning",
        number=_against_last(name, f"p.rows_in >= {FEWEST_ROWS}"),
        at_most=GROWN_SHARE,
    )


def _not_leaking(name: str) -> Check:
    register, table = name.split(".")
    return on_number(
        id=f"{name}.leaking",
        table=name,
        meaning=f"the table has at least {KEPT_SHARE:.0%} of the rows that it had on any of the "
        "nights of the last fortnight",
        reason="a feed that loses a few rows each night never loses enough in one to be stopped",
        severity="warning",
        number=f"""
            SELECT max(r.rows_in) / nullif(max(u.rows_in), 0)
            FROM row_counts r JOIN usual_row_counts u USING (register, table_name)
            WHERE r.register = '{register}' AND r.table_name = '{table}'
                AND u.rows_in >= {FEWEST_ROWS}
        """,
        at_least=KEPT_SHARE,
    )


def _against_last(name: str, applies: str) -> str:
    register, table = name.split(".")
    return f"""
        SELECT max(r.rows_in / p.rows_in) FROM row_counts r
        JOIN last_row_counts p USING (register, table_name)
        WHERE r.register = '{register}' AND r.table_name = '{table}' AND ({applies})
    """
