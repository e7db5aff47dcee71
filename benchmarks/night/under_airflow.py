"""A night under Airflow's own scheduler: what Airflow adds to what the steps take.

One installation is made by a first night without Airflow and copied. The night after it is run in
one copy by ``python -m jobs night``, all of it in one process, and in the other by a run that is
triggered under ``python -m jobs airflow standalone``, with the LocalExecutor; then once more, with
nothing changed. Times are those that Airflow writes down of its tasks, beside what the steps
write down of themselves (`jobs.operate.run.step_records`), so a step's own time is counted once.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import psutil
import sqlalchemy as sa

from benchmarks.night.airflow_api import asked, free_port, is_healthy, token_of, until
from benchmarks.night.measuring import Server
from jobs.contract.registers import REGISTERS
from jobs.runtime.settings import ROOT
from jobs.warehouse.embedded import server as embedded

PEOPLE: Final = 1500
SEED: Final = 618
FIRST: Final = date(2006, 4, 24)
NIGHT: Final = FIRST + timedelta(days=1)
NIGHTLY: Final = "nightly_reconciliation"
RESULT: Final = "airflow.json"
START_SECONDS: Final = 600.0
NIGHT_SECONDS: Final = 1800.0
LOOK_SECONDS: Final = 2.0
SCHEDULER: Final = "scheduler"
PARTS: Final = ("api-server", SCHEDULER, "dag-processor", "triggerer")
NEVER: Final = "0 0 1 3 *"
"""A timetable that starts nothing meanwhile."""
QUIET_SECONDS: Final = 20.0
"""Until Airflow has told of that run's end and is idle."""
IMPORTS: Final = ("jobs.night", "great_expectations.expectations", "dags.nightly_reconciliation")
"""What a task imports where nothing is shared: the night, the library of its suite, its DAG."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """One installation: its data, and the registers of a night as files."""

    folder: Path
    name: str

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.folder / self.name

    def environment(self, night: date) -> dict[str, str]:
        """The environment of whatever runs a night here."""
        registers = self.folder / "registers" / night.isoformat()
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("RECONCILIATION_", "AIRFLOW", "SMTP_"))
        }
        return kept | {
            "RECONCILIATION_DATA_DIR": str(self.data),
            "RECONCILIATION_SCHEDULE": NEVER,
            **{f"RECONCILIATION_{name.upper()}": str(registers / name) for name in REGISTERS},
        }

    def run(self, *arguments: str, night: date) -> None:
        """Run ``python -m jobs`` to its end."""
        subprocess.run(  # noqa: S603 - ourselves
            [sys.executable, "-m", "jobs", *arguments],
            cwd=ROOT,
            env=self.environment(night),
            check=True,
            stdout=subprocess.DEVNULL,
        )


def measure(*, people: int, keep: Path) -> dict[str, Any]:
    """Run the nights; give what each took and what Airflow added, and keep it in ``keep``."""
    folder = keep.resolve() / f"airflow-{people}"
    first, alone, under = (Site(folder=folder, name=n) for n in ("first", "alone", "airflow"))
    if not first.data.exists():
        _invent(people, folder)
        with embedded.start(first.data / "postgres") as server:
            first.run("night", "--as-of", str(FIRST), night=FIRST)
            server.stop()
    for site in (alone, under):
        shutil.rmtree(site.data, ignore_errors=True)
        # As it is: the server's files belong to its own user.
        subprocess.run(["cp", "-a", first.data, site.data], check=True)  # noqa: S603, S607 - GNU's
    found = {
        "people": people,
        "night": NIGHT.isoformat(),
        "load": round(os.getloadavg()[0], 1),
        "imports": {name: _import_seconds(name) for name in IMPORTS},
        "alone": _alone(alone),
        **_under_airflow(under),
    }
    (keep / RESULT).write_text(json.dumps(found, indent=1))
    return found


def _invent(people: int, folder: Path) -> None:
    from jobs.synthetic import Size, build_history
    from jobs.synthetic.output.writing import write_world
    from jobs.synthetic.world import on_night

    history = build_history(seed=SEED, people=Size(people=people, shared_rate=0.5))
    for night in (FIRST, NIGHT):
        registers = folder / "registers" / night.isoformat()
        write_world(on_night(history, as_of=night), registers, truth=registers / "truth")


def _import_seconds(module: str) -> float:
    """CPU seconds that a fresh process takes for a module."""
    code = f"import time; import {module}; print(time.process_time())"
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return round(float(done.stdout.split()[-1]), 2)


def _alone(site: Site) -> dict[str, Any]:
    """The night in one process, without Airflow."""
    with embedded.start(site.data / "postgres") as server:
        watched = Server(data=site.data / "postgres" / "data")
        before, cpu = watched.cpu_seconds(), os.times()
        started = time.perf_counter()
        site.run("night", "--as-of", str(NIGHT), night=NIGHT)
        wall = time.perf_counter() - started
        now = os.times()
        spent = now.children_user + now.children_system - cpu.children_user - cpu.children_system
        facts = {
            "wall": round(wall, 2),
            "cpu": round(spent, 2),
            "server_cpu": round(watched.cpu_seconds() - before, 2),
            "steps": _steps(site),
        }
        server.stop()
    return facts


def _under_airflow(site: Site) -> dict[str, Any]:
    """The night triggered under Airflow, and the same again."""
    with embedded.start(site.data / "postgres") as server:
        try:
            with _standalone(site) as airflow:
                nights = {name: _triggered(site, airflow, server) for name in ("airflow", "again")}
                return nights | {"parse": _parse_seconds(server)}
        finally:
            server.stop()


@dataclass(frozen=True, kw_only=True)
class Airflow:
    """Airflow that runs: where it is asked, and its first process."""

    url: str
    token: str
    pid: int

    def ask(self, path: str, body: object = None, method: str = "GET") -> Any:
        """Ask its API."""
        return asked(f"{self.url}/api/v2/{path}", body, method, token=self.token)

    def cpu_seconds(self) -> dict[str, float]:
        """CPU seconds of each part so far; the tasks are what the scheduler's workers did."""
        spent = dict.fromkeys((*PARTS, "tasks"), 0.0)
        for child in psutil.Process(self.pid).children():
            said = " ".join(child.cmdline()).replace("_", "-")
            part = next((part for part in PARTS if part in said), None)
            if part is None:
                continue
            spent[part] += _own(child)
            below = "tasks" if part == SCHEDULER else part
            for process in child.children(recursive=True):
                spent[below] += _own(process)
                if process.ppid() == child.pid:
                    times = process.cpu_times()
                    spent[below] += times.children_user + times.children_system
        return spent


def _own(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


@contextmanager
def _standalone(site: Site) -> Iterator[Airflow]:
    port = free_port()
    url = f"http://localhost:{port}"
    environment = site.environment(NIGHT) | {
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": url,
    }
    with (site.folder / "standalone.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "jobs", "airflow", "standalone"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        until(lambda: is_healthy(url), "Airflow is up", seconds=START_SECONDS)
        airflow = Airflow(url=url, token=token_of(url, site.data), pid=process.pid)
        until(
            lambda: len(airflow.ask("dags")["dags"]) >= len(_dag_files()),
            "its DAGs are read",
            seconds=START_SECONDS,
        )
        airflow.ask(f"dags/{NIGHTLY}", {"is_paused": False}, "PATCH")
        _end_scheduled(airflow)
        yield airflow
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=90)


def _end_scheduled(airflow: Airflow) -> None:
    """End the run that the timetable owes since its last moment; one run goes at a time."""
    runs = f"dags/{NIGHTLY}/dagRuns"
    until(
        lambda: airflow.ask(runs)["dag_runs"],
        "the run of the timetable begins",
        seconds=START_SECONDS,
    )
    for run in airflow.ask(runs)["dag_runs"]:
        path = f"{runs}/{urllib.parse.quote(run['dag_run_id'], safe='')}"
        airflow.ask(path, {"state": "failed"}, "PATCH")
    time.sleep(QUIET_SECONDS)


def _dag_files() -> list[Path]:
    return [path for path in (ROOT / "dags").glob("*.py") if "\n@dag(" in path.read_text()]


def _triggered(site: Site, airflow: Airflow, server: embedded.EmbeddedServer) -> dict[str, Any]:
    """Trigger the night, wait for its end, and read what was written down of it."""
    watched = Server(data=site.data / "postgres" / "data")
    before, cpu = watched.cpu_seconds(), airflow.cpu_seconds()
    body = {"logical_date": None, "conf": {"as_of": NIGHT.isoformat()}}
    run = airflow.ask(f"dags/{NIGHTLY}/dagRuns", body, "POST")["dag_run_id"]
    path = f"dags/{NIGHTLY}/dagRuns/{urllib.parse.quote(run, safe='')}"
    deadline = time.monotonic() + NIGHT_SECONDS
    while (state := airflow.ask(path)["state"]) in {"queued", "running"}:
        if time.monotonic() > deadline:
            raise AssertionError(f"the night did not end within {NIGHT_SECONDS:.0f} s")
        time.sleep(LOOK_SECONDS)
    if state != "success":
        raise AssertionError(f"the night ended as [{state}]; see {site.folder}/standalone.log")
    spent = airflow.cpu_seconds()
    return {
        **_times(server, run),
        "cpu": {part: round(spent[part] - cpu[part], 2) for part in spent},
        "server_cpu": round(watched.cpu_seconds() - before, 2),
        "steps": _steps(site),
    }


def _times(server: embedded.EmbeddedServer, run: str) -> dict[str, Any]:
    """Seconds from the trigger to the end, and for each task since the trigger."""
    runs = (
        "SELECT extract(epoch FROM end_date - queued_at), "
        "extract(epoch FROM start_date - queued_at) FROM dag_run WHERE run_id = :run"
    )
    tasks = (
        "SELECT task_id, extract(epoch FROM scheduled_dttm - queued_at), "
        "extract(epoch FROM queued_dttm - queued_at), "
        "extract(epoch FROM t.start_date - queued_at), "
        "extract(epoch FROM t.end_date - queued_at) "
        "FROM task_instance t JOIN dag_run USING (dag_id, run_id) WHERE run_id = :run "
        "AND t.state = 'success' ORDER BY t.start_date"
    )
    engine = sa.create_engine(server.url("airflow"))
    with engine.connect() as connection:
        ((wall, begun),) = connection.execute(sa.text(runs), {"run": run}).all()
        rows = connection.execute(sa.text(tasks), {"run": run}).all()
    engine.dispose()
    names = ("scheduled", "queued", "start", "end")
    return {
        "wall": round(float(wall), 2),
        "begun": round(float(begun), 2),
        "tasks": {
            task: {name: round(float(at), 2) for name, at in zip(names, times, strict=True)}
            for task, *times in rows
        },
    }


def _parse_seconds(server: embedded.EmbeddedServer) -> dict[str, float]:
    """What Airflow's DAG processor last took to read each file."""
    engine = sa.create_engine(server.url("airflow"))
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT dag_id, last_parse_duration FROM dag")).all()
    engine.dispose()
    return {dag: round(float(seconds), 2) for dag, seconds in rows}


def _steps(site: Site) -> dict[str, float]:
    """What each step says it took, by the youngest run of the night."""
    runs = site.data / "runs" / NIGHT.isoformat()
    youngest = max(runs.glob("*/steps"), key=lambda path: path.stat().st_mtime)
    records = [json.loads(path.read_text()) for path in youngest.glob("*/record.json")]
    return {record["step"]: record["seconds"] for record in records}
