"""The desk of this installation, with the rights of the database role for reviewers and no more."""

from collections.abc import Iterator
from contextlib import contextmanager

from jobs.operate.databases import warehouse
from jobs.review.desk import Desk
from jobs.runtime.settings import Settings
from jobs.warehouse import REVIEWER, create_roles, has_role, open_warehouse


@contextmanager
def open_desk(settings: Settings) -> Iterator[Desk]:
    """Open the desk on the warehouse that the settings name, for the length of a ``with``.

    On the embedded server, which nobody else looks after, the roles are made if they are missing.

    Raises:
        BadInput: the warehouse's user may not act as a reviewer.
        Unreachable: the server does not answer.
    """
    with warehouse(settings) as owner:
        if not settings.warehouse and not has_role(owner, REVIEWER):
            create_roles(owner)
        engine = open_warehouse(owner.url.render_as_string(hide_password=False), role=REVIEWER)
        try:
            yield Desk(engine=engine, landings=settings.data_dir / "landing")
        finally:
            engine.dispose()
