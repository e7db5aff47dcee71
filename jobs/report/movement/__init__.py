"""Movement: why a figure is not what it was, episode by episode, with sums that are exact."""

from jobs.report.movement.bridge import (
    EXPLAINING,
    Moved,
    Position,
    Versions,
    explain_movement,
)
from jobs.report.movement.closing import EarlierLines, Lines, follow_lines, lines_of
from jobs.report.movement.members import MEMBERS

__all__ = [
    "EXPLAINING",
    "MEMBERS",
    "EarlierLines",
    "Lines",
    "Moved",
    "Position",
    "Versions",
    "explain_movement",
    "follow_lines",
    "lines_of",
]
