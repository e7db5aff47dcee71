import dataclasses
from datetime import date

import pyarrow as pa
import pytest
import sqlalchemy as sa

from jobs.contract import codes, immigration, prison, results
from jobs.contract import registers as records
from jobs.contract.schema import Field, Kind, Table

EVERY_TABLE = [*records.TABLES.values(), *results.NIGHTLY.values()]
by_name = pytest.mark.parametrize("table", EVERY_TABLE, ids=lambda table: table.full_name)


@by_name
def test_a_table_declares_a_key_that_is_never_missing(table: Table) -> None:
    assert table.key
    assert not [name for name in table.key if table.field(name).nullable]


@by_name
def test_every_field_says_what_it_means(table: Table) -> None:
    assert table.row
    assert not [f.name for f in table.fields if not f.meaning]


@by_name
def test_parents_name_a_table_that_has_that_key(table: Table) -> None:
    for name, parent in table.parents.items():
        assert table.field(name).kind is Kind.TEXT
        assert len(records.TABLES[parent].key) == 1


@by_name
def test_an_empty_table_survives_the_way_to_arrow_and_back(table: Table) -> None:
    assert table.arrow(table.empty()).schema.names == table.columns
    assert table.frame(table.arrow(table.empty())).dtypes.equals(table.empty().dtypes)


def test_renaming_a_field_reaches_every_form_of_the_contract() -> None:
    table = prison.PERSONS
    fields = tuple(
        dataclasses.replace(field, name="nation") if field.name == "nationality" else field
        for field in table.fields
    )
    renamed = dataclasses.replace(table, fields=fields)
    assert "nation" in renamed.columns
    assert "nation" in renamed.arrow_schema.names
    assert "nation" in [column.name for column in renamed.sql_columns()]
    assert "nationality" not in renamed.arrow_schema.names


def test_values_keep_their_types_on_the_way_to_arrow_and_back() -> None:
    table = prison.SENTENCES
    row = dict.fromkeys(table.columns)
    row |= {"episode_id": "E1", "sentence_sequence": 1, "sentence_date": date(2005, 2, 28)}
    arrow = pa.Table.from_pylist([row], schema=table.arrow_schema)
    frame = table.frame(arrow)
    assert frame["sentence_date"].dtype == "datetime64[us]"
    assert frame["term_years"].dtype == "Int64"
    assert table.arrow(frame).equals(arrow)


def test_a_frame_that_lacks_a_declared_column_is_refused() -> None:
    table = results.LINKS
    with pytest.raises(ValueError, match="probability"):
        table.arrow(table.empty().drop(columns="probability"))


def test_a_table_that_repeats_a_field_is_refused() -> None:
    field = Field(name="a", kind=Kind.TEXT, meaning="a", nullable=False)
    with pytest.raises(ValueError, match="repeats a field"):
        Table(space="x", name="y", row="r", key=("a",), fields=(field, field))


def test_the_columns_can_be_created_in_a_database() -> None:
    engine = sa.create_engine("sqlite://")
    metadata = sa.MetaData()
    for table in records.PRISON.values():
        sa.Table(table.name, metadata, *table.sql_columns())
    metadata.create_all(engine)
    assert set(sa.inspect(engine).get_table_names()) == {t.name for t in records.PRISON.values()}


def test_niger_and_nigeria_are_two_nationalities() -> None:
    assert {"NIGER", "NIGERIA"} <= codes.NATIONALITY.values


def test_unknown_nationalities_are_never_british() -> None:
    british = [c.code for c in codes.NATIONALITY.codes if c.is_british]  # type: ignore[attr-defined]
    unknown = [c.code for c in codes.NATIONALITY.codes if c.is_unknown]  # type: ignore[attr-defined]
    assert british == ["BRIT"]
    assert unknown == ["STATE", "REF", "UNKNOWN"]


def test_absences_and_deaths_are_not_releases() -> None:
    assert not codes.RELEASE_REASONS & {"UAL", "ESCP", "DEC", "HP", "RP"}
    assert codes.MOVEMENT_REASON.values >= codes.RELEASE_REASONS


def test_a_declaration_finds_its_table_and_names_it() -> None:
    tables = {name: table.empty() for name, table in records.TABLES.items()}
    assert prison.EPISODES.of(tables) is tables["prison.episodes"]
    assert f"FROM {immigration.CASES}" == "FROM immigration.cases"
    with pytest.raises(KeyError, match="links"):
        results.LINKS.of(tables)
