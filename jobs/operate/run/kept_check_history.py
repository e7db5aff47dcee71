"""What the gate knows of earlier nights: read once as a night begins, kept in the run's folder."""

from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa

from jobs.check import CheckHistory
from jobs.check.check_history import NIGHTS, OF_EACH_NIGHT, OF_LAST_NIGHT
from jobs.operate.run.sealed_parts import SealedPart
from jobs.runtime.files import text_digest
from jobs.warehouse import nights_before, read_nights

HISTORY = "history"
"""The part of a run's folder in which it is."""


def read_history(engine: sa.Engine, *, as_of: date) -> tuple[CheckHistory, str]:
    """The last nights before ``as_of``, and the digest of which they are, for the manifest.

    A publication never changes, so its id says all; what retention has removed is left out of the
    digest as it is left out of the history.
    """
    found = nights_before(engine, as_of=as_of, most=NIGHTS)
    frames = {
        **{name: read_nights(engine, found, table) for name, table in OF_EACH_NIGHT.items()},
        **{name: read_nights(engine, found[:1], table) for name, table in OF_LAST_NIGHT.items()},
    }
    sizes = (f"{name} {len(frame)}" for name, frame in sorted(frames.items()))
    digest = text_digest(*(p.publication_id for p in found), *sizes) if found else ""
    return CheckHistory(frames=frames), digest


def keep_history(history: CheckHistory, folder: Path) -> None:
    """Leave the history in a part of a run's folder, for the steps after the check."""
    for name, frame in history.frames.items():
        pq.write_table(
            pa.Table.from_pandas(frame, preserve_index=False), folder / f"{name}.parquet"
        )


def kept_history(part: SealedPart) -> CheckHistory:
    """The history that the check left in a run's folder."""
    known = {**OF_EACH_NIGHT, **OF_LAST_NIGHT}
    frames: dict[str, pd.DataFrame] = {}
    for file in part.names(".parquet"):
        name = file.removesuffix(".parquet")
        frame = part.table(file).to_pandas()
        kinds = {f.name: f.kind.pandas for f in known[name].fields}
        frames[name] = frame.astype({**kinds, "as_of_date": "datetime64[us]"})
    return CheckHistory(frames=frames)
