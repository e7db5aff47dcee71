"""The chain of publications, as `0010_chain.sql` says."""

from pathlib import Path

from alembic import op

from jobs.warehouse.store.bulk import execute_text

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text()
    execute_text(op.get_bind(), statements)


def downgrade() -> None:
    """Nothing is lost: the digests follow from the rows, and come back with the upgrade."""
    execute_text(op.get_bind(), "ALTER TABLE run.publications DROP COLUMN chain_digest")
