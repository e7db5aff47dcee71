"""The registers as rows, the links, and the night: what every part of the reference reads."""

from datetime import date

from tests.assess.reference import answers
from tests.assess.reference.answers import Row, london_day


class Registers:
    """Both registers, the links and identities, and the night for which everything is asked."""

    def __init__(
        self, registers: answers.Registers, links: list[Row], identities: list[Row], night: date
    ) -> None:
        self.registers, self.links, self.night = registers, links, night
        self.identity = {
            (row["register"], row["person_id"]): row["identity_id"] for row in identities
        }
        self.persons = {row["prisoner_number"]: row for row in registers["prison.persons"]}

    def is_known(self, row: Row) -> bool:
        """Whether a row was recorded by the night."""
        recorded = london_day(row["recorded_at"])
        return recorded is None or recorded <= self.night

    def by_night(self, day: date | None) -> date | None:
        """A day, unless it lies after the night."""
        return day if day is not None and day <= self.night else None

    def is_ahead(self, day: date | None) -> bool:
        """Whether a day lies after the night."""
        return day is not None and day > self.night

    def identity_of(self, episode: Row) -> str:
        """The identity of the person of an episode; one of their own if none is given."""
        number = episode["prisoner_number"]
        return str(self.identity.get(("prison", number), f"alone {number}"))

    def same_person(self, episode: Row) -> list[Row]:
        """Every episode of the person of an episode, this one too."""
        return [
            each
            for each in self.registers["prison.episodes"]
            if self.identity_of(each) == self.identity_of(episode)
        ]

    def rows_of(self, name: str, people: set[str]) -> list[Row]:
        """The rows of a table that belong to these immigration persons."""
        return [row for row in self.registers[name] if row["cid_person_id"] in people]
