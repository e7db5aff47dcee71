"""What the immigration service does to people: barriers, appeals, detention, bail, removal."""

from datetime import date
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.synthetic.base import days
from jobs.synthetic.base import published_figures as published
from jobs.synthetic.base import register_columns as columns
from jobs.synthetic.base.random_draws import Ints, Texts, between, sample, some
from jobs.synthetic.casework import criminal_case_days as criminal
from jobs.synthetic.casework.case_events import AT
from jobs.synthetic.custody import custody_stays as stays
from jobs.synthetic.custody import passed_sentences as sentences
from jobs.synthetic.output.immigration_register import CaseNight, case_ids
from jobs.synthetic.output.register_records import Held
from jobs.synthetic.people import nationalities as nat
from jobs.synthetic.people.person_numbers import numbered

TRAVEL, APPEAL, ASYLUM, REVIEW, COUNTRY = range(5)
_BARRIERS: Final = (
    "TRAVEL_DOCUMENT", "APPEAL", "ASYLUM_CLAIM", "JUDICIAL_REVIEW", "COUNTRY_SITUATION",
)  # fmt: skip
_REPORTING_DAYS: Final = 28
_MOST_REPORTINGS: Final = 13
_ACTIVE, _ENDED, _ABSCONDED = range(3)
_BAIL: Final = ("ACTIVE", "ENDED", "ABSCONDED")


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


def barriers_table(found: pd.DataFrame, night: CaseNight, as_of: int) -> pa.Table:
    """Barriers raised by a night in cases on record."""
    sequence = columns.positions(found["case"].to_numpy())
    shown = (found["raised"] <= as_of).to_numpy() & night.shown[found["case"]]
    own = found[shown]
    return columns.table(
        "immigration.barriers",
        {
            "case_id": columns.texts(case_ids(own["case"].to_numpy())),
            "barrier_sequence": sequence[shown],
            "barrier_type": columns.coded(_BARRIERS, own["kind"]),
            "raised_date": days.dates(own["raised"]),
            "cleared_date": days.dates(own["cleared"], where=(own["cleared"] <= as_of).to_numpy()),
        },
    )


def appeals_table(cases: pd.DataFrame, night: CaseNight) -> pa.Table:
    """Appeals on record on a night."""
    rows = np.flatnonzero(days.known(night.days_of[:, AT["lodged"]]))
    determined = night.days_of[rows, AT["determined"]]
    return columns.table(
        "immigration.appeals",
        {
            "appeal_id": columns.texts(numbered("A", rows, 8)),
            "case_id": columns.texts(case_ids(rows)),
            "lodged_date": days.dates(night.days_of[rows, AT["lodged"]]),
            "outcome": columns.coded(
                criminal.APPEALS, cases["appeal"].to_numpy()[rows], where=days.known(determined)
            ),
            "outcome_date": days.dates(determined),
        },
    )


def detentions(lived: pd.DataFrame, cases: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Stays in immigration detention.

    Returns:
        ``person``, ``stay`` (-1 outside prisons), ``start``, ``end``, ``is_removed``,
        ``is_bailed``.
    """
    detained = (lived["kind"] == stays.DETAINED).to_numpy()
    sentenced = (lived["kind"] == stays.SENTENCED).to_numpy()
    foreign = (lived["decision"] == stays.PURSUE).to_numpy()
    kept = sentenced & foreign & (lived["end"] > lived["scheduled"] + 2).to_numpy()
    inside = detained | kept
    reason = lived["end_reason"].to_numpy()
    found = pd.DataFrame(
        {
            "person": lived["person"],
            "stay": np.arange(len(lived)),
            "start": np.where(detained, lived["reception"], lived["scheduled"]),
            "end": lived["end"],
            "is_removed": lived["removal"].to_numpy() > 0,
            "is_bailed": reason == stays.REASON["BD"],
        }
    )[inside]
    return pd.concat([found, _after_april(lived, cases, rng)], ignore_index=True)


def _after_april(
    lived: pd.DataFrame, cases: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Members of the cohort who were traced, detained, bailed, and then absconded.

    As published they are 25, of whom 4 serious offenders.
    """
    lost = np.flatnonzero((cases["outcome_2007"] == criminal.NOT_LOCATED).to_numpy())
    offence = lived["offence"].to_numpy()[cases["stay"].to_numpy()[lost]]
    serious = (offence >= 0) & (sentences.SERIOUSNESS[np.maximum(offence, 0)] <= 2)
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


def detentions_table(found: pd.DataFrame, held: Held, places: pd.DataFrame, as_of: int) -> pa.Table:
    """Detentions begun by a night."""
    rows = np.flatnonzero(found["start"] <= as_of)
    own = found.iloc[rows]
    ended = (own["end"] <= as_of).to_numpy()
    centres = places["prison_id"].to_numpy()[places["is_removal_centre"].to_numpy()]
    reason = np.select([own["is_removed"], own["is_bailed"]], ["removed", "bailed"], "released")
    return columns.table(
        "immigration.detentions",
        {
            "detention_id": columns.texts(numbered("D", rows, 8)),
            "cid_person_id": columns.texts(_first_keys(held, own["person"].to_numpy())),
            "place_id": columns.texts(centres[rows % len(centres)]),
            "start_date": days.dates(own["start"]),
            "end_date": days.dates(own["end"], where=ended),
            "end_reason": columns.texts(reason.astype(object), where=ended),
        },
    )


def bails(found: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Grants of bail that follow detention: ``person``, ``granted``, ``ended``, ``absconded``."""
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
        }
    )


def bails_table(found: pd.DataFrame, held: Held, as_of: int) -> pa.Table:
    """Bail granted by a night."""
    rows = np.flatnonzero(found["granted"] <= as_of)
    own = found.iloc[rows]
    ended = (own["ended"] <= as_of).to_numpy()
    status = np.where(ended, np.where(own["absconded"], _ABSCONDED, _ENDED), _ACTIVE)
    return columns.table(
        "immigration.bails",
        {
            "bail_id": columns.texts(numbered("L", rows, 8)),
            "cid_person_id": columns.texts(_first_keys(held, own["person"].to_numpy())),
            "granted_date": days.dates(own["granted"]),
            "ended_date": days.dates(own["ended"], where=ended),
            "bail_status": columns.coded(_BAIL, status),
        },
    )


def reportings_table(found: pd.DataFrame, as_of: int) -> pa.Table:
    """Days on which people on bail had to report, every four weeks in the first year."""
    bail = np.repeat(np.arange(len(found)), _MOST_REPORTINGS)
    step = np.tile(np.arange(1, _MOST_REPORTINGS + 1), len(found))
    due = found["granted"].to_numpy()[bail] + step * _REPORTING_DAYS
    shown = (due <= as_of) & (due < found["ended"].to_numpy()[bail])
    bail, step, due = bail[shown], step[shown], due[shown]
    return columns.table(
        "immigration.reportings",
        {
            "bail_id": columns.texts(numbered("L", bail, 8)),
            "due_date": days.dates(due),
            "attended": pa.array((bail * 31 + step * 17) % 11 != 0),
        },
    )


def removals_table(
    lived: pd.DataFrame, cases: pd.DataFrame, everybody: pd.DataFrame, held: Held, as_of: int
) -> pa.Table:
    """Removals from the country by a night: from prison, and later of the cohort."""
    leaving = (lived["removal"] > 0).to_numpy() & (lived["end_recorded"] <= as_of).to_numpy()
    stay = np.flatnonzero(leaving)
    case_of = np.full(len(lived), -1, dtype=np.int64)
    case_of[cases["stay"]] = np.arange(len(cases))
    later = days.known(cases["removed"]) & (cases["outcome_2007"] >= 0).to_numpy()
    later &= (cases["removed"] <= as_of).to_numpy()
    rows = np.flatnonzero(later)
    person = np.concatenate([lived["person"].to_numpy()[stay], cases["person"].to_numpy()[rows]])
    case = np.concatenate([case_of[stay], rows])
    day = np.concatenate([lived["end"].to_numpy()[stay], cases["removed"].to_numpy()[rows]])
    kind = np.concatenate([lived["removal"].to_numpy()[stay], cases["removal"].to_numpy()[rows]])
    number = np.concatenate([stay, len(lived) + rows])
    nationality = everybody["nationality"].to_numpy()[person]
    return columns.table(
        "immigration.removals",
        {
            "removal_id": columns.texts(numbered("R", number, 8)),
            "cid_person_id": columns.texts(_first_keys(held, person)),
            "case_id": columns.texts(case_ids(np.maximum(case, 0)), where=case >= 0),
            "removed_date": days.dates(day),
            "removal_type": columns.coded(stays.REMOVALS, kind),
            "destination": columns.coded(nat.CODES, nationality),
        },
    )


def _first_keys(held: Held, person: Ints) -> Texts:
    """Key of the first immigration record of each person."""
    own = held.immigration["person"].to_numpy()
    first, position = np.unique(own, return_index=True)
    keys: Texts = held.immigration["key"].to_numpy()
    return keys[position[np.searchsorted(first, person)]]
