"""What is critical stops the night, what is a warning does not, and no result holds a value."""

import pandas as pd
import pyarrow as pa
import pytest

from benchmarks.samples.minimal_registers import AS_OF, default_rows, register_tables
from expectations import suite
from jobs.check import check_night, quality_rules_markdown
from jobs.check.suite.kinds import Check, on_number, on_rows
from jobs.check.suite.library import great_expectations
from jobs.check.suite.running import run_suite
from jobs.contract import results
from jobs.contract.registers import EXTRA_COLUMNS, TABLES
from jobs.runtime.errors import GateFailed


def test_a_clean_night_passes_and_says_what_was_asked() -> None:
    tables = register_tables()
    wider = tables["prison.persons"].append_column("shoe_size", pa.array([42, 43, 38]))
    noted = tables["prison.episodes"].replace_schema_metadata({EXTRA_COLUMNS: b'["cell"]'})
    checked = check_night(
        tables={**tables, "prison.persons": wider, "prison.episodes": noted},
        as_of=AS_OF,
        suite=suite(),
    )
    checked.stop_if_critical()
    for name, table in TABLES.items():
        assert checked.tables[name].schema == table.arrow_schema
        assert checked.tables[name].num_rows == tables[name].num_rows
    results.CHECK_RESULTS.arrow(checked.results)
    assert not checked.results["check_id"].duplicated().any()
    failed = checked.results.set_index("check_id").query("not passed")
    assert failed.loc["prison.persons.extra_columns", "meaning"].endswith("are not used")
    assert not failed["meaning"].str.contains("shoe_size").any()
    assert failed.loc["prison.episodes.extra_columns", "observed"] == 1.0
    assert set(failed["severity"]) == {"warning"}


def test_a_critical_failure_stops_the_night_in_one_line_without_values() -> None:
    persons = [{**row, "nationality": "MARS"} for row in default_rows("prison.persons")]
    checked = check_night(
        tables=register_tables(prison_persons=persons), as_of=AS_OF, suite=suite()
    )
    with pytest.raises(GateFailed, match=r"\[prison.persons.nationality.codes\] failed") as caught:
        checked.stop_if_critical()
    assert len(str(caught.value).splitlines()) == 1
    text = str(caught.value) + checked.results.astype(str).to_csv()
    for personal in ("MARS", "Bello", "A1001AA", "1970-05-17"):
        assert personal not in text
    failed = checked.results.set_index("check_id").loc["prison.persons.nationality.codes"]
    assert (failed["rows_checked"], failed["rows_failed"]) == (3, 3)


def run(check: Check, frame: pd.DataFrame) -> pd.DataFrame:
    import duckdb

    with duckdb.connect() as connection:
        return run_suite(checks=[check], connection=connection, columns_of=lambda *_: frame)


def test_a_check_on_a_column_that_is_not_there_stops_instead_of_failing() -> None:
    check = on_rows(
        id="prison.persons.shoe_size.required",
        table="prison.persons",
        column="shoe_size",
        meaning="",
        reason="",
        expectation=great_expectations().expectations.ExpectColumnValuesToNotBeNull(
            column="shoe_size", severity="warning"
        ),
    )
    with pytest.raises(GateFailed, match="could not be asked"):
        run(check, pd.DataFrame({"other": [1]}))


def test_a_check_whose_question_is_wrong_stops_instead_of_failing() -> None:
    check = on_number(
        id="x",
        table="prison.persons",
        meaning="",
        reason="",
        severity="warning",
        number="SELECT nothing",
    )
    with pytest.raises(GateFailed, match="could not be asked"):
        run(check, pd.DataFrame())


def test_a_check_that_does_not_apply_passes_with_nothing_observed() -> None:
    check = on_number(
        id="x",
        table="prison.persons",
        meaning="",
        reason="",
        severity="critical",
        number="SELECT NULL",
        at_most=0,
    )
    answer = run(check, pd.DataFrame()).iloc[0]
    assert answer["passed"]
    assert pd.isna(answer["observed"])


def test_check_ids_are_unique_and_each_has_an_owner() -> None:
    checks = suite().checks
    ids = [check.id for check in checks]
    assert len(set(ids)) == len(ids)
    assert all(check.meaning and check.owner and check.reason for check in checks)


def test_every_rule_is_in_the_document() -> None:
    text = quality_rules_markdown(suite())
    for check_id in (
        "prison.sentences.term_years.negative",
        "prison.persons.shrunk",
        "nightly.figures.missed.total.agrees",
    ):
        assert f"`{check_id}`" in text
    assert text == quality_rules_markdown(suite())
