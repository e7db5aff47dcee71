"""Settings that name a connection of Airflow: what URL each kind gives, and a wrong id."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from jobs.notify import transport_for
from jobs.operate.databases import Databases, warehouse
from jobs.runtime import airflow_connections as connections
from jobs.runtime.airflow_connections import (
    AirflowConnection,
    look_up_with,
    names_connection,
    url_of,
)
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import load_settings

POSTGRES = AirflowConnection(
    conn_id="nomis",
    conn_type="postgres",
    host="nomis.example",
    login="reader",
    password="p@ss/w:rd#",
    schema="prison",
    port=5433,
    extra={"sslmode": "require", "nested": {"x": 1}, "flag": True},
)


@pytest.fixture(autouse=True)
def held() -> Iterator[dict[str, AirflowConnection]]:
    """What Airflow holds."""
    known: dict[str, AirflowConnection] = {"nomis": POSTGRES}
    before = connections._LOOK_UP
    look_up_with(known.get)
    yield known
    look_up_with(before)


def test_a_database_is_a_url_whose_password_survives() -> None:
    url = sa.make_url(url_of("airflow:nomis", setting="prison"))
    assert (url.drivername, url.username, url.password) == ("postgresql", "reader", "p@ss/w:rd#")
    assert (url.host, url.port, url.database) == ("nomis.example", 5433, "prison")
    assert dict(url.query) == {"sslmode": "require"}
    assert "p@ss" not in repr(POSTGRES)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        pytest.param({"conn_type": "fs", "extra": {"path": "/data/in"}}, "/data/in", id="a folder"),
        pytest.param(
            {"conn_type": "smtp", "host": "mail", "login": "a", "password": "b:c"},
            "smtps://a:b%3Ac@mail",
            id="mail, TLS from the start",
        ),
        pytest.param(
            {"conn_type": "smtp", "host": "mail", "port": 587, "extra": {"disable_ssl": True}},
            "smtp://mail:587",
            id="mail, STARTTLS",
        ),
        pytest.param({"conn_type": "mysql", "host": "h", "schema": "d"}, "mysql://h/d", id="other"),
    ],
)
def test_each_kind_of_connection_is_what_a_setting_would_say(
    given: dict[str, object], url: str
) -> None:
    assert AirflowConnection(conn_id="x", **given).url == url  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["postgresql://a@b/c", "/a/folder", "", "airflow_data"])
def test_what_names_no_connection_stays_as_it_is(value: str) -> None:
    assert url_of(value, setting="prison") == value
    assert names_connection(value) == ""


@pytest.mark.parametrize("named", ["airflow:nosuch", "airflow:"])
def test_a_wrong_id_is_one_line_with_the_setting_and_the_id(named: str) -> None:
    with pytest.raises(BadInput) as wrong:
        url_of(named, setting="prison")
    line = str(wrong.value)
    assert line.startswith("setting [prison]: Airflow has no connection [")
    assert "\n" not in line


def test_registers_warehouse_and_mail_may_each_name_one(
    database: str, held: dict[str, AirflowConnection]
) -> None:
    url = sa.make_url(database)
    held["house"] = AirflowConnection(
        conn_id="house",
        conn_type="postgres",
        login=url.username or "",
        schema=url.database or "",
        extra={"host": url.query["host"], "port": url.query["port"]},
    )
    held["mail"] = AirflowConnection(
        conn_id="mail", conn_type="smtp", host="mail.example", port=2525
    )
    settings = load_settings(
        prison="airflow:nomis",
        immigration="airflow:nosuch",
        warehouse="airflow:house",
        smtp_url="airflow:mail",
    )
    opened = Databases(settings=settings, server=None)
    assert opened.register("prison") == POSTGRES.url
    with pytest.raises(BadInput, match=r"setting \[immigration\]"):
        opened.register("immigration")
    with warehouse(settings) as engine, engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT current_database()")) == url.database
    assert "mail.example" in str(transport_for(settings))
