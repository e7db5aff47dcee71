"""Who may register a change of the rules, and in whose name."""

import pytest
import sqlalchemy as sa

from jobs.runtime.errors import BadInput
from jobs.warehouse.ddl.roles import READER, REVIEWER, WRITER
from jobs.warehouse.ledgers.override_ledger import register_override, registered_overrides
from tests.warehouse.ddl.conftest import Users
from tests.warehouse.ledgers.test_override_ledger import entry


@pytest.mark.parametrize(
    ("role", "may"),
    [
        pytest.param(WRITER, False, id="the writer of nights"),
        pytest.param(READER, False, id="a reader"),
        pytest.param(REVIEWER, True, id="a reviewer"),
    ],
)
def test_a_role_registers_in_its_own_name_or_not_at_all(
    users: Users, warehouse: sa.Engine, role: str, may: bool
) -> None:
    engine = users.of(role)
    if not may:
        with pytest.raises(BadInput, match="right"):
            register_override(engine, entry=entry())
        return
    register_override(engine, entry=entry())
    said = (
        "INSERT INTO review.override_words (override_id, word, reason) VALUES (1, 'confirm', 'x')"
    )
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT set_config('reconciliation.actor', 'another', true)"))
        with pytest.raises(sa.exc.DBAPIError, match="may not say who is logged in"):
            connection.execute(sa.text(said))
    (told,) = registered_overrides(warehouse)
    assert told.registered_by == f"user_of_{role}"
