"""Whom the immigration register was told of by the prisons."""

import pyarrow as pa
import pytest

from benchmarks.samples.person_pairs import invent
from jobs.contract.registers import TABLES
from jobs.link import current_model
from jobs.link.engine.register_context import register_context
from jobs.link.standardise.register_sides import immigration_side, prison_side


def tables_with(person: str, **rows: dict[str, str]) -> dict[str, pa.Table]:
    """Registers in which one person of the immigration register has these values and rows."""
    tables = dict(invent(seed=3, shared=0, alone=20).tables)
    persons = tables["immigration.persons"].to_pylist()
    for row in persons:
        row |= {"noms_number": None, "located_status": "LOCATED"}
        if row["cid_person_id"] == person:
            row |= rows.get("persons", {})
    schema = TABLES["immigration.persons"].arrow_schema
    tables["immigration.persons"] = pa.Table.from_pylist(persons, schema=schema)
    for name in ("cases", "detentions"):
        of = TABLES[f"immigration.{name}"]
        found = [{"cid_person_id": person, **rows[name]}] if name in rows else []
        tables[of.full_name] = pa.Table.from_pylist(found, schema=of.arrow_schema)
    return tables


@pytest.mark.parametrize(
    ("rows", "is_told"),
    [
        pytest.param({}, False, id="nothing"),
        pytest.param({"persons": {"noms_number": "A1234AA"}}, True, id="a prison number"),
        pytest.param({"persons": {"located_status": "IN_CUSTODY"}}, True, id="in custody"),
        pytest.param({"cases": {"case_id": "C1", "case_type": "CRIMINAL"}}, True, id="a referral"),
        pytest.param({"cases": {"case_id": "C1", "case_type": "ASYLUM"}}, False, id="asylum"),
        pytest.param({"detentions": {"detention_id": "D1"}}, True, id="a detention"),
    ],
)
def test_whom_the_immigration_register_was_told_of(rows, is_told):
    person = invent(seed=3, shared=0, alone=20).tables["immigration.persons"]["cid_person_id"][4]
    tables = tables_with(person.as_py(), **rows)
    with register_context(tables, current_model()) as context:
        side, groups = context.right, context.groups()
    assert groups is not None
    assert groups.told.sum() == is_told
    assert side.is_told is not None
    assert side.persons[side.is_told].tolist() == ([person.as_py()] if is_told else [])
    assert prison_side(tables).is_told is None


def test_registers_without_cases_are_linked_by_what_persons_tell():
    tables = invent(seed=3, shared=5, alone=5).tables
    without = {n: t for n, t in tables.items() if n != "immigration.cases"}
    assert immigration_side(without).is_told is not None
