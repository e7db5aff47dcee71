"""Whether deportation must be considered, for which convictions, and whether the law demands it."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tests.assess.reference.answers import Row, Term, Weighed, comes_to, later
from tests.assess.reference.casework import Casework
from tests.assess.reference.sentences import is_indeterminate, own_term

DUTY_BEGINS = date(2008, 8, 1)
DRUGS, GUNS = ("DRUGS",), ("FIREARMS",)
VIOLENT = ("MURDER", "MANSLAUGHTER", "KIDNAP", "FALSE_IMPRISONMENT", "ABH_GBH", "VIOLENCE",
           "ROBBERY", "ARSON", "FIREARMS")  # fmt: skip
SEXUAL = ("RAPE", "SEX_CHILD", "INDECENT_ASSAULT", "SEX_OTHER")


@dataclass(frozen=True, kw_only=True)
class Conviction:
    """A conviction that had to be considered; ``entered`` is the day from which it could be."""

    sequence: int | None
    entered: date
    passed: date


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
            (self.recommended(episode), True, "referral.court-recommendation"),
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
        return bool(self.added_up(episode, term))

    def added_up(self, episode: Row, term: Term) -> list[int]:
        """The sentences that do, where none of the episode is long enough alone."""
        if term.indeterminate or not term.is_sentenced or term.reaches(12):
            return []
        longest: dict[tuple[str, date], Fraction] = {}
        for stay in self.same_person(episode):
            for _, day, size in self.passed_for(stay):
                key = stay["episode_id"], day
                longest[key] = max(size, longest.get(key, Fraction(0)))
        found = []
        for sequence, day, size in self.passed_for(episode):
            since = later(day, months=-60)
            others = sorted(more for (_, other), more in longest.items() if since <= other < day)
            if others and size + sum(others[-2:]) >= 12:
                found.append(sequence)
        return found

    def passed_for(self, episode: Row) -> list[tuple[int, date, Fraction]]:
        """Each sentence, its day and its length, with those of the same day that it follows."""
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
                found.append((row["sentence_sequence"], day, size))
        return found

    def duty(self, term: Term, nationality: Weighed, *, held_over: bool) -> bool:
        if nationality.group == "british" or not term.is_sentenced:
            return False
        if nationality.group == "irish" and term.selects >= date(2021, 1, 1):
            return False
        one = any(comes_to(*single) >= 12 for single in term.singles)
        return (held_over or term.selects >= date(2008, 8, 1)) and (term.indeterminate or one)

    # convictions ---------------------------------------------------------------------------

    def convictions(
        self, episode: Row, term: Term, group: str, *, held_over: bool
    ) -> list[Conviction]:
        """Each sentence that is in scope by itself, or with others; else the longest."""
        recommended = self.recommended(episode)
        if not term.is_sentenced and not recommended:
            return []
        nearest = self.anchor(episode) or term.selects
        rows = self.sentences(episode)
        counted = [row for row in rows if self.counts(row)]
        days = {row["sentence_sequence"]: self.passed(row) or nearest for row in counted}
        added = self.added_up(episode, term) if group in ("other", "unclear") else []
        chosen = [
            row
            for row in counted
            if is_indeterminate(row)
            or self.chain(row, rows) is None
            or row["sentence_sequence"] in added
            or self.reaches_alone(row, rows, days[row["sentence_sequence"]], group)
            or brings_duty(row, days[row["sentence_sequence"]], group, held_over=held_over)
        ]
        if recommended and counted:
            earliest = min(counted, key=lambda row: days[row["sentence_sequence"]])
            chosen += [row for row in (earliest,) if row not in chosen]
            chosen.sort(key=lambda row: row["sentence_sequence"])
        if not chosen:
            longest = self.longest(episode, counted, rows)
            if longest is None:
                return [Conviction(sequence=None, entered=nearest, passed=nearest)]
            chosen = [longest]
        found = []
        for row in chosen:
            day = days[row["sentence_sequence"]]
            convicted = None if row["calculation_type"] == "SUSP" else row["conviction_date"]
            entered = min(day, convicted) if convicted else day
            found.append(Conviction(sequence=row["sentence_sequence"], entered=entered, passed=day))
        return found

    def longest(self, episode: Row, counted: list[Row], rows: list[Row]) -> Row | None:
        """The row whose chain is the longest term with a fixed end."""
        fixed = []
        for row in counted:
            chain = self.chain(row, rows)
            if is_indeterminate(row) or chain is None:
                continue
            months, days, root = chain
            start = self.started_on(root, episode)
            length = (later(start, months=months, days=days) - start).days
            fixed.append(((comes_to(months, days), length, -row["sentence_sequence"]), row))
        return max(fixed, default=(None, None), key=lambda entry: entry[0])[1]

    def reaches_alone(self, row: Row, rows: list[Row], day: date, group: str) -> bool:
        """Whether a sentence, with those that it follows, is long enough for its group."""
        months = comes_to(*self.sum_back(row, rows))
        offence = row["offence_code"]
        everybody = day >= date(2018, 1, 1)
        strict = group in ("other", "unclear")
        any_length = date(2008, 12, 26) <= day < date(2018, 1, 1)
        return any(
            (
                everybody,
                strict and months >= 12,
                group == "eea" and months >= 24,
                group == "irish" and date(2006, 4, 26) <= day < date(2007, 2, 19) and months >= 24,
                strict and any_length and offence in DRUGS + GUNS,
                group == "eea"
                and date(2010, 2, 23) <= day < date(2010, 7, 5)
                and offence in DRUGS + GUNS
                and months >= 12,
                group == "eea"
                and date(2010, 7, 5) <= day < date(2018, 1, 1)
                and offence in DRUGS + VIOLENT + SEXUAL
                and months >= 12,
            )
        )


def brings_duty(row: Row, day: date, group: str, *, held_over: bool) -> bool:
    """Whether one sentence, not added to another, is under the duty to deport."""
    on = max(day, DUTY_BEGINS) if held_over else day
    if group == "british" or on < DUTY_BEGINS or (group == "irish" and day >= date(2021, 1, 1)):
        return False
    return comes_to(*(own_term(row) or (0, 0))) >= 12
