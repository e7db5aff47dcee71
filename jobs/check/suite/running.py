"""Running the expectations: counts only, no values, and a check that crashes stops the night."""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from collections.abc import Callable, Collection, Sequence
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from jobs.check.suite.kinds import Check
from jobs.check.suite.library import great_expectations, validator_of
from jobs.contract import results
from jobs.contract.schema import Table
from jobs.runtime.errors import GateFailed

RESULT_FORMAT = {"result_format": "SUMMARY", "partial_unexpected_count": 0}
"""Counts, and no example of an unexpected value: values are personal data."""


def run_suite(
    *,
    checks: Sequence[Check],
    connection: duckdb.DuckDBPyConnection,
    columns_of: Callable[[str, Collection[str]], pd.DataFrame],
) -> pd.DataFrame:
    """Ask every check; give a frame of `results.CHECK_RESULTS`, in the order of the checks.

    Args:
        checks: what to ask.
        connection: holds the tables that checks on a number ask.
        columns_of: gives those of some columns of a table that it has, for the checks on its rows;
            Great Expectations hashes every frame that it is given, so no more than it asks about.

    Raises:
        GateFailed: a check could not be asked, which is not the same as a failure.
    """
    asked = {check.number: check.id for check in checks if check.number is not None}
    found = {number: _number(connection, number, id_) for number, id_ in asked.items()}
    numbers = {check.id: found[check.number] for check in checks if check.number is not None}
    source = _data_source()
    answers = _ask(
        source,
        "numbers",
        [check for check in checks if numbers.get(check.id) is not None],
        pd.DataFrame({name: [number] for name, number in numbers.items() if number is not None}),
    )
    on_rows = [check for check in checks if check.number is None]
    for table in dict.fromkeys(check.table for check in on_rows):
        here = [check for check in on_rows if check.table == table]
        columns = {name for check in here for name in check.columns}
        answers |= _ask(source, table, here, columns_of(table, columns))
    return _results(checks, answers, numbers)


def load_units(
    connection: duckdb.DuckDBPyConnection, *, checks: Sequence[Check], found: pd.DataFrame
) -> None:
    """Leave the table ``units`` (check_id, unit, found): where the checks on numbers failed."""
    connection.execute("CREATE TABLE units (check_id VARCHAR, unit VARCHAR, found BIGINT)")
    failed = set(found.loc[~found["passed"].astype("bool"), "check_id"])
    for check in checks:
        if check.units is not None and check.id in failed:
            connection.execute(
                f"INSERT INTO units SELECT ?, unit, found FROM ({check.units})",
                [check.id],
            )


def _number(connection: duckdb.DuckDBPyConnection, number: str, check_id: str) -> float | None:
    try:
        row = connection.execute(number).fetchone()
    except duckdb.Error as error:
        raise _crashed(check_id, type(error).__name__) from error
    return None if row is None or row[0] is None else float(row[0])


def _data_source() -> Any:
    gx = great_expectations()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    return context.data_sources.add_pandas("night")


def _ask(
    source: Any, name: str, checks: Sequence[Check], frame: pd.DataFrame
) -> dict[str, dict[str, Any]]:
    if not checks:
        return {}
    gx = great_expectations()
    whole = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("all")
    suite = gx.ExpectationSuite(name=name)
    for check in checks:
        expectation = check.expectation.copy()
        expectation.meta = {"check_id": check.id}
        suite.add_expectation(expectation)
    # A batch that is made first is made again by its own validator: the frame is hashed twice.
    validator = validator_of(whole, RESULT_FORMAT, {"dataframe": frame})
    validated = validator.validate_expectation_suite(suite)
    answers = {}
    for result in validated.results:
        check_id = str(result.expectation_config.meta["check_id"])
        _refuse_crash(check_id, result.exception_info)
        answers[check_id] = {"success": bool(result.success), **result.result}
    return answers


def _refuse_crash(check_id: str, info: dict[str, Any]) -> None:
    # One flat record, or one for each metric that the check needs.
    records = [info] if "raised_exception" in info else list(info.values())
    if any(record.get("raised_exception") for record in records):
        raise _crashed(check_id, "exception in the suite")


def _crashed(check_id: str, what: str) -> GateFailed:
    return GateFailed(
        f"check [{check_id}]", f"could not be asked ({what})", "report it to the maintainers"
    )


def _results(
    checks: Sequence[Check], answers: dict[str, dict[str, Any]], numbers: dict[str, float | None]
) -> pd.DataFrame:
    table: Table = results.CHECK_RESULTS
    rows: dict[str, list[Any]] = {
        "check_id": [check.id for check in checks],
        "severity": [check.severity for check in checks],
        "table_name": [check.table for check in checks],
        "column_name": [check.column for check in checks],
        "meaning": [check.meaning for check in checks],
        "passed": [answers.get(check.id, {"success": True})["success"] for check in checks],
        "rows_checked": [_count(check, answers, "element_count") for check in checks],
        "rows_failed": [_count(check, answers, "unexpected_count") for check in checks],
        "observed": [numbers.get(check.id) for check in checks],
        "owner": [check.owner for check in checks],
        "failing_since_date": [None] * len(checks),
        "excused": [None] * len(checks),
    }
    arrays = {field.name: pa.array(rows[field.name], field.kind.arrow) for field in table.fields}
    return table.frame(pa.table(arrays, schema=table.arrow_schema))


def _count(check: Check, answers: dict[str, dict[str, Any]], name: str) -> int | None:
    if check.number is not None or name not in answers[check.id]:
        return None
    return int(answers[check.id][name])
