"""Invented people who are planted each night to see whether they are found: their kinds and names.

Their references begin with a mark that no publication takes: a row of a register that bears it is
set aside (`jobs.check.rules`), and the database refuses a publication with such a reference in it,
whoever publishes (`jobs.warehouse.ddl.publish_function`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MARK: Final = "PLANTED-"
"""How the reference of everything planted begins."""
MARKED: Final = ("episode_id", "cid_person_id", "case_id", "possible_case_id", "person_id")
"""Fields that bear the mark, in the registers and in what a night computes."""

KINDS: Final[Mapping[str, str]] = {
    "never_referred": "released and never referred",
    "not_considered": "referred and not considered before release",
    "two_spellings": "spelt otherwise in the other register, without a number in common",
    "missing_identifiers": "without date of birth, nationality or number, beside a decision on "
    "somebody of that name",
    "nationality_unknown": "nationality not recorded, unknown, refused or stateless",
    "recalled": "released unconsidered and back in prison on recall",
    "wrong_sentence": "decided on under an earlier sentence only",
    "late_recording": "decision recorded after the release",
    "late_in_quarantine": "decision in quarantine, for the row does not say what it was",
    "due_never_referred": "in prison, to be released within 30 days and never referred",
}
"""Every kind of failure of which somebody is planted, and what befell them."""
NOT_TRIED: Final = "No planted cases were tried on this publication."


@dataclass(frozen=True, kw_only=True)
class PlantedCases:
    """What came of the planted cases of a publication.

    ``planted`` and ``found`` count by kind; ``blamed`` are people decided on in time who stood on a
    list all the same. ``sampled`` people of the prison register stood around them. ``failure`` is
    the kind of error that ended the test, empty where it ended well.
    """

    planted: Mapping[str, int]
    found: Mapping[str, int]
    blamed: int = 0
    sampled: int = 0
    seconds: float = 0.0
    failure: str = ""

    @property
    def missed(self) -> dict[str, int]:
        """How many of a kind were not found, for each kind of which any was not."""
        gaps = {kind: count - self.found.get(kind, 0) for kind, count in self.planted.items()}
        return {kind: gap for kind, gap in gaps.items() if gap > 0}

    @property
    def line(self) -> str:
        """The sentence of pages and emails: ``60 of 60 planted cases were found``."""
        if self.failure:
            return f"Planted cases could not be tried ({self.failure})."
        planted, found = sum(self.planted.values()), sum(self.found.values())
        return f"{found:,} of {planted:,} planted cases were found."

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is to be told at once, a line for each kind; nothing where all were found."""
        if self.failure:
            return (self.line,)
        lines = [
            f"planted cases: {gap:,} of {self.planted[kind]:,} not found of "
            f"the kind [{kind}]: {KINDS.get(kind, 'of another release of this software')}"
            for kind, gap in self.missed.items()
        ]
        if self.blamed:
            people = "person" if self.blamed == 1 else "people"
            lines.append(
                f"planted cases: {self.blamed:,} {people} decided on in time stood on the list of "
                "those released without consideration"
            )
        return tuple(lines)
