"""What the DAGs share: the publication they hand on, retries for connections only, the alert."""

from datetime import date, datetime, timedelta
from typing import Any

import pendulum
from airflow.sdk import Asset, ExceptionRetryPolicy, RetryAction, RetryRule

LONDON = pendulum.timezone("Europe/London")

PUBLICATION = Asset(name="publication", uri="reconciliation://warehouse/publication")
"""Updated by every publication; ``email_reports`` waits for it."""


def night_of(context: Any) -> date:
    """The as-of date of a run: its ``as_of`` parameter, else the London date it runs for."""
    chosen = context["params"].get("as_of")
    if chosen:
        return date.fromisoformat(chosen)
    moment: datetime = context.get("logical_date") or context["dag_run"].run_after
    return moment.astimezone(LONDON).date()


def alert(context: Any) -> None:
    """Tell the readers who asked for it that the night stopped; a task's failure callback."""
    from jobs.operate.emails import send_alert
    from jobs.runtime.settings import load_settings

    send_alert(
        as_of=night_of(context),
        task=context["task_instance"].task_id,
        run=f"airflow {context['run_id']}",
        error=context.get("exception"),
        settings=load_settings(),
    )


DEFAULT_ARGS: dict[str, Any] = {
    "owner": "data-team",
    "retries": 3,
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": 2,
    "retry_policy": ExceptionRetryPolicy(
        rules=[RetryRule(exception="jobs.runtime.errors.Unreachable", action=RetryAction.RETRY)],
        default=RetryAction.FAIL,
    ),
    "execution_timeout": timedelta(hours=2),
}
