"""Typed settings: the only place, beside the DAGs, that reads the environment.

A setting is an environment variable ``RECONCILIATION_<NAME>`` or a key of the TOML file that
``RECONCILIATION_SETTINGS`` names; the environment wins. Unknown keys fail, so that a typing error
never runs a night on defaults. ``SMTP_URL`` and ``LINK_ENGINE`` are read under these names too,
because other tools set them.
"""

import os
import re
from collections.abc import Iterator
from datetime import time
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, Literal

from croniter import croniter
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from jobs.runtime import fail_points
from jobs.runtime.errors import BadInput
from jobs.runtime.files import Readers
from jobs.runtime.redaction import hide
from jobs.runtime.toml_files import read_toml

ROOT = Path(__file__).resolve().parents[2]
"""The repository: where relative paths in settings start."""

SILENCE_SECONDS: Final = 900.0
"""How long a database may take over one answer, unless a site says otherwise."""
NETWORK: Final = {
    "connect_timeout": 15,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 6,
    "tcp_user_timeout": 60_000,
}
"""Options of libpq by which a network that is gone is noticed within two minutes."""
PREFIX = "RECONCILIATION_"
FILE_VARIABLE = f"{PREFIX}SETTINGS"
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")


class Settings(BaseSettings):
    """Everything a site may change without touching code."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, env_ignore_empty=True
    )

    data_dir: Path = Field(
        default=ROOT / "var",
        description="Folder for landings, run files, pages and the embedded databases.",
    )
    prison: str = Field(
        default="",
        description="Prison register: SQLAlchemy URL or folder; empty: the embedded one.",
    )
    immigration: str = Field(
        default="",
        description="Immigration register: SQLAlchemy URL or folder; empty: the embedded one.",
    )
    prison_mapping: Path | None = Field(
        default=None, description="TOML file that maps the site's names to the contract's."
    )
    immigration_mapping: Path | None = Field(
        default=None, description="TOML file that maps the site's names to the contract's."
    )
    warehouse: str = Field(
        default="", description="Warehouse URL (PostgreSQL); empty: the embedded one."
    )
    shared_store: str = Field(
        default="",
        description="For workers that share no disk: fsspec URL (s3://bucket/folder) under which "
        "landings and run folders are handed from step to step, and rows to Spark's workers; "
        "empty: data_dir alone.",
    )
    silence_seconds: float = Field(
        default=int(SILENCE_SECONDS),
        ge=1,
        le=86_400,
        description="Seconds after which a register's database or the warehouse is given up that "
        "says nothing; more where a single question takes longer.",
    )
    page_warehouse: str = Field(
        default="",
        description="Warehouse URL of the user by whom Airflow's pages write, in the name of "
        "whoever is logged in there; empty: that of warehouse.",
    )
    policy_overrides: Path | None = Field(
        default=None,
        description="TOML file of the site's own changes to the rules, each with reason, owner "
        "and expiry.",
    )
    keep_days: int | None = Field(
        default=None,
        ge=31,
        description="Days for which what speaks of persons is kept: case lists and quarantine by "
        "whole months, landings, runs, pages, corrections, files of referral notices, emails "
        "and unused models by days; "
        "empty: for good. Figures, movement and manifests always stay.",
    )
    notice_days: int = Field(
        default=10,
        ge=1,
        le=60,
        description="Working days of England and Wales in which a referral notice is to be "
        "answered; past them it counts as unanswered.",
    )
    link_engine: Literal["duckdb", "spark"] = Field(
        default="duckdb",
        validation_alias=AliasChoices(f"{PREFIX}LINK_ENGINE", "LINK_ENGINE", "link_engine"),
        description="Engine that compares persons: duckdb, or spark past one machine.",
    )
    repeat_unchanged: bool = Field(
        default=False,
        description="Do every step of a night again, even one that would read what it read for the "
        "current publication; its part is taken over otherwise.",
    )
    recipients: Path | None = Field(
        default=None, description="TOML file of the people who get the emails."
    )
    smtp_url: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices(f"{PREFIX}SMTP_URL", "SMTP_URL", "smtp_url"),
        description="smtp://user:password@host:port or smtps://; empty: .eml files in a folder.",
    )
    mail_from: str = Field(
        default="reconciliation@localhost", description="Sender address of the emails."
    )
    mail_redirect: str = Field(
        default="", description="For trials: every email goes to this address, none to its reader."
    )
    personal_data_domains: tuple[str, ...] = Field(
        default=(),
        description="Mail domains that may receive personal data (readers at detail full); JSON "
        "list in the environment; empty: none.",
    )
    pages_url: str = Field(
        default="",
        description="Where readers find the folder of pages, as a URL; emails lead to their night "
        "in it; empty: no link.",
    )
    pages_readers: Readers = Field(
        default="owner",
        description="Who on this machine may read the pages: owner, group or everybody. They name "
        "no person; everything else under data_dir stays with its owner.",
    )
    schedule: str = Field(
        default="30 23 * * *", description="When Airflow starts a night: cron, London time."
    )
    as_of_offset: int = Field(
        default=0,
        ge=-7,
        le=0,
        description="Days from the London date on which a night starts to its as-of date: -1 "
        "where registers deliver after midnight for the day before.",
    )
    wait_until: time = Field(
        default=time(4), description="London time until which a late register is waited for."
    )
    deadline: time | None = Field(
        default=time(6),
        description="London time by which a night must be published; none: no alert that it is "
        "late.",
    )
    mail_days: int = Field(
        default=3,
        ge=0,
        description="A night published more days than these after its date is mailed only when "
        "asked for.",
    )
    reviewers: tuple[str, ...] = Field(
        default=(),
        description="Who may review links on Airflow's page beside its administrators, where "
        "Airflow's login knows no permissions by name; JSON list in the environment.",
    )
    signing_key: Path | None = Field(
        default=None,
        description="Private key of OpenSSH that signs the file of each publication; none: they "
        "are not signed.",
    )
    signers: Path | None = Field(
        default=None,
        description="File of OpenSSH's allowed signers that the signatures are held against; "
        "none: they are not looked at.",
    )
    alert_channels: tuple[SecretStr, ...] = Field(
        default=(),
        description="Where alerts go beside email, as Apprise URLs (webhook, PagerDuty, Teams); "
        "JSON list in the environment; empty: nowhere.",
    )

    @field_validator("schedule")
    @classmethod
    def _is_cron(cls, value: str) -> str:
        if not croniter.is_valid(value):
            raise ValueError(f"[{value}] is not a cron expression")
        return value

    @field_validator("wait_until", "deadline", mode="before")
    @classmethod
    def _as_clock_time(cls, value: Any) -> Any:
        if isinstance(value, str) and value.strip().lower() == "none":
            return None
        if isinstance(value, str) and not _CLOCK.fullmatch(value.strip()):
            raise ValueError(f"[{value}] is not a time of day such as 06:00")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then the settings file."""
        path = os.environ.get(FILE_VARIABLE)
        file = _SettingsFile(settings_cls, Path(path) if path else None)
        return init_settings, env_settings, file


class _SettingsFile(TomlConfigSettingsSource):
    """The settings file, with or without a byte order mark, as editors write it."""

    def _read_file(self, file_path: Path | Traversable) -> dict[str, Any]:
        given = read_toml(Path(str(file_path)), where=f"file [{file_path}]")
        hide(_texts(given))
        return given


def load_settings(**changes: Any) -> Settings:
    """Read the settings, with ``changes`` on top.

    Raises:
        BadInput: an unknown key, a value of the wrong type, or a settings file that cannot be
            read.
    """
    hide(value for name, value in os.environ.items() if name in _variables())
    hide(str(value) for value in changes.values())
    _refuse_unknown_variables()
    fail_points.arm(os.environ.get(fail_points.VARIABLE, ""))
    path = os.environ.get(FILE_VARIABLE)
    if path and not Path(path).is_file():
        raise BadInput(FILE_VARIABLE, f"no file [{path}]", "name a TOML file or unset it")
    try:
        return Settings(**changes)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][-1]).removeprefix(PREFIX).lower() if first["loc"] else "settings"
        todo = f"use one of: {', '.join(Settings.model_fields)}"
        raise BadInput(f"setting [{name}]", first["msg"], todo) from None


def _variables() -> set[str]:
    """Environment variables that settings are read from."""
    own = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    return own | {"SMTP_URL", "LINK_ENGINE"}


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value of a settings file."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for each in value.values() for text in _texts(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in _texts(each))


def _refuse_unknown_variables() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    known |= {FILE_VARIABLE, fail_points.VARIABLE}
    for variable in sorted(os.environ):
        if variable.startswith(PREFIX) and variable not in known:
            raise BadInput(
                f"environment variable [{variable}]",
                "no such setting",
                f"use one of: {', '.join(sorted(known))}",
            )
