"""What became of a damaged delivery, held against what is true of it."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.samples.damaged.made import AS_OF, MOST_ROWS, Made, World
from jobs.check.delivered import load_table
from jobs.check.gate import opened
from jobs.check.row_stage import SET_ASIDE, check_rows, check_table
from jobs.contract.registers import TABLES
from jobs.extract.delivery import copy_delivery
from jobs.extract.source_kinds import open_source
from jobs.runtime.errors import BadInput, Unreachable

REFUSED: Final = "refused in one line"
ACCOUNTED: Final = "published, all rows accounted for"
WARNED: Final = "published, size said to be unproved"
FINE: Final = frozenset({REFUSED, ACCOUNTED, WARNED})
_SHORTEST: Final = 5
"""Letters of a value that no message holds by chance."""


class Door:
    """The way in of one delivery: extract and row rules, with the other tables undamaged."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.connection = opened(AS_OF)
        checked = check_rows(connection=self.connection, tables=world.tables)
        assert len(checked.quarantine) == 0
        for name, rows in world.tables.items():
            whole = f"whole_{name.replace('.', '_')}"
            self.connection.register("undamaged", rows.slice(0, MOST_ROWS))
            self.connection.execute(
                f"CREATE TABLE {whole} AS SELECT row_number() OVER () AS place, * FROM undamaged"
            )
            self.connection.unregister("undamaged")

    def fate(self, made: Made) -> tuple[str, str]:
        """What became of a delivery, and the line that refused it, if any."""
        folder = Path(tempfile.mkdtemp(prefix="landed "))
        try:
            with open_source(source=made.source, register=made.table.space) as source:
                delivery = copy_delivery(
                    source=source,
                    site=made.site,
                    register=made.table.space,
                    as_of=AS_OF,
                    folder=folder,
                )
            manifest = delivery.tables[made.table.full_name]
            rows = pq.read_table(folder / manifest.file)
            return self._checked(made, rows, is_proved=manifest.is_size_proved), ""
        except BadInput as refused:
            return self._refused(made, refused), str(refused)
        except Exception as error:  # noqa: BLE001 - it is what is looked for
            return f"traceback of {type(error).__name__}", str(error)[:200]
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _checked(self, made: Made, rows: pa.Table, *, is_proved: bool) -> str:
        with self._undone():
            load_table(connection=self.connection, table=made.table, arrow=rows)
            check_table(self.connection, made.table)
            accepted = self._number(f"SELECT count(*) FROM {made.table.full_name}")
            aside = self._number(
                f"SELECT count(DISTINCT row_number) FROM {SET_ASIDE} WHERE register = "
                f"'{made.table.space}' AND table_name = '{made.table.name}'"
            )
            columns = ", ".join(f'"{column}"' for column in made.table.columns)
            whole = f"whole_{made.table.full_name.replace('.', '_')}"
            same = self._number(
                f"SELECT count(*) FROM (SELECT {columns} FROM {made.table.full_name} INTERSECT ALL "
                f"SELECT {columns} FROM {whole} WHERE place <= {made.rows})"
            )
        if accepted + aside != rows.num_rows:
            return "rows lost by the check"
        if made.lost and rows.num_rows == made.rows - made.lost:
            fate = "end lost without a word" if is_proved else WARNED
        elif rows.num_rows == made.rows:
            fate = ACCOUNTED
        else:
            return "rows lost or made up"
        return fate if same >= rows.num_rows - made.touched else "other rows changed too"

    def _refused(self, made: Made, refused: BadInput) -> str:
        text = str(refused)
        if len(text.splitlines()) != 1 or not text.isprintable():
            return "refused in many lines"
        if isinstance(refused, Unreachable):
            return "refused as a lost connection"
        said = f"{refused.what} {refused.todo}"
        if any(_is_in(value, said) for value in made.planted):
            return "refused with a value in the line"
        personal = {
            value
            for field in made.table.fields
            if field.personal and pa.types.is_string(field.kind.arrow)
            for value in self.world.tables[made.table.full_name][field.name].slice(0, MOST_ROWS)
            .to_pylist()
        }  # fmt: skip
        if any(value and _is_in(value, said) for value in personal):
            return "refused with a person in the line"
        return REFUSED

    @contextmanager
    def _undone(self) -> Iterator[None]:
        self.connection.execute("BEGIN")
        try:
            yield
        finally:
            self.connection.execute("ROLLBACK")

    def _number(self, query: str) -> int:
        found = self.connection.execute(query).fetchall()
        return int(found[0][0])


def _is_in(value: str, said: str) -> bool:
    return len(value) >= _SHORTEST and bool(re.search(rf"\b{re.escape(value)}\b", said))


def other_tables() -> frozenset[str]:
    """Names of all tables, which a message may hold."""
    return frozenset(TABLES)
