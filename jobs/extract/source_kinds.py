"""Which kind of source a setting names: a folder, PostgreSQL, or any other database."""

from contextlib import AbstractContextManager

from jobs.extract.database import open_database
from jobs.extract.files.folder import open_folder
from jobs.extract.postgres import open_postgres
from jobs.extract.sources import Source, parse_url
from jobs.runtime.settings import SILENCE_SECONDS


def open_source(
    *, source: str, register: str, silence: float = SILENCE_SECONDS
) -> AbstractContextManager[Source]:
    """Open a register: a SQLAlchemy URL, or a folder of CSV or Parquet files.

    Args:
        source: the URL or the folder.
        register: ``prison`` or ``immigration``.
        silence: seconds after which a database that says nothing is given up.

    Raises:
        BadInput: the URL or the folder is wrong, or the database refuses the user.
        Unreachable: the database does not answer.
    """
    if "://" not in source:
        return open_folder(folder=source, register=register)
    url = parse_url(source=source, register=register)
    if url.get_backend_name() == "postgresql":
        return open_postgres(url=url, silence=silence)
    return open_database(url=url, silence=silence)
