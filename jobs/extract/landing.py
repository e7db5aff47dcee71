"""The landing: immutable Parquet of what a register delivered for a night.

``<folder>/<register>/<as-of date>/<fetch>/<table>.parquet`` and ``manifest.json``. Each fetch has
a number of three digits; the latest whole one is the night's, earlier ones stay. Rows are sorted
by key and content, so a landing does not depend on the order in which the register gave them.
"""

import logging
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs.contract.registers import (
    CONTRACT_VERSION,
    EXTRA_COLUMNS,
    SIZE_PROVED,
    SIZES_UNPROVED,
    delivered_digest,
)
from jobs.extract.copying import copy_table
from jobs.extract.delivery import copy_delivery
from jobs.extract.feed import delivered_date
from jobs.extract.landing_manifest import LandingManifest, read_manifest, write_manifest
from jobs.extract.mapping import SiteMapping, read_mapping
from jobs.extract.source_kinds import open_source
from jobs.extract.sources import Source, parse_url, safe_name
from jobs.runtime.errors import BadInput
from jobs.runtime.files import (
    canonical_json,
    disk_error,
    file_digest,
    locked,
    text_digest,
    user_path,
    whole_folder,
)
from jobs.runtime.settings import SILENCE_SECONDS

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Landing:
    """A whole landing whose files were verified against their hashes when it was opened."""

    folder: Path
    manifest: LandingManifest

    def table(self, full_name: str) -> pa.Table:
        """One table as delivered: the contract's column names, the source's types.

        Its Arrow metadata names the columns that were delivered beyond the contract.

        Raises:
            KeyError: the register has no such table.
        """
        table = self.manifest.tables[full_name]
        extras = canonical_json(table.extra_columns).encode()
        proved = canonical_json(table.is_size_proved).encode()
        return pq.read_table(self.folder / table.file).replace_schema_metadata(
            {EXTRA_COLUMNS: extras, SIZE_PROVED: proved}
        )

    def rows_of(self, full_name: str, *, column: str, values: Iterable[str]) -> pa.Table:
        """The rows of a table whose ``column``, as text, is one of ``values``; see `table`.

        Rows may come with them whose value only reads as one of these: blanks around it are no
        part of it, and digits of any script are digits.
        """
        delivered = pc.field(column).cast(pa.string())
        is_wanted = pc.utf8_trim_whitespace(delivered).isin(pa.array(list(values), pa.string()))
        is_wanted |= ~pc.string_is_ascii(delivered)
        return pq.read_table(self.folder / self.manifest.tables[full_name].file, filters=is_wanted)

    def tables(self) -> dict[str, pa.Table]:
        """Every table of the register by full name."""
        return {name: self.table(name) for name in self.manifest.tables}

    def summary(self) -> dict[str, Any]:
        """What of this landing a publication depends on, for its manifest: JSON values only.

        Columns beyond the contract, types and sizes that are not proved give results of checks.
        """
        tables = sorted(self.manifest.tables.items())
        return {
            "content_digest": self.manifest.content_digest,
            "contract_version": self.manifest.contract_version,
            "source_generated_at": self.manifest.source_generated_at.isoformat(),
            "rows": {name: table.rows for name, table in tables},
            **({"erasures": self.manifest.erasures} if self.manifest.erasures else {}),
            "types": text_digest(
                *(
                    f"{name} {c} {t.type}"
                    for name, table in tables
                    for c, t in table.columns.items()
                )
            ),
            # By their digest: the header of a file without one is a row of it.
            "extra_columns": {
                name: {"columns": len(t.extra_columns), "digest": text_digest(*t.extra_columns)}
                for name, t in tables
                if t.extra_columns
            },
            SIZES_UNPROVED: [
                name for name, t in tables if not t.is_size_proved and not name.endswith(".feed")
            ],
        }


def land(
    *,
    register: str,
    source: str,
    mapping: Path | None,
    as_of: date,
    folder: Path,
    refetch: bool = False,
    silence: float = SILENCE_SECONDS,
) -> Landing:
    """Copy a register as it delivers for ``as_of``, unless its landing is there already.

    A landing is used again when it came from this source under this mapping and contract;
    ``refetch`` copies anew in any case.

    Args:
        register: ``prison`` or ``immigration``.
        source: a SQLAlchemy URL, or a folder of CSV or Parquet files.
        mapping: the site's mapping file, see `jobs.extract.mapping`.
        as_of: the night; the register's ``feed`` table must say the same date.
        folder: where the landings of all registers are kept.
        refetch: copy even if a landing stands.
        silence: seconds after which a database that says nothing is given up.

    Raises:
        BadInput: what was delivered cannot be used, another process is landing the same night, or
            the disk is full; no landing is left behind.
        Unreachable: the database does not answer.
    """
    site = read_mapping(register=register, path=mapping)
    nights = folder / register
    day = nights / as_of.isoformat()
    try:
        nights.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise disk_error(error, nights) from error
    with locked(nights / f".{as_of.isoformat()}.lock", f"landing of {register} for {as_of}"):
        fetches = _fetches(day)
        if fetches and not refetch and _is_of(fetches[-1], source, register, site):
            landing = open_landing(register=register, as_of=as_of, folder=folder)
            log.warning(
                "%s: the landing of %s, as the register wrote it on %s, is used again; what the "
                "register holds now is read with --fetch-again (Airflow: fetch_again)",
                register,
                as_of,
                landing.manifest.source_generated_at.strftime("%Y-%m-%d %H:%M %Z"),
            )
            return landing
        number = int(fetches[-1].name) + 1 if fetches else 1
        target = day / f"{number:03d}"
        with (
            whole_folder(target) as temporary,
            open_source(source=source, register=register, silence=silence) as opened,
        ):
            _fetch(opened, register, source, site, as_of, number, temporary)
    return Landing(folder=target, manifest=read_manifest(folder=target))


def feed_date(
    *, register: str, source: str, mapping: Path | None, silence: float = SILENCE_SECONDS
) -> date:
    """The date for which a register delivers now, without landing anything; see `land`.

    Raises:
        BadInput: the register's ``feed`` cannot be read.
        Unreachable: the database does not answer.
    """
    name = f"{register}.feed"
    place = read_mapping(register=register, path=mapping).places[name]
    with (
        tempfile.TemporaryDirectory() as folder,
        open_source(source=source, register=register, silence=silence) as opened,
        duckdb.connect() as engine,
    ):
        table = copy_table(engine=engine, source=opened, place=place, folder=Path(folder))
        return delivered_date(path=Path(folder) / table.file, register=register)


def has_landing(*, register: str, as_of: date, folder: Path) -> bool:
    """Whether a register was landed for a night."""
    return bool(_fetches(folder / register / as_of.isoformat()))


def open_landing(
    *,
    register: str,
    as_of: date,
    folder: Path,
    content_digest: str | None = None,
    manifest_digest: str | None = None,
) -> Landing:
    """Open the latest landing of a night and verify every file against its hash.

    Args:
        register: ``prison`` or ``immigration``.
        as_of: the night.
        folder: where the landings of all registers are kept.
        content_digest: open the latest that holds this, as a publication's manifest names it.
        manifest_digest: open this one, as whoever landed it knows it.

    Raises:
        BadInput: there is none, it is of another contract, or a file is missing, cut or changed.
    """
    day = folder / register / as_of.isoformat()
    fetches = _fetches(day)
    if content_digest is not None:
        fetches = [
            fetch
            for fetch in fetches
            if read_manifest(folder=fetch).content_digest == content_digest
        ]
    if not fetches:
        raise BadInput(f"landing [{day}]", "there is none for this date", "fetch the register")
    todo = "fetch the register again"
    if manifest_digest is not None:
        fetches = [f for f in fetches if read_manifest(folder=f).digest == manifest_digest]
        if not fetches:
            raise BadInput(f"landing [{day}]", "was changed since it was fetched", todo)
    latest = fetches[-1]
    manifest = read_manifest(folder=latest)
    if not manifest.is_of_this_contract:
        raise BadInput(
            f"landing [{latest}]",
            f"is of another contract (version [{manifest.contract_version}], "
            f"this is [{CONTRACT_VERSION}])",
            todo,
        )
    if (manifest.register, manifest.as_of) != (register, as_of):
        raise BadInput(f"landing [{latest}]", "is of another register or night", todo)
    for table in manifest.tables.values():
        path = latest / table.file
        if not path.is_file() or file_digest(path) != table.sha256:
            raise BadInput(f"file [{path}]", "was removed, cut short or changed", todo)
    return Landing(folder=latest, manifest=manifest)


def _fetches(day: Path) -> list[Path]:
    return sorted(path for path in day.glob("[0-9][0-9][0-9]*") if path.name.isdigit())


def _is_of(latest: Path, source: str, register: str, site: SiteMapping) -> bool:
    manifest = read_manifest(folder=latest)
    same_source = (manifest.source, manifest.mapping_digest) == (
        _name(source, register),
        site.digest,
    )
    return same_source and manifest.is_of_this_contract


def _name(source: str, register: str) -> str:
    if "://" in source:
        return safe_name(parse_url(source=source, register=register))
    return str(user_path(source, where=f"setting [{register}]"))


def _fetch(
    opened: Source,
    register: str,
    source: str,
    site: SiteMapping,
    as_of: date,
    number: int,
    folder: Path,
) -> None:
    delivery = copy_delivery(
        source=opened, site=site, register=register, as_of=as_of, folder=folder
    )
    manifest = LandingManifest(
        register=register,
        as_of=as_of,
        fetch=number,
        source=_name(source, register),
        mapping_digest=site.digest,
        mapping=site.text,
        contract_version=CONTRACT_VERSION,
        contract_digest=delivered_digest(),
        source_as_of=as_of,
        source_generated_at=delivery.generated_at,
        tables=dict(delivery.tables),
    )
    write_manifest(manifest=manifest, folder=folder)
