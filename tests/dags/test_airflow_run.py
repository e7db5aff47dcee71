"""Both DAGs through Airflow itself: real runs and task instances in a real metadata database."""

import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from jobs.warehouse import embedded
from tests.conftest import run_jobs
from tests.dags.receivers import Receivers, receivers

AS_OF = "2006-04-25"
TASKS = (
    "await_turn", "await_registers", "extract_prison", "extract_immigration", "check", "link",
    "assess", "report", "audit_and_publish", "place",
)  # fmt: skip

pytestmark = [pytest.mark.slow, pytest.mark.airflow]


@dataclass(frozen=True)
class Site:
    """One installation, with its embedded server at hand."""

    data_dir: Path
    environment: dict[str, str]
    server: embedded.EmbeddedServer
    received: Receivers
    logs: list[str]

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return run_jobs(*arguments, environment=self.environment)

    def dag(self, dag_id: str, *more: str) -> "subprocess.CompletedProcess[str]":
        done = self.run("airflow", "dags", "test", dag_id, AS_OF, *more)
        self.logs.append(done.stdout + done.stderr)
        return done

    def ask(self, database: str, query: str) -> list[tuple[object, ...]]:
        engine = sa.create_engine(self.server.url(database))
        with engine.connect() as connection:
            rows = [tuple(row) for row in connection.execute(sa.text(query))]
        engine.dispose()
        return rows

    def states(self, dag_id: str) -> dict[object, object]:
        """Tasks of the last run of a DAG and how they ended."""
        return dict(
            self.ask(
                "airflow",
                "SELECT task_id, state FROM task_instance WHERE run_id = (SELECT run_id FROM "
                f"dag_run WHERE dag_id = '{dag_id}' ORDER BY id DESC LIMIT 1) "
                f"AND dag_id = '{dag_id}'",
            )  # type: ignore[arg-type]
        )

    def publications(self) -> list[tuple[object, ...]]:
        return self.ask("warehouse", "SELECT publication_id FROM run.publications")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A loaded installation whose night and emails have run once."""
    import os

    data_dir = tmp_path_factory.mktemp("airflow site") / "its data"
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("RECONCILIATION_", "AIRFLOW", "SMTP_"))
    }
    environment["RECONCILIATION_DATA_DIR"] = str(data_dir)
    with embedded.start(data_dir / "postgres") as server, receivers() as received:
        environment |= received.statsd | received.lineage
        site = Site(data_dir, environment, server, received, [])
        for done in (
            site.run("world", "--people", "1500", "--as-of", AS_OF, "--load"),
            site.dag("nightly_reconciliation"),
            site.dag("email_reports"),
        ):
            assert done.returncode == 0, done.stdout + done.stderr
        yield site
        server.stop()


def test_every_task_of_the_night_succeeded(site: Site) -> None:
    assert site.states("nightly_reconciliation") == {
        **dict.fromkeys(TASKS, "success"),
        "ask_somebody": "skipped",
    }
    assert len(site.publications()) == 1


def test_each_step_says_in_its_log_what_it_took_and_counted(site: Site) -> None:
    lines = [
        line for line in site.logs[0].splitlines() if " step=" in line and "state=done" in line
    ]
    said = {shlex.split(line.partition("run=")[2])[2].removeprefix("step=") for line in lines}
    assert said == {
        "extract prison", "extract immigration", "check", "link", "assess", "report", "publish",
        "self_test", "place",
    }  # fmt: skip
    ((publication,),) = site.publications()
    assert f"publication_id={publication}" in site.logs[0]
    for field in (f"as_of={AS_OF}", "seconds=", "peak_mb=", 'run="airflow manual__'):
        assert all(field in line for line in lines)
    assert any("link_rate=0." in line for line in lines)


def test_the_same_numbers_are_metrics(site: Site) -> None:
    gauges = site.received.gauges()
    step = "airflow.reconciliation.step"
    for task in TASKS[2:]:
        assert gauges[f"{step}.{task}.seconds"] >= 0
        assert gauges[f"{step}.{task}.peak_mb"] > 50
    assert 0 < gauges[f"{step}.link.link_rate"] < 1
    ((rows,),) = site.ask("warehouse", "SELECT count(*) FROM nightly.quarantine")
    assert gauges[f"{step}.check.count.quarantined"] == rows


def test_lineage_leads_from_the_registers_to_the_publication_and_the_emails(site: Site) -> None:
    flows = site.received.flows()
    night = "nightly_reconciliation"
    assert flows[f"{night}.extract_prison"] == ({"register.prison"}, {"landing.prison"})
    written: set[str] = {"register.prison", "register.immigration"}
    for task in (*TASKS[2:], "prepare", "deliver"):
        reads, writes = flows[f"{night if task in TASKS else 'email_reports'}.{task}"]
        assert reads <= written, task
        written |= writes
    assert "warehouse.publications" in written


def test_the_run_is_in_the_log_with_its_steps_and_on_the_page_of_runs(site: Site) -> None:
    ((label, steps),) = site.ask(
        "warehouse", "SELECT label, steps FROM run.attempts WHERE outcome = 'published'"
    )
    assert str(label).startswith("airflow manual__")
    assert {step["state"] for step in steps.values()} == {"done"}  # type: ignore[attr-defined]
    assert len(steps) == 9  # type: ignore[arg-type]
    page = (site.data_dir / "pages" / "runs.html").read_text()
    assert str(label) in page
    assert f"../{'runs.html'}" in (site.data_dir / "pages" / AS_OF / "index.html").read_text()


def test_each_reader_has_one_message_and_a_task_that_sent_it(site: Site) -> None:
    rows = site.ask("warehouse", "SELECT recipient, state FROM outbox.messages")
    assert rows
    assert {state for _, state in rows} == {"sent"}
    assert len(list((site.data_dir / "mail" / AS_OF).glob("*.eml"))) == len(rows)
    tasks = site.ask("airflow", "SELECT count(*) FROM task_instance WHERE task_id = 'deliver'")
    assert tasks == [(len(rows),)]


def test_the_email_says_the_number_that_the_warehouse_says(site: Site) -> None:
    ((missed,),) = site.ask(
        "warehouse",
        "SELECT value FROM report.figures WHERE figure_id = 'missed.total' "
        "AND group_value = '(all)'",
    )
    for path in (site.data_dir / "mail" / AS_OF).glob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        for kind in ("plain", "html"):
            part = message.get_body((kind,))
            assert part is not None
            assert f"{missed:,.0f}" in part.get_content()


def test_no_name_and_no_prison_number_is_in_airflow_or_in_an_email(site: Site) -> None:
    landed = next(site.data_dir.glob("landing/prison/*/001/persons.parquet"))
    persons = pq.read_table(landed).select(["last_name", "prisoner_number"]).to_pydict()
    personal = {
        value for column in persons.values() for value in column if value and len(value) > 4
    }
    said = " ".join(
        [str(row) for row in site.ask("airflow", "SELECT value FROM xcom")]
        + [path.read_text(errors="replace") for path in site.data_dir.glob("airflow/logs/**/*.log")]
        + [(site.data_dir / "pages" / "runs.html").read_text(), *site.logs]
        + [*site.received.metrics, *map(str, site.received.events)]
        + [
            str(message_from_bytes(path.read_bytes(), policy=policy.default).get_body(("plain",)))
            for path in (site.data_dir / "mail").rglob("*.eml")
        ]
    )
    assert said
    # A prison may be named like somebody.
    prisons = pq.read_table(landed.with_name("prisons.parquet"))["prison_name"].to_pylist()
    for name in filter(None, prisons):
        said = said.replace(name, "")
    words = set(said.replace("'", " ").replace('"', " ").split())
    assert not {value for value in personal if value in words}


@pytest.mark.long
def test_a_second_run_changes_nothing_and_sends_nothing(site: Site) -> None:
    before = site.publications()
    sent = sorted((site.data_dir / "mail").rglob("*.eml"))
    assert site.dag("nightly_reconciliation").returncode == 0
    assert site.dag("email_reports").returncode == 0
    assert site.publications() == before
    assert sorted((site.data_dir / "mail").rglob("*.eml")) == sent


@pytest.mark.long
def test_bad_input_fails_its_task_at_once_and_publishes_nothing(site: Site) -> None:
    before = site.publications()
    engine = sa.create_engine(site.server.url("prison"))
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE persons RENAME COLUMN nationality TO nation"))
    done = site.dag("nightly_reconciliation", "--conf", '{"fetch_again": true}')
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE persons RENAME COLUMN nation TO nationality"))
    engine.dispose()
    assert done.returncode != 0
    assert "nationality" in done.stdout + done.stderr
    states = site.states("nightly_reconciliation")
    assert states["extract_prison"] == "failed"
    assert states["audit_and_publish"] == "upstream_failed"
    ((outcome, failure),) = site.ask(
        "warehouse",
        "SELECT outcome, failure FROM run.attempts ORDER BY attempt_number DESC LIMIT 1",
    )
    assert outcome == "refused"
    assert str(failure).startswith("task extract_prison: table [")
    assert site.publications() == before
    alerts = [
        message
        for path in (site.data_dir / "mail").rglob("*.eml")
        if "Failed: " in (message := message_from_bytes(path.read_bytes()))["Subject"]
    ]
    assert [message["To"] for message in alerts] == ["data.team@returns.example.invalid"]
    assert "stopped at extract_prison" in alerts[0]["Subject"].replace("\n", "")
