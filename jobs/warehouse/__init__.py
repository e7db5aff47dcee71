"""The warehouse: publications, identities, decisions and outbox in one PostgreSQL database."""

from jobs.warehouse.embedded import EmbeddedServer
from jobs.warehouse.embedded import start as start_embedded

__all__ = ["EmbeddedServer", "start_embedded"]
