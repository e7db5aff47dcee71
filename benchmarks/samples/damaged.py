"""Damaged deliveries by seed: each lands with every true row accounted for, or is refused.

``python -m benchmarks.samples.damaged --deliveries 10000 --seed 1`` makes the long run and prints
its figures. The true number of rows is that of the writer, before the damage; never what was
parsed.
"""

import random
import shutil
import sqlite3
import sys
import tempfile
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.samples import deliveries
from benchmarks.samples.gate_stages import rows_checked
from benchmarks.samples.minimal_registers import AS_OF, register_tables
from jobs.contract.prison import PRISON
from jobs.extract import land
from jobs.runtime.errors import BadInput

TABLES: Final = [
    name for name in PRISON if not name.endswith(".feed") and register_tables()[name].num_rows
]
VALUES: Final = (
    "0000-00-00", "2005-02-29", "2006-4-5", "2006-04-05T00:00+01:00", "12,5", "NaN", "infinity",
    "-infinity", "12006-01-01", "9999-12-31", "0044-03-15 BC", "9999999", "1e999", "a\x00b",
    "\uff11\uff19\uff17\uff10", "\u0661", "x" * 10_000, 'O"Brien', '"', '"Smith "Jim" X"', "a,b",
    "two\nlines", "\u202e", "=cmd|x", "\ufeff", "",
)  # fmt: skip
"""Values that a register may hold by mistake, for any column."""


def deliver(seed: int, folder: Path) -> tuple[str, str, dict[str, int]]:
    """Write a delivery with one damage; give its source, what was done, and the true rows."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    tables = {name: table for name, table in register_tables().items() if name in PRISON}
    name = draw.choice(TABLES)
    rows = draw.randrange(3, 60)
    tables[name] = pa.concat_tables([tables[name]] * rows)
    true = {table: content.num_rows for table, content in tables.items()}
    kind = draw.choice(["csv", "csv", "csv declared", "parquet", "sqlite"])
    if kind.startswith("csv"):
        source = deliveries.as_csv("prison", tables, folder)
        if kind == "csv declared":
            lines = [f"{PRISON[table].name},{count}" for table, count in true.items()]
            (folder / "manifest.csv").write_text("\n".join(["name,rows", *lines]) + "\n")
        damage = draw.choice(_BYTES if kind == "csv declared" else _BYTES[:-1])
        path = folder / f"{PRISON[name].name}.csv"
        path.write_bytes(damage(path.read_bytes(), draw))
        return source, f"{kind}: {damage.__name__.strip('_')}", true
    column = draw.choice(PRISON[name].columns)
    value, place = draw.choice(VALUES), draw.randrange(true[name])
    if kind == "parquet":
        source = deliveries.as_parquet("prison", tables, folder)
        path = folder / f"{PRISON[name].name}.parquet"
        if draw.random() < 0.5:
            content = bytearray(path.read_bytes())
            content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
            path.write_bytes(content[: draw.choice([len(content), draw.randrange(len(content))])])
            return source, "parquet: a bit or the end", true
        kinds = [pa.string(), pa.int32(), pa.float64(), pa.timestamp("us"), pa.date32(), pa.bool_()]
        index = tables[name].schema.get_field_index(column)
        array = pa.nulls(true[name], draw.choice(kinds))
        pq.write_table(tables[name].set_column(index, column, array), path)
        return source, "parquet: a column of another type", true
    folder.mkdir(parents=True)
    source = deliveries.as_sqlite("prison", tables, folder / "register.sqlite")
    with sqlite3.connect(folder / "register.sqlite") as connection:
        connection.execute(
            f'UPDATE "{PRISON[name].name}" SET "{column}" = ? WHERE rowid = ?',
            (draw.choice([value, value.encode(), 10**18, -1.5, None]), place + 1),
        )
    connection.close()
    return source, "sqlite: a value", true


def _a_quote(content: bytes, draw: random.Random) -> bytes:
    place = draw.randrange(content.index(b"\n") + 1, len(content))
    return content[:place] + b'"' + content[place:]


def _two_quotes(content: bytes, draw: random.Random) -> bytes:
    return _a_quote(_a_quote(content, draw), draw)


def _a_quote_less(content: bytes, draw: random.Random) -> bytes:
    places = [at for at, byte in enumerate(content) if byte == 34 and at > content.index(b"\n")]
    place = draw.choice(places) if places else len(content)
    return content[:place] + content[place + 1 :]


def _a_value(content: bytes, draw: random.Random) -> bytes:
    lines = content.split(b"\n")
    at = draw.randrange(1, len(lines) - 1)
    cells = lines[at].split(b",")
    cells[draw.randrange(len(cells))] = draw.choice(VALUES).encode()
    return b"\n".join([*lines[:at], b",".join(cells), *lines[at + 1 :]])


def _a_quoted_value(content: bytes, draw: random.Random) -> bytes:
    lines = content.split(b"\n")
    at = draw.randrange(1, len(lines) - 1)
    cells = lines[at].split(b",")
    value = draw.choice(VALUES).replace('"', '""')
    cells[draw.randrange(len(cells))] = f'"{value}"'.encode()
    return b"\n".join([*lines[:at], b",".join(cells), *lines[at + 1 :]])


def _cut_anywhere_in_a_line(content: bytes, draw: random.Random) -> bytes:
    place = draw.randrange(len(content) - 1)
    return content[: place + 1 if content[place : place + 1] not in b"\r\n" else place]


def _a_byte(content: bytes, draw: random.Random) -> bytes:
    place = draw.randrange(len(content))
    # A line end more or less makes rows of its own: that is another delivery, not a damage.
    byte = draw.choice([b for b in range(256) if b not in b"\r\n"])
    return content if content[place] in b"\r\n" else _with(content, place, byte)


def _with(content: bytes, place: int, byte: int) -> bytes:
    return content[:place] + bytes([byte]) + content[place + 1 :]


def _another_encoding(content: bytes, draw: random.Random) -> bytes:
    return content.decode().encode(draw.choice(["utf-16", "utf-16-le", "utf-32", "utf-8-sig"]))


def _cut_at_a_line(content: bytes, draw: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    return b"".join(lines[: draw.randrange(1, len(lines))])


_BYTES: Final[list[Callable[[bytes, random.Random], bytes]]] = [
    _a_quote, _two_quotes, _a_quote_less, _a_value, _a_quoted_value, _cut_anywhere_in_a_line,
    _a_byte, _another_encoding, _cut_at_a_line,
]  # fmt: skip
"""Damages of a CSV file; the last one shows only where rows are declared."""


def fate(seed: int, folder: Path) -> tuple[str, str]:
    """What became of a delivery: ``accounted``, ``refused``, or what is wrong; and the damage."""
    source, damage, true = deliver(seed, folder / "files")
    try:
        landing = land(
            register="prison", source=source, mapping=None, as_of=AS_OF, folder=folder / "landing"
        )
        checked = rows_checked({**register_tables(), **landing.tables()})
    except BadInput as refused:
        return ("refused" if len(str(refused).splitlines()) == 1 else "many lines"), damage
    except Exception as error:  # noqa: BLE001 - it is what is looked for
        return f"traceback {type(error).__name__}", damage
    counts = {
        f"{row['register']}.{row['table_name']}": (
            row["rows_in"],
            row["accepted"] + row["quarantined"],
        )
        for row in checked.row_counts.to_dict("records")
    }
    is_lost = any(counts[name] != (rows, rows) for name, rows in true.items())
    return ("rows lost" if is_lost else "accounted"), damage


def run(seeds: range) -> Counter[tuple[str, str]]:
    """The fates of many deliveries by damage."""
    found: Counter[tuple[str, str]] = Counter()
    for seed in seeds:
        folder = Path(tempfile.mkdtemp(prefix="damaged "))
        try:
            fate_, damage = fate(seed, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        found[damage, fate_] += 1
        if fate_ not in {"accounted", "refused"}:
            sys.stdout.write(f"seed {seed}: {damage}: {fate_}\n")
    return found


if __name__ == "__main__":
    parser = ArgumentParser(description="Damaged deliveries by seed.")
    parser.add_argument("--deliveries", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    fates = run(range(given.seed, given.seed + given.deliveries))
    for (damage_, fate__), number in sorted(fates.items()):
        sys.stdout.write(f"{damage_:40} {fate__:20} {number}\n")
