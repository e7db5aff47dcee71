"""Who the person of an episode is in the immigration register, and of which nationality."""

from datetime import date
from typing import Any

from jobs.contract.codes import NATIONALITY
from tests.assess.reference.answers import Row, Term, Weighed
from tests.assess.reference.custody import Custody

NATIONALITIES = {entry.code: entry for entry in NATIONALITY.codes}


class People(Custody):
    """Links and nationalities."""

    def people(self, episode: Row) -> tuple[set[str], set[str]]:
        """The immigration persons of an episode: certain ones, and possible ones."""
        own = self.identity_of(episode)
        certain, possible = set(), set()
        for person in self.registers["immigration.persons"]:
            name = person["cid_person_id"]
            about = [link for link in self.links if link["cid_person_id"] == name]
            linked = [link for link in about if link["outcome"] == "linked"]
            if linked:
                owners = {self.identity[("prison", link["prisoner_number"])] for link in linked}
            else:
                owners = {self.identity.get(("immigration", name))}
                denied = {self.identity[("prison", link["prisoner_number"])] for link in about}
                owners -= denied
            if own in owners:
                certain.add(name)
            elif any(
                link["outcome"] == "review"
                and link["prisoner_number"] == episode["prisoner_number"]
                for link in about
            ):
                possible.add(name)
        return certain, possible

    def nationality(self, episode: Row, term: Term, certain: set[str]) -> Weighed:
        person = self.persons.get(episode["prisoner_number"], {})
        first = NATIONALITIES.get(person.get("nationality") or "")
        second = NATIONALITIES.get(person.get("second_nationality") or "")
        there = self.rows_of("immigration.persons", certain)
        cases = [case for case in self.rows_of("immigration.cases", certain) if self.is_known(case)]
        found_british = [
            case for case in cases if case["stage"] == "BRITISH" or case["outcome"] == "BRITISH"
        ]
        says_british = any(row["nationality"] == "BRIT" for row in there) or bool(found_british)
        firm_owners = {
            case["cid_person_id"]
            for case in cases
            if case["case_type"] == "CRIMINAL" and case not in found_british
        }
        foreign = [
            row
            for row in sorted(
                there, key=lambda row: (not row["nationality_verified"], row["cid_person_id"])
            )
            if (entry := NATIONALITIES.get(row["nationality"] or ""))
            and not entry.is_british
            and not entry.is_unknown
        ]
        firm = any(
            row["nationality_verified"] or row["cid_person_id"] in firm_owners for row in foreign
        )
        other = NATIONALITIES[foreign[0]["nationality"]] if foreign else None
        british = first is not None and first.is_british
        unclear = first is None or first.is_unknown
        recommended = self.recommended(episode)
        against = british and other is not None and firm and not says_british
        verify = (
            (not british and second is not None and second.is_british)
            or (not british and says_british)
            or against
            or (british and recommended)
        )
        group = group_of(first, second, term)
        if not british and not unclear and other and other not in (first, second):
            group = "unclear"
        if against:
            group = group_of(other, None, term)
        return Weighed(
            group=group,
            verify=verify,
            code=first.code if first else None,
            is_british=british,
            is_unclear=unclear,
        )

    def probability(self, episode: Row, certain: set[str]) -> float | None:
        """The best link of the person, or of a possible match where none is certain."""
        wanted = "linked" if certain else "review"
        best = [
            link["probability"]
            for link in self.links
            if link["outcome"] == wanted
            and (
                self.identity[("prison", link["prisoner_number"])] == self.identity_of(episode)
                if certain
                else link["prisoner_number"] == episode["prisoner_number"]
            )
        ]
        return max(best, default=None)


def group_of(first: Any, second: Any, term: Term) -> str:
    if first is None or first.is_unknown:
        return "unclear"
    if first.is_british:
        return "british"
    held = [entry for entry in (first, second) if entry is not None]
    if any(entry.is_irish for entry in held):
        return "irish"
    eea_conduct = term.conduct < date(2021, 1, 1)
    member = any(entry.eea_from and entry.eea_from <= term.selects for entry in held)
    return "eea" if member and eea_conduct else "other"
