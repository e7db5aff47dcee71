"""The mapping file: how a site's own tables and columns are called.

Without one, a register has the contract's names. With one, any table or column may differ::

    schema = "oms"                      # databases only; default: public in PostgreSQL

    [tables.episodes]                   # the contract's name, without the register
    name = "offender_bookings"          # the site's table, or the file's name without its ending
    schema = "archive"                  # where this one table differs
    absent = ["tariff_date"]            # fields that the site does not hold; they land empty

    [tables.episodes.columns]
    episode_id = "booking_id"           # contract's name = site's name
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs.contract.registers import REGISTERS
from jobs.contract.schema import Field, Table
from jobs.runtime.errors import BadInput
from jobs.runtime.files import canonical_json, text_digest
from jobs.runtime.toml_files import read_toml


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where one table of the contract is found at the site.

    ``columns`` maps the contract's name of each delivered field to the site's; ``absent`` names
    the fields that the site does not hold.
    """

    table: Table
    name: str
    schema: str | None
    columns: Mapping[str, str]
    absent: frozenset[str] = frozenset()

    @property
    def fields(self) -> list[Field]:
        """The fields that the site delivers, in the contract's order."""
        return [f for f in self.table.fields if f.name not in self.absent]


@dataclass(frozen=True, kw_only=True)
class SiteMapping:
    """The places of all tables of a register, and what the file says of them with its digest.

    ``text`` is its content as canonical JSON: the order of its lines and its comments say nothing.
    """

    places: Mapping[str, Place]
    text: str = ""

    @property
    def digest(self) -> str:
        """Digest of what the file says; empty without one."""
        return text_digest(self.text) if self.text else ""


def read_mapping(*, register: str, path: Path | None) -> SiteMapping:
    """Read the mapping file of a register; without one, the contract's own names.

    Raises:
        BadInput: the file is missing, is not TOML, or names a table, field or key that the
            contract does not have.
    """
    content = read_toml(path, where=f"mapping [{path}]") if path is not None else {}
    reader = _MappingReader(where=f"mapping [{path}]", register=register)
    text = canonical_json(content) if content else ""
    return SiteMapping(places=reader.places(content), text=text)


@dataclass(frozen=True, kw_only=True)
class _MappingReader:
    where: str
    register: str

    def places(self, content: dict[str, Any]) -> dict[str, Place]:
        self._only_known(content, {"schema", "tables"}, "the file")
        schema = self._text(content.get("schema"), "schema")
        tables = self._section(content.get("tables", {}), "tables")
        contract = {table.name: table for table in REGISTERS[self.register].values()}
        self._only_known(tables, set(contract), "[tables]")
        return {
            table.full_name: self._place(table, self._section(tables.get(name, {}), name), schema)
            for name, table in contract.items()
        }

    def _place(self, table: Table, section: dict[str, Any], schema: str | None) -> Place:
        part = f"[tables.{table.name}]"
        self._only_known(section, {"name", "schema", "absent", "columns"}, part)
        renamed = self._section(section.get("columns", {}), f"{part} columns")
        self._only_known(renamed, set(table.columns), f"{part} columns")
        absent = self._absent(table, section.get("absent", []), part)
        columns = {
            field.name: self._text(renamed.get(field.name), field.name) or field.name
            for field in table.fields
            if field.name not in absent
        }
        return Place(
            table=table,
            name=self._text(section.get("name"), f"{part} name") or table.name,
            schema=self._text(section.get("schema"), f"{part} schema") or schema,
            columns=columns,
            absent=absent,
        )

    def _absent(self, table: Table, names: Any, part: str) -> frozenset[str]:
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise BadInput(self.where, f"{part} absent is not a list", "list field names")
        self._only_known(dict.fromkeys(names), set(table.columns), f"{part} absent")
        required = [name for name in names if not table.field(name).nullable]
        if required:
            raise BadInput(
                self.where,
                f"{part} says that the required field [{required[0]}] is absent",
                "deliver it; the night cannot do without",
            )
        return frozenset(names)

    def _only_known(self, found: Mapping[str, Any], known: set[str], part: str) -> None:
        for name in found:
            if name not in known:
                raise BadInput(
                    self.where,
                    f"{part} has no [{name}]",
                    f"use one of: {', '.join(sorted(known))}",
                )

    def _text(self, value: Any, part: str) -> str | None:
        if value is None or (isinstance(value, str) and value and value.isprintable()):
            return value
        raise BadInput(self.where, f"{part} is not a name", "write a name in quotes")

    def _section(self, value: Any, part: str) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        raise BadInput(self.where, f"{part} is not a section", "see docs/deliveries.md")
