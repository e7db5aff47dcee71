"""Who decides on a night that a check stopped, on what evidence, and how they are told."""

from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pandas as pd
import pytest
from pydantic import SecretStr

from benchmarks.samples import nights
from expectations import suite
from jobs.contract import results
from jobs.operate.approvals.asking import Question, alert_wanted, asked_people, refuse_nobody
from jobs.operate.approvals.stopped_night import checks_to_ask_about, night_evidence, standing
from jobs.operate.monitoring.failure_notes import note_failure
from jobs.operate.run.run_folder import RunFolder
from jobs.runtime.errors import BadInput, GateFailed
from jobs.runtime.settings import Settings, load_settings
from jobs.warehouse import open_warehouse, publish, upgrade
from jobs.warehouse.store.publishing import DESPITE, CheckOverride

READERS = """
[[recipient]]
address = "director@a.invalid"
role = "Director"
user = "director"
decides = ["nights"]

[[recipient]]
address = "data@a.invalid"
role = "Data team"
alerts = true
user = "data"
decides = ["models"]
"""
SHRUNK, STOPPED = "prison.movements.shrunk", "prison.movements.stopped"
LAW = next(check.id for check in suite().checks if check.is_law)
DAG, RUN = "nightly_reconciliation", "scheduled__2006-04-25"


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Settings:
    readers = tmp_path / "readers.toml"
    readers.write_text(READERS)
    return load_settings(data_dir=tmp_path / "data", warehouse=database, recipients=readers)


@pytest.fixture
def night(settings: Settings) -> RunFolder:
    """A run that checked the registers; `SHRUNK` failed."""
    opened = RunFolder.open(as_of=nights.AS_OF, label=f"airflow {RUN}", settings=settings)
    leave_check(opened, failed=(SHRUNK,))
    return opened


def leave_check(night: RunFolder, *, failed: tuple[str, ...], step: str = "check") -> None:
    rows = pd.DataFrame(
        {
            "check_id": [SHRUNK, STOPPED],
            "severity": "critical",
            "table_name": "prison.movements",
            "meaning": [
                "rows are at least 0.9 of the last night",
                "the newest row is new",
            ],
            "passed": [SHRUNK not in failed, STOPPED not in failed],
            "observed": [0.51, 40.0],
            "failing_since_date": pd.Timestamp("2006-04-24"),
        }
    )
    counts = pd.DataFrame(
        {
            "register": ["prison"],
            "table_name": ["movements"],
            "rows_in": [5100],
            "accepted": [5090],
            "quarantined": [10],
        }
    )
    facts = {
        table.full_name: table.empty()
        .reindex(frame.index)
        .assign(**frame)
        .astype(table.empty().dtypes)
        for table, frame in ((results.CHECK_RESULTS, rows), (results.ROW_COUNTS, counts))
    }
    night.leave(step, facts, inputs={})


def stopped_by(settings: Settings, *checks: str, task: str = "check") -> None:
    error = GateFailed("table [t]", "check failed", "mend", checks=checks)
    note_failure(dag=DAG, run=RUN, task=task, error=error, settings=settings)


def asked_about(night: RunFolder) -> tuple[str, ...]:
    return checks_to_ask_about(dag=DAG, run=RUN, night=night, suite=suite())


def test_a_person_is_asked_about_the_checks_that_stopped_the_run(night: RunFolder) -> None:
    stopped_by(night.settings, SHRUNK)
    assert asked_about(night) == (SHRUNK,)


def test_checks_that_the_run_was_to_let_pass_are_asked_about_with_the_new_ones(
    night: RunFolder,
) -> None:
    word = CheckOverride(by="A. Director", reason="known", rules=(STOPPED,))
    night.leave("check", {}, inputs={DESPITE: word.as_json()})
    stopped_by(night.settings, SHRUNK)
    assert asked_about(night) == (SHRUNK, STOPPED)


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(None, id="nothing failed"),
        pytest.param(BadInput("w", "x", "t"), id="bad input"),
        pytest.param(GateFailed("table [t]", "is missing", "mend"), id="the contract is broken"),
        pytest.param(ZeroDivisionError(), id="a fault of the code"),
    ],
)
def test_nobody_is_asked_where_no_check_stopped_the_run(
    night: RunFolder, error: Exception | None
) -> None:
    if error is not None:
        note_failure(dag=DAG, run=RUN, task="check", error=error, settings=night.settings)
    assert asked_about(night) == ()


def test_nobody_is_asked_to_let_pass_what_nobody_may(night: RunFolder) -> None:
    stopped_by(night.settings, SHRUNK, LAW)
    with pytest.raises(BadInput, match="nobody may let it pass"):
        asked_about(night)


def test_the_evidence_says_what_failed_since_when_and_what_was_delivered(
    night: RunFolder, database: str
) -> None:
    engine = open_warehouse(database)
    upgrade(engine)
    before = nights.facts()
    before[results.ROW_COUNTS.full_name] = (
        before[results.ROW_COUNTS.full_name]
        .assign(register="prison", table_name="movements", rows_in=10_000)
        .head(1)
    )
    manifest = nights.manifest(as_of=date(2006, 4, 24))
    publish(engine, manifest=manifest, tables=before)
    engine.dispose()
    failed, table, consequence = night_evidence(night=night, checks=[SHRUNK], suite=suite())
    assert "rows are at least 0.9 of the last night (found 0.51, since 24 April" in failed
    assert "| prison.movements | 5,100 | 10 | 10,000 |" in table
    assert "names you, this check and your reason" in consequence
    assert standing(nights.AS_OF, settings=night.settings) == (
        "Pages and emails show the figures of 24 April 2006, and go on to do so without an answer."
    )


def test_what_the_last_task_left_is_the_evidence(night: RunFolder) -> None:
    leave_check(night, failed=(STOPPED,), step="audit")
    found = night_evidence(night=night, checks=[STOPPED], suite=suite())
    assert "found 40" in found[0]
    leave_check(night, failed=(SHRUNK,))
    with pytest.raises(BadInput, match=r"left no failure of check \[prison.movements.stopped\]"):
        night_evidence(night=night, checks=[SHRUNK, STOPPED], suite=suite())


def test_a_run_that_is_gone_has_no_evidence(settings: Settings) -> None:
    gone = RunFolder.open(as_of=nights.AS_OF, label="airflow gone", settings=settings)
    for checks in ([SHRUNK], []):
        with pytest.raises(BadInput, match="left no failure"):
            night_evidence(night=gone, checks=checks, suite=suite())


def test_without_any_publication_nothing_stands(settings: Settings) -> None:
    assert standing(nights.AS_OF, settings=settings).startswith("Nothing was published before")


def question(key: str = "publish_despite stopped__1", decides: str = "nights") -> Question:
    return Question(
        key=key,
        decides=decides,  # type: ignore[arg-type]
        subject="Publish the night of 25 April 2006 in spite of 1 failed check?",
        evidence=("Table prison.movements: found 0.51", "| table | rows |\n|---|--:|"),
        standing="Pages and emails show the figures of 24 April 2006.",
        url="http://localhost:8080/dags/publish_despite/runs/stopped__1/tasks/decide",
        at=datetime(2006, 4, 25, 23, 50, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("decides", "told"),
    [
        pytest.param("nights", "director@a.invalid", id="a night"),
        pytest.param("models", "data@a.invalid", id="a model"),
    ],
)
def test_who_decides_is_led_to_the_page_once_and_needs_no_command(
    settings: Settings, decides: str, told: str
) -> None:
    assert alert_wanted(question(decides=decides), is_again=False, settings=settings)
    assert alert_wanted(question(decides=decides), is_again=False, settings=settings)
    (path,) = (settings.data_dir / "mail").rglob("*.eml")
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    text = message.get_content()
    assert message["To"] == told
    assert message["Subject"].startswith("Decision wanted: Publish the night of 25 April 2006")
    assert "/runs/stopped__1/tasks/decide" in text
    assert "python -m" not in text
    assert str(settings.data_dir) not in text


def test_an_answer_without_a_reason_is_asked_for_again(settings: Settings) -> None:
    alert_wanted(question(), is_again=False, settings=settings)
    alert_wanted(question(key="again"), is_again=True, settings=settings)
    texts = [
        message_from_bytes(path.read_bytes(), policy=policy.default).get_content()
        for path in (settings.data_dir / "mail").rglob("*.eml")
    ]
    assert sum("your last answer lacked a reason" in text for text in texts) == 1


def test_channels_of_the_data_team_are_not_asked_to_decide(settings: Settings) -> None:
    away = settings.model_copy(update={"alert_channels": (SecretStr("nothing://"),)})
    assert alert_wanted(question(), is_again=False, settings=away)


def test_those_are_asked_whom_the_recipients_file_names(settings: Settings) -> None:
    assert [person.user for person in asked_people("nights", settings=settings)] == ["director"]
    with pytest.raises(BadInput, match=r'decides = \["models"\]'):
        refuse_nobody((), "models")
