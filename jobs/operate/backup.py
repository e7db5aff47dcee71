"""Backup and restore: the warehouse as one snapshot, and the files that publications rest on.

The warehouse is dumped first and the files are copied after it, so every landing that the dump
speaks of is among them; landings never change. The files that attest publications are those of
the dump's own snapshot: a night that is published meanwhile is in neither. A backup is a folder,
whole or not there, with the digest of each of its files.
"""

import json
import os
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from jobs.operate.attestation import FOLDER as ATTESTATIONS
from jobs.operate.attestation import Attestation
from jobs.operate.databases import warehouse_as_it_is
from jobs.runtime.errors import BadInput
from jobs.runtime.files import canonical_json, file_digest, whole_folder
from jobs.runtime.settings import Settings
from jobs.warehouse import upgrade
from jobs.warehouse.ddl.migrate import refuse_newer, standing_of, version
from jobs.warehouse.ddl.roles import grant_rights
from jobs.warehouse.embedded.programs import environment, programs
from jobs.warehouse.store.connections import transaction, warehouse_name
from jobs.warehouse.store.verification import chain_digests

FOLDERS: Final = ("landing", "models", "pages", "corrections", "notices", "alerts")
"""Parts of ``data_dir`` that are kept as they are; run folders can be made anew from landings."""
RESTORED: Final = (*FOLDERS, ATTESTATIONS)
DUMP: Final = "warehouse.dump"
CONTENTS: Final = "backup.json"


def back_up(folder: Path, *, now: datetime, settings: Settings) -> Path:
    """Write a backup into a new folder under ``folder``; give it.

    Raises:
        BadInput: the warehouse is empty or cannot be dumped, or the disk is full.
        Unreachable: the warehouse does not answer.
    """
    target = folder / f"{now:%Y-%m-%dT%H%M%SZ}"
    with warehouse_as_it_is(settings) as engine, whole_folder(target) as made:
        revision = version(engine)
        if revision is None:
            raise BadInput(warehouse_name(engine), "is empty", "there is nothing to back up yet")
        attestation = Attestation(settings=settings)
        attested = attestation.numbers()
        with transaction(engine.execution_options(isolation_level="REPEATABLE READ")) as seen:
            attested |= chain_digests(seen).keys()
            snapshot = seen.scalar(sa.text("SELECT pg_export_snapshot()"))
            dumped = ("--format=custom", f"--snapshot={snapshot}", f"--file={made / DUMP}")
            _run("pg_dump", *dumped, engine=engine)
        attestation.copy(made / ATTESTATIONS, numbers=attested)
        for name in FOLDERS:
            if (settings.data_dir / name).is_dir():
                shutil.copytree(settings.data_dir / name, made / name, ignore=_unfinished)
        files = sorted(path for path in made.rglob("*") if path.is_file())
        contents = {
            "revision": revision,
            "made_at": now.isoformat(),
            "files": {path.relative_to(made).as_posix(): file_digest(path) for path in files},
        }
        (made / CONTENTS).write_text(canonical_json(contents), encoding="utf-8")
    return target


def restore(backup: Path, *, settings: Settings) -> int:
    """Restore a backup into an empty warehouse and a data folder without its parts.

    Nothing that is there is ever replaced. Gives the number of files.

    Raises:
        BadInput: the backup is not whole, or of newer code, or something is there already.
    """
    contents = _whole(backup)
    for name in RESTORED:
        there = settings.data_dir / name
        if (backup / name).is_dir() and there.is_dir() and any(there.iterdir()):
            raise BadInput(
                f"folder [{there}]", "is not empty", "move it away, or set another data_dir"
            )
    with warehouse_as_it_is(settings) as engine:
        if version(engine) is not None:
            raise BadInput(
                warehouse_name(engine), "is not empty", "restore into a new database, then set it"
            )
        refuse_newer(str(contents["revision"]), warehouse_name(engine))
        _run(
            "pg_restore",
            f"--dbname={engine.url.database}",
            "--exit-on-error",
            "--single-transaction",
            str(backup / DUMP),
            engine=engine,
        )
        upgrade(engine)
        with transaction(engine) as connection:
            grant_rights(connection)
        if standing_of(engine) != "up to date":
            raise BadInput(warehouse_name(engine), "was not restored", "restore it again")
    for name in RESTORED:
        if (backup / name).is_dir():
            with whole_folder(settings.data_dir / name) as made:
                shutil.copytree(backup / name, made, dirs_exist_ok=True)
    return len(contents["files"])


def _whole(backup: Path) -> dict[str, dict[str, str]]:
    """What a backup says it holds, after each file was compared with its digest."""
    path = backup / CONTENTS
    if not path.is_file():
        raise BadInput(f"folder [{backup}]", "is no whole backup", "name one that has backup.json")
    contents: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    for name, digest in contents["files"].items():
        file = backup / name
        if not file.is_file() or file_digest(file) != digest:
            raise BadInput(f"file [{file}]", "was removed, cut or changed", "take another backup")
    return contents


def _unfinished(_folder: str, names: list[str]) -> list[str]:
    """Locks and parts that a running night has not finished yet."""
    return [name for name in names if name.startswith(".")]


def _run(program: str, *arguments: str, engine: sa.Engine) -> None:
    """Run a program of PostgreSQL on the warehouse; the password stands in its environment only."""
    url = engine.url
    host = url.host or url.query.get("host")
    connection = {
        "PGHOST": host if isinstance(host, str) else None,
        "PGPORT": str(url.port or url.query.get("port") or ""),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("sslmode"),
    }
    given = {name: str(value) for name, value in connection.items() if value}
    done = subprocess.run(  # noqa: S603 - PostgreSQL of the package, no shell
        [str(programs() / program), "--no-owner", "--no-privileges", *arguments],
        env={**os.environ, **environment(), **given},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        # What the program says may hold a row; its first line names the object at most.
        said = "; ".join(line for line in done.stderr.splitlines()[:1])
        raise BadInput(
            warehouse_name(engine), f"{program} failed ({said[:200]})", "mend that and run again"
        )
