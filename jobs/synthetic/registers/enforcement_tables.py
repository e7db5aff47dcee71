"""The immigration register's tables of enforcement, as they stood on a night."""

from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.contract import immigration
from jobs.synthetic.base import days
from jobs.synthetic.base import register_columns as columns
from jobs.synthetic.base.random_draws import Ints, Texts
from jobs.synthetic.casework import case_histories
from jobs.synthetic.casework.case_events import AT
from jobs.synthetic.casework.enforcement import BARRIERS
from jobs.synthetic.casework.staffing import staffing_table
from jobs.synthetic.custody import custody_stays
from jobs.synthetic.people import nationalities
from jobs.synthetic.people.person_numbers import numbered
from jobs.synthetic.registers.immigration_register import CaseNight, case_ids
from jobs.synthetic.registers.register_records import RegisterRecords

_REPORTING_DAYS: Final = 28
_MOST_REPORTINGS: Final = 13
_ACTIVE, _ENDED, _ABSCONDED = range(3)
_BAIL: Final = ("ACTIVE", "ENDED", "ABSCONDED")


def tables(
    *,
    as_of: int,
    registers: RegisterRecords,
    everybody: pd.DataFrame,
    stays: pd.DataFrame,
    cases: pd.DataFrame,
    night: CaseNight,
    places: pd.DataFrame,
    barriers: pd.DataFrame,
    detentions: pd.DataFrame,
    bails: pd.DataFrame,
) -> dict[str, pa.Table]:
    """Barriers, appeals, detentions, bails, reportings, removals, staffing, by full name.

    Args:
        as_of: the night.
        registers: records of both registers.
        everybody: people, by position.
        stays: custody stays.
        cases: criminal cases.
        night: what is on record of them.
        places: prisons and removal centres.
        barriers: see `enforcement.barriers`.
        detentions: see `enforcement.detentions`.
        bails: see `enforcement.bails`.
    """
    return {
        immigration.BARRIERS.full_name: _barriers(barriers, night, as_of),
        immigration.APPEALS.full_name: _appeals(cases, night),
        immigration.DETENTIONS.full_name: _detentions(detentions, registers, places, as_of),
        immigration.BAILS.full_name: _bails(bails, registers, as_of),
        immigration.REPORTINGS.full_name: _reportings(bails, as_of),
        immigration.REMOVALS.full_name: _removals(stays, cases, everybody, registers, as_of),
        immigration.STAFFING.full_name: staffing_table(as_of),
    }


def _barriers(found: pd.DataFrame, night: CaseNight, as_of: int) -> pa.Table:
    """Barriers raised by a night in cases on record."""
    sequence = columns.positions(found["case"].to_numpy())
    shown = (found["raised"] <= as_of).to_numpy() & night.shown[found["case"]]
    own = found[shown]
    return columns.table(
        immigration.BARRIERS,
        {
            "case_id": columns.texts(case_ids(own["case"].to_numpy())),
            "barrier_sequence": sequence[shown],
            "barrier_type": columns.coded(BARRIERS, own["kind"]),
            "raised_date": days.dates(own["raised"]),
            "cleared_date": days.dates(own["cleared"], where=(own["cleared"] <= as_of).to_numpy()),
        },
    )


def _appeals(cases: pd.DataFrame, night: CaseNight) -> pa.Table:
    """Appeals on record on a night."""
    rows = np.flatnonzero(days.known(night.days_of[:, AT["lodged"]]))
    determined = night.days_of[rows, AT["determined"]]
    return columns.table(
        immigration.APPEALS,
        {
            "appeal_id": columns.texts(numbered("A", rows, 8)),
            "case_id": columns.texts(case_ids(rows)),
            "lodged_date": days.dates(night.days_of[rows, AT["lodged"]]),
            "outcome": columns.coded(
                case_histories.APPEALS,
                cases["appeal"].to_numpy()[rows],
                where=days.known(determined),
            ),
            "outcome_date": days.dates(determined),
        },
    )


def _detentions(
    found: pd.DataFrame, registers: RegisterRecords, places: pd.DataFrame, as_of: int
) -> pa.Table:
    """Detentions begun by a night."""
    rows = np.flatnonzero(found["start"] <= as_of)
    own = found.iloc[rows]
    ended = (own["end"] <= as_of).to_numpy()
    centres = places["prison_id"].to_numpy()[places["is_removal_centre"].to_numpy()]
    reason = np.select([own["is_removed"], own["is_bailed"]], ["removed", "bailed"], "released")
    return columns.table(
        immigration.DETENTIONS,
        {
            "detention_id": columns.texts(numbered("D", rows, 8)),
            "cid_person_id": columns.texts(_first_keys(registers, own["person"].to_numpy())),
            "place_id": columns.texts(centres[rows % len(centres)]),
            "start_date": days.dates(own["start"]),
            "end_date": days.dates(own["end"], where=ended),
            "end_reason": columns.texts(reason.astype(object), where=ended),
        },
    )


def _bails(found: pd.DataFrame, registers: RegisterRecords, as_of: int) -> pa.Table:
    """Bail granted by a night."""
    rows = np.flatnonzero(found["granted"] <= as_of)
    own = found.iloc[rows]
    ended = (own["ended"] <= as_of).to_numpy()
    status = np.where(ended, np.where(own["absconded"], _ABSCONDED, _ENDED), _ACTIVE)
    return columns.table(
        immigration.BAILS,
        {
            "bail_id": columns.texts(numbered("L", rows, 8)),
            "cid_person_id": columns.texts(_first_keys(registers, own["person"].to_numpy())),
            "granted_date": days.dates(own["granted"]),
            "ended_date": days.dates(own["ended"], where=ended),
            "bail_status": columns.coded(_BAIL, status),
            "is_opposed": pa.array(own["is_opposed"].to_numpy()),
        },
    )


def _reportings(found: pd.DataFrame, as_of: int) -> pa.Table:
    """Days on which people on bail had to report, every four weeks in the first year."""
    bail = np.repeat(np.arange(len(found)), _MOST_REPORTINGS)
    step = np.tile(np.arange(1, _MOST_REPORTINGS + 1), len(found))
    due = found["granted"].to_numpy()[bail] + step * _REPORTING_DAYS
    shown = (due <= as_of) & (due < found["ended"].to_numpy()[bail])
    bail, step, due = bail[shown], step[shown], due[shown]
    return columns.table(
        immigration.REPORTINGS,
        {
            "bail_id": columns.texts(numbered("L", bail, 8)),
            "due_date": days.dates(due),
            "attended": pa.array((bail * 31 + step * 17) % 11 != 0),
        },
    )


def _removals(
    stays: pd.DataFrame,
    cases: pd.DataFrame,
    everybody: pd.DataFrame,
    registers: RegisterRecords,
    as_of: int,
) -> pa.Table:
    """Removals from the country by a night: from prison, and later of the cohort."""
    leaving = (stays["removal"] > 0).to_numpy() & (stays["end_recorded"] <= as_of).to_numpy()
    stay = np.flatnonzero(leaving)
    case_of = np.full(len(stays), -1, dtype=np.int64)
    case_of[cases["stay"]] = np.arange(len(cases))
    later = days.known(cases["removed"]) & (cases["outcome_2007"] >= 0).to_numpy()
    later &= (cases["removed"] <= as_of).to_numpy()
    found = cases["found_day"].to_numpy()
    later &= ~days.known(found) | (found <= as_of)
    rows = np.flatnonzero(later)
    person = np.concatenate([stays["person"].to_numpy()[stay], cases["person"].to_numpy()[rows]])
    case = np.concatenate([case_of[stay], rows])
    day = np.concatenate([stays["end"].to_numpy()[stay], cases["removed"].to_numpy()[rows]])
    kind = np.concatenate([stays["removal"].to_numpy()[stay], cases["removal"].to_numpy()[rows]])
    number = np.concatenate([stay, len(stays) + rows])
    nationality = everybody["nationality"].to_numpy()[person]
    return columns.table(
        immigration.REMOVALS,
        {
            "removal_id": columns.texts(numbered("R", number, 8)),
            "cid_person_id": columns.texts(_first_keys(registers, person)),
            "case_id": columns.texts(case_ids(np.maximum(case, 0)), where=case >= 0),
            "removed_date": days.dates(day),
            "removal_type": columns.coded(custody_stays.REMOVALS, kind),
            "destination": columns.coded(nationalities.CODES, nationality),
        },
    )


def _first_keys(registers: RegisterRecords, person: Ints) -> Texts:
    """Key of the first immigration record of each person."""
    own = registers.immigration["person"].to_numpy()
    first, position = np.unique(own, return_index=True)
    keys: Texts = registers.immigration["key"].to_numpy()
    return keys[position[np.searchsorted(first, person)]]
