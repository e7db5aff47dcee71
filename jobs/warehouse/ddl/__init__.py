"""The database's own shape: migrations, views, roles, repeatable DDL."""
