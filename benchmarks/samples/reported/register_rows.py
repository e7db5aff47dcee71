"""Registers of an invented night, and what the checks found in them."""

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.samples.reported.frames import AS_OF, PRISONS, TODAY, arrow_of, frame_of, numbered
from jobs.contract import codes as c
from jobs.contract import results

PRISON_NAMES = (
    "Ashdown",
    "Brackley Moor",
    "Corhampton",
    "Dunmere",
    "Eastleigh Cross",
    "Fenwick House",
)


def invent_tables(rng: np.random.Generator, assessments: pd.DataFrame) -> dict[str, pa.Table]:
    """The register tables that the report reads."""
    rows = len(assessments)
    person = assessments["prisoner_number"].str.replace("A", "P")
    stages = [entry.code for entry in c.STAGE.codes][:10]
    opened = pd.Series(TODAY - pd.to_timedelta((rng.random(rows) ** 2 * 2500).astype(int), "D"))
    is_open = rng.random(rows) < 0.5
    return {
        "prison.prisons": arrow_of(
            "prison.prisons",
            {
                "prison_id": pd.Series(PRISONS),
                "prison_name": pd.Series(PRISON_NAMES),
                "is_removal_centre": [False] * 5 + [True],
                "has_foreign_national_work": [True, False, True, False, True, True],
            },
            len(PRISONS),
        ),
        "prison.persons": arrow_of(
            "prison.persons",
            {
                "prisoner_number": assessments["prisoner_number"],
                "nationality": assessments["nationality"],
            },
            rows,
        ),
        "prison.episodes": arrow_of(
            "prison.episodes",
            {
                "episode_id": assessments["episode_id"],
                "prisoner_number": assessments["prisoner_number"],
                "legal_status": rng.choice(["SENTENCED", "REMAND"], rows, p=[0.8, 0.2]),
            },
            rows,
        ),
        "immigration.persons": arrow_of(
            "immigration.persons",
            {"cid_person_id": person, "nationality": assessments["nationality"]},
            rows,
        ),
        "immigration.cases": arrow_of(
            "immigration.cases",
            {
                "case_id": numbered("C", rows),
                "cid_person_id": person,
                "case_type": rng.choice(["CRIMINAL", "ASYLUM"], rows, p=[0.95, 0.05]),
                "team": pd.Series(rng.choice(["Team 1", "Team 2", "Team 3"], rows)).where(
                    rng.random(rows) > 0.1
                ),
                "caseworker": pd.Series(rng.choice(["CW1", "CW2"], rows)).where(
                    rng.random(rows) > 0.3
                ),
                "opened_date": opened.where(rng.random(rows) > 0.05),
                "stage": pd.Series(rng.choice(stages, rows)),
                "stage_entered_date": opened,
                "closed_date": pd.Series(TODAY).repeat(rows).reset_index(drop=True).where(~is_open),
            },
            rows,
        ),
        "immigration.events": arrow_of(
            "immigration.events",
            {
                "event_id": numbered("V", rows),
                "case_id": numbered("C", rows),
                "event_type": "REFERRED",
                "occurred_date": opened + pd.to_timedelta(rng.integers(0, 40, rows), "D"),
            },
            rows,
        ),
        "immigration.staffing": arrow_of(
            "immigration.staffing",
            {
                "team": pd.Series(["Team 1", "Team 2", "Team 3", "Asylum"]),
                "staffing_date": TODAY,
                "fte": [30.0, 25.0, 30.0, 400.0],
                "fte_absent": [2.0, 1.5, None, 5.0],
                "fte_diverted": [10.0, 0.0, 4.0, 0.0],
                "diverted_to": pd.Series(["ASYLUM", None, "ASYLUM", None]),
            },
            4,
        ),
    }


def invent_row_counts(tables: dict[str, pa.Table]) -> pd.DataFrame:
    """Rows of each table, one of every hundred kept aside."""
    names = sorted(tables)
    accepted = [tables[name].num_rows for name in names]
    aside = [rows // 100 for rows in accepted]
    columns: dict[str, object] = {
        "register": [name.split(".")[0] for name in names],
        "table_name": [name.split(".")[1] for name in names],
        "rows_in": [a + b for a, b in zip(accepted, aside, strict=True)],
        "accepted": accepted,
        "quarantined": aside,
    }
    return frame_of(results.ROW_COUNTS, columns, len(names))


def invent_quarantine() -> pd.DataFrame:
    """Three bad rows under two rules."""
    columns: dict[str, object] = {
        "register": ["prison", "prison", "immigration"],
        "table_name": ["sentences", "sentences", "cases"],
        "row_number": [3, 9, 4],
        "row_key": ["E1|1", "E2|1", "C4"],
        "rule_id": [
            "prison.sentences.negative_term",
            "prison.sentences.negative_term",
            "cases.key",
        ],
        "row": ["{}", "{}", "{}"],
    }
    return frame_of(results.QUARANTINE, columns, 3)


def invent_checks() -> pd.DataFrame:
    """One check that held and one warning that did not."""
    columns: dict[str, object] = {
        "check_id": ["feed.fresh", "persons.nationality_known"],
        "severity": ["critical", "warning"],
        "table_name": ["prison.feed", "prison.persons"],
        "column_name": [None, "nationality"],
        "meaning": [
            "the delivery is of the night",
            "nationality is known for 97 of 100 people in prison",
        ],
        "passed": [True, False],
        "rows_checked": [1, 400],
        "rows_failed": [0, 79],
        "observed": [None, 80.2],
        "owner": ["data team", "data team"],
        "failing_since_date": [None, pd.Timestamp(AS_OF)],
    }
    return frame_of(results.CHECK_RESULTS, columns, 2)


def invent_faults() -> dict[str, pd.DataFrame]:
    """Rows to mend in one prison, one of them a person's."""
    check = "persons.nationality_known"
    faults: dict[str, object] = {
        "check_id": [check],
        "unit": ["prison AAI"],
        "rows_failed": [2],
        "failing_since_date": [pd.Timestamp(AS_OF)],
    }
    rows: dict[str, object] = {
        "check_id": [check, check],
        "table_name": ["prison.episodes", "prison.persons"],
        "row_number": [3, 7],
        "reference": ["E00003", None],
        "unit": ["prison AAI", "prison AAI"],
    }
    return {
        "nightly.faults": frame_of(results.FAULTS, faults, 1),
        "nightly.faulty_rows": frame_of(results.FAULTY_ROWS, rows, 2),
    }
