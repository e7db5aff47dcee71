"""The desk of this installation, with the rights of the database role for reviewers and no more."""

from collections.abc import Iterator
from contextlib import contextmanager

from jobs.operate.databases import page_warehouse
from jobs.review.desk import Desk
from jobs.runtime.settings import Settings
from jobs.warehouse import REVIEWER


@contextmanager
def open_desk(settings: Settings) -> Iterator[Desk]:
    """Open the desk on the warehouse that the settings name, for the length of a ``with``.

    Raises:
        BadInput: the warehouse's user may not act as a reviewer.
        Unreachable: the server does not answer.
    """
    with page_warehouse(settings, role=REVIEWER) as engine:
        yield Desk(engine=engine, landings=settings.data_dir / "landing")
