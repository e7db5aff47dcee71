"""The flags of an episode: what the law and the calendar say, and what became of the person."""

from datetime import date, timedelta

import holidays

from jobs.contract.codes import TERMINAL_STAGES
from tests.assess.reference.answers import Flagged, Row, first
from tests.assess.reference.judging import Facts
from tests.assess.reference.published import Published
from tests.assess.reference.scope import DUTY_BEGINS

RESTRICTIONS = ("DETENTION_AUTHORISED", "MONITORING_ORDERED", "RESTRICTION_ORDERED")


class Flags(Published):
    """Duty, liability, exemption, release dates, deadlines, alerts and outcomes."""

    def flagged(self, facts: Facts) -> Flagged | None:
        """The flags of an episode; none where the person is simply British."""
        term, releases = facts.term, facts.releases
        met, criterion = self.criterion(facts.episode, term, facts.nationality)
        liable, rule = self.scope(facts.episode, term, facts.nationality, held_over=facts.held_over)
        if rule == "nationality.british":
            return None
        status, _, _ = self.standing(facts)
        duty = self.duty(term, facts.nationality, held_over=facts.held_over)
        exemption = self.exemption(facts, duty=duty)
        deadline = self.referral_due(facts, liable=liable)
        restricted = self.restricted(facts)
        outcome = self.outcome_shown(facts, status)
        return Flagged(
            is_duty_to_deport=duty and not exemption,
            duty_rule_id=self.duty_rule(facts) if duty and not exemption else None,
            is_liable=liable,
            liability_rule_id=rule,
            is_referral_met=met,
            referral_rule_id=criterion,
            is_exempt=exemption is not None,
            exemption_rule_id=exemption,
            computed_release_date=releases.earliest,
            computed_release_latest_date=releases.latest,
            is_release_disputed=releases.disputed is not None,
            disputed_release_date=releases.disputed,
            early_removal_date=releases.removal if liable else None,
            referral_due_date=deadline,
            is_referred_late=self.is_referred_late(facts, deadline),
            alert_days=self.alert(facts),
            restriction_date=restricted,
            is_restriction_missing=self.walked_free(facts, restricted),
            outcome=outcome,
            outcome_rule_id=f"outcome.{outcome.lower().replace('_', '-')}" if outcome else None,
        )

    def duty_rule(self, facts: Facts) -> str:
        return "duty.transitional" if facts.held_over else "duty.condition-1"

    def exemption(self, facts: Facts, *, duty: bool) -> str | None:
        """What takes the duty away; an exemption on record is shown without a duty too."""
        term, group = facts.term, facts.nationality.group
        if any(case["stage"] == "EXEMPT" for case in facts.spanning):
            return "exemption.recorded"
        if not duty:
            return None
        person = self.persons.get(facts.episode["prisoner_number"], {})
        born, convicted = person.get("date_of_birth"), self.convicted(facts.episode)
        of_the_act = term.selects >= DUTY_BEGINS or facts.held_over
        if of_the_act and born and convicted and age(born, convicted) < 18:
            return "exemption.under-18"
        if of_the_act and (term.is_hospital or facts.out.kind == "hospital"):
            return "exemption.mental-health"
        if group in ("eea", "irish") and term.selects < date(2021, 1, 1):
            return "exemption.treaty-rights"
        if facts.out.kind == "removed" and facts.out.reason == "EX":
            return "exemption.extradition"
        return None

    def referral_due(self, facts: Facts, *, liable: bool) -> date | None:
        """The tenth working day after the sentence, from October 2015 on.

        From 2018 on the day of the sentence, where release is within thirty days.
        """
        day = facts.term.selects
        if not liable or not facts.term.is_sentenced or day < date(2015, 10, 15):
            return None
        soon = day + timedelta(days=30)
        if day >= date(2018, 1, 1) and facts.earliest is not None and facts.earliest <= soon:
            return day
        closed = holidays.country_holidays("GB", subdiv="ENG")
        worked = 0
        while worked < 10:
            day += timedelta(days=1)
            worked += day.weekday() < 5 and day not in closed
        return day

    def is_referred_late(self, facts: Facts, deadline: date | None) -> bool | None:
        """Referred after the deadline, or not yet and it has passed."""
        if deadline is None:
            return None
        referral = self.referral(facts)
        return deadline < ((referral.day if referral else None) or self.night)

    def alert(self, facts: Facts) -> int | None:
        """The last of the steps towards release that somebody due has reached."""
        if not self.is_due(facts) or facts.earliest is None:
            return None
        ahead = (facts.earliest - self.night).days
        return next((step for step in (0, 7, 30, 90, 180, 365) if ahead <= step), None)

    def restricted(self, facts: Facts) -> date | None:
        """The first decision on detention, monitoring, restriction or bail before the release."""
        days = [
            day
            for case in facts.cases
            for kind in RESTRICTIONS
            for day in self.event_days(case, kind)
        ]
        days += [row["start_date"] for row in self.rows_of("immigration.detentions", facts.certain)]
        days += [row["granted_date"] for row in self.rows_of("immigration.bails", facts.certain)]
        return first(
            day
            for day in days
            if day and facts.anchor and facts.limit and facts.anchor <= day <= facts.limit
        )

    def walked_free(self, facts: Facts, restricted: date | None) -> bool:
        """Whether a release was missed before which there was no such decision either."""
        return any(
            each.is_missed
            and not (restricted and each.weighing.limit and restricted <= each.weighing.limit)
            for each in self.left(facts)
        )

    # outcomes -------------------------------------------------------------------------------

    def outcome_shown(self, facts: Facts, status: str) -> str | None:
        """The outcome of those released unconsidered, or found British after such a release."""
        outcome = self.outcome(facts)
        if any(each.is_missed for each in self.left(facts)):
            return outcome
        waits = status == "VERIFY_NATIONALITY" and facts.out.kind == "released"
        undecided = self.decision(facts) is None
        return outcome if waits and undecided and outcome == "BRITISH" else None

    def outcome(self, facts: Facts) -> str:
        """The first of the outcomes that holds."""
        relied_on = self.case_relied_on(facts)
        case = next((case for case in facts.cases if case["case_id"] == relied_on), {})
        stage, ended = case.get("stage"), case.get("outcome")
        people = self.rows_of("immigration.persons", facts.certain)
        decided = self.decision(facts)
        left = self.removed(facts.out, facts.cases, facts.certain, facts.anchor, facts.before)
        if "BRITISH" in (stage, ended):
            return "BRITISH"
        if ended == "DIED" or any(self.by_night(person["died_date"]) for person in people):
            return "DIED"
        if left or stage == "REMOVED" or ended == "DEPORTED":
            return "DEPORTED"
        if (decided and decided.is_refusal) or ended in ("NOT_PURSUE", "ALLOWED_TO_STAY"):
            return "ALLOWED_TO_STAY"
        if stage in ("LEAVE_GRANTED", "EXEMPT", "NO_ACTION"):
            return "ALLOWED_TO_STAY"
        if self.is_back_inside(facts):
            return "IN_CUSTODY"
        if any(person["located_status"] == "NOT_LOCATED" for person in people):
            return "NOT_LOCATED"
        if facts.out.kind == "released" and facts.out.day is None:
            return "NO_RELEASE_DATE"
        return self.unfinished(facts, case)

    def unfinished(self, facts: Facts, case: Row) -> str:
        """Where a case stands that has not ended: nobody looked, none, open, or merely closed."""
        if not facts.certain:
            return "NOT_SOUGHT"
        if not case:
            return "NO_CASE"
        closed = bool(self.by_night(case["closed_date"])) or case["stage"] in TERMINAL_STAGES
        return "CLOSED" if closed else "IN_PROCESS"

    def is_back_inside(self, facts: Facts) -> bool:
        """Held by a prison in any episode, or detained, on the night."""
        held = any(self.exit(each).kind == "held" for each in self.same_person(facts.episode))
        return held or any(
            self.is_detained(row) for row in self.rows_of("immigration.detentions", facts.certain)
        )

    def is_detained(self, row: Row) -> bool:
        """Whether a detention is open on the night; one without a day has begun."""
        return not self.is_ahead(row["start_date"]) and not self.by_night(row["end_date"])


def age(born: date, on: date) -> int:
    """Years completed by a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
