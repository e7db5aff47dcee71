"""What each step of a run took and counted, as `0009_run_log.sql` says."""

from pathlib import Path

from alembic import op

from jobs.warehouse.store.bulk import execute_text

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


DOWN = """
DELETE FROM run.attempts WHERE as_of_date IS NULL;
ALTER TABLE run.attempts DROP COLUMN steps, ALTER COLUMN as_of_date SET NOT NULL;
"""


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text()
    execute_text(op.get_bind(), statements)


def downgrade() -> None:
    """The log only: runs of no night have no place in the older table."""
    execute_text(op.get_bind(), DOWN)
