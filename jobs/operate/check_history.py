"""What the gate knows of earlier nights: read once as a night begins, kept in the run's folder."""

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from jobs.check import History
from jobs.check.history import LAST_ONLY, NIGHTS, TABLES
from jobs.runtime.files import text_digest, whole_folder
from jobs.warehouse import nights_before, read_nights

FOLDER = "history"


def read_history(engine: sa.Engine, *, as_of: date) -> tuple[History, str]:
    """The last nights before ``as_of``, and the digest of which they are, for the manifest.

    A publication never changes, so its id says all; what retention has removed is left out of the
    digest as it is left out of the history.
    """
    found = nights_before(engine, as_of=as_of, most=NIGHTS)
    frames = {
        **{name: read_nights(engine, found, table) for name, table in TABLES.items()},
        **{name: read_nights(engine, found[:1], table) for name, table in LAST_ONLY.items()},
    }
    sizes = (f"{name} {len(frame)}" for name, frame in sorted(frames.items()))
    digest = text_digest(*(p.publication_id for p in found), *sizes) if found else ""
    return History(frames=frames), digest


def keep_history(history: History, folder: Path) -> None:
    """Leave the history in a run's folder, for the steps after the check."""
    with whole_folder(folder / FOLDER) as target:
        for name, frame in history.frames.items():
            pq.write_table(
                pa.Table.from_pandas(frame, preserve_index=False), target / f"{name}.parquet"
            )


def kept_history(folder: Path) -> History:
    """The history that the check left in a run's folder."""
    known = {**TABLES, **LAST_ONLY}
    frames: dict[str, pd.DataFrame] = {}
    for path in sorted((folder / FOLDER).glob("*.parquet")):
        table = known[path.stem]
        frame = pq.read_table(path).to_pandas()
        kinds = {f.name: f.kind.pandas for f in table.fields}
        frames[path.stem] = frame.astype({**kinds, "as_of_date": "datetime64[us]"})
    return History(frames=frames)
