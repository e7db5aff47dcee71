"""Everything that a register delivers for one night, copied from one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import duckdb

from jobs.contract.registers import REGISTERS
from jobs.contract.schema import Field, Kind
from jobs.extract.copying import copy_table
from jobs.extract.declared_rows import FEED_SUFFIX, rows_in_feed
from jobs.extract.feed import read_feed
from jobs.extract.landing_manifest import TableManifest
from jobs.extract.mapping import Place, SiteMapping
from jobs.extract.sources import Source


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """When a register wrote its delivery, and what each table of it holds."""

    generated_at: datetime
    tables: Mapping[str, TableManifest]


def copy_delivery(
    *, source: Source, site: SiteMapping, register: str, as_of: date, folder: Path
) -> Delivery:
    """Copy the tables of a register into ``folder``, the feed first: it says what is to come.

    Args:
        source: the open register.
        site: where its tables are.
        register: ``prison`` or ``immigration``.
        as_of: the night, which the feed must be of.
        folder: where the files go.

    Raises:
        BadInput: what was delivered cannot be used.
        Unreachable: the connection was lost.
    """
    name = f"{register}.feed"
    feed = site.places[name]
    with duckdb.connect() as engine:
        tables = {name: copy_table(engine=engine, source=source, place=feed, folder=folder)}
        generated_at = read_feed(path=folder / tables[name].file, register=register, as_of=as_of)
        declaring = {f"{t.name}{FEED_SUFFIX}": t.name for t in REGISTERS[register].values()}
        declared = _rows_in_feed(source, feed, declaring)
        # Columns that declare rows are used.
        extra = [c for c in tables[name].extra_columns if c.lower() not in declaring]
        tables[name] = replace(tables[name], extra_columns=extra)
        for other, place in site.places.items():
            if other != name:
                tables[other] = copy_table(
                    engine=engine,
                    source=source,
                    place=place,
                    folder=folder,
                    declared_rows=declared.get(place.table.name),
                )
    return Delivery(generated_at=generated_at, tables=tables)


def _rows_in_feed(source: Source, feed: Place, declaring: Mapping[str, str]) -> dict[str, int]:
    """Rows by table that the feed declares in columns of its own."""
    delivered = source.open_table(feed)
    found = [column for column in delivered.columns if column.lower() in declaring]
    if not found:
        return {}
    as_number = Field(name="rows", kind=Kind.INTEGER, meaning="rows declared")
    row = next(delivered.read([(column, as_number) for column in found]))
    values = [column[0].as_py() for column in row.columns]
    return rows_in_feed(
        columns={declaring[name.lower()]: value for name, value in zip(found, values, strict=True)},
        where=delivered.where,
    )
