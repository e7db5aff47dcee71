"""The facts of a night as the report reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from jobs.report.figures.uncertainty import Doubts, no_doubts

NONE = "(none)"
"""Group of rows that name no prison, team or stage."""


def _no_flow() -> pd.DataFrame:
    return pd.DataFrame({"opened": [], "closed": []}, dtype="datetime64[us]")


def _no_staff() -> pd.DataFrame:
    return pd.DataFrame(
        {"day": pd.Series(dtype="datetime64[us]"), "working": [], "diverted": []},
    )


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Result frames by full name (``nightly.assessments``) and the night they belong to.

    ``flow`` has a row for each criminal case, open or closed, with the days on which it was opened
    and closed; ``staff`` a row for each day with the staff at work on criminal cases, and those
    diverted; ``doubts`` says what besides possible matches may make a count wrong.
    """

    frames: Mapping[str, pd.DataFrame]
    as_of: date
    flow: pd.DataFrame = field(default_factory=_no_flow)
    staff: pd.DataFrame = field(default_factory=_no_staff)
    doubts: Doubts = field(default_factory=no_doubts)

    @property
    def today(self) -> pd.Timestamp:
        """The night as the midnight that frames compare with."""
        return pd.Timestamp(self.as_of)

    def of(self, name: str) -> pd.DataFrame:
        """The frame ``nightly.<name>``."""
        return self.frames[f"nightly.{name}"]


@dataclass(frozen=True, kw_only=True)
class About:
    """What a publication says of itself on every page and email.

    ``pages_url`` is where readers find the pages; empty where they only have the folder.
    ``notices`` stand on every page and email, as when a named person let a night pass.
    """

    as_of: date
    publication_id: str
    policy_version: str = ""
    model_version: str = ""
    code_version: str = ""
    pages_url: str = ""
    notices: tuple[str, ...] = ()
