"""Movement: why a figure is not what it was, episode by episode, with sums that are exact."""

from jobs.report.movement.bridge import (
    EXPLAINING,
    Moved,
    Position,
    Versions,
    explain_movement,
)
from jobs.report.movement.members import MEMBERS

__all__ = [
    "EXPLAINING",
    "MEMBERS",
    "Moved",
    "Position",
    "Versions",
    "explain_movement",
]
