"""The warehouse's tables, as SQLAlchemy declares them.

The columns of what a night computes come from `results`; this module says how they are kept:

* A **snapshot** table holds a publication's rows whole, beside the publication's as-of date and
  number, partitioned by the month of the as-of date: most of its rows differ every night.
* An **interval** table holds each row once, for the half-open interval of publications
  ``[since, until)`` in which it was so; ``until`` is empty while it still is. Who a person is, how
  he is linked and why an episode has its status seldom change from one night to the next, so an
  unchanged night writes nothing there, and every publication, superseded or not, can be read back
  exactly.

Intervals count publications in the order in which they were published, not dates, because a date
may be published more than once. That two intervals of one key never overlap is held by the
database: ``follows`` is the end of the interval before, each end may be followed once, each key
has one first and one open interval. That is the rule of an exclusion constraint, in B-trees: the
GiST index that such a constraint needs takes 34 to 44 s for a first night of 1,000,000
identities, these indexes 5, and the extension `btree_gist` is not in the embedded server.
"""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from jobs.contract import results
from jobs.contract.schema import Kind, Table
from jobs.warehouse.store.table_columns import (
    NOW,
    NUMBER_MEANING,
    TEXT,
    WAREHOUSE,
    actor,
    column,
    moment,
    number,
    own,
)

STAGING: Final = "staging"
"""Where a run copies its tables before ``run.publish`` takes them; put up anew with the views."""
_INTERVAL_SCHEMAS: Final = {
    results.IDENTITIES.full_name: "registry",
    results.LINKS.full_name: "registry",
    results.REASONS.full_name: "nightly",
    results.LISTED.full_name: "nightly",
    results.NOTICES.full_name: "nightly",
}

PUBLICATIONS: Final = sa.Table(
    "publications",
    WAREHOUSE,
    column("publication_number", sa.BigInteger, NUMBER_MEANING, autoincrement=False),
    column("publication_id", TEXT, "digest of everything that the result depends on"),
    column("as_of_date", sa.Date, "the night"),
    moment("published_at", "when it was published", server_default=NOW),
    column("published_by", TEXT, "who was logged in", server_default=sa.text("session_user")),
    number("supersedes", "the publication that was current for this date before", nullable=True),
    column("content_digest", TEXT, "digest of all its tables"),
    column("manifest", postgresql.JSONB, "inputs with hashes, versions and settings"),
    column(
        "override_by", TEXT, "who published it in spite of a failed check, as typed", nullable=True
    ),
    column("override_reason", TEXT, "why", nullable=True),
    column("chain_digest", TEXT, "digest of this row and of that of the publication before"),
    sa.PrimaryKeyConstraint("publication_number"),
    sa.UniqueConstraint("publication_id"),
    sa.UniqueConstraint("as_of_date", "publication_number"),
    sa.CheckConstraint("num_nulls(override_by, override_reason) <> 1", name="override_whole"),
    schema="run",
    comment="One row: the immutable result of one run for one as-of date.",
)
CONTENTS: Final = sa.Table(
    "contents",
    WAREHOUSE,
    number("publication_number", NUMBER_MEANING),
    column("table_name", TEXT, "a table of the publication"),
    column("row_count", sa.BigInteger, "its rows"),
    column("digest", TEXT, "digest of its rows in order of key"),
    sa.PrimaryKeyConstraint("publication_number", "table_name"),
    schema="run",
    comment="One row: a table of a publication, and what it holds.",
)
CURRENT: Final = sa.Table(
    "current",
    WAREHOUSE,
    column("as_of_date", sa.Date, "the night"),
    column("publication_number", sa.BigInteger, "its current publication"),
    sa.PrimaryKeyConstraint("as_of_date"),
    sa.ForeignKeyConstraint(
        ["as_of_date", "publication_number"],
        ["run.publications.as_of_date", "run.publications.publication_number"],
    ),
    schema="run",
    comment="One row: an as-of date and the pointer to its current publication.",
)
SUPERSESSIONS: Final = sa.Table(
    "supersessions",
    WAREHOUSE,
    own("supersession_number"),
    column("as_of_date", sa.Date, "the night"),
    number("publication_number", "the publication that became current"),
    number("replaces", "the publication that was current until then", nullable=True),
    moment("made_current_at", "when", server_default=NOW),
    column("made_current_by", TEXT, "database user", server_default=sa.text("session_user")),
    sa.PrimaryKeyConstraint("supersession_number"),
    sa.Index(None, "as_of_date", "made_current_at"),
    schema="run",
    comment="One row: a move of the pointer of a date. Never changed.",
)
RUN_LOG: Final = sa.Table(
    "attempts",
    WAREHOUSE,
    own("attempt_number"),
    column("as_of_date", sa.Date, "the night, where it is the run of one", nullable=True),
    column("label", TEXT, "the run"),
    column("outcome", TEXT, "published, unchanged, refused (bad input or failed gate), failed"),
    column("publication_id", TEXT, "the publication, where there is one", nullable=True),
    column("failure", TEXT, "the one line of what went wrong", nullable=True),
    column("timings", postgresql.JSONB, "seconds of each step"),
    column("steps", postgresql.JSONB, "what each step took and counted", nullable=True),
    moment("recorded_at", "when it ended", server_default=NOW),
    sa.PrimaryKeyConstraint("attempt_number"),
    sa.CheckConstraint(
        "outcome IN ('published', 'unchanged', 'refused', 'failed')", name="outcome"
    ),
    sa.Index(None, "as_of_date"),
    schema="run",
    comment="One row: a run, published or not, or an attempt at a step that was killed.",
)
SELF_TESTS: Final = sa.Table(
    "self_tests",
    WAREHOUSE,
    own("test_number"),
    number("publication_number", "the publication on whose landings it was made"),
    column("planted", postgresql.JSONB, "planted cases, by kind"),
    column("found", postgresql.JSONB, "those found, by kind"),
    column("blamed", sa.BigInteger, "planted people decided on in time who stood on a list"),
    column("sampled", sa.BigInteger, "people of the prison register around them"),
    column("seconds", sa.Double, "how long it took"),
    column("failure", TEXT, "the kind of error that ended it; empty: it ended well", nullable=True),
    moment("tested_at", "when", server_default=NOW),
    actor(),
    sa.PrimaryKeyConstraint("test_number"),
    schema="run",
    comment="One row: planted cases were tried on a publication's landings. Never changed.",
)

REMOVALS: Final = sa.Table(
    "removals",
    WAREHOUSE,
    own("removal_number"),
    column("table_name", TEXT, "the snapshot table"),
    column("month_date", sa.Date, "first day of the month of as-of dates that was removed"),
    moment("removed_at", "when", server_default=NOW),
    column("removed_by", TEXT, "database user", server_default=sa.text("session_user")),
    sa.PrimaryKeyConstraint("removal_number"),
    schema="run",
    comment="One row: a month of a snapshot table that was removed under the retention setting.",
)

ERASURES: Final = sa.Table(
    "erasures",
    WAREHOUSE,
    own("erasure_number"),
    number("publication_number", "the publication"),
    column("table_name", TEXT, "its table in which rows got other numbers"),
    column("digest", TEXT, "digest of its rows from then on"),
    moment("erased_at", "when", server_default=NOW),
    actor(),
    sa.PrimaryKeyConstraint("erasure_number"),
    sa.Index(None, "publication_number", "table_name"),
    schema="run",
    comment="One row: a person was taken out of a table of a publication. Never changed.",
)

READER_SCOPES: Final = sa.Table(
    "reader_scopes",
    WAREHOUSE,
    column("reader", TEXT, "user of the database"),
    column("prisons", sa.ARRAY(TEXT), "prisons whose people the reader sees"),
    column("teams", sa.ARRAY(TEXT), "teams whose cases the reader sees"),
    sa.PrimaryKeyConstraint("reader"),
    schema="run",
    comment="One row: a reader who sees a part of each case list; without one, all of it.",
)

OUTBOX: Final = sa.Table(
    "messages",
    WAREHOUSE,
    own("outbox_id"),
    column(
        "publication_id", TEXT, "what it reports", sa.ForeignKey("run.publications.publication_id")
    ),
    column("as_of_date", sa.Date, "the night"),
    column("recipient", TEXT, "address"),
    column("kind", TEXT, "which email"),
    column("subject", TEXT, "its subject"),
    column("message", sa.LargeBinary, "the message as it is sent"),
    column(
        "state",
        TEXT,
        "pending, sending, sent, refused, unknown, withdrawn",
        server_default="pending",
    ),
    column("attempts", sa.Integer, "times that sending was begun", server_default="0"),
    moment("created_at", "when it was put here", server_default=NOW),
    moment("state_changed_at", "since when it is in this state", server_default=NOW),
    column("last_error", TEXT, "what the server said last, without an address", nullable=True),
    sa.PrimaryKeyConstraint("outbox_id"),
    sa.UniqueConstraint("publication_id", "recipient", "kind"),
    sa.CheckConstraint(
        "state IN ('pending', 'sending', 'sent', 'refused', 'unknown', 'withdrawn')", name="state"
    ),
    sa.Index(
        "messages_waiting_idx", "state", postgresql_where=sa.text("state IN ('pending', 'sending')")
    ),
    schema="outbox",
    comment="One row: an email to one recipient about one publication.",
)
RESENDS: Final = sa.Table(
    "resends",
    WAREHOUSE,
    own("resend_number"),
    column("outbox_id", sa.BigInteger, "the message", sa.ForeignKey("outbox.messages.outbox_id")),
    column("state_before", TEXT, "its state until then"),
    column("resent_by", TEXT, "who had it sent again, as it was typed"),
    column("reason", TEXT, "why"),
    moment("resent_at", "when", server_default=NOW),
    actor(),
    sa.PrimaryKeyConstraint("resend_number"),
    schema="outbox",
    comment="One row: somebody had a message sent again that was refused or whose fate is unknown.",
)


def _content(table: Table) -> list[sa.Column[Any]]:
    """The columns that `jobs.contract.results` declares."""
    return [
        column(
            field.name,
            TEXT if field.kind is Kind.TEXT else field.kind.sql,
            field.meaning,
            nullable=field.nullable,
        )
        for field in table.fields
    ]


def _snapshot(table: Table) -> sa.Table:
    return sa.Table(
        table.name,
        WAREHOUSE,
        column("as_of_date", sa.Date, "the night"),
        column("publication_number", sa.BigInteger, NUMBER_MEANING),
        *_content(table),
        sa.PrimaryKeyConstraint("as_of_date", "publication_number", *table.key),
        schema="nightly",
        comment=f"One row: {table.row}.",
        postgresql_partition_by="RANGE (as_of_date)",
    )


def _intervals(table: Table, schema: str) -> sa.Table:
    name = f"{schema}.{table.name}"
    return sa.Table(
        table.name,
        WAREHOUSE,
        *_content(table),
        column("since", sa.BigInteger, "first publication in which it is so"),
        column("until", sa.BigInteger, "first in which it no longer is", nullable=True),
        column("follows", sa.BigInteger, "end of the interval before", nullable=True),
        sa.UniqueConstraint(
            *table.key, "until", name=f"{table.name}_one_open", postgresql_nulls_not_distinct=True
        ),
        sa.UniqueConstraint(
            *table.key,
            "follows",
            name=f"{table.name}_one_first",
            postgresql_nulls_not_distinct=True,
        ),
        sa.ForeignKeyConstraint(
            [*table.key, "follows"],
            [f"{name}.{column}" for column in (*table.key, "until")],
            name=f"{table.name}_follows_fkey",
        ),
        sa.CheckConstraint("since < until", name="half_open"),
        sa.CheckConstraint("follows <= since", name="no_overlap"),
        schema=schema,
        comment=f"One row: {table.row}, for an interval of publications.",
    )


INTERVALS: Final[dict[str, sa.Table]] = {
    name: _intervals(results.NIGHTLY[name], schema) for name, schema in _INTERVAL_SCHEMAS.items()
}
"""Interval tables by the full name that `jobs.contract.results` gives."""
SNAPSHOTS: Final[dict[str, sa.Table]] = {
    name: _snapshot(table)
    for name, table in results.NIGHTLY.items()
    if name not in _INTERVAL_SCHEMAS
}
"""Snapshot tables by the full name that `jobs.contract.results` gives."""
