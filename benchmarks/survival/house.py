"""An installation whose nights run in processes of their own, to be killed; and what stands in it.

Each night is a fork of one warm process, because the imports of a night take longer than a small
night. What costs seconds and writes nothing is left out: charts are blank, one check in
`ASKED` is asked, and the planted cases of a night are not tried, though their answer is written.
"""

import json
import logging
import os
import shutil
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from expectations import suite
from jobs import night as nights
from jobs.contract.proof.failure_kinds import PlantedCases
from jobs.night import Night, run_night
from jobs.operate.attestation import Attestation
from jobs.operate.databases import warehouse
from jobs.operate.emails import prepare_emails, resend_email, send_emails
from jobs.planted import nightly
from jobs.report.charts.charts import Chart
from jobs.runtime import fail_points
from jobs.runtime.errors import BadInput, NotPlaced
from jobs.runtime.files import file_digest
from jobs.runtime.settings import Settings, load_settings
from jobs.warehouse import EmbeddedServer, publications

ASKED: Final = 20
"""One check in so many is asked."""
SECONDS: Final = 600
"""How long a night may take before it counts as hanging."""
PUBLISHED, REFUSED, NOT_PLACED, FAULT, KILLED, STALLED = (
    "published", "refused", "not placed", "fault", "killed", "stalled",
)  # fmt: skip
KEEP_DAYS: Final = 31


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a night ended: one of the words above, its line, and how often it reached each point."""

    how: str
    line: str = ""
    passed: Mapping[str, int] | None = None


def make_light() -> None:
    """Leave out of this process's nights what costs seconds and writes nothing."""
    whole = suite()
    asked = replace(
        whole, on_registers=whole.on_registers[::ASKED], on_results=whole.on_results[::ASKED]
    )

    def drawn(_: Chart, **__: object) -> str:
        return "<svg/>"

    def tried(_: object) -> PlantedCases:
        return PlantedCases(planted={"recalled": 6}, found={"recalled": 6})

    # Set on the modules, because a night gets none of these as an argument.
    setattr(nights, "suite", lambda: asked)  # noqa: B010
    setattr(Chart, "_svg", drawn)  # noqa: B010
    setattr(Chart, "png", lambda _, *__: b"")  # noqa: B010
    setattr(nightly, "try_on", tried)  # noqa: B010
    logging.getLogger("jobs").setLevel(logging.CRITICAL)


@dataclass(frozen=True, kw_only=True)
class House:
    """A data folder and a database of a server that stands outside it."""

    server: EmbeddedServer
    database: str
    folder: Path

    @classmethod
    def new(cls, server: EmbeddedServer, folder: Path, *, name: str) -> "House":
        """An empty one."""
        server.create_database(name)
        return cls(server=server, database=name, folder=folder)

    def leave_old(self) -> None:
        """Leave something in its folder that is past its time."""
        old = self.folder / "corrections" / "2000-01-01"
        old.mkdir(parents=True, exist_ok=True)
        (old / "prison.csv").touch()

    def copy(self, folder: Path, *, name: str) -> "House":
        """The same in another place; nobody may be at work in it."""
        admin = sa.create_engine(self.server.url(), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(sa.text(f'CREATE DATABASE "{name}" TEMPLATE "{self.database}"'))
        admin.dispose()
        shutil.copytree(self.folder, folder)
        return replace(self, database=name, folder=folder)

    def remove(self) -> None:
        """Remove its database and its folder."""
        self.server.drop_database(self.database)
        shutil.rmtree(self.folder, ignore_errors=True)

    def settings(self, registers: Mapping[str, str]) -> Settings:
        """Its settings over two registers."""
        return load_settings(
            data_dir=self.folder,
            warehouse=self.server.url(self.database),
            keep_days=KEEP_DAYS,
            pages_url="https://pages.example.invalid",
            **registers,
        )

    def run(self, as_of: date, registers: Mapping[str, str]) -> None:
        """Run a night with its mail, in this process."""
        settings = self.settings(registers)
        run_night(Night(as_of=as_of, label="survival", settings=settings))
        prepare_emails(as_of=as_of, settings=settings)
        for number, state in send_emails(settings=settings).states.items():
            if state == "unknown":
                # A message whose sender was killed waits for a person, who has it sent again.
                resend_email(outbox_id=number, by="a person", why="killed", settings=settings)

    def night(
        self, as_of: date, registers: Mapping[str, str], *, fault: str = "", limits: Any = None
    ) -> Ended:
        """Run a night with its mail in a process of its own; say how it ended.

        Args:
            as_of: the night.
            registers: folders of the registers, by name.
            fault: what is to happen, as `fail_points.Fault.of` reads it.
            limits: called in the process first, where given: to limit it.
        """
        read, write = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(read)
            _end_as_process(self, as_of, registers, fault, limits, write)
        os.close(write)
        with os.fdopen(read) as told:
            status = _waited(process)
            if os.WIFSTOPPED(status):
                return Ended(how=STALLED, line=str(process))
            said = told.read()
        if os.WIFSIGNALED(status) or not said:
            return Ended(how=KILLED)
        return Ended(**json.loads(said))

    def standing(self, registers: Mapping[str, str]) -> dict[str, Any]:
        """All that may not depend on what befell the nights; see `_of_warehouse`."""
        settings = self.settings(registers)
        with warehouse(settings) as engine:
            altered = Attestation(settings=settings).alterations(engine, of=publications(engine))
            found: dict[str, Any] = {"altered": [str(each) for each in altered]}
            with engine.connect() as connection:
                for name, query in _of_warehouse().items():
                    found[name] = [list(map(str, row)) for row in connection.execute(query)]
        for name in ("pages", "corrections", "mail"):
            found[name] = {
                path.relative_to(self.folder).as_posix(): file_digest(path)
                for path in sorted((self.folder / name).glob("*/**/*"))
                if path.is_file()
            }
        found["attested"] = sorted(path.name for path in (self.folder / "publications").iterdir())
        found["left over"] = sorted(
            path.relative_to(self.folder).as_posix()
            for sign in (".*.partial", ".*.before", "*.foretold", "*.new")
            for path in self.folder.rglob(sign)
        )
        return found


def _of_warehouse() -> dict[str, sa.TextClause]:
    """What is published, what became current when, what was mailed, set aside and told of runs.

    Not the moments at which it happened, nor what the run log says of attempts that were killed.
    """
    queries = {
        "published": "SELECT publication_number, publication_id, as_of_date, content_digest, "
        "c.publication_number IS NOT NULL FROM run.publications "
        "LEFT JOIN run.current AS c USING (as_of_date, publication_number) ORDER BY 1",
        "moves": "SELECT as_of_date, publication_number, replaces FROM run.supersessions "
        "ORDER BY supersession_number",
        "outbox": "SELECT publication_id, recipient, kind, subject, state, md5(message) "
        "FROM outbox.messages ORDER BY 1, 2, 3",
        "quarantine": "SELECT as_of_date, md5(string_agg(q::text, ',' ORDER BY q::text)) "
        "FROM nightly.quarantine AS q GROUP BY 1 ORDER BY 1",
        "told of runs": "SELECT DISTINCT as_of_date, publication_id FROM run.attempts "
        "WHERE outcome IN ('published', 'unchanged') ORDER BY 1, 2",
        "planted": "SELECT DISTINCT publication_id, planted, found, failure FROM run.self_tests "
        "JOIN run.publications USING (publication_number) ORDER BY 1",
        "removed": "SELECT table_name, month_date FROM run.removals ORDER BY 1, 2",
    }
    return {name: sa.text(query) for name, query in queries.items()}


def _waited(process: int) -> int:
    """Wait until a process ends or stalls; kill it when it hangs."""
    deadline = time.monotonic() + SECONDS
    while True:
        ended, status = os.waitpid(process, os.WUNTRACED | os.WNOHANG)
        if ended:
            return status
        if time.monotonic() > deadline:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            raise TimeoutError(f"a night hung for {SECONDS} seconds")
        time.sleep(0.02)


def go_on(process: int) -> int:
    """Let a stalled night go on to its end; give its status."""
    os.kill(process, signal.SIGCONT)
    return _waited(process)


def _end_as_process(
    house: House,
    as_of: date,
    registers: Mapping[str, str],
    fault: str,
    limits: Any,
    write: int,
) -> None:
    """The whole life of a forked process; it never returns."""
    code, said = 1, ""
    try:
        os.environ[fail_points.VARIABLE] = fault
        if limits is not None:
            limits()
        ended = _ended(house, as_of, registers)
        said = json.dumps({"how": ended.how, "line": ended.line, "passed": ended.passed})
        code = 0
    finally:
        try:
            # Nobody listens any more to a night that has stalled.
            with suppress(BrokenPipeError):
                os.write(write, said.encode())
        finally:
            # What Python would do at its end belongs to the process that this is a copy of.
            os._exit(code)


def _ended(house: House, as_of: date, registers: Mapping[str, str]) -> Ended:
    how, line = PUBLISHED, ""
    try:
        house.run(as_of, registers)
    except BadInput as refused:
        how, line = REFUSED, str(refused)
    except NotPlaced as unplaced:
        how, line = NOT_PLACED, str(unplaced)
    except BaseException as error:  # noqa: BLE001 - it is what is looked for
        how, line = FAULT, f"{type(error).__name__}: {error}"
    return Ended(how=how, line=line, passed=dict(fail_points.passed()))
