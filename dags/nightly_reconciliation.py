"""# Nightly reconciliation

Reads the prison and immigration registers as they stood on one day, checks them, links the people
of both, assesses who must be considered for deportation and was not, and publishes the result.

1. `extract_prison`, `extract_immigration`: copy each register to the landing, once for each date.
   A connection that fails is retried; anything else says which table and column.
2. `check`: contract, row rules (bad rows go to quarantine), quality gate. A critical failure stops
   the night: have the feed mended, then clear this task.
3. `link`: gives each person of both registers an identity, with a probability on every link.
4. `assess`: the status of every custody episode, with its reasons.
5. `report`: figures, lists and pages, all rendered before anything is published.
6. `audit_and_publish`: audits the results and makes them current in one transaction. If it fails,
   the last publication stays current.

**As-of date**: the London date of the run's logical date, or the parameter `as_of`. To run past
dates: `airflow backfill create --dag-id nightly_reconciliation --from-date ... --to-date ...`.

**Re-running** a date uses its landing, gives the same publication and changes nothing. To read the
registers again, set the parameter `fetch_again`.

**A task that fails** for good alerts, by email, the readers with `alerts = true`.

**Publishing in spite of a failed check**: a named person can, with a reason: set the parameters
`publish_despite` (the ids of the checks), `publish_despite_by` and `publish_despite_why`. Name and
reason stand in the manifest and on every page. What breaks the contract cannot be let pass.

**Owner**: data team. Only run labels and counts travel between tasks; data stays in the run's
folder. Each publication updates the asset `publication`, which starts `email_reports`.
"""

from typing import Any

import pendulum
from airflow.sdk import CronTriggerTimetable, Metadata, Param, dag, get_current_context, task

from dags.common import DEFAULT_ARGS, LONDON, PUBLICATION, alert, night_of


def _night() -> Any:
    from jobs.night import Night
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import override_of

    context = get_current_context()
    params = context["params"]
    return Night(
        as_of=night_of(context),
        label=f"airflow {context['run_id']}",
        settings=load_settings(),
        despite=override_of(
            rules=params["publish_despite"],
            by=params["publish_despite_by"],
            reason=params["publish_despite_why"],
        ),
    )


@dag(
    dag_id="nightly_reconciliation",
    schedule=CronTriggerTimetable("30 23 * * *", timezone=LONDON),
    start_date=pendulum.datetime(2006, 1, 1, tz=LONDON),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS | {"on_failure_callback": alert},
    doc_md=__doc__,
    tags=["reconciliation", "tier 1"],
    params={
        "as_of": Param(None, type=["null", "string"], format="date", description="As-of date"),
        "fetch_again": Param(False, type="boolean", description="Read the registers again"),
        "publish_despite": Param(
            [], type="array", items={"type": "string"}, description="Failed checks to let pass"
        ),
        "publish_despite_by": Param("", type="string", description="Who answers for them"),
        "publish_despite_why": Param("", type="string", description="Why"),
    },
)
def nightly_reconciliation() -> None:
    """Wire the steps of one night."""

    @task
    def extract_prison(params: dict[str, Any] | None = None) -> dict[str, int]:
        return _night().extract("prison", fetch_again=bool((params or {}).get("fetch_again")))

    @task
    def extract_immigration(params: dict[str, Any] | None = None) -> dict[str, int]:
        return _night().extract("immigration", fetch_again=bool((params or {}).get("fetch_again")))

    @task
    def check() -> dict[str, int]:
        return _night().check()

    @task
    def link() -> dict[str, int]:
        return _night().link()

    @task
    def assess() -> dict[str, int]:
        return _night().assess()

    @task
    def report() -> dict[str, int]:
        return _night().report()

    @task(outlets=[PUBLICATION])
    def audit_and_publish() -> Any:
        night = _night()
        publication_id = night.publish()
        yield Metadata(PUBLICATION, {"as_of": night.as_of.isoformat()})
        return publication_id

    extracts = [extract_prison(), extract_immigration()]
    extracts >> check() >> link() >> assess() >> report() >> audit_and_publish()


nightly_reconciliation()
