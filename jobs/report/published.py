"""Frames of a publication as every room of the report reads them, and the figures in them."""

from collections.abc import Mapping
from typing import Final

import pandas as pd

from jobs.contract.schema import Table

Frames = Mapping[str, pd.DataFrame]
"""Tables of one publication by full name; `jobs.contract.schema.Table.of` finds one."""

ALL: Final = "(all)"
"""Group of a figure that counts everything together."""
NONE: Final = "(none)"
"""Group of rows that name no prison, team or stage."""


def value_of(figures: pd.DataFrame, id_: str, group: str = ALL) -> float | None:
    """The value of a published figure; None where there is none."""
    rows = figures.loc[figures["figure_id"].eq(id_) & figures["group_value"].eq(group), "value"]
    return None if rows.empty or pd.isna(rows.iloc[0]) else float(rows.iloc[0])


def groups_of(figures: pd.DataFrame, id_: str) -> pd.DataFrame:
    """Value, low and high of a published figure, by group."""
    rows = figures[figures["figure_id"].eq(id_) & figures["group_value"].ne(ALL)]
    return rows.set_index("group_value")[["value", "low", "high"]]


def if_held(table: Table, frames: Frames) -> pd.DataFrame | None:
    """A table of a publication; None in one that was made before the table existed."""
    return frames.get(table.full_name)


def in_key_order(table: Table, frames: Frames) -> pd.DataFrame:
    """A table in the order of its key, whatever the order in which it was read."""
    return table.of(frames).sort_values(list(table.key), ignore_index=True)
