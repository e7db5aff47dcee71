"""Rows in = accepted + quarantined, whatever arrives, and quarantine hides no prisoner."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.samples.gate_stages import failures, rows_checked
from benchmarks.samples.minimal_registers import default_rows, register_tables
from jobs.check.rules import row_rules
from jobs.contract import results
from jobs.contract.registers import TABLES
from jobs.contract.schema import Field, Kind, Table

KEYED = ["E1", "E2", "A1001AA", "P1", "C1", "AAI", "1", "2"]
VALUES: dict[Kind, list[str]] = {
    Kind.TEXT: [*KEYED, "BRIT", "ADM", "CRIMINAL", "PNC", "x|y", "Ünïcode", "\x00"],
    Kind.DATE: ["2006-04-25", "2005-01-01", "2030-01-01", "1900-01-01", "9999-12-31", "25/04/2006"],
    Kind.TIMESTAMP: ["2006-04-01T09:00:00Z", "2006-04-02 09:00", "soon"],
    Kind.INTEGER: ["1", "2", "-3", "1200", "99999999999999999999", "1.5"],
    Kind.NUMBER: ["1.5", "-2", "nan"],
    Kind.BOOLEAN: ["true", "0", "perhaps"],
}


def _value(field: Field) -> st.SearchStrategy[str | None]:
    return st.sampled_from([None, "", *VALUES[field.kind]])


def _rows(table: Table) -> st.SearchStrategy[list[dict[str, str | None]]]:
    row = st.fixed_dictionaries({field.name: _value(field) for field in table.fields})
    # Fewer rows than make an unreadable column a retyped one.
    return st.lists(row, max_size=9)


def as_text(table: Table, rows: list[dict[str, str | None]]) -> pa.Table:
    return pa.table(
        {name: pa.array([row[name] for row in rows], pa.string()) for name in table.columns}
    )


@st.composite
def deliveries_of_anything(draw: st.DrawFn) -> dict[str, pa.Table]:
    names = draw(st.lists(st.sampled_from(sorted(TABLES)), min_size=1, max_size=3, unique=True))
    spoilt = {name: as_text(TABLES[name], draw(_rows(TABLES[name]))) for name in names}
    return {**register_tables(), **spoilt}


@settings(max_examples=6, deadline=None)
@given(tables=deliveries_of_anything())
def test_rows_in_are_accepted_or_quarantined_whatever_arrives(tables: dict[str, pa.Table]) -> None:
    loses_nothing(tables)


@pytest.mark.long
@settings(max_examples=100, deadline=None)
@given(tables=deliveries_of_anything())
def test_rows_in_are_accepted_or_quarantined_in_many_deliveries(
    tables: dict[str, pa.Table],
) -> None:
    loses_nothing(tables)


def loses_nothing(tables: dict[str, pa.Table]) -> None:
    checked = rows_checked(tables)
    counts = checked.row_counts
    assert (counts["rows_in"] == counts["accepted"] + counts["quarantined"]).all()
    held = checked.quarantine.groupby(["register", "table_name"])["row_number"].nunique()
    for _, row in counts.iterrows():
        name = f"{row['register']}.{row['table_name']}"
        assert row["rows_in"] == tables[name].num_rows
        assert row["accepted"] == checked.accepted[name].num_rows
        assert row["quarantined"] == held.get((row["register"], row["table_name"]), 0)
        assert checked.accepted[name].schema == TABLES[name].arrow_schema
        keys = checked.accepted[name].select(list(TABLES[name].key)).to_pandas()
        assert not keys.duplicated().any()
    results.QUARANTINE.arrow(checked.quarantine)


@settings(max_examples=3, deadline=None)
@given(tables=deliveries_of_anything(), data=st.data())
def test_the_order_of_the_rows_does_not_matter(
    tables: dict[str, pa.Table], data: st.DataObject
) -> None:
    is_the_same_in_any_order(tables, data)


@pytest.mark.long
@settings(max_examples=50, deadline=None)
@given(tables=deliveries_of_anything(), data=st.data())
def test_the_order_of_the_rows_does_not_matter_in_many_deliveries(
    tables: dict[str, pa.Table], data: st.DataObject
) -> None:
    is_the_same_in_any_order(tables, data)


def is_the_same_in_any_order(tables: dict[str, pa.Table], data: st.DataObject) -> None:
    shuffled = {
        name: table.take(
            pa.array(data.draw(st.permutations(range(table.num_rows))), type=pa.int64())
        )
        for name, table in tables.items()
    }
    first, second = rows_checked(tables), rows_checked(shuffled)
    for name in TABLES:
        assert first.accepted[name].equals(second.accepted[name]), name
    pd.testing.assert_frame_equal(first.results, second.results)
    assert _without_position(first.quarantine) == _without_position(second.quarantine)


def _without_position(quarantine: pd.DataFrame) -> list[tuple[Any, ...]]:
    rows = quarantine.drop(columns="row_number").astype(object)
    return sorted(rows.fillna("").itertuples(index=False, name=None))


def test_a_clean_delivery_breaks_no_rule() -> None:
    checked = rows_checked(register_tables())
    assert failures(checked) == {}
    assert checked.row_counts["rows_in"].sum() == checked.row_counts["accepted"].sum()


def changed(full_name: str, position: int, **fields: object) -> dict[str, pa.Table]:
    rows = default_rows(full_name)
    rows[position].update(fields)
    return register_tables(**{full_name.replace(".", "_"): rows})


@pytest.mark.parametrize(
    ("full_name", "fields", "rule"),
    [
        pytest.param(
            "prison.sentences",
            {"term_years": -3},
            "prison.sentences.term_years.negative",
            id="a negative term",
        ),
        pytest.param(
            "prison.episodes",
            {"episode_id": None},
            "prison.episodes.episode_id.missing",
            id="an episode without its key",
        ),
        pytest.param(
            "prison.movements",
            {"episode_id": "E99"},
            "prison.movements.episode_id.orphan",
            id="a movement of an episode that was not delivered",
        ),
        pytest.param(
            "immigration.staffing",
            {"fte": -1.0},
            "immigration.staffing.fte.negative",
            id="a negative number of staff",
        ),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside(
    full_name: str, fields: Mapping[str, object], rule: str
) -> None:
    checked = rows_checked(changed(full_name, 0, **fields))
    assert checked.quarantine["rule_id"].tolist().count(rule) == 1
    before = len(default_rows(full_name))
    assert checked.accepted[full_name].num_rows == before - 1


@pytest.mark.parametrize(
    ("full_name", "fields", "rule"),
    [
        pytest.param(
            "prison.persons", {"nationality": "MARS"}, "prison.persons.nationality.unknown_code",
            id="an unknown nationality",
        ),
        pytest.param(
            "prison.sentences", {"sentence_date": None}, "prison.sentences.sentence_date.empty",
            id="a sentence without its date",
        ),
        pytest.param(
            "prison.episodes", {"prisoner_number": "Z9999ZZ"},
            "prison.episodes.prisoner_number.orphan", id="an episode without its person",
        ),
        pytest.param(
            "prison.episodes", {"prison_id": "ZZZ"}, "prison.episodes.prison_id.orphan",
            id="an episode in a prison that nobody knows",
        ),
        pytest.param(
            "immigration.cases", {"cid_person_id": "P99"},
            "immigration.cases.cid_person_id.orphan", id="a case without its person",
        ),
        pytest.param(
            "prison.episodes", {"sentence_expiry_date": date(2001, 1, 1)},
            "prison.episodes.sentence_expiry_date.before_its_cause",
            id="a sentence that ends before it starts",
        ),
        pytest.param(
            "prison.sentences", {"sentence_date": date(2006, 4, 26)},
            "prison.sentences.sentence_date.in_the_future", id="a sentence of tomorrow",
        ),
        pytest.param(
            "prison.persons", {"date_of_birth": date(1900, 1, 1)},
            "prison.persons.date_of_birth.impossible", id="a birth date that stands for none",
        ),
    ],
)  # fmt: skip
def test_a_row_that_can_be_used_is_counted_and_kept(
    full_name: str, fields: Mapping[str, object], rule: str
) -> None:
    checked = rows_checked(changed(full_name, 0, **fields))
    assert failures(checked)[rule] == 1
    assert rule not in set(checked.quarantine["rule_id"])
    assert checked.accepted[full_name].num_rows == len(default_rows(full_name))


def test_an_episode_stays_although_its_person_is_in_quarantine() -> None:
    checked = rows_checked(changed("prison.persons", 0, prisoner_number=None))
    assert checked.accepted["prison.persons"].num_rows == 2
    assert checked.accepted["prison.episodes"].num_rows == 3


@pytest.mark.parametrize(
    "digits", ["\uff10\uff11\uff12", "\u0660\u0661\u0662", "\u0966\u0967\u0968"],
    ids=["full width", "Arabic-Indic", "Devanagari"],
)  # fmt: skip
def test_digits_of_every_script_are_read_as_the_digits_they_are(digits: str) -> None:
    def foreign(text: str) -> str:
        return text.translate(dict(zip(map(ord, "012"), digits, strict=True)))

    table = register_tables()["prison.persons"]
    for column, value in (("date_of_birth", "1970-02-11"), ("pnc_number", "2001/0012A")):
        index = table.schema.get_field_index(column)
        table = table.set_column(index, column, pa.array([foreign(value)] * len(table)))
    accepted = rows_checked({**register_tables(), "prison.persons": table}).accepted
    read = accepted["prison.persons"]
    assert set(read["date_of_birth"].to_pylist()) == {date(1970, 2, 11)}
    assert set(read["pnc_number"].to_pylist()) == {"2001/0012A"}


def test_a_sentence_of_which_a_part_cannot_be_read_is_not_taken_for_a_shorter_one() -> None:
    table = register_tables()["prison.sentences"]
    index = table.schema.get_field_index("term_years")
    spoilt = table.set_column(index, "term_years", pa.array(["12,5"] + ["1"] * (len(table) - 1)))
    checked = rows_checked({**register_tables(), "prison.sentences": spoilt})
    assert set(checked.quarantine["rule_id"]) == {"prison.sentences.term_years.unreadable"}


def test_of_identical_rows_one_is_kept() -> None:
    rows = default_rows("prison.persons")
    checked = rows_checked(register_tables(prison_persons=[*rows, rows[0], rows[0]]))
    assert failures(checked) == {"prison.persons.duplicate_identical": 2}
    assert checked.accepted["prison.persons"].num_rows == 3


def test_of_conflicting_rows_the_one_recorded_last_is_kept() -> None:
    rows = default_rows("prison.persons")
    later = {
        **rows[0],
        "nationality": "GHANA",
        "recorded_at": datetime(2006, 4, 2, tzinfo=UTC),
    }
    undated = {**rows[0], "nationality": "BRIT", "recorded_at": None}
    checked = rows_checked(register_tables(prison_persons=[*rows, later, undated]))
    assert failures(checked) == {"prison.persons.duplicate_conflicting": 2}
    assert checked.accepted["prison.persons"]["nationality"].to_pylist()[0] == "GHANA"


def test_a_bad_row_gives_way_to_a_good_one_of_the_same_key() -> None:
    rows = default_rows("prison.sentences")
    later = {**rows[0], "term_years": -1, "recorded_at": datetime(2006, 4, 20, tzinfo=UTC)}
    checked = rows_checked(register_tables(prison_sentences=[*rows, later]))
    assert failures(checked) == {"prison.sentences.term_years.negative": 1}
    assert checked.accepted["prison.sentences"]["term_years"].to_pylist() == [3, 4, 3]


def test_the_quarantine_holds_the_whole_row_as_delivered() -> None:
    checked = rows_checked(changed("prison.sentences", 1, term_years=-4))
    row = checked.quarantine.iloc[0]
    assert (row["register"], row["table_name"], row["row_number"]) == ("prison", "sentences", 2)
    assert row["row_key"] == "E2|1"
    content = json.loads(row["row"])
    assert content["term_years"] == "-4"
    assert content["offence_code"] == "BURGLARY"
    assert content["term_days"] is None


def test_results_hold_counts_and_no_values() -> None:
    checked = rows_checked(changed("prison.persons", 0, nationality="MARS"))
    assert "MARS" not in checked.results.astype(str).to_csv()


def test_rule_ids_are_unique_and_name_their_table() -> None:
    ids = [rule.id for rule in row_rules()]
    assert len(set(ids)) == len(ids)
    assert all(rule.id.startswith(f"{rule.table}.") for rule in row_rules())
