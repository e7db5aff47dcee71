"""Impossible orders of events: many of them mean that a column was filled from the wrong source.

Single ones are row rules, counted and sent back for mending; the rows stay in use.
"""

from jobs.check.suite.kinds import Check, Severity, on_number
from jobs.contract import immigration, prison

SOME, MANY = 0.01, 0.2

REASON = (
    "clerks mistype single dates; one in a hundred is a habit, one in five a column filled from "
    "the wrong source, on which no release or decision can be dated"
)

_QUESTIONS = (
    (
        "prison.movements.movement_date.before_reception",
        prison.MOVEMENTS.full_name,
        "movement_date",
        "the movement lies before the reception of its custody episode",
        """
        SELECT count_if(m.movement_date < e.reception_date) / nullif(count(*), 0)
        FROM prison.movements m JOIN prison.episodes e USING (episode_id)
        WHERE m.movement_date IS NOT NULL AND e.reception_date IS NOT NULL
        """,
    ),
    (
        "prison.sentences.sentence_date.before_birth",
        prison.SENTENCES.full_name,
        "sentence_date",
        "the sentence lies before the tenth birthday of the person",
        """
        SELECT count_if(s.sentence_date < p.date_of_birth + INTERVAL 10 YEAR)
            / nullif(count(*), 0)
        FROM prison.sentences s JOIN prison.episodes e USING (episode_id)
        JOIN prison.persons p USING (prisoner_number)
        WHERE s.sentence_date IS NOT NULL AND p.date_of_birth IS NOT NULL
        """,
    ),
    (
        "immigration.events.occurred_date.after_recording",
        immigration.EVENTS.full_name,
        "occurred_date",
        "the event lies after the day on which it was recorded",
        """
        SELECT count_if(occurred_date > CAST(recorded_at AS DATE)) / nullif(count(*), 0)
        FROM immigration.events WHERE occurred_date IS NOT NULL AND recorded_at IS NOT NULL
        """,
    ),
    (
        "immigration.cases.considered_date.before_referral",
        immigration.CASES.full_name,
        "considered_date",
        "the decision lies before the referral",
        """
        SELECT count_if(considered_date < referral_received_date) / nullif(count(*), 0)
        FROM immigration.cases
        WHERE considered_date IS NOT NULL AND referral_received_date IS NOT NULL
        """,
    ),
)


def checks() -> list[Check]:
    """Each impossible order, as a caveat and as a stop."""
    limits: tuple[tuple[Severity, float, str], ...] = (
        ("warning", SOME, "some"),
        ("critical", MANY, "many"),
    )
    return [
        on_number(
            id=f"{name}.{label}",
            table=table,
            column=column,
            meaning=f"in at most {at_most:.0%} of the rows {fault}",
            reason=REASON,
            severity=severity,
            number=number,
            at_most=at_most,
        )
        for name, table, column, fault, number in _QUESTIONS
        for severity, at_most, label in limits
    ]
