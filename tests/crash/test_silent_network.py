"""A network that stalls: who accepts and never answers, or stops in the middle, is given up."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks.samples import deliveries, nights
from benchmarks.samples.minimal_registers import AS_OF, register_tables
from jobs.extract import land
from jobs.extract.database import open_database
from jobs.extract.mapping import read_mapping
from jobs.extract.patience import Patience
from jobs.notify import SmtpTransport, send_to_channel
from jobs.notify.alert import Alert, AlertKind
from jobs.runtime.errors import BadInput, Unreachable
from jobs.runtime.settings import load_settings
from jobs.warehouse import open_warehouse, publications, publish
from jobs.warehouse.store.connections import transaction
from tests.conftest import run_jobs
from tests.crash.stalled_networks import HOST, silent_port, stalling_way

SILENCE = 3.0
"""Longer than this machine takes over an answer, whatever else it does."""
LATE = 120.0
"""Seconds within which all of it ends, whatever else this machine does."""
STALLS_AT = (1, 900, 4_000)
"""Bytes of answers after which a way stalls: while connecting, between tables, within one."""


@contextmanager
def ends_in_time() -> Iterator[None]:
    """The block ends in `LATE` seconds, in one line that says who does not answer."""
    begun = time.monotonic()
    with pytest.raises(Unreachable) as told:
        yield
    assert time.monotonic() - begun < LATE
    assert len(str(told.value).splitlines()) == 1


def land_prison(source: str, folder: Path) -> None:
    land(register="prison", source=source, mapping=None, as_of=AS_OF, folder=folder,
         silence=SILENCE)  # fmt: skip


def test_a_register_that_accepts_and_says_nothing_is_given_up(tmp_path: Path) -> None:
    with silent_port() as silent, ends_in_time():
        land_prison(f"postgresql://reader@{HOST}:{silent.port}/prison", tmp_path)
    assert not list(tmp_path.rglob("*.json"))


@pytest.mark.parametrize(
    "limit", [pytest.param(n, marks=() if n == max(STALLS_AT) else pytest.mark.long)
              for n in STALLS_AT]
)  # fmt: skip
def test_a_register_that_stalls_in_the_middle_leaves_no_landing(
    database: str, tmp_path: Path, limit: int
) -> None:
    deliveries.as_postgres("prison", register_tables(), database)
    with stalling_way(database, limit=limit) as (way, url), ends_in_time():
        land_prison(url, tmp_path)
    assert way.passed >= limit
    assert not list(tmp_path.rglob("*.parquet"))
    with stalling_way(database) as (_, url):
        land(register="prison", source=url, mapping=None, as_of=AS_OF, folder=tmp_path)
    assert list(tmp_path.rglob("*.parquet"))


@pytest.mark.long
def test_any_other_database_that_stalls_is_given_up_too(database: str) -> None:
    """By the way of every dialect but PostgreSQL's, whose driver knows no such bound."""
    deliveries.as_postgres("prison", register_tables(), database)
    place = read_mapping(register="prison", path=None).places["prison.persons"]
    with stalling_way(database) as (way, url):
        with ends_in_time(), open_database(url=sa.make_url(url), silence=SILENCE) as source:
            assert source.open_table(place).rows == 3
            way.limit = 0
            source.open_table(place)
        with silent_port() as silent, ends_in_time():
            deaf = sa.make_url(f"postgresql+psycopg://reader@{HOST}:{silent.port}/prison")
            with open_database(url=deaf, silence=SILENCE):
                pass


def test_a_source_that_was_given_up_is_asked_nothing_more() -> None:
    asked = []
    with Patience(seconds=0.05, where="a source") as asking:
        assert asking.ask(lambda: "an answer") == "an answer"
        with pytest.raises(ZeroDivisionError):
            asking.ask(lambda: 1 / 0)
        for _ in range(2):
            with pytest.raises(Unreachable, match=r"a source: said nothing for 0\.05 seconds"):
                asking.ask(lambda: time.sleep(1))
        asking.close(lambda: asked.append("closed"))
    assert asked == []
    with Patience(seconds=LATE, where="a source") as asking:
        asking.close(lambda: asked.append("closed"))
    assert asked == ["closed"]
    # As a generator that was read to no end does once it is thrown away.
    asking.close(lambda: asked.append("closed again"))
    with pytest.raises(Unreachable):
        asking.ask(lambda: "an answer")
    assert asked == ["closed"]


def test_a_warehouse_that_accepts_and_says_nothing_is_given_up() -> None:
    with silent_port() as silent:
        engine = open_warehouse(
            f"postgresql://writer@{HOST}:{silent.port}/warehouse?connect_timeout=2"
        )
        with ends_in_time(), transaction(engine):
            pass


@pytest.mark.long
@pytest.mark.parametrize("after", [0, 3_000])
def test_a_warehouse_that_stalls_in_mid_publication_keeps_nothing_of_it(
    warehouse: sa.Engine, after: int
) -> None:
    """While the tables are written, and while the connection is used first."""
    url = warehouse.url.render_as_string(hide_password=False)
    with stalling_way(url) as (way, over):
        engine = open_warehouse(over, silence=SILENCE)
        assert publications(engine) == []
        way.limit = way.passed + after
        with ends_in_time():
            for code in range(1000):
                publish(engine, manifest=nights.manifest(policy=str(code)), tables=nights.facts())
        engine.dispose()
    known = publications(warehouse)
    assert sum(each.is_current for each in known) == min(1, len(known))
    engine = open_warehouse(url, silence=SILENCE)
    with transaction(engine) as connection:
        # Nothing is written, and the server is not silent: it is at work for less than the bound.
        connection.execute(sa.text("SELECT pg_sleep(0.2)"))
    with ends_in_time(), transaction(engine) as connection:
        connection.execute(sa.text("SELECT pg_sleep(1000)"))
    engine.dispose()


def test_a_mail_server_that_says_nothing_is_given_up() -> None:
    with silent_port() as silent:
        transport = SmtpTransport(host=HOST, port=silent.port, seconds=0.5)
        with ends_in_time():
            transport.send(message=b"From: a@b.invalid\r\n\r\n.", recipient="c@d.invalid")


@pytest.mark.long
def test_a_webhook_that_says_nothing_is_given_up() -> None:
    """By Apprise's own bounds, which are seconds unless the URL says otherwise."""
    alert = Alert(
        key="late", kind=AlertKind.LATE, subject="a night", causes=(), standing="", look=(),
        mend=(), run="a run", url="", at=datetime(2006, 4, 26, tzinfo=UTC),
    )  # fmt: skip
    with silent_port() as silent, ends_in_time():
        send_to_channel(url=f"json://{HOST}:{silent.port}/?rto=0.5", alert=alert)


@pytest.mark.long
@pytest.mark.parametrize("limit", [None, *STALLS_AT])
def test_a_night_over_a_stalled_network_ends_in_one_line_and_publishes_nothing(
    database: str, tmp_path: Path, limit: int | None
) -> None:
    """As a person runs it: the process ends too, whatever its drivers still wait for."""
    deliveries.as_postgres("prison", register_tables(), database)
    folder = deliveries.as_parquet("immigration", register_tables(), tmp_path / "immigration")
    with silent_port() as silent, stalling_way(database, limit=limit) as (_, url):
        deaf = f"postgresql://reader@{HOST}:{silent.port}/prison"
        begun = time.monotonic()
        done = run_jobs(
            "night", "--as-of", str(AS_OF),
            environment={
                **os.environ,
                "RECONCILIATION_DATA_DIR": str(tmp_path / "data"),
                "RECONCILIATION_PRISON": deaf if limit is None else url,
                "RECONCILIATION_IMMIGRATION": folder,
                "RECONCILIATION_SILENCE_SECONDS": "3",
            },
        )  # fmt: skip
        assert time.monotonic() - begun < 4 * LATE
    assert done.returncode == 2, done.stderr
    line = done.stderr.strip().splitlines()[-1]
    assert line.startswith("error: database [")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data" / "pages").exists()


@pytest.mark.parametrize("seconds", [0, 86_401, float("inf"), float("nan"), "soon"])
def test_a_bound_that_is_none_is_refused(seconds: object) -> None:
    with pytest.raises(BadInput, match="silence_seconds"):
        load_settings(silence_seconds=seconds)
