"""What counts as a consideration, which convictions it weighed, and which releases there were."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tests.assess.reference.answers import (
    Exit,
    Row,
    first,
    has_text,
    last,
    london_day,
)
from tests.assess.reference.casework import event_day
from tests.assess.reference.custody import kind_of
from tests.assess.reference.release import ReleaseDates
from tests.assess.reference.scope import Conviction

DECIDING = ("DECISION_PURSUE", "DECISION_NOT_PURSUE", "DECISION_DEFERRED")


@dataclass(frozen=True, kw_only=True)
class Made:
    """Something that counts as a consideration: when, what, in which case, and how long it stood.

    ``order`` is of no meaning: of two on one day one must be named.
    """

    day: date
    kind: str
    order: tuple[int, str]
    case: str | None
    is_certain: bool
    recorded: date | None = None
    until: date | None = None
    withdrawn: date | None = None

    def stands(self, on: date | None) -> bool:
        """Whether it was neither withdrawn nor had run out by the end of a day."""
        if on is None:
            return self.withdrawn is None and self.until is None
        gone = self.withdrawn is not None and self.withdrawn <= on
        return not gone and not (self.until is not None and self.until < on)

    @property
    def is_refusal(self) -> bool:
        """Whether it was decided not to pursue."""
        return self.kind == "DECISION_NOT_PURSUE"


@dataclass(frozen=True, kw_only=True)
class Weighing:
    """The convictions that were there by a day, and what could weigh each of them in time."""

    convictions: list[Conviction]
    clearing: dict[Conviction, list[Made]]
    limit: date | None

    def by(self, made: Iterable[Made]) -> bool:
        """Whether each conviction was weighed by one of these."""
        allowed = list(made)
        return bool(self.convictions) and all(
            any(each in allowed for each in self.clearing[conviction])
            for conviction in self.convictions
        )

    @property
    def everything(self) -> list[Made]:
        """All that weighed something."""
        return [made for clearing in self.clearing.values() for made in clearing]

    @property
    def sure(self) -> list[Made]:
        """All of it that is of a person linked for certain."""
        return [made for made in self.everything if made.is_certain]

    @property
    def is_considered(self) -> bool:
        """Whether every conviction was weighed, for certain."""
        return self.by(self.sure)

    @property
    def is_possibly_considered(self) -> bool:
        """Whether they all would be, were the possible matches certain."""
        return not self.is_considered and self.by(self.everything)

    @property
    def open(self) -> list[Conviction]:
        """The convictions that nothing certain weighed."""
        sure = self.sure
        return [
            conviction
            for conviction in self.convictions
            if not any(made in sure for made in self.clearing[conviction])
        ]

    @property
    def relied_on(self) -> Made | None:
        """Of what weighed the last conviction: one recorded in time, then the first."""
        if not self.is_considered:
            return None
        newest = max(conviction.entered for conviction in self.convictions)
        of_last = [
            made
            for conviction in self.convictions
            if conviction.entered == newest
            for made in self.clearing[conviction]
            if made.is_certain
        ]
        return min(of_last, key=lambda made: (self.is_late(made), made.day, made.order))

    def is_late(self, made: Made) -> bool:
        """Whether it was recorded after the last day in time."""
        return bool(self.limit and made.recorded and made.recorded > self.limit)


@dataclass(frozen=True, kw_only=True)
class Departure:
    """A release into the community: when, why, until when seen inside before, and back again."""

    number: int
    day: date | None
    seen: date | None
    reason: str | None
    written: date | None
    returned: date | None
    is_final: bool


class Considering(ReleaseDates):
    """Considerations and releases."""

    # considerations -------------------------------------------------------------------------

    def considerations(self, episode: Row, certain: set[str], possible: set[str]) -> list[Made]:
        """Decisions, orders and findings on the person, in the cases of either register."""
        found = []
        for people, is_certain in ((certain, True), (possible, False)):
            for case in self.cases(people):
                found += self.made_in(case, is_certain=is_certain)
        prisoners = {
            number
            for number in self.prisoners()
            if self.identity_of({"prisoner_number": number}) == self.identity_of(episode)
        }
        for alert in self.registers["prison.alerts"]:
            served = self.by_night(alert["start_date"])
            if served is None or alert["prisoner_number"] not in prisoners:
                continue
            if alert["alert_code"] == "XSDEPORT":
                order = Made(
                    day=served,
                    kind="DEPORTATION_ORDER_SIGNED",
                    order=(4, ""),
                    case=None,
                    is_certain=True,
                )
                found.append(order)
        return found

    def prisoners(self) -> set[str]:
        """Everybody whom the prison register or an identity names."""
        named = {row["prisoner_number"] for row in self.registers["prison.episodes"]}
        return named | {name for register, name in self.identity if register == "prison"}

    def made_in(self, case: Row, *, is_certain: bool) -> list[Made]:
        """What was decided, ordered or found in one case."""
        events = self.events(case)
        withdrawals = [each for each in events if each["event_type"] == "DECISION_WITHDRAWN"]
        name = case["case_id"]

        def undone(day: date) -> date | None:
            return first(
                each["occurred_date"] or day
                for each in withdrawals
                if each["occurred_date"] is None or each["occurred_date"] >= day
            )

        found = []
        for event in events:
            day, kind = event_day(event), event["event_type"]
            deferral = kind == "DECISION_DEFERRED"
            if kind not in (*DECIDING, "DEPORTATION_ORDER_SIGNED") or day is None:
                continue
            is_order = kind == "DEPORTATION_ORDER_SIGNED"
            if not is_order and not has_text(event["caseworker"]):
                continue
            if deferral and not (has_text(event["reason"]) and event["deferred_until_date"]):
                continue
            found.append(
                Made(
                    day=day,
                    kind=kind,
                    order=(2 if is_order else 0, event["event_id"]),
                    case=name,
                    is_certain=is_certain,
                    recorded=london_day(event["recorded_at"]),
                    until=event["deferred_until_date"] if deferral else None,
                    withdrawn=undone(day),
                )
            )
        row = self.row_decision(case, events)
        if row:
            day, kind = row
            found.append(
                Made(
                    day=day,
                    kind=kind,
                    order=(1, name),
                    case=name,
                    is_certain=is_certain,
                    withdrawn=undone(day),
                )
            )
        closed = self.by_night(case["closed_date"])
        if closed and has_text(case["caseworker"]) and ends_the_matter(case):
            found.append(
                Made(
                    day=closed,
                    kind="DECISION_NOT_PURSUE",
                    order=(3, name),
                    case=name,
                    is_certain=is_certain,
                    withdrawn=undone(closed),
                )
            )
        return found

    def row_decision(self, case: Row, events: list[Row]) -> tuple[date, str] | None:
        """The decision that the row of a case tells, where no event does."""
        if any(event["event_type"] in DECIDING for event in events):
            return None
        kind = {
            "PURSUE": "DECISION_PURSUE",
            "DEPORTED": "DECISION_PURSUE",
            "NOT_PURSUE": "DECISION_NOT_PURSUE",
            "ALLOWED_TO_STAY": "DECISION_NOT_PURSUE",
            "BRITISH": "DECISION_NOT_PURSUE",
        }.get(case["outcome"] or "")
        day = self.by_night(case["considered_date"])
        return (day, kind) if kind and day and has_text(case["caseworker"]) else None

    def weigh(
        self,
        convictions: list[Conviction],
        made: list[Made],
        *,
        limit: date | None,
        until: date | None,
        latest: date | None,
    ) -> Weighing:
        """Which of these weighed which convictions in time, and stood on the day."""
        there = [c for c in convictions if latest is None or c.passed <= latest]
        return Weighing(
            convictions=there,
            clearing={
                conviction: [
                    each
                    for each in made
                    if limit is not None
                    and conviction.entered <= each.day <= limit
                    and each.stands(until)
                ]
                for conviction in there
            },
            limit=limit,
        )

    # releases -------------------------------------------------------------------------------

    def departures(self, episode: Row, out: Exit, limit: date | None) -> list[Departure]:
        """Every release of an episode; those with nothing between them are one."""
        movements = self.movements(episode)
        found = []
        for block in self.in_a_row(episode):
            rows = [row for row in block if out.kind == "released" or row is not out.row]
            parts = self.apart(episode, rows)
            for part, following in zip(parts, [*parts, None][1:], strict=True):
                if following is None and out.kind == "released" and out.row in part:
                    continue
                dated = [row for row in part if row["movement_date"]]
                told = min(dated, key=lambda row: row["movement_date"], default=part[-1])
                before = [
                    row["movement_date"]
                    for row in movements
                    if row["movement_sequence"] < told["movement_sequence"]
                ]
                found.append(
                    Departure(
                        number=len(found) + 1,
                        day=told["movement_date"],
                        seen=last([*before, episode["reception_date"]]),
                        reason=told["movement_reason"],
                        written=london_day(told["recorded_at"]),
                        returned=self.back(episode, part, is_followed=following is not None),
                        is_final=False,
                    )
                )
        if out.kind == "released":
            found.append(
                Departure(
                    number=len(found) + 1,
                    day=out.day,
                    seen=limit,
                    reason=out.row["movement_reason"] if out.row else None,
                    written=out.written,
                    returned=None,
                    is_final=True,
                )
            )
        return found

    def back(self, episode: Row, part: list[Row], *, is_followed: bool) -> date | None:
        """When somebody was back: an admission, or what else shows it, a sentence at last."""
        between: list[Row] = []
        mine = False
        for row in self.movements(episode):
            if row["movement_type"] == "REL" and kind_of(row["movement_reason"]) == "released":
                mine = any(row is each for each in part)
            elif mine and row["movement_type"] != "REL":
                between.append(row)
        shows = next((row for row in between if row["movement_type"] == "ADM"), None)
        shows = shows or (between[0] if between else None)
        if shows or not is_followed:
            return shows["movement_date"] if shows else None
        end = last([row["movement_date"] for row in part])
        counted = [self.passed(row) for row in self.sentences(episode) if self.counts(row)]
        return min((day for day in counted if day and end and day > end), default=None)


def ends_the_matter(case: Row) -> bool:
    """Whether a case ended with a finding: an exception still means that somebody looked."""
    if case["stage"] == "NO_ACTION":
        return case["outcome"] in ("PURSUE", "NOT_PURSUE", "DEPORTED", "ALLOWED_TO_STAY", "BRITISH")
    return case["stage"] in ("EXEMPT", "BRITISH", "LEAVE_GRANTED")
