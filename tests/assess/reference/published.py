"""What is published of an episode and of its releases, and the order of the work."""

from dateutil.relativedelta import relativedelta

from jobs.contract.codes import MOVEMENT_REASON, OFFENCE
from tests.assess.reference.answers import Judgement, Released, first
from tests.assess.reference.judging import Facts, Judging, Left

SERIOUSNESS = {entry.code: entry.seriousness for entry in OFFENCE.codes}
REASONS = {entry.code for entry in MOVEMENT_REASON.codes}
POINTS = {1: 32, 2: 16, 3: 8, 4: 4, 5: 2, None: 8}
NEARNESS = ((7, 24), (30, 16), (90, 8), (180, 4), (365, 2))


class Published(Judging):
    """The columns of the results, and the rank of the work."""

    def judgement(self, facts: Facts) -> Judgement:
        """The columns of the assessment of one episode."""
        episode, term, out = facts.episode, facts.term, facts.out
        status, scope, rule = self.standing(facts)
        decided, referral = self.decision(facts), self.referral(facts)
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
            is_court_recommended=self.recommended(episode),
            is_in_custody=out.kind == "held",
            is_released=out.kind == "released",
            is_due=self.is_due(facts),
            release_date=out.day if out.kind == "released" else None,
            earliest_release_date=expected,
            days_to_release=(expected - self.night).days if expected else None,
            due_date=facts.due if scope and not out.is_gone else None,
            sentence_date=term.first,
            sentence_days=term.length_days,
            seriousness=SERIOUSNESS.get(self.offence(episode) or ""),
            offence_code=self.offence(episode),
            case_id=self.case_relied_on(facts),
            possible_case_id=self.possible_case(facts),
            referred_date=referral.day if referral else None,
            started_date=first(self.started(case) for case in facts.spanning),
            considered_date=decided.day if decided else None,
            decision=decided.kind if decided else None,
            order_signed_date=facts.order,
            removed_date=self.removed(out, facts.cases, facts.certain, facts.anchor, facts.before),
            is_possibly_considered=facts.now.is_possibly_considered,
            link_outcome="linked"
            if facts.certain
            else "review"
            if facts.possible
            else "not_linked",
            link_probability=self.probability(episode, facts.certain),
        )

    def released(self, facts: Facts) -> list[Released]:
        """The columns of each release of one episode that consideration had to precede."""
        return [
            self.released_once(facts, each, number)
            for number, each in enumerate(self.left(facts), start=1)
        ]

    def released_once(self, facts: Facts, left: Left, number: int) -> Released:
        """The columns of one release."""
        weighing, day, missed = left.weighing, left.departure.day, left.is_missed
        relied = weighing.relied_on
        due = left.told.passed
        if weighing.limit:
            due = max(due, weighing.limit - relativedelta(months=12))
        on_time = [made for made in weighing.sure if not weighing.is_late(made)]
        lasting = [made for made in weighing.sure if made.withdrawn is None]
        referral = left.referral if left.referral and left.referral.in_time else None
        return Released(
            episode_id=facts.episode["episode_id"],
            release_number=number,
            release_date=day,
            release_reason=left.departure.reason if left.departure.reason in REASONS else None,
            returned_date=left.departure.returned,
            is_missed=missed,
            status=left.status,
            referred_date=referral.day if referral else None,
            considered_date=relied.day if relied else None,
            decision=relied.kind if relied else None,
            considered_recorded_date=relied.recorded if relied else None,
            is_recorded_after_release=not missed and not weighing.by(on_time),
            is_withdrawn_after_release=not missed and not weighing.by(lasting),
            decided_since_date=left.since.day if left.since else None,
            decided_since=left.since.kind if left.since else None,
            due_date=due,
            days_late=(day - due).days if missed and day and day >= due else None,
            unweighed_sentence=left.told.sequence if missed else None,
            is_deferral_expired=missed
            and any(
                made.is_certain
                and made.until is not None
                and weighing.limit is not None
                and day is not None
                and conviction.entered <= made.day <= weighing.limit
                and made.until < day
                and not (made.withdrawn and made.withdrawn <= day)
                for made in facts.made
                for conviction in weighing.open
            ),
            is_possibly_considered=weighing.is_possibly_considered,
        )

    # order of the work ----------------------------------------------------------------------

    def order_of_work(self) -> list[str]:
        """The episodes on which there is work to do, first things first."""
        ranked = []
        for episode in self.registers["prison.episodes"]:
            facts = self.facts(episode)
            status, _, _ = self.standing(facts)
            if status not in ("DUE", "NOT_REFERRED", "REFERRED_NOT_CONSIDERED"):
                continue
            if facts.out.kind in ("died", "removed"):
                continue
            grade = SERIOUSNESS.get(self.offence(episode) or "")
            turn, near, tie = self.urgency(facts)
            ranked.append((turn, -POINTS[grade] * near, grade or 3, tie, episode["episode_id"]))
        return [episode_id for *_, episode_id in sorted(ranked)]

    def urgency(self, facts: Facts) -> tuple[int, int, int]:
        """The turn, the points of the nearness, and what settles a tie.

        On the night's own day first; then inside and perhaps gone within seven days, within thirty;
        then held past the date, or without one; then others.
        """
        if facts.out.kind == "released":
            day = facts.out.day
            if day is None:
                return 4, 16, -(10**9)
            return (0 if day == self.night else 4), 16, (day - self.night).days
        if facts.earliest is None:
            return 3, 24, 10**9
        ahead = (facts.earliest - self.night).days
        if ahead < 0:
            return 3, 32, -ahead
        near = next((points for days, points in NEARNESS if ahead <= days), 1)
        turn = next((turn for turn, days in enumerate((0, 7, 30)) if ahead <= days), 4)
        return turn, near, ahead
