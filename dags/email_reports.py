"""# Email reports

Sends the current publication of a date to its readers, each once.

`prepare` renders every reader's message and stores it in the outbox; `deliver` runs once for each
message that is still to be sent. A reader whose address is refused does not stop the others; a
message whose fate is unknown (the connection broke after it was handed over) is never sent again
by itself: see the outbox page of the operator's guide.

Runs on every update of the asset `publication`. By hand: give the parameter `as_of`, or run it for
a logical date. Without `SMTP_URL` the messages become `.eml` files under the data folder's `mail/`.

**Owner**: data team. Only outbox numbers and counts travel between tasks.
"""

from typing import Any

import pendulum
from airflow.sdk import Param, dag, get_current_context, task

from dags.common import DEFAULT_ARGS, LONDON, PUBLICATION, night_of


def _night_of_publication() -> Any:
    """The as-of date that the publication's event names, else that of the run."""
    from datetime import date

    context = get_current_context()
    events = context.get("triggering_asset_events") or {}
    dates = [event.extra["as_of"] for event in events.get(PUBLICATION, ()) if event.extra]
    return date.fromisoformat(max(dates)) if dates else night_of(context)


@dag(
    dag_id="email_reports",
    schedule=[PUBLICATION],
    start_date=pendulum.datetime(2006, 1, 1, tz=LONDON),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    doc_md=__doc__,
    tags=["reconciliation", "tier 2"],
    params={"as_of": Param(None, type=["null", "string"], format="date", description="As-of date")},
)
def email_reports() -> None:
    """Wire the outbox: one mapped task for each message."""

    @task
    def prepare() -> list[int]:
        from jobs.operate.emails import prepare_emails
        from jobs.runtime.settings import load_settings

        return prepare_emails(as_of=_night_of_publication(), settings=load_settings())

    @task(map_index_template="{{ task.op_kwargs['outbox_id'] }}")
    def deliver(outbox_id: int) -> str:
        from jobs.operate.emails import send_email
        from jobs.runtime.settings import load_settings

        return send_email(outbox_id=outbox_id, settings=load_settings())

    deliver.expand(outbox_id=prepare())


email_reports()
