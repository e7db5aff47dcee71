"""What the declarations of the warehouse's tables share: names of constraints, kinds of columns."""

from typing import Any, Final

import sqlalchemy as sa

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

NOW: Final = sa.text("clock_timestamp()")


def column(name: str, kind: Any, meaning: str, *more: Any, **options: Any) -> sa.Column[Any]:
    """A column with its meaning as comment; it may not be empty unless ``options`` say so."""
    return sa.Column(name, kind, *more, comment=meaning, **{"nullable": False, **options})


def moment(name: str, meaning: str, **options: Any) -> sa.Column[Any]:
    """A moment with its time zone."""
    return column(name, sa.DateTime(timezone=True), meaning, **options)


def number(name: str, meaning: str, **options: Any) -> sa.Column[Any]:
    """The number of a publication."""
    reference = sa.ForeignKey("run.publications.publication_number")
    return column(name, sa.BigInteger, meaning, reference, **options)


def own(name: str) -> sa.Column[Any]:
    """A key that the database counts up itself."""
    return column(name, sa.BigInteger, "number of the row", sa.Identity(always=True))


def actor() -> sa.Column[Any]:
    """Who was logged in when the row was entered; the database writes it."""
    return column(
        "recorded_by", TEXT, "who was logged in; empty before the database said so", nullable=True
    )


def withdrawal() -> tuple[sa.Column[Any] | sa.CheckConstraint, ...]:
    """Columns of a ledger whose rows are withdrawn, never deleted."""
    return (
        moment("deleted_at", "withdrawn at; empty while it holds", nullable=True),
        column("deleted_by", TEXT, "who withdrew it, as it was typed", nullable=True),
        column("deletion_reason", TEXT, "why it was withdrawn", nullable=True),
        column(
            "deletion_recorded_by", TEXT, "who was logged in when it was withdrawn", nullable=True
        ),
        sa.CheckConstraint(
            "num_nulls(deleted_at, deleted_by, deletion_reason) IN (0, 3)", name="withdrawn_whole"
        ),
    )
