"""The events of all criminal cases in one list: what happened, when, and when it was recorded."""

from typing import Final

import numpy as np
import pandas as pd

from jobs.synthetic.base import days
from jobs.synthetic.base.error_labels import ErrorLabels
from jobs.synthetic.base.noise import Noise
from jobs.synthetic.base.random_draws import Ints, some
from jobs.synthetic.casework.case_histories import DAYS
from jobs.synthetic.custody import custody_stays

TYPES: Final = (
    "REFERRED", "ALLOCATED", "STARTED", "QUESTIONNAIRE_SENT", "QUESTIONNAIRE_RETURNED",
    "STAGE1_NOTICE_SERVED", "REPRESENTATIONS_RECEIVED", "DECISION_PURSUE", "DECISION_NOT_PURSUE",
    "DECISION_DEFERRED", "APPEAL_LODGED", "APPEAL_DETERMINED", "DEPORTATION_ORDER_SIGNED",
    "REMOVAL_DIRECTIONS_SET", "REMOVED", "CLOSED", "DECISION_WITHDRAWN",
)  # fmt: skip
"""Event types, by position; the order in which those of one day are taken to follow each other."""
COLUMNS: Final = DAYS[1:]
"""The days of a case that are events, in the same order."""
AT: Final = {column: position for position, column in enumerate(COLUMNS)}
DECISIONS: Final = tuple(AT[name] for name in ("pursue", "not_pursue", "deferred"))
_DECIDED: Final = (*DECISIONS, *(AT[name] for name in ("order", "directions", "removed", "closed")))

STAGES: Final = (
    "REFERRED", "ACCEPTED", "", "", "", "STAGE1_NOTICE_SERVED", "REPRESENTATIONS",
    "STAGE2_DECISION", "STAGE2_DECISION", "STAGE2_DECISION", "APPEAL_PENDING",
    "APPEAL_RIGHTS_EXHAUSTED", "DEPORTATION_ORDER_SIGNED", "REMOVAL_DIRECTIONS", "REMOVED", "", "",
)  # fmt: skip
"""The stage that each event opens; empty where it opens none."""


def draw_events(
    cases: pd.DataFrame, rng: np.random.Generator, noise: Noise, labels: ErrorLabels
) -> pd.DataFrame:
    """Every event: ``case`` and ``type`` (positions), ``day``, ``recorded``.

    An event is recorded on its day, or later where the register was slow; a decision found in a
    file long afterwards is recorded when it was found, with what followed it.
    """
    days_of = cases[list(COLUMNS)].to_numpy().copy()
    disordered = some(rng, noise.dates_out_of_order, len(cases))
    disordered &= days.known(days_of[:, AT["allocated"]])
    days_of[disordered, AT["allocated"]] = days_of[disordered, AT["received"]] - 5
    case, kind = np.nonzero(days_of < days.NEVER)
    day = days_of[case, kind]
    person = cases["person"].to_numpy()
    late = some(rng, noise.recorded_late, len(case))
    wait = np.where(late, 1 + np.minimum(rng.exponential(9, len(case)), 60), 0).astype(np.int64)
    recorded = day + wait
    found = cases["found_day"].to_numpy()[case]
    is_found = np.isin(kind, _DECIDED) & days.known(found)
    recorded = np.where(is_found, np.maximum(found, recorded), recorded)
    # A case is on record from its referral: nothing of it is written down before.
    opened = np.zeros(len(cases), dtype=np.int64)
    referral = kind == AT["received"]
    opened[case[referral]] = recorded[referral]
    labels.add_people("immigration", person[case[late]], "recorded_late")
    labels.add_people("immigration", person[disordered], "dates_out_of_order")
    return pd.DataFrame(
        {"case": case, "type": kind, "day": day, "recorded": np.maximum(recorded, opened[case])}
    )


def known_days(events: pd.DataFrame, cases: int, as_of: int) -> Ints:
    """Day of each event of each case as recorded by a night: one row a case, one column a type."""
    found = np.full((cases, len(TYPES)), days.NEVER, dtype=np.int64)
    seen = events[(events["recorded"] <= as_of).to_numpy()]
    found[seen["case"], seen["type"]] = seen["day"]
    return found


def close_last(cases: pd.DataFrame, stays: pd.DataFrame) -> pd.DataFrame:
    """Nothing happens in a case after it was closed, and none is closed in a later stay.

    A case closed there as exempt or with leave would be a finding upon a conviction that nobody
    looked at. What goes on until then stays open.
    """
    until = custody_stays.next_receptions(stays)[cases["stay"].to_numpy()]
    others = cases[[name for name in COLUMNS if name != "closed"]].to_numpy()
    last = np.where(others < days.NEVER, others, 0).max(axis=1)
    closed = np.minimum(np.maximum(cases["closed"].to_numpy(), last), until - 1)
    stays_open = ~days.known(cases["closed"]) | (closed < last)
    return cases.assign(closed=np.where(stays_open, days.NEVER, closed))
