"""Invented registers as linkage gets them, and the truth about who is in both."""

from datetime import date
from typing import Final

import pandas as pd
import pyarrow as pa

from jobs.contract.registers import TABLES
from jobs.synthetic.world import build_world

NIGHT: Final = date(2006, 4, 25)
World = tuple[dict[str, pa.Table], pd.DataFrame]


def world(seed: int, people: int, noise: str) -> World:
    """Register tables as they pass the check's key rule, and the true pairs."""
    built = build_world(seed=seed, people=people, as_of=NIGHT, noise=noise)
    tables = dict(built.tables)
    for name in ("prison.persons", "immigration.persons"):
        key = TABLES[name].key[0]
        frame = TABLES[name].frame(tables[name])
        tables[name] = TABLES[name].arrow(frame[frame[key].notna()].drop_duplicates(key))
    people_table: pd.DataFrame = built.truth["people"].to_pandas()
    return tables, people_table.dropna(subset=["prisoner_number", "cid_person_id"])
