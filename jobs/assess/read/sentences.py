"""The sentences of each episode: how long they are together, and from which day the rules look.

Sentences that run together count as the longest, a chain of consecutive ones as its sum
(rule ``sentence.length``). Terms are compared as the court put them and not through the calendar:
the *size* of a term counts a month as the twelfth part of a year of 365 days. A chain that cannot
be added up (no term, a negative term, a sentence that follows one that is not there, a circle)
leaves the length undetermined, and the episode in scope (rule ``referral.undetermined``).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.assess import columns as col
from jobs.assess.columns import NO_DAY, Days, Flags, Whole
from jobs.contract import codes as c

INDETERMINATE = frozenset({"LIFE", "SEC93", "HMPL", "IPP", "DPP", "HOSP"})
YOUTH_ORDER = "DTO"
"""A detention and training order: custody, and no term of imprisonment for curfew or removal."""
SUSPENDED = "SUSP"
NOT_A_SENTENCE = "FINE"
UNSENTENCED_LEGAL = frozenset(
    {"REMAND", "CONVICTED_UNSENTENCED", "CIVIL_PRISONER", "IMMIGRATION_DETAINEE"}
)
UNSENTENCED_ORDERS = frozenset({"RX", "JR", "DET", "CIVIL"})
SENTENCED_LEGAL = frozenset({"SENTENCED", "INDETERMINATE_SENTENCE", "RECALL"})

_OFFENCES = [offence.code for offence in c.OFFENCE.codes]
_SERIOUSNESS = np.array([getattr(offence, "seriousness", 0) for offence in c.OFFENCE.codes])
_USED = [
    "consecutive_to_sequence",
    "calculation_type",
    "sentence_date",
    "conviction_date",
    "offence_date",
    "offence_code",
    "term_years",
    "term_months",
    "term_weeks",
    "term_days",
    "activated_date",
    "remand_days",
]
_MOST_MONTHS, _MOST_DAYS = 12_000, 400_000
_DAYS_IN_A_YEAR, _MONTHS_IN_A_YEAR = 365, 12


@dataclass(frozen=True, kw_only=True)
class SentenceRows:
    """Sentences in order of episode and sequence; days and lengths row by row.

    ``months``, ``days``, ``size`` and ``ends`` are of the chain up to the row; ``own_months`` and
    ``own_days`` of the row alone; ``day_months`` and ``day_days`` of those in its chain that were
    passed on its day.
    ``follows`` is the row that each one follows, negative for none. A chain of which no day is on
    record, nor that of the reception, starts on the night: ``is_start_known`` tells.
    """

    episode: Whole
    sequence: Whole
    follows: Whole
    counts: Flags
    indeterminate: Flags
    undetermined: Flags
    is_hospital: Flags
    passed: Days
    starts: Days
    is_start_known: Flags
    own_months: Whole
    own_days: Whole
    months: Whole
    days: Whole
    size: Whole
    day_months: Whole
    day_days: Whole
    ends: Days
    remand_days: Whole
    offence: Whole
    table: pa.Table


@dataclass(frozen=True, kw_only=True)
class Sentenced:
    """What the sentences of each episode come to, one entry for each episode.

    ``months``, ``days`` and ``size`` are the longest chain, which runs from ``starts``;
    ``length_days`` is that term in days, -1 without a fixed one. ``selects`` is the day that
    selects the rules: the first sentence, or the nearest day on record. ``anchor`` is the first day
    on which the person stood convicted, from which a decision can be about this episode.
    """

    is_sentenced: Flags
    has_length: Flags
    indeterminate: Flags
    undetermined: Flags
    is_hospital: Flags
    longest_row: Whole
    indeterminate_row: Whole
    months: Whole
    days: Whole
    size: Whole
    starts: Days
    length_days: Whole
    selects: Days
    first_sentence: Days
    anchor: Days
    conviction: Days
    conduct: Days
    offence: Whole
    seriousness: Whole


def read_sentences(
    *, episodes: pa.Table, sentences: pa.Table, as_of: np.datetime64, kept_aside: Flags
) -> tuple[Sentenced, SentenceRows]:
    """Add up the sentences of each episode; the sentences themselves come second.

    Args:
        episodes: ``prison.episodes``, in the order of the result.
        sentences: ``prison.sentences``, in any order; rows of unknown episodes are left out.
        as_of: the night; a suspended sentence activated later does not count yet.
        kept_aside: a sentence of the episode lies in quarantine: its length is not known.
    """
    rows = _rows(episodes, sentences, as_of)
    count = len(episodes)
    groups = np.where(rows.counts, rows.episode, -1)
    length = (rows.ends - rows.starts).astype(np.int64)
    fixed = rows.counts & ~rows.indeterminate & ~rows.undetermined
    longest = col.pick(rows.episode, [-rows.size, -length], fixed, count)
    without_end = rows.counts & rows.indeterminate
    endless = col.pick(rows.episode, [rows.passed], without_end, count)
    passed = col.earliest(groups, rows.passed, count)
    convicted = col.earliest(groups, col.days(rows.table, "conviction_date"), count)
    conduct = col.latest(groups, col.days(rows.table, "offence_date"), count)
    start = col.days(episodes, "sentence_start_date")
    selects = col.first_day(passed, convicted, start, col.days(episodes, "reception_date"))
    selects = np.where(np.isnat(selects), as_of, selects)
    offence = rows.offence
    seriousness = col.at(_SERIOUSNESS, offence, 9)
    worst = col.pick(rows.episode, [seriousness, offence], offence >= 0, count)
    has_counted = col.any_of(rows.episode, rows.counts, count)
    missing = ~col.any_of(rows.episode, np.ones(len(rows.episode), dtype=bool), count)
    lost = kept_aside | (missing & ~_is_unsentenced(episodes, start))
    sentenced = Sentenced(
        is_sentenced=has_counted | lost,
        has_length=longest >= 0,
        indeterminate=endless >= 0,
        undetermined=lost | col.any_of(rows.episode, rows.counts & rows.undetermined, count),
        is_hospital=col.any_of(rows.episode, rows.counts & rows.is_hospital, count),
        longest_row=longest,
        indeterminate_row=endless,
        months=col.at(rows.months, longest, 0),
        days=col.at(rows.days, longest, 0),
        size=col.at(rows.size, longest, -1),
        starts=col.at(rows.starts, longest, NO_DAY),
        length_days=col.at(length, longest, -1),
        selects=selects,
        first_sentence=col.first_day(passed, np.where(has_counted, start, NO_DAY)),
        anchor=np.where(has_counted | lost, _anchor(passed, convicted, selects), NO_DAY),
        conviction=col.first_day(convicted, passed),
        conduct=col.first_day(conduct, selects),
        offence=col.at(offence, worst, -1),
        seriousness=col.at(seriousness, worst, 9),
    )
    return sentenced, rows


def meets(sentenced: Sentenced, *, months: Whole) -> Flags:
    """Whether the longest chain of each episode comes to so many months or more."""
    return sentenced.has_length & reaches(sentenced.size, months=months)


def size_of(months: Whole, days: Whole) -> Whole:
    """The size of a term: its days, twelvefold, with a month as the twelfth part of a year."""
    return months * _DAYS_IN_A_YEAR + days * _MONTHS_IN_A_YEAR


def reaches(size: Whole, *, months: Any) -> Flags:
    """Whether terms of these sizes come to so many months or more."""
    answer: Flags = size >= np.asarray(months) * _DAYS_IN_A_YEAR
    return answer


def one_sentence_meets(rows: SentenceRows, *, months: Whole) -> Flags:
    """Whether one sentence of each episode, not added to another, lasts so many months or more."""
    size = size_of(rows.own_months, rows.own_days)
    long = reaches(size, months=col.at(months, rows.episode, 0))
    fixed = rows.counts & (rows.own_months + rows.own_days > 0)
    return col.any_of(rows.episode, fixed & long, len(months))


def has_sentence_for(rows: SentenceRows, offences: Flags, *, months: Whole) -> Flags:
    """Whether a sentence of each episode for one of some offences comes to so many months or more.

    Args:
        rows: the sentences; one that follows another counts with it.
        offences: which offences of the code list are asked for.
        months: the length for each episode; what has no fixed end reaches every one.
    """
    long = rows.indeterminate | reaches(rows.size, months=months[rows.episode])
    hit = rows.counts & long & col.at(offences, rows.offence, False)
    return col.any_of(rows.episode, hit, len(months))


def _anchor(passed: Days, convicted: Days, selects: Days) -> Days:
    return col.first_day(np.fmin(passed, convicted), selects)


def _is_unsentenced(episodes: pa.Table, start: Days) -> Flags:
    legal = col.is_one_of(episodes, "legal_status", UNSENTENCED_LEGAL)
    serving = col.is_one_of(episodes, "legal_status", SENTENCED_LEGAL)
    order = col.is_one_of(episodes, "imprisonment_status", UNSENTENCED_ORDERS)
    return np.isnat(start) & (legal | (order & ~serving))


def _rows(episodes: pa.Table, sentences: pa.Table, as_of: np.datetime64) -> SentenceRows:
    found = col.positions(sentences.column("episode_id"), episodes.column("episode_id"))
    sequence = col.whole(sentences, "sentence_sequence", missing=0)
    order = np.lexsort((sequence, found))
    order = order[found[order] >= 0]
    table = sentences.select(_USED).take(order)
    episode, sequence = found[order], sequence[order]
    suspended = col.is_one_of(table, "calculation_type", {SUSPENDED})
    activated = col.days(table, "activated_date")
    counts = ~col.is_one_of(table, "calculation_type", {NOT_A_SENTENCE})
    counts &= ~suspended | (activated <= as_of)
    passed = np.where(suspended, activated, col.days(table, "sentence_date"))
    own_months, own_days, is_flawed = _terms(table)
    indeterminate = col.is_one_of(table, "calculation_type", INDETERMINATE)
    chain = _follow(episode, sequence, col.whole(table, "consecutive_to_sequence", missing=-1))
    adds = counts & ~indeterminate
    same_day = passed[np.maximum(chain, 0)] == passed if len(chain) else chain >= 0
    own = np.where(adds, own_months, 0), np.where(adds, own_days, 0)
    (day_months, day_days), _, _ = add_up(
        np.where((chain >= 0) & same_day, chain, _NONE), own, np.zeros(len(chain), dtype=bool)
    )
    (months, days, remand), flawed, root = add_up(
        chain,
        (
            *own,
            np.clip(col.whole(table, "remand_days", missing=0), 0, _MOST_DAYS),
        ),
        (is_flawed & counts & ~indeterminate) | (chain == _LOST),
    )
    starts = col.first_day(
        passed[root],
        col.days(table, "conviction_date")[root],
        col.days(episodes, "sentence_start_date")[episode],
        col.days(episodes, "reception_date")[episode],
    )
    is_start_known = ~np.isnat(starts)
    starts = np.where(is_start_known, starts, as_of)
    months, days = np.minimum(months, _MOST_MONTHS), np.minimum(days, _MOST_DAYS)
    return SentenceRows(
        episode=episode,
        sequence=sequence,
        follows=chain,
        counts=counts,
        indeterminate=indeterminate,
        undetermined=flawed,
        is_hospital=col.is_one_of(table, "calculation_type", {"HOSP"}),
        passed=passed,
        starts=starts,
        is_start_known=is_start_known,
        own_months=own_months,
        own_days=own_days,
        months=months,
        days=days,
        size=size_of(months, days),
        day_months=np.minimum(day_months, _MOST_MONTHS),
        day_days=np.minimum(day_days, _MOST_DAYS),
        ends=col.add_term(starts, months, days),
        remand_days=np.minimum(remand, _MOST_DAYS),
        offence=col.code_numbers(table, "offence_code", _OFFENCES),
        table=table,
    )


_NONE, _LOST = -1, -2


def _terms(table: pa.Table) -> tuple[Whole, Whole, Flags]:
    """Months and days of each term, and whether the term is missing or negative."""
    parts = {
        u: col.whole(table, f"term_{u}", missing=0) for u in ("years", "months", "weeks", "days")
    }
    recorded = [pc.is_valid(table.column(f"term_{unit}")).to_numpy() for unit in parts]
    negative = np.any([values < 0 for values in parts.values()], axis=0)
    flawed = negative | ~np.any(recorded, axis=0)
    months = np.clip(12 * parts["years"] + parts["months"], 0, _MOST_MONTHS)
    days = np.clip(7 * parts["weeks"] + parts["days"], 0, _MOST_DAYS)
    return np.where(negative, 0, months), np.where(negative, 0, days), flawed


def _follow(episode: Whole, sequence: Whole, follows: Whole) -> Whole:
    """Row of the sentence that each one follows: -1 for none, -2 if it is not recorded."""
    numbers, rank = np.unique(np.concatenate([sequence, follows]), return_inverse=True)
    size = len(numbers) + 1
    keys = episode * size + rank[: len(sequence)]
    wanted = episode * size + rank[len(sequence) :]
    at = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    found = keys[at] == wanted if len(keys) else np.zeros(0, dtype=bool)
    return np.where(follows == -1, _NONE, np.where(found, at, _LOST))


def add_up(
    chain: Whole, amounts: tuple[Whole, ...], flawed: Flags
) -> tuple[tuple[Whole, ...], Flags, Whole]:
    """Sum each chain back to its first sentence, halving the way left in each round.

    Args:
        chain: the row that each one follows, negative for none.
        amounts: what is summed.
        flawed: rows that leave every chain through them undetermined.

    Returns:
        The sums, whether each chain is undetermined, and its first row. A circle is undetermined;
        each of its sentences counts once, however many rows there are beside it.
    """
    ahead = np.where(chain >= 0, chain, _NONE)
    circle = _in_circles(ahead)
    amounts = tuple(_once(amount, ahead, circle) for amount in amounts)
    flawed = flawed | circle
    ahead, root = np.where(circle, _NONE, ahead), np.arange(len(chain))
    while len(rows := np.flatnonzero(ahead >= 0)):
        to = ahead[rows]
        for amount in amounts:
            amount[rows] += amount[to]
        flawed[rows] |= flawed[to]
        root[rows] = root[to]
        ahead[rows] = ahead[to]
    return amounts, flawed, root


def _in_circles(ahead: Whole) -> Flags:
    """Which rows come back to themselves: where every way ends that is longer than all rows."""
    left = ahead.copy()
    for _ in range(len(ahead).bit_length()):
        rows = np.flatnonzero(left >= 0)
        if len(rows) == 0:
            break
        left[rows] = left[left[rows]]
    found = np.zeros(len(ahead), dtype=bool)
    found[left[left >= 0]] = True
    return found


def _once(amount: Whole, ahead: Whole, circle: Flags) -> Whole:
    """Amounts in which each row of a circle has what all of it come to."""
    amount = amount.copy()
    rows = np.flatnonzero(circle)
    total, at = amount[rows], ahead[rows]
    while (goes_on := at != rows).any():
        total[goes_on] += amount[at[goes_on]]
        at[goes_on] = ahead[at[goes_on]]
    amount[rows] = total
    return amount
