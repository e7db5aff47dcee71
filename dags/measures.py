"""What a step took and counted, as metrics through what Airflow sends its own; off by default.

On with ``[metrics] statsd_on`` or ``otel_on``. The same numbers are in the task's log and on the
page of runs. Only the process of a task that succeeded sends them, at its end.
"""

from typing import Any, Final

from dags.alerts import told
from dags.common import EVERY_DAG


@told
def send_measures(context: Any) -> None:
    """Send the measures of the step that a task did; a task that is no step has none."""
    from airflow.sdk.observability import stats

    from dags.forms import night_of
    from jobs.operate.run.run_folder import RunFolder
    from jobs.runtime.settings import load_settings

    task = context["task_instance"].task_id
    night = RunFolder(
        as_of=night_of(context), label=f"airflow {context['run_id']}", settings=load_settings()
    )
    for record in night.records.all().values():
        if record.task == task:
            for name, value in record.gauges().items():
                stats.gauge(name, value)


MEASURED_DAG: Final[dict[str, Any]] = EVERY_DAG | {
    "default_args": EVERY_DAG["default_args"] | {"on_success_callback": send_measures}
}
"""What a DAG is built with whose tasks are steps of a night."""
