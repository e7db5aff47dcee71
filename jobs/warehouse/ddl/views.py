"""The schema ``report``: read-only views of current publications, the face for other tools.

The schema ``quality`` has one more, of whole bad rows, for the data team alone.

One set of views for every as-of date: filter on ``as_of_date``. No view shows a person's number in
either register, a quarantined row or anything else that `results` marks as personal. The
columns are those of `jobs.contract.results`, with its meanings as comments.

A reader with a row in ``run.reader_scopes`` sees the people of some prisons and the cases of some
teams only; figures are the same for everybody. Such views are security barriers: no function of the
reader's own is asked of a row before that.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

from jobs.contract import results
from jobs.contract.bands import LINK_PROBABILITIES, Bands
from jobs.contract.case_lists import CASE_LISTS
from jobs.contract.results.case_list import CaseList
from jobs.contract.schema import Table
from jobs.warehouse.store.bulk import execute_text
from jobs.warehouse.store.tables import INTERVALS, SNAPSHOTS

_BASE: Final = {"as_of_date": "the night", "publication_id": "the publication current for it"}


@dataclass(frozen=True, kw_only=True)
class View:
    """A view: its query, and what each column means; of ``report`` unless it says otherwise."""

    name: str
    row: str
    query: str
    columns: dict[str, str] = field(default_factory=dict)
    schema: str = "report"

    @property
    def statements(self) -> list[str]:
        """What creates and documents it."""
        named = ", ".join(self.columns)
        barrier = " WITH (security_barrier)" if "run.sees_everybody" in self.query else ""
        return [
            f"CREATE VIEW {self.schema}.{self.name} ({named}){barrier} AS {self.query}",
            f"COMMENT ON VIEW {self.schema}.{self.name} IS {quoted(f'One row: {self.row}.')}",
            *(
                f"COMMENT ON COLUMN {self.schema}.{self.name}.{column} IS {quoted(meaning)}"
                for column, meaning in self.columns.items()
            ),
        ]


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def _case(number: str, bands: Bands) -> str:
    """The band of a number as an SQL expression."""
    compared = "<" if bands.is_open else "<="
    whens = " ".join(
        f"WHEN {number} {compared} {limit} THEN {quoted(name)}"
        for limit, name in zip(bands.limits, bands.names, strict=False)
    )
    return f"CASE {whens} ELSE {quoted(bands.names[-1])} END"


def _matched(table: Table, alias: str) -> tuple[str, str]:
    """Where a table is kept, and when a row of it belongs to the publication at hand."""
    if table.full_name in INTERVALS:
        kept = INTERVALS[table.full_name]
        matched = (
            f"{alias}.since <= p.publication_number "
            f"AND ({alias}.until IS NULL OR {alias}.until > p.publication_number)"
        )
    else:
        kept = SNAPSHOTS[table.full_name]
        matched = (
            f"{alias}.as_of_date = c.as_of_date "
            f"AND {alias}.publication_number = c.publication_number"
        )
    return f"{kept.schema}.{kept.name}", matched


def _columns(table: Table, leave_out: Collection[str] = ()) -> dict[str, str]:
    """What of a table may be shown, with its meaning."""
    return {
        f.name: f.meaning + (f" ({f.unit})" if f.unit else "")
        for f in table.fields
        if not f.personal and f.name not in leave_out
    }


def _of(
    name: str,
    table: Table,
    *,
    only: str = "",
    leave_out: tuple[str, ...] = (),
    beside: Table | None = None,
) -> View:
    """A view of one table of current publications, less what is personal.

    ``beside`` adds what the row of another table with the same episode says further.
    """
    columns = _columns(table, leave_out)
    shown = [f"fact.{column}" for column in columns]
    kept, matched = _matched(table, "fact")
    joined = f"JOIN {kept} AS fact ON {matched}"
    if beside is not None:
        further = _columns(beside, table.columns)
        shown += [f"beside.{column}" for column in further]
        columns |= further
        kept, matched = _matched(beside, "beside")
        joined += f" JOIN {kept} AS beside ON {matched} AND beside.episode_id = fact.episode_id"
    query = (
        f"SELECT c.as_of_date, p.publication_id, {', '.join(shown)} "
        "FROM run.current AS c "
        f"JOIN run.publications AS p ON p.publication_number = c.publication_number {joined}"
    )
    conditions = [f"({each})" for each in (only, _seen(table)) if each]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return View(name=name, row=table.row, query=query + where, columns={**_BASE, **columns})


_ITS_EPISODE: Final = (
    "EXISTS (SELECT FROM nightly.assessments AS a WHERE a.as_of_date = c.as_of_date AND "
    "a.publication_number = c.publication_number AND a.episode_id = fact.episode_id AND "
    "a.prison_id = ANY ((SELECT run.own_prisons())::text[])) OR "
    "EXISTS (SELECT FROM nightly.backlog AS b WHERE b.as_of_date = c.as_of_date AND "
    "b.publication_number = c.publication_number AND b.episode_id = fact.episode_id AND "
    "b.team = ANY ((SELECT run.own_teams())::text[]))"
)
_SEEN: Final = {
    "prison_id": "fact.prison_id = ANY ((SELECT run.own_prisons())::text[])",
    "team": "fact.team = ANY ((SELECT run.own_teams())::text[])",
    "unit": "fact.unit = ANY ((SELECT run.own_units())::text[])",
    "episode_id": _ITS_EPISODE,
}
"""When a row belongs to a reader who sees a part, by the column that says so."""
_FOR_EVERYBODY: Final = frozenset({results.FIGURES.full_name, results.FAULTS.full_name})
"""Tables that count, under a column of the same name."""


def _seen(table: Table) -> str:
    """When the reader who is logged in sees a row of a table; empty where everybody sees it."""
    if table.full_name in _FOR_EVERYBODY:
        return ""
    own = [seen for column, seen in _SEEN.items() if column in table.columns]
    return " OR ".join(["(SELECT run.sees_everybody())", *own]) if own else ""


def _count(name: str, table: Table, by: tuple[str, ...], row: str) -> View:
    """How many rows of a table that is not shown itself fall into each group."""
    whole = _of(name, table)
    shown = ", ".join(("c.as_of_date", "p.publication_id", *(f"fact.{column}" for column in by)))
    source = whole.query.split(" FROM ", 1)[1]
    return View(
        name=name,
        row=row,
        query=f"SELECT {shown}, count(*) FROM {source} GROUP BY {shown}",
        columns={
            **_BASE,
            **{column: table.field(column).meaning for column in by},
            "row_count": "rows",
        },
    )


def _list(listed: CaseList) -> View:
    """The view of a case list: all that its tables say of each row."""
    return _of(listed.view, listed.table, only=listed.rows.sql("fact."), beside=listed.beside)


_TAKEN_ON: Final = (
    "LEFT JOIN LATERAL (SELECT acknowledged_by, until_date FROM review.acknowledgements AS a "
    "WHERE a.episode_id = lines.episode_id AND {holds} "
    "ORDER BY a.acknowledgement_id DESC LIMIT 1) AS taken ON true"
)
_NIGHTS: Final = (
    "(SELECT count(*) FROM run.current AS night "
    "WHERE night.as_of_date BETWEEN lines.first_listed_date AND lines.{last})"
)


def _lines(name: str, table: Table, *, last: str, holds: str) -> View:
    """A view of lines of case lists: for how many nights they were there, and who took them on.

    ``last`` is the column of the last night on which a line was listed, ``holds`` says which of the
    acknowledgements of its episode count.
    """
    whole = _of(name, table)
    query = (
        f"SELECT lines.*, first.publication_id, {_NIGHTS.format(last=last)}, "
        f"taken.acknowledged_by, taken.until_date FROM ({whole.query}) AS lines "
        f"({', '.join(whole.columns)}) "
        "LEFT JOIN run.current AS pointer ON pointer.as_of_date = lines.first_listed_date "
        "LEFT JOIN run.publications AS first "
        "ON first.publication_number = pointer.publication_number " + _TAKEN_ON.format(holds=holds)
    )
    further = {
        "first_publication_id": "the publication current for its first night",
        "nights_listed": "published nights on which it was listed, first and last included",
        "acknowledged_by": "who last took care of its episode, as it was typed",
        "acknowledged_until_date": "until when; empty: until it is withdrawn",
    }
    return View(name=name, row=table.row, query=query, columns={**whole.columns, **further})


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

_LINK_BANDS: Final = View(
    name="link_bands",
    row="how many links of an outcome have a probability in a band",
    query=(
        "SELECT c.as_of_date, p.publication_id, fact.outcome, "
        f"{_case('fact.probability', LINK_PROBABILITIES)} AS band, "
        "count(*) "
        "FROM run.current AS c "
        "JOIN run.publications AS p ON p.publication_number = c.publication_number "
        "JOIN registry.links AS fact ON fact.since <= p.publication_number "
        "AND (fact.until IS NULL OR fact.until > p.publication_number) "
        "GROUP BY c.as_of_date, p.publication_id, fact.outcome, band"
    ),
    columns={
        **_BASE,
        "outcome": "what follows from the link",
        "band": "band of its probability",
        "link_count": "links",
    },
)

_PLANTED_CASES: Final = View(
    name="planted_cases",
    row="a kind of failure of which cases were planted, and how many were found",
    query=(
        "SELECT c.as_of_date, p.publication_id, test.test_number, test.tested_at, kind.key, "
        "kind.value::bigint, (test.found ->> kind.key)::bigint "
        "FROM run.current AS c "
        "JOIN run.publications AS p ON p.publication_number = c.publication_number "
        "JOIN run.self_tests AS test ON test.publication_number = p.publication_number "
        "CROSS JOIN jsonb_each_text(test.planted) AS kind"
    ),
    columns={
        **_BASE,
        "test_number": "the test, in order of time",
        "tested_at": "when it was made",
        "kind": "the kind of failure",
        "planted_count": "cases planted",
        "found_count": "cases found",
    },
)

_QUARANTINE_SEEN: Final = View(
    name="quarantine_seen",
    row="a bad row over the nights: the same if it has the same key, or else the same content",
    query="""
        SELECT q.register, q.table_name, q.rule_id, max(q.row_key),
            (array_agg(q.row ORDER BY q.as_of_date DESC))[1],
            min(coalesce(q.first_seen_date, q.as_of_date)), max(q.as_of_date),
            max(q.as_of_date) < (SELECT max(as_of_date) FROM run.current)
        FROM run.current AS c JOIN nightly.quarantine AS q
            ON q.as_of_date = c.as_of_date AND q.publication_number = c.publication_number
        GROUP BY q.register, q.table_name, q.rule_id,
            CASE WHEN '|' || q.row_key || '|' LIKE '%||%' OR q.row_key IS NULL
                THEN q.row ELSE q.row_key END
    """,
    columns={
        "register": "the register",
        "table_name": "the table",
        "rule_id": "the rule that the row broke",
        "row_key": "the row's key, parts joined by |",
        "row": "the row as JSON, as it was delivered last",
        "first_seen_date": "first night on which it broke the rule",
        "last_seen_date": "last night on which it did",
        "is_mended": "it is not there on the last published night",
    },
    schema="quality",
)

VIEWS: Final[tuple[View, ...]] = (
    _PUBLICATIONS,
    _of("figures", results.FIGURES),
    _of("episodes", results.ASSESSMENTS),
    _of("releases", results.RELEASES),
    *(_list(listed) for listed in CASE_LISTS.values()),
    _of("reasons", results.REASONS, leave_out=("source_key",)),
    _of("notices", results.NOTICES),
    _of("teams", results.TEAMS),
    _of("census", results.CENSUS),
    _of("movement", results.MOVEMENT),
    _of("bridges", results.BRIDGES),
    _lines(
        "list_lines",
        results.LISTED,
        last="as_of_date",
        holds="a.deleted_at IS NULL AND (a.until_date IS NULL OR a.until_date >= lines.as_of_date)",
    ),
    _lines(
        "closed_lines",
        results.CLOSED,
        last="last_listed_date",
        holds="(a.until_date IS NULL OR a.until_date >= lines.first_listed_date)",
    ),
    _of("flags", results.FLAGS),
    _of("row_counts", results.ROW_COUNTS),
    _of("check_results", results.CHECK_RESULTS),
    _of("profile", results.PROFILE),
    _of("faults", results.FAULTS),
    _of("faulty_rows", results.FAULTY_ROWS),
    _of("overrides", results.OVERRIDES),
    _count(
        "quarantine_counts",
        results.QUARANTINE,
        ("register", "table_name", "rule_id"),
        "how many rows of a table are kept aside under a rule",
    ),
    _count(
        "identity_change_counts",
        results.IDENTITY_CHANGES,
        ("register", "change", "reason"),
        "how many identities came together or apart for a reason",
    ),
    _count("link_counts", results.LINKS, ("outcome",), "how many links have an outcome"),
    _LINK_BANDS,
    _PLANTED_CASES,
    _QUARANTINE_SEEN,
)


def create_views(connection: sa.Connection) -> None:
    """Create and document every view; there are none."""
    for view in VIEWS:
        for statement in view.statements:
            execute_text(connection, statement)


def drop_views(connection: sa.Connection) -> None:
    """Drop every view, so that tables can change under them."""
    names = connection.scalars(
        sa.text(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(viewname) FROM pg_views "
            "WHERE schemaname IN ('report', 'quality')"
        )
    )
    for name in names.all():
        execute_text(connection, f"DROP VIEW {name}")
