"""When the sentences let somebody out, and what the prison has recorded instead."""

from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from tests.assess.reference.answers import Releases, Row, Term, first, later
from tests.assess.reference.scope import Scope
from tests.assess.reference.sentences import is_indeterminate

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

    def releases(self, episode: Row, term: Term) -> Releases:
        """The range of the release, a recorded day outside of it, and the early removal."""
        recorded = next((episode[name] for name in RECORDED if episode[name]), None)
        on_record = episode["confirmed_release_date"] or recorded
        if term.indeterminate or term.undetermined or term.longest is None:
            return Releases(
                earliest=episode["tariff_date"] if term.indeterminate else None,
                latest=None,
                on_record=on_record,
                disputed=None,
                removal=None,
            )
        early, automatic, latest = self.range(episode, term)
        parole = episode["parole_eligibility_date"]
        disputed = None
        if recorded and not automatic - TWO_DAYS <= recorded <= latest + TWO_DAYS:
            disputed = recorded
        elif parole and early < automatic and abs(parole - early) > TWO_DAYS:
            disputed = parole
        eligible = episode["home_detention_curfew_eligibility_date"]
        curfew = self.curfew(term, automatic) if eligible else None
        if curfew and not disputed and abs(eligible - curfew) > TWO_DAYS:
            disputed = eligible
        return Releases(
            earliest=min(early, curfew or early),
            latest=latest,
            on_record=on_record,
            disputed=disputed,
            removal=self.early_removal(term.longest[0], early),
        )

    def range(self, episode: Row, term: Term) -> tuple[date, date, date]:
        """Parole or release, automatic release, and the last possible release."""
        rows = self.sentences(episode)
        counted = [row for row in rows if self.counts(row) and not is_indeterminate(row)]
        remand = max([0, *(self.remand(row, rows) for row in counted)])
        added = max(episode["additional_days_awarded"] or 0, 0)
        moved = timedelta(days=added - remand)
        points: list[tuple[date, date, date]] = []
        for row in counted:
            months, days, root = self.chain(row, rows) or (0, 0, row)
            start = self.started_on(root, episode)
            early, automatic, latest = days_to_serve(row, start, later(start, months=months,
                                                                       days=days))  # fmt: skip
            points.append((later(start, days=early), later(start, days=automatic),
                           later(start, days=latest)))  # fmt: skip
        ranges = [max(point[n] for point in points) + moved for n in range(3)]
        floor = term.first or date.min
        return max(ranges[0], floor), max(ranges[1], floor), max(ranges[2], floor)

    def remand(self, row: Row, rows: list[Row]) -> int:
        """Days on remand of a sentence and of those that it follows."""
        by_sequence = {each["sentence_sequence"]: each for each in rows}
        total = max(row["remand_days"] or 0, 0)
        while row["consecutive_to_sequence"] is not None:
            row = by_sequence[row["consecutive_to_sequence"]]
            total += max(row["remand_days"] or 0, 0)
        return total

    def curfew(self, term: Term, release: date) -> date | None:
        """The first day of home detention curfew, for three months to less than four years."""
        if not term.reaches(3) or term.reaches(48) or term.longest is None:
            return None
        start = term.longest[0]
        half = start + timedelta(days=ceil(Fraction((release - start).days, 2)))
        for begins, ends, days in (
            (date(1999, 1, 28), date(2002, 12, 16), 60),
            (date(2002, 12, 16), date(2003, 7, 14), 90),
            (date(2003, 7, 14), date.max, 135),
        ):
            if begins <= release < ends:
                return max(release - timedelta(days=days), half)
        return None

    def early_removal(self, start: date, release: date) -> date | None:
        """From when the Early Removal Scheme of the night lets somebody leave the country."""
        for begins, ends, days, share in (
            (date(2004, 6, 1), date(2008, 4, 7), 135, Fraction(0)),
            (date(2008, 4, 7), date(2022, 6, 28), 270, Fraction(0)),
            (date(2022, 6, 28), date(2024, 1, 16), 365, Fraction(0)),
            (date(2024, 1, 16), date(2025, 9, 23), 545, Fraction(1, 2)),
            (date(2025, 9, 23), date.max, 1461, Fraction(3, 10)),
        ):
            if begins <= self.night < ends:
                served = ceil(share * (release - start).days)
                return max(release - timedelta(days=days), start + timedelta(days=served))
        return None

    def earliest_release(self, episode: Row, term: Term) -> date | None:
        """The earliest plausible day, recorded or worked out; none before the sentence."""
        floor = term.first or episode["reception_date"]
        candidates = [
            *(episode[name] for name in RELEASE_DATES),
            self.releases(episode, term).earliest,
        ]
        return first(day for day in candidates if day and not (floor and day < floor))


def days_to_serve(row: Row, start: date, ends: date) -> tuple[int, int, int]:
    """Days to parole or release, to automatic release, and to the last possible release."""
    length = (ends - start).days
    half, two_thirds, two_fifths = (
        ceil(share * length) for share in (Fraction(1, 2), Fraction(2, 3), Fraction(2, 5))
    )
    kind = row["calculation_type"]
    conduct = row["offence_date"] or start
    if kind == "SDS_PLUS" and start >= date(2020, 4, 1):
        return two_thirds, two_thirds, two_thirds
    if kind == "EDS":
        return half, half, length
    if kind == "ADIMP_1991" or (kind != "ADIMP" and conduct < date(2005, 4, 4)):
        if ends >= later(start, months=48):
            return half, two_thirds, two_thirds
        return half, half, half
    begins = date(2024, 9, 10) if ends < later(start, months=60) else date(2024, 10, 22)
    forty = min(half, max(two_fifths, (begins - start).days))
    return forty, forty, half
