"""The deployment kit without an engine: its services' commands in their environments.

What an engine would add is the image, the network and the volumes: folders, sockets and free ports
of this machine stand in for `/data`, `/registers`, `postgres` and the ports. The databases are made
by the kit's own script, each with a password, and no user but PostgreSQL's own is a superuser.
"""

import base64
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from jobs.commands.administration.standalone import PARTS
from jobs.notify import load_recipients
from jobs.runtime.settings import ROOT
from jobs.warehouse.embedded import server as embedded
from jobs.warehouse.embedded.programs import programs
from jobs.warehouse.embedded.sockets import PORT
from tests.dags.live import NIGHT_SECONDS, NIGHTLY, SOON_OVER, free_port, until
from tests.house.kit import KIT, compose_with, example_values
from tests.notify.conftest import Server

pytestmark = [pytest.mark.slow, pytest.mark.airflow, pytest.mark.live, pytest.mark.short]
AS_OF = date(2006, 4, 25)
GRACE_SECONDS = 60.0


@dataclass
class Kit:
    """The services of the kit, as processes of this machine."""

    services: dict[str, Any]
    replaced: dict[str, str]
    folder: Path
    mail: Server
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def environment(self, service: str) -> dict[str, str]:
        """The environment of a service, with what stands in here for what an engine gives."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        return kept | {
            name: self.here(str(value))
            for name, value in self.services[service]["environment"].items()
        }

    def here(self, text: str) -> str:
        for there, here in self.replaced.items():
            text = text.replace(there, here)
        return text

    def execute(
        self, service: str, *command: str, seconds: float = 300
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command as ``docker compose exec`` would."""
        return subprocess.run(
            [sys.executable if command[0] == "python" else command[0], *command[1:]],
            cwd=ROOT,
            env=self.environment(service),
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )

    def jobs(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run ``python -m jobs`` where the scheduler is."""
        return self.execute("scheduler", "python", "-m", "jobs", *arguments)

    def start(self, service: str) -> None:
        """Start a service, as the image's entry point does."""
        with (self.folder / f"{service}.log").open("wb") as log:
            self.processes[service] = subprocess.Popen(
                [sys.executable, "-m", "jobs", *self.services[service]["command"]],
                cwd=ROOT,
                env=self.environment(service),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def is_healthy(self, service: str) -> bool:
        """Ask as the service's own health check asks."""
        assert self.processes[service].poll() is None, self.log(service)
        check = [self.here(word) for word in self.services[service]["healthcheck"]["test"][1:]]
        return self.execute(service, *check).returncode == 0

    def log(self, service: str) -> str:
        return (self.folder / f"{service}.log").read_text(errors="replace")[-3000:]

    def stop(self) -> None:
        """End every service as an engine does: its first process is asked, then all are killed.

        Airflow's DAG processor goes on at times, asked in the middle of a file.
        """
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=GRACE_SECONDS)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def filled_in() -> dict[str, str]:
    """The example with its five secrets made up, as the guide has it."""
    values = {name: value or secrets.token_hex(24) for name, value in example_values().items()}
    key = base64.urlsafe_b64encode(os.urandom(32)).decode()
    return values | {"AIRFLOW_FERNET_KEY": key}


def make_databases(server: embedded.EmbeddedServer, values: Mapping[str, str]) -> None:
    """Run the kit's script as the image of PostgreSQL does, then ask everybody for a password."""
    done = subprocess.run(
        ["sh", str(KIT / "databases.sh")],
        env={
            **values,
            "PATH": f"{programs()}:/usr/bin:/bin",
            "PGHOST": str(server.socket_folder),
            "PGPORT": str(PORT),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rules = server.folder / "data" / "pg_hba.conf"
    rules.write_text(f"local all airflow,warehouse scram-sha-256\n{rules.read_text()}")
    embedded.stop(server.folder)


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kit]:
    """The services, started in their order, each healthy."""
    folder = tmp_path_factory.mktemp("kit")
    values = filled_in()
    page, mail_port = free_port(), free_port()
    mail = Server()
    controller = Controller(mail, hostname="127.0.0.1", port=mail_port)
    controller.start()
    with embedded.start(folder / "postgres") as first:
        make_databases(first, values)
    with embedded.start(folder / "postgres") as server:
        host = f"host={server.socket_folder}&port={PORT}"
        kit = Kit(
            services=compose_with(values)["services"],
            replaced={
                "@postgres/airflow": f"@/airflow?{host}",
                "@postgres/warehouse": f"@/warehouse?{host}",
                "localhost:8080": f"localhost:{page}",
                "localhost:1025": f"localhost:{mail_port}",
                "/registers/": f"{folder}/registers/",
                "0.0.0.0": "127.0.0.1",
            },
            folder=folder,
            mail=mail,
        )
        for service in kit.services.values():
            if "environment" in service and "RECONCILIATION_DATA_DIR" in service["environment"]:
                service["environment"]["RECONCILIATION_DATA_DIR"] = str(folder / "data")
                service["environment"]["AIRFLOW__API__PORT"] = str(page)
                service["environment"]["RECONCILIATION_WAIT_UNTIL"] = SOON_OVER
        made = kit.jobs(
            "world", "--people", "1500", "--as-of", str(AS_OF), "--out", str(folder / "registers")
        )
        assert made.returncode == 0, made.stderr
        try:
            init = kit.execute("init", "python", "-m", "jobs", *kit.services["init"]["command"])
            assert init.returncode == 0, init.stderr
            for part in PARTS:
                kit.start(part)
            for part in PARTS:
                until(lambda part=part: kit.is_healthy(part), f"{part} is healthy", seconds=600)
            yield kit
        finally:
            kit.stop()
            controller.stop(no_assert=True)
            server.stop()


def test_setup_check_says_of_a_new_installation_only_that_its_dags_are_paused(kit: Kit) -> None:
    done = kit.jobs("setup-check")
    wrong = [line for line in done.stdout.splitlines() if line.startswith("FAIL")]
    assert done.returncode == 2
    assert len(wrong) == 2, done.stdout
    for line, dag in zip(wrong, (NIGHTLY, "email_reports"), strict=True):
        assert f"airflow dags unpause {dag}" in line
        assert kit.jobs("airflow", "dags", "unpause", dag).returncode == 0
    again = kit.jobs("setup-check")
    assert again.returncode == 0, again.stdout


def test_the_page_is_for_who_has_the_password_that_the_guide_leads_to(kit: Kit) -> None:
    """By the guide's own command, in the folder that stands in for `/data`."""
    text = (KIT / "README.md").read_text()
    (path,) = re.findall(r"exec api-server cat /data/([\w./]+)`", text)
    passwords = json.loads((folder_of_data(kit) / path).read_text())
    assert (log_in(kit, "a wrong one"), log_in(kit, passwords["admin"])) == (401, 201)


def log_in(kit: Kit, password: str) -> int:
    """The status that the page answers with."""
    request = urllib.request.Request(
        kit.here("http://localhost:8080/auth/token"),
        data=json.dumps({"username": "admin", "password": password}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_a_night_is_published_and_its_readers_are_mailed_through_the_catcher(kit: Kit) -> None:
    conf = f'{{"as_of": "{AS_OF}", "mail": true}}'
    done = kit.jobs("airflow", "dags", "trigger", NIGHTLY, "--conf", conf)
    assert done.returncode == 0, done.stderr

    def is_published() -> bool:
        listed = kit.jobs("publications", "list", "--as-of", str(AS_OF))
        return "current" in listed.stdout

    until(is_published, "the night is published", seconds=NIGHT_SECONDS)
    readers = sorted(reader.address for reader in load_recipients(None))
    until(lambda: kit.mail.reports() == readers, "the readers are mailed", seconds=NIGHT_SECONDS)
    until(lambda: not unsent(kit), "and it is written down", seconds=120)
    assert not list(folder_of_data(kit).glob("mail/**/*.eml"))


def unsent(kit: Kit) -> bool:
    return "Nothing waits" not in kit.jobs("outbox", "list").stdout


def folder_of_data(kit: Kit) -> Path:
    return Path(kit.environment("scheduler")["RECONCILIATION_DATA_DIR"])


def test_no_embedded_server_is_started_and_no_password_is_in_a_log(kit: Kit) -> None:
    assert not (folder_of_data(kit) / "postgres").exists()
    said = "".join(kit.log(part) for part in kit.processes)
    secret = [v for n, v in kit.environment("scheduler").items() if "SECRET" in n or "KEY" in n]
    urls = [v for n, v in kit.environment("scheduler").items() if "@" in v and "://" in v]
    passwords = [url.partition("://")[2].partition("@")[0].partition(":")[2] for url in urls]
    assert len([p for p in passwords if p]) >= 2
    assert not any(word in said for word in (*secret, *passwords) if word)
