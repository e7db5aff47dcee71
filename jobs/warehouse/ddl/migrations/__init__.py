"""The history of the warehouse's tables, as Alembic revisions."""
