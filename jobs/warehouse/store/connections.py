"""Connections to the warehouse, and its failures in one line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Final, TypeVar

import psycopg
import sqlalchemy as sa
from psycopg import errors, sql
from psycopg.abc import PQGen

from jobs.runtime.errors import BadInput, Unreachable
from jobs.runtime.fail_points import is_armed, reached
from jobs.runtime.settings import NETWORK, SILENCE_SECONDS
from jobs.warehouse.store.actors import naming

T = TypeVar("T")
_INTERVAL: Final = 0.1
OLDEST_VERSION: Final = 15
"""The first PostgreSQL in which a unique constraint can treat empty values as equal."""
_MENDABLE: Final[dict[type[psycopg.Error], tuple[str, str]]] = {
    errors.DiskFull: ("the disk is full", "free space and run again"),
    errors.OutOfMemory: ("the server is out of memory", "give it more and run again"),
    errors.InsufficientPrivilege: (
        "this user lacks a right",
        "grant the role for this work, or use another user",
    ),
    errors.InvalidPassword: ("the password is wrong", "set the right one in the warehouse's URL"),
    errors.InvalidAuthorizationSpecification: (
        "this user is not let in",
        "set another user in the warehouse's URL",
    ),
    errors.InvalidRoleSpecification: (
        "this user may not say who is logged in",
        "GRANT reconciliation_page TO the user by whom Airflow's page comes in",
    ),
    errors.InvalidCatalogName: ("no such database", "create it, or set another warehouse"),
    errors.ReadOnlySqlTransaction: (
        "the server is read-only",
        "set the warehouse to the server that writes",
    ),
}
_REFUSALS: Final = {
    "password authentication failed": errors.InvalidPassword,
    "no password supplied": errors.InvalidPassword,
    "no pg_hba.conf entry": errors.InvalidAuthorizationSpecification,
    "role ": errors.InvalidAuthorizationSpecification,
    "database ": errors.InvalidCatalogName,
}
"""How a server says so before a connection stands, where no error code comes with it."""


class PatientConnection(psycopg.Connection[Any]):
    """A connection whose server may be silent for so long and no longer.

    A proxy or a firewall in the middle keeps a connection alive whose other end says nothing; the
    kernel cannot know. psycopg has a bound for the connecting alone.
    """

    silence: float = SILENCE_SECONDS

    def wait(self, gen: PQGen[T], interval: float = _INTERVAL, timeout: float | None = None) -> T:
        """Wait for one answer; a connection that gives none is closed, whatever it was doing.

        Raises:
            psycopg.OperationalError: there was none in time.
        """
        until = monotonic() + self.silence
        try:
            return super().wait(gen, interval, self.silence if timeout is None else timeout)
        except psycopg.OperationalError:
            if timeout is not None or monotonic() < until:
                raise
            self.pgconn.finish()
            said = f"timeout: the server said nothing for {self.silence:g} seconds"
            raise psycopg.OperationalError(said) from None


def open_warehouse(
    url: str,
    *,
    role: str | None = None,
    actor: str | None = None,
    silence: float = SILENCE_SECONDS,
) -> sa.Engine:
    """Give an engine for the warehouse at ``url``; connects when it is first used.

    Parameters of statements stay out of its error messages: they may be personal. With a ``role``
    every connection gives up all rights but that role's. With an ``actor`` it says who is at work,
    as `acting_as` does for one transaction. A server that says nothing for ``silence`` seconds is
    given up.

    Raises:
        BadInput: the URL cannot be read or is not one of PostgreSQL.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise BadInput(
            "setting [warehouse]", "not a database URL", "use postgresql://user:password@host/name"
        ) from None
    if parsed.get_backend_name() != "postgresql":
        raise BadInput(
            "setting [warehouse]",
            f"[{parsed.get_backend_name()}] is not PostgreSQL",
            "use postgresql://user:password@host/name",
        )
    engine = sa.create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={
            "application_name": "reconciliation",
            **{name: value for name, value in NETWORK.items() if name not in parsed.query},
        },
    )
    sa.event.listen(engine, "do_connect", _patiently(silence))
    if actor is not None:
        sa.event.listen(engine, "connect", naming(actor))
    if role is not None:
        sa.event.listen(engine, "connect", _taking(role, warehouse_name(engine)))
    return engine


def _patiently(silence: float) -> Callable[..., PatientConnection]:
    def connect(_dialect: object, _record: object, cargs: Any, cparams: Any) -> PatientConnection:
        connection = PatientConnection.connect(*cargs, **cparams)
        connection.silence = silence
        return connection

    return connect


def _taking(role: str, where: str) -> Callable[[psycopg.Connection[Any], object], None]:
    def take_role(connection: psycopg.Connection[Any], _record: object) -> None:
        try:
            connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
            connection.commit()
        except (errors.InvalidParameterValue, errors.InsufficientPrivilege):
            raise BadInput(
                where,
                f"this user cannot act as [{role}]",
                f"run: python -m jobs roles; then GRANT {role} to the user",
            ) from None

    return take_role


def warehouse_name(engine: sa.Engine) -> str:
    """Where the warehouse is, without user or password."""
    host = engine.url.host or engine.url.query.get("host") or "this machine"
    return f"warehouse [{engine.url.database} on {host}]"


@contextmanager
def transaction(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction: all of the block, or nothing of it.

    Raises:
        Unreachable: the server cannot be reached, or went away; nothing of the block was kept, or,
            where it went away during the commit, all of it: run again to find out.
        BadInput: the disk is full, the password wrong, a right missing.
    """
    has_written = False
    with in_one_line(engine), engine.begin() as connection:
        version = int((connection.dialect.server_version_info or (0,))[0])
        if version < OLDEST_VERSION:
            raise BadInput(
                warehouse_name(engine),
                f"PostgreSQL {version} is too old",
                f"use version {OLDEST_VERSION} or newer",
            )
        yield connection
        if is_armed() and (has_written := _has_written(connection)):
            reached("transaction.done")
    if has_written:
        reached("transaction.committed")


def _has_written(connection: sa.Connection) -> bool:
    """Whether the transaction has anything to commit."""
    written = sa.text("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
    return bool(connection.scalar(written))


@contextmanager
def in_one_line(engine: sa.Engine) -> Iterator[None]:
    """Turn what a person can mend into one line; a fault of the software loses its values only.

    Details of an error of the database may hold a person's number, so no such error leaves here.
    """
    try:
        yield
    except sa.exc.DBAPIError as error:
        plain = _plain(error.orig, warehouse_name(engine))
        raise plain.with_traceback(error.__traceback__) from None
    except psycopg.Error as error:
        plain = _plain(error, warehouse_name(engine))
        raise plain.with_traceback(error.__traceback__) from None


def _plain(error: Any, where: str) -> Exception:
    for kind, (what, todo) in _MENDABLE.items():
        if isinstance(error, kind):
            return BadInput(where, what, todo)
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return _not_connected(error, where)
    said = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    if said is None or isinstance(error, psycopg.DataError):
        said = type(error).__name__
    return RuntimeError(f"{where}: {said}")


def _not_connected(error: psycopg.Error, where: str) -> Exception:
    text = str(error)
    if "FATAL" in text:
        for sign, kind in _REFUSALS.items():
            if f"FATAL:  {sign}" in text:
                return BadInput(where, *_MENDABLE[kind])
    if "local user with ID" in text:
        return BadInput(where, "this system user has no name", "name a user in the URL")
    reason = "the connection broke" if error.sqlstate else "cannot be reached"
    if "timeout" in text:
        reason = "does not answer"
    return Unreachable(where, reason, "see that the server runs, and run again")
