"""What the DAGs share: what they hand on, retries, alerts."""

from datetime import timedelta
from typing import Any, Final

import pendulum
from airflow.sdk import Asset, ExceptionRetryPolicy, RetryAction, RetryRule

from dags.alerts import alert_failed, alert_succeeded, note_failure
from jobs.runtime.airflow_connections import AirflowConnection, look_up_with
from jobs.runtime.files import keep_private

keep_private()


def look_up(conn_id: str) -> AirflowConnection | None:
    """A connection as Airflow or its secrets backend has it; None where there is none."""
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        found = Connection.get(conn_id)
    except AirflowNotFoundException:
        return None
    return AirflowConnection(
        conn_id=conn_id,
        conn_type=found.conn_type,
        host=found.host or "",
        login=found.login or "",
        password=found.password or "",
        schema=found.schema or "",
        port=found.port,
        extra=found.extra_dejson,
    )


look_up_with(look_up)

LONDON = pendulum.timezone("Europe/London")

PUBLICATION = Asset(name="publication", uri="reconciliation://warehouse/publication")
"""Updated by every publication; ``email_reports`` waits for it."""


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
    "on_failure_callback": note_failure,
}

EVERY_DAG: dict[str, Any] = {
    "start_date": pendulum.datetime(2006, 1, 1, tz=LONDON),
    "catchup": False,
    "max_active_runs": 1,
    "default_args": DEFAULT_ARGS,
    "on_failure_callback": alert_failed,
    "on_success_callback": alert_succeeded,
}
"""What every DAG is built with: one run at a time, and one alert for each run that needs one."""

SEALS: Final = "seals"
"""Key of the XCom with the digests of what a step left: the folder between them proves nothing."""


def handed_on(context: Any) -> dict[str, str]:
    """What the tasks of this run that have ended handed on, by part."""
    known: dict[str, str] = {}
    for task_id in sorted(context["dag"].task_ids):
        known |= context["ti"].xcom_pull(task_ids=task_id, key=SEALS) or {}
    return known


def hand_on(context: Any, seals: dict[str, str]) -> None:
    """Hand on what a step has left."""
    context["ti"].xcom_push(key=SEALS, value=seals)
