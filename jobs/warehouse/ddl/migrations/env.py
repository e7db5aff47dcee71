"""Alembic's environment: `alembic_scripts` of the folder above gives the connection."""

from alembic import context

from jobs.warehouse.ddl.alembic_scripts import is_declared
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
