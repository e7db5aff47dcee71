"""# Publish in spite of a failed check

Asks a person whether a night that a check stopped is published all the same. A run of
`nightly_reconciliation` that is stopped by nothing but checks that a person may let pass starts
this by itself; the night stays stopped, and the next one is not held up.

1. `evidence` collects what failed, what the registers delivered, and what stands meanwhile.
2. `decide` shows it under *Required actions* to those who decide on nights (`decides` in the
   recipients file), leads them there by email, and waits. *Publish all the same* needs a reason.
   Without an answer within 23 hours the last publication stays.
3. `publish` starts the night again with the name of the user who answered, and the reason.

Name, reason and checks then stand in the manifest and on every page and email of the night.

**Owner**: data team. Only check ids, counts and the answer travel between tasks.
"""

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import Param, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from dags.alerts import told
from dags.common import EVERY_DAG
from dags.decisions import Decision
from dags.forms import CHECKS, as_of_param, night_of

PUBLISH, KEEP = "Publish all the same", "Keep the last publication"
ANSWER_WITHIN = timedelta(hours=23)
"""By then the next night begins."""
QUESTION = {
    "as_of": as_of_param("The night that was stopped."),
    "checks": CHECKS,
    "stopped_run": Param(
        None,
        type=["null", "string"],
        title="Stopped run",
        description="Its run of nightly_reconciliation, which fills this form in by itself.",
    ),
}


class RunNightDespite(TriggerDagRunOperator):
    """Starts the night again under the answer's name and reason; skipped where it is no."""

    # The link asks for a run that a skipped task has not started, and logs an error over it.
    operator_extra_links = ()

    @told
    def execute(self, context: Any) -> None:
        """Start it."""
        answer = context["ti"].xcom_pull(task_ids="decide")
        if answer["chosen_options"] != [PUBLISH]:
            raise AirflowSkipException(KEEP)
        self.conf = {
            "as_of": night_of(context).isoformat(),
            "publish_despite": context["params"]["checks"],
            "publish_despite_by": answer["responded_by_user"]["name"],
            "publish_despite_why": answer["params_input"]["why"].strip(),
        }
        super().execute(context)


@dag(
    dag_id="publish_despite",
    schedule=None,
    doc_md=__doc__,
    tags=["reconciliation", "tier 2"],
    params=QUESTION,
    **(EVERY_DAG | {"max_active_runs": 16}),
)
def publish_despite() -> None:
    """Wire one question: evidence, a person, the night."""

    @task
    @told
    def evidence() -> dict[str, Any]:
        from expectations import suite
        from jobs.contract.view_models import day_text, plural
        from jobs.operate.approvals.stopped_night import night_evidence, standing
        from jobs.operate.run.run_folder import RunFolder

        context = get_current_context()
        params, as_of = context["params"], night_of(context)
        night = RunFolder.open(as_of=as_of, label=f"airflow {params['stopped_run']}")
        checks = params["checks"] or ()
        found = night_evidence(night=night, checks=checks, suite=suite())
        some = plural(len(checks), "failed check", "failed checks")
        return {
            "subject": f"Publish the night of {day_text(as_of)} in spite of {some}?",
            "evidence": list(found),
            "standing": standing(as_of, settings=night.settings),
        }

    (
        evidence()
        >> Decision(
            task_id="decide",
            decides="nights",
            evidence_from="evidence",
            change=PUBLISH,
            keep=KEEP,
            response_timeout=ANSWER_WITHIN,
        )
        >> RunNightDespite(
            task_id="publish", trigger_dag_id="nightly_reconciliation", logical_date=None
        )
    )


publish_despite()
