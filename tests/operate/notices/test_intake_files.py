"""What the intake is told: each field with its why, withdrawals that name nobody, plain text."""

import json
from pathlib import Path

from jobs.contract import codes, results
from jobs.operate.notices.intake_fields import (
    CORRECTED,
    FIELDS,
    NAMES,
    NOTIFY,
    WITHDRAW,
    WITHDRAWN_FOR,
    intake_schema,
)
from jobs.operate.notices.intake_files import (
    INTAKE,
    SHEET,
    _records,
    read_records,
    write_records,
)

TOLD = {
    **dict.fromkeys(NAMES),
    "action": NOTIFY,
    "notice_number": "RN-0000-0000-0001",
    "written_date": "2006-04-25",
    "answer_due_date": "2006-05-10",
    "last_name": "<b>Bello</b>",
    "episode_id": "E1",
    "is_court_recommended": True,
    "sentence_days": 400,
    "nationality": "NETHERL",
    "offence_code": "FORGERY",
}
WITHDRAWN = {
    **dict.fromkeys(NAMES),
    "action": WITHDRAW,
    "notice_number": "RN-0000-0000-0002",
    "written_date": "2006-04-24",
    "answer_due_date": "2006-05-09",
    "withdrawn_for": CORRECTED,
}


def test_every_field_says_why_the_intake_needs_it() -> None:
    schema = json.loads(intake_schema())
    assert schema["required"] == list(NAMES) == list(schema["properties"])
    assert schema["additionalProperties"] is False
    assert all(len(field.why) > 10 for field in FIELDS)
    assert schema["properties"]["withdrawn_for"]["enum"] == [*WITHDRAWN_FOR, None]


def test_whatever_ends_a_notice_answers_it_or_withdraws_it() -> None:
    ends = {entry.code for entry in results.NOTICE_END.codes}
    assert ends | {CORRECTED} == {"ANSWERED", "FOUND", *WITHDRAWN_FOR}


def test_what_is_written_is_read_and_the_sheet_says_the_same(tmp_path: Path) -> None:
    write_records(tmp_path, [TOLD, WITHDRAWN], day="25 April 2006")
    assert read_records(tmp_path) == [TOLD, WITHDRAWN]
    assert len((tmp_path / INTAKE).read_text().splitlines()) == 2
    sheet = (tmp_path / SHEET).read_text()
    assert "1 person is due and was never referred; 1 earlier notice is withdrawn." in sheet
    assert "&lt;b&gt;Bello&lt;/b&gt;" in sheet
    assert "<b>" not in sheet
    assert "the night was published again, and does not write it" in sheet
    assert "Withdrawn: RN-0000-0000-0002" in sheet
    for known, code in ((codes.NATIONALITY, "NETHERL"), (codes.OFFENCE, "FORGERY")):
        assert code not in sheet, "people read words"
        assert known.meaning_of(code) in sheet


def test_a_night_without_notices_has_a_file_without_lines(tmp_path: Path) -> None:
    write_records(tmp_path, [], day="25 April 2006")
    assert read_records(tmp_path) == []
    assert "0 people are due and were never referred" in (tmp_path / SHEET).read_text()


def test_what_may_be_unknown_may_be_null_and_nothing_else() -> None:
    schema = json.loads(intake_schema())["properties"]
    for field in FIELDS:
        assert ("null" in schema[field.name]["type"]) is not field.always, field.name


def test_rows_become_json_as_it_holds_them() -> None:
    frame = results.NOTICES.empty()
    assert _records(frame) == []
