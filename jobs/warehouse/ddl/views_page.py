"""``docs/views.md``: every view that other tools may read, its columns, and the way to it."""

from typing import Final

from jobs.warehouse.ddl.views import VIEWS, View

EXAMPLES: Final = {
    "psql": """SELECT group_value AS prison, value AS missed
FROM report.figures
WHERE figure_id = 'missed.by_prison' AND as_of_date = DATE '2006-04-25'
ORDER BY value DESC""",
    "pandas": """SELECT as_of_date, value, low, high
FROM report.figures
WHERE figure_id = 'missed.total' AND group_value = '(all)'
ORDER BY as_of_date""",
    "Excel": """SELECT * FROM report.due WHERE as_of_date = DATE '2006-04-25'""",
    "Power BI": """SELECT as_of_date, team, open_cases, fte_working, cases_per_fte
FROM report.teams""",
}
"""A question for each tool, as SQL; a test asks them of a warehouse."""

_HEAD: Final = f"""# Views

What other tools may read of the warehouse: the schema `report`, views of current publications.
Generated from `jobs/warehouse/ddl/views.py`. One set of views serves every night: filter on
`as_of_date`. No view shows a name, a date of birth or a person's number, and a reader whose prisons
or teams are limited (`python -m jobs roles`) sees their rows only. The one view of the schema
`quality` holds whole bad rows, for the data team.

Each publication has the same lists as CSV files beside its pages, described in
`pages/NIGHT/data/datapackage.json` (a Frictionless tabular data package).

## From the embedded server

It listens on a socket in a folder that is drawn at each start and belongs to the job's user, so the
job's own settings open it. With pandas:

```python
import pandas as pd

from jobs.operate.databases import warehouse
from jobs.runtime.settings import load_settings

statement = \"\"\"
{EXAMPLES["pandas"]}
\"\"\"
with warehouse(load_settings()) as engine:
    print(pd.read_sql(statement, engine))
```

With psql, while a program holds the server open:

```python
import subprocess

from jobs.operate.databases import warehouse
from jobs.runtime.settings import load_settings

with warehouse(load_settings()) as engine:
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run(["psql", url], check=True)
```

Power BI and Excel reach no socket. Give them the CSV files, or a server of your own.

## From a server of your own

A login in the role of readers (`python -m jobs roles` prints the names) is enough. With psql:

```
psql "host=warehouse.example dbname=reconciliation user=reader sslmode=verify-full" -c "
{EXAMPLES["psql"]}"
```

With pandas, the same statement over
`sqlalchemy.create_engine("postgresql+psycopg://reader@warehouse.example/reconciliation")`.

With Power BI: *Get data*, *PostgreSQL database*, server `warehouse.example`, database
`reconciliation`, *Import*, and under *Advanced options* the statement:

```sql
{EXAMPLES["Power BI"]}
```

With Excel: install the ODBC driver of PostgreSQL, then *Data*, *Get data*, *From other sources*,
*From ODBC*, and under *Advanced options* the statement:

```sql
{EXAMPLES["Excel"]}
```
"""


def views_markdown() -> str:
    """Every view and column with its meaning, behind examples for the tools that people use."""
    lines = [_HEAD.rstrip(), "", "## Every view", "", "| view | one row |", "|---|---|"]
    lines += [f"| [`{_name(view)}`](#{_anchor(view)}) | {_cell(view.row)} |" for view in VIEWS]
    for view in VIEWS:
        lines += ["", f"## `{_name(view)}`", "", f"One row: {view.row}.", ""]
        lines += ["| column | meaning |", "|---|---|"]
        lines += [f"| `{column}` | {_cell(said)} |" for column, said in view.columns.items()]
    return "\n".join(lines) + "\n"


def _name(view: View) -> str:
    return f"{view.schema}.{view.name}"


def _anchor(view: View) -> str:
    """The anchor that a heading has on the pages of forges."""
    return _name(view).replace(".", "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
