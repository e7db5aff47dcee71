"""What the immigration service does to people: barriers, appeals, detention, bail, removal."""

from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from jobs.synthetic.base import days
from jobs.synthetic.base import published_figures as published
from jobs.synthetic.base.random_draws import between, sample, some
from jobs.synthetic.casework import case_histories
from jobs.synthetic.custody import custody_stays, sentencing

TRAVEL, APPEAL, ASYLUM, REVIEW, COUNTRY = range(5)
BARRIERS: Final = (
    "TRAVEL_DOCUMENT", "APPEAL", "ASYLUM_CLAIM", "JUDICIAL_REVIEW", "COUNTRY_SITUATION",
)  # fmt: skip
"""Kinds of barrier, by position."""


def barriers(cases: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Barriers in cases that are pursued: ``case``, ``kind``, ``raised``, ``cleared``."""
    size = len(cases)
    pursued = cases["pursue"].to_numpy()
    order, removed = cases["order"].to_numpy(), cases["removed"].to_numpy()
    gone = days.known(removed)
    end = np.minimum(np.where(gone, removed, cases["closed"]), days.NEVER)
    parts = []
    for kind, share in ((TRAVEL, 0.34), (ASYLUM, 0.1), (REVIEW, 0.04), (COUNTRY, 0.05)):
        raised = np.where(days.known(order), order, pursued + 20)
        raised = raised + between(rng, np.zeros(size), 6)
        where = days.known(pursued) & some(rng, share, size) & (raised < end)
        parts.append(
            pd.DataFrame({"case": np.arange(size), "kind": kind, "raised": raised, "cleared": end})[
                where
            ]
        )
    lodged = days.known(cases["lodged"])
    appeal = pd.DataFrame(
        {
            "case": np.arange(size),
            "kind": APPEAL,
            "raised": cases["lodged"],
            "cleared": cases["determined"],
        }
    )
    parts.append(appeal[lodged])
    return pd.concat(parts, ignore_index=True).sort_values(
        ["case", "raised", "kind"], kind="stable", ignore_index=True
    )


def detentions(stays: pd.DataFrame, cases: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Stays in immigration detention.

    Returns:
        ``person``, ``stay`` (-1 outside prisons), ``start``, ``end``, ``is_removed``,
        ``is_bailed``.
    """
    detained = (stays["kind"] == custody_stays.DETAINED).to_numpy()
    sentenced = (stays["kind"] == custody_stays.SENTENCED).to_numpy()
    foreign = (stays["decision"] == custody_stays.PURSUE).to_numpy()
    kept = sentenced & foreign & (stays["end"] > stays["scheduled"] + 2).to_numpy()
    inside = detained | kept
    reason = stays["end_reason"].to_numpy()
    found = pd.DataFrame(
        {
            "person": stays["person"],
            "stay": np.arange(len(stays)),
            "start": np.where(detained, stays["reception"], stays["scheduled"]),
            "end": stays["end"],
            "is_removed": stays["removal"].to_numpy() > 0,
            "is_bailed": reason == custody_stays.REASON["BD"],
        }
    )[inside]
    return pd.concat([found, _after_april(stays, cases, rng)], ignore_index=True)


def _after_april(
    stays: pd.DataFrame, cases: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Members of the cohort who were traced, detained, bailed, and then absconded.

    As published they are 25, of whom 4 serious offenders.
    """
    lost = np.flatnonzero((cases["outcome_2007"] == case_histories.NOT_LOCATED).to_numpy())
    offence = stays["offence"].to_numpy()[cases["stay"].to_numpy()[lost]]
    serious = (offence >= 0) & (sentencing.SERIOUSNESS[np.maximum(offence, 0)] <= 2)
    chosen = np.concatenate(
        [
            sample(rng, lost[serious], published.ABSCONDED_SERIOUS),
            sample(rng, lost[~serious], published.ABSCONDED - published.ABSCONDED_SERIOUS),
        ]
    )
    start = between(rng, np.full(len(chosen), days.FOUND + 6), days.FOUND + 60)
    return pd.DataFrame(
        {
            "person": cases["person"].to_numpy()[chosen],
            "stay": -1,
            "start": start,
            "end": between(rng, start + 10, days.number(date(2006, 8, 31))),
            "is_removed": False,
            "is_bailed": True,
        }
    )


OPPOSED: Final = 0.35
"""Share of the grants of bail to which the service had objected; no source gives a number."""


def bails(found: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Grants of bail that follow detention.

    Returns:
        ``person``, ``granted``, ``ended``, ``absconded``, ``is_opposed`` (the service objected).
    """
    own = found[found["is_bailed"]].reset_index(drop=True)
    granted = own["end"].to_numpy()
    absconded = (own["stay"] < 0).to_numpy()
    ended = granted + 30 + rng.exponential(400, len(own)).astype(np.int64)
    fled = between(rng, granted + 5, days.number(date(2006, 10, 31)))
    return pd.DataFrame(
        {
            "person": own["person"],
            "granted": granted,
            "ended": np.where(absconded, fled, ended),
            "absconded": absconded,
            "is_opposed": some(rng, OPPOSED, len(own)),
        }
    )
