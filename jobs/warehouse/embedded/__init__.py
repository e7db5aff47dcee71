"""PostgreSQL from a wheel, and the supervisor that stops it when nobody uses it."""

from jobs.warehouse.embedded.server import EmbeddedServer, start, stop

__all__ = ["EmbeddedServer", "start", "stop"]
