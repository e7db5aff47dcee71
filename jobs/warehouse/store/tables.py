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

SCHEMAS: Final = ("run", "registry", "nightly", "review", "report", "quality", "outbox")
WAREHOUSE: Final = sa.MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    }
)
TEXT: Final = sa.Text(collation="C")
"""Text that sorts by code point on every server, as the frames do."""
NUMBER_MEANING: Final = "the publication, in order of publishing"

_now = sa.text("clock_timestamp()")
_INTERVAL_SCHEMAS: Final = {
    results.IDENTITIES.full_name: "registry",
    results.LINKS.full_name: "registry",
    results.REASONS.full_name: "nightly",
}


def _column(name: str, kind: Any, meaning: str, *more: Any, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, *more, comment=meaning, **{"nullable": False, **options})


def _moment(name: str, meaning: str, **options: Any) -> sa.Column[Any]:
    return _column(name, sa.DateTime(timezone=True), meaning, **options)


def _number(name: str, meaning: str, **options: Any) -> sa.Column[Any]:
    reference = sa.ForeignKey("run.publications.publication_number")
    return _column(name, sa.BigInteger, meaning, reference, **options)


def _own(name: str) -> sa.Column[Any]:
    """A key that the database counts up itself."""
    return _column(name, sa.BigInteger, "number of the row", sa.Identity(always=True))


def _withdrawal() -> tuple[sa.Column[Any] | sa.CheckConstraint, ...]:
    """Columns of a ledger whose rows are withdrawn, never deleted."""
    return (
        _moment("deleted_at", "withdrawn at; empty while it holds", nullable=True),
        _column("deleted_by", TEXT, "who withdrew it", nullable=True),
        _column("deletion_reason", TEXT, "why it was withdrawn", nullable=True),
        sa.CheckConstraint(
            "num_nulls(deleted_at, deleted_by, deletion_reason) IN (0, 3)", name="withdrawn_whole"
        ),
    )


PUBLICATIONS: Final = sa.Table(
    "publications",
    WAREHOUSE,
    _column("publication_number", sa.BigInteger, NUMBER_MEANING, autoincrement=False),
    _column("publication_id", TEXT, "digest of everything that the result depends on"),
    _column("as_of_date", sa.Date, "the night"),
    _moment("published_at", "when it was published", server_default=_now),
    _column("published_by", TEXT, "database user", server_default=sa.text("session_user")),
    _number("supersedes", "the publication that was current for this date before", nullable=True),
    _column("content_digest", TEXT, "digest of all its tables"),
    _column("manifest", postgresql.JSONB, "inputs with hashes, versions and settings"),
    _column("override_by", TEXT, "who published it in spite of a failed check", nullable=True),
    _column("override_reason", TEXT, "why", nullable=True),
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
    _number("publication_number", NUMBER_MEANING),
    _column("table_name", TEXT, "a table of the publication"),
    _column("row_count", sa.BigInteger, "its rows"),
    _column("digest", TEXT, "digest of its rows in order of key"),
    sa.PrimaryKeyConstraint("publication_number", "table_name"),
    schema="run",
    comment="One row: a table of a publication, and what it holds.",
)
CURRENT: Final = sa.Table(
    "current",
    WAREHOUSE,
    _column("as_of_date", sa.Date, "the night"),
    _column("publication_number", sa.BigInteger, "its current publication"),
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
    _own("supersession_number"),
    _column("as_of_date", sa.Date, "the night"),
    _number("publication_number", "the publication that became current"),
    _number("replaces", "the publication that was current until then", nullable=True),
    _moment("made_current_at", "when", server_default=_now),
    _column("made_current_by", TEXT, "database user", server_default=sa.text("session_user")),
    sa.PrimaryKeyConstraint("supersession_number"),
    sa.Index(None, "as_of_date", "made_current_at"),
    schema="run",
    comment="One row: a move of the pointer of a date. Never changed.",
)
RUN_LOG: Final = sa.Table(
    "attempts",
    WAREHOUSE,
    _own("attempt_number"),
    _column("as_of_date", sa.Date, "the night"),
    _column("label", TEXT, "the run"),
    _column("outcome", TEXT, "published, unchanged, refused (bad input or failed gate), failed"),
    _column("publication_id", TEXT, "the publication, where there is one", nullable=True),
    _column("failure", TEXT, "the one line of what went wrong", nullable=True),
    _column("timings", postgresql.JSONB, "seconds of each step"),
    _moment("recorded_at", "when it ended", server_default=_now),
    sa.PrimaryKeyConstraint("attempt_number"),
    sa.CheckConstraint(
        "outcome IN ('published', 'unchanged', 'refused', 'failed')", name="outcome"
    ),
    sa.Index(None, "as_of_date"),
    schema="run",
    comment="One row: a run of a night, published or not.",
)

REMOVALS: Final = sa.Table(
    "removals",
    WAREHOUSE,
    _own("removal_number"),
    _column("table_name", TEXT, "the snapshot table"),
    _column("month_date", sa.Date, "first day of the month of as-of dates that was removed"),
    _moment("removed_at", "when", server_default=_now),
    _column("removed_by", TEXT, "database user", server_default=sa.text("session_user")),
    sa.PrimaryKeyConstraint("removal_number"),
    schema="run",
    comment="One row: a month of a snapshot table that was removed under the retention setting.",
)

DECISIONS: Final = sa.Table(
    "decisions",
    WAREHOUSE,
    _own("decision_id"),
    _column("prisoner_number", TEXT, "person in the prison register"),
    _column("cid_person_id", TEXT, "person in the immigration register"),
    _column("judgement", TEXT, "must link, or must not link"),
    _column("reviewer", TEXT, "who decided"),
    _column("reason", TEXT, "why"),
    _moment("decided_at", "when", server_default=_now),
    *_withdrawal(),
    sa.PrimaryKeyConstraint("decision_id"),
    sa.CheckConstraint("judgement IN ('must_link', 'must_not_link')", name="judgement"),
    sa.Index(
        "decisions_holding_key",
        "prisoner_number",
        "cid_person_id",
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    ),
    schema="review",
    comment="One row: a reviewer's word on a pair of persons. Withdrawn, never deleted.",
)
ACKNOWLEDGEMENTS: Final = sa.Table(
    "acknowledgements",
    WAREHOUSE,
    _own("acknowledgement_id"),
    _column("episode_id", TEXT, "the custody episode that somebody takes care of"),
    _column("acknowledged_by", TEXT, "who does"),
    _column("note", TEXT, "what is being done"),
    _moment("acknowledged_at", "when", server_default=_now),
    *_withdrawal(),
    sa.PrimaryKeyConstraint("acknowledgement_id"),
    sa.Index(
        "acknowledgements_holding_key",
        "episode_id",
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    ),
    schema="review",
    comment="One row: somebody has seen a critical episode. Withdrawn, never deleted.",
)
MODEL_APPROVALS: Final = sa.Table(
    "models",
    WAREHOUSE,
    _own("approval_id"),
    _column("model_version", TEXT, "the linkage model"),
    _column("model_digest", TEXT, "digest of everything that it says"),
    _column("model", TEXT, "its parameters, as JSON"),
    _column("quality", TEXT, "what was measured of it, as JSON"),
    _column("approved_by", TEXT, "who approved it"),
    _column("reason", TEXT, "why"),
    _moment("approved_at", "when", server_default=_now),
    *_withdrawal(),
    sa.PrimaryKeyConstraint("approval_id"),
    schema="review",
    comment="One row: a linkage model that somebody approved. Withdrawn, never deleted.",
)

OUTBOX: Final = sa.Table(
    "messages",
    WAREHOUSE,
    _own("outbox_id"),
    _column(
        "publication_id", TEXT, "what it reports", sa.ForeignKey("run.publications.publication_id")
    ),
    _column("as_of_date", sa.Date, "the night"),
    _column("recipient", TEXT, "address"),
    _column("kind", TEXT, "which email"),
    _column("subject", TEXT, "its subject"),
    _column("message", sa.LargeBinary, "the message as it is sent"),
    _column(
        "state",
        TEXT,
        "pending, sending, sent, refused, unknown, withdrawn",
        server_default="pending",
    ),
    _column("attempts", sa.Integer, "times that sending was begun", server_default="0"),
    _moment("created_at", "when it was put here", server_default=_now),
    _moment("state_changed_at", "since when it is in this state", server_default=_now),
    _column("last_error", TEXT, "what the server said last, without an address", nullable=True),
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
    _own("resend_number"),
    _column("outbox_id", sa.BigInteger, "the message", sa.ForeignKey("outbox.messages.outbox_id")),
    _column("state_before", TEXT, "its state until then"),
    _column("resent_by", TEXT, "who had it sent again"),
    _column("reason", TEXT, "why"),
    _moment("resent_at", "when", server_default=_now),
    sa.PrimaryKeyConstraint("resend_number"),
    schema="outbox",
    comment="One row: somebody had a message sent again that was refused or whose fate is unknown.",
)


def _content(table: Table) -> list[sa.Column[Any]]:
    """The columns that `jobs.contract.results` declares."""
    return [
        _column(
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
        _column("as_of_date", sa.Date, "the night"),
        _column("publication_number", sa.BigInteger, NUMBER_MEANING),
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
        _column("since", sa.BigInteger, "first publication in which it is so"),
        _column("until", sa.BigInteger, "first in which it no longer is", nullable=True),
        _column("follows", sa.BigInteger, "end of the interval before", nullable=True),
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
