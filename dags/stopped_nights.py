"""The night's last resort: a person is asked, in a run of its own, so that nothing waits for it."""

from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk.exceptions import AirflowSkipException

from dags.alerts import told
from dags.forms import night_of


class AskSomebody(TriggerDagRunOperator):
    """Starts `publish_despite` where checks stopped the night that a person may let pass."""

    # The link asks for a run that a skipped task has not started, and logs an error over it.
    operator_extra_links = ()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            trigger_dag_id="publish_despite",
            logical_date=None,
            skip_when_already_exists=True,
            **kwargs,
        )

    @told
    def execute(self, context: Any) -> None:
        """Start it once for each run and the checks that stopped it; skipped otherwise."""
        from expectations import suite
        from jobs.operate.approvals.asking import asked_people
        from jobs.operate.approvals.stopped_night import checks_to_ask_about
        from jobs.operate.run.run_folder import RunFolder
        from jobs.runtime.errors import BadInput
        from jobs.runtime.files import text_digest

        run, as_of = context["run_id"], night_of(context)
        night = RunFolder.open(as_of=as_of, label=f"airflow {run}")
        try:
            checks = checks_to_ask_about(
                dag=context["dag"].dag_id, run=run, night=night, suite=suite()
            )
        except BadInput as error:
            raise AirflowSkipException(str(error)) from None
        if not checks:
            raise AirflowSkipException("no check that a person may let pass stopped the night")
        if not asked_people("nights", settings=night.settings):
            raise AirflowSkipException("the recipients file names nobody who decides on nights")
        self.trigger_run_id = f"stopped__{as_of}__{text_digest(run, *checks)[:12]}"
        self.conf = {"as_of": as_of.isoformat(), "checks": list(checks), "stopped_run": run}
        super().execute(context)
