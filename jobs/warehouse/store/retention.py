"""What goes when: case lists and quarantine of old nights, by whole months, under one setting.

What their emails said goes too, by days.
"""

import sqlalchemy as sa

from jobs.warehouse.store.connections import transaction


def remove_old(engine: sa.Engine, *, keep_days: int) -> list[str]:
    """Remove what is older than ``keep_days`` before the last published night.

    Figures, movement, bridges, check results, census, teams and every manifest stay, so that what
    was said on any day can still be read; identities, links and reasons are intervals and stay too.
    What was removed is written down in ``run.removals``.

    Returns:
        Each table and month that was removed.

    Raises:
        BadInput: the server cannot be reached, or this user may not.
    """
    with transaction(engine) as connection:
        removed = connection.scalars(
            sa.text("SELECT run.remove_old(:keep_days)"), {"keep_days": keep_days}
        )
        parts = [str(name) for name in removed]
        emptied = connection.scalar(
            sa.text("SELECT run.empty_old_messages(:keep_days)"), {"keep_days": keep_days}
        )
        return [*parts, f"outbox.messages {emptied} texts"] if emptied else parts
