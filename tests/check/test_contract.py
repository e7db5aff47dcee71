"""A missing or retyped column stops the night; a value is read as the contract says, or not."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from benchmarks.samples.gate_stages import failures, rows_checked
from benchmarks.samples.minimal_registers import register_tables, table
from jobs.contract.registers import TABLES
from jobs.runtime.errors import GateFailed


def with_column(full_name: str, column: str, values: pa.Array) -> dict[str, pa.Table]:
    tables = register_tables()
    arrow = tables[full_name]
    index = arrow.schema.get_field_index(column)
    return {**tables, full_name: arrow.set_column(index, column, values)}


def test_a_missing_table_stops_the_night() -> None:
    tables = register_tables()
    del tables["prison.movements"]
    with pytest.raises(GateFailed, match=r"\[prison.movements\]: is missing"):
        rows_checked(tables)


def test_a_missing_column_stops_the_night() -> None:
    tables = register_tables()
    tables["prison.persons"] = tables["prison.persons"].drop_columns(["nationality"])
    with pytest.raises(GateFailed, match=r"\[prison.persons\]: column \[nationality\] is missing"):
        rows_checked(tables)


@pytest.mark.parametrize(
    ("full_name", "column", "values"),
    [
        pytest.param(
            "prison.persons", "date_of_birth", pa.array([1, 2, 3]), id="a date as a number"
        ),
        pytest.param("prison.persons", "nationality", pa.array([1, 2, 3]), id="a code as a number"),
        pytest.param(
            "prison.sentences",
            "term_years",
            pa.array([True, False, True]),
            id="a term as yes or no",
        ),
        pytest.param(
            "prison.persons",
            "recorded_at",
            pa.array([date(2006, 1, 1)] * 3),
            id="a moment as a day",
        ),
        pytest.param(
            "prison.persons", "last_name", pa.array([["a"], ["b"], ["c"]]), id="a name as a list"
        ),
    ],
)
def test_a_column_of_another_type_stops_the_night(
    full_name: str, column: str, values: pa.Array
) -> None:
    with pytest.raises(GateFailed, match=rf"column \[{column}\] is .*, the contract says"):
        rows_checked(with_column(full_name, column, values))


def test_a_text_column_that_can_mostly_not_be_read_stops_the_night() -> None:
    rows = [{"episode_id": "E1", "sentence_sequence": n} for n in range(20)]
    sentences = table("prison.sentences", rows)
    index = sentences.schema.get_field_index("sentence_date")
    dates = pa.array(["01/02/2005"] * 11 + ["2005-02-01"] * 9)
    tables = register_tables()
    tables["prison.sentences"] = sentences.set_column(index, "sentence_date", dates)
    with pytest.raises(GateFailed, match=r"\[sentence_date\] cannot be read as date in 11 of 20"):
        rows_checked(tables)


@pytest.mark.parametrize(
    ("full_name", "column", "delivered", "accepted"),
    [
        pytest.param(
            "prison.sentences", "sentence_date",
            pa.array(["2005-02-01", " 2005-02-02T00:00:00 ", ""]),
            [date(2005, 2, 1), date(2005, 2, 2), None], id="dates as text",
        ),
        pytest.param(
            "prison.sentences", "sentence_date",
            pa.array([date(2005, 2, 1), None, None]).cast(pa.timestamp("ns")),
            [date(2005, 2, 1), None, None], id="dates as moments at midnight",
        ),
        pytest.param(
            "prison.sentences", "term_years", pa.array(["3", "+4.0", "\t"]),
            [3, 4, None], id="whole numbers as text",
        ),
        pytest.param(
            "prison.sentences", "term_years", pa.array([3.0, 4.0, None]),
            [3, 4, None], id="whole numbers as fractions without remainder",
        ),
        pytest.param(
            "prison.sentences", "term_years", pa.array([Decimal(3), Decimal(4), None]),
            [3, 4, None], id="whole numbers as decimals",
        ),
        pytest.param(
            "prison.sentences", "term_years", pa.nulls(3), [None, None, None],
            id="a column without any value",
        ),
        pytest.param(
            "prison.persons", "recorded_at",
            pa.array(["2006-04-01T10:00:00+01:00", "2006-04-01 09:00", "2006-04-01"]),
            [datetime(2006, 4, 1, 9, tzinfo=UTC)] * 2 + [datetime(2006, 4, 1, tzinfo=UTC)],
            id="moments as text, with and without a zone",
        ),
        pytest.param(
            "prison.prisons", "is_removal_centre", pa.array(["YES", "0"]), [True, False],
            id="yes and no as text",
        ),
        pytest.param(
            "prison.persons", "nationality", pa.array([" NIGERIA", "BRIT ", "  "]),
            ["NIGERIA", "BRIT", None], id="codes with blanks around",
        ),
        pytest.param(
            "prison.alerts", "alert_sequence", pa.array([], pa.int16()), [], id="an empty table"
        ),
    ],
)  # fmt: skip
def test_a_value_is_read_as_the_contract_says(
    full_name: str, column: str, delivered: pa.Array, accepted: list[object]
) -> None:
    checked = rows_checked(with_column(full_name, column, delivered))
    assert checked.quarantine.empty
    assert checked.accepted[full_name][column].to_pylist() == accepted
    assert checked.accepted[full_name].schema == TABLES[full_name].arrow_schema


def test_an_episode_may_be_numbered_with_integers() -> None:
    tables = register_tables()
    for name in ("prison.episodes", "prison.sentences", "prison.movements"):
        numbers = pa.array([int(value[1:]) for value in tables[name]["episode_id"].to_pylist()])
        index = tables[name].schema.get_field_index("episode_id")
        tables[name] = tables[name].set_column(index, "episode_id", numbers)
    checked = rows_checked(tables)
    assert checked.quarantine.empty
    assert checked.accepted["prison.episodes"]["episode_id"].to_pylist() == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("full_name", "column", "value"),
    [
        pytest.param("prison.sentences", "sentence_date", "04/05/2006", id="a date read two ways"),
        pytest.param("prison.sentences", "sentence_date", "2006-02-30", id="a day that is none"),
        pytest.param("prison.sentences", "sentence_date", "infinity", id="a date without end"),
        pytest.param("prison.sentences", "sentence_date", "0000-00-00", id="the zero date"),
        pytest.param("prison.sentences", "sentence_date", "1879-12-31", id="a day too early"),
        pytest.param("prison.sentences", "sentence_date", "2201-01-01", id="a day too late"),
        pytest.param("prison.sentences", "sentence_date", "12006-04-05", id="a year of five"),
        pytest.param("prison.sentences", "sentence_date", "2006-4-5", id="a date without noughts"),
        pytest.param("prison.sentences", "sentence_date", "2006-04-05T00:00Z", id="a zone"),
        pytest.param(
            "prison.episodes", "additional_days_awarded", "9999999", id="27,000 years of days"
        ),
        pytest.param("prison.sentences", "sentence_date", "2006-04-25 13:00", id="a time of day"),
        pytest.param("prison.sentences", "term_years", "3.5", id="half a year as a whole number"),
        pytest.param("prison.sentences", "term_years", "three", id="a number in words"),
        pytest.param("immigration.staffing", "fte", "NaN", id="a number that is none"),
        pytest.param("immigration.staffing", "fte", "1e999", id="a number without end"),
        pytest.param("prison.persons", "recorded_at", "yesterday", id="a moment in words"),
        pytest.param("prison.prisons", "is_removal_centre", "maybe", id="neither yes nor no"),
        pytest.param("prison.persons", "last_name", "a\x00b", id="a character that no text holds"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_read_is_missing_and_sets_its_row_aside_only_if_needed(
    full_name: str, column: str, value: str
) -> None:
    rows = register_tables()[full_name].num_rows
    checked = rows_checked(with_column(full_name, column, pa.array([value] + [None] * (rows - 1))))
    rule = f"{full_name}.{column}.unreadable"
    assert failures(checked)[rule] == 1
    quarantined = checked.quarantine[checked.quarantine["rule_id"] == rule]
    needed = (column, full_name) == ("is_removal_centre", "prison.prisons") or "term" in column
    assert quarantined["row_number"].tolist() == ([1] if needed else [])
    if not needed:
        assert checked.accepted[full_name].num_rows == rows
        assert checked.accepted[full_name][column].null_count == rows
