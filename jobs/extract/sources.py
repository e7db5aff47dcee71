"""What the landing asks of a register, whatever the register is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from jobs.contract.schema import Field
from jobs.extract.mapping import Place
from jobs.runtime.errors import BadInput

BATCH_ROWS = 65_536

Wanted = Sequence[tuple[str, Field]]
"""Columns to read: the site's name and the contract's field."""


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """One table as a register offers it.

    ``where`` names it in messages, ``columns`` are all of its columns under the site's names.
    ``typed`` says whether the source knows the types of its columns: a CSV file does not.
    ``read`` gives batches whose columns are the wanted ones, in that order, under any name.
    ``rows`` were counted before anything was parsed, in a database in the same snapshot, and
    ``declared_rows`` are said by the register; None where neither is known. ``tells_its_end`` says
    whether a part that is missing at the end would be noticed: in a CSV file it would not.
    """

    where: str
    columns: tuple[str, ...]
    typed: bool
    read: Callable[[Wanted], Iterator[pa.RecordBatch]]
    rows: int | None = None
    declared_rows: int | None = None
    tells_its_end: bool = True


class Source(Protocol):
    """An open register: every table read from it is of the same moment, where it can say so."""

    name: str
    """The register in messages and manifests; no password."""

    def open_table(self, place: Place) -> Delivered:
        """Find a table.

        Raises:
            BadInput: there is no such table, or it cannot be read.
        """
        ...


def parse_url(*, source: str, register: str) -> sa.URL:
    """Read a database URL.

    Raises:
        BadInput: it is not one. The message leaves the URL out: it may hold a password.
    """
    todo = "write dialect://user@host/database, or name a folder"
    try:
        url = sa.make_url(source)
        dialect = url.get_dialect()
        if url.get_backend_name() != "postgresql":  # which has a way of its own
            dialect.import_dbapi()
    except (NoSuchModuleError, ImportError):
        name = source.partition("://")[0]
        raise BadInput(
            f"setting [{register}]", f"no driver for [{name}]", f"install one, or {todo}"
        ) from None
    except (ArgumentError, ValueError):
        raise BadInput(f"setting [{register}]", "is not a database URL", todo) from None
    if dialect.is_async:
        raise BadInput(
            f"setting [{register}]", f"[{url.drivername}] is an asynchronous driver", todo
        )
    return url


def safe_name(url: sa.URL) -> str:
    """A database in messages and manifests: where it is and who reads it, nothing secret."""
    host = url.query.get("host")
    query = {"host": host} if host else {}
    bare = sa.URL.create(
        url.get_backend_name(),
        username=url.username,
        host=url.host,
        port=url.port,
        database=url.database,
    )
    return bare.update_query_dict(query).render_as_string(hide_password=True)
