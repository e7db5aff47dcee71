"""The run log holds what Airflow knows of a failure, and the page of runs shows it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from jobs.operate.databases import warehouse
from jobs.operate.monitoring.alerts import RunEnd, alert_failed
from jobs.operate.monitoring.failure_notes import note_failure
from jobs.operate.run.run_folder import RunFolder, measured
from jobs.operate.run.run_outcomes import complete, record_killed, record_published, write_runs_page
from jobs.operate.run.run_outcomes import read_history as history
from jobs.runtime.errors import BadInput, GateFailed
from jobs.runtime.settings import Settings, load_settings
from jobs.warehouse import read_runs

NIGHT = date(2006, 4, 25)
END = RunEnd(
    dag="nightly_reconciliation",
    run="scheduled__2006-04-25",
    attempt="0",
    as_of=NIGHT,
    task="link",
    reason="task_failure",
    url="",
    at=datetime(2006, 4, 25, 23, 41, tzinfo=UTC),
)


class Work(RunFolder):
    """A run whose one step counts."""

    @measured
    def link(self) -> dict[str, int]:
        return {"linked": 3, "immigration_persons": 4}

    def note_killed(self, step: str) -> None:
        record_killed(self, step)


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Settings:
    return load_settings(
        data_dir=tmp_path / "data", warehouse=database, prison="/nowhere", immigration="/nowhere"
    )


@pytest.fixture
def run(settings: Settings) -> Work:
    return Work(as_of=NIGHT, label=f"airflow {END.run}", settings=settings)


def lines(settings: Settings) -> list[tuple[str, str | None]]:
    with warehouse(settings) as engine:
        runs = read_runs(engine, limit=10)
    return list(zip(runs["outcome"], runs["failure"], strict=True))


def page(settings: Settings) -> str:
    return (settings.data_dir / "pages" / "runs.html").read_text()


def test_a_task_that_was_killed_for_good_is_in_the_log_with_what_was_done(
    run: Work, settings: Settings
) -> None:
    run.link()
    alert_failed(END, settings=settings)
    ((outcome, failure),) = lines(settings)
    assert outcome == "failed"
    assert failure is not None
    assert failure.startswith("task link: it was killed")
    assert history(settings).runs["peak_mb"].iloc[0] > 0
    assert "it was killed" in page(settings)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        pytest.param(GateFailed("check [x]", "failed", "mend"), "refused", id="a gate"),
        pytest.param(BadInput("table [x]", "is late", "wait"), "refused", id="bad input"),
        pytest.param(ZeroDivisionError("Smith"), "failed", id="a fault of the software"),
        pytest.param(None, "failed", id="killed"),
    ],
)
def test_a_failed_run_is_in_the_log_by_its_kind(
    settings: Settings, error: BaseException | None, outcome: str
) -> None:
    note_failure(dag=END.dag, run=END.run, task="link", error=error, settings=settings)
    alert_failed(END, settings=settings)
    ((found, failure),) = lines(settings)
    assert found == outcome
    assert "Smith" not in str(failure) + page(settings)


def test_a_run_of_another_dag_is_in_the_log_under_its_name(settings: Settings) -> None:
    alert_failed(replace(END, dag="email_reports", as_of=None), settings=settings)
    with warehouse(settings) as engine:
        assert read_runs(engine, limit=1)["label"].tolist() == [f"email_reports airflow {END.run}"]


def test_a_killed_attempt_is_in_the_log_though_the_run_went_well(
    run: Work, settings: Settings
) -> None:
    run.link()
    record = run.folder / "steps" / "link" / "record.json"
    record.write_text(record.read_text().replace('"done"', '"at work"'))
    run.link()
    with warehouse(settings) as engine:
        record_published(engine, run, publication_id="p", is_known=False)
    complete(run)
    (published, killed) = lines(settings)
    assert published == ("published", None)
    assert killed[0] == "failed"
    assert "step [link] was killed" in str(killed[1])
    assert history(settings).runs["killed"].tolist()[0] == 1


def test_a_warehouse_that_is_away_stops_no_alert(settings: Settings) -> None:
    away = settings.model_copy(
        update={"warehouse": "postgresql+psycopg://nobody@127.0.0.1:9/warehouse"}
    )
    assert alert_failed(END, settings=away)


def test_the_page_is_whole_in_one_file_and_is_there_before_the_first_run(
    settings: Settings,
) -> None:
    path = write_runs_page(history(settings), settings)
    text = path.read_text()
    assert "No run has published yet." in text
    assert "src=" not in text
    assert "<link" not in text
