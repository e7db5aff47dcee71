"""# Email reports

Sends the current publication of each night to its readers, each once.

`prepare` renders every reader's message and stores it in the outbox; `deliver` runs once for each
message that is still to be sent, under the reader's role. A message that is refused, or whose fate
is unknown (the connection broke after it was handed over), fails its task and the run; the others
are sent. Look with `python -m jobs outbox list`, mend, and send it with `outbox resend`; then clear
the failed task. A mail server that is away is tried again for more than an hour.

Runs on every update of the asset `publication`; publications that came while it was paused, or that
came together, are all mailed by the next run. A night of the past is mailed only when asked for:
here by the parameter `as_of`, or in `nightly_reconciliation` by *mail*. Without `SMTP_URL` the
messages become `.eml` files under the data folder's `mail/`.

**Owner**: data team. Only outbox numbers, roles and counts travel between tasks.
"""

from datetime import timedelta
from typing import Any

from airflow.sdk import dag, get_current_context, task

from dags.alerts import told
from dags.common import EVERY_DAG, PUBLICATION
from dags.forms import as_of_param, night_of
from dags.lineage import FLOW


def _nights() -> list[Any]:
    """The nights that the publications' events name, else the one that the run asks for."""
    from datetime import date

    from jobs.operate.emails import NightToMail

    context = get_current_context()
    events = (context.get("triggering_asset_events") or {}).get(PUBLICATION, ())
    asked: dict[str, bool] = {}
    for event in events:
        if event.extra:
            night = event.extra["as_of"]
            asked[night] = asked.get(night, False) or bool(event.extra.get("asked"))
    if not asked:
        return [NightToMail(as_of=night_of(context), asked=True)]
    return [NightToMail(as_of=date.fromisoformat(n), asked=asked[n]) for n in sorted(asked)]


@dag(
    dag_id="email_reports",
    schedule=[PUBLICATION],
    doc_md=__doc__,
    tags=["reconciliation", "tier 2"],
    params={"as_of": as_of_param("The night to mail; empty: the night of the run itself.")},
    **EVERY_DAG,
)
def email_reports() -> None:
    """Wire the outbox: one mapped task for each message."""

    @task(**FLOW["prepare"])
    @told
    def prepare() -> list[dict[str, str]]:
        from jobs.operate.emails import prepare_nights
        from jobs.runtime.settings import load_settings

        return prepare_nights(_nights(), settings=load_settings())

    # A mail server that is away for an hour costs nobody a message: 1, 2, 4, 8, then 15 minutes.
    @task(
        **FLOW["deliver"],
        map_index_template="{{ message_label }}",
        retries=8,
        max_retry_delay=timedelta(minutes=15),
    )
    @told
    def deliver(message: dict[str, str]) -> str:
        from jobs.operate.emails import deliver_email
        from jobs.runtime.settings import load_settings

        label = f"{message['reader']}, {message['night']}"
        get_current_context()["message_label"] = label  # type: ignore[literal-required]
        return deliver_email(outbox_id=int(message["outbox_id"]), settings=load_settings())

    deliver.expand(message=prepare())


email_reports()
