"""The schema ``report``: read-only views of current publications, the face for other tools.

One set of views for every as-of date: filter on ``as_of_date``. No view shows a person's number in
either register, a quarantined row or anything else that `jobs.results` marks as personal. The
columns are those of `jobs.results`, with its meanings as comments.
"""

from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

from jobs import results
from jobs.schema import Table
from jobs.warehouse.bulk import execute_text
from jobs.warehouse.tables import INTERVALS, SNAPSHOTS

_BASE: Final = {"as_of_date": "the night", "publication_id": "the publication current for it"}


@dataclass(frozen=True, kw_only=True)
class View:
    """A view of the schema ``report``: its query, and what each column means."""

    name: str
    row: str
    query: str
    columns: dict[str, str] = field(default_factory=dict)

    @property
    def statements(self) -> list[str]:
        """What creates and documents it."""
        named = ", ".join(self.columns)
        return [
            f"CREATE VIEW report.{self.name} ({named}) AS {self.query}",
            f"COMMENT ON VIEW report.{self.name} IS {quoted(f'One row: {self.row}.')}",
            *(
                f"COMMENT ON COLUMN report.{self.name}.{column} IS {quoted(meaning)}"
                for column, meaning in self.columns.items()
            ),
        ]


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def _statuses(statuses: frozenset[str]) -> str:
    return "fact.status IN (" + ", ".join(quoted(status) for status in sorted(statuses)) + ")"


def _of(name: str, table: Table, *, only: str = "", leave_out: tuple[str, ...] = ()) -> View:
    """A view of one table of current publications, less what is personal."""
    columns = {
        f.name: f.meaning + (f" ({f.unit})" if f.unit else "")
        for f in table.fields
        if not f.personal and f.name not in leave_out
    }
    shown = ", ".join(f"fact.{column}" for column in columns)
    if table.full_name in INTERVALS:
        kept = INTERVALS[table.full_name]
        matched = (
            "fact.since <= p.publication_number "
            "AND (fact.until IS NULL OR fact.until > p.publication_number)"
        )
    else:
        kept = SNAPSHOTS[table.full_name]
        matched = (
            "fact.as_of_date = c.as_of_date AND fact.publication_number = c.publication_number"
        )
    query = (
        f"SELECT c.as_of_date, p.publication_id, {shown} FROM run.current AS c "  # noqa: S608
        "JOIN run.publications AS p ON p.publication_number = c.publication_number "
        f"JOIN {kept.schema}.{kept.name} AS fact ON {matched}"
    )
    where = f" WHERE {only}" if only else ""
    return View(name=name, row=table.row, query=query + where, columns={**_BASE, **columns})


def _count(name: str, table: Table, by: tuple[str, ...], row: str) -> View:
    """How many rows of a table that is not shown itself fall into each group."""
    whole = _of(name, table)
    shown = ", ".join(("c.as_of_date", "p.publication_id", *(f"fact.{column}" for column in by)))
    source = whole.query.split(" FROM ", 1)[1]
    return View(
        name=name,
        row=row,
        query=f"SELECT {shown}, count(*) FROM {source} GROUP BY {shown}",  # noqa: S608
        columns={
            **_BASE,
            **{column: table.field(column).meaning for column in by},
            "row_count": "rows",
        },
    )


_PUBLICATIONS: Final = View(
    name="publications",
    row="a publication, current or superseded",
    query=(
        "SELECT p.as_of_date, p.publication_id, c.publication_number IS NOT NULL, p.published_at, "
        "earlier.publication_id, p.content_digest, p.manifest ->> 'code_version', "
        "p.manifest ->> 'policy_version', p.manifest ->> 'model_version', "
        "p.override_by, p.override_reason FROM run.publications AS p "
        "LEFT JOIN run.current AS c ON c.publication_number = p.publication_number "
        "LEFT JOIN run.publications AS earlier ON earlier.publication_number = p.supersedes"
    ),
    columns={
        "as_of_date": "the night",
        "publication_id": "digest of everything that the result depends on",
        "is_current": "it is the publication of that night now",
        "published_at": "when it was published",
        "supersedes": "the publication that was current before",
        "content_digest": "digest of all its tables",
        "code_version": "the code that computed it",
        "policy_version": "the rules that it applies",
        "model_version": "the linkage model that it uses",
        "override_by": "who published it in spite of a failed check",
        "override_reason": "why",
    },
)

VIEWS: Final[tuple[View, ...]] = (
    _PUBLICATIONS,
    _of("figures", results.FIGURES),
    _of("episodes", results.ASSESSMENTS),
    _of("missed_consideration", results.ASSESSMENTS, only=_statuses(results.MISSED_STATUSES)),
    _of("due", results.ASSESSMENTS, only=_statuses(frozenset({"DUE"}))),
    _of("reasons", results.REASONS, leave_out=("source_key",)),
    _of("backlog", results.BACKLOG),
    _of("teams", results.TEAMS),
    _of("census", results.CENSUS),
    _of("movement", results.MOVEMENT),
    _of("bridges", results.BRIDGES),
    _of("row_counts", results.ROW_COUNTS),
    _of("check_results", results.CHECK_RESULTS),
    _count(
        "quarantine_counts",
        results.QUARANTINE,
        ("register", "table_name", "rule_id"),
        "how many rows of a table are kept aside under a rule",
    ),
    _count("link_counts", results.LINKS, ("outcome",), "how many links have an outcome"),
)


def create_views(connection: sa.Connection) -> None:
    """Create and document every view; there are none."""
    for view in VIEWS:
        for statement in view.statements:
            execute_text(connection, statement)


def drop_views(connection: sa.Connection) -> None:
    """Drop every view of the schema ``report``, so that tables can change under them."""
    names = connection.scalars(
        sa.text("SELECT quote_ident(viewname) FROM pg_views WHERE schemaname = 'report'")
    )
    for name in names.all():
        execute_text(connection, f"DROP VIEW report.{name}")
