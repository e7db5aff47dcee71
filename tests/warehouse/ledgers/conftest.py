"""A warehouse in which people can be decided on: one night is published."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from benchmarks.samples import nights
from benchmarks.samples.positions import episode, frame
from jobs.contract import results
from jobs.warehouse import open_warehouse, publish

FREE = "A1234AA"
"""A prisoner on whom nothing hangs: one person decides."""
LISTED = {
    "A0001AA": "NOT_REFERRED",
    "A0002AA": "DUE",
    "A0003AA": "VERIFY_NATIONALITY",
    "A0004AA": "CONSIDERED",
}
"""Prisoners by the status of their custody episode, no offence of them serious."""
SERIOUS = "A0005AA"
"""One who was considered, of a serious offence."""
PRISONERS = (FREE, *LISTED, SERIOUS)


def published(engine: sa.Engine, *, landing: str = "a") -> sa.Engine:
    """Publish the night of these prisoners; another ``landing`` makes another publication."""
    people = [
        {**episode(f"E {number}", status, seriousness=4), "prisoner_number": number}
        for number, status in LISTED.items()
    ]
    people.append({**episode("E", "CONSIDERED", seriousness=2), "prisoner_number": SERIOUS})
    facts = nights.facts() | {
        "nightly.assessments": frame(results.ASSESSMENTS, people),
        "nightly.identities": nights.members(prison=PRISONERS, immigration=("C1", "C2", "C3")),
    }
    publish(engine, manifest=nights.manifest(landing=landing), tables=facts)
    return engine


@pytest.fixture
def ledger(warehouse: sa.Engine) -> sa.Engine:
    """The warehouse after the night, by its owner."""
    return published(warehouse)


@pytest.fixture
def another(ledger: sa.Engine) -> Iterator[sa.Engine]:
    """The same as somebody else is logged in."""
    engine = open_warehouse(str(ledger.url), actor="somebody else")
    yield engine
    engine.dispose()
