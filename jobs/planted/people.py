"""Invented people to be planted, and the rows that both registers hold of one of each kind.

Everybody was sentenced to three years for a serious offence and is due under the rules of every
year since 1999; what differs is how they are lost. Names and dates are this project's inventions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from jobs.contract import immigration, prison
from jobs.contract.proof.failure_kinds import MARK

Rows = dict[str, list[dict[str, Any]]]
"""Rows by full name of their table."""

SENTENCED: Final = 900
RELEASED: Final = 60
REFERRED: Final = 500
DECIDED: Final = 90
"""Days before the night; who is decided on in time is decided on before the release."""
_NAMES: Final = (
    ("Oluwaseun", "Adebayo-Quist", "Oluwaseyun", "Adebeyo-Quist"),
    ("Mohammed", "Hussain-Tarr", "Muhammad", "Hussein-Tarr"),
    ("Aleksandrs", "Kovalevskiz", "Alexandrs", "Kovalevskis"),
    ("Thi Phuong", "Nguyenova", "Thi Phoung", "Nguyenowa"),
    ("Sekou", "Traoremba", "Sekhou", "Traorembah"),
    ("Cristiano", "Figueirola", "Christiano", "Figuerola"),
)
"""First and last name, and both as the other register spells them."""
_NATIONALITIES: Final = ("NIGERIA", "PAKISTAN", "JAMAICA", "VIETNAM", "SOMALIA", "ANGOLA")
_OFFENCES: Final = ("ROBBERY", "RAPE", "DRUGS", "MANSLAUGHTER", "KIDNAP", "ARSON")
EACH: Final = len(_NAMES)
"""How many people of a kind are planted, each of another name, nationality and offence."""


@dataclass(frozen=True, kw_only=True)
class Invented:
    """One invented person on one night; ``number`` tells them apart."""

    number: int
    prisoner_number: str
    prison_id: str
    night: date

    @property
    def episode_id(self) -> str:
        """The custody episode in which they are to be found."""
        return f"{MARK}{self.number:03}"

    def ago(self, days: int) -> date:
        """A day before the night."""
        return self.night - timedelta(days=days)

    def recorded(self, days: int) -> datetime:
        """The moment of recording, at noon of a day before the night."""
        return datetime.combine(self.ago(days), time(12), tzinfo=UTC)

    @property
    def variant(self) -> int:
        """Which of the names, nationalities and offences are theirs."""
        return self.number % EACH

    @property
    def born(self) -> date:
        """Date of birth: two people of one name are never born on one day."""
        return date(1950, 1, 4) + timedelta(days=211 * self.number)

    def person(self, **changes: Any) -> Rows:
        """Their row in the prison register."""
        first, last, _, _ = _NAMES[self.variant]
        row = {
            "prisoner_number": self.prisoner_number,
            "first_name": first,
            "last_name": last,
            "date_of_birth": self.born,
            "gender": "M",
            "nationality": _NATIONALITIES[self.variant],
            "recorded_at": self.recorded(SENTENCED),
        }
        return {prison.PERSONS.full_name: [row | changes]}

    def custody(
        self, *, released: int | None = RELEASED, sentenced: int = SENTENCED, part: str = ""
    ) -> Rows:
        """A custody episode under a sentence of three years; ``part`` tells an earlier one."""
        episode = {
            "episode_id": self.episode_id + part,
            "prisoner_number": self.prisoner_number,
            "prison_id": self.prison_id,
            "reception_date": self.ago(sentenced),
            "status": "ACTIVE IN" if released is None else "INACTIVE OUT",
            "in_out_status": "IN" if released is None else "OUT",
            "legal_status": "SENTENCED",
            "imprisonment_status": "SENT",
            "sentence_start_date": self.ago(sentenced),
            "recorded_at": self.recorded(released or sentenced),
        }
        if released is None:
            episode["conditional_release_date"] = self.night + timedelta(days=30)
        else:
            left = {"movement_type": "REL", "movement_reason": "CR", "movement_date": released}
            episode |= {
                "last_movement_type": "REL",
                "last_movement_reason": "CR",
                "last_movement_date": self.ago(released),
            }
        sentence = {
            "episode_id": episode["episode_id"],
            "sentence_sequence": 1,
            "calculation_type": "ADIMP",
            "conviction_date": self.ago(sentenced),
            "sentence_date": self.ago(sentenced),
            "offence_date": self.ago(sentenced + 120),
            "offence_code": _OFFENCES[self.variant],
            "term_years": 3,
            "recorded_at": self.recorded(sentenced),
        }
        came = {"movement_type": "ADM", "movement_reason": "N", "movement_date": sentenced}
        moves = [came] if released is None else [came, left]
        return {
            prison.EPISODES.full_name: [episode],
            prison.SENTENCES.full_name: [sentence],
            prison.MOVEMENTS.full_name: self.moved(moves, part=part),
        }

    def moved(
        self, moves: Sequence[dict[str, Any]], *, first: int = 1, part: str = ""
    ) -> list[dict[str, Any]]:
        """Movements of an episode, whose days are told as days before the night."""
        return [
            {
                **move,
                "episode_id": self.episode_id + part,
                "movement_sequence": number,
                "movement_date": self.ago(move["movement_date"]),
                "to_prison_id": None if move["movement_type"] == "REL" else self.prison_id,
                "recorded_at": self.recorded(move["movement_date"]),
            }
            for number, move in enumerate(moves, start=first)
        ]

    def known(self, *, is_spelt_otherwise: bool = False, is_numbered: bool = True) -> Rows:
        """Their row in the immigration register."""
        first, last, other_first, other_last = _NAMES[self.variant]
        row = {
            "cid_person_id": self.episode_id,
            "first_name": other_first if is_spelt_otherwise else first,
            "last_name": other_last if is_spelt_otherwise else last,
            "date_of_birth": self.born,
            "gender": "M",
            "nationality": _NATIONALITIES[self.variant],
            "noms_number": self.prisoner_number if is_numbered else None,
            "recorded_at": self.recorded(REFERRED),
        }
        return {immigration.PERSONS.full_name: [row]}

    def referred(self, *, days: int = REFERRED) -> Rows:
        """An open case of a person who was referred by the prison, and nothing since."""
        case = {
            "case_id": self.episode_id,
            "cid_person_id": self.episode_id,
            "case_type": "CRIMINAL",
            "referral_source": "PRISON",
            "referral_sent_date": self.ago(days),
            "referral_received_date": self.ago(days),
            "opened_date": self.ago(days),
            "stage": "REFERRED",
            "stage_entered_date": self.ago(days),
            "recorded_at": self.recorded(days),
        }
        event = {
            "event_id": f"{self.episode_id}-1",
            "case_id": self.episode_id,
            "event_type": "REFERRED",
            "occurred_date": self.ago(days),
            "recorded_at": self.recorded(days),
        }
        return {immigration.CASES.full_name: [case], immigration.EVENTS.full_name: [event]}

    def decided(self, *, days: int = DECIDED, recorded: int | None = None, **changes: Any) -> Rows:
        """A decision by a named caseworker, recorded on its day unless told otherwise."""
        event = {
            "event_id": f"{self.episode_id}-2",
            "case_id": self.episode_id,
            "event_type": "DECISION_PURSUE",
            "occurred_date": self.ago(days),
            "recorded_at": self.recorded(days if recorded is None else recorded),
            "caseworker": "CW01",
        }
        return {immigration.EVENTS.full_name: [event | changes]}


def together(*parts: Rows) -> Rows:
    """All rows of several parts, by table."""
    rows: Rows = {}
    for part in parts:
        for name, told in part.items():
            rows.setdefault(name, []).extend(told)
    return rows


def free_numbers(taken: frozenset[str]) -> Iterator[str]:
    """Prison numbers that nobody has, in the register's own form."""
    for number in range(9999, 0, -1):
        made = f"Z{number:04}ZZ"
        if made not in taken:
            yield made
