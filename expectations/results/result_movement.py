"""Who left a list for no reason that the registers give: by a rule, the model or the code alone.

Every episode that moved has one cause (`jobs.report.movement`). Most are of the registers: a
person was released, decided on, corrected. Where it is the software, nothing happened to anybody.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from jobs.check.suite.kinds import Check, on_number
from jobs.contract import results

MOST_SHARE, MOST_PEOPLE = 0.01, 10
"""How many may leave a list unanswered for: one in a hundred of it, and never more than ten. Up to
there a retrained model or mended code moves people both ways and the bridge names each; above it
somebody must have looked. The numbers are this project's."""
HEADLINES = (
    "missed.total",
    "missed.undecided",
    "due.total",
    "due.within_30",
    "due.within_7",
    "scope.verify_nationality",
)
"""Lists of which nobody drops out unseen."""
_NOT_OF_THE_REGISTERS = ("rule_changed", "model_changed", "code_changed")


def checks() -> list[Check]:
    """The check on people who left a headline list by no act that is on record."""
    figures, causes = (
        ", ".join(f"'{name}'" for name in names) for names in (HEADLINES, _NOT_OF_THE_REGISTERS)
    )
    return [
        on_number(
            id="nightly.movement.unexplained_drop",
            table=results.MOVEMENT.full_name,
            column="cause",
            meaning="nobody leaves a headline list by a change of the rules, the model or the "
            f"code alone, but for one in {round(1 / MOST_SHARE)} of it and {MOST_PEOPLE} at most, "
            "and for those whom a second person was shown when a change of the rules was confirmed",
            reason="who wants somebody to vanish from a list changes what makes the list; so does "
            "a mistake in an upgrade. Counted apart from those who came in by the same change",
            severity="critical",
            number=f"""
            WITH gone AS (
                SELECT figure_id, sum(-change) AS people,
                    sum(-change) FILTER (WHERE cause = 'rule_changed') AS by_rule
                FROM nightly.movement
                WHERE change < 0 AND figure_id IN ({figures}) AND cause IN ({causes})
                GROUP BY figure_id
            ), shown AS (
                SELECT coalesce(sum(confirmed_off), 0) AS people
                FROM nightly.overrides WHERE state = 'APPLIED' AND is_new
            ), left_over AS (
                SELECT opening,
                    gone.people - least(coalesce(by_rule, 0), shown.people) AS people
                FROM gone JOIN nightly.bridges USING (figure_id), shown
            )
            SELECT coalesce(max(people) FILTER (
                WHERE people > least({MOST_SHARE} * opening, {MOST_PEOPLE})
            ), 0) FROM left_over
            """,
            at_most=0,
            is_answered=True,
        )
    ]
