"""The status of an episode and of each of its releases, with everything found out on the way."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from dateutil.relativedelta import relativedelta

from tests.assess.reference.answers import (
    Exit,
    Releases,
    Row,
    Term,
    Weighed,
    first,
    last,
)
from tests.assess.reference.considering import (
    Considering,
    Departure,
    Made,
    Weighing,
)
from tests.assess.reference.scope import DUTY_BEGINS, Conviction


@dataclass(frozen=True, kw_only=True)
class Referral:
    """A referral: its day, its case, and whether it came by the time that was asked about."""

    in_time: bool
    day: date | None
    case: str


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
    convictions: list[Conviction]
    made: list[Made]
    now: Weighing
    order: date | None
    held_over: bool
    releases: Releases
    earliest: date | None
    due: date

    @property
    def must_be_verified(self) -> bool:
        """May be British, and nobody decided in time to leave them alone."""
        declined = [made for made in self.now.sure if made.is_refusal]
        return self.nationality.verify and not self.now.by(declined) and self.out.kind != "died"


@dataclass(frozen=True, kw_only=True)
class Left:
    """A release that consideration had to precede, and what is to be said of it."""

    departure: Departure
    weighing: Weighing
    is_missed: bool
    since: Made | None
    told: Conviction
    referral: Referral | None

    @property
    def is_undecided(self) -> bool:
        """Missed, and nobody has decided since."""
        return self.is_missed and self.since is None

    @property
    def status(self) -> str:
        """Considered, or how it was missed."""
        if not self.is_missed:
            return "CONSIDERED"
        referred = self.referral is not None and self.referral.in_time
        return "REFERRED_NOT_CONSIDERED" if referred else "NOT_REFERRED"


class Judging(Considering):
    """The status of each episode and of its releases."""

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
        before = self.next_anchor(episode, anchor, out)
        limit = self.limit(episode, term, out)
        cases = self.cases(certain)
        made = self.considerations(episode, certain, possible)
        nationality = self.nationality(episode, term, certain)
        held_over = self.is_held_over(term, out, anchor, made)
        convictions = self.convictions(episode, term, nationality.group, held_over=held_over)
        now = self.weigh(
            convictions,
            made,
            limit=limit,
            until=out.day if out.is_gone else self.night,
            latest=None,
        )
        earliest = self.earliest_release(episode, term)
        owed = min((conviction.passed for conviction in now.open), default=term.selects)
        return Facts(
            episode=episode,
            term=term,
            out=out,
            certain=certain,
            possible=possible,
            nationality=nationality,
            anchor=anchor,
            before=before,
            limit=limit,
            cases=cases,
            spanning=[case for case in cases if self.spans(case, episode, anchor, before)],
            convictions=convictions,
            made=made,
            now=now,
            order=self.first_event("DEPORTATION_ORDER_SIGNED", cases, anchor, before),
            held_over=held_over,
            releases=self.releases(episode, term, out.day),
            earliest=earliest,
            due=max(owed, earliest - relativedelta(months=12)) if earliest else owed,
        )

    def is_held_over(self, term: Term, out: Exit, anchor: date | None, made: list[Made]) -> bool:
        """Sentenced before the duty began, in custody that day, and not decided upon by then."""
        day_before = DUTY_BEGINS - relativedelta(days=1)
        decided = any(
            each.is_certain
            and each.kind in ("DECISION_PURSUE", "DEPORTATION_ORDER_SIGNED")
            and anchor is not None
            and anchor <= each.day < DUTY_BEGINS
            and each.stands(day_before)
            for each in made
        )
        return (
            self.night >= DUTY_BEGINS
            and term.selects < DUTY_BEGINS
            and term.first is not None
            and term.first < DUTY_BEGINS
            and not (out.day is not None and out.day < DUTY_BEGINS)
            and not decided
        )

    # releases -------------------------------------------------------------------------------

    def left(self, facts: Facts) -> list[Left]:
        """Each release that consideration had to precede."""
        in_scope, _ = self.scope_of(facts)
        if not in_scope or facts.must_be_verified:
            return []
        found = []
        for departure in self.departures(facts.episode, facts.out, facts.limit):
            limit = departure.day or departure.seen
            weighing = self.weigh(
                facts.convictions,
                facts.made,
                limit=limit,
                until=departure.day,
                latest=None if departure.is_final else departure.day or departure.returned,
            )
            if not weighing.convictions:
                continue
            gone = departure.day or self.gone_by(
                facts, departure.seen, departure.written, departure.returned
            )
            told, referral = self.told(facts, weighing, gone)
            missed = not weighing.is_considered
            later = [
                made
                for made in facts.made
                if made.is_certain
                and (limit is None or made.day > limit)
                and made.stands(self.night)
            ]
            since = min(later, key=lambda made: (made.day, made.order), default=None)
            found.append(
                Left(
                    departure=departure,
                    weighing=weighing,
                    is_missed=missed,
                    since=since if missed else None,
                    told=told,
                    referral=referral,
                )
            )
        return found

    def told(
        self, facts: Facts, weighing: Weighing, gone: date | None
    ) -> tuple[Conviction, Referral | None]:
        """The conviction to speak of: the worst that is open, unreferred first, or the last."""
        referrals = {
            conviction: self.referral_for(facts, conviction, gone)
            for conviction in weighing.convictions
        }

        def is_referred(conviction: Conviction) -> bool:
            referral = referrals[conviction]
            return referral is not None and referral.in_time

        if weighing.open:
            told = min(weighing.open, key=lambda each: (is_referred(each), each.entered))
        else:
            told = max(weighing.convictions, key=lambda each: each.entered)
        return told, referrals[told]

    def gone_by(self, facts: Facts, seen: date | None, *later: date | None) -> date | None:
        """The last day by which somebody had left of whom nobody recorded when.

        ``later``: days by which it had surely been.
        """
        expected = facts.releases.on_record or facts.releases.latest
        return last([first([expected, *later]), seen])

    def referral_for(
        self, facts: Facts, conviction: Conviction, gone: date | None
    ) -> Referral | None:
        """The first referral of a conviction: one in time, then the earliest.

        For the first conviction a case counts that was open already; for a later one only a
        referral since.
        """
        start = facts.episode["reception_date"] or facts.anchor or facts.term.selects
        is_first = facts.anchor is None or conviction.entered <= facts.anchor
        ranked = []
        for case in facts.cases:
            closed = self.by_night(case["closed_date"])
            if closed and closed < start:
                continue
            for day in (self.referred(case), *self.event_days(case, "REFERRED")):
                if not is_first and (day is None or day < conviction.entered):
                    continue
                if day is not None and facts.before is not None and day >= facts.before:
                    continue
                late = day is not None and gone is not None and day > gone
                ranked.append((late, day or date.max, case["case_id"], day))
        if not ranked:
            return None
        late, _, case_id, day = min(ranked)
        return Referral(in_time=not late, day=day, case=case_id)

    # status ---------------------------------------------------------------------------------

    def scope_of(self, facts: Facts) -> tuple[bool, str]:
        """Whether deportation must be considered, before the exit is looked at."""
        return self.scope(facts.episode, facts.term, facts.nationality, held_over=facts.held_over)

    def standing(self, facts: Facts) -> tuple[str, bool, str]:
        """The status, whether deportation must be considered, and the rule that says so."""
        scope, rule = self.scope_of(facts)
        out, left = facts.out, self.left(facts)
        nobody_left = out.kind == "died" or (out.kind == "removed" and not facts.must_be_verified)
        if scope and nobody_left and not facts.now.is_considered and not left:
            scope, rule = False, f"exit.{out.kind}"
        return self.status(facts, left, scope=scope), scope, rule

    def status(self, facts: Facts, left: list[Left], *, scope: bool) -> str:
        """The worst that holds."""
        undecided = [each.status for each in left if each.is_undecided]
        if not scope:
            return "OUT_OF_SCOPE"
        if facts.must_be_verified:
            return "VERIFY_NATIONALITY"
        if undecided:
            return "NOT_REFERRED" if "NOT_REFERRED" in undecided else "REFERRED_NOT_CONSIDERED"
        if self.is_due(facts):
            return "DUE"
        if any(each.is_missed for each in left):
            return "CONSIDERED_LATE"
        if not facts.out.is_gone and not facts.now.is_considered:
            return "NOT_YET_DUE"
        return "CONSIDERED"

    def is_due(self, facts: Facts) -> bool:
        """Not gone, consideration due by tonight, and a conviction that nothing has weighed."""
        scope, _ = self.scope_of(facts)
        return (
            scope
            and not facts.must_be_verified
            and not facts.out.is_gone
            and not facts.now.is_considered
            and facts.due <= self.night
        )

    def deciding(self, facts: Facts) -> Left | None:
        """The missed release on which the status rests: the first of the worst."""
        left = self.left(facts)
        if self.is_due(facts) and not any(each.is_undecided for each in left):
            return None
        return min(
            (each for each in left if each.is_missed),
            key=lambda each: (
                not each.is_undecided,
                each.status != "NOT_REFERRED",
                each.departure.number,
            ),
            default=None,
        )

    def decision(self, facts: Facts) -> Made | None:
        """The consideration on which the status rests."""
        worst = self.deciding(facts)
        if worst:
            return worst.since
        if facts.now.relied_on or not facts.out.is_gone:
            return facts.now.relied_on
        left = self.left(facts)
        return left[-1].weighing.relied_on if left else None

    def referral(self, facts: Facts) -> Referral | None:
        """The referral of the conviction on which the status rests."""
        worst = self.deciding(facts)
        if worst:
            return worst.referral
        if not facts.now.convictions:
            return None
        gone = facts.out.day or self.gone_by(facts, facts.limit, facts.out.written)
        return self.told(facts, facts.now, gone if facts.out.is_gone else None)[1]

    def case_relied_on(self, facts: Facts) -> str | None:
        """The case of the decision, or that of the referral."""
        decision, referral = self.decision(facts), self.referral(facts)
        if decision and decision.case:
            return decision.case
        return referral.case if referral else None

    def possible_case(self, facts: Facts) -> str | None:
        """A case of a possible match: one that holds a consideration in time first."""
        holding = {made.case for made in facts.now.everything if not made.is_certain}
        ranked = sorted(
            (case["case_id"] not in holding, case["case_id"])
            for case in self.cases(facts.possible)
            if self.spans(case, facts.episode, facts.anchor, facts.before)
        )
        return ranked[0][1] if ranked else None
