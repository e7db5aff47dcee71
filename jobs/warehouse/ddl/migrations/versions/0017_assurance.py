"""Checks of those cleared, as `0017_assurance.sql` says."""

from pathlib import Path

from alembic import op

from jobs.warehouse.store.bulk import execute_text

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text()
    execute_text(op.get_bind(), statements)


def downgrade() -> None:
    raise NotImplementedError("who was checked is never dropped")
