"""What fails in a task is told in one line: Airflow writes whatever it is given into its log."""

import ast
import inspect
import os
import stat
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.exceptions import AirflowSkipException, TaskDeferred

from dags.alerts import told
from jobs.runtime.errors import BadInput, Crash, NotPlaced, Unreachable
from jobs.runtime.fail_points import CANARY, VARIABLE
from jobs.runtime.settings import ROOT
from jobs.warehouse import embedded
from tests.conftest import run_jobs

METHODS = {"execute", "execute_complete", "resume", "notify"}


def failing(error: BaseException) -> Any:
    def do() -> None:
        raise error from KeyError(CANARY)

    return do


def as_airflow_writes(error: BaseException) -> str:
    """The error in both forms that Airflow's log has for it."""
    transform = structlog.tracebacks.ExceptionDictTransformer(use_rich=False, show_locals=False)
    told_as = (type(error), error, error.__traceback__)
    return "".join(traceback.format_exception(error)) + repr(transform(told_as))


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RECONCILIATION_DATA_DIR", str(tmp_path))
    return tmp_path


def test_what_nobody_foresaw_is_told_without_a_value(data_dir: Path) -> None:
    with pytest.raises(Crash) as caught:
        told(failing(ValueError(CANARY)))()
    assert CANARY not in as_airflow_writes(caught.value)
    assert str(caught.value).startswith("a fault of this software [ValueError]; where, is in [")
    assert len(str(caught.value).splitlines()) == 1
    (file,) = (data_dir / "crashes").iterdir()
    assert str(file) in str(caught.value)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "test_told.py" in file.read_text()
    assert CANARY not in file.read_text()


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(BadInput("a table", "lacks a column", "deliver it"), id="bad input"),
        pytest.param(Unreachable("a server", "does not answer", "wait"), id="worth a retry"),
        pytest.param(NotPlaced("a night", "is published", "place it"), id="not in place"),
    ],
)
def test_what_is_known_stays_what_it_is_with_nothing_behind_it(error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        told(failing(error))()
    assert caught.value is error
    assert CANARY not in as_airflow_writes(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(AirflowSkipException("nothing to ask"), id="skipped"),
        pytest.param(
            TaskDeferred(trigger=None, method_name="resume"),  # type: ignore[arg-type]
            id="deferred",
        ),
    ],
)
def test_what_airflow_goes_by_passes(error: BaseException) -> None:
    with pytest.raises(type(error)) as caught:
        told(failing(error))()
    assert caught.value is error


def test_a_task_that_gives_events_gives_them_still(data_dir: Path) -> None:
    def gives() -> Iterator[str]:
        yield "an event"
        raise ValueError(CANARY)

    given = told(gives)
    assert inspect.isgeneratorfunction(given)
    events = given()
    assert next(events) == "an event"
    with pytest.raises(Crash) as caught:
        next(events)
    assert CANARY not in as_airflow_writes(caught.value)


def named(decorator: ast.expr) -> str:
    return ast.unparse(decorator).partition("(")[0]


def test_every_task_and_every_method_that_airflow_calls_is_told() -> None:
    lacking = []
    for path in sorted((ROOT / "dags").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef):
                continue
            names = [named(each) for each in node.decorator_list]
            # `step` is a task that is told; see `dags.lineage`.
            is_task = any(name in {"task", "task.sensor"} for name in names)
            if (is_task or node.name in METHODS) and names[-1:] != ["told"]:
                lacking.append(f"{path.name}: {node.name}")
    assert lacking == []


def is_told(do: Any) -> bool:
    """Whether `told` has made it."""
    return inspect.unwrap(do) is not do


def callbacks_of(owner: Any) -> list[Any]:
    given = (owner.on_failure_callback, owner.on_success_callback)
    return [one for each in given if each for one in (each if isinstance(each, list) else [each])]


def test_tasks_and_callbacks_of_every_dag_are_told(bag: DagBag) -> None:
    assert not is_told(failing)
    for dag in bag.dags.values():
        assert callbacks_of(dag)
        for owner in (dag, *dag.tasks):
            assert all(is_told(callback) for callback in callbacks_of(owner)), owner
        for task in dag.tasks:
            do = getattr(task, "python_callable", None)
            assert do is None or is_told(do), task.task_id


@pytest.mark.long
@pytest.mark.airflow
def test_no_value_of_a_fault_is_in_a_log_or_in_what_airflow_keeps(tmp_path: Path) -> None:
    """A fault that shows a value, in a step of a real run: who looks anywhere finds none."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("RECONCILIATION_", "AIRFLOW"))}
    environment = kept | {"RECONCILIATION_DATA_DIR": str(tmp_path)}
    world = run_jobs(
        "world", "--people", "1200", "--as-of", "2006-04-25", "--load", environment=environment
    )
    assert world.returncode == 0, world.stderr
    done = run_jobs(
        "airflow", "dags", "test", "nightly_reconciliation", "2006-04-25",
        environment=environment | {VARIABLE: "folder.written:fault"},
    )  # fmt: skip
    assert "a fault of this software [LookupError]" in done.stdout + done.stderr
    assert CANARY not in done.stdout + done.stderr
    with embedded.start(tmp_path / "postgres") as server:
        engine = sa.create_engine(server.url("airflow"))
        tables = sa.inspect(engine).get_table_names()
        with engine.connect() as connection:
            states = set(connection.scalars(sa.text("SELECT state FROM task_instance")))
            for name in tables:
                query = sa.text(f'SELECT count(*) FROM "{name}" AS t WHERE t::text LIKE :value')
                assert connection.scalar(query, {"value": f"%{CANARY}%"}) == 0, name
        engine.dispose()
        server.stop()
    assert "failed" in states
    texts = [p for p in tmp_path.rglob("*") if p.is_file() and "postgres" not in p.parts]
    found = [p.name for p in texts if CANARY.encode() in p.read_bytes()]
    assert found == []
