"""What every task imports, imported once for all; `dags/plugins/shared_imports.py` says when.

Libraries change with an installation, and then Airflow is started again. The code of this project
may be replaced under a scheduler that runs: a task that finds it so forgets what it was given of
it, and imports the code as it stands, which is the code that a publication's manifest names.
"""

import gc
import importlib
import logging
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

ROOT: Final = Path(__file__).resolve().parents[2]
OURS: Final = ("jobs", "expectations")
"""The packages that are forgotten where their files have changed."""
SHARED: Final = (
    "airflow.dag_processing.dagbag",
    "airflow.providers.common.compat.lineage.entities",
    "airflow.providers.standard.operators.trigger_dagrun",
    "airflow.providers.standard.sensors.python",
    "airflow.sdk.execution_time.supervisor",
    "airflow.sdk.execution_time.task_runner",
    "matplotlib.backends.backend_svg",
    "matplotlib.figure",
    "scipy.stats",
    "jobs.night",
    "jobs.operate.deliveries",
    "jobs.operate.emails",
    "jobs.operate.monitoring.failure_notes",
)
"""Modules that tasks import, with all that these import in their turn."""
_found: dict[str, tuple[int, int]] = {}
"""The files of `OURS` as they were when their modules were imported for the tasks."""


def share(modules: Iterable[str] = SHARED) -> None:
    """Import modules for the tasks to come; one that cannot be imported is each task's own to tell.

    With the night comes its suite, for Great Expectations has a door of its own. What is written
    meanwhile, such as a library's cache, is for its own user; the scheduler goes on as it was.
    """
    _found.update(files())
    from jobs.runtime.files import keep_private

    before = os.umask(0o077)
    try:
        keep_private()
        for name in modules:
            _share(name)
        if "jobs.night" in sys.modules:
            from expectations import suite

            suite()
    finally:
        os.umask(before)
    gc.collect()


def _share(name: str) -> None:
    try:
        importlib.import_module(name)
    except ImportError as error:
        log.warning("not shared with tasks: [%s] cannot be imported (%s)", name, error.name)


def forget_changed() -> None:
    """Forget this project's modules where its files are no longer those that were imported."""
    if _found and _found != files():
        for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
            del sys.modules[name]
        _found.clear()


def files() -> dict[str, tuple[int, int]]:
    """When each file of `OURS` was changed, and its size."""
    found: dict[str, tuple[int, int]] = {}
    for package in OURS:
        for path in (ROOT / package).rglob("*"):
            if "__pycache__" not in path.parts and path.is_file():
                stands = path.stat()
                found[str(path)] = (stands.st_mtime_ns, stands.st_size)
    return found
