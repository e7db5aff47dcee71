"""What every task imports is imported once: by the scheduler, whose LocalExecutor forks the tasks.

A night is some ten processes. Each would import Airflow's task runner, pandas, Great Expectations
and the night anew, which takes longer than most steps. So the scheduler does it before it starts
its executor, and a task finds all of it there (`dags.plugins.sharing`). Where another executor
starts tasks elsewhere, its scheduler imports nothing for them.
"""

import sys
from typing import Any, Final

from airflow.listeners import hookimpl
from airflow.plugins_manager import AirflowPlugin

from dags.plugins.sharing import forget_changed, share

EXECUTOR: Final = "LocalExecutor"


@hookimpl
def on_starting(component: Any) -> None:
    """Called by Airflow in each of its processes: once where a part starts, and in each task."""
    if type(component).__name__ == "TaskRunnerMarker":
        forget_changed()
    elif sys.argv[1:2] == ["scheduler"] and _forks_tasks():
        share()


def _forks_tasks() -> bool:
    from airflow.configuration import conf

    return bool(conf.get("core", "executor").rpartition(".")[2] == EXECUTOR)


class SharedImports(AirflowPlugin):  # type: ignore[misc]
    """Has Airflow call `on_starting`."""

    name = "shared_imports"
    listeners = (sys.modules[__name__],)
