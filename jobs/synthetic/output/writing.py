"""Writing a world to files: each register in a folder of its own, the truth only where asked."""

import shutil
from pathlib import Path
from typing import Final, Literal

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from jobs.contract.registers import REGISTERS, TABLES
from jobs.runtime.errors import BadInput
from jobs.runtime.files import whole_folder
from jobs.synthetic.world import World

FORMATS: Final = ("parquet", "csv")


def write_world(
    world: World,
    folder: Path,
    truth: Path | None = None,
    format: Literal["parquet", "csv"] = "parquet",  # noqa: A002 - the word of the command line
) -> None:
    """Write both registers as ``<folder>/prison/<table>`` and ``<folder>/immigration/<table>``.

    Each folder is whole or absent: a world that stands is taken away before the first folder of the
    new one appears, so that nobody reads the registers of two worlds, or the truth of another.
    Nothing else in ``folder`` is touched. The truth goes to ``truth`` and nowhere else.

    Args:
        world: what to write.
        folder: where the registers go.
        truth: where the truth goes (``people``, ``episodes``, ``errors``, as Parquet), if at all.
        format: ``parquet`` or ``csv`` for the registers.

    Raises:
        BadInput: an unknown format, a truth folder inside or around a register's, or a folder
            that cannot be written.
    """
    if format not in FORMATS:
        raise BadInput("format", f"[{format}] is not known", f"use one of {', '.join(FORMATS)}")
    if truth is not None:
        _check_apart(folder, truth)
    with (
        whole_folder(folder / "prison") as prison,
        whole_folder(folder / "immigration") as immigration,
    ):
        places = {"prison": prison, "immigration": immigration}
        for name, table in TABLES.items():
            _write(world.tables[name], places[table.space] / f"{table.name}.{format}")
        for old in (*(folder / register for register in places), *([truth] if truth else [])):
            shutil.rmtree(old, ignore_errors=True)
    if truth is not None:
        with whole_folder(truth) as temporary:
            for name, found in world.truth.items():
                pq.write_table(found, temporary / f"{name}.parquet")


def _check_apart(folder: Path, truth: Path) -> None:
    wanted = truth.resolve()
    for register in REGISTERS:
        place = (folder / register).resolve()
        if place in (wanted, *wanted.parents) or wanted in place.parents:
            raise BadInput(
                f"folder [{truth}]",
                f"the truth would lie inside or around the {register} register",
                "name another folder",
            )


def _write(table: pa.Table, path: Path) -> None:
    if path.suffix == ".parquet":
        pq.write_table(table, path, compression="zstd")
    else:
        pacsv.write_csv(table, path, pacsv.WriteOptions(quoting_style="needed"))
