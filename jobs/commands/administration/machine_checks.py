"""``setup-check``: can this machine, with these settings, run a night?

It looks, and makes nothing: no folder, no database, no table. An embedded server that was used
before is started to be asked, and stops by itself.
"""

import os
import shlex
import shutil
import sys
from dataclasses import replace
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jobs.commands.administration.airflow_checks import airflow_findings, clock_finding
from jobs.commands.administration.airflow_metadata import embedded_is_there
from jobs.commands.administration.finding import Finding, Outlook, look
from jobs.contract.registers import REGISTERS
from jobs.extract import feed_date
from jobs.notify import load_recipients, transport_for
from jobs.operate.databases import Databases, databases, page_engine
from jobs.runtime.errors import BadInput
from jobs.runtime.files import Readers, user_path
from jobs.runtime.settings import FILE_VARIABLE, Settings, load_settings
from jobs.warehouse import REVIEWER, publications
from jobs.warehouse.ddl.migrate import UP_TO_DATE, server_time, standing_of
from jobs.warehouse.store.actors import acting_as
from jobs.warehouse.store.connections import transaction

NEEDED_BYTES: Final = 5 * 1024**3
PACKAGES: Final = ("apache-airflow", "great-expectations", "pandas", "sqlalchemy", "duckdb")
CLOSED_IN_ITSELF: Final = frozenset({"postgres"})
"""Folders of ``data_dir`` that root lets its server's user pass through; their data is closed."""
SECRET: Final = (FILE_VARIABLE, "signing_key")
TRUSTED: Final = (
    "prison_mapping", "immigration_mapping", "policy_overrides", "recipients", "signers",
)  # fmt: skip


def setup_findings() -> list[Finding]:
    """Look at everything that a night needs; never stops at the first fault."""
    settings = load_settings()
    return [
        look("python", _python),
        look("packages", _packages),
        look("time zone", _time_zone),
        look("disk", lambda: _disk(settings)),
        look("permissions", lambda: _permissions(settings)),
        look("named files", lambda: _named_files(settings)),
        look("recipients", lambda: f"{len(load_recipients(settings.recipients))} readers"),
        look("mail", lambda: transport_for(settings).describe()),
        *_database_findings(settings),
        *airflow_findings(settings),
    ]


def _database_findings(settings: Settings) -> list[Finding]:
    is_needed = not (settings.prison and settings.immigration and settings.warehouse)
    if is_needed and not embedded_is_there(settings):
        return _without_server(settings)
    try:
        with databases(settings) as opened:
            return [
                *(_register(opened, name) for name in REGISTERS),
                look("warehouse", lambda: _warehouse(opened)),
                look("clock", lambda: _clock(opened)),
                _pages(opened),
            ]
    except BadInput as error:
        return [Finding(name="embedded databases", detail=str(error), standing=Outlook.FAIL)]


def _without_server(settings: Settings) -> list[Finding]:
    """What can be said where the embedded server was never used."""
    opened = Databases(settings=settings, server=None)
    findings = []
    for name in REGISTERS:
        if getattr(settings, name):
            findings.append(_register(opened, name))
            continue
        findings.append(
            Finding(
                name=f"{name} register",
                detail=f"setting [{name}]: is empty, and no invented register was loaded; set it, "
                "or: python -m jobs world --load",
                standing=Outlook.FAIL,
            )
        )
    if settings.warehouse:
        findings.append(look("warehouse", lambda: _warehouse(opened)))
        findings.append(look("clock", lambda: _clock(opened)))
        findings.append(_pages(opened))
    else:
        findings.append(
            Finding(
                name="warehouse",
                detail="the embedded one is not there yet; made by the first night",
                standing=Outlook.NOTE,
            )
        )
    return findings


def _python() -> str:
    return ".".join(map(str, sys.version_info[:3]))


def _packages() -> str:
    try:
        return ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    except PackageNotFoundError as error:
        raise BadInput(f"package [{error.name}]", "not installed", "run: make run") from None


def _time_zone() -> str:
    try:
        return f"the rules of {ZoneInfo('Europe/London').key} are there"
    except ZoneInfoNotFoundError:
        raise BadInput(
            "time zone [Europe/London]", "the system has no rules for it", "install tzdata"
        ) from None


def _disk(settings: Settings) -> str:
    folder = _nearest(settings.data_dir)
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        raise BadInput(f"folder [{folder}]", f"only {free:,} bytes free", "free 5 GB")
    return f"{free / 1024**3:.0f} GB free in {folder}"


def _permissions(settings: Settings) -> str:
    folder = settings.data_dir
    near = _nearest(folder)
    if not os.access(near, os.W_OK | os.X_OK):
        raise BadInput(f"folder [{near}]", "cannot be written", "give write access")
    if not folder.exists():
        return f"{folder} is not there yet; {near} can be written"
    found = open_ones(folder, pages=settings.pages_readers)
    if found:
        named = " ".join(shlex.quote(str(path)) for path in found)
        raise BadInput(f"[{found[0]}]", "others may look in", f"run: chmod go-rwx {named}")
    told = {"owner": "", "group": ", its pages for its group", "everybody": ", its pages for all"}
    return f"{folder} is for its own user{told[settings.pages_readers]}"


def open_ones(folder: Path, *, pages: Readers) -> list[Path]:
    """What of a data folder is open to others and should not be.

    Each entry is looked at and not what is in it: nobody gets past a folder that is closed. Others
    may pass through the data folder itself, to its pages or to root's server, and list nothing.
    """
    found = [folder] if folder.stat().st_mode & 0o066 else []
    for path in sorted(folder.iterdir()):
        if path.name == "pages" and pages != "owner":
            may = 0o055 if pages == "everybody" else 0o050
        elif path.name in CLOSED_IN_ITSELF:
            may = 0o011
        else:
            may = 0
        if not path.is_symlink() and path.stat().st_mode & 0o077 & ~may:
            found.append(path)
    return found


def _named_files(settings: Settings) -> str:
    """Files that settings name: nobody else reads a secret or writes what a night goes by."""
    given = {name: getattr(settings, name) for name in (*SECRET[1:], *TRUSTED)}
    given[FILE_VARIABLE] = os.environ.get(FILE_VARIABLE)
    files = {name: Path(path) for name, path in given.items() if path}
    for name, path in files.items():
        mode = path.stat().st_mode if path.exists() else 0
        if name in SECRET and mode & 0o044:
            raise BadInput(f"file of [{name}]", "others may read it", "run: chmod go-rwx on it")
        if mode & 0o022:
            raise BadInput(f"file of [{name}]", "others may write it", "run: chmod go-w on it")
    return f"{len(files)} files named by settings are closed" if files else "settings name no file"


def _nearest(folder: Path) -> Path:
    """The folder itself, or the one above it that is there."""
    found = user_path(folder, where="setting [data_dir]")
    while not found.exists():
        found = found.parent
    return found


def _register(opened: Databases, name: str) -> Finding:
    mapping = getattr(opened.settings, f"{name}_mapping")

    def stands() -> str:
        day: date = feed_date(
            register=name,
            source=opened.register(name),
            mapping=mapping,
            silence=opened.settings.silence_seconds,
        )
        return f"stands at {day}"

    return look(f"{name} register", stands)


def _warehouse(opened: Databases) -> str:
    engine = opened.warehouse_engine()
    try:
        standing = standing_of(engine)
        with transaction(engine) as connection:
            server = connection.dialect.server_version_info or ()
        told = f"PostgreSQL {'.'.join(map(str, server))}, {standing}"
        if standing == UP_TO_DATE:
            told += f", {len(publications(engine))} publications"
        return told
    finally:
        engine.dispose()


def _clock(opened: Databases) -> str:
    engine = opened.warehouse_engine()
    try:
        return clock_finding(server_time(engine), where="the warehouse")
    finally:
        engine.dispose()


def _pages(opened: Databases) -> Finding:
    """Whether Airflow's pages may write in the name of who is logged in there.

    A fault where the settings say that somebody is to review, or by whom the pages come in;
    elsewhere good to know, since nights need none of it.
    """
    found = look("Airflow's pages", lambda: _rights_of_pages(opened))
    wanted = opened.settings.page_warehouse or opened.settings.reviewers
    if found.standing is Outlook.FAIL and not wanted:
        return replace(found, standing=Outlook.NOTE)
    return found


def _rights_of_pages(opened: Databases) -> str:
    """Do what the pages do before they write: act as a reviewer, and say who is logged in."""
    if not opened.settings.warehouse:
        return "their roles are made when one is first opened"
    owner = opened.warehouse_engine()
    pages = page_engine(owner, settings=opened.settings, role=REVIEWER)
    try:
        if standing_of(owner) != UP_TO_DATE:
            return "not looked at: the next night brings the warehouse up to date"
        with transaction(pages) as connection:
            acting_as(connection, "setup-check")
        return f"act as [{REVIEWER}] for who is logged in"
    finally:
        owner.dispose()
        pages.dispose()
