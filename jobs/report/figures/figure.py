"""What a published figure is."""

from dataclasses import dataclass
from typing import Final

from jobs.report.figures.counting import Compute

CASEWORK: Final = "immigration casework"
PRISONS: Final = "prison service"
DATA: Final = "data team"

EPISODES: Final = "custody episodes"
CASES: Final = "cases"
PEOPLE: Final = "people"

ROWS: Final = "rows"
FTE: Final = "full-time equivalents"

RELEASED: Final = "custody episodes that ended in a release on or before the night"
NOT_RELEASED: Final = "custody episodes that have not ended in a release by the night"
IN_SCOPE: Final = "custody episodes in scope under the rules in force"
OPEN: Final = "criminal cases open on the night"
TEAMS: Final = "teams that hold or held criminal cases"
ROLL: Final = "people in a prison on the night"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A published number.

    ``definition`` is one sentence that needs no other. ``since`` is the version of the registry in
    which the definition last changed; ``series_breaks`` say from when numbers do not compare.
    ``groups`` names what the groups are, where the figure has them.
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
