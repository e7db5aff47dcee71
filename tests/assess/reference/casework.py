"""What the immigration service did: cases, referrals, decisions, orders and removals."""

from datetime import date
from typing import Any

from tests.assess.reference.answers import Exit, Row, first, has_text, london_day, within
from tests.assess.reference.people import People

DECISIONS = ("DECISION_PURSUE", "DECISION_NOT_PURSUE", "DECISION_DEFERRED")


class Casework(People):
    """Cases, and which of them belong to an episode."""

    def cases(self, people: set[str]) -> list[Row]:
        mine = self.rows_of("immigration.cases", people)
        return sorted(
            (case for case in mine if case["case_type"] == "CRIMINAL" and self.is_known(case)),
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
            event_day(event) for event in self.events(case) if event["event_type"] == event_type
        ]
        return [day for day in days if day is not None]

    def first_event(
        self, event_type: str, cases: list[Row], anchor: date | None, before: date | None
    ) -> date | None:
        """The first day of such an event that belongs to the sentence."""
        return first(
            day
            for case in cases
            for day in self.event_days(case, event_type)
            if within(day, anchor, before)
        )

    def referred(self, case: Row) -> date | None:
        day = first(
            [
                self.by_night(case["referral_received_date"]),
                self.by_night(case["opened_date"]),
                *self.event_days(case, "REFERRED"),
            ]
        )
        return day or london_day(case["recorded_at"])

    def referral(self, spanning: list[Row], out: Exit) -> tuple[date | None, str | None]:
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
                limit is not None and entry["day"] <= limit and within(entry["day"], anchor, before)
                for entry in self.decisions(case)
            )

        ranked = sorted(
            (not holds(case), case["case_id"])
            for case in self.cases(possible)
            if self.spans(case, episode, anchor, before)
        )
        return ranked[0][1] if ranked else None

    def started(self, case: Row) -> date | None:
        return first([self.by_night(case["started_date"]), *self.event_days(case, "STARTED")])

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
            complete = has_text(event["reason"]) and event["deferred_until_date"]
            if event["event_type"] == "DECISION_DEFERRED" and not complete:
                continue
            found.append(
                (
                    event_day(event),
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
            and has_text(caseworker)
            and not any(
                event["occurred_date"] is None or event["occurred_date"] >= day
                for event in withdrawn
            )
        ]

    def removed(
        self,
        out: Exit,
        cases: list[Row],
        certain: set[str],
        anchor: date | None,
        before: date | None,
    ) -> date | None:
        days = [day for case in cases for day in self.event_days(case, "REMOVED")]
        days += [
            row["removed_date"]
            for row in self.rows_of("immigration.removals", certain)
            if self.by_night(row["removed_date"])
        ]
        mine = [day for day in days if within(day, anchor, before)]
        return first([*mine, out.day if out.kind == "removed" else None])


def event_day(event: Row) -> date | None:
    day: date | None = event["occurred_date"]
    return day or london_day(event["recorded_at"])
