"""The manifest of a landing: what was delivered, in numbers and hashes, never in values."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from jobs.contract.registers import CONTRACT_VERSION, delivered_digest
from jobs.runtime.errors import BadInput
from jobs.runtime.files import canonical_json, text_digest

FILE_NAME = "manifest.json"
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class ColumnTotals:
    """Control totals of one column.

    ``total`` is the sum of an integer column and ``earliest`` and ``latest`` the ends of a date
    column, as far as the delivered values can be read as such. Columns that identify a person
    carry the count alone.
    """

    type: str
    filled: int
    total: int | None = None
    earliest: date | None = None
    latest: date | None = None


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class TableManifest:
    """What was delivered of one table.

    ``sha256`` is of the file's bytes, to notice a change to the landing; ``content_digest`` is of
    the values, whatever the order of the rows at the source. ``declared_rows`` is what the register
    says; ``is_size_proved`` tells whether anything but the file itself says that it is whole.
    """

    file: str
    rows: int
    sha256: str
    content_digest: str
    columns: dict[str, ColumnTotals]
    extra_columns: list[str]
    absent_columns: list[str]
    declared_rows: int | None = None
    is_size_proved: bool = True


@dataclass(frozen=True, kw_only=True, config=_STRICT)
class LandingManifest:
    """What a register delivered for a night, under a contract of this version and content.

    ``mapping`` is what the site's mapping said, as `jobs.extract.mapping.SiteMapping.text`;
    ``erasures`` how many persons were taken out of it since.
    """

    register: str
    as_of: date
    fetch: int
    source: str
    mapping_digest: str
    contract_version: str
    source_as_of: date
    source_generated_at: datetime
    tables: dict[str, TableManifest]
    contract_digest: str = ""
    mapping: str = ""
    erasures: int = 0

    @property
    def is_of_this_contract(self) -> bool:
        """Whether the contract of today is the one under which this was landed.

        A landing from before digests were kept says no more than the version.
        """
        if not self.contract_digest:
            return self.contract_version == CONTRACT_VERSION
        return self.contract_digest == delivered_digest()

    @property
    def content_digest(self) -> str:
        """Digest of everything that was delivered, whatever the order of the rows."""
        parts = [(name, self.tables[name].content_digest) for name in sorted(self.tables)]
        return text_digest(self.contract_version, *(part for pair in parts for part in pair))

    @property
    def digest(self) -> str:
        """Digest of the whole manifest, and so of every file that it names."""
        return text_digest(canonical_json(_plain(self)))


_MANIFEST = TypeAdapter(LandingManifest)


def _plain(manifest: LandingManifest) -> Any:
    return _MANIFEST.dump_python(manifest, mode="json", exclude_none=True)


def write_manifest(*, manifest: LandingManifest, folder: Path) -> None:
    """Write the manifest with a digest of itself."""
    text = canonical_json({"digest": manifest.digest, "manifest": _plain(manifest)})
    (folder / FILE_NAME).write_text(text + "\n", encoding="utf-8")


def read_manifest(*, folder: Path) -> LandingManifest:
    """Read a manifest and verify its own digest.

    Raises:
        BadInput: it is missing, changed or of another version of the software.
    """
    path = folder / FILE_NAME
    todo = "fetch the register again"
    try:
        content: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        inner, digest = content["manifest"], content["digest"]
    except (OSError, ValueError, TypeError, KeyError):
        raise BadInput(
            f"landing [{folder}]", "its manifest is missing or cut short", todo
        ) from None
    if digest != text_digest(canonical_json(inner)):
        raise BadInput(f"landing [{folder}]", "its manifest was changed", todo)
    try:
        return _MANIFEST.validate_python(inner)
    except ValidationError:
        raise BadInput(
            f"landing [{folder}]", "its manifest is of another version of this software", todo
        ) from None
