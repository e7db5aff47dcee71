"""The gate: contract, row rules, suite; what is critical stops the night."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import duckdb
import pandas as pd
import pyarrow as pa

from jobs.check.arrival import extras, unproved
from jobs.check.check_history import CheckHistory, with_first_failures, with_first_seen
from jobs.check.faults import faults, faulty_rows, find_owners, rows_to_mend
from jobs.check.profile import take_profile
from jobs.check.row_stage import CheckedRows, accepted_columns, accepted_of, check_rows
from jobs.check.rules import WITH_PLANTED, row_rules
from jobs.check.suite.exceptions import ExceptedRule, exceptions_on
from jobs.check.suite.kinds import Suite
from jobs.check.suite.running import load_units, run_suite
from jobs.contract import results
from jobs.runtime.errors import BadInput, GateFailed


@dataclass(frozen=True, kw_only=True)
class Audited:
    """Check results with what a critical failure among them does."""

    results: pd.DataFrame

    def stop_if_critical(self, *, despite: Collection[str] = ()) -> None:
        """Stop the night if a critical check failed, unless it is excepted.

        Args:
            despite: checks whose failure a named person answers for.

        Raises:
            GateFailed: naming the first failed check and the number of others.
        """
        failed = failed_critical(self.results)
        failed = failed[~failed["check_id"].isin(list(despite))]
        if failed.empty:
            return
        first = failed.iloc[0]
        observed = first["observed"]
        found = "" if pd.isna(observed) else f" (found {observed:.4g})"
        others = f"; {len(failed) - 1} more critical checks failed" if len(failed) > 1 else ""
        raise GateFailed(
            f"table [{first['table_name']}]",
            f"check [{first['check_id']}] failed: {first['meaning']}{found}{others}",
            "mend the delivery and run again; the last publication stays current",
            checks=failed["check_id"],
        )


@dataclass(frozen=True, kw_only=True)
class Checked(Audited):
    """A night's registers after the gate.

    ``tables`` give the accepted rows in the contract's Arrow schema, sorted by key, each when it is
    asked for; the other frames are those of `jobs.contract.results`. ``to_mend`` is every faulty
    row with its key, which may name a person: for the service that wrote it, and nobody else.
    """

    tables: Mapping[str, pa.Table]
    quarantine: pd.DataFrame
    row_counts: pd.DataFrame
    profile: pd.DataFrame
    faults: pd.DataFrame
    faulty_rows: pd.DataFrame
    to_mend: pd.DataFrame


def failed_critical(found: pd.DataFrame) -> pd.DataFrame:
    """The rows of `results.CHECK_RESULTS` that stop a night: critical, failed, not excepted."""
    stops = found["severity"].eq("critical") & ~found["passed"].astype("bool")
    return found[stops & found["excused"].isna()]


def refuse_override_of(rules: Collection[str], *, suite: Suite) -> None:
    """Refuse to publish in spite of what no person can answer for.

    Raises:
        BadInput: no critical check has one of these ids, or it is what the software itself owes.
    """
    checks = {check.id: check for check in suite.checks}
    for rule in rules:
        where = f"publish despite [{rule}]"
        if rule not in checks or checks[rule].severity != "critical":
            raise BadInput(
                where, "no critical check has this id", "take the id from the failure's line"
            )
        if checks[rule].is_law:
            raise BadInput(
                where, "nobody may let it pass: the results contradict themselves", "report it"
            )


def opened(as_of: date, *, with_planted: bool = False) -> duckdb.DuckDBPyConnection:
    """A fresh database in memory for the row rules and the suite of a night.

    It is held compressed: two registers take less than half of the memory so.
    """
    connection = duckdb.connect()
    connection.execute("ATTACH ':memory:' AS checked (COMPRESS)")
    connection.execute("USE checked")
    connection.execute(f"SET VARIABLE as_of = DATE '{as_of.isoformat()}'")
    connection.execute(f"SET VARIABLE {WITH_PLANTED} = {with_planted}")
    return connection


def accept_rows(
    *, tables: Mapping[str, pa.Table], as_of: date, with_planted: bool = False
) -> CheckedRows:
    """Contract and row rules without the suite: the accepted rows and the quarantine of a night.

    Args:
        tables: every table of both registers, by full name.
        as_of: the night.
        with_planted: accept rows of planted people too, as nothing that is published may.

    Raises:
        GateFailed: a table or column is missing or of another type.
    """
    with opened(as_of, with_planted=with_planted) as connection:
        checked = check_rows(connection=connection, tables=tables)
        return replace(checked, accepted=dict(checked.accepted))


def accept_some(*, tables: Mapping[str, pa.Table], as_of: date) -> dict[str, pa.Table]:
    """The accepted rows of some tables, in the contract's types: for whoever reads a landing.

    A landing holds what was delivered: text, where the source knows no types, and rows that were
    set aside. Nothing but accepted rows is shown to anybody.

    Args:
        tables: delivered rows by full name, with all rows of each key; a table after those that it
            refers to.
        as_of: the night.
    """
    with opened(as_of) as connection:
        return accepted_of(connection=connection, tables=tables)


def check_night(
    *,
    tables: Mapping[str, pa.Table],
    as_of: date,
    suite: Suite,
    history: CheckHistory | None = None,
) -> Checked:
    """Check what both registers delivered.

    The contract first, then the row rules, then the suite on the accepted rows. The result says
    what failed; `Audited.stop_if_critical` acts on it.

    Args:
        tables: every table of both registers as landed, by full name.
        as_of: the night.
        suite: what is asked of the accepted rows.
        history: what the last nights published; None on the first night.

    Raises:
        GateFailed: a table or column is missing or of another type, so that nothing else can be
            asked and nobody can let it pass.
    """
    before = history or CheckHistory()
    connection = opened(as_of)
    checked = check_rows(connection=connection, tables=tables)
    take_profile(connection)
    connection.register("row_counts", results.ROW_COUNTS.arrow(checked.row_counts))
    before.load(connection, as_of=as_of)
    asked = run_suite(
        checks=suite.on_registers,
        connection=connection,
        columns_of=partial(accepted_columns, connection),
    )
    load_units(connection, checks=suite.on_registers, found=asked)
    find_owners(connection)
    found = faults(connection)
    found = with_first_failures(found, history=before, table=results.FAULTS, as_of=as_of)
    profile = connection.execute("FROM profile").to_arrow_table()
    arrived = [extras(checked.delivered), unproved(checked.delivered)]
    return Checked(
        tables=checked.accepted,
        quarantine=with_first_seen(checked.quarantine, history=before, as_of=as_of),
        row_counts=checked.row_counts,
        profile=results.PROFILE.frame(profile.cast(results.PROFILE.arrow_schema)),
        faults=results.FAULTS.frame(results.FAULTS.arrow(found)),
        faulty_rows=faulty_rows(connection),
        to_mend=rows_to_mend(connection),
        results=_finished(
            pd.concat([asked, checked.results, *arrived], ignore_index=True),
            excepted=suite.granted,
            history=before,
            as_of=as_of,
        ),
    )


def check_results_of_night(
    *,
    facts: Mapping[str, pd.DataFrame],
    as_of: date,
    suite: Suite,
    history: CheckHistory | None = None,
) -> Audited:
    """Check the results of a night against each other, before they are published.

    Args:
        facts: every frame of `jobs.contract.results.NIGHTLY` by full name.
        as_of: the night.
        suite: what is asked of the results.
        history: what the last nights published; None asks nothing about them.

    Raises:
        GateFailed: a frame is missing.
    """
    before = history or CheckHistory()
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA nightly")
        for name, table in results.NIGHTLY.items():
            if name not in facts:
                raise GateFailed(f"results [{name}]", "are missing", "run the night again")
            arriving = f"arriving_{table.name}"
            connection.register(arriving, table.arrow(facts[name]))
            connection.execute(f"CREATE VIEW {name} AS FROM {arriving}")
        before.load(connection, as_of=as_of)
        found = run_suite(
            checks=suite.on_results,
            connection=connection,
            columns_of=lambda name, columns: facts[name][
                [column for column in facts[name].columns if column in columns]
            ],
        )
    return Audited(results=_finished(found, excepted=suite.granted, history=before, as_of=as_of))


def exceptions_of(suite: Suite, *, as_of: date) -> dict[str, ExceptedRule]:
    """The exceptions that the file of a suite asks for on a night, by rule.

    Raises:
        BadInput: one of them cannot be used; see `exceptions_on`.
    """
    return exceptions_on(
        as_of=as_of,
        known={check.id for check in suite.checks} | {rule.id for rule in row_rules()},
        file=suite.exceptions,
        laws={check.id for check in suite.checks if check.is_law},
        answered={check.id for check in suite.checks if check.is_answered},
    )


def _finished(
    found: pd.DataFrame, *, excepted: Mapping[str, str], history: CheckHistory, as_of: date
) -> pd.DataFrame:
    """Results with the exceptions and the first failure of each."""
    excused = found["check_id"].map(excepted).where(~found["passed"].astype("bool"))
    found = with_first_failures(
        found.assign(excused=excused.astype("str").where(excused.notna())),
        history=history,
        table=results.CHECK_RESULTS,
        as_of=as_of,
    )
    return results.CHECK_RESULTS.frame(results.CHECK_RESULTS.arrow(found))
