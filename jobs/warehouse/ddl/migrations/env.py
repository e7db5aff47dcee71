"""Alembic's environment: the connection and its transaction are `jobs.warehouse.ddl.migrate`'s."""

from alembic import context

from jobs.warehouse.ddl.migrate import is_declared
from jobs.warehouse.store.table_columns import WAREHOUSE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=WAREHOUSE,
    version_table_schema="run",
    include_schemas=True,
    include_object=is_declared,
    compare_type=True,
    compare_server_default=True,
)
context.run_migrations()
