"""What the immigration service did: cases, referrals, decisions, orders and removals."""

from datetime import date

from tests.assess.reference.answers import Exit, Row, first, london_day, within
from tests.assess.reference.people import People


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

    def started(self, case: Row) -> date | None:
        return first([self.by_night(case["started_date"]), *self.event_days(case, "STARTED")])

    def spans(self, case: Row, episode: Row, anchor: date | None, before: date | None) -> bool:
        start = episode["reception_date"] or anchor
        closed = self.by_night(case["closed_date"])
        if closed and start and closed < start:
            return False
        referred = self.referred(case)
        return not (referred and before and referred >= before)

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
