"""The first tables, as `0001_first_tables.sql` says."""

from pathlib import Path

from alembic import op

from jobs.warehouse.store.bulk import execute_text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text()
    execute_text(op.get_bind(), statements)


def downgrade() -> None:
    raise NotImplementedError("nothing is before the first tables")
