"""On what the two registers disagree about people who are linked for certain."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tests.assess.reference.answers import Discrepancy, Exit, Row, first, has_text, last
from tests.assess.reference.flags import Flags
from tests.assess.reference.people import NATIONALITIES

FOUR_DAYS = timedelta(days=4)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """The latest episode of a prisoner and the immigration person they are linked to."""

    episode: Row
    person: Row
    out: Exit
    detentions: list[Row]
    bails: list[Row]
    removed: date | None

    @property
    def held(self) -> bool:
        """Whether the prison holds them."""
        return self.out.kind == "held"

    def differs(
        self,
        kind: str,
        prison: str,
        immigration: str,
        since: date | None,
        errs: str = "immigration",
    ) -> Discrepancy:
        """A disagreement of this pair."""
        return Discrepancy(
            rule_id=f"discrepancy.{kind}",
            episode_id=self.episode["episode_id"],
            cid_person_id=self.person["cid_person_id"],
            prison_value=prison,
            immigration_value=immigration,
            likely_wrong=errs,
            since_date=since,
        )


class Discrepancies(Flags):
    """Every rule asked of every pair."""

    def compare_all(self) -> set[Discrepancy]:
        """Every disagreement of the night."""
        found: set[Discrepancy] = set()
        for person in self.registers["immigration.persons"]:
            mine = [
                episode
                for episode in self.registers["prison.episodes"]
                if person["cid_person_id"] in self.people(episode)[0]
            ]
            if mine:
                pair = self.pair(self.latest(mine), person)
                found |= {
                    *self.nationalities(pair),
                    *self.identities(pair),
                    *self.custodies(pair),
                    *self.releases_told(pair),
                    *self.removals(pair),
                    *self.detained(pair),
                }
        return found

    def latest(self, episodes: list[Row]) -> Row:
        """The episode in which the person is held, else the newest."""

        def order(episode: Row) -> tuple[bool, int, str]:
            came = episode["reception_date"] or self.term(episode).first or date.min
            return (self.exit(episode).kind != "held", -came.toordinal(), episode["episode_id"])

        return min(episodes, key=order)

    def pair(self, episode: Row, person: Row) -> Pair:
        """What both registers hold on one person."""
        me = {person["cid_person_id"]}
        detentions = self.rows_of("immigration.detentions", me)
        removals = self.rows_of("immigration.removals", me)
        return Pair(
            episode=episode,
            person=person,
            out=self.exit(episode),
            detentions=[row for row in detentions if self.is_detained(row)],
            bails=self.rows_of("immigration.bails", me),
            removed=last(self.by_night(row["removed_date"]) for row in removals),
        )

    def nationalities(self, pair: Pair) -> Iterator[Discrepancy]:
        """Both hold one, and what the immigration register holds is none of the prison's."""
        mine = self.persons.get(pair.episode["prisoner_number"], {})
        told = (mine.get("nationality"), mine.get("second_nationality"), pair.person["nationality"])
        here, second, there = (NATIONALITIES.get(code or "") for code in told)
        if not here or not there or here.is_unknown or there.is_unknown or there in (here, second):
            return
        errs = "prison" if pair.person["nationality_verified"] else "immigration"
        yield pair.differs("nationality", here.code, there.code, None, errs)

    def identities(self, pair: Pair) -> Iterator[Discrepancy]:
        """The immigration register holds a prison number that is none of this person's."""
        number = (pair.person["noms_number"] or "").strip().upper()
        if not number or number in self.numbers(pair.episode):
            return
        held = {each["prisoner_number"] for each in self.registers["prison.episodes"]}
        is_somebody = number in held or ("prison", number) in self.identity
        told = "another person's number" if is_somebody else "a number of nobody"
        yield pair.differs("identity", "this person's number", told, None)

    def numbers(self, episode: Row) -> set[str]:
        """Every prison number of the person of an episode."""
        own = self.identity_of(episode)
        joined = {
            number
            for (register, number), identity in self.identity.items()
            if register == "prison" and identity == own
        }
        return joined | {episode["prisoner_number"]}

    def custodies(self, pair: Pair) -> Iterator[Discrepancy]:
        """Held and elsewhere, released and in custody, or held and dead."""
        located = pair.person["located_status"]
        if pair.held and located in ("LOCATED", "NOT_LOCATED", "ABROAD"):
            yield pair.differs("custody", "held", located, None)
        if pair.out.kind == "released" and located == "IN_CUSTODY" and not pair.detentions:
            yield pair.differs("custody", "released", located, pair.out.day)
        died = self.by_night(pair.person["died_date"])
        if pair.held and died:
            yield pair.differs("died", "held", f"died on {in_words(died)}", died)

    def releases_told(self, pair: Pair) -> Iterator[Discrepancy]:
        """The casework team expects another release than the prison, or one that has been."""
        facts = self.facts(pair.episode)
        relied_on = self.case_relied_on(facts)
        me = pair.person["cid_person_id"]
        mine = [
            case
            for case in facts.cases
            if case["case_id"] == relied_on and case["cid_person_id"] == me
        ]
        told = mine[0]["expected_release_date"] if mine else None
        if not told or self.by_night(mine[0]["closed_date"]):
            return
        expected = f"release expected on {in_words(told)}"
        if pair.out.kind == "released" and told > self.night:
            left = pair.out.day
            said = f"released on {in_words(left)}"
            yield pair.differs("release-date", said, expected, left)
        releases = facts.releases
        here = releases.on_record
        if pair.held and here and abs(told - here) > FOUR_DAYS:
            is_right = (
                releases.disputed is not None
                and releases.earliest is not None
                and releases.latest is not None
                and releases.earliest - FOUR_DAYS <= told <= releases.latest + FOUR_DAYS
            )
            errs = "prison" if is_right else "immigration"
            said = f"release on {in_words(here)}"
            yield pair.differs("release-date", said, expected, None, errs)

    def removals(self, pair: Pair) -> Iterator[Discrepancy]:
        """Removed and held, or removed on another day."""
        removed, out, came = pair.removed, pair.out, pair.episode["reception_date"]
        told = f"removed on {in_words(removed)}"
        if pair.held and removed and came and removed >= came:
            yield pair.differs("deported-in-prison", "held", told, removed)
        if out.kind == "removed" and out.day and removed != out.day:
            errs = "prison" if removed and removed < out.day else "immigration"
            said = f"removed on {in_words(out.day)}"
            yield pair.differs("removal-date", said, told, out.day, errs)

    def detained(self, pair: Pair) -> Iterator[Discrepancy]:
        """Bailed and inside, absconded and inside, or detained in a place that is no prison."""
        active = self.bails(pair, "ACTIVE", "granted_date")
        if active and (pair.held or pair.detentions):
            told = "on bail and detained" if pair.detentions else "on bail"
            yield pair.differs(
                "bailed-detained", "held" if pair.held else "not held", told, first(active)
            )
        gone = self.bails(pair, "ABSCONDED", "ended_date")
        if gone and pair.held:
            yield pair.differs("absconded", "held", "absconded from bail", first(gone))
        prisons = {row["prison_id"] for row in self.registers["prison.prisons"]}
        began = [
            row["start_date"]
            for row in pair.detentions
            if has_text(row["place_id"]) and row["place_id"] not in prisons
        ]
        if began:
            yield pair.differs("unknown-prison", "no such prison", "detained there", first(began))

    def bails(self, pair: Pair, status: str, name: str) -> list[date | None]:
        """The days, known or not, of the bails of a status that began by the night."""
        days: list[date | None] = [row[name] for row in pair.bails if row["bail_status"] == status]
        return [day for day in days if not self.is_ahead(day)]


def in_words(day: date | None) -> str:
    """A day as ``25 April 2006``."""
    return f"{day.day} {day:%B %Y}" if day else "a day that is not recorded"
