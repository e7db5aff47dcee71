"""Where the registers and the warehouse are: what the settings name, else the embedded server."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import sqlalchemy as sa

from jobs.runtime.airflow_connections import url_of
from jobs.runtime.machine_user import machine_user
from jobs.runtime.settings import Settings
from jobs.warehouse import (
    PAGE,
    EmbeddedServer,
    create_roles,
    has_role,
    open_warehouse,
    start_embedded,
    upgrade,
)

EMBEDDED_DATABASES = ("prison", "immigration", "warehouse", "airflow")


@dataclass(frozen=True, kw_only=True)
class Databases:
    """The databases of one installation, open for the length of a ``with``."""

    settings: Settings
    server: EmbeddedServer | None

    def register(self, name: str) -> str:
        """URL or folder of the register ``prison`` or ``immigration``."""
        named: str = getattr(self.settings, name)
        return url_of(named, setting=name) if named else self.embedded(name)

    def embedded(self, name: str) -> str:
        """URL of a database on the embedded server.

        Raises:
            KeyError: every database is set elsewhere, so there is no embedded server.
        """
        if self.server is None:
            raise KeyError(f"no embedded server for [{name}]")
        return self.server.url(name)

    def warehouse_engine(self) -> sa.Engine:
        """An engine for the warehouse as it is.

        On the embedded server everybody is one user of the database: there the operating system
        says who is at work.
        """
        named, silence = self.settings.warehouse, self.settings.silence_seconds
        if named:
            return open_warehouse(url_of(named, setting="warehouse"), silence=silence)
        return open_warehouse(self.embedded("warehouse"), actor=machine_user(), silence=silence)

    @contextmanager
    def warehouse(self) -> Iterator[sa.Engine]:
        """The warehouse, its tables brought up to this version."""
        engine = self.warehouse_engine()
        try:
            upgrade(engine)
            yield engine
        finally:
            engine.dispose()


@contextmanager
def warehouse_as_it_is(settings: Settings) -> Iterator[sa.Engine]:
    """The warehouse without bringing it up to this version: to look at it, or to save it."""
    alone = nullcontext(Databases(settings=settings, server=None))
    with alone if settings.warehouse else databases(settings, embedded=True) as opened:
        engine = opened.warehouse_engine()
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def databases(settings: Settings, *, embedded: bool = False) -> Iterator[Databases]:
    """Open what the settings name; start the embedded server if anything needs it.

    ``embedded`` starts it in any case.
    """
    if not embedded and settings.prison and settings.immigration and settings.warehouse:
        yield Databases(settings=settings, server=None)
        return
    with start_embedded(settings.data_dir / "postgres") as server:
        for name in EMBEDDED_DATABASES:
            server.create_database(name)
        yield Databases(settings=settings, server=server)


def keep_embedded(settings: Settings, *, database: str) -> str:
    """Start the embedded server if it went away, and leave it.

    Gives the URL of one of its databases, which is another one after a restart.
    """
    with start_embedded(settings.data_dir / "postgres") as server:
        return server.url(database)


@contextmanager
def warehouse(settings: Settings) -> Iterator[sa.Engine]:
    """The warehouse alone; starts the embedded server only if the warehouse is on it."""
    if settings.warehouse:
        yield from _warehouse_of(Databases(settings=settings, server=None))
        return
    with databases(settings, embedded=True) as opened:
        yield from _warehouse_of(opened)


@contextmanager
def page_warehouse(settings: Settings, *, role: str | None = None) -> Iterator[sa.Engine]:
    """The warehouse for Airflow's pages, which say who is logged in there.

    On the embedded server, which nobody else looks after, the roles are made if they are missing.

    Args:
        settings: of this installation.
        role: the role to whose rights it is limited.

    Raises:
        BadInput: the user may not act in this role.
        Unreachable: the server does not answer.
    """
    with warehouse(settings) as owner:
        if not settings.warehouse and not has_role(owner, PAGE):
            create_roles(owner)
        engine = page_engine(owner, settings=settings, role=role)
        try:
            yield engine
        finally:
            engine.dispose()


def page_engine(owner: sa.Engine, *, settings: Settings, role: str | None = None) -> sa.Engine:
    """An engine by the user of Airflow's pages: whom the settings name, else the warehouse's own.

    Args:
        owner: the warehouse by its own user.
        settings: of this installation.
        role: the role to whose rights it is limited.
    """
    named = settings.page_warehouse
    url = (
        url_of(named, setting="page_warehouse")
        if named
        else owner.url.render_as_string(hide_password=False)
    )
    return open_warehouse(url, role=role, silence=settings.silence_seconds)


def _warehouse_of(opened: Databases) -> Iterator[sa.Engine]:
    with opened.warehouse() as engine:
        yield engine
