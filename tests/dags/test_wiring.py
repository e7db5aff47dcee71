import subprocess
import sys
from datetime import date, timedelta
from types import SimpleNamespace

import pendulum
import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, RetryAction

from dags.common import DEFAULT_ARGS, night_of
from jobs.runtime.errors import BadInput, GateFailed, Unreachable
from jobs.runtime.settings import ROOT

DAG_IDS = {"nightly_reconciliation", "email_reports", "linkage_model"}


@pytest.fixture(scope="module")
def bag() -> DagBag:
    return DagBag(dag_folder=str(ROOT / "dags"))


def test_every_dag_file_imports(bag: DagBag) -> None:
    assert not bag.import_errors
    assert set(bag.dags) == DAG_IDS


@pytest.mark.parametrize("dag_id", sorted(DAG_IDS))
def test_a_dag_has_an_owner_a_tier_a_page_and_one_run_at_a_time(bag: DagBag, dag_id: str) -> None:
    dag: DAG = bag.dags[dag_id]
    assert {task.owner for task in dag.tasks} == {"data-team"}
    assert any(tag.startswith("tier") for tag in dag.tags)
    assert dag.doc_md is not None
    assert dag.doc_md.startswith("# ")
    assert dag.max_active_runs == 1
    assert dag.catchup is False


def test_the_steps_of_a_night_run_in_their_order_with_the_extracts_side_by_side(
    bag: DagBag,
) -> None:
    dag = bag.dags["nightly_reconciliation"]
    after = {task.task_id: task.downstream_task_ids for task in dag.tasks}
    assert after == {
        "extract_prison": {"check"},
        "extract_immigration": {"check"},
        "check": {"link"},
        "link": {"assess"},
        "assess": {"report"},
        "report": {"audit_and_publish"},
        "audit_and_publish": set(),
    }


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


@pytest.mark.parametrize("dag_id", sorted(DAG_IDS))
def test_reading_a_dag_file_loads_neither_pandas_nor_a_step(dag_id: str) -> None:
    heavy = "{'great_expectations', 'splink', 'duckdb', 'jobs.night'}"
    code = f"import sys, dags.{dag_id}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_dag_files_wire_and_nothing_else() -> None:
    for path in (ROOT / "dags").glob("*.py"):
        text = path.read_text()
        assert "import pandas" not in text
        assert "SELECT" not in text
        assert len(text.splitlines()) < 120


def test_a_model_is_recorded_only_after_a_person_was_asked_and_silence_keeps_the_one_in_use(
    bag: DagBag,
) -> None:
    dag = bag.dags["linkage_model"]
    after = {task.task_id: task.downstream_task_ids for task in dag.tasks}
    assert after == {"retrain": {"decide", "record"}, "decide": {"record"}, "record": set()}
    decide = dag.get_task("decide")
    assert decide.defaults == ["Keep the model in use"]
    assert decide.execution_timeout is None
    assert decide.response_timeout == timedelta(days=27)


@pytest.mark.parametrize(
    ("chosen", "asked"),
    [
        pytest.param("Use the new model", [("v2", "J. Reviewer", "better")], id="use"),
        pytest.param("Keep the model in use", [], id="keep"),
    ],
)
def test_the_answer_is_recorded_under_the_name_of_who_gave_it(
    bag: DagBag, monkeypatch: pytest.MonkeyPatch, chosen: str, asked: list[tuple[str, ...]]
) -> None:
    approved: list[tuple[str, ...]] = []
    monkeypatch.setattr(
        "jobs.commands.model.trainer.approve",
        lambda _, *words: approved.append(words) or "v2+digest",
    )
    answer = {
        "chosen_options": [chosen],
        "params_input": {"why": "better"},
        "responded_by_user": {"id": "1", "name": "J. Reviewer"},
    }
    bag.dags["linkage_model"].get_task("record").python_callable({"version": "v2"}, answer)
    assert approved == asked
