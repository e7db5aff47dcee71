"""A file for each service to correct its own data: every row that broke a rule, by prison or team.

References and the rule only: the row's key, which may be a prison number, is all that names
anybody. The files go to the service that wrote the rows; they are no part of the pages.
"""

from pathlib import Path
from typing import Final

import pandas as pd

from jobs.runtime.outgoing import csv_text, file_names

COLUMNS: Final = (
    "rule",
    "table",
    "column",
    "row_key",
    "row_number",
    "what_must_hold",
    "failing_since",
)


def write_corrections(
    *, to_mend: pd.DataFrame, results: pd.DataFrame, faults: pd.DataFrame, folder: Path
) -> int:
    """Write ``<unit>.csv`` for each prison and team that has rows to mend; give their number.

    Args:
        to_mend: as `jobs.check.gate.Checked` gives it.
        results: `results.CHECK_RESULTS` of the night, for the meaning of each rule.
        faults: `results.FAULTS` of the night, for how long each has failed.
        folder: an empty folder.
    """
    rules = results.set_index("check_id")[["table_name", "column_name", "meaning"]]
    since = faults[["check_id", "unit", "failing_since_date"]]
    rows = to_mend.drop(columns="table_name").join(rules, on="check_id")
    rows = rows.merge(since, on=["check_id", "unit"], how="left", validate="many_to_one")
    rows = rows.rename(
        columns={
            "check_id": "rule",
            "table_name": "table",
            "column_name": "column",
            "meaning": "what_must_hold",
            "failing_since_date": "failing_since",
        }
    )
    units = rows.groupby("unit", sort=True)
    names = file_names(str(unit) for unit, _ in units)
    for unit, own in units:
        path = folder / f"{names[str(unit)]}.csv"
        # Never over another unit's rows.
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(csv_text(own[list(COLUMNS)]))
    return len(units)
