"""The contract: every table and field of both registers, declared once.

The declarations are in `jobs.contract.prison` and `jobs.contract.immigration`. From them come the
DDL of the invented registers' databases, the column lists of the extract, the Arrow schema of the
landing, the base expectations and the data dictionary in ``docs/data-dictionary.md``. A site whose
tables differ maps them to these names with a mapping file (`jobs.extract.mapping`).

Dates are calendar dates in England and Wales; timestamps are UTC.
"""

from jobs.contract.immigration import IMMIGRATION
from jobs.contract.prison import PRISON
from jobs.contract.schema import Field, Table
from jobs.runtime.files import canonical_json, text_digest

CONTRACT_VERSION = "5"
"""Raised whenever a table, field or code changes; written into every landing's manifest."""

EXTRA_COLUMNS = b"extra_columns"
"""Key in a landed table's Arrow metadata: the columns delivered beyond the contract, as JSON."""

SIZE_PROVED = b"size_proved"
"""Key in a landed table's Arrow metadata: whether a missing end would have been noticed."""

SIZES_UNPROVED = "sizes_unproved"
"""Key of a register in a publication's manifest: the tables whose size nothing proves."""

REGISTERS: dict[str, dict[str, Table]] = {"prison": PRISON, "immigration": IMMIGRATION}
"""The two registers, each a mapping of full table name to table."""

TABLES: dict[str, Table] = {**PRISON, **IMMIGRATION}
"""Every table of both registers by full name."""


def delivered_digest() -> str:
    """Digest of what is delivered: tables, keys, references and fields, and no sentence about them.

    A landing bears it, so that none is read as if it were of another contract. Codes are left out:
    a landing is copied before they are looked at.
    """
    tables = {
        name: {
            "key": table.key,
            "parents": table.parents,
            "may_be_empty": table.may_be_empty,
            "fields": [_delivered(field) for field in table.fields],
        }
        for name, table in TABLES.items()
    }
    return text_digest(canonical_json(tables))


def _delivered(field: Field) -> tuple[str, str, bool, bool, str, list[str | int]]:
    shape = field.shape
    said: list[str | int] = [] if shape is None else [shape.pattern, shape.longest]
    return (field.name, field.kind, field.nullable, field.personal, field.unit, said)
