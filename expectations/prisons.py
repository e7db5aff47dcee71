"""Prisons that fell silent: people are held, but nothing has been recorded for weeks."""

from expectations.kinds import Check, on_number

SILENT_DAYS, FEWEST_PEOPLE = 28, 50


def checks() -> list[Check]:
    """Silent prisons, prisons that the register does not know, and people without a prison."""
    return [
        on_number(
            id="prison.movements.silent_prisons",
            table="prison.movements",
            column="movement_date",
            meaning=f"every prison with {FEWEST_PEOPLE} people or more recorded a movement in the "
            f"{SILENT_DAYS} days before the night",
            severity="warning",
            number=f"""
                WITH held AS (
                    SELECT prison_id FROM prison.episodes
                    WHERE status LIKE 'ACTIVE%' AND prison_id IS NOT NULL
                    GROUP BY prison_id HAVING count(*) >= {FEWEST_PEOPLE}
                ),
                heard AS (
                    SELECT unnest([from_prison_id, to_prison_id]) AS prison_id
                    FROM prison.movements
                    WHERE movement_date BETWEEN getvariable('as_of') - {SILENT_DAYS}
                        AND getvariable('as_of')
                )
                SELECT count(*) FROM held WHERE prison_id NOT IN (
                    SELECT prison_id FROM heard WHERE prison_id IS NOT NULL
                )
            """,  # noqa: S608
            at_most=0,
        ),
        on_number(
            id="prison.episodes.prison_id.held_nowhere",
            table="prison.episodes",
            column="prison_id",
            meaning="the prison is recorded for at least 99% of the people in custody",
            severity="warning",
            number="""
                SELECT count_if(prison_id IS NULL) / nullif(count(*), 0)
                FROM prison.episodes WHERE status LIKE 'ACTIVE%'
            """,
            at_most=0.01,
        ),
    ]
