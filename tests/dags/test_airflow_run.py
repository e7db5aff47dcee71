"""Both DAGs through Airflow itself: real runs and task instances in a real metadata database."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from jobs.runtime.settings import ROOT
from jobs.warehouse import embedded

AS_OF = "2006-04-25"

pytestmark = [pytest.mark.slow, pytest.mark.airflow]


@dataclass(frozen=True)
class Site:
    """One installation, with its embedded server at hand."""

    data_dir: Path
    environment: dict[str, str]
    server: embedded.EmbeddedServer

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "jobs", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def dag(self, dag_id: str, *more: str) -> "subprocess.CompletedProcess[str]":
        return self.run("airflow", "dags", "test", dag_id, AS_OF, *more)

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
    with embedded.start(data_dir / "postgres") as server:
        site = Site(data_dir, environment, server)
        for done in (
            site.run("world", "--people", "3000", "--as-of", AS_OF, "--load"),
            site.dag("nightly_reconciliation"),
            site.dag("email_reports"),
        ):
            assert done.returncode == 0, done.stdout + done.stderr
        yield site
        server.stop()


def test_every_task_of_the_night_succeeded(site: Site) -> None:
    assert site.states("nightly_reconciliation") == dict.fromkeys(
        ["await_turn", "await_registers", "extract_prison", "extract_immigration", "check", "link",
         "assess", "report", "audit_and_publish", "place"],
        "success",
    ) | {"ask_somebody": "skipped"}  # fmt: skip
    assert len(site.publications()) == 1


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
        + [
            str(message_from_bytes(path.read_bytes(), policy=policy.default).get_body(("plain",)))
            for path in (site.data_dir / "mail").rglob("*.eml")
        ]
    )
    assert said
    words = set(said.replace("'", " ").replace('"', " ").split())
    assert not {value for value in personal if value in words}


def test_a_second_run_changes_nothing_and_sends_nothing(site: Site) -> None:
    before = site.publications()
    sent = sorted((site.data_dir / "mail").rglob("*.eml"))
    assert site.dag("nightly_reconciliation").returncode == 0
    assert site.dag("email_reports").returncode == 0
    assert site.publications() == before
    assert sorted((site.data_dir / "mail").rglob("*.eml")) == sent


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
    assert site.publications() == before
    alerts = [
        message
        for path in (site.data_dir / "mail").rglob("*.eml")
        if "Failed: " in (message := message_from_bytes(path.read_bytes()))["Subject"]
    ]
    assert [message["To"] for message in alerts] == ["data.team@returns.example.invalid"]
    assert "stopped at extract_prison" in alerts[0]["Subject"].replace("\n", "")
