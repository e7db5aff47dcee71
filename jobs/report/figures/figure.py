"""What a published figure is."""

from dataclasses import dataclass
from typing import Final

import pandas as pd

from jobs.contract.case_lists import CASE_LISTS
from jobs.report.figures.conditions import Condition, Grouping, everything
from jobs.report.figures.inputs import Compute

CASEWORK: Final = "immigration casework"
PRISONS: Final = "prison service"
DATA: Final = "data team"

EPISODES: Final = "custody episodes"
RELEASES: Final = "releases"
CASES: Final = "cases"
PEOPLE: Final = "people"
ROWS: Final = "rows"
FTE: Final = "full-time equivalents"

RELEASED: Final = "custody episodes that ended in a release on or before the night"
EVERY_RELEASE: Final = "releases into the community on or before the night"
NOT_RELEASED: Final = "custody episodes that have not ended in a release by the night"
IN_SCOPE: Final = "custody episodes in scope under the rules in force"
OPEN: Final = "criminal cases open on the night"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A published number.

    ``definition`` is one sentence that needs no other. ``since`` is the version of the registry in
    which the definition last changed; ``series_breaks`` say from when numbers do not compare.
    ``groups`` names what the groups are, where the figure has them.

    ``on`` names the case list (`jobs.contract.case_lists`) on which the counted rows stand; the
    figure counts those for which ``rows`` holds, or puts each into the group of ``by``. With
    neither it counts every row of the list. ``whole`` is the figure that the groups of one that is
    on no list sum to.
    """

    id: str
    title: str
    definition: str
    population: str
    unit: str
    owner: str
    compute: Compute
    groups: str = ""
    since: str = "1"
    series_breaks: tuple[str, ...] = ()
    on: str = ""
    rows: Condition = everything
    by: Grouping | None = None
    whole: str = ""

    def __post_init__(self) -> None:
        if self.on and self.on not in CASE_LISTS:
            raise ValueError(f"figure [{self.id}] is on no list that there is: [{self.on}]")

    @property
    def is_whole_list(self) -> bool:
        """Its rows are all those of its list."""
        return bool(self.on) and self.rows is everything and self.by is None

    @property
    def sums_to(self) -> str:
        """The figure that its groups sum to, as every row is in one; empty where there is none."""
        is_list_by_group = bool(self.on) and self.rows is everything and self.by is not None
        return CASE_LISTS[self.on].total if is_list_by_group else self.whole

    def counts(self, frame: pd.DataFrame) -> pd.Series:
        """Which rows it counts, of the frame that its list is taken from."""
        rows = self.rows(frame).fillna(False).astype("bool")
        return rows & CASE_LISTS[self.on].selects(frame) if self.on else rows
