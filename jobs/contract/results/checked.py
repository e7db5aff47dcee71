"""What the check leaves: row counts, quarantine, check results, profile and faults."""

from jobs.contract import codes as c
from jobs.contract.fields import date, number, text, whole, yes_no
from jobs.contract.results.shared import REGISTER
from jobs.contract.schema import Table, codes

OWN = c.PROJECT

SEVERITY = codes(
    "severity",
    OWN,
    {
        "critical": "stops the night",
        "warning": "published with a caveat on every page",
    },
)

ROW_COUNTS = Table(
    space="nightly",
    name="row_counts",
    row="rows of one register table tonight; rows_in = accepted + quarantined",
    key=("register", "table_name"),
    fields=(
        text("register", "the register", required=True, codes=REGISTER),
        text("table_name", "the table", required=True),
        whole("rows_in", "rows delivered", required=True),
        whole("accepted", "rows that went on", required=True),
        whole("quarantined", "rows kept aside", required=True),
    ),
)

QUARANTINE = Table(
    space="nightly",
    name="quarantine",
    row="a whole bad row, kept aside under the rule it broke; readable by the data team only",
    key=("register", "table_name", "row_number", "rule_id"),
    fields=(
        text("register", "the register", required=True, codes=REGISTER),
        text("table_name", "the table", required=True),
        whole("row_number", "position in the landing file, from 1", required=True),
        text("row_key", "the row's key, parts joined by |", personal=True),
        text("rule_id", "the rule that the row broke", required=True),
        text("row", "the row as JSON", required=True, personal=True),
        date("first_seen_date", "first night on which the row broke the rule"),
    ),
)

CHECK_RESULTS = Table(
    space="nightly",
    name="check_results",
    row="one check of the quality gate; counts only, never values",
    key=("check_id",),
    fields=(
        text("check_id", "the check", required=True),
        text("severity", "what a failure does", required=True, codes=SEVERITY),
        text("table_name", "the table checked", required=True),
        text("column_name", "the column checked, where it is one"),
        text("meaning", "what must hold", required=True),
        yes_no("passed", "it held", required=True),
        whole("rows_checked", "rows looked at"),
        whole("rows_failed", "rows that failed"),
        number("observed", "the number observed, where the check is on one"),
        text("owner", "who mends what the check finds"),
        date("failing_since_date", "first night of those without a break on which it failed"),
        text("excused", "why, by whom and until when the failure is let pass; empty if it is not"),
    ),
)

PROFILE = Table(
    space="nightly",
    name="profile",
    row="how many accepted rows of a register table have a value: what later nights compare with",
    key=("table_name", "measure", "value"),
    fields=(
        text("table_name", "the table", required=True),
        text("measure", "the coded column, or what is counted by prison or team", required=True),
        text(
            "value",
            "the code, prison or team; (missing) without one, (unknown code) outside the list",
            required=True,
        ),
        whole("rows", "rows that have it", required=True),
    ),
)

FAULTS = Table(
    space="nightly",
    name="faults",
    row="a prison or team and the rows of its own that broke a rule",
    key=("check_id", "unit"),
    fields=(
        text("check_id", "the rule or check", required=True),
        text("unit", "the prison or team whose rows they are, with its kind", required=True),
        whole("rows_failed", "rows that broke it", required=True),
        date("failing_since_date", "first night of those without a break", required=True),
    ),
)

FAULTY_ROWS = Table(
    space="nightly",
    name="faulty_rows",
    row="a row to be mended, of the first of each rule; all are in the files of the services",
    key=("check_id", "table_name", "row_number"),
    fields=(
        text("check_id", "the rule", required=True),
        text("table_name", "the table", required=True),
        whole("row_number", "position in the landing file, from 1", required=True),
        text("reference", "the row's key, parts joined by |; empty where that names a person"),
        text("unit", "the prison or team whose row it is, with its kind", required=True),
    ),
)
