"""Publishing is killed at random moments; what readers see is whole, and a re-run mends all."""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks.samples import nights
from jobs.contract import results
from jobs.warehouse import (
    Publication,
    current_publication,
    embedded,
    open_warehouse,
    publications,
    publish,
    read_table,
    upgrade,
)
from jobs.warehouse.embedded import sockets, supervisor
from jobs.warehouse.store.bulk import Content
from jobs.warehouse.store.publishing import content_digest

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 2000
PUBLISH = f"""
import sys
from jobs.warehouse import open_warehouse, publish
from benchmarks.samples import nights
facts = nights.facts(people={PEOPLE}, seed=2)
print("ready", flush=True)
sys.stdin.readline()
publish(open_warehouse(sys.argv[1]), manifest=nights.manifest(policy=sys.argv[2]), tables=facts)
print("published", flush=True)
"""


@pytest.fixture
def server() -> Iterator[embedded.EmbeddedServer]:
    """A server of the test's own, to be killed."""
    folder = Path(tempfile.mkdtemp(prefix="crash tests "))
    try:
        yield embedded.start(folder / "server")
    finally:
        embedded.stop(folder / "server")
        shutil.rmtree(sockets.socket_path(folder / "server") or folder, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def engine(server: embedded.EmbeddedServer) -> Iterator[sa.Engine]:
    """A warehouse with one small publication."""
    engine = open_warehouse(server.create_database("warehouse"))
    upgrade(engine)
    yield engine
    engine.dispose()


def begin_to_publish(server: embedded.EmbeddedServer, policy: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", PUBLISH, server.url("warehouse"), policy],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == "ready\n"
    process.stdin.write("go\n")
    process.stdin.flush()
    return process


def assert_whole(engine: sa.Engine, publication: Publication) -> None:
    """What can be read is what was published, to the last byte."""
    contents = [
        Content.of(results.NIGHTLY[name], read_table(engine, publication.publication_id, name))
        for name in sorted(results.NIGHTLY)
    ]
    assert content_digest(contents) == publication.content_digest


def left_overs(engine: sa.Engine) -> int:
    """Rows of a publication that is not there."""
    numbers = " UNION ALL ".join(
        f"SELECT publication_number FROM nightly.{name.split('.')[1]}"
        for name in ("nightly.assessments", "nightly.figures", "nightly.quarantine")
    )
    query = (
        f"SELECT count(*) FROM ({numbers} UNION ALL SELECT since FROM registry.identities) AS used "
        "WHERE publication_number NOT IN (SELECT publication_number FROM run.publications)"
    )
    with engine.connect() as connection:
        return connection.scalar(sa.text(query)) or 0


def duration_of_publishing(engine: sa.Engine) -> float:
    facts = nights.facts(people=PEOPLE, seed=3)
    start = time.monotonic()
    publish(engine, manifest=nights.manifest(policy="a first one"), tables=facts)
    return time.monotonic() - start


def assert_one_of_two(engine: sa.Engine, before: Publication) -> None:
    """The last publication is current, or the new one is, and what is current is whole."""
    current = current_publication(engine, as_of=nights.AS_OF)
    assert current is not None
    assert before.publication_id in {current.publication_id, current.supersedes}
    assert_whole(engine, current)
    assert left_overs(engine) == 0


def publish_again(engine: sa.Engine, policy: str, number: int) -> Publication:
    """The re-run ends as a run that nobody killed: published once, current, whole."""
    facts = nights.facts(people=PEOPLE, seed=2)
    made = publish(engine, manifest=nights.manifest(policy=policy), tables=facts)
    assert made.is_current
    assert [publication.number for publication in publications(engine)] == list(
        range(1, number + 1)
    )
    assert_whole(engine, made)
    return made


ROUNDS = pytest.mark.parametrize("rounds", [2, pytest.param(5, marks=pytest.mark.long)])
"""How often somebody is killed, each time at another moment."""


@pytest.mark.slow
@ROUNDS
def test_a_killed_publisher_leaves_the_last_publication_or_a_whole_new_one(
    server: embedded.EmbeddedServer, engine: sa.Engine, rounds: int
) -> None:
    chance = random.Random(1999)
    longest = duration_of_publishing(engine)
    last = publications(engine)[-1]
    for round_number in range(2, 2 + rounds):
        process = begin_to_publish(server, f"round {round_number}")
        time.sleep(chance.uniform(0, longest))
        process.kill()
        process.communicate()
        assert_one_of_two(engine, last)
        last = publish_again(engine, f"round {round_number}", round_number)


@pytest.mark.slow
@ROUNDS
def test_a_killed_server_comes_back_with_the_last_publication_or_a_whole_new_one(
    server: embedded.EmbeddedServer, engine: sa.Engine, rounds: int
) -> None:
    chance = random.Random(2006)
    longest = duration_of_publishing(engine)
    last = publications(engine)[-1]
    for round_number in range(2, 2 + rounds):
        process = begin_to_publish(server, f"round {round_number}")
        time.sleep(chance.uniform(0, longest))
        number = supervisor.server_number(server.folder / "data" / "postmaster.pid")
        assert number is not None
        os.kill(number, signal.SIGKILL)
        process.communicate()
        engine.dispose()
        embedded.start(server.folder).close()
        assert_one_of_two(engine, last)
        last = publish_again(engine, f"round {round_number}", round_number)
