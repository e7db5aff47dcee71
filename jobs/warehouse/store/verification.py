"""Whether what is published is what was published: worked out anew from the rows.

Each publication holds a digest of every table, and a link: a digest of itself and of the one before
it, which the database writes when it is inserted. Here both are worked out from what the warehouse
holds now, so that a row, a table or a publication which was changed, put in or taken out shows.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from jobs.contract import results
from jobs.contract.schema import Table
from jobs.runtime.errors import BadInput
from jobs.warehouse.store.bulk import Content
from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.manifest import identity_of
from jobs.warehouse.store.publishing import Publication, publication_digest
from jobs.warehouse.store.reading import rows_of
from jobs.warehouse.store.tables import CONTENTS, CURRENT, PUBLICATIONS, REMOVALS, SUPERSESSIONS

SAID: Final = (
    "jsonb_build_array(p.publication_number, p.publication_id, p.as_of_date, "
    "extract(epoch FROM p.published_at), p.published_by, p.supersedes, p.content_digest, "
    "p.manifest, p.override_by, p.override_reason)::text"
)
"""All that a row of ``run.publications`` says, as SQL over its alias ``p``."""


@dataclass(frozen=True, kw_only=True)
class Alteration:
    """Something published that is not as it was published: where, and what is wrong with it."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def verify_chain(engine: sa.Engine) -> list[Alteration]:
    """What is wrong with the order of the publications, their manifests and their pointers."""
    with transaction(engine) as connection:
        return [*_links(connection), *_pointers(connection)]


def chain_digests(connection: sa.Connection) -> dict[int, str]:
    """The link of each publication as it is kept, by number."""
    query = sa.select(PUBLICATIONS.c.publication_number, PUBLICATIONS.c.chain_digest)
    return {row.publication_number: row.chain_digest for row in connection.execute(query)}


def verify_rows(engine: sa.Engine, of: Publication) -> list[Alteration]:
    """The tables of a publication whose rows are not those that were published.

    What retention has removed, and has said so of in ``run.removals``, is not looked for.
    """
    with transaction(engine) as connection:
        return altered_rows(connection, of)


def altered_rows(connection: sa.Connection, of: Publication) -> list[Alteration]:
    """Like `verify_rows`, within a transaction: an audit looks at what is not published yet.

    Every row is read back, so nothing that was asked of the tables before they were written has to
    be asked again: the same digest is the same rows.
    """
    told = _contents(connection, of.number)
    removed = _removed(connection, of)
    found = []
    for name, table in results.NIGHTLY.items():
        if name in removed:
            continue
        where = f"publication [{of.publication_id[:12]}] table [{name}]"
        wanted = told.get(name)
        if wanted is None:
            continue
        rows, digest = _digest(connection, of, table)
        if rows != wanted["rows"]:
            what = f"holds {rows} rows, {wanted['rows']} were published"
            found.append(Alteration(where=where, what=what))
        elif digest != wanted["digest_now"]:
            what = f"rows were changed since (digest now {(digest or 'none')[:12]})"
            found.append(Alteration(where=where, what=what))
    for name, attested in of.manifest.get("results", {}).items():
        if name in told and told[name]["digest"] != attested:
            where = f"publication [{of.publication_id[:12]}] table [{name}]"
            found.append(Alteration(where=where, what="its id attests other rows"))
    if publication_digest({name: each["digest"] for name, each in told.items()}) != (
        of.content_digest
    ):
        where = f"publication [{of.publication_id[:12]}]"
        found.append(Alteration(where=where, what="its list of tables was changed since"))
    return found


def audit_written(connection: sa.Connection, of: Publication) -> None:
    """Refuse a publication that the database holds otherwise than it was given it.

    Raises:
        BadInput: naming the first table that differs.
    """
    found = altered_rows(connection, of)
    if found:
        raise BadInput(
            found[0].where,
            f"was not written as it was audited: {found[0].what}",
            "look at the database's disk and log, and run again; nothing is published",
        )


def _digest(connection: sa.Connection, of: Publication, table: Table) -> tuple[int, str | None]:
    """Rows and digest of a table as the warehouse holds it now; no digest where it cannot be."""
    arrow = rows_of(connection, of, table)
    try:
        return arrow.num_rows, Content.of(table, arrow).digest
    except ValueError:
        return arrow.num_rows, None


def _contents(connection: sa.Connection, number: int) -> dict[str, dict[str, Any]]:
    now = sa.func.run.digest_of(CONTENTS.c.publication_number, CONTENTS.c.table_name)
    query = sa.select(CONTENTS, now.label("digest_now"))
    query = query.where(CONTENTS.c.publication_number == number)
    return {
        row.table_name: {"rows": row.row_count, "digest": row.digest, "digest_now": row.digest_now}
        for row in connection.execute(query)
    }


def _removed(connection: sa.Connection, of: Publication) -> set[str]:
    query = sa.select(REMOVALS.c.table_name).where(REMOVALS.c.month_date == of.as_of.replace(day=1))
    return set(connection.scalars(query))


def _links(connection: sa.Connection) -> Iterator[Alteration]:
    columns = "p.publication_number, p.publication_id, p.manifest, p.chain_digest"
    query = f"SELECT {columns}, {SAID} AS said FROM run.publications AS p ORDER BY 1"
    before, expected = "", 1
    for row in connection.execute(sa.text(query)):
        where = f"publication [{row.publication_id[:12]}]"
        if row.publication_number != expected:
            missing = f"{expected} to {row.publication_number - 1}"
            yield Alteration(where=f"publications {missing}", what="are missing")
        link = hashlib.sha256((before + row.said).encode()).hexdigest()
        if link != row.chain_digest:
            what = "it, or the one before it, was changed since it was published"
            yield Alteration(where=where, what=what)
        if identity_of(row.manifest) != row.publication_id:
            yield Alteration(where=where, what="its manifest is not the one that it is named after")
        before, expected = row.chain_digest, row.publication_number + 1


def _pointers(connection: sa.Connection) -> Iterator[Alteration]:
    last = (
        sa.select(SUPERSESSIONS.c.publication_number)
        .where(SUPERSESSIONS.c.as_of_date == CURRENT.c.as_of_date)
        .order_by(SUPERSESSIONS.c.supersession_number.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        sa.select(CURRENT.c.as_of_date)
        .where(CURRENT.c.publication_number.is_distinct_from(last))
        .order_by(CURRENT.c.as_of_date)
    )
    night: date
    for night in connection.scalars(query):
        what = "its pointer was moved without a record"
        yield Alteration(where=f"night [{night}]", what=what)
    unpointed = (
        sa.select(PUBLICATIONS.c.as_of_date)
        .where(PUBLICATIONS.c.as_of_date.not_in(sa.select(CURRENT.c.as_of_date)))
        .distinct()
    )
    for night in connection.scalars(unpointed):
        yield Alteration(where=f"night [{night}]", what="its pointer is missing")
