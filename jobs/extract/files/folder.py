"""A folder of files, one for each table: ``persons.csv``, ``persons.csv.gz``, ``persons.parquet``.

Capitals do not matter, and a folder ``persons.parquet/`` of part files is one table. A file
``manifest.csv`` beside them may say how many rows each has (`jobs.extract.declared_rows`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pyarrow as pa

from jobs.extract.declared_rows import FILE_NAME, read_manifest_beside, rows_beside
from jobs.extract.files.csv_files import open_csv
from jobs.extract.files.parquet_files import open_parquet
from jobs.extract.mapping import Place
from jobs.extract.sources import Delivered, Wanted
from jobs.runtime.errors import BadInput
from jobs.runtime.files import user_path

_ENDINGS: Final[dict[str, Callable[[Path], Delivered]]] = {
    ".csv": open_csv,
    ".csv.gz": open_csv,
    ".parquet": open_parquet,
}


@contextmanager
def open_folder(*, folder: str, register: str) -> Iterator["FolderSource"]:
    """Open the files of a register; its own sub-folder is used where there is one.

    Raises:
        BadInput: there is no such folder, or it cannot be read.
    """
    where = f"setting [{register}]"
    path = user_path(folder, where=where)
    with _reading(f"folder [{path}]"):
        if not path.is_dir():
            raise BadInput(where, f"no folder [{path}]", "name a folder or a URL")
        inner = path / register
        source = FolderSource(inner if inner.is_dir() else path)
    yield source


class FolderSource:
    """A register as files."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.name = folder, str(folder)
        self._files = sorted(folder.iterdir())
        with _reading(f"file [{folder / FILE_NAME}]"):
            self._declared = read_manifest_beside(folder)

    def open_table(self, place: Place) -> Delivered:
        """Find the file of a table; see `Source.open_table`."""
        names = {f"{place.name}{ending}".lower(): read for ending, read in _ENDINGS.items()}
        found = [path for path in self._files if path.name.lower() in names]
        if not found:
            raise BadInput(
                f"folder [{self.folder}]",
                f"no file [{place.name}.csv] or [{place.name}.parquet]",
                "deliver the table, empty if it has no rows",
            )
        if len(found) > 1:
            raise BadInput(
                f"folder [{self.folder}]",
                f"both [{found[0].name}] and [{found[1].name}]",
                "remove the one that is not meant",
            )
        path = found[0]
        where = f"file [{path}]"
        with _reading(where):
            declared = rows_beside(declared=self._declared, place=place, path=path, where=where)
            found_here = names[path.name.lower()](path)

        def read(wanted: Wanted) -> Iterator[pa.RecordBatch]:
            with _reading(where):
                yield from found_here.read(wanted)

        return replace(found_here, declared_rows=declared, read=read)


@contextmanager
def _reading(where: str) -> Iterator[None]:
    """Say in one line what the file system says of a file."""
    try:
        yield
    except FileNotFoundError:
        raise BadInput(where, "vanished while it was read", "deliver it again") from None
    except IsADirectoryError:
        raise BadInput(where, "is a folder", "deliver one file") from None
    except PermissionError:
        raise _unreadable(where) from None
    except OSError as error:
        told = f" ({error.strerror})" if error.strerror else ""
        raise BadInput(
            where, f"cannot be read{told}", "mend it or its disk, then run again"
        ) from None


def _unreadable(where: str) -> BadInput:
    return BadInput(where, "cannot be read", "give read access")
