"""The status of an episode, with everything that was found out on the way."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from dateutil.relativedelta import relativedelta

from jobs.contract.codes import OFFENCE
from tests.assess.reference.answers import (
    Exit,
    Judgement,
    Releases,
    Row,
    Term,
    Weighed,
    first,
    within,
)
from tests.assess.reference.release import ReleaseDates

SERIOUSNESS = {entry.code: entry.seriousness for entry in OFFENCE.codes}
DUTY_BEGINS = date(2008, 8, 1)
POINTS = {1: 32, 2: 16, 3: 8, 4: 4, 5: 2, None: 8}
NEARNESS = ((7, 24), (30, 16), (90, 8), (180, 4), (365, 2))


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What was found out about one episode."""

    episode: Row
    term: Term
    out: Exit
    certain: set[str]
    possible: set[str]
    nationality: Weighed
    anchor: date | None
    before: date | None
    limit: date | None
    cases: list[Row]
    spanning: list[Row]
    timely: list[dict[str, Any]]
    late: list[dict[str, Any]]
    order: date | None
    is_under_order: bool
    held_over: bool
    releases: Releases
    earliest: date | None
    due: date

    @property
    def is_considered(self) -> bool:
        """Decided before release, or removed under a signed order."""
        return bool(self.timely) or self.is_under_order

    @property
    def must_be_verified(self) -> bool:
        """May be British, and nobody decided in time to leave them alone."""
        declined = any(entry["kind"] == "DECISION_NOT_PURSUE" for entry in self.timely)
        return self.nationality.verify and not declined and self.out.kind != "died"


class Judging(ReleaseDates):
    """The status of each episode and the rank of its work."""

    def facts(self, episode: Row) -> Facts:
        """What was found out about one episode, asked once."""
        name = episode["episode_id"]
        if name not in self.found:
            self.found[name] = self.find(episode)
        return self.found[name]

    @cached_property
    def found(self) -> dict[str, Facts]:
        """What has been found out so far."""
        return {}

    def find(self, episode: Row) -> Facts:
        """Find out about one episode, in the order in which a caseworker would ask."""
        term, out = self.term(episode), self.exit(episode)
        certain, possible = self.people(episode)
        anchor = self.anchor(episode)
        before = self.next_anchor(episode, anchor)
        limit = self.limit(episode, term, out)
        cases = self.cases(certain)
        made = sorted(
            (decision for case in cases for decision in self.decisions(case)),
            key=lambda decision: (decision["day"], decision["order"]),
        )
        mine = [entry for entry in made if within(entry["day"], anchor, before)]
        timely = [entry for entry in mine if limit is not None and entry["day"] <= limit]
        order = self.first_event("DEPORTATION_ORDER_SIGNED", cases, anchor, before)
        served = first(
            alert["start_date"]
            for alert in self.registers["prison.alerts"]
            if alert["prisoner_number"] == episode["prisoner_number"]
            and alert["alert_code"] == "XSDEPORT"
            and self.by_night(alert["start_date"])
            and within(alert["start_date"], anchor, before)
        )
        ordered = first([order, served])
        earliest = self.earliest_release(episode, term)
        due = term.selects
        if earliest is not None:
            due = max(due, earliest - relativedelta(months=12))
        return Facts(
            episode=episode,
            term=term,
            out=out,
            certain=certain,
            possible=possible,
            nationality=self.nationality(episode, term, certain),
            anchor=anchor,
            before=before,
            limit=limit,
            cases=cases,
            spanning=[case for case in cases if self.spans(case, episode, anchor, before)],
            timely=timely,
            late=[entry for entry in mine if entry not in timely],
            order=order,
            is_under_order=out.kind == "removed"
            and ordered is not None
            and not (out.day is not None and ordered > out.day),
            held_over=self.is_held_over(term, out, timely, order),
            releases=self.releases(episode, term, out.day),
            earliest=earliest,
            due=due,
        )

    def is_held_over(
        self, term: Term, out: Exit, timely: list[dict[str, Any]], order: date | None
    ) -> bool:
        """Sentenced before the duty began, in custody that day, and not decided upon by then."""
        decided = any(
            entry["kind"] == "DECISION_PURSUE" and entry["day"] < DUTY_BEGINS
            for entry in timely[:1]
        ) or (order is not None and order < DUTY_BEGINS)
        return (
            self.night >= DUTY_BEGINS
            and term.selects < DUTY_BEGINS
            and term.first is not None
            and term.first < DUTY_BEGINS
            and not (out.day is not None and out.day < DUTY_BEGINS)
            and not decided
        )

    def standing(self, facts: Facts) -> tuple[str, bool, str]:
        """The status, whether deportation must be considered, and the rule that says so."""
        scope, rule = self.scope(
            facts.episode, facts.term, facts.nationality, held_over=facts.held_over
        )
        out, verify = facts.out, facts.must_be_verified
        nobody_left = out.kind == "died" or (out.kind == "removed" and not verify)
        if scope and nobody_left and not facts.is_considered:
            scope, rule = False, f"exit.{out.kind}"
        return self.status(facts, scope=scope), scope, rule

    def status(self, facts: Facts, *, scope: bool) -> str:
        """The first answer that holds."""
        if not scope:
            return "OUT_OF_SCOPE"
        if facts.must_be_verified:
            return "VERIFY_NATIONALITY"
        if facts.is_considered:
            return "CONSIDERED"
        if facts.out.kind != "released":
            return "DUE" if facts.due <= self.night else "NOT_YET_DUE"
        if facts.late:
            return "CONSIDERED_LATE"
        return "REFERRED_NOT_CONSIDERED" if self.is_referred_in_time(facts) else "NOT_REFERRED"

    def is_referred_in_time(self, facts: Facts) -> bool:
        """Whether a case was referred, and not only after the release."""
        gone = facts.out.day if facts.out.is_gone else None
        days = [self.referred(case) for case in facts.spanning]
        return any(day is None or gone is None or day <= gone for day in days)

    def case_relied_on(self, facts: Facts) -> str | None:
        """The case of the decision, or that of the referral."""
        decided = (facts.timely or facts.late or [None])[0]
        return decided["case"] if decided else self.referral(facts.spanning, facts.out)[1]

    def judgement(self, facts: Facts) -> Judgement:
        """The columns of the assessment of one episode."""
        episode, term, out = facts.episode, facts.term, facts.out
        status, scope, rule = self.standing(facts)
        decided = (facts.timely or facts.late or [None])[0]
        expected = None if out.is_gone else facts.earliest
        return Judgement(
            status=status,
            status_rule_id=f"status.{status.lower().replace('_', '-')}",
            is_in_scope=scope,
            scope_rule_id=rule,
            prison_id=episode["prison_id"],
            nationality=facts.nationality.code,
            is_foreign_national=not facts.nationality.is_british,
            is_nationality_unknown=facts.nationality.is_unclear,
            is_court_recommended=episode["imprisonment_status"] == "REC_DEP",
            is_in_custody=out.kind == "held",
            is_released=out.kind == "released",
            release_date=out.day if out.kind == "released" else None,
            earliest_release_date=expected,
            days_to_release=(expected - self.night).days if expected else None,
            due_date=facts.due if scope and not out.is_gone else None,
            sentence_date=term.first,
            sentence_days=term.length_days,
            seriousness=SERIOUSNESS.get(self.offence(episode) or ""),
            offence_code=self.offence(episode),
            case_id=self.case_relied_on(facts),
            possible_case_id=self.possible_case(
                episode, facts.possible, facts.limit, facts.anchor, facts.before
            ),
            referred_date=self.referral(facts.spanning, out)[0],
            started_date=first(self.started(case) for case in facts.spanning),
            considered_date=decided["day"] if decided else None,
            decision=decided["kind"] if decided else None,
            order_signed_date=facts.order,
            removed_date=self.removed(out, facts.cases, facts.certain, facts.anchor, facts.before),
            is_possibly_considered=not facts.timely
            and any(
                facts.limit is not None
                and entry["day"] <= facts.limit
                and within(entry["day"], facts.anchor, facts.before)
                for case in self.cases(facts.possible)
                for entry in self.decisions(case)
            ),
            link_outcome="linked"
            if facts.certain
            else "review"
            if facts.possible
            else "not_linked",
            link_probability=self.probability(episode, facts.certain),
        )

    def order_of_work(self) -> list[str]:
        """The episodes on which there is work to do, first things first."""
        ranked = []
        for episode in self.registers["prison.episodes"]:
            facts = self.facts(episode)
            if self.standing(facts)[0] not in ("DUE", "NOT_REFERRED", "REFERRED_NOT_CONSIDERED"):
                continue
            grade = SERIOUSNESS.get(self.offence(episode) or "")
            released = facts.out.kind == "released"
            points = POINTS[grade] * (32 if released else self.nearness(facts.earliest))
            until = (facts.out.day if released else facts.earliest) or date.min
            ranked.append((-points, grade or 3, until, episode["episode_id"]))
        return [episode_id for *_, episode_id in sorted(ranked)]

    def nearness(self, release: date | None) -> int:
        """The points for a release that lies ahead; one that nobody knows is near."""
        if release is None:
            return 24
        ahead = (release - self.night).days
        return next((points for days, points in NEARNESS if ahead <= days), 1)
