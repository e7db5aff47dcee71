"""What is wrong with which record, written down where each error is made.

A score can then say which kind of error cost which link.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from jobs.synthetic.base.random_draws import Flags, Ints

_ANY_RECORD: Final = -2


class ErrorLabels:
    """What was done to which record: the truth about the registers' errors."""

    def __init__(self) -> None:
        self._found: list[pd.DataFrame] = []

    def add(self, register: str, records: pd.DataFrame, where: Flags, kind: str) -> None:
        """Label the records (by position) where an error of this kind was made."""
        rows = np.flatnonzero(where)
        self._add(register, rows, records["person"].to_numpy()[rows], kind)

    def add_people(self, register: str, person: Ints, kind: str) -> None:
        """Label people, where an error is not of one record."""
        own = np.unique(person)
        self._add(register, np.full(len(own), _ANY_RECORD), own, kind)

    def _add(self, register: str, record: Ints, person: Ints, kind: str) -> None:
        self._found.append(
            pd.DataFrame({"register": register, "record": record, "person": person, "kind": kind})
        )

    def frame(self, first_records: Mapping[str, Ints]) -> pd.DataFrame:
        """Every label: ``register``, ``record`` (position), ``person``, ``kind``.

        Args:
            first_records: for each register the position of each person's first record, which
                takes the labels of people; -1 for people whom it does not hold.
        """
        found = pd.concat(self._found, ignore_index=True)
        record, person = found["record"].to_numpy().copy(), found["person"].to_numpy()
        for register, first in first_records.items():
            open_ = (record == _ANY_RECORD) & (found["register"] == register).to_numpy()
            record[open_] = first[person[open_]]
        found = found.assign(record=record)
        return found[found["record"] >= 0].reset_index(drop=True)
