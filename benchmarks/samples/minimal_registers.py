"""A minimal valid pair of registers, as Arrow, for the tests of every room.

`register_tables` gives all tables of both registers. An override replaces the rows of one table:
``register_tables(prison_persons=[{...}])``; fields that a row leaves out are empty.

The default world, as of 25 April 2006: Amos Bello (NIGERIA) in custody and known to the
immigration register with an open criminal case; John Smith (BRIT) in custody; a person of unknown
nationality, released on 1 March 2006 and unknown to the immigration register.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from jobs.contract.registers import TABLES

AS_OF = date(2006, 4, 25)
RECORDED = datetime(2006, 4, 1, 9, 0, tzinfo=UTC)

Row = Mapping[str, Any]

DEFAULT_ROWS: dict[str, list[Row]] = {
    "prison.feed": [
        {"as_of_date": AS_OF, "generated_at": datetime(2006, 4, 25, 22, 0, tzinfo=UTC)}
    ],
    "prison.prisons": [
        {"prison_id": "AAI", "prison_name": "Ashford Abbey", "is_removal_centre": False,
         "has_foreign_national_work": True},
        {"prison_id": "BBI", "prison_name": "Brook Bank", "is_removal_centre": False,
         "has_foreign_national_work": False},
    ],
    "prison.persons": [
        {"prisoner_number": "A1001AA", "first_name": "Amos", "last_name": "Bello",
         "date_of_birth": date(1970, 5, 17), "gender": "M", "nationality": "NIGERIA",
         "pnc_number": "2002/0073319Z", "recorded_at": RECORDED},
        {"prisoner_number": "A1002AA", "first_name": "John", "last_name": "Smith",
         "date_of_birth": date(1981, 2, 3), "gender": "M", "nationality": "BRIT",
         "recorded_at": RECORDED},
        {"prisoner_number": "A1003AA", "first_name": "Li", "last_name": "Wen",
         "date_of_birth": date(1975, 11, 30), "gender": "F", "nationality": "UNKNOWN",
         "recorded_at": RECORDED},
    ],
    "prison.identifiers": [
        {"prisoner_number": "A1001AA", "identifier_sequence": 1, "identifier_type": "HOREF",
         "identifier_value": "A1950918", "recorded_at": RECORDED},
    ],
    "prison.episodes": [
        {"episode_id": "E1", "prisoner_number": "A1001AA", "prison_id": "AAI",
         "reception_date": date(2005, 1, 10), "status": "ACTIVE IN", "in_out_status": "IN",
         "legal_status": "SENTENCED", "imprisonment_status": "SENT",
         "sentence_start_date": date(2005, 2, 1), "conditional_release_date": date(2006, 8, 1),
         "sentence_expiry_date": date(2008, 2, 1), "recorded_at": RECORDED},
        {"episode_id": "E2", "prisoner_number": "A1002AA", "prison_id": "BBI",
         "reception_date": date(2005, 6, 1), "status": "ACTIVE IN", "in_out_status": "IN",
         "legal_status": "SENTENCED", "imprisonment_status": "SENT",
         "sentence_start_date": date(2005, 6, 20), "conditional_release_date": date(2007, 6, 20),
         "recorded_at": RECORDED},
        {"episode_id": "E3", "prisoner_number": "A1003AA", "prison_id": "BBI",
         "reception_date": date(2004, 9, 1), "status": "INACTIVE OUT", "in_out_status": "OUT",
         "legal_status": "SENTENCED", "imprisonment_status": "SENT",
         "sentence_start_date": date(2004, 9, 15), "last_movement_type": "REL",
         "last_movement_reason": "CR", "last_movement_date": date(2006, 3, 1),
         "recorded_at": RECORDED},
    ],
    "prison.sentences": [
        {"episode_id": "E1", "sentence_sequence": 1, "calculation_type": "ADIMP_1991",
         "sentence_date": date(2005, 2, 1), "offence_code": "DRUGS", "term_years": 3,
         "recorded_at": RECORDED},
        {"episode_id": "E2", "sentence_sequence": 1, "calculation_type": "ADIMP",
         "sentence_date": date(2005, 6, 20), "offence_code": "BURGLARY", "term_years": 4,
         "recorded_at": RECORDED},
        {"episode_id": "E3", "sentence_sequence": 1, "calculation_type": "ADIMP_1991",
         "sentence_date": date(2004, 9, 15), "offence_code": "FRAUD", "term_years": 3,
         "recorded_at": RECORDED},
    ],
    "prison.movements": [
        {"episode_id": "E1", "movement_sequence": 1, "movement_date": date(2005, 1, 10),
         "movement_type": "ADM", "movement_reason": "N", "to_prison_id": "AAI",
         "recorded_at": RECORDED},
        {"episode_id": "E2", "movement_sequence": 1, "movement_date": date(2005, 6, 1),
         "movement_type": "ADM", "movement_reason": "N", "to_prison_id": "BBI",
         "recorded_at": RECORDED},
        {"episode_id": "E3", "movement_sequence": 1, "movement_date": date(2004, 9, 1),
         "movement_type": "ADM", "movement_reason": "N", "to_prison_id": "BBI",
         "recorded_at": RECORDED},
        {"episode_id": "E3", "movement_sequence": 2, "movement_date": date(2006, 3, 1),
         "movement_type": "REL", "movement_reason": "CR", "from_prison_id": "BBI",
         "recorded_at": RECORDED},
    ],
    "immigration.feed": [
        {"as_of_date": AS_OF, "generated_at": datetime(2006, 4, 25, 22, 0, tzinfo=UTC)}
    ],
    "immigration.persons": [
        {"cid_person_id": "P1", "ho_reference": "A1950918", "first_name": "Amos",
         "last_name": "Bello", "date_of_birth": date(1970, 5, 17), "gender": "M",
         "nationality": "NIGERIA", "nationality_verified": True, "noms_number": "A1001AA",
         "located_status": "IN_CUSTODY", "recorded_at": RECORDED},
    ],
    "immigration.cases": [
        {"case_id": "C1", "cid_person_id": "P1", "case_type": "CRIMINAL", "team": "Team 1",
         "caseworker": "CW01", "referral_source": "PRISON",
         "referral_sent_date": date(2005, 2, 20), "referral_received_date": date(2005, 3, 1),
         "opened_date": date(2005, 3, 1), "stage": "REFERRED",
         "stage_entered_date": date(2005, 3, 1), "recorded_at": RECORDED},
    ],
    "immigration.events": [
        {"event_id": "V1", "case_id": "C1", "event_type": "REFERRED",
         "occurred_date": date(2005, 3, 1), "recorded_at": RECORDED},
    ],
    "immigration.staffing": [
        {"team": "Team 1", "staffing_date": AS_OF, "fte": 10.0, "fte_absent": 1.0,
         "fte_diverted": 2.0, "diverted_to": "asylum"},
    ],
}  # fmt: skip


def table(full_name: str, rows: Sequence[Row]) -> pa.Table:
    """Rows of one register table as Arrow of the contract; left-out fields are empty."""
    declared = TABLES[full_name]
    unknown = {name for row in rows for name in row} - set(declared.columns)
    if unknown:
        raise ValueError(f"[{full_name}] has no {sorted(unknown)}")
    columns = {
        field.name: pa.array([row.get(field.name) for row in rows], type=field.kind.arrow)
        for field in declared.fields
    }
    return pa.table(columns, schema=declared.arrow_schema)


def register_tables(**overrides: Sequence[Row]) -> dict[str, pa.Table]:
    """All tables of both registers; an override is ``<register>_<table>=[rows]``."""
    rows = dict.fromkeys(TABLES, ()) | DEFAULT_ROWS
    for key, given in overrides.items():
        rows[key.replace("_", ".", 1)] = list(given)
    return {name: table(name, rows[name]) for name in TABLES}


def default_rows(full_name: str) -> list[dict[str, Any]]:
    """Copies of the default rows of a table, to change and give back as an override."""
    return [dict(row) for row in DEFAULT_ROWS.get(full_name, [])]
