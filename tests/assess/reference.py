"""The rules once more, slow and obvious: one episode at a time, in plain Python.

Nothing is shared with `jobs.assess` but the code lists; the numbers of the rules are written out.
The fast assessment must agree with this on whatever registers Hypothesis invents.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from jobs.codes import NATIONALITY, OFFENCE, REMOVAL_REASONS

Row = Mapping[str, Any]
Registers = Mapping[str, list[dict[str, Any]]]

NATIONALITIES = {entry.code: entry for entry in NATIONALITY.codes}
OFFENCES = {entry.code: entry for entry in OFFENCE.codes}
DECISIONS = ("DECISION_PURSUE", "DECISION_NOT_PURSUE", "DECISION_DEFERRED")
RELEASE_DATES = (
    "confirmed_release_date",
    "conditional_release_date",
    "conditional_release_override_date",
    "automatic_release_date",
    "automatic_release_override_date",
    "parole_eligibility_date",
    "home_detention_curfew_eligibility_date",
    "tariff_date",
)
LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the rules say of one episode."""

    status: str
    is_in_scope: bool
    scope_rule_id: str
    is_in_custody: bool
    is_released: bool
    release_date: date | None
    earliest_release_date: date | None
    due_date: date | None
    sentence_days: int | None
    seriousness: int | None
    offence_code: str | None
    case_id: str | None
    possible_case_id: str | None
    referred_date: date | None
    started_date: date | None
    considered_date: date | None
    decision: str | None
    order_signed_date: date | None
    removed_date: date | None
    is_possibly_considered: bool
    link_outcome: str


class Reference:
    """The registers, the links and the night, and a judgement on each episode."""

    def __init__(
        self, registers: Registers, links: list[Row], identities: list[Row], night: date
    ) -> None:
        self.registers, self.links, self.night = registers, links, night
        self.identity = {
            (row["register"], row["person_id"]): row["identity_id"] for row in identities
        }
        self.persons = {row["prisoner_number"]: row for row in registers["prison.persons"]}

    def judge_all(self) -> dict[str, Judgement]:
        """A judgement on every episode."""
        return {
            episode["episode_id"]: self.judge(episode)
            for episode in self.registers["prison.episodes"]
        }

    def judge(self, episode: Row) -> Judgement:
        """The judgement on one episode."""
        term = self.term(episode)
        out = self.exit(episode)
        certain, possible = self.people(episode)
        nationality = self.nationality(episode, term, certain)
        anchor = self.anchor(episode)
        before = self.next_anchor(episode, anchor)
        limit = self.limit(episode, term, out)
        cases = self.cases(certain)
        spanning = [case for case in cases if self.spans(case, episode, anchor, before)]
        decisions = sorted(
            (decision for case in cases for decision in self.decisions(case)),
            key=lambda decision: (decision["day"], decision["order"]),
        )
        mine = [entry for entry in decisions if _within(entry["day"], anchor, before)]
        timely = [entry for entry in mine if limit is not None and entry["day"] <= limit]
        late = [entry for entry in mine if entry not in timely]
        order = _first(
            day
            for case in cases
            for day in self.event_days(case, "DEPORTATION_ORDER_SIGNED")
            if _within(day, anchor, before)
        )
        served = _first(
            alert["start_date"]
            for alert in self.registers["prison.alerts"]
            if alert["prisoner_number"] == episode["prisoner_number"]
            and alert["alert_code"] == "XSDEPORT"
            and alert["start_date"]
            and alert["start_date"] <= self.night
            and _within(alert["start_date"], anchor, before)
        )
        ordered = _first([order, served])
        under_order = (
            out.kind == "removed"
            and ordered is not None
            and not (out.day is not None and ordered > out.day)
        )
        begins = date(2008, 8, 1)
        decided_before = any(
            entry["kind"] == "DECISION_PURSUE" and entry["day"] < begins for entry in timely[:1]
        ) or bool(order and order < begins)
        held_over = (
            self.night >= begins
            and term.selects < begins
            and bool(term.first and term.first < begins)
            and not (out.day and out.day < begins)
            and not decided_before
        )
        scope, rule = self.scope(episode, term, nationality, held_over=held_over)
        considered = bool(timely) or under_order
        declined = any(entry["kind"] == "DECISION_NOT_PURSUE" for entry in timely)
        verify = nationality.verify and not declined and out.kind != "died"
        nobody_left = out.kind == "died" or (out.kind == "removed" and not verify)
        if scope and nobody_left and not considered:
            scope, rule = False, f"exit.{out.kind}"
        earliest = self.earliest_release(episode, term)
        due = term.selects
        if earliest is not None:
            due = max(due, earliest - relativedelta(months=12))
        referrals = [self.referred(case) for case in spanning]
        in_time = any(
            day is None or not (out.is_gone and out.day is not None and day > out.day)
            for day in referrals
        )
        status = self.status(
            scope=scope,
            verify=verify,
            considered=considered,
            released=out.kind == "released",
            due=due,
            late=bool(late),
            referred=in_time,
        )
        decided = (timely or late or [None])[0]
        possibly = not timely and any(
            limit is not None and entry["day"] <= limit and _within(entry["day"], anchor, before)
            for case in self.cases(possible)
            for entry in self.decisions(case)
        )
        return Judgement(
            status=status,
            is_in_scope=scope,
            scope_rule_id=rule,
            is_in_custody=out.kind == "held",
            is_released=out.kind == "released",
            release_date=out.day if out.kind == "released" else None,
            earliest_release_date=None if out.is_gone else earliest,
            due_date=due if scope and not out.is_gone else None,
            sentence_days=term.length_days,
            seriousness=self.seriousness(episode),
            offence_code=self.offence(episode),
            case_id=decided["case"] if decided else self.referral(spanning, out)[1],
            possible_case_id=self.possible_case(episode, possible, limit, anchor, before),
            referred_date=self.referral(spanning, out)[0],
            started_date=_first(self.started(case) for case in spanning),
            considered_date=decided["day"] if decided else None,
            decision=decided["kind"] if decided else None,
            order_signed_date=order,
            removed_date=self.removed(out, cases, certain, anchor, before),
            is_possibly_considered=possibly,
            link_outcome="linked" if certain else "review" if possible else "not_linked",
        )

    def status(
        self,
        *,
        scope: bool,
        verify: bool,
        considered: bool,
        released: bool,
        due: date,
        late: bool,
        referred: bool,
    ) -> str:
        if not scope:
            return "OUT_OF_SCOPE"
        if verify:
            return "VERIFY_NATIONALITY"
        if considered:
            return "CONSIDERED"
        if not released:
            return "DUE" if due <= self.night else "NOT_YET_DUE"
        if late:
            return "CONSIDERED_LATE"
        return "REFERRED_NOT_CONSIDERED" if referred else "NOT_REFERRED"

    # sentences ------------------------------------------------------------------------------

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

    def term(self, episode: Row) -> "Term":
        rows = self.sentences(episode)
        counted = [row for row in rows if self.counts(row)]
        lost = not rows and not self.is_unsentenced(episode)
        fixed = []
        undetermined = lost
        for row in counted:
            if _is_indeterminate(row):
                continue
            chain = self.chain(row, rows)
            if chain is None:
                undetermined = True
                continue
            months, days, root = chain
            start = self.started_on(root, episode)
            ends = start + relativedelta(months=months) + timedelta(days=days)
            fixed.append(((ends - start).days, -row["sentence_sequence"], start, months, days))
        longest = max(fixed, default=None, key=lambda entry: entry[:2])
        selects = _some(
            _first(self.passed(row) for row in counted),
            _first(row["conviction_date"] for row in counted),
            episode["sentence_start_date"],
            episode["reception_date"],
            self.night,
        )
        singles = [self.single(row, rows, episode) for row in counted if not _is_indeterminate(row)]
        return Term(
            is_sentenced=bool(counted) or lost,
            undetermined=undetermined,
            indeterminate=any(_is_indeterminate(row) for row in counted),
            longest=longest[2:] if longest else None,
            length_days=longest[0] if longest else None,
            singles=[single for single in singles if single],
            selects=selects,
            first=_first(self.passed(row) for row in counted)
            or (episode["sentence_start_date"] if counted else None),
            conduct=_last(row["offence_date"] for row in counted) or selects,
        )

    def chain(self, row: Row, rows: list[Row]) -> tuple[int, int, Row] | None:
        by_sequence = {each["sentence_sequence"]: each for each in rows}
        months = days = 0
        seen: set[int] = set()
        while True:
            if row["sentence_sequence"] in seen:
                return None
            seen.add(row["sentence_sequence"])
            if self.counts(row) and not _is_indeterminate(row):
                own = _own_term(row)
                if own is None:
                    return None
                months, days = months + own[0], days + own[1]
            follows = row["consecutive_to_sequence"]
            if follows is None:
                return months, days, row
            if follows not in by_sequence:
                return None
            row = by_sequence[follows]

    def single(self, row: Row, rows: list[Row], episode: Row) -> tuple[date, int, int] | None:
        own = _own_term(row)
        if own is None or own == (0, 0):
            return None
        root, steps = row, 0
        by_sequence = {each["sentence_sequence"]: each for each in rows}
        while root["consecutive_to_sequence"] in by_sequence and steps < len(rows):
            root, steps = by_sequence[root["consecutive_to_sequence"]], steps + 1
        return self.started_on(root, episode), *own

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

    def anchor(self, episode: Row) -> date | None:
        term = self.term(episode)
        recommended = episode["imprisonment_status"] == "REC_DEP"
        if not term.is_sentenced and not recommended:
            return None
        counted = [row for row in self.sentences(episode) if self.counts(row)]
        return (
            _first(day for row in counted for day in (self.passed(row), row["conviction_date"]))
            or term.selects
        )

    def next_anchor(self, episode: Row, anchor: date | None) -> date | None:
        if anchor is None:
            return None
        return _first(
            other
            for each in self.registers["prison.episodes"]
            if self.identity_of(each) == self.identity_of(episode)
            for other in [self.anchor(each)]
            if other is not None and other > anchor
        )

    def offence(self, episode: Row) -> str | None:
        """The most serious offence, the first in the code list among equals."""
        codes = list(OFFENCES)
        held = [row["offence_code"] for row in self.sentences(episode)]
        known = [code for code in held if code in OFFENCES]
        return min(
            known, key=lambda code: (OFFENCES[code].seriousness, codes.index(code)), default=None
        )

    def seriousness(self, episode: Row) -> int | None:
        return min(
            (
                OFFENCES[row["offence_code"]].seriousness
                for row in self.sentences(episode)
                if row["offence_code"] in OFFENCES
            ),
            default=None,
        )

    # custody --------------------------------------------------------------------------------

    def movements(self, episode: Row) -> list[Row]:
        return sorted(
            (
                row
                for row in self.registers["prison.movements"]
                if row["episode_id"] == episode["episode_id"]
                and self.is_known(row)
                and not (row["movement_date"] and row["movement_date"] > self.night)
            ),
            key=lambda row: row["movement_sequence"],
        )

    def exit(self, episode: Row) -> "Exit":
        movements = self.movements(episode)
        turns = [row for row in movements if row["movement_type"] in ("REL", "ADM")]
        exits = [row for row in turns if row["movement_type"] == "REL"]
        last = turns[-1] if turns else None
        own_day = episode["last_movement_date"]
        says_exit = episode["last_movement_type"] == "REL"
        row_exit = (
            own_day if says_exit or not (episode["last_movement_type"] or "").strip() else None
        )
        if row_exit and row_exit > self.night:
            row_exit = None
        own_kind = self.own_kind(episode)
        if last and last["movement_type"] == "REL":
            reason = last["movement_reason"]
            kind = _kind(reason) if (reason or "").strip() else own_kind
            return Exit(kind=kind, day=last["movement_date"] or row_exit, row=last)
        entered = last["movement_date"] if last else None
        returned = bool(exits)
        stale = returned and not (own_day and entered and own_day > entered)
        leaves = says_exit and not (own_day and own_day > self.night) and not stale
        if episode["status"] == "INACTIVE OUT" or leaves:
            if row_exit and entered and row_exit < entered:
                row_exit = None
            return Exit(kind=own_kind, day=row_exit, row=None)
        return Exit(kind="held", day=None, row=None)

    def own_kind(self, episode: Row) -> str:
        reason = episode["last_movement_reason"]
        is_exit = (
            episode["last_movement_type"] == "REL"
            or not (episode["last_movement_type"] or "").strip()
        )
        kind = _kind(reason) if is_exit else "released"
        known_release = reason in ("CR", "NP", "PX", "HR", "HU", "BL", "BD", "RE")
        if kind == "released" and episode["legal_status"] == "DEAD" and not known_release:
            return "died"
        return kind

    def limit(self, episode: Row, term: "Term", out: "Exit") -> date | None:
        if not out.is_gone:
            return self.night
        if out.day is not None:
            return out.day
        seen = [
            row["movement_date"]
            for row in self.movements(episode)
            if out.row is None or row["movement_sequence"] < out.row["movement_sequence"]
        ]
        first = term.first if term.first and term.first <= self.night else None
        return _last([*seen, episode["reception_date"], first])

    def earliest_release(self, episode: Row, term: "Term") -> date | None:
        floor = term.first or episode["reception_date"]
        candidates = [*(episode[name] for name in RELEASE_DATES), self.recomputed(episode, term)]
        return _first(day for day in candidates if day and not (floor and day < floor))

    def recomputed(self, episode: Row, term: "Term") -> date | None:
        """Parole, or the release point, worked out from the sentences."""
        if term.indeterminate:
            return episode["tariff_date"]
        if term.undetermined or term.longest is None:
            return None
        rows = self.sentences(episode)
        counted = [row for row in rows if self.counts(row)]
        points, remands = [], [0]
        for row in counted:
            months, days, root = self.chain(row, rows) or (0, 0, row)
            start = self.started_on(root, episode)
            points.append(start + timedelta(days=_to_serve(row, start, months, days)))
            remands.append(self.remand(row, rows))
        added = max(episode["additional_days_awarded"] or 0, 0)
        day = max(points) + timedelta(days=added - max(remands))
        return max(day, term.first) if term.first else day

    def remand(self, row: Row, rows: list[Row]) -> int:
        by_sequence = {each["sentence_sequence"]: each for each in rows}
        total = max(row["remand_days"] or 0, 0)
        while row["consecutive_to_sequence"] is not None:
            row = by_sequence[row["consecutive_to_sequence"]]
            total += max(row["remand_days"] or 0, 0)
        return total

    def started_on(self, root: Row, episode: Row) -> date:
        return _some(
            self.passed(root),
            root["conviction_date"],
            episode["sentence_start_date"],
            episode["reception_date"],
            self.night,
        )

    # people and nationality -------------------------------------------------------------------

    def identity_of(self, episode: Row) -> str:
        number = episode["prisoner_number"]
        return self.identity.get(("prison", number), f"alone {number}")

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

    def nationality(self, episode: Row, term: "Term", certain: set[str]) -> "Weighed":
        person = self.persons.get(episode["prisoner_number"], {})
        first = NATIONALITIES.get(person.get("nationality") or "")
        second = NATIONALITIES.get(person.get("second_nationality") or "")
        there = [
            row for row in self.registers["immigration.persons"] if row["cid_person_id"] in certain
        ]
        cases = [
            case
            for case in self.registers["immigration.cases"]
            if case["cid_person_id"] in certain and self.is_known(case)
        ]
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
        recommended = episode["imprisonment_status"] == "REC_DEP"
        against = british and other is not None and firm and not says_british
        verify = (
            (not british and second is not None and second.is_british)
            or (not british and says_british)
            or against
            or (british and recommended)
        )
        group = _group(first, second, term)
        if not british and not unclear and other and other not in (first, second):
            group = "unclear"
        if against:
            group = _group(other, None, term)
        return Weighed(group=group, verify=verify)

    # scope ----------------------------------------------------------------------------------

    def scope(
        self, episode: Row, term: "Term", nationality: "Weighed", *, held_over: bool
    ) -> tuple[bool, str]:
        met, rule = self.criterion(episode, term, nationality)
        if not met and self.duty(term, nationality, held_over=held_over):
            return True, "duty.transitional" if held_over else "duty.condition-1"
        return met, rule

    def criterion(self, episode: Row, term: "Term", nationality: "Weighed") -> tuple[bool, str]:
        group = nationality.group
        everybody = term.selects >= date(2018, 1, 1)
        strict = group in ("unclear", "other")
        answers = [
            (episode["imprisonment_status"] == "REC_DEP", True, "referral.court-recommendation"),
            (group == "british", False, "nationality.british"),
            (not term.is_sentenced, False, "referral.not-sentenced"),
            (group == "irish", False, "referral.irish"),
            (group == "unclear" and term.reaches(12), True, "referral.unclear-length"),
            (group == "other" and term.reaches(12), True, "referral.non-eea-length"),
            (group == "eea" and not everybody and term.reaches(24), True, "referral.eea-length"),
            (strict and self.adds_up(episode, term), True, "referral.aggregate"),
            (everybody, True, "referral.every-foreign-national"),
            (term.undetermined, True, "referral.undetermined"),
            (group == "unclear", False, "referral.unclear-length"),
            (group == "eea", False, "referral.eea-length"),
            (True, False, "referral.non-eea-length"),
        ]
        return next((met, rule) for holds, met, rule in answers if holds)

    def adds_up(self, episode: Row, term: "Term") -> bool:
        if term.longest is None:
            return False
        earlier = []
        for each in self.registers["prison.episodes"]:
            other = self.term(each)
            if (
                self.identity_of(each) == self.identity_of(episode)
                and other.longest is not None
                and term.selects - relativedelta(years=5) <= other.selects < term.selects
            ):
                earlier.append((-other.length_days, each["episode_id"], other.longest))
        start, months, days = term.longest
        used = sorted(earlier)[:2]
        for _, _, (_, more_months, more_days) in used:
            months, days = months + more_months, days + more_days
        ends = start + relativedelta(months=months) + timedelta(days=days)
        return bool(used) and ends >= start + relativedelta(months=12)

    def duty(self, term: "Term", nationality: "Weighed", *, held_over: bool) -> bool:
        if nationality.group == "british" or not term.is_sentenced:
            return False
        if nationality.group == "irish" and term.conduct >= date(2021, 1, 1):
            return False
        one = any(
            start + relativedelta(months=months) + timedelta(days=days)
            >= start + relativedelta(months=12)
            for start, months, days in term.singles
        )
        return (held_over or term.selects >= date(2008, 8, 1)) and (term.indeterminate or one)

    # cases ----------------------------------------------------------------------------------

    def is_known(self, row: Row) -> bool:
        recorded: datetime | None = row["recorded_at"]
        return recorded is None or recorded.astimezone(LONDON).date() <= self.night

    def cases(self, people: set[str]) -> list[Row]:
        return sorted(
            (
                case
                for case in self.registers["immigration.cases"]
                if case["cid_person_id"] in people
                and case["case_type"] == "CRIMINAL"
                and self.is_known(case)
            ),
            key=lambda case: case["case_id"],
        )

    def events(self, case: Row) -> list[Row]:
        return sorted(
            (
                event
                for event in self.registers["immigration.events"]
                if event["case_id"] == case["case_id"]
                and self.is_known(event)
                and not (event["occurred_date"] and event["occurred_date"] > self.night)
            ),
            key=lambda event: event["event_id"],
        )

    def event_days(self, case: Row, event_type: str) -> list[date]:
        days = [
            _event_day(event) for event in self.events(case) if event["event_type"] == event_type
        ]
        return [day for day in days if day is not None]

    def by_night(self, day: date | None) -> date | None:
        return day if day is not None and day <= self.night else None

    def referred(self, case: Row) -> date | None:
        day = _first(
            [
                self.by_night(case["referral_received_date"]),
                self.by_night(case["opened_date"]),
                *self.event_days(case, "REFERRED"),
            ]
        )
        recorded = case["recorded_at"]
        return day or (recorded.astimezone(LONDON).date() if recorded else None)

    def referral(self, spanning: list[Row], out: "Exit") -> tuple[date | None, str | None]:
        """The day of the referral relied on, and its case: in good time, then the earliest."""
        days = [self.referred(case) for case in spanning]
        after = [
            day is not None and out.is_gone and out.day is not None and day > out.day
            for day in days
        ]
        ranked = sorted(
            (late, day or date.max, case["case_id"], day)
            for late, day, case in zip(after, days, spanning, strict=True)
        )
        return (ranked[0][3], ranked[0][2]) if ranked else (None, None)

    def possible_case(
        self,
        episode: Row,
        possible: set[str],
        limit: date | None,
        anchor: date | None,
        before: date | None,
    ) -> str | None:
        """A case of a possible match: one with a decision in time first."""

        def holds(case: Row) -> bool:
            return any(
                limit is not None
                and entry["day"] <= limit
                and _within(entry["day"], anchor, before)
                for entry in self.decisions(case)
            )

        ranked = sorted(
            (not holds(case), case["case_id"])
            for case in self.cases(possible)
            if self.spans(case, episode, anchor, before)
        )
        return ranked[0][1] if ranked else None

    def started(self, case: Row) -> date | None:
        return _first([self.by_night(case["started_date"]), *self.event_days(case, "STARTED")])

    def spans(self, case: Row, episode: Row, anchor: date | None, before: date | None) -> bool:
        start = episode["reception_date"] or anchor
        closed = self.by_night(case["closed_date"])
        if closed and start and closed < start:
            return False
        referred = self.referred(case)
        return not (referred and before and referred >= before)

    def decisions(self, case: Row) -> list[dict[str, Any]]:
        """The decisions of a case that count, with their day."""
        events = self.events(case)
        made = [event for event in events if event["event_type"] in DECISIONS]
        withdrawn = [event for event in events if event["event_type"] == "DECISION_WITHDRAWN"]
        found = []
        for order, event in enumerate(made):
            complete = _text(event["reason"]) and event["deferred_until_date"]
            if event["event_type"] == "DECISION_DEFERRED" and not complete:
                continue
            found.append(
                (
                    _event_day(event),
                    event["caseworker"],
                    event["event_type"],
                    (0, event["event_id"], order),
                )
            )
        if not made:
            kind = {
                "PURSUE": "DECISION_PURSUE",
                "DEPORTED": "DECISION_PURSUE",
                "NOT_PURSUE": "DECISION_NOT_PURSUE",
                "ALLOWED_TO_STAY": "DECISION_NOT_PURSUE",
                "BRITISH": "DECISION_NOT_PURSUE",
            }.get(case["outcome"] or "")
            if kind:
                found.append(
                    (
                        self.by_night(case["considered_date"]),
                        case["caseworker"],
                        kind,
                        (1, case["case_id"], 0),
                    )
                )
        return [
            {"day": day, "kind": kind, "order": order, "case": case["case_id"]}
            for day, caseworker, kind, order in found
            if day is not None
            and _text(caseworker)
            and not any(
                event["occurred_date"] is None or event["occurred_date"] >= day
                for event in withdrawn
            )
        ]

    def removed(
        self,
        out: "Exit",
        cases: list[Row],
        certain: set[str],
        anchor: date | None,
        before: date | None,
    ) -> date | None:
        days = [day for case in cases for day in self.event_days(case, "REMOVED")]
        days += [
            row["removed_date"]
            for row in self.registers["immigration.removals"]
            if row["cid_person_id"] in certain and self.by_night(row["removed_date"])
        ]
        mine = [day for day in days if _within(day, anchor, before)]
        return _first([*mine, out.day if out.kind == "removed" else None])


@dataclass(frozen=True, kw_only=True)
class Term:
    """What the sentences of an episode come to."""

    is_sentenced: bool
    undetermined: bool
    indeterminate: bool
    longest: tuple[date, int, int] | None
    length_days: int | None
    singles: list[tuple[date, int, int]]
    selects: date
    first: date | None
    conduct: date

    def reaches(self, months: int) -> bool:
        """Whether the length comes to so many calendar months."""
        if self.indeterminate:
            return True
        if self.longest is None:
            return False
        start, own_months, own_days = self.longest
        ends = start + relativedelta(months=own_months) + timedelta(days=own_days)
        return ends >= start + relativedelta(months=months)


@dataclass(frozen=True, kw_only=True)
class Exit:
    """How and when somebody left; ``held`` if they did not."""

    kind: str
    day: date | None
    row: Row | None

    @property
    def is_gone(self) -> bool:
        """Released, removed or dead."""
        return self.kind in ("released", "removed", "died")


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """The nationality group, and whether a person must verify the nationality."""

    group: str
    verify: bool


def _group(first: Any, second: Any, term: Term) -> str:
    if first is None or first.is_unknown:
        return "unclear"
    if first.is_british:
        return "british"
    held = [entry for entry in (first, second) if entry is not None]
    if any(entry.is_irish for entry in held):
        return "irish"
    eea_conduct = date(1994, 1, 1) <= term.conduct < date(2021, 1, 1)
    member = any(entry.eea_from and entry.eea_from <= term.selects for entry in held)
    return "eea" if member and eea_conduct else "other"


def _kind(reason: str | None) -> str:
    if reason in REMOVAL_REASONS:
        return "removed"
    return {"DEC": "died", "HP": "hospital", "UAL": "away", "ESCP": "away", "ET": "centre"}.get(
        reason or "", "released"
    )


def _to_serve(row: Row, start: date, months: int, days: int) -> int:
    """Days to parole or release of a whole term, by the regime of the conduct."""
    ends = start + relativedelta(months=months) + timedelta(days=days)
    length = (ends - start).days
    conduct = row["offence_date"] or start
    kind = row["calculation_type"]
    half = -(-length // 2)
    if kind == "ADIMP_1991" or (kind != "ADIMP" and conduct < date(2005, 4, 4)):
        return half
    under_five_years = ends < start + relativedelta(months=60)
    begins = date(2024, 9, 10) if under_five_years else date(2024, 10, 22)
    return min(half, max(-(-2 * length // 5), (begins - start).days))


def _is_indeterminate(row: Row) -> bool:
    return row["calculation_type"] in ("LIFE", "IPP", "HOSP")


def _own_term(row: Row) -> tuple[int, int] | None:
    parts = [row[f"term_{unit}"] for unit in ("years", "months", "weeks", "days")]
    if all(part is None for part in parts) or any(part is not None and part < 0 for part in parts):
        return None
    years, months, weeks, days = (part or 0 for part in parts)
    return 12 * years + months, 7 * weeks + days


def _event_day(event: Row) -> date | None:
    recorded = event["recorded_at"]
    return event["occurred_date"] or (recorded.astimezone(LONDON).date() if recorded else None)


def _within(day: date, anchor: date | None, before: date | None) -> bool:
    return anchor is not None and day >= anchor and not (before is not None and day >= before)


def _text(value: str | None) -> bool:
    return bool((value or "").strip())


def _some(*days: date | None) -> date:
    return next(day for day in days if day is not None)


def _first(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _last(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)
