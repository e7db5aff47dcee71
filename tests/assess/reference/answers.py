"""What the reference answers, and the few moves on days that its rules are written in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

Row = Mapping[str, Any]
Registers = Mapping[str, list[dict[str, Any]]]

LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the rules say of one episode, in the columns of the published assessments."""

    status: str
    status_rule_id: str
    is_in_scope: bool
    scope_rule_id: str
    prison_id: str | None
    nationality: str | None
    is_foreign_national: bool
    is_nationality_unknown: bool
    is_court_recommended: bool
    is_in_custody: bool
    is_released: bool
    is_due: bool
    release_date: date | None
    earliest_release_date: date | None
    days_to_release: int | None
    due_date: date | None
    sentence_date: date | None
    sentence_days: int | None
    seriousness: int | None
    offence_code: str | None
    case_id: str | None
    possible_case_id: str | None
    referred_date: date | None
    started_date: date | None
    considered_date: date | None
    decision: str | None
    order_signed_date: date | None
    removed_date: date | None
    is_possibly_considered: bool
    link_outcome: str
    link_probability: float | None


@dataclass(frozen=True, kw_only=True)
class Released:
    """What the rules say of one release, in the columns of the published releases."""

    episode_id: str
    release_number: int
    release_date: date | None
    release_reason: str | None
    returned_date: date | None
    is_missed: bool
    status: str
    referred_date: date | None
    considered_date: date | None
    decision: str | None
    considered_recorded_date: date | None
    is_recorded_after_release: bool
    is_withdrawn_after_release: bool
    decided_since_date: date | None
    decided_since: str | None
    due_date: date
    days_late: int | None
    unweighed_sentence: int | None
    is_deferral_expired: bool
    is_possibly_considered: bool


@dataclass(frozen=True, kw_only=True)
class Flagged:
    """What the law and the calendar say of one episode, in the columns of the published flags."""

    is_duty_to_deport: bool
    duty_rule_id: str | None
    is_liable: bool
    liability_rule_id: str
    is_referral_met: bool
    referral_rule_id: str
    is_exempt: bool
    exemption_rule_id: str | None
    computed_release_date: date | None
    computed_release_latest_date: date | None
    is_release_disputed: bool
    disputed_release_date: date | None
    early_removal_date: date | None
    referral_due_date: date | None
    is_referred_late: bool | None
    alert_days: int | None
    restriction_date: date | None
    is_restriction_missing: bool
    outcome: str | None
    outcome_rule_id: str | None


@dataclass(frozen=True, kw_only=True)
class Discrepancy:
    """On what the registers disagree about one person."""

    rule_id: str
    episode_id: str
    cid_person_id: str
    prison_value: str
    immigration_value: str
    likely_wrong: str
    since_date: date | None


@dataclass(frozen=True, kw_only=True)
class Term:
    """What the sentences of an episode come to."""

    is_sentenced: bool
    undetermined: bool
    indeterminate: bool
    longest: tuple[date, int, int] | None
    length_days: int | None
    singles: list[tuple[int, int]]
    selects: date
    first: date | None
    conduct: date
    is_hospital: bool

    def reaches(self, months: int) -> bool:
        """Whether the length comes to so many calendar months."""
        if self.indeterminate:
            return True
        return self.longest is not None and comes_to(*self.longest[1:]) >= months


@dataclass(frozen=True, kw_only=True)
class Exit:
    """How and when somebody left; ``held`` if they did not."""

    kind: str
    day: date | None
    row: Row | None
    reason: str | None = None

    @property
    def is_gone(self) -> bool:
        """Released, removed or dead."""
        return self.kind in ("released", "removed", "died")

    @property
    def written(self) -> date | None:
        """The day on which the exit was written down."""
        return london_day(self.row["recorded_at"]) if self.row else None


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """The nationality on record, the group it is assessed as, and whether to verify it."""

    group: str
    verify: bool
    code: str | None
    is_british: bool
    is_unclear: bool


@dataclass(frozen=True, kw_only=True)
class Releases:
    """The days between which the sentences let somebody out, and what the prison says instead.

    ``earliest`` is parole or the release point, ``latest`` the last release point possible.
    ``on_record`` is the day that the prison goes by, ``disputed`` a recorded day outside of the
    range. ``removal`` is the day from which the Early Removal Scheme lets somebody leave.
    """

    earliest: date | None
    latest: date | None
    on_record: date | None
    disputed: date | None
    removal: date | None


def comes_to(months: int, days: int) -> Fraction:
    """A term in months, of which a year of 365 days has twelve."""
    return months + Fraction(days * 12, 365)


def later(start: date, *, months: int = 0, days: int = 0) -> date:
    """The day after a term that runs from ``start``."""
    return start + relativedelta(months=months) + timedelta(days=days)


def london_day(moment: datetime | None) -> date | None:
    """The day of a moment, London time."""
    return moment.astimezone(LONDON).date() if moment else None


def within(day: date, anchor: date | None, before: date | None) -> bool:
    """Whether a day lies from ``anchor`` up to, not including, ``before``."""
    return anchor is not None and day >= anchor and not (before is not None and day >= before)


def has_text(value: str | None) -> bool:
    """Whether a text holds more than spaces."""
    return bool((value or "").strip())


def some(*days: date | None) -> date:
    """The first of the days that is known."""
    return next(day for day in days if day is not None)


def first(days: Iterable[date | None]) -> date | None:
    """The earliest of the days that are known."""
    return min((day for day in days if day is not None), default=None)


def last(days: Iterable[date | None]) -> date | None:
    """The latest of the days that are known."""
    return max((day for day in days if day is not None), default=None)
