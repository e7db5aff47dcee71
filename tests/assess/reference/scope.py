"""Whether deportation must be considered, and whether the law demands it."""

from datetime import date
from fractions import Fraction

from tests.assess.reference.answers import Row, Term, Weighed, comes_to, later
from tests.assess.reference.casework import Casework
from tests.assess.reference.sentences import is_indeterminate, own_term

DRUGS, GUNS = ("DRUGS",), ("FIREARMS",)
VIOLENT = ("MURDER", "MANSLAUGHTER", "KIDNAP", "FALSE_IMPRISONMENT", "ABH_GBH", "VIOLENCE",
           "ROBBERY", "ARSON", "FIREARMS")  # fmt: skip
SEXUAL = ("RAPE", "SEX_CHILD", "INDECENT_ASSAULT", "SEX_OTHER")


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
        irish_year = date(2006, 4, 26) <= term.selects < date(2007, 2, 19)
        any_length = date(2008, 12, 26) <= term.selects < date(2018, 1, 1)
        answers = [
            (episode["imprisonment_status"] == "REC_DEP", True, "referral.court-recommendation"),
            (group == "british", False, "nationality.british"),
            (not term.is_sentenced, False, "referral.not-sentenced"),
            (group == "irish" and irish_year and term.reaches(24), True, "referral.irish-length"),
            (group == "irish", False, "referral.irish"),
            (group == "unclear" and term.reaches(12), True, "referral.unclear-length"),
            (group == "other" and term.reaches(12), True, "referral.non-eea-length"),
            (group == "eea" and not everybody and term.reaches(24), True, "referral.eea-length"),
            (
                group == "eea"
                and date(2010, 2, 23) <= term.selects < date(2010, 7, 5)
                and self.given(episode, DRUGS + GUNS, 12),
                True,
                "referral.eea-drugs-guns",
            ),
            (
                group == "eea"
                and date(2010, 7, 5) <= term.selects < date(2018, 1, 1)
                and self.given(episode, DRUGS + VIOLENT + SEXUAL, 12),
                True,
                "referral.eea-serious",
            ),
            (strict and self.adds_up(episode, term), True, "referral.aggregate"),
            (strict and any_length and self.given(episode, DRUGS, 0), True, "referral.drugs"),
            (strict and any_length and self.given(episode, GUNS, 0), True, "referral.guns"),
            (everybody, True, "referral.every-foreign-national"),
            (term.undetermined, True, "referral.undetermined"),
            (group == "unclear", False, "referral.unclear-length"),
            (group == "eea", False, "referral.eea-length"),
            (True, False, "referral.non-eea-length"),
        ]
        return next((met, rule) for holds, met, rule in answers if holds)

    def given(self, episode: Row, offences: tuple[str, ...], months: int) -> bool:
        """Whether a sentence for one of the offences, with what it follows, is long enough."""
        rows = self.sentences(episode)
        for row in rows:
            if row["offence_code"] not in offences or not self.counts(row):
                continue
            if is_indeterminate(row) or comes_to(*self.sum_back(row, rows)) >= months:
                return True
        return False

    def sum_back(self, row: Row, rows: list[Row]) -> tuple[int, int]:
        """What is known of a sentence and those that it follows, each counted once."""
        by_sequence = {each["sentence_sequence"]: each for each in rows}
        months = days = 0
        seen: set[int] = set()
        while row["sentence_sequence"] not in seen:
            seen.add(row["sentence_sequence"])
            if self.counts(row) and not is_indeterminate(row):
                own = own_term(row) or (0, 0)
                months, days = months + own[0], days + own[1]
            row = by_sequence.get(row["consecutive_to_sequence"], row)
        return months, days

    def adds_up(self, episode: Row, term: Term) -> bool:
        """Whether a sentence and the two longest of the five years before reach twelve months."""
        if term.indeterminate or not term.is_sentenced:
            return False
        own = self.passed_for(episode)
        longest: dict[tuple[str, date], Fraction] = {}
        for stay in self.same_person(episode):
            for day, size in self.passed_for(stay):
                key = stay["episode_id"], day
                longest[key] = max(size, longest.get(key, Fraction(0)))
        for day, size in own:
            since = later(day, months=-60)
            others = sorted(more for (_, other), more in longest.items() if since <= other < day)
            if others and size + sum(others[-2:]) >= 12:
                return True
        return False

    def passed_for(self, episode: Row) -> list[tuple[date, Fraction]]:
        """The day and the length of each sentence, with those of the same day that it follows."""
        rows = self.sentences(episode)
        by_sequence = {each["sentence_sequence"]: each for each in rows}
        found = []
        for row in rows:
            if not self.counts(row) or is_indeterminate(row):
                continue
            size, seen, each = Fraction(0), set(), row
            while each["sentence_sequence"] not in seen:
                seen.add(each["sentence_sequence"])
                if self.counts(each) and not is_indeterminate(each):
                    size += comes_to(*(own_term(each) or (0, 0)))
                before = by_sequence.get(each["consecutive_to_sequence"])
                if before and self.passed(before) and self.passed(before) == self.passed(each):
                    each = before
            day = self.passed(row) or row["conviction_date"] or self.term(episode).selects
            if size:
                found.append((day, size))
        return found

    def duty(self, term: Term, nationality: Weighed, *, held_over: bool) -> bool:
        if nationality.group == "british" or not term.is_sentenced:
            return False
        if nationality.group == "irish" and term.selects >= date(2021, 1, 1):
            return False
        one = any(comes_to(*single) >= 12 for single in term.singles)
        return (held_over or term.selects >= date(2008, 8, 1)) and (term.indeterminate or one)
