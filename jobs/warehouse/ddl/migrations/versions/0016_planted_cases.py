"""What came of planted cases, as `0016_planted_cases.sql` says."""

from pathlib import Path

from alembic import op

from jobs.warehouse.store.bulk import execute_text

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text()
    execute_text(op.get_bind(), statements)


def downgrade() -> None:
    raise NotImplementedError("what came of planted cases is never dropped")
