"""The assurance sample: who was cleared, in which strata they are checked, and what checks say."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from jobs.runtime.files import canonical_json

REASONS: Final[Mapping[str, str]] = {
    "considered": "considered in time",
    "foreign": "a foreign national out of scope",
    "british": "British on the record relied on",
    "not_due": "consideration not due yet",
}
"""Why somebody is cleared, and so on no list of the work."""
PRESSING: Final = "pressing"
OTHER: Final = "other"
WEIGHTS: Final[Mapping[str, str]] = {
    PRESSING: "a serious offence, or evidence that is not certain",
    OTHER: "everybody else",
}
STRATA: Final[Mapping[str, str]] = {
    f"{reason}, {weight}": f"{because}: {whom}"
    for reason, because in REASONS.items()
    for weight, whom in WEIGHTS.items()
}
"""Every stratum and what it holds; a person who was cleared is in exactly one."""
DRAWN: Final[Mapping[str, int]] = {PRESSING: 4, OTHER: 2}
"""People drawn from a stratum by each publication."""
CHECK_RESULTS: Final[Mapping[str, str]] = {
    "right": "rightly cleared",
    "wrong": "wrongly cleared",
    "cannot_tell": "the files do not say; counts as wrongly cleared",
}
CONFIDENCE: Final = 0.95
DAYS: Final = 365
"""Days for which a check counts, from the night of the publication that drew it."""


@dataclass(frozen=True, kw_only=True)
class SampleChecks:
    """The checks that count on a night: how many by stratum and by how many people.

    ``bad`` are those that found somebody wrongly cleared or could not tell.
    """

    checked: Mapping[str, int] = field(default_factory=dict)
    bad: Mapping[str, int] = field(default_factory=dict)
    people: int = 0

    def as_json(self) -> str:
        """As a manifest names them: the same checks, the same text."""
        said = {"checked": dict(self.checked), "bad": dict(self.bad), "people": self.people}
        return canonical_json(said)

    @classmethod
    def from_json(cls, text: str | None) -> "SampleChecks":
        """The checks that a manifest names; none where it names none."""
        return cls(**json.loads(text)) if text else cls()
