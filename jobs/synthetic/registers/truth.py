"""What is true on a night, for scoring: no part of the night may read it.

Four tables. ``people``: every pair of records that are one person, and everybody held on one side
only. ``episodes``: status, scope and cohort of each stay, from what happened and was recorded by
the night, read from the world and not from the registers. ``releases``: each release that
consideration had to precede. ``errors``: what is wrong with which record.
"""

from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.synthetic.base import days
from jobs.synthetic.base import published_figures as published
from jobs.synthetic.base import register_columns as columns
from jobs.synthetic.base.random_draws import Flags, Ints
from jobs.synthetic.casework.case_events import AT, DECISIONS
from jobs.synthetic.custody import cohort, sentencing, unusual_events
from jobs.synthetic.people import nationalities
from jobs.synthetic.registers import truth_releases
from jobs.synthetic.registers.immigration_register import CaseNight, case_ids
from jobs.synthetic.registers.prison_episodes import episode_ids
from jobs.synthetic.registers.register_records import RegisterRecords, keys_on, visible

GROUPS: Final = ("cohort", "foreign", "british", "resident")
_YEAR_MONTHS: Final = 12
_SHOWN: Final = (
    "person", "is_missed", "bucket", "is_dated", "end", "end_recorded", "recalled",
    "released_again", "is_recommended", "offence", "restatement", "calculation",
)  # fmt: skip
_STATUSES: Final = (
    "OUT_OF_SCOPE",
    "NOT_YET_DUE",
    "DUE",
    "CONSIDERED",
    "CONSIDERED_LATE",
    "NOT_REFERRED",
    "REFERRED_NOT_CONSIDERED",
)
(
    OUT_OF_SCOPE,
    NOT_YET_DUE,
    DUE,
    CONSIDERED,
    CONSIDERED_LATE,
    NOT_REFERRED,
    REFERRED_NOT_CONSIDERED,
) = range(7)


def people(registers: RegisterRecords, everybody: pd.DataFrame, as_of: int) -> pa.Table:
    """``person``, ``group``, ``nationality``, ``prisoner_number``, ``cid_person_id``.

    Somebody held twice on one side has a row for each pair of records.
    """
    sides = []
    for records, key in (
        (registers.prison, "prisoner_number"),
        (registers.immigration, "cid_person_id"),
    ):
        shown = records.loc[visible(records, as_of), ["person", "key"]]
        sides.append(shown.rename(columns={"key": key}))
    pairs = sides[0].merge(sides[1], on="person", how="outer")
    pairs = pairs.sort_values("person", kind="stable", ignore_index=True)
    own = pairs["person"].to_numpy()
    return pa.table(
        {
            "person": own,
            "group": columns.coded(GROUPS, everybody["group"].to_numpy()[own]),
            "nationality": columns.coded(
                nationalities.CODES, everybody["nationality"].to_numpy()[own]
            ),
            "prisoner_number": pa.array(pairs["prisoner_number"]).cast(pa.string()),
            "cid_person_id": pa.array(pairs["cid_person_id"]).cast(pa.string()),
        }
    )


def custody(
    *,
    registers: RegisterRecords,
    everybody: pd.DataFrame,
    stays: pd.DataFrame,
    cases: pd.DataFrame,
    night: CaseNight,
    as_of: int,
) -> dict[str, pa.Table]:
    """The truth about each custody episode on record, and about each release of one.

    Returns:
        ``releases``: see `truth_releases.table`. ``episodes``: ``episode_id``, ``person``,
        ``prisoner_number``, ``case_id``, ``status`` (the worst of its releases), ``is_missed`` (a
        release without a decision in time, whatever happened since), ``is_due`` (in custody,
        consideration due and not recorded), ``population`` (never_referred, not_considered or
        empty; of the first missed release), ``is_cohort`` (one of the 1,023), ``bucket`` (line of
        the table of releases), ``is_dated`` (the prison recorded the day of release),
        ``release_date``, ``nationality``, ``is_in_scope``, ``is_recommended``, ``offence_code``,
        ``is_youth`` (a detention and training order), ``restatement``, ``outcome_2007``.
    """
    case_of = np.full(len(stays), -1, dtype=np.int64)
    shown_cases = np.flatnonzero(night.shown)
    case_of[cases["stay"].to_numpy()[shown_cases]] = shown_cases
    scope = _in_scope(everybody, stays, as_of)
    found = truth_releases.releases_on(stays, scope, case_of, night, as_of)
    missed = found[found["status"] != truth_releases.CONSIDERED]
    status, due = statuses(stays, scope, case_of, night, missed, as_of)
    rows = np.flatnonzero(stays["reception_recorded"] <= as_of)
    own = stays[list(_SHOWN)].iloc[rows]
    now = status[rows]
    buckets = tuple(bucket.name for bucket in published.releases())
    outcome = np.full(len(stays), -1, dtype=np.int64)
    outcome[cases["stay"]] = cases["outcome_2007"]
    first = missed.drop_duplicates("stay")
    population = np.zeros(len(stays), dtype=np.int64)
    population[first["stay"].to_numpy()] = first["status"].to_numpy()
    episodes = pa.table(
        {
            "episode_id": columns.texts(episode_ids(rows)),
            "person": own["person"].to_numpy(),
            "prisoner_number": columns.texts(keys_on(registers, as_of)[rows]),
            "case_id": columns.texts(
                case_ids(np.maximum(case_of[rows], 0)), where=case_of[rows] >= 0
            ),
            "status": columns.coded(_STATUSES, now),
            "is_missed": population[rows] > 0,
            "is_due": due[rows],
            "population": columns.coded(truth_releases.POPULATIONS, population[rows]),
            "is_cohort": own["is_missed"].to_numpy(),
            "bucket": columns.coded(buckets, own["bucket"]),
            "is_dated": own["is_dated"].to_numpy(),
            "release_date": days.dates(
                unusual_events.last_end(own, as_of),
                where=(own["end_recorded"] <= as_of).to_numpy()
                & ~unusual_events.back_inside(own, as_of),
            ),
            "nationality": columns.coded(
                nationalities.CODES, everybody["nationality"].to_numpy()[own["person"]]
            ),
            "is_in_scope": now != OUT_OF_SCOPE,
            "is_recommended": own["is_recommended"].to_numpy(),
            "offence_code": columns.coded(sentencing.OFFENCES, own["offence"]),
            "is_youth": (own["calculation"] == sentencing.TRAINING).to_numpy(),
            "restatement": columns.coded(cohort.RESTATEMENT, own["restatement"] % 10),
            "outcome_2007": columns.coded(tuple(published.outcomes()), outcome[rows]),
        }
    ).sort_by("episode_id")
    return {"episodes": episodes, "releases": truth_releases.table(found, stays, as_of)}


def statuses(
    stays: pd.DataFrame,
    scope: Flags,
    case_of: Ints,
    night: CaseNight,
    missed: pd.DataFrame,
    as_of: int,
) -> tuple[Ints, Flags]:
    """The true status of each stay on a night (by position), and whether it is due.

    The worst wins: a missed release that is still undecided, then what is due, then a missed
    release that was decided since.
    """
    seen = night.days_of[np.maximum(case_of, 0)]
    known = (case_of >= 0) & days.known(seen[:, list(DECISIONS)].min(axis=1))
    inside = truth_releases.is_inside(stays, as_of)
    known &= ~(inside & _is_open_again(stays, seen, as_of))
    opening = ["confirmed", "automatic_release", "conditional_release", "parole", "tariff"]
    earliest = stays[[name for name in opening if name in stays]].min(axis=1).to_numpy()
    near = days.add_months(np.minimum(earliest, days.NEVER // 2), -_YEAR_MONTHS) <= as_of
    # Nobody knows when a hospital order ends: consideration is due at once.
    near |= (stays["calculation"] == sentencing.HOSPITAL).to_numpy()
    due = scope & inside & ~known & near
    worst = np.full(len(stays), truth_releases.CONSIDERED, dtype=np.int64)
    np.maximum.at(
        worst,
        missed["stay"].to_numpy(),
        np.where(missed["is_decided_since"], truth_releases.CONSIDERED, missed["status"]),
    )
    late = np.zeros(len(stays), dtype=bool)
    late[missed["stay"].to_numpy()] = True
    return np.select(
        [
            ~scope,
            worst == truth_releases.NOT_REFERRED,
            worst == truth_releases.REFERRED_NOT_CONSIDERED,
            due,
            late,
            known,
            ~inside,
        ],
        [
            OUT_OF_SCOPE,
            NOT_REFERRED,
            REFERRED_NOT_CONSIDERED,
            DUE,
            CONSIDERED_LATE,
            CONSIDERED,
            OUT_OF_SCOPE,
        ],
        NOT_YET_DUE,
    ), due


def _is_open_again(stays: pd.DataFrame, seen: Ints, as_of: int) -> Flags:
    """Stays of which no decision on record came after a withdrawal or another conviction."""
    made = seen[:, list(DECISIONS)]
    latest = np.where(days.known(made), made, -days.NEVER).max(axis=1)
    withdrawn = seen[:, AT["withdrawn"]]
    convicted = stays["later_day"].to_numpy()
    undone = days.known(withdrawn) & (withdrawn >= latest)
    again: Flags = undone | ((convicted <= as_of) & (convicted > latest))
    return again


def _in_scope(everybody: pd.DataFrame, stays: pd.DataFrame, as_of: int) -> Flags:
    """In scope on what is recorded of the sentence, after the corrections made by the night."""
    person = stays["person"].to_numpy()
    found = np.full(len(everybody), days.NEVER, dtype=np.int64)
    british = (stays["restatement"] % 10 == cohort.BRITISH_FOUND).to_numpy()
    found[person[british]] = stays["corrected_day"].to_numpy()[british]
    corrected = stays["corrected_day"].to_numpy() <= as_of
    corrected &= np.isin(stays["restatement"] % 10, [cohort.BRITISH_FOUND, cohort.TERM_CORRECTED])
    scope: Flags = stays["is_in_scope"].to_numpy() & (found[person] > as_of) & ~corrected
    return scope & (stays["sentence_recorded"] <= as_of).to_numpy()


def errors(registers: RegisterRecords, as_of: int) -> pa.Table:
    """``register``, ``record`` (its key), ``person``, ``kind`` of every error on a night."""
    parts = []
    for register, records in (("immigration", registers.immigration), ("prison", registers.prison)):
        own = registers.errors[(registers.errors["register"] == register).to_numpy()]
        own = own[visible(records, as_of)[own["record"]]]
        own = own.sort_values(["record", "kind"], kind="stable")
        keys = pa.array(records["key"]).cast(pa.string())
        parts.append(
            pa.table(
                {
                    "register": pa.array(np.full(len(own), register, dtype=object), pa.string()),
                    "record": keys.take(pa.array(own["record"].to_numpy())),
                    "person": own["person"].to_numpy(),
                    "kind": pa.array(own["kind"]).cast(pa.string()),
                }
            )
        )
    return pa.concat_tables(parts)
