"""Callbacks of Airflow: they hand on what Airflow knows of a run's end, and nothing else.

A task writes down why it failed; what a run's end means is told by the run, whatever ended it: a
task that was killed by the system tells nobody anything. What fails, here or in a task, is `told`
in one line.
"""

import asyncio
import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, TypeVar

from airflow.sdk.exceptions import AirflowException

from jobs.runtime.files import keep_private

# Airflow calls them in processes that read no DAG.
keep_private()

Do = TypeVar("Do", bound=Callable[..., Any])


def told(do: Do) -> Do:
    """Have what fails in a task or callback told in one line, as the command line does.

    Airflow writes the traceback of whatever a task raises into its log, with what it says and with
    every error behind it; the words of an error that nobody foresaw may hold a row. Such an error
    becomes a `Crash` with nothing behind it, its place goes into a file for its owner alone.
    """
    if inspect.isgeneratorfunction(do):

        @functools.wraps(do)
        def generate(*args: Any, **kwargs: Any) -> Iterator[Any]:
            with _in_one_line():
                return (yield from do(*args, **kwargs))

        return generate  # type: ignore[return-value]

    @functools.wraps(do)
    def run(*args: Any, **kwargs: Any) -> Any:
        with _in_one_line():
            return do(*args, **kwargs)

    return run  # type: ignore[return-value]


def _in_one_line() -> AbstractContextManager[None]:
    from jobs.operate.monitoring.failure_notes import faults_in_one_line

    return faults_in_one_line(passing=(AirflowException,))


@told
def note_failure(context: Any) -> None:
    """Write down why a task failed, for the alert of its run."""
    from jobs.operate.monitoring.failure_notes import note_failure
    from jobs.runtime.settings import load_settings

    task = context["task_instance"]
    place = "" if task.map_index < 0 else f"[{task.map_index}]"
    note_failure(
        dag=task.dag_id,
        run=context["run_id"],
        task=f"{task.task_id}{place}",
        error=context.get("exception"),
        settings=load_settings(),
    )


@told
def alert_failed(context: Any) -> None:
    """Tell that a run failed."""
    from jobs.operate.monitoring.alerts import alert_failed
    from jobs.runtime.settings import load_settings

    settings = load_settings()
    alert_failed(_end(context), settings=settings)


@told
def alert_succeeded(context: Any) -> None:
    """Tell that a run recovered, or that its publication has caveats."""
    from jobs.operate.monitoring.alerts import alert_succeeded
    from jobs.runtime.settings import load_settings

    settings = load_settings()
    alert_succeeded(_end(context), settings=settings)


async def alert_late(context: Any) -> None:
    """Tell that tonight's publication is not there; runs in the triggerer at the deadline."""
    from jobs.operate.monitoring.alerts import RunEnd, alert_late
    from jobs.operate.monitoring.timetable import night_at
    from jobs.runtime.settings import load_settings

    run = context["dag_run"]
    if run["run_type"] != "scheduled":
        return
    settings = load_settings()
    logical = datetime.fromisoformat(run["logical_date"])
    end = RunEnd(
        dag=run["dag_id"],
        run=run["dag_run_id"],
        attempt="",
        as_of=night_at(logical, settings=settings),
        task="",
        reason="late",
        url=_url(run["dag_id"], run["dag_run_id"]),
        at=datetime.now(UTC),
    )
    await asyncio.to_thread(told(alert_late), end, settings=settings)


def _end(context: Any) -> Any:
    """What is known of a run's end; a night's date only for the DAG that runs nights."""
    from dags.forms import night_of
    from jobs.operate.monitoring.alerts import NIGHTLY, RunEnd

    dag, run, task = context["dag"], context.get("dag_run"), context.get("task_instance")
    run_id = context["run_id"]
    attempt = "" if run is None else f"{run.clear_number} {run.start_date}"
    return RunEnd(
        dag=dag.dag_id,
        run=run_id,
        attempt=attempt,
        as_of=night_of(context) if dag.dag_id == NIGHTLY and run is not None else None,
        task="" if task is None else task.task_id,
        reason=context.get("reason") or "",
        url=_url(dag.dag_id, run_id),
        at=datetime.now(UTC),
    )


def _url(dag_id: str, run_id: str) -> str:
    """The run on Airflow's page."""
    from urllib.parse import quote

    from airflow.sdk.configuration import conf

    base = conf.get("api", "base_url", fallback="").rstrip("/")
    return f"{base}/dags/{dag_id}/runs/{quote(run_id, safe='')}" if base else ""
