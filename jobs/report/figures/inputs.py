"""What the figures of a night are counted from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import pandas as pd

from jobs.contract import results
from jobs.contract.proof.assurance_strata import SampleChecks
from jobs.contract.schema import Table
from jobs.report.figures.countable_releases import countable_releases
from jobs.report.figures.ranges import RowUncertainty
from jobs.report.figures.uncertainty import Uncertainty, no_uncertainty
from jobs.report.published import Frames

T = TypeVar("T")


def _no_flow() -> pd.DataFrame:
    return pd.DataFrame({"opened": [], "closed": []}, dtype="datetime64[us]")


def _no_staff() -> pd.DataFrame:
    return pd.DataFrame(
        {"day": pd.Series(dtype="datetime64[us]"), "working": [], "diverted": []},
    )


def _no_population() -> pd.DataFrame:
    return pd.DataFrame(
        {"day": pd.Series(dtype="datetime64[us]"), "foreign_nationals": [], "detainees": []}
    )


@dataclass(frozen=True, kw_only=True)
class FigureInputs:
    """Result frames by full name, and the night they belong to.

    ``flow`` has a row for each criminal case, open or closed, with the days on which it was opened
    and closed; ``staff`` a row for each day with the staff at work on criminal cases, and those
    diverted; ``population`` a row for each day of the series with the foreign nationals in custody
    and those of them in removal centres; ``uncertainty`` says what besides possible matches may
    make a count wrong, ``checks`` what checks of those cleared found.
    """

    frames: Frames
    as_of: date
    flow: pd.DataFrame = field(default_factory=_no_flow)
    staff: pd.DataFrame = field(default_factory=_no_staff)
    population: pd.DataFrame = field(default_factory=_no_population)
    uncertainty: Uncertainty = field(default_factory=no_uncertainty)
    checks: SampleChecks = field(default_factory=SampleChecks)
    _held: dict[Callable[..., Any], Any] = field(default_factory=dict, repr=False)

    @property
    def today(self) -> pd.Timestamp:
        """The night as the midnight that frames compare with."""
        return pd.Timestamp(self.as_of)

    @cached_property
    def releases(self) -> pd.DataFrame:
        """The releases, as `jobs.report.figures.countable_releases` gives them."""
        return countable_releases(frames=self.frames, uncertainty=self.uncertainty)

    def once(self, work: "Callable[[FigureInputs], T]") -> T:
        """What ``work`` makes of these inputs, made once for all figures that rest on it."""
        if work not in self._held:
            self._held[work] = work(self)
        held: T = self._held[work]
        return held

    def of_quarantine(self, persons: pd.Series) -> RowUncertainty:
        """What quarantine of either register may move, whatever these people's rows count as."""
        contested = self.uncertainty.is_contested(persons)
        unread = self.uncertainty.unnamed
        return RowUncertainty(
            may_leave=contested,
            may_enter=contested,
            other_group=contested,
            unread_out=unread,
            unread_in=unread,
        )

    def of(self, table: Table) -> pd.DataFrame:
        """The frame of a table."""
        return table.of(self.frames)


def quarantine_of_episodes(inputs: FigureInputs) -> RowUncertainty:
    """What quarantine may move among the episodes of a night; asked for with ``once``."""
    return inputs.of_quarantine(inputs.of(results.ASSESSMENTS)["prisoner_number"])


Compute = Callable[[FigureInputs], pd.DataFrame]
"""What counts a figure: a row for each group, with `jobs.report.figures.ranges.VALUES`."""
