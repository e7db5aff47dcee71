"""Users of a warehouse with one publication, each of one role."""

from collections.abc import Iterator
from typing import Final

import pytest
import sqlalchemy as sa

from benchmarks.samples import nights
from jobs.warehouse import create_roles, embedded, open_warehouse, publish

KNOWN: Final = nights.facts() | {
    "nightly.identities": nights.members(prison=["A0001AA", "A1234AA"], immigration=["C1"])
}
"""A night of people who can be decided on."""


class Users:
    """Engines for users who hold one role each."""

    def __init__(self, server: embedded.EmbeddedServer, owner: sa.Engine) -> None:
        self._server, self._owner = server, owner
        self._made: list[tuple[str, sa.Engine]] = []

    def of(self, role: str) -> sa.Engine:
        name = f"user_of_{role}"
        with self._owner.begin() as connection:
            connection.execute(sa.text(f"CREATE ROLE {name} LOGIN IN ROLE {role}"))
        engine = open_warehouse(self._server.url(str(self._owner.url.database), user=name))
        self._made.append((name, engine))
        return engine

    def leave(self) -> None:
        for name, engine in self._made:
            engine.dispose()
            with self._owner.begin() as connection:
                connection.execute(sa.text(f"DROP ROLE {name}"))


@pytest.fixture
def users(postgres: embedded.EmbeddedServer, warehouse: sa.Engine) -> Iterator[Users]:
    """The roles of a warehouse with one publication.

    Roles are of the whole server and hold rights in other tests' databases: they stay.
    """
    create_roles(warehouse)
    publish(warehouse, manifest=nights.manifest(), tables=KNOWN)
    made = Users(postgres, warehouse)
    yield made
    made.leave()
