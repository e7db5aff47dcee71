"""Prisons that fell silent: people are held, but nothing has been recorded for weeks."""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from jobs.check.suite.kinds import Check, how_many, on_number
from jobs.contract import prison

SILENT_DAYS, FEWEST_PEOPLE = 28, 50
_SILENT = f"""
    SELECT 'prison ' || prison_id AS unit, count(*) AS found FROM prison.episodes
    WHERE status LIKE 'ACTIVE%' AND prison_id IS NOT NULL AND prison_id NOT IN (
        SELECT prison_id FROM (
            SELECT unnest([from_prison_id, to_prison_id]) AS prison_id FROM prison.movements
            WHERE movement_date BETWEEN getvariable('as_of') - {SILENT_DAYS}
                AND getvariable('as_of')
        ) WHERE prison_id IS NOT NULL
    )
    GROUP BY prison_id HAVING count(*) >= {FEWEST_PEOPLE}
"""


def checks() -> list[Check]:
    """Silent prisons, prisons that the register does not know, and people without a prison."""
    return [
        on_number(
            id="prison.movements.silent_prisons",
            table=prison.MOVEMENTS.full_name,
            column="movement_date",
            meaning=f"every prison with {FEWEST_PEOPLE} people or more recorded a movement in the "
            f"{SILENT_DAYS} days before the night",
            reason="somebody comes or goes in a prison of this size every week; one that records "
            "nothing for four holds people whose release nobody will see",
            severity="warning",
            number=how_many(_SILENT),
            units=_SILENT,
            at_most=0,
        ),
        on_number(
            id="prison.episodes.prison_id.held_nowhere",
            table=prison.EPISODES.full_name,
            column="prison_id",
            meaning="the prison is recorded for at least 99% of the people in custody",
            reason="people in custody whom no prison answers for get no referral",
            severity="warning",
            number="""
                SELECT count_if(prison_id IS NULL) / nullif(count(*), 0)
                FROM prison.episodes WHERE status LIKE 'ACTIVE%'
            """,
            at_most=0.01,
        ),
    ]
