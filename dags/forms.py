"""The forms of the DAGs, and the night that a form names.

Each field may be left as it is, says what it does, and has its group.
"""

from datetime import date, datetime
from typing import Any

from airflow.sdk import Param

from jobs.operate.monitoring.timetable import night_at
from jobs.runtime.files import keep_private
from jobs.runtime.settings import load_settings

keep_private()


def as_of_param(meaning: str) -> Param:
    """The parameter that names a night; empty by default, as the form may leave it."""
    return Param(
        None, type=["null", "string"], format="date", title="As-of date", description=meaning
    )


AGAIN, DESPITE = "Running a date again", "Publishing in spite of a failed check"
CHECKS = Param(
    None,
    type=["null", "array"],
    items={"type": "string"},
    title="Checks to let pass",
    description="Ids of failed critical checks, one a line, such as prison.movements.shrunk.",
    section=DESPITE,
)
NIGHT = {
    "as_of": as_of_param("The night to run; empty: the night of the run itself."),
    "fetch_again": Param(
        False,
        type="boolean",
        title="Fetch again",
        description="Read the registers again, where this date was landed before.",
        section=AGAIN,
    ),
    "mail": Param(
        False,
        type="boolean",
        title="Mail a past night",
        description="Mail the readers though the night is past.",
        section=AGAIN,
    ),
    "publish_despite": CHECKS,
    "publish_despite_by": Param(
        None,
        type=["null", "string"],
        title="Who answers for it",
        description="Name; needed with a check.",
        section=DESPITE,
    ),
    "publish_despite_why": Param(
        None,
        type=["null", "string"],
        title="Why",
        description="Reason, as it will stand on every page; needed with a check.",
        section=DESPITE,
    ),
}
"""The form of a night: plain, run again, or published in spite of a failed check."""


def starter_of(context: Any) -> str | None:
    """Who started a run, by Airflow's login; None for one that the timetable started.

    A run that `publish_despite` starts is that of the user who answered there.
    """
    run = context["dag_run"]
    if run.run_type == "operator_triggered":
        return context["params"].get("publish_despite_by") or None
    return run.triggering_user_name or None


def night_of(context: Any) -> date:
    """The as-of date of a run: its ``as_of`` parameter, else that of the moment it runs for."""
    chosen = context["params"].get("as_of")
    if chosen:
        return date.fromisoformat(chosen)
    moment: datetime = context.get("logical_date") or context["dag_run"].run_after
    return night_at(moment, settings=load_settings())
