"""Who acted is who was logged in: each ledger is tried with another's name and another day."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
import sqlalchemy as sa

from benchmarks.samples import nights
from jobs.runtime.errors import BadInput
from jobs.warehouse import create_roles, embedded, open_warehouse, publish, upgrade
from jobs.warehouse.ddl.roles import PAGE, QUALITY, READER, REVIEWER, WRITER
from jobs.warehouse.store.actors import acting_as
from jobs.warehouse.store.connections import transaction
from tests.warehouse.ddl.conftest import KNOWN, Users

OWNER: Final = "an_owner"
ENTRIES: Final[dict[str, dict[str, str]]] = {
    "review.decisions": {
        "prisoner_number": "A0001AA",
        "cid_person_id": "C1",
        "judgement": "cannot_tell",
        "reviewer": "somebody else",
        "reason": "x",
        "decided_at": "1999-01-01",
        "recorded_by": "somebody else",
    },
    "review.acknowledgements": {
        "episode_id": "E1",
        "acknowledged_by": "somebody else",
        "note": "x",
        "acknowledged_at": "1999-01-01",
        "recorded_by": "somebody else",
    },
    "review.models": {
        "model_version": "x",
        "model_digest": "x",
        "model": "{}",
        "quality": "{}",
        "approved_by": "somebody else",
        "reason": "x",
        "approved_at": "1999-01-01",
        "recorded_by": "somebody else",
    },
    "review.answers": {
        "as_of_date": "2006-04-25",
        "rules": "x",
        "answered_by": "somebody else",
        "reason": "x",
        "answered_at": "1999-01-01",
        "recorded_by": "somebody else",
    },
    "review.overrides": {
        "entry": '{"rule": "x", "owner": "x", "reason": "x", "expires": "2006-12-01"}',
        "rule_id": "x",
        "owner": "somebody else",
        "reason": "x",
        "expires_date": "2006-12-01",
        "registered_at": "1999-01-01",
        "recorded_by": "somebody else",
    },
    "outbox.resends": {
        "outbox_id": "1",
        "state_before": "refused",
        "resent_by": "somebody else",
        "reason": "x",
        "resent_at": "1999-01-01",
        "recorded_by": "somebody else",
    },
    "review.audit": {
        "made_by": "somebody else",
        "database_user": "somebody else",
        "channel": "page",
        "action": "look",
        "made_at": "1999-01-01",
    },
    "review.queues": {
        "publication_number": "1",
        "pairs": "0",
        "laid_at": "1999-01-01",
        "laid_by": "somebody else",
    },
}
LEDGERS: Final = tuple(name for name in ENTRIES if name.startswith("review.") and name not in {
    "review.answers", "review.audit", "review.overrides", "review.queues",
})  # fmt: skip
"""Whose entries can be withdrawn."""
MAY_ENTER: Final = {
    WRITER: {"review.answers", "outbox.resends"},
    REVIEWER: {*LEDGERS, "review.audit", "review.overrides", "review.queues"},
    READER: set(),
    QUALITY: set(),
}
WHO: Final = ("recorded_by", "made_by", "database_user", "laid_by")
WHEN: Final = ("decided_at", "acknowledged_at", "approved_at", "answered_at", "resent_at",
               "registered_at", "made_at", "laid_at")  # fmt: skip
MESSAGE: Final = (
    "INSERT INTO outbox.messages (as_of_date, publication_id, recipient, kind, subject, message, "
    "state) SELECT as_of_date, publication_id, 'a@example.org', 'figures', 'x', '', 'refused' "
    "FROM run.publications"
)


def enter(connection: sa.Connection, ledger: str, **more: str) -> None:
    said = {**ENTRIES[ledger], **more}
    values = ", ".join(f"'{value}'" for value in said.values())
    connection.execute(sa.text(f"INSERT INTO {ledger} ({', '.join(said)}) VALUES ({values})"))


def is_entered(engine: sa.Engine, ledger: str) -> bool:
    """Whether a user may enter anything at all."""
    try:
        with engine.begin() as connection:
            enter(connection, ledger)
    except sa.exc.ProgrammingError as error:
        if "permission denied" not in str(error):
            raise
        return False
    return True


def last(connection: sa.Connection, ledger: str) -> dict[str, Any]:
    found = connection.execute(sa.text(f"SELECT * FROM {ledger} ORDER BY 1 DESC LIMIT 1"))
    return dict(found.mappings().one())


def assert_signed(row: dict[str, Any], actor: str) -> None:
    assert {row[name] for name in WHO if name in row} == {actor}
    (when,) = (row[name] for name in WHEN if name in row)
    assert datetime.now(UTC) - when < timedelta(minutes=1)


@pytest.fixture
def owned(postgres: embedded.EmbeddedServer) -> Iterator[sa.Engine]:
    """A warehouse of a site's own, with one publication, as its owner, who is no superuser."""
    postgres.create_database("a warehouse with an owner")
    superuser = sa.create_engine(
        postgres.url(), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )
    with superuser.connect() as connection:
        connection.execute(sa.text(f"CREATE ROLE {OWNER} LOGIN CREATEROLE"))
        connection.execute(sa.text(f'ALTER DATABASE "a warehouse with an owner" OWNER TO {OWNER}'))
    engine = open_warehouse(postgres.url("a warehouse with an owner", user=OWNER))
    upgrade(engine)
    publish(engine, manifest=nights.manifest(), tables=KNOWN)
    with engine.begin() as connection:
        connection.execute(sa.text(MESSAGE))
    yield engine
    engine.dispose()
    postgres.drop_database("a warehouse with an owner")
    with superuser.connect() as connection:
        connection.execute(sa.text(f"DROP ROLE {OWNER}"))


def test_the_owner_enters_nothing_in_anothers_name_or_on_another_day(owned: sa.Engine) -> None:
    with owned.connect() as connection:
        for ledger in ENTRIES:
            enter(connection, ledger)
            assert_signed(last(connection, ledger), OWNER)
        connection.rollback()
    for ledger in ENTRIES:
        named = "SET reconciliation.actor = 'somebody else'"
        with owned.connect() as connection:
            connection.execute(sa.text(named))
            with pytest.raises(sa.exc.DBAPIError, match="may not say who"):
                enter(connection, ledger)


def test_the_owner_withdraws_as_himself_and_only_what_was_entered_before(owned: sa.Engine) -> None:
    given = "deleted_at = '1999-01-01', deleted_by = 'somebody else', deletion_reason = 'x'"
    with owned.connect() as connection:
        for ledger in LEDGERS:
            enter(connection, ledger)
            connection.execute(sa.text(f"UPDATE {ledger} SET {given}"))
            row = last(connection, ledger)
            assert row["deletion_recorded_by"] == OWNER
            assert datetime.now(UTC) - row["deleted_at"] < timedelta(minutes=1)
        connection.rollback()
    forged = f"{given}, deletion_recorded_by = 'somebody else'"
    withdrawn = {"deleted_at": "1999-01-01", "deleted_by": "x", "deletion_reason": "x"}
    for ledger in LEDGERS:
        with owned.connect() as connection:
            enter(connection, ledger)
            with pytest.raises(sa.exc.IntegrityError, match="withdrawn once"):
                connection.execute(sa.text(f"UPDATE {ledger} SET {forged}"))
        with (
            owned.connect() as connection,
            pytest.raises(sa.exc.IntegrityError, match="before it is"),
        ):
            enter(connection, ledger, **withdrawn)


@pytest.fixture
def entered(users: Users, warehouse: sa.Engine) -> Users:
    """Users of a warehouse whose outbox holds a message to be sent again."""
    with warehouse.begin() as connection:
        connection.execute(sa.text(MESSAGE))
    return users


def test_no_role_enters_anything_in_anothers_name_or_on_another_day(
    entered: Users, warehouse: sa.Engine
) -> None:
    for role, allowed in MAY_ENTER.items():
        engine = entered.of(role)
        done = {ledger for ledger in ENTRIES if is_entered(engine, ledger)}
        assert done == allowed, role
        for ledger in done:
            with warehouse.connect() as connection:
                assert_signed(last(connection, ledger), str(engine.url.username))


def test_no_role_but_that_of_the_page_says_who_is_logged_in(entered: Users) -> None:
    for role in MAY_ENTER:
        refused = "lacks a right" if role == READER else "may not say who is logged in; GRANT"
        with (
            pytest.raises(BadInput, match=refused),
            transaction(entered.of(role)) as connection,
        ):
            acting_as(connection, "somebody else")


def test_the_page_enters_in_the_name_of_whoever_is_logged_in_to_it(
    entered: Users, warehouse: sa.Engine
) -> None:
    page = entered.of(PAGE)
    with warehouse.begin() as connection:
        connection.execute(sa.text(f"GRANT {REVIEWER} TO {page.url.username}"))
    as_reviewer = open_warehouse(str(page.url), role=REVIEWER)
    for engine, ledgers in ((as_reviewer, (*LEDGERS, "review.queues")), (page, ["review.answers"])):
        for ledger in ledgers:
            with transaction(engine) as connection:
                assert acting_as(connection, "rita") == "rita"
                enter(connection, ledger)
            with transaction(engine) as connection:
                assert acting_as(connection) == page.url.username, "a name is of one transaction"
            with warehouse.connect() as connection:
                assert_signed(last(connection, ledger), "rita")
    with transaction(as_reviewer) as connection:
        acting_as(connection, "rita")
        enter(connection, "review.audit")
    with warehouse.connect() as connection:
        row = last(connection, "review.audit")
    assert (row["made_by"], row["database_user"]) == ("rita", page.url.username)
    as_reviewer.dispose()


def test_nobody_puts_a_pair_on_anothers_desk(entered: Users, warehouse: sa.Engine) -> None:
    with warehouse.begin() as connection:
        enter(connection, "review.queues")
        connection.execute(
            sa.text(
                "INSERT INTO review.pairs (prisoner_number, cid_person_id, queue_number, tier, "
                "position, probability, match_weight, evidence, narrows) "
                "SELECT 'A1', 'C1', queue_number, 1, 1, 0.5, 0, '{}', 0 FROM review.queues"
            )
        )
    reviewer = entered.of(REVIEWER)
    take = "UPDATE review.pairs SET assigned_to = {who}, assigned_until = now()"
    with reviewer.begin() as connection:
        connection.execute(sa.text(take.format(who="session_user")))
    with (
        reviewer.connect() as connection,
        pytest.raises(sa.exc.IntegrityError, match="whoever takes it"),
    ):
        connection.execute(sa.text(take.format(who="'somebody else'")))


def test_on_the_embedded_server_the_user_of_the_machine_is_named(
    warehouse: sa.Engine,
) -> None:
    """There everybody is the superuser, who may say who is at work."""
    create_roles(warehouse)
    engine = open_warehouse(str(warehouse.url), actor="a user of the machine")
    with engine.begin() as connection:
        enter(connection, "review.acknowledgements")
        assert_signed(last(connection, "review.acknowledgements"), "a user of the machine")
    with transaction(engine) as connection:
        acting_as(connection, "rita")
        enter(connection, "review.models")
        assert_signed(last(connection, "review.models"), "rita")
    engine.dispose()
