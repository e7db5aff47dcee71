"""Release dates worked out again from the sentences, as a range, beside those on record.

The recorded date is one clerk's sum; in 1996, 541 prisoners were released on wrong ones. Where the
two differ the earlier one drives the due date and the difference is a finding
(rules ``release.*`` and ``removal.early``).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from jobs.assess import columns as col
from jobs.assess.columns import NO_DAY, Days, Flags, Whole
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.policy.dated_rules import Policy
from jobs.assess.read.early_removal import early_removal
from jobs.assess.read.sentences import YOUTH_ORDER, Sentenced, SentenceRows, add_up, meets, reaches

RELEASE_DATES = {
    "confirmed_release_date": "confirmed release date",
    "conditional_release_date": "conditional release date",
    "conditional_release_override_date": "conditional release date entered by hand",
    "automatic_release_date": "automatic release date",
    "automatic_release_override_date": "automatic release date entered by hand",
    "parole_eligibility_date": "parole eligibility",
    "home_detention_curfew_eligibility_date": "home detention curfew eligibility",
    "tariff_date": "end of the tariff",
}
"""Recorded dates on which somebody may be released (rule ``release.earliest``), in words."""
RECOMPUTED = len(RELEASE_DATES)
"""The place, after those recorded, of the date worked out from the sentences."""

_RECORDED = (
    "conditional_release_override_date",
    "conditional_release_date",
    "automatic_release_override_date",
    "automatic_release_date",
)
_DAY = np.timedelta64(1, "D")

DISPUTED = AppliedRule(id="release.disputed", numbers=("tolerance_days",))
_ACT_1991 = AppliedRule(
    id="release.act-1991",
    numbers=(
        "numerator",
        "denominator",
        "long_numerator",
        "long_denominator",
        "long_term_months",
    ),
)
_ACT_2003 = AppliedRule(id="release.act-2003", numbers=("numerator", "denominator"))
_TWO_THIRDS = AppliedRule(id="release.two-thirds", numbers=("numerator", "denominator"))
_EXTENDED = AppliedRule(id="release.extended", numbers=("numerator", "denominator"))
_FORTY_SHORT = AppliedRule(
    id="release.forty-percent-short", numbers=("numerator", "denominator", "under_months")
)
_FORTY_LONG = AppliedRule(id="release.forty-percent-long", numbers=("numerator", "denominator"))
_CURFEW = AppliedRule(
    id="release.curfew",
    numbers=("days", "from_months", "under_months", "custody_days", "served_days"),
)
RULES: tuple[AppliedRule, ...] = (
    DISPUTED,
    _ACT_1991,
    _ACT_2003,
    _TWO_THIRDS,
    _EXTENDED,
    _FORTY_SHORT,
    _FORTY_LONG,
    _CURFEW,
)
"""The rules that are applied here."""


@dataclass(frozen=True, kw_only=True)
class Recomputed:
    """The range in which each episode's release falls, ``NaT`` where it cannot be worked out.

    ``earliest`` is curfew, parole or the release point, ``latest`` the last possible release point.
    ``is_disputed`` marks a recorded date outside the range; ``removal`` is the first day on which
    an early removal scheme allows removal. ``on_record`` is the date that the prison
    goes by. ``row`` is the sentence that decides ``earliest``.
    """

    earliest: Days
    latest: Days
    is_disputed: Flags
    recorded: Days
    removal: Days
    on_record: Days
    row: Whole


@dataclass(frozen=True, kw_only=True)
class EarliestRelease:
    """When each person can be released at the earliest, ``NaT`` where no date is plausible.

    ``source`` is the place of the date in `RELEASE_DATES`, `RECOMPUTED`, or -1 without one.
    """

    day: Days
    source: Whole


@dataclass(frozen=True, kw_only=True)
class _Points:
    """Days to serve of each sentence: to parole or release, and to the last possible release."""

    early: Whole
    automatic: Whole
    latest: Whole


def recompute(
    *,
    episodes: pa.Table,
    sentenced: Sentenced,
    rows: SentenceRows,
    policy: Policy,
    left: Days,
    as_of: np.datetime64,
) -> Recomputed:
    """Work out each release range and compare it with what the prison recorded.

    Args:
        episodes: ``prison.episodes``, in the order of the result.
        sentenced: what the sentences of each episode come to.
        rows: the sentences themselves.
        policy: the rules.
        left: the day on which each person left custody, ``NaT`` for those inside.
        as_of: the night.
    """
    count = len(episodes)
    points = _points(rows, policy)
    off = _adjustment(episodes, rows, count)
    counted = np.where(rows.counts & ~rows.indeterminate, rows.episode, -1)
    unknown = sentenced.undetermined | sentenced.indeterminate | ~sentenced.has_length

    def released(served: Whole) -> Days:
        days: Days = rows.starts + (np.maximum(served, 1) - 1).astype("timedelta64[D]")
        return days

    def day_of(served: Whole) -> Days:
        days = col.latest(counted, released(served), count) + off
        return np.where(unknown, NO_DAY, np.fmax(days, sentenced.first_sentence))

    earliest, automatic, latest = (
        day_of(served) for served in (points.early, points.automatic, points.latest)
    )
    tariff = np.where(sentenced.indeterminate, col.days(episodes, "tariff_date"), NO_DAY)
    recorded = col.first_day(*(col.days(episodes, name) for name in _RECORDED))
    tolerance = policy[DISPUTED].number("tolerance_days", np.full(count, as_of)) * _DAY
    parole = np.where(earliest < automatic, col.days(episodes, "parole_eligibility_date"), NO_DAY)
    eligible = col.days(episodes, "home_detention_curfew_eligibility_date")
    can_have = ~np.isnat(eligible) & ~_has_youth_order(rows, count)
    curfew = np.where(can_have, _curfew(sentenced, automatic, policy), NO_DAY)
    eligible = np.where(np.isnat(curfew), NO_DAY, eligible)
    opens = np.fmin(earliest, curfew)
    dates = [recorded, parole, eligible]
    disputed = [(day < opens - tolerance) | (day > latest + tolerance) for day in dates]
    return Recomputed(
        earliest=col.first_day(opens, tariff),
        latest=latest,
        is_disputed=np.any(disputed, axis=0) & ~unknown,
        recorded=np.select(disputed, dates, NO_DAY),
        removal=early_removal(
            rows=rows,
            served=points.early,
            moved=off,
            tariff=tariff,
            sentence=sentenced.first_sentence,
            release=np.where(unknown, NO_DAY, np.fmax(earliest, sentenced.first_sentence)),
            until=np.where(np.isnat(left), as_of, left),
            policy=policy,
        ),
        on_record=col.first_day(col.days(episodes, "confirmed_release_date"), recorded),
        row=col.pick(counted, [-released(points.early).astype(np.int64)], rows.counts, count),
    )


def earliest_release(
    *, episodes: pa.Table, sentenced: Sentenced, recomputed: Days
) -> EarliestRelease:
    """The earliest plausible release date of each episode, and where it comes from.

    Args:
        episodes: ``prison.episodes``, in the order of the result.
        sentenced: the sentences; a date before them is implausible.
        recomputed: the release date worked out from the sentences.
    """
    floor = col.first_day(sentenced.first_sentence, col.days(episodes, "reception_date"))
    earliest = np.full(len(episodes), NO_DAY)
    source = np.full(len(episodes), -1)
    candidates = [col.days(episodes, name) for name in RELEASE_DATES]
    for index, day in enumerate([*candidates, recomputed]):
        better = ~np.isnat(day) & ~(day < floor) & ~(day >= earliest)
        earliest = np.where(better, day, earliest)
        source = np.where(better, index, source)
    return EarliestRelease(day=earliest, source=source)


def _points(rows: SentenceRows, policy: Policy) -> _Points:
    """The days to serve under the regime of each sentence.

    Sentences of the Act of 1991 that follow each other are one term; later ones add their own
    shares.
    """
    length = (rows.ends - rows.starts).astype(np.int64)
    conduct = col.first_day(col.days(rows.table, "offence_date"), rows.starts)
    is_plus = col.is_one_of(rows.table, "calculation_type", {"SDS_PLUS"})
    is_plus &= policy[_TWO_THIRDS].in_force(rows.starts)
    is_extended = col.is_one_of(rows.table, "calculation_type", {"EDS"})
    says_1991 = col.is_one_of(rows.table, "calculation_type", {"ADIMP_1991"})
    says_2003 = col.is_one_of(rows.table, "calculation_type", {"ADIMP"})
    is_new = policy[_ACT_2003].in_force(conduct)
    by_1991 = ~is_plus & ~is_extended & (says_1991 | (~says_2003 & ~is_new))
    is_standard = ~is_plus & ~is_extended & ~by_1991
    is_standard &= ~col.is_one_of(rows.table, "calculation_type", {YOUTH_ORDER})
    old, extended = policy[_ACT_1991], policy[_EXTENDED]
    long = by_1991 & reaches(rows.size, months=old.number("long_term_months", conduct))
    half = _fraction(policy, _ACT_2003)
    parole, old_long = _fraction(policy, _ACT_1991), _fraction(policy, _ACT_1991, "long_")
    old_point = np.where(long, _share(length, *old_long), _share(length, *parole))
    opens = (
        extended.number("numerator", rows.starts),
        np.maximum(extended.number("denominator", rows.starts), 1),
    )

    def served(standard: tuple[int, int], extended: tuple[Any, Any]) -> Whole:
        kinds = [is_plus, is_extended, long, by_1991, is_standard]
        shares = [_fraction(policy, _TWO_THIRDS), extended, old_long, parole, standard]
        return _added_shares(
            rows,
            length,
            np.select(kinds, [share[0] for share in shares], half[0]),
            np.select(kinds, [share[1] for share in shares], half[1]),
        )

    point = served(half, opens)
    forty = _forty(rows, point, served(_fraction(policy, _FORTY_SHORT), opens), policy)
    automatic = np.select([by_1991, is_standard], [old_point, forty], point)
    return _Points(
        early=np.where(by_1991, _share(length, *parole), automatic),
        automatic=automatic,
        latest=np.where(by_1991, old_point, served(half, (1, 1))),
    )


def _added_shares(rows: SentenceRows, length: Whole, numerator: Whole, denominator: Whole) -> Whole:
    """The days to serve of each chain: the share of each sentence in it, rounded up at its end."""
    before = col.at(length, np.maximum(rows.follows, -1), 0)
    common = np.lcm.reduce(denominator, initial=1)
    parts = np.maximum(length - before, 0) * numerator * (common // denominator)
    (total,), _, _ = add_up(rows.follows, (parts,), np.zeros(len(length), dtype=bool))
    return _share(total, 1, common)


def _fraction(policy: Policy, rule: AppliedRule, prefix: str = "") -> tuple[int, int]:
    numbers = policy[rule].periods[-1].numbers
    return numbers[f"{prefix}numerator"], numbers[f"{prefix}denominator"]


def _share(length: Whole, numerator: int, denominator: int) -> Whole:
    """A share of a term in days, rounded up."""
    return -((-length * numerator) // denominator)


def _forty(rows: SentenceRows, half: Whole, point: Whole, policy: Policy) -> Whole:
    """Two fifths of the term, for those who would otherwise be held past the day it began."""
    short, long = policy[_FORTY_SHORT], policy[_FORTY_LONG]
    if not (rows.ends >= np.datetime64(short.periods[0].starts)).any():
        return half
    is_short = ~reaches(rows.size, months=short.periods[-1].numbers["under_months"])
    begins = np.where(
        is_short, np.datetime64(short.periods[0].starts), np.datetime64(long.periods[0].starts)
    )
    until = (begins - rows.starts).astype("timedelta64[D]").astype(np.int64) + 1
    return np.minimum(half, np.maximum(point, until))


def _adjustment(episodes: pa.Table, rows: SentenceRows, count: int) -> Whole:
    """Days to add to every release point: days awarded, less the longest time on remand."""
    remand = np.zeros(count, dtype=np.int64)
    np.maximum.at(remand, rows.episode, np.where(rows.counts, rows.remand_days, 0))
    added = np.maximum(col.whole(episodes, "additional_days_awarded", missing=0), 0)
    return (added - remand).astype("timedelta64[D]")


def _has_youth_order(rows: SentenceRows, count: int) -> Flags:
    is_order = col.is_one_of(rows.table, "calculation_type", {YOUTH_ORDER})
    return col.any_of(rows.episode, rows.counts & is_order, count)


def _curfew(sentenced: Sentenced, release: Days, policy: Policy) -> Days:
    """The first day on which a scheme of that day lets each on curfew whose term allows it."""
    to_serve = (release - sentenced.starts).astype(np.int64) + 1
    answer = np.full(len(release), NO_DAY)
    for period in policy[_CURFEW].periods:
        numbers = {name: np.full(len(release), number) for name, number in period.numbers.items()}
        allowed = meets(sentenced, months=numbers["from_months"])
        allowed &= ~meets(sentenced, months=numbers["under_months"])
        allowed &= to_serve >= numbers["custody_days"]
        opens = release - numbers["days"].astype("timedelta64[D]") + _DAY
        served = np.maximum(_share(to_serve, 1, 2), numbers["served_days"])
        least = sentenced.starts + (np.maximum(served, 1) - 1).astype("timedelta64[D]")
        opens = np.maximum(np.maximum(opens, least), np.datetime64(period.starts))
        allowed &= (opens < np.datetime64(period.ends)) & (opens <= release)
        answer = np.where(allowed, np.fmin(answer, opens), answer)
    return answer
