"""What a publication names has a shape: no sentence, no name and no page of text is a reference."""

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.samples.gate_stages import rows_checked
from benchmarks.samples.minimal_registers import default_rows, register_tables
from jobs.contract.fields import SHAPES
from jobs.contract.registers import TABLES
from jobs.contract.schema import Shape

SMUGGLED = "Canary Anyname"


def with_value(name: str, column: str, value: str) -> dict[str, list[dict[str, object]]]:
    rows = default_rows(name)
    return {name.replace(".", "_", 1): [{**rows[0], column: value}, *rows[1:]]}


@pytest.mark.parametrize(
    ("table", "column"),
    [
        pytest.param("immigration.cases", "case_id", id="a case"),
        pytest.param("prison.episodes", "episode_id", id="a custody episode"),
        pytest.param("prison.persons", "prisoner_number", id="a prisoner"),
        pytest.param("immigration.persons", "cid_person_id", id="a person"),
        pytest.param("prison.prisons", "prison_id", id="a prison"),
    ],
)
@pytest.mark.parametrize(
    "value",
    [
        pytest.param(SMUGGLED, id="a name"),
        pytest.param("Anyname", id="one word"),
        pytest.param("7" * 65, id="too long"),
        pytest.param("7|8", id="a stroke that parts keys"),
        pytest.param("<b>7</b>", id="markup"),
    ],
)
def test_what_is_published_as_a_reference_has_its_shape(
    table: str, column: str, value: str
) -> None:
    if (column, value) == ("prison_id", "Anyname"):
        pytest.skip("seven letters may be the code of a place")
    checked = rows_checked(register_tables(**with_value(table, column, value)))
    accepted = checked.accepted[table]
    assert value not in accepted[column].to_pylist()
    aside = checked.quarantine
    mine = aside[aside["rule_id"] == f"{table}.{column}.unreadable"]
    assert len(mine) == 1
    assert accepted.num_rows + len(aside[aside["table_name"] == table.partition(".")[2]]) == len(
        default_rows(table)
    )


@pytest.mark.parametrize(
    ("column", "value"),
    [
        pytest.param("case_id", "7" * 64, id="as long as may be"),
        pytest.param("case_id", "C:0001~2#3/04", id="every sign"),
        pytest.param("prison_id", "HMP_LEEDS-2", id="a longer code of a place"),
        pytest.param("prison_id", "\u0141\u00d3D\u0179", id="another script"),
    ],
)
def test_what_systems_write_is_a_reference(column: str, value: str) -> None:
    table = "immigration.cases" if column == "case_id" else "prison.prisons"
    checked = rows_checked(register_tables(**with_value(table, column, value)))
    assert value in checked.accepted[table][column].to_pylist()


@pytest.mark.parametrize(
    ("value", "is_kept"),
    [
        pytest.param("Team 1", True, id="a team"),
        pytest.param("Équipe n° 2 (north)", True, id="any script and sign"),
        pytest.param("t" * 60, True, id="as long as may be"),
        pytest.param("t" * 61, False, id="one too long"),
        pytest.param("t" * 10_000_000, False, id="ten megabytes"),
        pytest.param("a\nb", False, id="two lines"),
    ],
)
def test_a_unit_is_one_short_line_and_its_row_stays(value: str, is_kept: bool) -> None:
    checked = rows_checked(register_tables(**with_value("immigration.cases", "team", value)))
    assert checked.accepted["immigration.cases"]["team"].to_pylist() == [value if is_kept else None]


@given(
    shape=st.sampled_from(sorted(set(SHAPES.values()), key=lambda shape: shape.name)),
    texts=st.lists(st.text(max_size=24).filter(lambda text: "\0" not in text), min_size=1),
)
def test_what_is_short_enough_has_a_shape_by_its_signs_alone(
    shape: Shape, texts: list[str]
) -> None:
    short = [text for text in texts if len(text) <= shape.longest]
    with duckdb.connect() as connection:
        given_texts = pa.table({"text": pa.array(short, pa.string())})
        connection.register("given_texts", given_texts)
        differing = connection.execute(
            "SELECT count(*) FROM given_texts "
            "WHERE regexp_full_match(text, $1) <> regexp_full_match(text, $2)",
            [shape.pattern, shape.unbounded],
        ).fetchall()
    assert differing == [(0,)]


def test_every_key_and_reference_that_is_text_has_a_shape() -> None:
    unshaped = {
        f"{name}.{field.name}"
        for name, table in TABLES.items()
        for field in table.fields
        if field.kind == "text"
        and (field.name in table.key or field.name in table.parents)
        and field.shape is None
    }
    assert unshaped == set()
