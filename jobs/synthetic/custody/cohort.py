"""The 1,023: people whose stays end in release without consideration.

Their offences, months of release, undated releases and court recommendations follow the published
tables to the person. Which of them was never referred, and why ten were later taken off the list,
is invented.
"""

from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from jobs.contract import codes
from jobs.synthetic.base import days
from jobs.synthetic.base import published_figures as published
from jobs.synthetic.base.random_draws import Flags, Ints, between, choose, sample, spread
from jobs.synthetic.custody import custody_stays, sentencing
from jobs.synthetic.people import nationalities

OUTCOMES: Final = tuple(published.outcomes())
"""Where a member of the cohort stood in 2007, by position."""

_BY_RECOMMENDATION_ALONE: Final = 24
_BY_AGGREGATION: Final = 36
_UNKNOWN: Final = 40

NOT_RESTATED, DECISION_FOUND, BRITISH_FOUND, TERM_CORRECTED = range(4)
RESTATEMENT: Final = ("", "decision found", "found to be British", "term corrected")
"""Invented causes for which ten of the 1,023 came off the list, by position."""
_CAUSES: Final = (
    (DECISION_FOUND, DECISION_FOUND, BRITISH_FOUND, TERM_CORRECTED),
    (DECISION_FOUND, DECISION_FOUND, DECISION_FOUND, BRITISH_FOUND, BRITISH_FOUND, TERM_CORRECTED),
)


def people(rng: np.random.Generator) -> pd.DataFrame:
    """The persons of the cohort: nationality, sex and date of birth, in order of person."""
    size = published.COHORT
    # States that joined the EEA later are left out: whichever day a reader takes for membership,
    # everybody here is in scope.
    old_member = days.number(published.releases()[0].last) > nationalities.EEA_FROM
    allowed = ~(days.known(nationalities.EEA_FROM) & ~old_member)
    allowed[[nationalities.BRITISH, nationalities.IRISH]] = False
    nationality = choose(rng, nationalities.weights_where(allowed), size)
    is_unknown = np.zeros(size, dtype=bool)
    outside = np.flatnonzero(~days.known(nationalities.EEA_FROM)[nationality])
    is_unknown[sample(rng, outside, _UNKNOWN)] = True
    return pd.DataFrame(
        {"nationality": nationality, "is_unknown": is_unknown, "is_female": rng.random(size) < 0.08}
    )


def cohort_stays(members: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The stays of the cohort: as `custody_stays.draw_lives` gives them, and columns of its own.

    Adds ``bucket`` (line of the table of releases, -1 for other stays), ``is_dated``,
    ``is_referred``, ``restatement`` and ``outcome`` (where the person stood in 2007, by position;
    -1 for the ten off the list).
    """
    size = published.COHORT
    missed = _missed_stays(members, rng)
    aggregated = np.flatnonzero(missed["is_aggregated"])
    earlier = missed.iloc[aggregated].copy()
    gap = between(rng, np.full(len(earlier), 200), 500)
    earlier["end"] = days.working_day_before(earlier["reception"].to_numpy() - gap)
    earlier = _backwards(earlier, earlier["end"].to_numpy())
    earlier = earlier.assign(order=0, bucket=-1, is_in_scope=False, is_dated=True)
    earlier = earlier.assign(is_referred=False, restatement=NOT_RESTATED, outcome=-1)
    missed["order"] = np.isin(np.arange(size), aggregated).astype(np.int64)
    parts = [missed, earlier, _later_stays(missed, rng)]
    stays = pd.concat(parts, ignore_index=True).drop(columns="is_aggregated")
    return stays.sort_values(["person", "order"], kind="stable", ignore_index=True)


def _missed_stays(members: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    size = len(members)
    offence = _offences(rng)
    eea = (
        days.known(nationalities.EEA_FROM)[members["nationality"]]
        & ~members["is_unknown"].to_numpy()
    )
    usual = (offence < 0) | (sentencing.SERIOUSNESS[np.maximum(offence, 0)] >= 3)
    certain = ~members["is_unknown"].to_numpy()
    recommended = np.zeros(size, dtype=bool)
    recommended[sample(rng, np.flatnonzero(certain), published.COURT_RECOMMENDED)] = True
    short = np.zeros(size, dtype=bool)
    alone = np.flatnonzero(recommended & usual)
    short[sample(rng, alone, _BY_RECOMMENDATION_ALONE)] = True
    aggregated = np.zeros(size, dtype=bool)
    few = np.flatnonzero(~recommended & usual & certain & ~eea)
    aggregated[sample(rng, few, _BY_AGGREGATION)] = True
    months, extra_days = sentencing.draw_terms(
        rng,
        offence,
        at_least=np.select([short, aggregated, eea], [3, 8, 24], 12),
        below=np.where(short | aggregated, 11, 0),
    )
    bucket, release = _releases(rng)
    zero = np.zeros(size, dtype=np.int64)
    remand = np.where(rng.random(size) < 0.5, between(rng, zero + 7, 60), 0)
    remand = np.where(months >= 12, remand, 0)
    drawn = pd.DataFrame(
        {
            "person": np.arange(size),
            "kind": custody_stays.SENTENCED,
            "offence": offence,
            "term_months": months,
            "term_days": extra_days,
            "structure": sentencing.SINGLE,
            "extra_months": 0,
            "remand_days": remand,
            "added_days": 0,
            "tariff_months": between(rng, zero + 84, 120),
            "is_recommended": recommended,
            "is_aggregated": aggregated,
            "is_in_scope": True,
            "bucket": bucket,
            "is_dated": _is_dated()[bucket],
            "is_referred": _referred(rng),
        }
    )
    drawn["restatement"] = _restatements(drawn, rng)
    drawn["outcome"] = _outcomes(drawn, rng)
    return _backwards(drawn, release)


def _outcomes(drawn: pd.DataFrame, rng: np.random.Generator) -> Ints:
    """Where each of the 1,013 stood in 2007, exactly as published."""
    found = np.full(len(drawn), -1, dtype=np.int64)
    counted = np.flatnonzero(drawn["restatement"] == NOT_RESTATED)
    found[counted] = spread(dict(enumerate(published.outcomes().values())), rng)
    return found


def _later_stays(missed: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """New stays of those who were in prison again in 2007: on remand in 2006, then sentenced."""
    inside = (missed["outcome"] == OUTCOMES.index("in_prison")).to_numpy()
    own = missed[inside]
    first = np.full(len(own), days.number(date(2006, 5, 2)))
    reception = between(rng, first, days.number(date(2006, 7, 28)))
    sentence = between(rng, first + 255, days.number(date(2007, 3, 30)))
    offence = sentencing.draw_offences(rng, is_british=np.zeros(len(own), dtype=bool))
    murder = sentencing.OFFENCES.index("MURDER")
    later = own.assign(
        reception=reception,
        sentence_day=sentence,
        conviction_day=sentence - 14,
        offence_day=reception - 20,
        offence=np.where(offence == murder, sentencing.OFFENCES.index("ROBBERY"), offence),
        term_months=between(rng, np.full(len(own), 6), 10) * 12,
        term_days=0,
        remand_days=sentence - reception,
        calculation=sentencing.ACT_2003,
        is_recommended=False,
        order=missed["order"][inside] + 1,
        bucket=-1,
        is_dated=True,
        is_referred=False,
        outcome=-1,
    )
    later = sentencing.add_schedule(later)
    release = days.working_day_before(later["conditional_release"])
    return later.assign(
        curfew=days.NEVER,
        scheduled=release,
        end=release,
        end_reason=custody_stays.REASON["DD"],
        removal=custody_stays.DEPORTATION,
        is_decided=True,
        decision=custody_stays.PURSUE,
        referred_day=sentence + 7,
        decision_day=sentence + between(rng, np.full(len(own), 30), 200),
    )


def _offences(rng: np.random.Generator) -> Ints:
    """One offence for each, exactly as published; -1 where it was not available."""
    categories = {
        entry.category: entry.code for entry in codes.OFFENCE.codes
        if isinstance(entry, codes.Offence)
    }  # fmt: skip
    counts = dict.fromkeys(sentencing.OFFENCES, 0) | published.SEX_OFFENCES
    missing = 0
    for category, number in published.offences().items():
        if category == "Not available":
            missing = number
        elif category != "Sex offences (other)":
            counts[categories[category]] = number
    by_position = {position: counts[code] for position, code in enumerate(sentencing.OFFENCES)}
    return spread({-1: missing, **by_position}, rng)


def _releases(rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Line of the table and day of release of each, on a weekday within its line."""
    buckets = published.releases()
    position = spread({n: bucket.people for n, bucket in enumerate(buckets)}, rng)
    first = np.array([days.number(bucket.first) for bucket in buckets])[position]
    last = np.array([days.number(bucket.last) for bucket in buckets])[position]
    day = between(rng, first, last)
    weekday = days.working_day_before(day)
    return position, np.where(weekday >= first, weekday, weekday + 3)


def _is_dated() -> Flags:
    return np.array([bucket.is_dated for bucket in published.releases()])


def _referred(rng: np.random.Generator) -> Flags:
    referred = np.ones(published.COHORT, dtype=bool)
    referred[sample(rng, np.arange(published.COHORT), published.NOT_REFERRED)] = False
    return referred


def _restatements(drawn: pd.DataFrame, rng: np.random.Generator) -> Ints:
    """Cause and step of the restatement of ten of them: 10 x step + cause, 0 for the others."""
    restated = np.zeros(len(drawn), dtype=np.int64)
    plain = (
        drawn["is_dated"] & ~drawn["is_recommended"] & ~drawn["is_aggregated"]
        & (drawn["offence"] >= 0)
    ).to_numpy()  # fmt: skip
    serious = sentencing.SERIOUSNESS[np.maximum(drawn["offence"].to_numpy(), 0)] <= 2
    referred = np.flatnonzero(plain & ~serious & drawn["is_referred"].to_numpy())
    chosen = rng.permutation(referred)
    causes = [(step, cause) for step, step_causes in enumerate(_CAUSES) for cause in step_causes]
    for person, (step, cause) in zip(chosen, causes, strict=False):
        restated[person] = 10 * step + cause
    return restated


def _backwards(drawn: pd.DataFrame, release: Ints) -> pd.DataFrame:
    """Place each sentence so that its scheduled release falls on the day of release."""
    guess = release - sentencing.approximate_half(
        drawn["term_months"].to_numpy(),
        drawn["term_days"].to_numpy(),
        drawn["structure"].to_numpy(),
        drawn["extra_months"].to_numpy(),
    )
    placed = drawn
    for _ in range(4):
        offence_day = guess - drawn["remand_days"].to_numpy() - 45
        months = drawn["term_months"].to_numpy()
        is_new = (offence_day >= sentencing.ACT_2003_FROM) & (months >= 12)
        life = drawn["offence"].to_numpy() == sentencing.OFFENCES.index("MURDER")
        calculation = np.select(
            [life, is_new], [sentencing.LIFE, sentencing.ACT_2003], sentencing.ACT_1991
        )
        placed = sentencing.add_schedule(
            drawn.assign(
                sentence_day=guess,
                offence_day=offence_day,
                conviction_day=guess - np.minimum(drawn["remand_days"], 14),
                calculation=calculation,
            )
        )
        dates = ["automatic_release", "conditional_release", "tariff"]
        scheduled = placed[dates].min(axis=1).to_numpy() + np.where(life, 200, 0)
        guess = guess + release - scheduled
    placed["reception"] = placed["sentence_day"] - placed["remand_days"]
    return placed.assign(
        scheduled=release,
        curfew=days.NEVER,
        end=release,
        end_reason=np.where(
            days.known(placed["parole"]), custody_stays.REASON["NP"], custody_stays.REASON["CR"]
        ),
        is_decided=False,
        decision=custody_stays.NO_DECISION,
        removal=custody_stays.NOT_REMOVED,
        referred_day=days.NEVER,
        decision_day=days.NEVER,
    )
