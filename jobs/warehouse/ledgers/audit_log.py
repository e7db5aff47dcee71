"""The audit log of clerical review: who looked at which pair of records, and did what with it.

An entry is made in the transaction that hands a pair out or records a decision, so that nobody sees
a person of whom the log does not know. Who and when is the database's word. Entries are never
changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import pandas as pd
import sqlalchemy as sa

from jobs.contract.schema import Kind
from jobs.warehouse.ledgers.review_ledgers import entries
from jobs.warehouse.store.review_tables import AUDIT

Channel = Literal["page", "command line"]
Action = Literal["look", "decide", "confirm", "withdraw", "put back"]
SHOWN: Final = {
    "made_at": Kind.TIMESTAMP,
    "made_by": Kind.TEXT,
    "database_user": Kind.TEXT,
    "channel": Kind.TEXT,
    "action": Kind.TEXT,
    "prisoner_number": Kind.TEXT,
    "cid_person_id": Kind.TEXT,
    "decision_id": Kind.INTEGER,
}


@dataclass(frozen=True, kw_only=True)
class Reviewer:
    """Who reviews, and where: the name that Airflow or the operating system vouches for.

    On the page it is the name by which the reviewer acts. At the command line of a site with its
    own database server, that is the user of the database instead.
    """

    name: str
    channel: Channel

    @property
    def vouched(self) -> str | None:
        """The name that the database is given; None where it knows who is logged in."""
        return self.name if self.channel == "page" else None


def enter(
    connection: sa.Connection,
    by: Reviewer,
    action: Action,
    pairs: Iterable[tuple[str, str]],
    *,
    decision_ids: Iterable[int] | None = None,
) -> None:
    """Enter what somebody did with pairs, one entry for each, in the caller's transaction."""
    chosen = list(pairs)
    numbers = list(decision_ids) if decision_ids is not None else [None] * len(chosen)
    values = [
        {
            "channel": by.channel,
            "action": action,
            "prisoner_number": prisoner_number,
            "cid_person_id": cid_person_id,
            "decision_id": number,
        }
        for (prisoner_number, cid_person_id), number in zip(chosen, numbers, strict=True)
    ]
    if values:
        # Inline: nothing is read back, for a reviewer may write to the log and not read it.
        connection.execute(sa.insert(AUDIT).inline(), values)


def audit_entries(engine: sa.Engine, *, person: str | None, by: str | None) -> pd.DataFrame:
    """The entries on a person of either register, or of a reviewer, or all, the newest first."""
    query = sa.select(*(AUDIT.c[name] for name in SHOWN)).order_by(AUDIT.c.entry_number.desc())
    if person is not None:
        query = query.where((AUDIT.c.prisoner_number == person) | (AUDIT.c.cid_person_id == person))
    if by is not None:
        query = query.where(AUDIT.c.made_by == by)
    return entries(engine, query, SHOWN)
