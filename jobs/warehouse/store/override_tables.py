"""The ledger of a site's changes of the rules: what was registered, and what was said of it."""

from typing import Final

import sqlalchemy as sa

from jobs.warehouse.store.table_columns import NOW, TEXT, WAREHOUSE, actor, column, moment, own

OVERRIDES: Final = sa.Table(
    "overrides",
    WAREHOUSE,
    own("override_id"),
    column("entry", TEXT, "the change as JSON: all that it says"),
    column("rule_id", TEXT, "the rule that it changes, by the entry"),
    column("period_from_date", sa.Date, "first day of the period that it changes", nullable=True),
    column("owner", TEXT, "who answers for it, as it was typed"),
    column("reason", TEXT, "why"),
    column("expires_date", sa.Date, "first night on which it no longer holds"),
    moment("registered_at", "when", server_default=NOW),
    actor(),
    sa.PrimaryKeyConstraint("override_id"),
    schema="review",
    comment="One row: a change of a rule that somebody registered. Never changed.",
)
WORDS: Final = sa.Table(
    "override_words",
    WAREHOUSE,
    own("word_id"),
    column(
        "override_id", sa.BigInteger, "the change", sa.ForeignKey("review.overrides.override_id")
    ),
    column("word", TEXT, "confirmed or refused; end asked for, agreed, or not agreed"),
    column("reason", TEXT, "why"),
    column("people_off", sa.BigInteger, "people it took off a list, as was shown", nullable=True),
    column("people_on", sa.BigInteger, "people it put on a list, as was shown", nullable=True),
    column("serious_off", sa.BigInteger, "of those off, serious offences", nullable=True),
    moment("said_at", "when", server_default=NOW),
    actor(),
    sa.PrimaryKeyConstraint("word_id"),
    sa.CheckConstraint("word IN ('confirm', 'refuse', 'ask_end', 'end', 'keep')", name="word"),
    sa.CheckConstraint("num_nulls(people_off, people_on, serious_off) IN (0, 3)", name="measured"),
    sa.Index(None, "override_id"),
    schema="review",
    comment="One row: somebody's word on a change of a rule. Never changed.",
)
