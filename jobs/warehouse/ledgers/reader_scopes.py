"""Which readers see a part of each case list: some prisons, some teams."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.tables import READER_SCOPES

Scope = tuple[Sequence[str], Sequence[str]]
"""Prisons and teams."""


def set_scopes(engine: sa.Engine, scopes: Mapping[str, Scope]) -> None:
    """Say who sees what part, by the name of the database's user; everybody else sees all.

    What was said before is replaced. For the owner of the tables.

    Raises:
        BadInput: this user may not.
    """
    rows = [
        {"reader": reader, "prisons": list(prisons), "teams": list(teams)}
        for reader, (prisons, teams) in sorted(scopes.items())
    ]
    with transaction(engine) as connection:
        connection.execute(sa.delete(READER_SCOPES))
        if rows:
            connection.execute(sa.insert(READER_SCOPES), rows)
