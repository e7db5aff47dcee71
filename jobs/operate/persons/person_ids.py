"""By which numbers one person, and what happened to them, is known in everything that is kept."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from jobs.contract import immigration, prison, results
from jobs.contract.registers import TABLES
from jobs.contract.schema import Kind, Table
from jobs.extract.landing import Landing
from jobs.runtime.errors import BadInput
from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.tables import INTERVALS, SNAPSHOTS

PERSONS: Final = (prison.PERSONS, immigration.PERSONS)
KNOWN_BY: Final = (
    "prisoner_number", "cid_person_id", "ho_reference", "noms_number", "pnc_number", "cro_number",
)  # fmt: skip
"""Fields of a person by any of which the person is asked for."""


@dataclass(frozen=True, kw_only=True)
class PersonIds:
    """The numbers of one person's records: of the person, custody episodes, cases, events.

    ``persons`` are those by which the registers know the person; ``records`` of what hangs on them.
    """

    persons: frozenset[str]
    records: frozenset[str]

    @property
    def every(self) -> frozenset[str]:
        """All of them."""
        return self.persons | self.records

    def pseudonyms(self) -> dict[str, str]:
        """A name for each that nobody can follow back, drawn anew at each call."""
        return {each: f"erased-{secrets.token_hex(8)}" for each in sorted(self.every)}


def find_person(reference: str, *, landings: list[Landing], engine: sa.Engine) -> PersonIds:
    """Everything by which the person of a reference is known.

    Both registers' numbers are taken together where the last publication links them for certain.

    Args:
        reference: a number of the person in either register.
        landings: every landing that is kept.
        engine: the warehouse.

    Raises:
        BadInput: nothing is held of such a person.
    """
    reference = reference.strip()
    persons = {reference} if reference else set()
    for landing in landings:
        persons |= set(_persons_called(landing, reference))
    linked = _linked(engine, persons)
    persons |= linked
    records = _records(engine, persons)
    known = bool(records) or bool(linked)
    for landing in landings:
        found, is_there = _records_of(landing, persons)
        records |= found
        known |= is_there
    if not known:
        raise BadInput(
            "person", "nothing is held under that number", "give a number of either register"
        )
    return PersonIds(persons=frozenset(persons), records=frozenset(records - persons))


def id_columns(table: Table) -> list[str]:
    """Columns of a register table that hold numbers of persons or of their records."""
    named = {*table.key, *table.parents, *KNOWN_BY}
    own = [f.name for f in table.fields if f.kind is Kind.TEXT and f.name in named]
    return [name for name in own if name not in _NOBODYS]


_NOBODYS: Final = frozenset({"prison_id", "team"})


def text_of(rows: pa.Table, column: str) -> pa.Array:
    """A delivered column as text without the blanks around it."""
    return pc.utf8_trim_whitespace(rows[column].cast(pa.string())).combine_chunks()


def rows_of_one(rows: pa.Table, table: Table, ids: frozenset[str]) -> pa.Array:
    """Which rows of a delivered table are about a person."""
    wanted = pa.array(sorted(ids), pa.string())
    is_one: pa.Array = pa.repeat(pa.scalar(False), rows.num_rows)
    for column in id_columns(table):
        if column in rows.column_names:
            same = pc.is_in(text_of(rows, column), value_set=wanted)
            is_one = pc.or_(is_one, pc.fill_null(same, False))
    return is_one


def delivered(landing: Landing) -> Iterator[tuple[Table, pa.Table]]:
    """The tables of a landing that speak of persons."""
    for name in landing.manifest.tables:
        table = TABLES.get(name)
        if table is not None and id_columns(table):
            yield table, landing.table(name)


def _persons_called(landing: Landing, reference: str) -> Iterator[str]:
    for table in PERSONS:
        if table.full_name in landing.manifest.tables:
            rows = landing.table(table.full_name)
            is_one = rows_of_one(rows, table, frozenset({reference}))
            yield from (v for v in text_of(rows.filter(is_one), table.key[0]).to_pylist() if v)


def _records_of(landing: Landing, persons: set[str]) -> tuple[set[str], bool]:
    """Numbers of the records that hang on persons, and whether the landing knows them at all.

    Tables come after those that they refer to, so each is asked with what its parents gave.
    """
    ids, is_there = set(persons), False
    for table, rows in delivered(landing):
        mine = rows.filter(rows_of_one(rows, table, frozenset(ids)))
        is_there |= bool(mine.num_rows)
        key = table.key[0]
        if len(table.key) == 1 and table.field(key).kind is Kind.TEXT:
            ids |= {v for v in text_of(mine, key).to_pylist() if v}
    return ids - persons, is_there


def _linked(engine: sa.Engine, persons: set[str]) -> set[str]:
    kept = INTERVALS[results.IDENTITIES.full_name]
    same, other = kept.alias(), kept.alias()
    query = (
        sa.select(other.c.person_id)
        .join(same, same.c.identity_id == other.c.identity_id)
        .where(same.c.person_id.in_(persons), same.c.until.is_(None), other.c.until.is_(None))
    )
    with transaction(engine) as connection:
        return set(connection.scalars(query))


def _records(engine: sa.Engine, persons: set[str]) -> set[str]:
    """Episodes, identities and notices under which the publications know persons."""
    kept: Mapping[str, sa.Table] = {**SNAPSHOTS, **INTERVALS}
    assessed = kept[results.ASSESSMENTS.full_name]
    identities, notices = kept[results.IDENTITIES.full_name], kept[results.NOTICES.full_name]
    episodes = sa.select(assessed.c.episode_id).where(assessed.c.prisoner_number.in_(persons))
    queries = (
        episodes,
        sa.select(notices.c.notice_number).where(notices.c.episode_id.in_(episodes)),
        sa.select(identities.c.identity_id).where(identities.c.person_id.in_(persons)),
    )
    found: set[str] = set()
    with transaction(engine) as connection:
        for query in queries:
            found.update(map(str, connection.scalars(query)))
    return found
