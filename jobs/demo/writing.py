"""Writing a world to files: each register in a folder of its own, the truth only where asked."""

from pathlib import Path
from typing import Final, Literal

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from jobs import records
from jobs.demo.world import World
from jobs.errors import BadInput
from jobs.files import whole_folder

FORMATS: Final = ("parquet", "csv")


def write_world(
    world: World,
    folder: Path,
    truth: Path | None = None,
    format: Literal["parquet", "csv"] = "parquet",  # noqa: A002 - the word of the command line
) -> None:
    """Write both registers as ``<folder>/prison/<table>`` and ``<folder>/immigration/<table>``.

    The folder is whole or absent; one that stands is replaced. The truth goes to ``truth`` and
    nowhere else.

    Args:
        world: what to write.
        folder: where the registers go.
        truth: where the truth goes (``people``, ``episodes``, ``errors``, as Parquet), if at all.
        format: ``parquet`` or ``csv`` for the registers.

    Raises:
        BadInput: an unknown format, a truth folder inside the registers' folder, or a folder
            that cannot be written.
    """
    if format not in FORMATS:
        raise BadInput("format", f"[{format}] is not known", f"use one of {', '.join(FORMATS)}")
    if truth is not None:
        _check_apart(folder, truth)
    with whole_folder(folder) as temporary:
        for name, table in records.TABLES.items():
            path = temporary / table.space / f"{table.name}.{format}"
            path.parent.mkdir(exist_ok=True)
            _write(world.tables[name], path)
    if truth is not None:
        with whole_folder(truth) as temporary:
            for name, found in world.truth.items():
                pq.write_table(found, temporary / f"{name}.parquet")


def _check_apart(folder: Path, truth: Path) -> None:
    inside = folder.resolve() in (truth.resolve(), *truth.resolve().parents)
    around = truth.resolve() in folder.resolve().parents
    if inside or around:
        raise BadInput(
            f"folder [{truth}]", "the truth would lie beside the registers", "name another folder"
        )


def _write(table: pa.Table, path: Path) -> None:
    if path.suffix == ".parquet":
        pq.write_table(table, path, compression="zstd")
    else:
        pacsv.write_csv(table, path, pacsv.WriteOptions(quoting_style="needed"))
