"""``setup-check``: can this machine, with these settings, run a night?"""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version

import sqlalchemy as sa

from jobs.contract.registers import REGISTERS
from jobs.extract import feed_date
from jobs.notify import load_recipients, transport_for
from jobs.operate.databases import Databases, databases
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import Settings, load_settings
from jobs.warehouse import publications

NEEDED_BYTES = 5 * 1024**3
PACKAGES = ("apache-airflow", "great-expectations", "pandas", "sqlalchemy", "splink", "duckdb")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing looked at."""

    name: str
    passed: bool
    detail: str


def setup_findings() -> list[Finding]:
    """Look at Python, packages, disk, registers, warehouse and mail; never stops at the first."""
    settings = load_settings()
    findings = [
        _look("python", lambda: _python()),
        _look("packages", lambda: _packages()),
        _look("disk", lambda: _disk(settings)),
        _look("recipients", lambda: f"{len(load_recipients(settings.recipients))} readers"),
        _look("mail", lambda: transport_for(settings).describe()),
    ]
    try:
        with databases(settings) as opened:
            findings += [
                _look(f"{name} register", lambda name=name: _register(opened, name))  # type: ignore[misc]
                for name in REGISTERS
            ]
            findings.append(_look("warehouse", lambda: _warehouse(opened)))
    except BadInput as error:
        findings.append(Finding(name="embedded databases", passed=False, detail=str(error)))
    return findings


def _look(name: str, test: Callable[[], str]) -> Finding:
    try:
        return Finding(name=name, passed=True, detail=test())
    except BadInput as error:
        return Finding(name=name, passed=False, detail=str(error))


def _python() -> str:
    return ".".join(map(str, sys.version_info[:3]))


def _packages() -> str:
    try:
        return ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    except PackageNotFoundError as error:
        raise BadInput(f"package [{error.name}]", "not installed", "run: make run") from None


def _disk(settings: Settings) -> str:
    folder = settings.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        raise BadInput(f"folder [{folder}]", f"only {free:,} bytes free", "free 5 GB")
    return f"{free / 1024**3:.0f} GB free in {folder}"


def _register(opened: Databases, name: str) -> str:
    mapping = getattr(opened.settings, f"{name}_mapping")
    stands: date = feed_date(register=name, source=opened.register(name), mapping=mapping)
    return f"stands at {stands}"


def _warehouse(opened: Databases) -> str:
    with opened.warehouse() as engine:
        server = sa.inspect(engine).dialect.server_version_info or ()
        count = len(publications(engine))
    return f"PostgreSQL {'.'.join(map(str, server))}, {count} publications"
