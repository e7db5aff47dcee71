"""The registers as rows; the sentences of an episode: their length, the day that selects rules."""

from datetime import date

from jobs.contract.codes import OFFENCE
from tests.assess.reference import answers
from tests.assess.reference.answers import (
    Exit,
    Row,
    Term,
    comes_to,
    first,
    last,
    later,
    london_day,
    some,
)

OFFENCES = {entry.code: entry for entry in OFFENCE.codes}


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


class Sentences(Registers):
    """What the sentences of each episode come to."""

    def sentences(self, episode: Row) -> list[Row]:
        return sorted(
            (
                row
                for row in self.registers["prison.sentences"]
                if row["episode_id"] == episode["episode_id"]
            ),
            key=lambda row: row["sentence_sequence"],
        )

    def passed(self, sentence: Row) -> date | None:
        suspended = sentence["calculation_type"] == "SUSP"
        return sentence["activated_date" if suspended else "sentence_date"]

    def counts(self, sentence: Row) -> bool:
        if sentence["calculation_type"] == "FINE":
            return False
        if sentence["calculation_type"] == "SUSP":
            activated = sentence["activated_date"]
            return activated is not None and activated <= self.night
        return True

    def term(self, episode: Row) -> Term:
        rows = self.sentences(episode)
        counted = [row for row in rows if self.counts(row)]
        lost = not rows and not self.is_unsentenced(episode)
        fixed = []
        undetermined = lost
        for row in counted:
            if is_indeterminate(row):
                continue
            chain = self.chain(row, rows)
            if chain is None:
                undetermined = True
                continue
            months, days, root = chain
            start = self.started_on(root, episode)
            ends = later(start, months=months, days=days)
            order = comes_to(months, days), (ends - start).days, -row["sentence_sequence"]
            fixed.append((order, start, months, days))
        longest = max(fixed, default=None, key=lambda entry: entry[0])
        selects = some(
            first(self.passed(row) for row in counted),
            first(row["conviction_date"] for row in counted),
            episode["sentence_start_date"],
            episode["reception_date"],
            self.night,
        )
        singles = [own_term(row) or (0, 0) for row in counted if not is_indeterminate(row)]
        return Term(
            is_sentenced=bool(counted) or lost,
            undetermined=undetermined,
            indeterminate=any(is_indeterminate(row) for row in counted),
            longest=longest[1:] if longest else None,
            length_days=longest[0][1] if longest else None,
            singles=singles,
            selects=selects,
            first=first(self.passed(row) for row in counted)
            or (episode["sentence_start_date"] if counted else None),
            conduct=last(row["offence_date"] for row in counted) or selects,
            is_hospital=any(row["calculation_type"] == "HOSP" for row in counted),
        )

    def chain(self, row: Row, rows: list[Row]) -> tuple[int, int, Row] | None:
        by_sequence = {each["sentence_sequence"]: each for each in rows}
        months = days = 0
        seen: set[int] = set()
        while True:
            if row["sentence_sequence"] in seen:
                return None
            seen.add(row["sentence_sequence"])
            if self.counts(row) and not is_indeterminate(row):
                own = own_term(row)
                if own is None:
                    return None
                months, days = months + own[0], days + own[1]
            follows = row["consecutive_to_sequence"]
            if follows is None:
                return months, days, row
            if follows not in by_sequence:
                return None
            row = by_sequence[follows]

    def is_unsentenced(self, episode: Row) -> bool:
        if episode["sentence_start_date"]:
            return False
        legal, order = episode["legal_status"], episode["imprisonment_status"]
        if legal in ("REMAND", "CONVICTED_UNSENTENCED", "CIVIL_PRISONER", "IMMIGRATION_DETAINEE"):
            return True
        return order in ("RX", "JR", "DET", "CIVIL") and legal not in (
            "SENTENCED",
            "INDETERMINATE_SENTENCE",
            "RECALL",
        )

    def recommended(self, episode: Row) -> bool:
        """Recommended by a court: on its own row, or on another under the same sentence.

        Another stay of the person says so where both hold a sentence of one day, or where this one
        is a recall and the other began no later.
        """
        if says_recommended(episode):
            return True
        recall = episode["imprisonment_status"] == "LR" or episode["legal_status"] == "RECALL"
        return any(
            self.days_of(episode) & self.days_of(other)
            or (recall and self.term(other).selects <= self.term(episode).selects)
            for other in self.same_person(episode)
            if says_recommended(other)
        )

    def days_of(self, episode: Row) -> set[date]:
        """The days of the sentences of an episode."""
        counted = [row for row in self.sentences(episode) if self.counts(row)]
        return {day for day in map(self.passed, counted) if day}

    def anchor(self, episode: Row) -> date | None:
        term = self.term(episode)
        if not term.is_sentenced and not self.recommended(episode):
            return None
        counted = [row for row in self.sentences(episode) if self.counts(row)]
        return (
            first(day for row in counted for day in (self.passed(row), row["conviction_date"]))
            or term.selects
        )

    def convicted(self, episode: Row) -> date | None:
        """The first conviction of an episode, or its first sentence."""
        counted = [row for row in self.sentences(episode) if self.counts(row)]
        return first(row["conviction_date"] for row in counted) or first(
            self.passed(row) for row in counted
        )

    def next_anchor(self, episode: Row, anchor: date | None, out: Exit) -> date | None:
        """The person's first conviction after the end of an episode that is over."""
        if anchor is None or not out.is_gone:
            return None
        end = max(anchor, out.day) if out.day else anchor
        return first(
            other
            for each in self.same_person(episode)
            for other in [self.anchor(each)]
            if other is not None and other > end
        )

    def offence(self, episode: Row) -> str | None:
        """The most serious offence, the first in the code list among equals."""
        codes = list(OFFENCES)
        held = [row["offence_code"] for row in self.sentences(episode)]
        known = [code for code in held if code in OFFENCES]
        return min(
            known, key=lambda code: (OFFENCES[code].seriousness, codes.index(code)), default=None
        )

    def started_on(self, root: Row, episode: Row) -> date:
        return some(
            self.passed(root),
            root["conviction_date"],
            episode["sentence_start_date"],
            episode["reception_date"],
            self.night,
        )


def says_recommended(episode: Row) -> bool:
    return bool(episode["imprisonment_status"] == "REC_DEP")


def is_indeterminate(row: Row) -> bool:
    return row["calculation_type"] in ("LIFE", "SEC93", "HMPL", "IPP", "DPP", "HOSP")


def own_term(row: Row) -> tuple[int, int] | None:
    parts = [row[f"term_{unit}"] for unit in ("years", "months", "weeks", "days")]
    if all(part is None for part in parts) or any(part is not None and part < 0 for part in parts):
        return None
    years, months, weeks, days = (part or 0 for part in parts)
    return 12 * years + months, 7 * weeks + days
