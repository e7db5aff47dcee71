"""The contract: every table and field of both registers, declared once.

The declarations are in `jobs.contract.prison` and `jobs.contract.immigration`. From them come the
DDL of the demo databases, the column lists of the extract, the Arrow schema of the landing, the
base expectations and the data dictionary in ``docs/data-dictionary.md``. A site whose tables differ
maps them to these names with a mapping file (`jobs.extract.mapping`).

Dates are calendar dates in England and Wales; timestamps are UTC.
"""

from jobs.contract.immigration import IMMIGRATION
from jobs.contract.prison import PRISON
from jobs.contract.schema import Table

CONTRACT_VERSION = "2"
"""Raised whenever a table or field changes; written into every landing's manifest."""

EXTRA_COLUMNS = b"extra_columns"
"""Key in a landed table's Arrow metadata: the columns delivered beyond the contract, as JSON."""

REGISTERS: dict[str, dict[str, Table]] = {"prison": PRISON, "immigration": IMMIGRATION}
"""The two registers, each a mapping of full table name to table."""

TABLES: dict[str, Table] = {**PRISON, **IMMIGRATION}
"""Every table of both registers by full name."""
