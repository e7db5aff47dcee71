"""What a person is asked on Airflow's page: by whom, until when, and what an answer does."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pendulum
import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.exceptions import AirflowSkipException

from dags.decisions import TellWanted
from jobs.runtime.errors import BadInput


def test_a_stopped_night_waits_for_an_answer_until_the_next_begins_and_silence_keeps_what_stands(
    bag: DagBag,
) -> None:
    dag = bag.dags["publish_despite"]
    after = {task.task_id: task.downstream_task_ids for task in dag.tasks}
    assert after == {"evidence": {"decide"}, "decide": {"publish"}, "publish": set()}
    decide = dag.get_task("decide")
    assert decide.defaults == ["Keep the last publication"]
    assert decide.execution_timeout is None
    assert timedelta(hours=12) < decide.response_timeout < timedelta(hours=24)


@pytest.mark.parametrize("dag_id", ["publish_despite", "linkage_model"])
@pytest.mark.parametrize(
    ("is_change", "why", "again"),
    [
        pytest.param(True, "better", [], id="a change with its reason"),
        pytest.param(True, " ", [True], id="a change without"),
        pytest.param(True, None, [True], id="a change with nothing"),
        pytest.param(False, None, [], id="all stays as it is"),
    ],
)
def test_only_a_change_needs_a_reason_and_is_asked_for_it_again(
    bag: DagBag,
    monkeypatch: pytest.MonkeyPatch,
    dag_id: str,
    is_change: bool,
    why: str | None,
    again: list[bool],
) -> None:
    decide = bag.dags[dag_id].get_task("decide")
    asked: list[bool] = []
    monkeypatch.setattr(
        type(decide), "_ask", lambda _self, _context, notifier: asked.append(notifier.is_again)
    )
    event = {
        "chosen_options": [decide.options[0 if is_change else 1]],
        "params_input": {"why": why},
        "responded_at": pendulum.now("UTC"),
        "responded_by_user": {"id": "director", "name": "director"},
    }
    decide.execute_complete({}, event)
    assert asked == again


def test_a_question_is_told_once_and_each_time_that_it_is_asked_again(
    bag: DagBag, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys: list[str] = []
    monkeypatch.setattr(
        "jobs.operate.approvals.asking.alert_wanted",
        lambda question, **_: keys.append(question.key),
    )
    monkeypatch.setattr(
        "airflow.providers.standard.operators.hitl.HITLOperator.generate_link_to_ui_from_context",
        lambda **_: "http://localhost:8080",
    )
    found = {"subject": "?", "evidence": ["a"], "standing": "b"}
    task = SimpleNamespace(evidence_from="evidence", decides="nights", subject="?")
    instance = SimpleNamespace(dag_id="publish_despite", try_number=1, xcom_pull=lambda **_: found)
    context = {"task": task, "ti": instance, "run_id": "stopped__1"}
    for is_again in (False, False, True, True):
        TellWanted(is_again=is_again).notify(context)
    assert len(set(keys)) == 3


def test_only_those_are_assigned_whom_the_recipients_file_names(
    bag: DagBag, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    readers = tmp_path / "readers.toml"
    person = '[[recipient]]\naddress = "d@a.invalid"\nrole = "Director"\n'
    readers.write_text(person + 'user = "director"\ndecides = ["nights"]\n')
    monkeypatch.setenv("RECONCILIATION_RECIPIENTS", str(readers))
    assigned: list[object] = []
    monkeypatch.setattr(
        "airflow.providers.standard.operators.hitl.HITLOperator.execute",
        lambda task, _context: assigned.append(task.assigned_users),
    )
    bag.dags["publish_despite"].get_task("decide").execute({})
    assert assigned == [[{"id": "director", "name": "Director"}]]
    with pytest.raises(BadInput, match="nobody decides on models"):
        bag.dags["linkage_model"].get_task("decide").execute({})


def test_a_no_publishes_nothing(bag: DagBag) -> None:
    answer = {"chosen_options": ["Keep the last publication"], "params_input": {"why": None}}
    context = {"ti": SimpleNamespace(xcom_pull=lambda **_: answer)}
    with pytest.raises(AirflowSkipException, match="Keep the last publication"):
        bag.dags["publish_despite"].get_task("publish").execute(context)


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
        pytest.param("Use the new model", [("v2", "J", "better", "J")], id="use"),
        pytest.param("Keep the model in use", [], id="keep"),
    ],
)
def test_the_answer_is_recorded_under_the_name_of_who_gave_it(
    bag: DagBag, monkeypatch: pytest.MonkeyPatch, chosen: str, asked: list[tuple[str, ...]]
) -> None:
    approved: list[tuple[str, ...]] = []
    monkeypatch.setattr(
        "jobs.commands.model.trainer.approve",
        lambda _, *words, actor: approved.append((*words, actor)) or "v2+digest",
    )
    answer = {
        "chosen_options": [chosen],
        "params_input": {"why": "better"},
        "responded_by_user": {"id": "1", "name": "J"},
    }
    bag.dags["linkage_model"].get_task("record").python_callable({"version": "v2"}, answer)
    assert approved == asked
