"""Bands of days and probabilities, each declared once: figures, lists, charts and views derive."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Bands:
    """Bands of a number, lowest first.

    ``limits`` are the upper ends of every band but the last; a limit belongs to the band below it,
    or to the one above where the bands are ``is_open``. ``names`` has one name more.
    """

    limits: tuple[float, ...]
    names: tuple[str, ...]
    is_open: bool = False

    def __post_init__(self) -> None:
        if len(self.names) != len(self.limits) + 1 or list(self.limits) != sorted(self.limits):
            raise ValueError(f"bands {self.names} do not fit the limits {self.limits}")

    def of(self, numbers: pd.Series) -> pd.Series:
        """The band of each number by name; missing where the number is."""
        edges = [-np.inf, *self.limits, np.inf]
        band = pd.cut(
            numbers.astype("float64"), edges, labels=list(self.names), right=not self.is_open
        )
        return band.astype("object")


ALERT_DAYS: Final = (7, 30, 90, 180, 365)
"""Days before the earliest release on which a case that waits is told of again (rules file,
``consideration.alerts``); nearness raises the rank in the same bands."""
SHOWN_DAYS: Final = (7, 30, 90, 365)
"""Those that figures show: what is to be done within a week, a month, a quarter and a year."""

AGES: Final = Bands(
    limits=(182, 365, 730, 1095, 1461, 1826),
    names=(
        "under 6 months",
        "6 to 12 months",
        "1 to 2 years",
        "2 to 3 years",
        "3 to 4 years",
        "4 to 5 years",
        "over 5 years",
    ),
    is_open=True,
)
"""Days for which a case has been open: the bands of the published series on offenders living in the
community (National Audit Office, 2016)."""
AGE_NOT_RECORDED: Final = "not recorded"
"""Band of a case without any date."""


def _ahead(days: Sequence[int]) -> tuple[str, ...]:
    later = (f"{low + 1} to {high} days" for low, high in itertools.pairwise(days))
    return (f"within {days[0]} days", *later)


RELEASES: Final = Bands(
    limits=(-1, *SHOWN_DAYS), names=("earliest date has passed", *_ahead(SHOWN_DAYS), "later")
)
"""Days to the earliest release."""


def _probabilities(limits: Sequence[float]) -> tuple[str, ...]:
    between = (f"{low} to {high}" for low, high in itertools.pairwise(limits))
    return (f"up to {limits[0]}", *between, f"over {limits[-1]}")


_LINK_LIMITS: Final = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999)
LINK_PROBABILITIES: Final = Bands(limits=_LINK_LIMITS, names=_probabilities(_LINK_LIMITS))
"""How probable it is that the two persons of a link are one."""
