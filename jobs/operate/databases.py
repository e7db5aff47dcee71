"""Where the registers and the warehouse are: what the settings name, else the embedded server."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import sqlalchemy as sa

from jobs.runtime.airflow_connections import url_of
from jobs.runtime.settings import Settings
from jobs.warehouse import EmbeddedServer, open_warehouse, start_embedded, upgrade

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
        """An engine for the warehouse as it is."""
        named = self.settings.warehouse
        return open_warehouse(
            url_of(named, setting="warehouse") if named else self.embedded("warehouse")
        )

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


def keep_embedded(settings: Settings) -> None:
    """Start the embedded server if it went away, and leave it."""
    start_embedded(settings.data_dir / "postgres").close()


@contextmanager
def warehouse(settings: Settings) -> Iterator[sa.Engine]:
    """The warehouse alone; starts the embedded server only if the warehouse is on it."""
    if settings.warehouse:
        yield from _warehouse_of(Databases(settings=settings, server=None))
        return
    with databases(settings, embedded=True) as opened:
        yield from _warehouse_of(opened)


def _warehouse_of(opened: Databases) -> Iterator[sa.Engine]:
    with opened.warehouse() as engine:
        yield engine
