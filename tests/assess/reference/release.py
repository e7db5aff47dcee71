"""When the sentences let somebody out, and what the prison has recorded instead."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from tests.assess.reference.answers import Releases, Row, Term, comes_to, first, later
from tests.assess.reference.scope import Scope
from tests.assess.reference.sentences import is_indeterminate, own_term

RELEASE_DATES = (
    "confirmed_release_date",
    "conditional_release_date",
    "conditional_release_override_date",
    "automatic_release_date",
    "automatic_release_override_date",
    "parole_eligibility_date",
    "home_detention_curfew_eligibility_date",
    "tariff_date",
)
RECORDED = (
    "conditional_release_override_date",
    "conditional_release_date",
    "automatic_release_override_date",
    "automatic_release_date",
)
TWO_DAYS = timedelta(days=2)


class ReleaseDates(Scope):
    """Release dates worked out again from the sentences."""

    def releases(self, episode: Row, term: Term, left: date | None) -> Releases:
        """The range of the release, a recorded day outside of it, and the early removal."""
        recorded = next((episode[name] for name in RECORDED if episode[name]), None)
        on_record = episode["confirmed_release_date"] or recorded
        tariff = episode["tariff_date"] if term.indeterminate else None
        until = left or self.night
        if term.indeterminate or term.undetermined or term.longest is None:
            return Releases(
                earliest=tariff,
                latest=None,
                on_record=on_record,
                disputed=None,
                removal=max(tariff, TARIFF_SCHEME) if tariff and until >= TARIFF_SCHEME else None,
            )
        early, automatic, latest = self.range(episode, term)
        eligible = episode["home_detention_curfew_eligibility_date"]
        young = any(row["calculation_type"] == "DTO" for row in self.counted(episode))
        curfew = self.curfew(term, automatic) if eligible and not young else None
        opens = min(early, curfew or early)
        told = [recorded, episode["parole_eligibility_date"] if early < automatic else None,
                eligible if curfew else None]  # fmt: skip
        outside = [day for day in told if day and not opens - TWO_DAYS <= day <= latest + TWO_DAYS]
        return Releases(
            earliest=opens,
            latest=latest,
            on_record=on_record,
            disputed=outside[0] if outside else None,
            removal=self.early_removal(episode, term, early, until),
        )

    def counted(self, episode: Row) -> list[Row]:
        """The sentences of fixed length that count."""
        rows = self.sentences(episode)
        return [row for row in rows if self.counts(row) and not is_indeterminate(row)]

    def points(self, episode: Row) -> list[tuple[Row, date, int, int, int]]:
        """Each sentence, the day from which it runs, and the days to serve to each point."""
        rows = self.sentences(episode)
        found = []
        for row in self.counted(episode):
            months, days, root = self.chain(row, rows) or (0, 0, row)
            start = self.started_on(root, episode)
            parts = self.parts(row, rows, start)
            found.append((row, start, *days_to_serve(row, start, comes_to(months, days), parts)))
        return found

    def parts(self, row: Row, rows: list[Row], start: date) -> list[tuple[Row, int]]:
        """The sentences that run one after the other up to this one, and the days of each."""
        by_sequence = {each["sentence_sequence"]: each for each in rows}
        chain = [row]
        while chain[0]["consecutive_to_sequence"] is not None:
            chain.insert(0, by_sequence[chain[0]["consecutive_to_sequence"]])
        found, months, days, ends = [], 0, 0, start
        for each in chain:
            if self.counts(each) and not is_indeterminate(each):
                own = own_term(each) or (0, 0)
                months, days = months + own[0], days + own[1]
            before, ends = ends, later(start, months=months, days=days)
            found.append((each, (ends - before).days))
        return found

    def moved(self, episode: Row) -> timedelta:
        """By how much the days added and those on remand move every point."""
        rows = self.sentences(episode)
        remand = max([0, *(self.remand(row, rows) for row in self.counted(episode))])
        return timedelta(days=max(episode["additional_days_awarded"] or 0, 0) - remand)

    def range(self, episode: Row, term: Term) -> tuple[date, date, date]:
        """Parole or release, automatic release, and the last possible release."""
        points, floor = self.points(episode), term.first or date.min
        early, automatic, latest = (
            max(last_day(start, days[n]) for _, start, *days in points) for n in range(3)
        )
        moved = self.moved(episode)
        return tuple(max(day + moved, floor) for day in (early, automatic, latest))

    def remand(self, row: Row, rows: list[Row]) -> int:
        """Days on remand of a sentence and of those that it follows."""
        by_sequence = {each["sentence_sequence"]: each for each in rows}
        total = max(row["remand_days"] or 0, 0)
        while row["consecutive_to_sequence"] is not None:
            row = by_sequence[row["consecutive_to_sequence"]]
            total += max(row["remand_days"] or 0, 0)
        return total

    def curfew(self, term: Term, release: date) -> date | None:
        """The first day on which a scheme of that day allows curfew: less than four years."""
        if term.reaches(48) or term.longest is None:
            return None
        start = term.longest[0]
        to_serve = (release - start).days + 1
        found = []
        for begins, ends, days, least_months, custody, least in (
            (date(1999, 1, 28), date(2002, 12, 16), 60, 3, 0, 0),
            (date(2002, 12, 16), date(2003, 7, 14), 90, 3, 0, 0),
            (date(2003, 7, 14), date(2005, 4, 4), 135, 3, 0, 0),
            (date(2005, 4, 4), date(2023, 6, 6), 135, 0, 42, 28),
            (date(2023, 6, 6), date(2025, 6, 3), 180, 0, 42, 28),
            (date(2025, 6, 3), date.max, 365, 0, 42, 28),
        ):
            if not term.reaches(least_months) or to_serve < custody:
                continue
            served = max(ceil(Fraction(to_serve, 2)), least)
            opens = max(release - timedelta(days=days - 1), last_day(start, served), begins)
            if opens < ends and opens <= release:
                found.append(opens)
        return min(found, default=None)

    def early_removal(self, episode: Row, term: Term, release: date, until: date) -> date | None:
        """The first day on which the scheme of that day lets somebody leave the country."""
        moved, floor = self.moved(episode), term.first or date.min
        for scheme in SCHEMES:
            days = [
                scheme.opens(row, start, served) + moved
                for row, start, served, *_ in self.points(episode)
            ]
            opens = max(*days, floor, scheme.begins)
            lasts = opens < scheme.ends or until < scheme.ends
            if scheme.begins <= until and lasts and opens < release:
                return opens
        return None

    def earliest_release(self, episode: Row, term: Term) -> date | None:
        """The earliest plausible day, recorded or worked out; none before the sentence."""
        floor = term.first or episode["reception_date"]
        candidates = [
            *(episode[name] for name in RELEASE_DATES),
            self.releases(episode, term, None).earliest,
        ]
        return first(day for day in candidates if day and not (floor and day < floor))


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """An Early Removal Scheme: the days, months or share of the time to be served that it asks."""

    begins: date
    ends: date
    window: Callable[[date], date]
    share: Fraction
    shortest: int = 0
    least: int = 0
    takes_extended: bool = True

    def opens(self, row: Row, start: date, served: int) -> date:
        """The first day for one sentence; its release where the scheme leaves it out."""
        release = last_day(start, served)
        kind = row["calculation_type"]
        if served < self.shortest or kind == "DTO" or (kind == "EDS" and not self.takes_extended):
            return release
        least = max(ceil(self.share * served), self.least)
        return max(self.window(release), last_day(start, least))


HALF = Fraction(1, 2)
SCHEMES = (
    Scheme(begins=date(2004, 6, 14), ends=date(2005, 4, 4), share=HALF, takes_extended=False,
           window=lambda day: day - timedelta(days=135)),
    Scheme(begins=date(2005, 4, 4), ends=date(2008, 4, 7), share=HALF, takes_extended=False,
           shortest=42, least=28, window=lambda day: day - timedelta(days=134)),
    Scheme(begins=date(2008, 4, 7), ends=date(2008, 11, 3), share=HALF, takes_extended=False,
           shortest=42, least=28, window=lambda day: day - timedelta(days=269)),
    Scheme(begins=date(2008, 11, 3), ends=date(2022, 6, 28), share=HALF,
           window=lambda day: day - timedelta(days=269)),
    Scheme(begins=date(2022, 6, 28), ends=date(2024, 1, 16), share=HALF,
           window=lambda day: later(day, months=-12)),
    Scheme(begins=date(2024, 1, 16), ends=date(2025, 9, 23), share=HALF,
           window=lambda day: day - timedelta(days=545)),
    Scheme(begins=date(2025, 9, 23), ends=date.max, share=Fraction(3, 10),
           window=lambda day: later(day, months=-48)),
)  # fmt: skip
TARIFF_SCHEME = date(2012, 5, 1)


def last_day(start: date, served: int) -> date:
    """The day on which so many days are served, the day of the sentence among them."""
    return start + timedelta(days=max(served, 1) - 1)


def is_of_1991(row: Row, start: date) -> bool:
    """Whether a sentence is of the Criminal Justice Act 1991."""
    kind = row["calculation_type"]
    if kind == "EDS" or (kind == "SDS_PLUS" and start >= date(2020, 4, 1)):
        return False
    conduct = row["offence_date"] or start
    return kind == "ADIMP_1991" or (kind != "ADIMP" and conduct < date(2005, 4, 4))


def days_to_serve(
    row: Row, start: date, size: Fraction, parts: list[tuple[Row, int]]
) -> tuple[int, int, int]:
    """Days to parole or release, to automatic release, and to the last possible release."""
    whole = sum(days for _, days in parts)
    if is_of_1991(row, start):
        point = Fraction(2, 3) if size >= 48 else HALF
        return ceil(HALF * whole), ceil(point * whole), ceil(point * whole)

    def served(standard: Fraction, extended: Fraction) -> int:
        total = Fraction(0)
        length = Fraction(0)
        for each, days in parts:
            # A fine beside it adds no day, and makes no term a long one.
            length += comes_to(*(own_term(each) or (0, 0))) if days else 0
            if each["calculation_type"] == "SDS_PLUS" and start >= date(2020, 4, 1):
                share = Fraction(2, 3)
            elif each["calculation_type"] == "EDS":
                share = extended
            elif is_of_1991(each, start):
                share = Fraction(2, 3) if length >= 48 else HALF
            else:
                share = HALF if each["calculation_type"] == "DTO" else standard
            total += share * days
        return ceil(total)

    opens = Fraction(2, 3) if start >= date(2012, 12, 3) else HALF
    early, latest = served(HALF, opens), served(HALF, Fraction(1))
    if row["calculation_type"] in ("EDS", "DTO") or (
        row["calculation_type"] == "SDS_PLUS" and start >= date(2020, 4, 1)
    ):
        return early, early, latest
    begins = date(2024, 9, 10) if size < 60 else date(2024, 10, 22)
    forty = min(early, max(served(Fraction(2, 5), opens), (begins - start).days + 1))
    return forty, forty, latest
