from datetime import date

import pytest
import sqlalchemy as sa

from benchmarks.samples import nights
from jobs.runtime.errors import BadInput
from jobs.warehouse import (
    create_roles,
    decisions,
    open_warehouse,
    publish,
    record_decision,
    remove_old,
    upgrade,
    withdraw_decision,
)
from jobs.warehouse.ddl.roles import QUALITY, READER, REVIEWER, RIGHTS, WRITER
from jobs.warehouse.ddl.views import VIEWS
from tests.warehouse.ddl.conftest import Users


def read(engine: sa.Engine, table: str) -> int:
    with engine.connect() as connection:
        return connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0


def refused(engine: sa.Engine, statement: str) -> bool:
    try:
        with engine.begin() as connection:
            connection.execute(sa.text(statement))
    except sa.exc.ProgrammingError as error:
        return "permission denied" in str(error)
    return False


def test_a_reader_reads_every_view_and_nothing_else(users: Users) -> None:
    reader = users.of(READER)
    for view in VIEWS:
        if view.schema == "report":
            read(reader, f"report.{view.name}")
    assert read(reader, "report.episodes") > 0
    for table in (
        "nightly.assessments",
        "nightly.assessments_2006_04",
        "nightly.quarantine",
        "quality.quarantine_seen",
        "registry.identities",
        "review.decisions",
        "run.publications",
        "outbox.messages",
    ):
        assert refused(reader, f"SELECT * FROM {table}"), table
    assert refused(reader, "SELECT run.make_room('1900-01-01')")


def test_a_writer_publishes_a_month_that_was_not_there_and_changes_nothing(users: Users) -> None:
    writer = users.of(WRITER)
    upgrade(writer)
    for day, seed in ((1, 2), (2, 3)):
        publish(
            writer,
            manifest=nights.manifest(as_of=date(2007, 1, day)),
            tables=nights.facts(seed=seed),
        )
    assert remove_old(writer, keep_days=31)
    assert refused(writer, "UPDATE nightly.figures SET value = 0")
    assert refused(writer, "UPDATE registry.links SET outcome = 'linked'")
    assert refused(writer, "DELETE FROM run.publications")
    assert refused(writer, "UPDATE outbox.messages SET recipient = 'x'")
    assert refused(writer, "INSERT INTO review.decisions (reviewer) VALUES ('x')")


def test_a_reviewer_decides_and_cannot_publish_or_see_quarantined_rows(users: Users) -> None:
    reviewer = users.of(REVIEWER)
    number = record_decision(
        reviewer,
        prisoner_number="A1234AA",
        cid_person_id="C1",
        judgement="must_link",
        reviewer="A. Reviewer",
        reason="same fingerprints",
    )
    withdraw_decision(reviewer, decision_id=number, by="A. Reviewer", reason="wrong file")
    assert decisions(reviewer).empty
    assert read(reviewer, "registry.links") > 0
    assert refused(reviewer, "SELECT * FROM nightly.quarantine")
    assert refused(reviewer, "SELECT * FROM review.audit")
    assert refused(reviewer, "DELETE FROM review.pairs")
    assert refused(reviewer, "UPDATE review.pairs SET prisoner_number = 'A1'")
    assert refused(reviewer, "UPDATE review.queues SET pairs = 0")
    assert refused(reviewer, "UPDATE review.decisions SET judgement = 'must_not_link'")
    assert refused(reviewer, "UPDATE review.decisions SET is_pending = false")
    assert refused(
        reviewer,
        "UPDATE review.decisions SET deleted_at = now(), deleted_by = 'x', deletion_reason = 'x'",
    )
    assert refused(reviewer, "UPDATE review.confirmations SET reason = 'x'")
    with pytest.raises(BadInput, match="this user lacks a right"):
        publish(reviewer, manifest=nights.manifest(policy="2"), tables=nights.facts())


def test_the_data_team_reads_quarantined_rows_and_no_links(users: Users) -> None:
    quality = users.of(QUALITY)
    assert read(quality, "nightly.quarantine") > 0
    assert read(quality, "quality.quarantine_seen") > 0
    assert refused(quality, "SELECT * FROM registry.links")
    assert refused(quality, "SELECT * FROM nightly.assessments")


def test_roles_can_be_created_again_and_keep_their_rights_after_an_upgrade(
    users: Users, warehouse: sa.Engine
) -> None:
    reader = users.of(READER)
    create_roles(warehouse)
    with warehouse.begin() as connection:
        connection.execute(sa.text("COMMENT ON SCHEMA report IS 'an older digest'"))
    upgrade(warehouse)
    assert read(reader, "report.figures") > 0


def test_a_user_who_may_not_create_roles_is_told_so(
    users: Users, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = users.of(WRITER)
    monkeypatch.setitem(RIGHTS, "reconciliation_not_there_yet", ())
    with pytest.raises(BadInput, match="this user lacks a right"):
        create_roles(writer)


def test_an_owner_acts_as_a_reviewer_with_a_reviewers_rights_only(users: Users) -> None:
    owner_as_reviewer = open_warehouse(str(users._owner.url), role=REVIEWER)
    assert read(owner_as_reviewer, "registry.links") > 0
    assert refused(owner_as_reviewer, "SELECT * FROM nightly.quarantine")
    owner_as_reviewer.dispose()


def test_a_user_who_may_not_act_as_a_reviewer_is_told_what_to_do(users: Users) -> None:
    reader = users.of(READER)
    as_reviewer = open_warehouse(str(reader.url), role=REVIEWER)
    with pytest.raises(BadInput, match=r"cannot act as .reconciliation_reviewer.*jobs roles"):
        as_reviewer.connect()
    as_nobody = open_warehouse(str(reader.url), role="no such role")
    with pytest.raises(BadInput, match="cannot act as"):
        as_nobody.connect()
