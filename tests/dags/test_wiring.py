import ast
import asyncio
import importlib
import inspect
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pendulum
import pytest
from airflow.configuration import conf
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, RetryAction
from airflow.utils.file import list_py_file_paths

from dags.common import DEFAULT_ARGS
from dags.deliveries import AwaitRegisters, DeliveryTrigger, is_ones_turn
from dags.forms import night_of
from dags.lineage import FLOW
from jobs.commands.administration.airflow_cli import airflow_environment
from jobs.runtime.errors import BadInput, GateFailed, NotDelivered, Unreachable
from jobs.runtime.settings import ROOT, load_settings

DAG_IDS = {"nightly_reconciliation", "email_reports", "linkage_model", "publish_despite"}


def test_every_dag_file_imports(bag: DagBag) -> None:
    assert not bag.import_errors
    assert set(bag.dags) == DAG_IDS


@pytest.mark.parametrize("dag_id", sorted(DAG_IDS))
def test_a_dag_has_an_owner_a_tier_a_page_and_one_run_at_a_time_unless_it_asks(
    bag: DagBag, dag_id: str
) -> None:
    dag: DAG = bag.dags[dag_id]
    assert {task.owner for task in dag.tasks} == {"data-team"}
    assert any(tag.startswith("tier") for tag in dag.tags)
    assert dag.doc_md is not None
    assert dag.doc_md.startswith("# ")
    # Questions wait side by side: one that nobody answers must not hide the next.
    assert (dag.max_active_runs == 1) is (dag_id != "publish_despite")
    assert dag.catchup is False


def test_the_steps_of_a_night_run_in_their_order_with_the_extracts_side_by_side(
    bag: DagBag,
) -> None:
    dag = bag.dags["nightly_reconciliation"]
    after = {task.task_id: task.downstream_task_ids for task in dag.tasks}
    assert after == {
        "await_turn": {"await_registers"},
        "await_registers": {"extract_prison", "extract_immigration"},
        "extract_prison": {"check"},
        "extract_immigration": {"check"},
        "check": {"link", "ask_somebody"},
        "link": {"assess"},
        "assess": {"report"},
        "report": {"audit_and_publish", "ask_somebody"},
        "audit_and_publish": {"place"},
        "place": set(),
        "ask_somebody": set(),
    }
    assert dag.get_task("ask_somebody").trigger_rule == "one_failed"


@pytest.mark.parametrize(
    ("error", "action"),
    [
        pytest.param(Unreachable("w", "x", "t"), RetryAction.RETRY, id="a lost connection"),
        pytest.param(BadInput("w", "x", "t"), RetryAction.FAIL, id="bad input"),
        pytest.param(GateFailed("w", "x", "t"), RetryAction.FAIL, id="a failed gate"),
        pytest.param(ZeroDivisionError(), RetryAction.FAIL, id="a fault of the code"),
    ],
)
def test_only_lost_connections_are_retried(error: Exception, action: RetryAction) -> None:
    decision = DEFAULT_ARGS["retry_policy"].evaluate(error, try_number=1, max_tries=3)
    assert decision.action is action


@pytest.mark.parametrize(
    ("logical", "night"),
    [
        pytest.param("2006-04-25T22:30:00+00:00", date(2006, 4, 25), id="23:30 in summer time"),
        pytest.param("2006-04-25T23:30:00+00:00", date(2006, 4, 26), id="past midnight in London"),
        pytest.param("2006-01-25T23:30:00+00:00", date(2006, 1, 25), id="23:30 in winter"),
        pytest.param("2006-04-25T00:00:00+00:00", date(2006, 4, 25), id="a date by hand"),
    ],
)
def test_the_night_is_the_london_date_of_the_logical_date(logical: str, night: date) -> None:
    context = {"params": {}, "logical_date": pendulum.parse(logical)}
    assert night_of(context) == night


def test_the_parameter_names_the_night() -> None:
    context = {"params": {"as_of": "1999-02-01"}, "logical_date": pendulum.now("UTC")}
    assert night_of(context) == date(1999, 2, 1)


def test_a_run_without_a_logical_date_is_for_the_day_it_runs_after() -> None:
    run = SimpleNamespace(run_after=pendulum.datetime(2006, 4, 25, 12))
    assert night_of({"params": {}, "logical_date": None, "dag_run": run}) == date(2006, 4, 25)


HEAVY = {
    "alembic", "altair", "apprise", "duckdb", "great_expectations", "matplotlib", "numpy", "pandas",
    "pyarrow", "scipy", "splink", "jobs.night",
}  # fmt: skip
READ = """
import importlib, json, os, sys
import airflow.sdk
from multiprocessing import SimpleQueue

told, dags, heavy = SimpleQueue(), *map(json.loads, sys.argv[1:])
for dag in dags:
    if os.fork() == 0:
        importlib.import_module(f"dags.{dag}")
        told.put((dag, sorted(set(heavy) & set(sys.modules))))
        os._exit(0)
    os.wait()
sys.stdout.write("told:" + json.dumps(dict(told.get() for _ in dags)))
"""


@pytest.fixture(scope="module")
def imported_by_dag() -> dict[str, list[str]]:
    """What of `HEAVY` reading each DAG file imports, in a fork of a process that has Airflow."""
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            READ,
            *map(json.dumps, map(sorted, (DAG_IDS, HEAVY))),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, list[str]] = json.loads(done.stdout.rpartition("told:")[2])
    return found


@pytest.mark.parametrize("dag_id", sorted(DAG_IDS))
def test_reading_a_dag_file_loads_neither_pandas_nor_a_step(
    dag_id: str, imported_by_dag: dict[str, list[str]]
) -> None:
    assert imported_by_dag[dag_id] == []


def test_airflow_reads_the_files_that_build_a_dag_and_no_other() -> None:
    """What they share would be read like each of them, in a process of its own."""
    found = {Path(path).relative_to(ROOT) for path in list_py_file_paths(ROOT, safe_mode=True)}
    assert found == {Path("dags") / f"{dag_id}.py" for dag_id in DAG_IDS}


def test_dag_files_wire_and_nothing_else() -> None:
    for path in (ROOT / "dags").glob("*.py"):
        text = path.read_text()
        assert "import pandas" not in text
        assert "SELECT" not in text
        page = ast.get_docstring(ast.parse(text), clean=False) or ""
        assert len(text.splitlines()) - len(page.splitlines()) < 150


def test_a_mail_server_may_be_away_for_an_hour(bag: DagBag) -> None:
    deliver = bag.dags["email_reports"].get_task("deliver")
    waits = [
        min(deliver.retry_delay * 2**place, deliver.max_retry_delay)
        for place in range(deliver.retries)
    ]
    assert sum(waits, timedelta()) > timedelta(hours=1)
    decision = deliver.retry_policy.evaluate(Unreachable("w", "x", "t"), try_number=8, max_tries=8)
    assert decision.action is RetryAction.RETRY


@pytest.mark.parametrize(
    ("events", "nights"),
    [
        pytest.param([], [("2006-04-27", True)], id="started by hand: the night of the run"),
        pytest.param(
            [("2006-04-26", False), ("2006-04-25", True), ("2006-04-26", False)],
            [("2006-04-25", True), ("2006-04-26", False)],
            id="several that came together, each once and in order",
        ),
        pytest.param(
            [("2006-04-25", True), ("2006-04-25", False)],
            [("2006-04-25", True)],
            id="asked for once is asked for",
        ),
    ],
)
def test_every_publication_that_an_event_names_is_mailed(
    bag: DagBag,
    monkeypatch: pytest.MonkeyPatch,
    events: list[tuple[str, bool]],
    nights: list[tuple[str, bool]],
) -> None:
    found = [SimpleNamespace(extra={"as_of": night, "asked": asked}) for night, asked in events]
    prepare = inspect.unwrap(bag.dags["email_reports"].get_task("prepare").python_callable)
    context = {
        "triggering_asset_events": {prepare.__globals__["PUBLICATION"]: found},
        "params": {"as_of": "2006-04-27"},
    }
    monkeypatch.setitem(prepare.__globals__, "get_current_context", lambda: context)
    given: list[object] = []
    monkeypatch.setattr(
        "jobs.operate.emails.prepare_nights", lambda nights, **_: given.extend(nights) or []
    )
    prepare()
    assert [(night.as_of.isoformat(), night.asked) for night in given] == nights


@pytest.mark.parametrize("dag_id", sorted(DAG_IDS))
def test_every_field_of_a_form_may_be_left_as_it_is_and_says_what_it_does(
    bag: DagBag, dag_id: str
) -> None:
    dag = bag.dags[dag_id]
    fields = {
        name: holder.params.get_param(name)
        for holder in (dag, *dag.tasks)
        for name in holder.params
    }
    assert fields
    for name, param in fields.items():
        kinds = param.schema["type"]
        assert kinds == "boolean" or "null" in kinds, name
        assert param.description, name
        assert param.schema["title"], name


@pytest.mark.parametrize("dag_id", sorted(DAG_IDS))
def test_the_end_of_a_run_is_told_by_the_run_and_a_task_only_notes_why(
    bag: DagBag, dag_id: str
) -> None:
    dag = bag.dags[dag_id]
    assert [f.__name__ for f in as_list(dag.on_failure_callback)] == ["alert_failed"]
    assert [f.__name__ for f in as_list(dag.on_success_callback)] == ["alert_succeeded"]
    for task in dag.tasks:
        assert [f.__name__ for f in as_list(task.on_failure_callback)] == ["note_failure"]


@pytest.mark.parametrize("dag_id", ["nightly_reconciliation", "email_reports"])
def test_every_task_that_moves_data_names_what_it_reads_and_writes(
    bag: DagBag, dag_id: str
) -> None:
    for task in bag.dags[dag_id].tasks:
        assert bool(task.inlets) is bool(task.outlets) is (task.task_id in FLOW)


def test_metrics_and_lineage_are_off_unless_a_site_turns_them_on() -> None:
    environment = airflow_environment(settings=load_settings(), url="postgresql://")
    assert not [
        name for name in environment if name.startswith(("AIRFLOW__METRICS", "OPENLINEAGE"))
    ]
    assert not [name for name in environment if name.startswith("AIRFLOW__OPENLINEAGE")]
    assert not conf.getboolean("metrics", "statsd_on")
    assert not conf.getboolean("metrics", "otel_on")
    assert importlib.import_module("airflow.providers.openlineage.conf").is_disabled()


def as_list(callbacks: object) -> list[Callable[..., object]]:
    return callbacks if isinstance(callbacks, list) else [callbacks]  # type: ignore[list-item]


def test_only_nights_have_a_deadline_and_none_without_the_setting(bag: DagBag) -> None:
    assert bag.dags["nightly_reconciliation"].deadline
    assert not bag.dags["email_reports"].deadline
    code = (
        "import dags.nightly_reconciliation as n; from airflow.sdk import DAG;"
        "print([d.deadline for d in vars(n).values() if isinstance(d, DAG)], n._deadline())"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env={**os.environ, "RECONCILIATION_DEADLINE": "none"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip().splitlines()[-1] == "[] None"


@dataclass
class Run:
    run_type: str
    state: str


@pytest.mark.parametrize(
    ("run", "before", "turn"),
    [
        pytest.param(Run("backfill", "running"), None, True, id="the first night of all"),
        pytest.param(
            Run("backfill", "running"), Run("backfill", "success"), True, id="the night before done"
        ),
        pytest.param(Run("scheduled", "running"), Run("scheduled", "failed"), True, id="it failed"),
        pytest.param(
            Run("backfill", "running"), Run("backfill", "running"), False, id="it still runs"
        ),
        pytest.param(
            Run("scheduled", "running"), Run("backfill", "queued"), False, id="it has yet to start"
        ),
    ],
)
def test_a_night_waits_for_the_night_before(run: Run, before: Run | None, turn: bool) -> None:
    assert bool(is_ones_turn(turn_context(run, before))) is turn


def test_a_range_that_runs_backwards_is_refused_in_one_line() -> None:
    with pytest.raises(BadInput, match="the range runs backwards"):
        is_ones_turn(turn_context(Run("backfill", "running"), Run("backfill", "queued")))


def turn_context(run: Run, before: Run | None) -> dict[str, object]:
    return {
        "dag_run": run,
        "ti": SimpleNamespace(get_previous_dagrun=lambda: before),
        "params": {},
        "logical_date": pendulum.datetime(2006, 4, 25, 23),
    }


def test_late_registers_are_waited_for_in_the_triggerer_until_they_deliver(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter([("prison is late",), ("prison is late",), ()])
    monkeypatch.setattr("dags.deliveries._undelivered", lambda *_: next(answers))
    until = pendulum.now("UTC").add(hours=1).isoformat()
    trigger = DeliveryTrigger("2006-04-25", until, False, 0.01)
    assert first_event(trigger) == {"late": []}


def test_when_the_time_is_up_the_night_stops_and_names_each_register(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = ("prison is late", "immigration is late")
    monkeypatch.setattr("dags.deliveries._undelivered", lambda *_: late)
    until = pendulum.now("UTC").add(seconds=0.05).isoformat()
    event = first_event(DeliveryTrigger("2006-04-25", until, False, 60))
    assert event == {"late": list(late)}
    context = {"params": {"as_of": "2006-04-25"}}
    with pytest.raises(NotDelivered, match="prison is late; immigration is late"):
        AwaitRegisters(task_id="await_registers").resume(context, event)


def first_event(trigger: DeliveryTrigger) -> dict[str, object]:
    class_path, arguments = trigger.serialize()
    module, _, name = class_path.rpartition(".")
    again = getattr(importlib.import_module(module), name)(**arguments)

    async def first() -> dict[str, object]:
        async for event in again.run():
            return event.payload  # type: ignore[no-any-return]
        raise AssertionError

    return asyncio.run(first())
