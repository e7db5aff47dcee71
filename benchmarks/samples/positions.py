"""Small invented nights for movements: a handful of episodes, each with the facts a test names."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pyarrow as pa

from jobs.contract import results
from jobs.contract.schema import Kind, Table
from jobs.report.movement import MEMBERS, Position, Versions
from jobs.report.movement.members import members

BEFORE = date(2006, 4, 24)
AFTER = date(2006, 4, 25)
VERSIONS = Versions(code="1", rules="1", model="1")

Row = Mapping[str, Any]

_FILLERS: dict[Kind, Any] = {
    Kind.TEXT: "x",
    Kind.INTEGER: 0,
    Kind.NUMBER: 0.0,
    Kind.BOOLEAN: False,
    Kind.DATE: BEFORE,
    Kind.TIMESTAMP: datetime(2006, 4, 1, 9, tzinfo=UTC),
}


def frame(table: Table, rows: Sequence[Row]) -> pd.DataFrame:
    """Rows of a result table; what a row leaves out is empty, or filled where it must be."""
    arrays = [
        pa.array(
            [row.get(f.name, None if f.nullable else _FILLERS[f.kind]) for row in rows],
            f.kind.arrow,
        )
        for f in table.fields
    ]
    return table.frame(pa.Table.from_arrays(arrays, schema=table.arrow_schema))


def episode(id_: str, status: str, **facts: Any) -> dict[str, Any]:
    """An episode of its own person, in whatever state its status needs."""
    released = status in {"CONSIDERED_LATE", "NOT_REFERRED", "REFERRED_NOT_CONSIDERED"}
    return {
        "episode_id": id_,
        "identity_id": f"ID-{id_}",
        "prisoner_number": f"A-{id_}",
        "status": status,
        "is_released": released,
        "is_in_custody": not released,
        "is_due": status == "DUE",
        "link_outcome": "not_linked",
        **facts,
    }


def position(
    episodes: Sequence[Row],
    *,
    as_of: date = AFTER,
    versions: Versions = VERSIONS,
    links: Sequence[Row] = (),
    immigration: Mapping[str, str] | None = None,
    quarantine: Sequence[Row] = (),
    figures: Mapping[str, float] | None = None,
) -> Position:
    """A night with these episodes.

    ``immigration`` gives the identity of each immigration person. Figures are counted from the
    episodes unless given.
    """
    assessments = frame(results.ASSESSMENTS, episodes)
    people = dict(zip(assessments["prisoner_number"], assessments["identity_id"], strict=True))
    identities = [
        {"register": register, "person_id": person, "identity_id": identity}
        for register, known in (("prison", people), ("immigration", immigration or {}))
        for person, identity in known.items()
    ]
    facts = {"nightly.assessments": assessments}
    counted = figures or {str(name): float(n) for name, n in members(facts).sum().items()}
    assert set(counted) <= set(MEMBERS)
    return Position(
        as_of=as_of,
        publication_id=f"publication of {as_of}",
        versions=versions,
        facts={
            **facts,
            "nightly.links": frame(results.LINKS, links),
            "nightly.identities": frame(results.IDENTITIES, identities),
            "nightly.quarantine": frame(results.QUARANTINE, quarantine),
            "nightly.figures": frame(
                results.FIGURES,
                [
                    {"figure_id": name, "group_value": "(all)", "value": value}
                    for name, value in counted.items()
                ],
            ),
        },
    )


def day(text: str) -> pd.Timestamp:
    """A day as frames hold it."""
    return pd.Timestamp(text)
