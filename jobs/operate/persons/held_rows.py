"""Rows of the warehouse that speak of one person, and how the person goes from them.

What is published is never changed but here: the rows stay, with every fact that a figure counts,
under numbers that nobody can follow back. Which table of which publication now has another digest
is written into the ledger ``run.erasures``, against which it is verified from then on.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from jobs.contract import results
from jobs.contract.schema import Table
from jobs.operate.persons.held_files import email_text, naming
from jobs.operate.persons.person_ids import PersonIds
from jobs.warehouse.store.bulk import Content
from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.publishing import LOCK, Publication, select_publications
from jobs.warehouse.store.reading import rows_of
from jobs.warehouse.store.review_tables import (
    ACKNOWLEDGEMENTS,
    AUDIT,
    CONFIRMATIONS,
    DECISIONS,
    HOLDS,
    PAIRS,
)
from jobs.warehouse.store.tables import ERASURES, INTERVALS, OUTBOX, SNAPSHOTS

NUMBERS: Final = frozenset({
    "prisoner_number", "cid_person_id", "person_id", "episode_id", "case_id", "possible_case_id",
    "identity_id", "before_identity_id", "after_identity_id", "row_key", "reference", "source_key",
    "step_key", "discrepancy_id", "line_key",
    "notice_number",
})  # fmt: skip
"""Columns that hold numbers of persons or their records, alone or with others between strokes."""
DELIVERED: Final[Mapping[str, str]] = {"row": "'{}'", "typed_reason": "NULL"}
WRITTEN: Final[Mapping[str, str]] = {
    "reason": "'erased'",
    "note": "'erased'",
    "deletion_reason": "CASE WHEN deletion_reason IS NOT NULL THEN 'erased' END",
}
"""Columns that hold what a register delivered or somebody wrote, and what is there afterwards."""
LEDGERS: Final = (DECISIONS, ACKNOWLEDGEMENTS, PAIRS, AUDIT, HOLDS)
KEPT: Final[Mapping[str, sa.Table]] = {**SNAPSHOTS, **INTERVALS}
NOTICE: Final = b"Subject: erased\r\n\r\nThis message named a person whose data were erased.\r\n"
_NAMES: Final = "string_to_array({column}, '|') && :ids"
_NEW: Final = (
    "{column} = (SELECT string_agg(coalesce(CAST(:names AS jsonb) ->> part, part), '|' "
    "ORDER BY place) FROM unnest(string_to_array({column}, '|')) WITH ORDINALITY AS u(part, place))"
)


@dataclass(frozen=True, kw_only=True)
class HeldRows:
    """The warehouse of one installation, as far as it speaks of a person."""

    engine: sa.Engine
    ids: PersonIds

    def counts(self) -> Iterator[tuple[str, int]]:
        """Each table that holds rows of the person, and how many."""
        with transaction(self.engine) as connection:
            for table in (*KEPT.values(), *LEDGERS):
                count = (
                    connection.scalar(
                        sa.text(f"SELECT count(*) FROM {_name(table)} WHERE {_about(table)}"),
                        {"ids": self._ids},
                    )
                    if _numbers(table)
                    else 0
                )
                if count:
                    yield _name(table), count
            messages = len(self._messages(connection))
            if messages:
                yield _name(OUTBOX), messages

    def erase(self, connection: sa.Connection, pseudonyms: Mapping[str, str]) -> list[int]:
        """Give the person other numbers in every table; give the entries of the ledger.

        The caller's transaction is one of the owner of the tables.
        """
        connection.execute(sa.text(LOCK))
        touched = self._touched(connection)
        for table in (*KEPT.values(), *LEDGERS):
            if _numbers(table):
                self._rename(connection, table, pseudonyms)
        self._silence(connection, pseudonyms)
        return list(_note(connection, touched))

    def vacuum(self) -> None:
        """Have the database forget the rows as they were: until then they lie in its files."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in (*KEPT.values(), *LEDGERS, CONFIRMATIONS, OUTBOX):
                connection.execute(sa.text(f"VACUUM (FULL, ANALYZE) {_name(table)}"))

    @property
    def _ids(self) -> list[str]:
        return sorted(self.ids.every)

    def _touched(self, connection: sa.Connection) -> list[tuple[Publication, Table]]:
        """Each table of each publication that will have another digest."""
        found: list[tuple[Publication, Table]] = []
        published = select_publications(connection)
        for name, kept in KEPT.items():
            if not _numbers(kept):
                continue
            span = (
                "since AS first, until"
                if name in INTERVALS
                else "publication_number AS first, NULL AS until"
            )
            rows = connection.execute(
                sa.text(f"SELECT DISTINCT {span} FROM {_name(kept)} WHERE {_about(kept)}"),
                {"ids": self._ids},
            ).all()
            is_snapshot = name in SNAPSHOTS
            found += [
                (each, results.NIGHTLY[name])
                for each in published
                if any(
                    each.number == row.first
                    if is_snapshot
                    else row.first <= each.number and (row.until is None or each.number < row.until)
                    for row in rows
                )
            ]
        return found

    def _rename(
        self, connection: sa.Connection, table: sa.Table, pseudonyms: Mapping[str, str]
    ) -> None:
        names = sa.bindparam("names", dict(pseudonyms), sa.dialects.postgresql.JSONB)
        sayings = WRITTEN if table in LEDGERS else DELIVERED
        said = [f"{c.name} = {sayings[c.name]}" for c in table.columns if c.name in sayings]
        changes = ", ".join([*(_NEW.format(column=column) for column in _numbers(table)), *said])
        statement = sa.text(f"UPDATE {_name(table)} SET {changes} WHERE {_about(table)}")
        with _unguarded(connection, table):
            connection.execute(statement.bindparams(names), {"ids": self._ids})

    def _silence(self, connection: sa.Connection, pseudonyms: Mapping[str, str]) -> None:
        """What was said of decisions on the person, and the emails that named the person."""
        with _unguarded(connection, CONFIRMATIONS):
            connection.execute(
                sa.text(
                    "UPDATE review.confirmations SET reason = 'erased' WHERE decision_id IN ("
                    "SELECT decision_id FROM review.decisions WHERE prisoner_number = ANY(:new) "
                    "OR cid_person_id = ANY(:new))"
                ),
                {"new": sorted(pseudonyms.values())},
            )
        with _unguarded(connection, OUTBOX):
            connection.execute(
                sa.text(
                    "UPDATE outbox.messages SET message = :notice, state = CASE WHEN state IN "
                    "('pending', 'refused') THEN 'withdrawn' ELSE state END "
                    "WHERE outbox_id = ANY(:numbers)"
                ),
                {"notice": NOTICE, "numbers": self._messages(connection)},
            )

    def _messages(self, connection: sa.Connection) -> list[int]:
        names = naming(self.ids)
        query = sa.select(OUTBOX.c.outbox_id, OUTBOX.c.message)
        return [
            row.outbox_id for row in connection.execute(query) if names(email_text(row.message))
        ]


class _unguarded:  # noqa: N801 - reads as a statement does
    """A table without the triggers that keep it as it is, within a transaction of its owner."""

    def __init__(self, connection: sa.Connection, table: sa.Table) -> None:
        self.connection, self.name = connection, _name(table)

    def __enter__(self) -> None:
        self.connection.execute(sa.text(f"ALTER TABLE {self.name} DISABLE TRIGGER USER"))

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            self.connection.execute(sa.text(f"ALTER TABLE {self.name} ENABLE TRIGGER USER"))


def _note(connection: sa.Connection, touched: list[tuple[Publication, Table]]) -> Iterator[int]:
    """Write down the digest that each table of each publication has now."""
    known: dict[tuple[str, Any], str] = {}
    for publication, table in touched:
        state = _state(connection, publication, table)
        if state not in known:
            rows = rows_of(connection, publication, table)
            known[state] = Content.of(table, rows).digest
        entry = sa.insert(ERASURES).values(
            publication_number=publication.number,
            table_name=table.full_name,
            digest=known[state],
        )
        yield int(connection.scalar(entry.returning(ERASURES.c.erasure_number)) or 0)


def _state(connection: sa.Connection, of: Publication, table: Table) -> tuple[str, Any]:
    """What says whether a table of two publications is the same: the digest that was published."""
    digest = connection.scalar(
        sa.text("SELECT run.digest_of(:number, :name)"),
        {"number": of.number, "name": table.full_name},
    )
    return table.full_name, digest or of.number


def _name(table: sa.Table) -> str:
    return f"{table.schema}.{table.name}"


def _numbers(table: sa.Table) -> list[str]:
    return [column.name for column in table.columns if column.name in NUMBERS]


def _about(table: sa.Table) -> str:
    return " OR ".join(_NAMES.format(column=column) for column in _numbers(table))
