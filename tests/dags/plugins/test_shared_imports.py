"""What every task imports is imported once, by the scheduler that forks the tasks."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from airflow.configuration import conf
from airflow.plugins_manager import ensure_plugins_loaded

from dags.plugins import sharing
from jobs.runtime.settings import ROOT

pytestmark = pytest.mark.airflow

FORKED = """
import json, os, sys
from pathlib import Path
from airflow.jobs.job import Job
from airflow.dag_processing.bundles.manager import DagBundlesManager

sys.argv = ["airflow", "scheduler"]
Job()
before = set(sys.modules)
into, out = os.pipe()
if os.fork() == 0:
    from airflow.sdk.listener import get_listener_manager
    from airflow.sdk.execution_time.task_runner import TaskRunnerMarker
    get_listener_manager().hook.on_starting(component=TaskRunnerMarker())
    from airflow.dag_processing.dagbag import BundleDagBag
    bag = BundleDagBag(
        dag_folder="dags/nightly_reconciliation.py", safe_mode=False, load_op_links=False,
        bundle_path=Path(), bundle_name="dags-folder",
    )
    from jobs.night import Night
    from jobs.operate.deliveries import undelivered
    new = sorted(set(sys.modules) - before)
    os.write(out, json.dumps([sorted(bag.dags), new]).encode())
    os._exit(0)
os.close(out)
sys.stdout.write("told:" + os.fdopen(into).read())
"""


def plugin() -> ModuleType:
    """The plugin, as Airflow has loaded it."""
    ensure_plugins_loaded()
    return sys.modules["shared_imports"]


@pytest.mark.slow
def test_a_task_that_the_scheduler_forks_imports_its_dag_and_no_more(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORKED],
        cwd=ROOT,
        env=os.environ
        | {
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{tmp_path}/airflow.db",
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found, new = json.loads(done.stdout.rpartition("told:")[2])
    assert found == ["nightly_reconciliation"]
    beyond = [name for name in new if name.partition(".")[0] != "dags" and "unusual" not in name]
    assert len(beyond) <= 25, beyond
    assert not {name.partition(".")[0] for name in beyond} & {"jobs", "pandas", "sqlalchemy"}


@pytest.mark.parametrize(
    ("part", "executor", "shares"),
    [
        pytest.param("scheduler", "LocalExecutor", True, id="a scheduler that forks its tasks"),
        pytest.param("scheduler", "CeleryExecutor", False, id="tasks are started elsewhere"),
        pytest.param("triggerer", "LocalExecutor", False, id="a part that starts no task"),
        pytest.param("dag-processor", "LocalExecutor", False, id="a part that reads DAG files"),
    ],
)
def test_only_a_scheduler_that_forks_tasks_imports_for_them(
    monkeypatch: pytest.MonkeyPatch, part: str, executor: str, shares: bool
) -> None:
    shared: list[bool] = []
    monkeypatch.setattr(plugin(), "share", lambda: shared.append(True))
    monkeypatch.setattr(sys, "argv", ["/usr/bin/airflow", part, "--skip-serve-logs"])
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", executor)
    assert conf.get("core", "executor") == executor
    plugin().on_starting(object())
    assert bool(shared) is shares


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A package that stands for this project's own."""
    package = tmp_path / "a_package_of_ours"
    package.mkdir()
    (package / "__init__.py").write_text("said = 'before'\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sharing, "ROOT", tmp_path)
    monkeypatch.setattr(sharing, "OURS", (package.name,))
    monkeypatch.setattr(sharing, "_found", {})
    sharing.share([package.name, "json"])
    yield package
    sys.modules.pop(package.name, None)


def test_code_that_stands_as_it_did_is_not_imported_again(ours: Path) -> None:
    before = sys.modules[ours.name]
    sharing.forget_changed()
    assert sys.modules[ours.name] is before


@pytest.mark.parametrize("file", ["__init__.py", "rules.toml"])
def test_code_that_was_replaced_under_a_scheduler_is_imported_as_it_stands(
    ours: Path, file: str
) -> None:
    (ours / file).write_text("said = 'after it was replaced'\n")
    sharing.forget_changed()
    assert ours.name not in sys.modules
    assert "json" in sys.modules


def test_what_cannot_be_imported_is_left_to_the_task(
    ours: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sharing.share(["a_package_that_nobody_has"])
    assert "[a_package_that_nobody_has] cannot be imported" in caplog.text
