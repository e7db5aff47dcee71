"""A night killed at any moment and run again ends where an undisturbed one ends."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from jobs.runtime.settings import ROOT
from jobs.warehouse import embedded

AS_OF = "2006-04-25"

pytestmark = pytest.mark.long


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-W", "ignore", "-m", "jobs", *arguments]


def environment(data_dir: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("RECONCILIATION_")}
    return kept | {"RECONCILIATION_DATA_DIR": str(data_dir)}


def night(world: Path, data_dir: Path) -> "subprocess.Popen[bytes]":
    registers = ("--prison", str(world / "prison"), "--immigration", str(world / "immigration"))
    return subprocess.Popen(
        command("night", "--as-of", AS_OF, *registers),
        cwd=ROOT,
        env=environment(data_dir),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def published(data_dir: Path) -> list[tuple[str, str, bool]]:
    """Every publication with its content and whether it is current."""
    with embedded.start(data_dir / "postgres") as server:
        engine = sa.create_engine(server.url("warehouse"))
        with engine.connect() as connection:
            rows = connection.execute(
                sa.text(
                    "SELECT publication_id, content_digest, c.publication_number IS NOT NULL "
                    "FROM run.publications p LEFT JOIN run.current c USING (publication_number)"
                )
            ).all()
        engine.dispose()
        server.stop()
    return [(str(id_), str(digest), bool(current)) for id_, digest, current in rows]


def test_a_killed_night_run_again_gives_the_undisturbed_publication(tmp_path: Path) -> None:
    world = tmp_path / "a world"
    subprocess.run(
        command("world", "--people", "3000", "--as-of", AS_OF, "--out", str(world)),
        cwd=ROOT,
        env=environment(tmp_path / "unused"),
        check=True,
        capture_output=True,
    )
    started = time.monotonic()
    assert night(world, tmp_path / "undisturbed").wait() == 0
    whole = time.monotonic() - started
    chance = random.Random(2006)
    killed = tmp_path / "killed"
    for _ in range(3):
        process = night(world, killed)
        time.sleep(whole * chance.uniform(0.1, 0.95))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert night(world, killed).wait() == 0
    assert published(killed) == published(tmp_path / "undisturbed")
    assert not list(killed.rglob(".*.partial"))
    pages = [sorted((d / "pages").rglob("*")) for d in (killed, tmp_path / "undisturbed")]
    assert [p.name for p in pages[0]] == [p.name for p in pages[1]]
