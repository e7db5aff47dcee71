"""The first tables, as `0001_first_tables.sql` says."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text()
    op.get_bind().connection.driver_connection.execute(statements)


def downgrade() -> None:
    raise NotImplementedError("nothing is before the first tables")
