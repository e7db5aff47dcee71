"""Settings that name a connection of Airflow instead of a URL: ``airflow:CONN_ID``.

So a password stands in Airflow, or in the secrets backend behind it, and nowhere else. Who starts
this software says how a connection is looked up (`look_up_with`): tasks ask Airflow's supervisor,
the command line asks Airflow's own command line.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

from jobs.runtime.errors import BadInput

SCHEME: Final = "airflow:"
DIALECTS: Final = {"postgres": "postgresql", "mssql": "mssql+pymssql"}
"""Airflow's name of a kind of database, where SQLAlchemy has another."""
FOLDERS: Final = frozenset({"fs", "file"})


@dataclass(frozen=True, kw_only=True)
class AirflowConnection:
    """A connection as Airflow holds it; ``extra`` as its JSON says."""

    conn_id: str
    conn_type: str
    host: str = ""
    login: str = ""
    password: str = field(default="", repr=False)
    schema: str = ""
    port: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def url(self) -> str:
        """The connection as a setting has it: a URL, or for ``fs`` a folder."""
        if self.conn_type in FOLDERS:
            return str(self.extra.get("path") or f"/{self.schema.lstrip('/')}")
        if self.conn_type == "smtp":
            # As Airflow's own hook reads them: TLS from the start unless that is switched off.
            scheme = "smtp" if self.extra.get("disable_ssl") else "smtps"
            return f"{scheme}://{self._user}{self.host}{self._port}"
        query = {name: str(value) for name, value in self.extra.items() if is_plain(value)}
        return (
            f"{DIALECTS.get(self.conn_type, self.conn_type)}://{self._user}{self.host}{self._port}"
            f"/{quote(self.schema, safe='')}{'?' if query else ''}{urlencode(query)}"
        )

    @property
    def _user(self) -> str:
        if not self.login:
            return ""
        password = f":{quote(self.password, safe='')}" if self.password else ""
        return f"{quote(self.login, safe='')}{password}@"

    @property
    def _port(self) -> str:
        return f":{self.port}" if self.port else ""


LookUp = Callable[[str], AirflowConnection | None]
"""Gives a connection by its id, or None where there is none."""


def _nowhere(_conn_id: str) -> AirflowConnection | None:
    return None


_LOOK_UP: LookUp = _nowhere


def look_up_with(look_up: LookUp) -> None:
    """Say how this process looks connections up."""
    global _LOOK_UP
    _LOOK_UP = look_up


def names_connection(value: str) -> str:
    """The id of the connection that a setting names; empty where it names none."""
    return value.removeprefix(SCHEME).strip() if value.startswith(SCHEME) else ""


def url_of(value: str, *, setting: str) -> str:
    """A setting's URL or folder, looked up where it names a connection.

    Raises:
        BadInput: there is no such connection, or nobody can say.
    """
    if not value.startswith(SCHEME):
        return value
    conn_id = names_connection(value)
    connection = _LOOK_UP(conn_id) if conn_id else None
    if connection is None:
        raise BadInput(
            f"setting [{setting}]",
            f"Airflow has no connection [{conn_id}]",
            "add it (Admin, Connections on Airflow's page; or: python -m jobs airflow connections "
            "add), or set a URL",
        )
    return connection.url


def is_plain(value: object) -> bool:
    """Whether an extra can stand in a URL."""
    return isinstance(value, str | int | float) and not isinstance(value, bool)
