"""Rows of a landing as its night accepted them, for whoever shows records of people.

A landing holds what was delivered: text where the source knows no types, and rows that the night
set aside. Nobody reads it as it is.
"""

from collections.abc import Collection

import pandas as pd

from jobs.check import accept_some
from jobs.contract.registers import TABLES
from jobs.extract import Landing


def accepted_rows(
    landing: Landing, *names: str, key: str | None = None, wanted: Collection[str] = ()
) -> tuple[pd.DataFrame, ...]:
    """The accepted rows of some tables of a register, in the contract's types.

    Args:
        landing: what was delivered.
        names: the tables, each after those that it refers to.
        key: a column of all of them; without one, every row is read.
        wanted: the values of ``key`` that are.
    """
    full_names = [f"{landing.manifest.register}.{name}" for name in names]
    delivered = {
        name: landing.table(name)
        if key is None
        else landing.rows_of(name, column=key, values=wanted)
        for name in full_names
    }
    accepted = accept_some(tables=delivered, as_of=landing.manifest.as_of)
    frames = (TABLES[name].frame(accepted[name]) for name in full_names)
    if key is None:
        return tuple(frames)
    # Rows may come with the wanted ones (`Landing.rows_of`).
    return tuple(frame[frame[key].isin(wanted)].reset_index(drop=True) for frame in frames)
