"""Damaged folders of files: CSV, Parquet, what lies beside them, and what the feed says."""

import hashlib
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from benchmarks.samples.damaged import text
from benchmarks.samples.damaged.made import Made, Plan
from jobs.contract.schema import Kind


def damaged_csv(plan: Plan) -> Made:
    """A CSV file with one damage; its rows are declared in a manifest, in the feed, or nowhere."""
    path = _write_csv(plan)
    damage = plan.draw.choice(text.DAMAGES)
    declared = plan.draw.choice(["", "", "manifest", "feed", "hash"])
    done = damage(path.read_bytes(), plan)
    _declare(plan, path, declared)
    path.write_bytes(done.content)
    if damage is text.compressed:
        path.rename(path.with_name(path.name + plan.draw.choice([".gz", ".GZ"])))
    return plan.made(
        str(plan.folder),
        f"csv{', declared' if declared else ''}: {damage.__name__}",
        rows=plan.rows.num_rows + done.added,
        touched=done.touched,
        lost=done.lost,
        planted=done.planted,
    )


def damaged_bytes_of_parquet(plan: Plan) -> Made:
    """Bits of a Parquet file are others, or its end is missing."""
    path = _write_parquet(plan, plan.rows)
    content = bytearray(path.read_bytes())
    if plan.draw.random() < 0.6:
        for _ in range(plan.draw.choice([1, 1, 8])):
            content[plan.draw.randrange(len(content))] ^= 1 << plan.draw.randrange(8)
    else:
        del content[plan.draw.randrange(len(content)) :]
    path.write_bytes(content)
    return plan.made(str(plan.folder), "parquet: bits or the end", touched=0)


def retyped_parquet(plan: Plan) -> Made:
    """A column of a Parquet file has another type, and values at its edge."""
    rows, column = plan.rows.num_rows, plan.column()
    kind, values = plan.draw.choice(_TYPED)
    array = pa.array([plan.draw.choice([*values, None]) for _ in range(rows)], kind)
    can_be_encoded = not (
        pa.types.is_nested(kind) or pa.types.is_string_view(kind) or pa.types.is_null(kind)
    )
    if plan.draw.random() < 0.1 and can_be_encoded:
        array = array.dictionary_encode()
    place = plan.table.columns.index(column)
    changed = plan.rows.set_column(place, column, array)
    try:
        _write_parquet(plan, changed)
    except pa.ArrowException:  # what no writer writes is no delivery
        return retyped_parquet(plan)
    return plan.made(str(plan.folder), "parquet: a column of another type", touched=rows)


def edge_of_parquet(plan: Plan) -> Made:
    """One value at the edge of its type in a date, moment or number of a Parquet file."""
    fields = [field for field in plan.table.fields if field.kind in _EDGES]
    if not fields:
        return retyped_parquet(plan)
    field = plan.draw.choice(fields)
    kind, values = plan.draw.choice(_EDGES[field.kind])
    held = plan.rows[field.name].cast(kind).to_pylist() if _holds(plan, field.name, kind) else None
    drawn = held or [None] * plan.rows.num_rows
    drawn = pa.array(drawn, kind).cast(_whole(kind)).to_pylist()
    drawn[plan.draw.randrange(len(drawn))] = plan.draw.choice(values)
    array = pa.array(drawn, _whole(kind)).cast(kind)
    place = plan.table.columns.index(field.name)
    is_int96 = pa.types.is_timestamp(kind) and plan.draw.random() < 0.3
    changed = plan.rows.set_column(place, field.name, array)
    try:
        _write_parquet(plan, changed, use_deprecated_int96_timestamps=is_int96)
    except pa.ArrowException:  # no file holds this moment in this unit
        return retyped_parquet(plan)
    return plan.made(
        str(plan.folder),
        f"parquet: {_EDGE_NAMES[field.kind]} at the edge",
        touched=1 if held else plan.rows.num_rows,
    )


def another_shape_of_parquet(plan: Plan) -> Made:
    """A Parquet table with a column less, twice, more or nested, or as a folder of parts."""
    rows, draw, column = plan.rows, plan.draw, plan.column()
    at = plan.table.columns.index(column)
    shape = draw.randrange(8)
    touched, lost = 0, 0
    if shape == 0:
        _write_parquet(plan, rows.drop_columns([column]))
    elif shape == 1:
        _write_parquet(plan, rows.append_column(column, rows[column]))
    elif shape == 2:
        nested = pa.array([{"x": 1}] * rows.num_rows)
        _write_parquet(plan, rows.append_column(draw.choice(["another", "a.b", ""]), nested))
    elif shape == 3:
        names = [name.upper() for name in rows.column_names]
        _write_parquet(plan, rows.rename_columns(names))
    elif shape == 4:
        _write_parquet(plan, rows.set_column(at, column, pa.nulls(rows.num_rows)))
        touched = rows.num_rows
    else:
        lost, touched = _as_parts(plan, shape)
    return plan.made(str(plan.folder), "parquet: another shape", touched=touched, lost=lost)


def something_beside(plan: Plan) -> Made:
    """The folder lacks a file, has two for a table, or what lies there is none."""
    path = _write_csv(plan)
    change = plan.draw.randrange(8)
    if change == 0:
        path.unlink()
    elif change == 1:
        shutil.copy(path, path.with_suffix(".CSV.gz"))
    elif change == 2:
        path.unlink()
        path.mkdir()
    elif change == 3:
        path.with_suffix(".parquet").mkdir()
    elif change == 4:
        path.rename(path.with_name(path.name.upper()))
    elif change == 5:
        path.rename(path.with_suffix(plan.draw.choice([".txt", ".xlsx", ".csv.zip", ".parquet"])))
    elif change == 6:
        path.unlink()
        path.symlink_to(path.with_name("nowhere"))
    else:
        (path.parent / "Thumbs.db").write_bytes(b"\x00")
    return plan.made(str(plan.folder), "folder: something beside", touched=0)


def damaged_manifest(plan: Plan) -> Made:
    """The manifest beside the files is none, or says something else."""
    path = _write_csv(plan)
    whole = f"name,rows,sha256\n{path.name},{plan.rows.num_rows},\n"
    said = plan.draw.choice(
        [
            whole,
            whole.replace("\n", "\r\n"),
            "\ufeff" + whole.upper(),
            whole + path.name.upper() + ",1,\n",
            whole + "another.csv,3,\n",
            whole + f"{plan.table.name},{plan.rows.num_rows + 1},\n",
            whole.replace(f",{plan.rows.num_rows},", f",{plan.rows.num_rows + 1},"),
            whole.replace(f",{plan.rows.num_rows},", ",\uff11\uff12,"),
            whole.replace(f",{plan.rows.num_rows},", ",-1,"),
            whole.replace(f",{plan.rows.num_rows},", ',"1,234",'),
            whole.replace("rows", "count"),
            whole.replace(",\n", ",00\n"),
            whole[:-3],
            '"' + whole,
            "",
            "\x00",
        ]
    )
    (plan.folder / plan.draw.choice(["manifest.csv", "MANIFEST.CSV"])).write_bytes(
        said.encode(plan.draw.choice(["utf-8", "utf-8", "utf-8", "utf-16"]))
    )
    return plan.made(str(plan.folder), "folder: its manifest", touched=0)


def damaged_feed(plan: Plan) -> Made:
    """The feed is of another night, of none, at the edge of a type, or declares other rows."""
    _write_csv(plan)
    days = ["2006-04-25 00:00:00", "2006-04-24", "20060425", "2006-04-25T00:00+01:00"]
    day = plan.draw.choice([*["2006-04-25"] * 16, *days, *_FEED_VALUES])
    moments = [*["2006-04-25T22:00:00Z"] * 14, "2006-04-25", "22:00", *_FEED_VALUES]
    moment = plan.draw.choice(moments)
    extra, said = plan.draw.choice(
        [("", ""), (f",{plan.table.name}_rows", f",{plan.rows.num_rows}"),
         (f",{plan.table.name}_ROWS", f",{plan.rows.num_rows + 1}"), (",another_rows", ",3"),
         (f",{plan.table.name}_rows", ",many"), (f",{plan.table.name}_rows", ","),
         (f",{plan.table.name}_rows,{plan.table.name}_rows", ",1,2")]
    )  # fmt: skip
    line = f"{day},{moment}{said}\n"
    lines = plan.draw.choice([line, line, line, line * 2, ""])
    text_ = f"as_of_date,generated_at{extra}\n{lines}"
    (plan.folder / "feed.csv").write_text(text_, encoding="utf-8", newline="")
    return plan.made(str(plan.folder), "csv: the feed", touched=0)


def _write_csv(plan: Plan) -> Path:
    plan.folder.mkdir(parents=True, exist_ok=True)
    style = plan.draw.choice(["all_valid", "needed"])
    options = pyarrow.csv.WriteOptions(quoting_style=style)
    for name, rows in plan.tables.items():
        pyarrow.csv.write_csv(rows, plan.folder / f"{name.partition('.')[2]}.csv", options)
    return plan.folder / f"{plan.table.name}.csv"


def _declare(plan: Plan, path: Path, where: str) -> None:
    if where == "feed":
        feed = plan.folder / "feed.csv"
        head, row = feed.read_text().splitlines()
        number = plan.rows.num_rows
        feed.write_text(f"{head},{plan.table.name}_rows\n{row},{number}\n")
    elif where:
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if where == "hash" else ""
        name = plan.draw.choice([path.name, plan.table.name])
        line = f"{name},{plan.rows.num_rows},{digest}"
        (plan.folder / "manifest.csv").write_text(f"name,rows,sha256\n{line}\n")


def _write_parquet(plan: Plan, rows: pa.Table, **options: Any) -> Path:
    plan.folder.mkdir(parents=True, exist_ok=True)
    feed = plan.feed
    pq.write_table(plan.world.tables[feed.full_name], plan.folder / "feed.parquet")
    path = plan.folder / f"{plan.table.name}.parquet"
    pq.write_table(rows, path, write_page_checksum=True, **options)
    return path


def _as_parts(plan: Plan, shape: int) -> tuple[int, int]:
    """Write a folder of parts with one damage; give the rows that are lost and touched."""
    path = _write_parquet(plan, plan.rows)
    path.unlink()
    path.mkdir()
    half = plan.rows.num_rows // 2
    parts = [plan.rows.slice(0, half), plan.rows.slice(half)]
    (path / "_SUCCESS").touch()
    if shape == 5:  # a part is missing
        pq.write_table(parts[0], path / "part-0.snappy.parquet")
        return plan.rows.num_rows - half, 0
    for number, part in enumerate(parts):
        pq.write_table(part, path / f"part-{number}.snappy.parquet")
    if shape == 6:
        column = plan.column()
        other = parts[1].rename_columns([c if c != column else "x" for c in plan.table.columns])
        pq.write_table(other, path / "part-1.snappy.parquet")
        return 0, plan.rows.num_rows
    name = plan.draw.choice(["_temporary/0", "part-2.snappy.parquet", ".part-1.crc", "part-3.csv"])
    (path / name).parent.mkdir(exist_ok=True)
    (path / name).write_bytes(b"x")
    return 0, 0


def _holds(plan: Plan, column: str, kind: pa.DataType) -> bool:
    try:
        plan.rows[column].cast(kind)
    except pa.ArrowException:
        return False
    return True


def _whole(kind: pa.DataType) -> pa.DataType:
    """The integers under a date or a moment: some values are none of this language's."""
    if pa.types.is_date32(kind):
        return pa.int32()
    return pa.int64() if pa.types.is_temporal(kind) else kind


_BIG: Final = 2**63 - 1
_EDGE_DATES: Final = [-(2**31), 2**31 - 1, -719_163, -719_529, 2_932_896, 2_932_897, -32_873, 0]
_EDGE_MOMENTS: Final = [-_BIG, _BIG, 0, -62_135_596_800, 253_402_300_800, 10**17, -(10**17)]
_EDGES: Final[dict[Kind, list[tuple[pa.DataType, list[Any]]]]] = {
    Kind.DATE: [(pa.date32(), _EDGE_DATES), (pa.timestamp("us"), _EDGE_MOMENTS),
                (pa.timestamp("s"), _EDGE_MOMENTS), (pa.timestamp("ns"), _EDGE_MOMENTS),
                (pa.date64(), [d * 86_400_000 for d in _EDGE_DATES])],
    Kind.TIMESTAMP: [(pa.timestamp("us", tz="UTC"), _EDGE_MOMENTS),
                     (pa.timestamp("ms"), _EDGE_MOMENTS),
                     (pa.timestamp("s", tz="Europe/London"), _EDGE_MOMENTS),
                     (pa.timestamp("ns", tz="UTC"), _EDGE_MOMENTS)],
    Kind.INTEGER: [(pa.int64(), [-_BIG, _BIG, 9_999_999, -1]), (pa.int32(), [2**31 - 1, -(2**31)]),
                   (pa.float64(), [float("nan"), float("inf"), 1e308, 0.5, -0.0])],
    Kind.NUMBER: [(pa.float64(), [float("nan"), float("inf"), -1.0, 1e308]),
                  (pa.int64(), [_BIG])],
}  # fmt: skip
_EDGE_NAMES: Final = {
    Kind.DATE: "a date", Kind.TIMESTAMP: "a moment", Kind.INTEGER: "an integer",
    Kind.NUMBER: "a number",
}  # fmt: skip
_TYPED: Final[list[tuple[pa.DataType, list[Any]]]] = [
    (pa.string(), ["x", "2006-04-25", "1", ""]), (pa.large_string(), ["A1001AA", "Smith"]),
    (pa.string_view(), ["A1001AA"]), (pa.binary(), [b"\xff\x00"]), (pa.binary(16), [b"0" * 16]),
    (pa.int8(), [1, -1]), (pa.uint64(), [2**64 - 1, 0]), (pa.float32(), [1.5, float("nan")]),
    (pa.float16(), [1.0]), (pa.decimal128(38, 3), [Decimal("1.000"), Decimal("12.5")]),
    (pa.decimal256(50, 0), [Decimal(10) ** 40]), (pa.bool_(), [True, False]),
    (pa.date32(), [date(2006, 4, 25), date(1, 1, 1)]), (pa.date64(), [date(2006, 4, 25)]),
    (pa.timestamp("us"), [datetime(2006, 4, 25, 12), datetime(2006, 4, 25)]),  # noqa: DTZ001
    (pa.timestamp("us", tz="Asia/Tokyo"), [datetime(2006, 4, 25, tzinfo=UTC)]),
    (pa.time64("us"), [0]), (pa.duration("s"), [1]), (pa.list_(pa.string()), [["x"]]),
    (pa.struct([("a", pa.int64())]), [{"a": 1}]), (pa.map_(pa.string(), pa.int64()), [[("a", 1)]]),
    (pa.null(), []),
]  # fmt: skip
_FEED_VALUES: Final = (
    "", "infinity", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0000-00-00",
    "12006-01-01", "\uff12\uff10\uff10\uff16-04-25", "x" * 300,
)  # fmt: skip

DAMAGES: Final[tuple[tuple[Callable[[Plan], Made], int], ...]] = (
    (damaged_csv, 10), (damaged_bytes_of_parquet, 2), (retyped_parquet, 2), (edge_of_parquet, 3),
    (another_shape_of_parquet, 2), (something_beside, 1), (damaged_manifest, 1), (damaged_feed, 2),
)  # fmt: skip
"""Each with how often it is drawn."""
