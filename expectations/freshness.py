"""Freshness: each register's delivery is of the night, and somebody still writes to it."""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from jobs.check.suite.kinds import Check, on_number
from jobs.contract import immigration, prison

QUIET_DAYS = 7
LATE_DAYS = 3
STOPPED_DAYS = 31

_LAST_RECORDED = {
    prison.MOVEMENTS.full_name: "recorded_at",
    immigration.EVENTS.full_name: "recorded_at",
}


def checks() -> list[Check]:
    """The feed of each register, and the last record in the busiest table of each."""
    feeds = [f"{register}.feed" for register in ("prison", "immigration")]
    return [
        *(
            on_number(
                id=f"{feed}.of_the_night",
                table=feed,
                column="as_of_date",
                meaning="the delivery is of the night",
                reason="yesterday's register under today's date hides every release between",
                severity="critical",
                number=f"SELECT count_if(as_of_date = getvariable('as_of')) / count(*) FROM {feed}",
                at_least=1,
            )
            for feed in feeds
        ),
        *(
            on_number(
                id=f"{feed}.written",
                table=feed,
                column="generated_at",
                meaning=f"the delivery was written on the night or within {LATE_DAYS} days after",
                reason="a delivery written long after its night holds what was put right since",
                severity="warning",
                number="SELECT max(date_diff('day', getvariable('as_of'), "
                f"CAST(generated_at AS DATE))) FROM {feed}",
                at_least=0,
                at_most=LATE_DAYS,
            )
            for feed in feeds
        ),
        *(
            on_number(
                id=f"{table}.quiet",
                table=table,
                column=column,
                meaning=f"something was recorded in the {QUIET_DAYS} days before the night",
                reason="a busy table without a new row for a week is a feed that stopped, "
                "not a quiet week",
                severity="warning",
                number=_days_quiet(table, column),
                at_most=QUIET_DAYS,
            )
            for table, column in _LAST_RECORDED.items()
        ),
        *(
            on_number(
                id=f"{table}.stopped",
                table=table,
                column=column,
                meaning=f"something was recorded in the {STOPPED_DAYS} days before the night",
                reason="a delivery of today whose newest row is a month old is an old copy of the "
                "register under a new date: its figures would be those of that day",
                severity="critical",
                number=_days_quiet(table, column),
                at_most=STOPPED_DAYS,
            )
            for table, column in _LAST_RECORDED.items()
        ),
    ]


def _days_quiet(table: str, column: str) -> str:
    """Days from the last record of a table to the night."""
    return (
        f"SELECT date_diff('day', max(CAST({column} AS DATE)), "
        f"getvariable('as_of')) FROM {table} WHERE CAST({column} AS DATE) <= getvariable('as_of')"
    )
