"""The rights in the warehouse: a role for each use, each with no more than it needs.

========================== ==================================================================
``reconciliation_writer``  publishes nights whole, keeps the outbox; writes no published table
``reconciliation_reader``  reads ``report``, nothing else
``reconciliation_reviewer`` reads ``report``, links and assessments; writes the review ledgers
``reconciliation_quality`` reads ``report`` and the quarantine, to have bad rows mended
``reconciliation_page``    says who is logged in to Airflow, and so in whose name it writes
========================== ==================================================================

They cannot log in: grant them to the users who do. On a server of one's own, migrations run as the
owner of the tables, who needs none of them.
"""

from typing import Final

import sqlalchemy as sa

from jobs.warehouse.ddl.publish_function import MAKE_CURRENT, PUBLISH
from jobs.warehouse.store.bulk import execute_text
from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.review_tables import LAID
from jobs.warehouse.store.table_columns import SCHEMAS

WRITER: Final = "reconciliation_writer"
READER: Final = "reconciliation_reader"
REVIEWER: Final = "reconciliation_reviewer"
QUALITY: Final = "reconciliation_quality"
PAGE: Final = "reconciliation_page"

PURPOSES: Final = {
    READER: "reads the views of the schema report, nothing else",
    REVIEWER: "reads report, links and assessments; writes the review ledgers",
    QUALITY: "reads report and the quarantine, to have bad rows mended",
    PAGE: "says who is logged in to Airflow; for the user of Airflow's pages, and nobody else",
    WRITER: "publishes nights whole and keeps the outbox; writes no published table",
}

_EVERYBODY: Final = (
    "GRANT USAGE ON SCHEMA report TO {role}",
    "GRANT SELECT ON ALL TABLES IN SCHEMA report TO {role}",
)
_WITHDRAW: Final = "GRANT SELECT, INSERT, UPDATE (deleted_at, deleted_by, deletion_reason)"
SECOND_PERSON: Final = (
    "review.withdraw(bigint, text, text)",
    "review.is_known(text, text)",
    "review.is_unused(bigint)",
    "review.second_wanted(text)",
)
"""What reviewers may call: they change no row of a decision themselves."""
_OF_A_PAIR: Final = (*LAID, "queue_number", "assigned_to", "assigned_until")
"""What changes of a pair that waits for review."""
RIGHTS: Final[dict[str, tuple[str, ...]]] = {
    READER: _EVERYBODY,
    REVIEWER: (
        *_EVERYBODY,
        "GRANT USAGE ON SCHEMA run, registry, nightly, review TO {role}",
        "GRANT SELECT ON run.publications, run.current, run.alembic_version TO {role}",
        "GRANT SELECT ON run.contents, nightly.assessments, nightly.figures TO {role}",
        "GRANT SELECT ON registry.links, registry.identities TO {role}",
        "GRANT SELECT, INSERT ON review.queues, review.pairs TO {role}",
        f"GRANT UPDATE ({', '.join(_OF_A_PAIR)}) ON review.pairs TO {{role}}",
        "GRANT INSERT ON review.audit TO {role}",
        "GRANT SELECT, INSERT ON review.decisions, review.confirmations TO {role}",
        f"GRANT EXECUTE ON FUNCTION {', '.join(SECOND_PERSON)} TO {{role}}",
        "GRANT SELECT, INSERT ON review.overrides, review.override_words TO {role}",
        f"{_WITHDRAW} ON review.acknowledgements TO {{role}}",
        f"{_WITHDRAW} ON review.models TO {{role}}",
        f"{_WITHDRAW} ON review.assurance_checks TO {{role}}",
    ),
    PAGE: (
        "GRANT USAGE ON SCHEMA run, review TO {role}",
        "GRANT SELECT, INSERT ON review.answers TO {role}",
    ),
    QUALITY: (
        *_EVERYBODY,
        "GRANT USAGE ON SCHEMA run, nightly TO {role}",
        "GRANT SELECT ON run.publications, run.current, run.alembic_version TO {role}",
        "GRANT SELECT ON nightly.quarantine TO {role}",
        "GRANT USAGE ON SCHEMA quality TO {role}",
        "GRANT SELECT ON quality.quarantine_seen TO {role}",
    ),
    WRITER: (
        *_EVERYBODY,
        "GRANT USAGE ON SCHEMA run, registry, nightly, review, outbox TO {role}",
        "GRANT SELECT ON ALL TABLES IN SCHEMA run, registry, nightly, review, outbox TO {role}",
        "GRANT USAGE ON SCHEMA staging TO {role}",
        "GRANT SELECT, INSERT, TRUNCATE ON ALL TABLES IN SCHEMA staging TO {role}",
        f"GRANT EXECUTE ON FUNCTION {PUBLISH}, {MAKE_CURRENT} TO {{role}}",
        "GRANT INSERT ON run.attempts, run.self_tests, review.answers TO {role}",
        "GRANT UPDATE (timings, steps) ON run.attempts TO {role}",
        "GRANT INSERT ON outbox.messages, outbox.resends TO {role}",
        "GRANT UPDATE (state, attempts, state_changed_at, last_error) ON outbox.messages TO {role}",
        "GRANT EXECUTE ON FUNCTION run.make_room(date) TO {role}",
        "GRANT EXECUTE ON FUNCTION run.remove_old(integer) TO {role}",
        "GRANT EXECUTE ON FUNCTION run.empty_old_messages(integer) TO {role}",
    ),
}


def create_roles(engine: sa.Engine) -> None:
    """Create the roles that are not there, and give each its rights in this warehouse.

    Raises:
        BadInput: this user may not create roles.
    """
    with transaction(engine) as connection:
        there = _roles(connection)
        for role in RIGHTS:
            if role not in there:
                execute_text(connection, f"CREATE ROLE {role} NOLOGIN")
        grant_rights(connection)


def grant_rights(connection: sa.Connection) -> None:
    """Give each role that is there exactly its rights, on everything that is there now."""
    there = _roles(connection)
    for role, rights in RIGHTS.items():
        if role not in there:
            continue
        for schema in SCHEMAS:
            execute_text(connection, f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}")
        for right in rights:
            execute_text(connection, right.format(role=role))


def has_role(engine: sa.Engine, role: str) -> bool:
    """Whether the server has a role."""
    with transaction(engine) as connection:
        return role in _roles(connection)


def _roles(connection: sa.Connection) -> set[str]:
    found = connection.scalars(
        sa.text("SELECT rolname FROM pg_roles WHERE rolname = ANY(:names)"), {"names": list(RIGHTS)}
    )
    return set(found)
