"""Who is at work, as the database is told and as it says.

The actor of an entry is the user who is logged in to the database. Airflow's pages come in by one
user for everybody, and on the embedded server everybody is one user: there a setting of the
connection names the person, and ``run.actor()`` asks whether this user may do so.
"""

from collections.abc import Callable
from typing import Any, Final

import pandas as pd
import psycopg
import sqlalchemy as sa

ACTOR: Final = "reconciliation.actor"
"""The setting of a connection that says who is at work."""


def naming(actor: str) -> Callable[[psycopg.Connection[Any], object], None]:
    """What says of each new connection who is at work by it."""

    def name_actor(connection: psycopg.Connection[Any], _record: object) -> None:
        connection.execute("SELECT set_config(%s, %s, false)", (ACTOR, actor))
        connection.commit()

    return name_actor


def acting_as(connection: sa.Connection, actor: str | None = None) -> str:
    """Say who is at work in this transaction; give who it is by the database's word.

    Args:
        connection: in the caller's transaction.
        actor: whom Airflow's login vouches for; None where that was said before, or where it is
            the user of the database himself. Only a member of ``reconciliation_page`` may name
            anybody.
    """
    if actor is not None:
        connection.execute(sa.select(sa.func.set_config(ACTOR, actor, True)))
    return str(connection.scalar(sa.text("SELECT run.actor()")))


def named(typed: str | None, recorded: str | None) -> str:
    """Who did something: the name that was typed, and who was logged in if that is another."""
    if recorded is None or pd.isna(recorded):
        return f"{typed} (a typed name: nobody recorded who was logged in)"
    return recorded if typed == recorded else f"{typed} (logged in as {recorded})"
