"""From a register to its landing: what it delivered for a night, untouched and hashed.

A register is a PostgreSQL database, any other database that SQLAlchemy reaches, or a folder of
CSV or Parquet files. Everything after this step reads the landing, never the register.
"""

from jobs.extract.landing import Landing, feed_date, has_landing, land, open_landing
from jobs.extract.landing_manifest import LandingManifest, TableManifest

__all__ = [
    "Landing",
    "LandingManifest",
    "TableManifest",
    "feed_date",
    "has_landing",
    "land",
    "open_landing",
]
