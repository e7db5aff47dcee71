"""Whether deportation must be considered, and whether the law demands it."""

from datetime import date

from tests.assess.reference.answers import Row, Term, Weighed, later
from tests.assess.reference.casework import Casework


class Scope(Casework):
    """The criteria, the duty and the exceptions from it."""

    def scope(
        self, episode: Row, term: Term, nationality: Weighed, *, held_over: bool
    ) -> tuple[bool, str]:
        met, rule = self.criterion(episode, term, nationality)
        if not met and self.duty(term, nationality, held_over=held_over):
            return True, "duty.transitional" if held_over else "duty.condition-1"
        return met, rule

    def criterion(self, episode: Row, term: Term, nationality: Weighed) -> tuple[bool, str]:
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

    def adds_up(self, episode: Row, term: Term) -> bool:
        if term.longest is None:
            return False
        earlier = []
        since = later(term.selects, months=-60)
        for each in self.same_person(episode):
            other = self.term(each)
            if other.longest is not None and since <= other.selects < term.selects:
                earlier.append((-other.length_days, each["episode_id"], other.longest))
        start, months, days = term.longest
        used = sorted(earlier)[:2]
        for _, _, (_, more_months, more_days) in used:
            months, days = months + more_months, days + more_days
        ends = later(start, months=months, days=days)
        return bool(used) and ends >= later(start, months=12)

    def duty(self, term: Term, nationality: Weighed, *, held_over: bool) -> bool:
        if nationality.group == "british" or not term.is_sentenced:
            return False
        if nationality.group == "irish" and term.conduct >= date(2021, 1, 1):
            return False
        one = any(
            later(start, months=months, days=days) >= later(start, months=12)
            for start, months, days in term.singles
        )
        return (held_over or term.selects >= date(2008, 8, 1)) and (term.indeterminate or one)
