"""A site's own names are mapped to the contract's without touching code."""

from pathlib import Path

import pytest

from benchmarks.samples import deliveries
from benchmarks.samples.minimal_registers import AS_OF, register_tables
from jobs.extract import land
from jobs.extract.mapping import read_mapping
from jobs.runtime.errors import BadInput

MAPPING = """
schema = "oms"
[tables.persons]
name = "offenders"
absent = ["postcode", "second_nationality"]
[tables.persons.columns]
prisoner_number = "Offender No"
nationality = "nat"
"""


def test_a_mapped_database_lands_under_the_names_of_the_contract(
    tmp_path: Path, database: str
) -> None:
    tables = register_tables()
    persons = tables["prison.persons"].drop_columns(["postcode", "second_nationality"])
    names = {"prisoner_number": "Offender No", "nationality": "nat"}
    persons = persons.rename_columns([names.get(name, name) for name in persons.column_names])
    deliveries.as_postgres("prison", {**tables, "prison.persons": persons}, database, "oms")
    _run(database, "ALTER TABLE oms.persons RENAME TO offenders")
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(MAPPING)
    landing = land(
        register="prison",
        source=database,
        mapping=mapping,
        as_of=AS_OF,
        folder=tmp_path / "landing",
    )
    landed = landing.table("prison.persons")
    assert landed.column_names == tables["prison.persons"].column_names
    assert landed["nationality"].to_pylist() == ["NIGERIA", "BRIT", "UNKNOWN"]
    assert landed["postcode"].null_count == 3
    manifest = landing.manifest.tables["prison.persons"]
    assert manifest.absent_columns == ["postcode", "second_nationality"]
    assert manifest.extra_columns == []


def test_a_changed_mapping_fetches_again(tmp_path: Path) -> None:
    source = deliveries.as_parquet("prison", register_tables(), tmp_path / "files")
    mapping = tmp_path / "mapping.toml"
    folders = []
    for content in ('[tables.persons]\nname = "persons"', '[tables.aliases]\nname = "aliases"'):
        mapping.write_text(content)
        landing = land(
            register="prison",
            source=source,
            mapping=mapping,
            as_of=AS_OF,
            folder=tmp_path / "landing",
        )
        folders.append(landing.folder.name)
    assert folders == ["001", "002"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("[tables.person]", r"\[tables\] has no \[person\]", id="an unknown table"),
        pytest.param(
            '[tables.persons.columns]\nshoe = "x"',
            r"columns has no \[shoe\]",
            id="an unknown field",
        ),
        pytest.param("[table.persons]", r"the file has no \[table\]", id="an unknown section"),
        pytest.param("schema = 3", "schema is not a name", id="a number for a name"),
        pytest.param("schema = ", "is not TOML", id="no TOML"),
        pytest.param(
            '[tables.persons]\nabsent = ["prisoner_number"]',
            r"required field \[prisoner_number\] is absent",
            id="a required field said to be absent",
        ),
        pytest.param("tables = 3", "is not a section", id="a number for a section"),
    ],
)
def test_a_bad_mapping_is_refused(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(content)
    with pytest.raises(BadInput, match=message):
        read_mapping(register="prison", path=path)


def test_a_missing_mapping_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read_mapping(register="prison", path=tmp_path / "none.toml")


def _run(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(deliveries.conninfo(url)) as connection:
        connection.execute(statement)
