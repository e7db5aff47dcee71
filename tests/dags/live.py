"""Airflow as an operator has it: `airflow standalone`, its own database, page and scheduler."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psutil
import sqlalchemy as sa
from playwright.sync_api import Page, sync_playwright

from benchmarks.night.airflow_api import asked, free_port, is_healthy, token_of, until
from jobs.operate.monitoring.timetable import LONDON
from jobs.runtime.settings import ROOT
from jobs.warehouse.embedded import server as embedded
from tests.conftest import run_jobs
from tests.dags.receivers import Receivers, receivers

WORLD = date(2006, 4, 25)
"""The day of the invented registers, which are moved to today: the page runs today's night."""
LONGEST_SECONDS = 900.0
"""From the day of an installation to its plain night, which is of the day on which it starts."""
NIGHT_SECONDS = 1800.0
"""A night takes half a minute; the machine may have much other work."""
START_SECONDS = 900.0
TELL_SECONDS = 300.0
"""From a run's end to the alert, which Airflow's DAG processor sends within seconds."""
SOON_OVER = "23:31"
"""A minute after a night starts: the last one, which Airflow runs first, is waited for no more."""
DAGS = 4
USERS = "admin:admin,director:user,modeller:user,clerk:user"
NIGHTLY, EMAILS, DESPITE = "nightly_reconciliation", "email_reports", "publish_despite"


@dataclass
class LiveAirflow:
    """One installation that runs, and what an operator does with it; ``today`` is its first day."""

    data_dir: Path
    environment: dict[str, str]
    settings: dict[str, object]
    url: str
    process: "subprocess.Popen[bytes]"
    server: embedded.EmbeddedServer
    received: Receivers
    today: date
    tokens: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run ``python -m jobs``."""
        return run_jobs(*arguments, environment=self.environment)

    def set(self, **settings: object) -> None:
        """Change settings of all that starts from now on, tasks too; the others are as at first."""
        lines = [
            f"{name} = {json.dumps(value)}\n" for name, value in (self.settings | settings).items()
        ]
        Path(self.environment["RECONCILIATION_SETTINGS"]).write_text("".join(lines))

    def ask(
        self, path: str, body: object = None, method: str = "GET", *, user: str = "admin"
    ) -> Any:
        """Ask Airflow's API."""
        return asked(f"{self.url}/api/v2/{path}", body, method, token=self.tokens[user])

    def log_in(self, user: str = "admin") -> None:
        """Get a token with the password that Airflow made up for a user."""
        self.tokens[user] = token_of(self.url, self.data_dir, user=user)

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        """The runs of a DAG, in order of their making."""
        found = self.ask(f"dags/{dag_id}/dagRuns?limit=100&order_by=id")["dag_runs"]
        return list(found)

    def wait_for_run(self, dag_id: str, run_id: str, state: str = "success") -> None:
        """Wait until a run has ended, and see that it ended so."""

        def ended() -> bool:
            found = {run["dag_run_id"]: run["state"] for run in self.runs(dag_id)}
            return found.get(run_id) in {"success", "failed"}

        until(ended, f"{dag_id} {run_id}", seconds=NIGHT_SECONDS)
        found = {run["dag_run_id"]: run["state"] for run in self.runs(dag_id)}
        assert found[run_id] == state, self.tasks(dag_id, run_id)

    def tasks(self, dag_id: str, run_id: str) -> dict[str, str]:
        """The tasks of a run and their states."""
        run = urllib.parse.quote(run_id, safe="")
        found = self.ask(f"dags/{dag_id}/dagRuns/{run}/taskInstances?limit=100")["task_instances"]
        return {task["task_id"]: task["state"] for task in found}

    def mapped(self, dag_id: str, run_id: str, task: str) -> dict[str, dict[str, Any]]:
        """The instances of a mapped task by the label that the page shows."""
        run = urllib.parse.quote(run_id, safe="")
        path = f"dags/{dag_id}/dagRuns/{run}/taskInstances/{task}/listMapped?limit=100"
        found = self.ask(path)["task_instances"]
        return {str(each["rendered_map_index"]): each for each in found}

    def clear(self, dag_id: str, run_id: str, *tasks: str) -> None:
        """Clear failed tasks of a run, and what comes after them, as somebody does on the page."""
        body = {
            "dag_run_id": run_id,
            "task_ids": list(tasks),
            "include_downstream": True,
            "only_failed": False,
            "dry_run": False,
        }
        self.ask(f"dags/{dag_id}/clearTaskInstances", body, "POST")

    def log(
        self, dag_id: str, run_id: str, task: str, try_number: int = 1, *, place: int = -1
    ) -> list[dict[str, Any]]:
        """A task's log, line by line, as the page has it."""
        run = urllib.parse.quote(run_id, safe="")
        found = self.ask(
            f"dags/{dag_id}/dagRuns/{run}/taskInstances/{task}/logs/{try_number}"
            f"?full_content=true&map_index={place}"
        )
        return list(found["content"])

    def last_error(self, dag_id: str, run_id: str, task: str, *, place: int = -1) -> str:
        """What went wrong at the first try, as the last lines of a task's log say it."""
        lines = self.log(dag_id, run_id, task, place=place)
        return " ".join(str(line) for line in lines if line.get("level") in {"error", "critical"})

    def answer(self, run_id: str, *, user: str, dag_id: str, choose: str, why: str | None) -> None:
        """Answer a question; who may not gets an HTTP error."""
        run = urllib.parse.quote(run_id, safe="")
        path = f"dags/{dag_id}/dagRuns/{run}/taskInstances/decide/-1/hitlDetails"
        body = {"chosen_options": [choose], "params_input": {"why": why}}
        self.ask(path, body, "PATCH", user=user)

    def backfilled(self) -> list[str]:
        """The runs of every backfill of nights, in their order."""
        runs = [run for run in self.runs(NIGHTLY) if run["run_type"] == "backfill"]
        return [run["dag_run_id"] for run in sorted(runs, key=lambda run: run["logical_date"])]

    def publications(self, night: object) -> list[str]:
        """The publications of a night, as the command lists them."""
        done = self.run("publications", "list", "--as-of", str(night))
        return [line for line in done.stdout.splitlines() if str(night) in line]

    def task_times(self, dag_id: str, run_id: str) -> dict[str, tuple[str, str]]:
        """When each task of a run began and ended."""
        run = urllib.parse.quote(run_id, safe="")
        found = self.ask(f"dags/{dag_id}/dagRuns/{run}/taskInstances?limit=100")["task_instances"]
        return {task["task_id"]: (task["start_date"], task["end_date"]) for task in found}

    def trigger(self, dag_id: str, **conf: object) -> str:
        """Start a run by the API; give its id."""
        body = {"logical_date": None, "conf": conf}
        return str(self.ask(f"dags/{dag_id}/dagRuns", body, "POST")["dag_run_id"])

    def unpause(self, dag_id: str) -> None:
        """Let a DAG run."""
        self.ask(f"dags/{dag_id}", {"is_paused": False}, "PATCH")

    def alerts(self, kind: str = "") -> list[EmailMessage]:
        """The emails that are no reports, by time: those whose subject begins so."""
        messages = [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in (self.data_dir / "mail").rglob("*.eml")
        ]
        found = [m for m in messages if m["Importance"] == "high" and m["Subject"].startswith(kind)]
        return sorted(found, key=lambda message: message["Date"].datetime)

    def change(self, register: str, statement: str) -> None:
        """Change a register behind everybody's back."""
        engine = sa.create_engine(self.server.url(register))
        with engine.begin() as connection:
            connection.execute(sa.text(statement))
        engine.dispose()

    def part(self, name: str) -> psutil.Process:
        """The process of one part of Airflow."""
        (found,) = [
            child
            for child in psutil.Process(self.process.pid).children()
            if name in " ".join(child.cmdline())
        ]
        return found

    @contextmanager
    def page(self, user: str = "admin") -> Iterator[Page]:
        """Airflow's page in a real browser, logged in."""
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox"]
            )
            context = browser.new_context(viewport={"width": 1400, "height": 1300})
            context.add_cookies([{"name": "_token", "value": self.tokens[user], "url": self.url}])
            context.set_default_timeout(60_000)
            yield context.new_page()
            browser.close()


@contextmanager
def live_airflow(
    data_dir: Path, *, people: int = 1500, **settings: object
) -> Iterator[LiveAirflow]:
    """Registers of today, and Airflow on a free port; everything ends with the block.

    Alerts also go to a second channel, and metrics and lineage to receivers, all on this machine.
    """
    stay_within_a_day()
    port = free_port()
    url = f"http://localhost:{port}"
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("RECONCILIATION_", "AIRFLOW", "SMTP_"))
    } | {
        "RECONCILIATION_DATA_DIR": str(data_dir),
        "RECONCILIATION_SETTINGS": str(data_dir.parent / "settings.toml"),
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__CORE__PARALLELISM": "3",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": USERS,
    }
    with receivers() as received, embedded.start(data_dir / "postgres") as server:
        live = LiveAirflow(
            data_dir=data_dir,
            environment=environment | received.otel | received.lineage,
            # Tests stop steps at work: one that is taken over is over before anybody looks.
            settings={
                "alert_channels": [received.channel],
                "wait_until": SOON_OVER,
                "repeat_unchanged": True,
                **settings,
            },
            url=url,
            process=None,  # type: ignore[arg-type]
            server=server,
            received=received,
            today=datetime.now(UTC).astimezone(LONDON).date(),
        )
        live.set()
        done = live.run("world", "--people", str(people), "--as-of", str(WORLD), "--load")
        assert done.returncode == 0, done.stderr
        for register in ("prison", "immigration"):
            move_dates(server.url(register), (live.today - WORLD).days)
        with (data_dir.parent / "standalone.log").open("wb") as log:
            live.process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "jobs", "airflow", "standalone"],
                cwd=ROOT,
                env=live.environment,
                stdout=log,
                stderr=log,
            )
        try:
            until(lambda: healthy(live), "Airflow is up", seconds=START_SECONDS)
            live.log_in()
            until(
                lambda: len(live.ask("dags")["dags"]) == DAGS,
                "its DAGs are read",
                seconds=START_SECONDS,
            )
            yield live
        finally:
            live.process.send_signal(signal.SIGTERM)
            live.process.wait(timeout=90)
            server.stop()


def land_nights(live: LiveAirflow, *, around: date) -> list[date]:
    """Run three nights, the middle one on a given day, each with a landing of its own.

    The registers stand at today before and after.
    """
    nights = [around + timedelta(days=days) for days in (-1, 0, 1)]
    stands = live.today
    for night in [*nights, live.today]:
        for register in ("prison", "immigration"):
            move_dates(live.server.url(register), (night - stands).days)
        stands = night
        if night in nights:
            live.wait_for_run(NIGHTLY, live.trigger(NIGHTLY, as_of=str(night)))
    return nights


def stay_within_a_day() -> None:
    """Registers stand at today: where London's midnight is near, wait for it."""
    now = datetime.now(UTC).astimezone(LONDON)
    midnight = datetime.combine(now.date() + timedelta(days=1), clock(), tzinfo=LONDON)
    left = (midnight - now).total_seconds()
    if left < LONGEST_SECONDS:
        time.sleep(left + 1)


def healthy(live: LiveAirflow) -> bool:
    """Whether every part of Airflow says that it is well."""
    return is_healthy(live.url)


def move_dates(url: str, days: int) -> None:
    """Move every date of a database by so many days."""
    engine = sa.create_engine(url)
    columns: dict[tuple[str, str], list[str]] = {}
    inspector = sa.inspect(engine)
    for table in inspector.get_table_names():
        for column in inspector.get_columns(table):
            name = str(column["name"])
            if isinstance(column["type"], sa.Date):
                columns.setdefault(("public", table), []).append(f'"{name}" = "{name}" + {days}')
            elif isinstance(column["type"], sa.DateTime):
                moved = f'"{name}" = "{name}" + interval \'{days} days\''
                columns.setdefault(("public", table), []).append(moved)
    with engine.begin() as connection:
        for (schema, table), moves in columns.items():
            connection.execute(sa.text(f'UPDATE "{schema}"."{table}" SET {", ".join(moves)}'))
    engine.dispose()


def responds(url: str) -> bool:
    """Whether a page answers there."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        return bool(answer.status == 200)
