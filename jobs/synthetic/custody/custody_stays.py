"""Stays in prison: what happens to each person, stay after stay.

A stay runs from reception to its end and becomes a custody episode of the prison register. All
people live side by side: one pass of the loop gives everybody their next stay. Everyone who must
be considered under the referral criteria (PSO 4630) is considered in time, and so is everyone
near its limits: only the cohort, built apart, is missed.
"""

from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from jobs.synthetic.base import days
from jobs.synthetic.base.random_draws import Flags, Floats, Ints, between, choose, some
from jobs.synthetic.custody import sentencing
from jobs.synthetic.people import nationalities

SENTENCED, REMANDED, DETAINED, CIVIL = range(4)
"""Kinds of stay."""

REASONS: Final = (
    "CR", "NP", "PX", "HR", "BL", "BD", "DD", "DE", "DL", "RE", "EX", "RP", "HP", "UAL", "DEC",
)  # fmt: skip
"""How a stay ends, by position."""
REASON: Final = {code: position for position, code in enumerate(REASONS)}
REMOVED: Final = tuple(REASON[code] for code in ("DD", "DE", "DL"))
FINAL: Final = (*REMOVED, *(REASON[code] for code in ("EX", "RP", "HP", "DEC")))
"""Ends after which nobody comes back to prison."""

NO_DECISION, PURSUE, NOT_PURSUE, DEFERRED = range(4)
"""Decisions of the immigration service."""

NOT_REMOVED, DEPORTATION, EARLY, ADMINISTRATIVE, VOLUNTARY, TRANSFER = range(6)
REMOVALS: Final = ("", "DEPORTATION", "EARLY_REMOVAL", "ADMINISTRATIVE", "VOLUNTARY", "TRANSFER")
"""Powers of removal, by position."""

MOST_STAYS: Final = 4
_AGGREGATION_YEARS: Final = 5
_IRISH_FROM: Final = days.number(date(2006, 4, 26))
_IRISH_UNTIL: Final = days.number(date(2007, 2, 19))
"""Irish citizens were considered from 24 months between these days (BBC, 19 February 2007)."""
_AGGREGATION_MONTHS: Final = 12
_AGGREGATION_COUNT: Final = 2


class EarlierSentences:
    """The last sentences of each person on record: what the aggregation rule looks back at."""

    def __init__(self, size: int) -> None:
        self.day = np.full((size, MOST_STAYS - 1), -days.NEVER, dtype=np.int64)
        self.months = np.zeros((size, MOST_STAYS - 1))

    def add(self, person: Ints, day: Ints, months: Floats) -> None:
        """Remember one more sentence for each of these people."""
        for values, newest in ((self.day, day), (self.months, months)):
            values[person, 1:] = values[person, :-1]
            values[person, 0] = newest

    def earlier_months(self, person: Ints, day: Ints, *, years: int, count: int) -> Floats:
        """Months of the ``count`` longest sentences passed in the ``years`` before ``day``."""
        recent = self.day[person] >= days.add_months(day, -12 * years)[:, None]
        months = np.sort(np.where(recent, self.months[person], 0.0), axis=1)
        total: Floats = months[:, -count:].sum(axis=1)
        return total


def in_scope(
    *,
    nationality: Ints,
    is_unknown: Flags,
    sentence_day: Ints,
    months: Floats,
    earlier: Floats,
    is_recommended: Flags,
) -> Flags:
    """The referral criteria to July 2008 (PSO 4630), for people who are not British.

    A court recommendation; 12 months or more; 24 for the EEA, and for Irish citizens sentenced
    between April 2006 and February 2007, who are excepted otherwise; 12 with nationality unclear;
    outside the EEA also less than 12 where this and one or two earlier sentences, passed
    within five years, total 12.
    """
    irish = (nationality == nationalities.IRISH) & ~is_unknown
    eea = (nationalities.EEA_FROM[nationality] <= sentence_day) & ~is_unknown
    irish_too = (sentence_day >= _IRISH_FROM) & (sentence_day < _IRISH_UNTIL)
    by_length = (months >= np.where(eea | irish, 24, 12)) & (~irish | irish_too)
    by_total = ~eea & ~irish & ~is_unknown & (earlier > 0)
    by_total &= months + earlier >= _AGGREGATION_MONTHS
    scope: Flags = (is_recommended | by_length | by_total) & (nationality != nationalities.BRITISH)
    return scope


def _near_scope(people: pd.DataFrame, months: Floats, earlier: Floats) -> Flags:
    """Outside the criteria, but close enough that a careful service would have decided too."""
    nationality = people["nationality"].to_numpy()
    accession = (nationalities.EEA_FROM[nationality] > days.number(date(1996, 1, 1))) & (
        months >= 11.5
    )
    unclear = people["is_unknown"].to_numpy() & (months >= 11.5)
    repeated = (earlier > 0) & (months + earlier >= 10.5) & (nationality != nationalities.IRISH)
    close: Flags = (accession | unclear | repeated) & (nationality != nationalities.BRITISH)
    return close


def draw_lives(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Everybody's stays in prison, sorted by person and order.

    Args:
        people: ``nationality`` (position), ``is_unknown``, ``birth_day``, ``first_reception``
            and ``most_stays``, indexed by person from 0.
        rng: random draws.

    Returns:
        One row for each stay: see the columns built here; ``person`` counts from 0.
    """
    earlier_sentences = EarlierSentences(len(people))
    person = np.arange(len(people))
    reception = people["first_reception"].to_numpy()
    found = []
    for order in range(MOST_STAYS):
        stays = _next_stay(people, person, reception, earlier_sentences, rng).assign(order=order)
        found.append(stays)
        again = (
            ~stays["end_reason"].isin(FINAL).to_numpy()
            & (people["most_stays"].to_numpy()[person] > order + 1)
            & (stays["end"].to_numpy() < days.WORLD_END)
        )
        gap = 20 + rng.exponential(520, len(stays)).astype(np.int64)
        person, reception = person[again], (stays["end"].to_numpy() + gap)[again]
    lives = pd.concat(found, ignore_index=True)
    lives = lives[(lives["end"] >= days.WORLD_START) & (lives["reception"] <= days.WORLD_END)]
    return lives.sort_values(["person", "order"], kind="stable", ignore_index=True)


def _next_stay(
    everybody: pd.DataFrame,
    person: Ints,
    reception: Ints,
    earlier_sentences: EarlierSentences,
    rng: np.random.Generator,
) -> pd.DataFrame:
    people = everybody.iloc[person]
    size = len(person)
    british = people["nationality"].to_numpy() == nationalities.BRITISH
    foreign_kind = choose(rng, [0.775, 0.13, 0.09, 0.005], size)
    british_kind = choose(rng, [0.86, 0.13, 0.0, 0.01], size)
    kind = np.where(british, british_kind, foreign_kind)
    stays = draw_stays(
        rng, people=people, person=person, reception=reception, kind=kind, is_british=british
    )
    sentenced = kind == SENTENCED
    day, months = stays["sentence_day"].to_numpy(), sentencing.total_months(stays)
    years = _AGGREGATION_YEARS
    earlier = earlier_sentences.earlier_months(person, day, years=years, count=_AGGREGATION_COUNT)
    wide = earlier_sentences.earlier_months(person, day, years=years + 1, count=MOST_STAYS)
    stays["is_in_scope"] = sentenced & in_scope(
        nationality=people["nationality"].to_numpy(),
        is_unknown=people["is_unknown"].to_numpy(),
        sentence_day=day,
        months=months,
        earlier=earlier,
        is_recommended=stays["is_recommended"].to_numpy(),
    )
    near = sentenced & _near_scope(people, months, wide)
    stays["is_decided"] = stays["is_in_scope"] | near
    _add_ends(stays, british, rng)
    # What ended before the world began is on no record.
    kept = sentenced & (stays["end"] >= days.WORLD_START).to_numpy()
    earlier_sentences.add(person[kept], day[kept], months[kept])
    return stays


def draw_stays(
    rng: np.random.Generator,
    *,
    people: pd.DataFrame,
    person: Ints,
    reception: Ints,
    kind: Ints,
    is_british: Flags,
) -> pd.DataFrame:
    """Reception, sentence and scheduled dates of one stay for each of ``people``."""
    size = len(person)
    offence = sentencing.draw_offences(rng, is_british=is_british)
    none = np.zeros(size, dtype=np.int64)
    # British people whose nationality nobody recorded get short terms only and never life, so
    # that no rule has to guess.
    below = np.where(is_british & people["is_unknown"].to_numpy(), 11, 0)
    murder, theft = (sentencing.OFFENCES.index(code) for code in ("MURDER", "THEFT"))
    offence = np.where((below > 0) & (offence == murder), theft, offence)
    months, extra_days = sentencing.draw_terms(rng, offence, at_least=none, below=below)
    structure, extra = sentencing.draw_structure(rng, months)
    structure = np.where(below > 0, sentencing.SINGLE, structure)
    absorbs = sentencing.approximate_half(months, extra_days, structure, extra) - 12
    wanted = np.where(some(rng, 0.6, size), 7 + rng.exponential(55, size), 0).astype(np.int64)
    remand = np.clip(np.minimum(wanted, absorbs), 0, 400)
    sentence_day = reception + remand
    offence_day = reception - 1 - np.minimum(rng.exponential(70, size), 900).astype(np.int64)
    young = (sentence_day - people["birth_day"].to_numpy()) < 21 * 365
    recommended = (
        some(rng, 0.045, size)
        & ~is_british
        & ~people["is_unknown"].to_numpy()
        & (people["nationality"].to_numpy() != nationalities.IRISH)
        & (months >= 2)
        & (kind == SENTENCED)
    )
    calculation = sentencing.draw_calculation(
        rng, offence=offence, offence_day=offence_day, months=months, is_young=young
    )
    stays = pd.DataFrame(
        {
            "person": person,
            "kind": kind,
            "reception": reception,
            "offence": offence,
            "offence_day": offence_day,
            "conviction_day": np.maximum(reception, sentence_day - between(rng, 0, 28 + none)),
            "sentence_day": sentence_day,
            "term_months": months,
            "term_days": extra_days,
            "structure": structure,
            "extra_months": extra,
            "calculation": calculation,
            "remand_days": remand,
            "added_days": np.where(some(rng, 0.05, size), between(rng, 5 + none, 28), 0),
            "tariff_months": between(rng, 60 + none, 168),
            "is_recommended": recommended,
        }
    )
    stays["added_days"] = np.where(stays["term_months"] < 6, 0, stays["added_days"])
    return sentencing.add_schedule(stays)


def _add_ends(stays: pd.DataFrame, british: Flags, rng: np.random.Generator) -> None:
    """Scheduled release, decision, and how and when each stay really ends."""
    size = len(stays)
    _add_scheduled(stays, british, rng)
    decided = stays["is_decided"].to_numpy()
    decision = choose(rng, [0.69, 0.25, 0.06], size) + 1
    stays["decision"] = np.where(decided, decision, NO_DECISION)
    end, reason = stays["scheduled"].to_numpy(), stays["scheduled_reason"].to_numpy()
    removal = np.full(size, NOT_REMOVED, dtype=np.int64)
    fate = choose(rng, [0.42, 0.21, 0.20, 0.07, 0.08, 0.012, 0.008], size)
    pursued = stays["decision"].to_numpy() == PURSUE
    early = pursued & (fate == 1) & days.known(stays["early_removal"])
    early &= stays["early_removal"].to_numpy() + 6 < end
    kept = pursued & np.isin(fate, [2, 3])
    after = end + 5 + np.minimum(rng.exponential(230, size), 1500).astype(np.int64)
    early_day = between(rng, np.minimum(stays["early_removal"], end - 2), end - 2)
    endings: list[tuple[Flags, Ints, str, int]] = [
        (pursued & np.isin(fate, [0, 1]) & ~early, end, "DD", DEPORTATION),
        (early, early_day, "DL", EARLY),
        (kept & (fate == 2), after, "DD", DEPORTATION),
        (kept & (fate == 3), after, "BD", NOT_REMOVED),
        (pursued & (fate == 5), end, "RP", TRANSFER),
        (pursued & (fate == 6), end, "EX", NOT_REMOVED),
    ]
    sentenced = (stays["kind"] == SENTENCED).to_numpy()
    expelled = sentenced & ~british & ~decided & some(rng, 0.12, size)
    endings.append((expelled, end, "DD", ADMINISTRATIVE))
    detained = (stays["kind"] == DETAINED).to_numpy()
    gone = some(rng, 0.62, size)
    endings.append((detained & gone, end, "DE", ADMINISTRATIVE))
    for where, day, code, power in endings:
        end = np.where(where, day, end)
        reason = np.where(where, REASON[code], reason)
        removal = np.where(where, power, removal)
    last = np.minimum(end, stays["scheduled"].to_numpy()) - 1
    _add_decision_days(stays, last, rng)
    end, reason = _add_rare_ends(stays, british, end, reason, rng)
    stays["end"], stays["end_reason"] = end, reason
    is_gone = np.isin(reason, [*REMOVED, REASON["RP"]])
    stays["removal"] = np.where(is_gone, removal, NOT_REMOVED)


def _add_scheduled(stays: pd.DataFrame, british: Flags, rng: np.random.Generator) -> None:
    size = len(stays)
    kind = stays["kind"].to_numpy()
    parole = stays["parole"].to_numpy()
    release = stays[["automatic_release", "conditional_release"]].min(axis=1).to_numpy()
    tariff = stays["tariff"].to_numpy() + 30 + rng.exponential(500, size).astype(np.int64)
    on_parole = days.known(parole) & some(rng, 0.42, size)
    by_parole = between(rng, np.minimum(parole, release - 2) + 1, release - 1)
    curfew = stays["curfew"].to_numpy()
    # Curfew is not open to people liable to deportation: only British prisoners are given dates.
    stays["curfew"] = np.where(british, curfew, days.NEVER)
    on_curfew = british & days.known(curfew) & (curfew + 3 < release) & some(rng, 0.3, size)
    by_curfew = between(rng, np.minimum(curfew, release - 2), release - 1)
    unsentenced = stays["reception"].to_numpy() + 3 + rng.exponential(230, size).astype(np.int64)
    endless = np.isin(stays["calculation"], [sentencing.LIFE, sentencing.PROTECTION])
    stays["early_removal"] = np.where(british, days.NEVER, stays["early_removal"])
    choices = [
        (kind == REMANDED, unsentenced, np.where(some(rng, 0.5, size), REASON["RE"], REASON["BL"])),
        (kind == DETAINED, unsentenced, np.full(size, REASON["BD"])),
        (kind == CIVIL, unsentenced, np.full(size, REASON["RE"])),
        (endless, tariff, np.full(size, REASON["CR"])),
        (on_parole, by_parole, np.full(size, REASON["PX"])),
        (on_curfew, by_curfew, np.full(size, REASON["HR"])),
        (days.known(parole), release, np.full(size, REASON["NP"])),
    ]
    wheres = [where for where, _, _ in choices]
    day = np.select(wheres, [value for _, value, _ in choices], release)
    stays["scheduled"] = np.maximum(days.working_day_before(day), stays["reception"].to_numpy() + 1)
    stays["scheduled_reason"] = np.select(wheres, [value for _, _, value in choices], REASON["CR"])


def _add_decision_days(stays: pd.DataFrame, last: Ints, rng: np.random.Generator) -> None:
    """Referral after sentence, decision after referral, both before the stay's end."""
    size = len(stays)
    decided = stays["is_decided"].to_numpy()
    start = stays["sentence_day"].to_numpy()
    window = np.maximum(last - start, 2)
    delay = np.minimum(rng.exponential(65, size), 0.4 * window).astype(np.int64)
    referred = np.minimum(start + 1 + delay, last - 1)
    reach = rng.beta(2.6, 1.2, size)
    decision = referred + 1 + (reach * (last - referred - 1)).astype(np.int64)
    stays["referred_day"] = np.where(decided, referred, days.NEVER)
    stays["decision_day"] = np.where(decided, np.minimum(decision, last), days.NEVER)


def _add_rare_ends(
    stays: pd.DataFrame, british: Flags, end: Ints, reason: Ints, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Deaths, hospital orders and absences, after any decision was made."""
    size = len(stays)
    earliest = np.where(
        days.known(stays["decision_day"]), stays["decision_day"], stays["sentence_day"]
    )
    room = end - earliest > 4
    sentenced = (stays["kind"] == SENTENCED).to_numpy() & room
    day = between(rng, earliest + 1, end - 1)
    draw = rng.random(size)
    died = sentenced & (draw < 0.003)
    hospital = sentenced & (draw >= 0.003) & (draw < 0.005)
    absent = sentenced & british & (draw >= 0.005) & (draw < 0.008)
    rare = died | hospital | absent
    rare_reason = np.select([died, hospital], [REASON["DEC"], REASON["HP"]], REASON["UAL"])
    return np.where(rare, day, end), np.where(rare, rare_reason, reason)


def next_receptions(stays: pd.DataFrame) -> Ints:
    """When the person of each stay was next received; `days.NEVER` for the last."""
    person, reception = stays["person"].to_numpy(), stays["reception"].to_numpy()
    following = np.full(len(stays), days.NEVER, dtype=np.int64)
    following[:-1] = np.where(person[1:] == person[:-1], reception[1:], days.NEVER)
    return following
