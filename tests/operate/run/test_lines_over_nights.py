"""Lines of lists over real nights: one after the other, published again, and an older one late."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from benchmarks.samples.minimal_registers import AS_OF, default_rows
from jobs.contract import results
from jobs.runtime.settings import Settings
from jobs.warehouse import acknowledge, embedded, open_warehouse, upgrade
from tests.operate.minimal_site import House

pytestmark = pytest.mark.long

BEFORE, NEXT = AS_OF - timedelta(days=1), AS_OF + timedelta(days=1)
DECISION: dict[str, Any] = {
    "event_id": "V2",
    "case_id": "C1",
    "event_type": "DECISION_PURSUE",
    "occurred_date": NEXT,
    "caseworker": "CW01",
    "recorded_at": datetime(2006, 4, 26, 9, 0, tzinfo=UTC),
}


@pytest.fixture
def house(postgres: embedded.EmbeddedServer, tmp_path: Path) -> Iterator[House]:
    url = postgres.create_database("lines")
    engine = open_warehouse(url)
    upgrade(engine)
    yield House(tmp_path, Settings(data_dir=tmp_path / "data", warehouse=url), engine)
    engine.dispose()
    postgres.drop_database("lines")


def since(house: House, as_of: date) -> dict[str, date]:
    lines = house.table(as_of, results.LISTED)
    own = lines[lines["list_name"].isin(["due", "missed"])].set_index("line_key")
    days: pd.Series = own["first_listed_date"]
    return {str(key): day.date() for key, day in days.items()}


def closed(house: House, as_of: date) -> dict[str, tuple[date, str]]:
    lines = house.table(as_of, results.CLOSED)
    own = lines[lines["list_name"].isin(["due", "missed"])]
    return {
        str(row["line_key"]): (row["first_listed_date"].date(), row["closed_by"])
        for row in own.to_dict("records")
    }


def test_lines_follow_what_is_published(house: House) -> None:
    events = [*default_rows("immigration.events"), DECISION]
    house.run(AS_OF)
    assert since(house, AS_OF) == {"E1": AS_OF, "E3|1": AS_OF}
    assert closed(house, AS_OF) == {}

    house.run(NEXT, immigration_events=events)
    assert since(house, NEXT) == {"E3|1": AS_OF}
    assert closed(house, NEXT) == {"E1": (AS_OF, "DECISION")}

    # The night again, from a delivery without the decision: nothing was closed.
    house.again(NEXT)
    assert since(house, NEXT) == {"E1": AS_OF, "E3|1": AS_OF}
    assert closed(house, NEXT) == {}

    # An older night late: the nights after it say so once they are run again.
    house.run(BEFORE)
    assert since(house, BEFORE) == {"E1": BEFORE, "E3|1": BEFORE}
    house.again(AS_OF)
    house.again(NEXT, immigration_events=events)
    assert since(house, NEXT) == {"E3|1": BEFORE}
    assert closed(house, NEXT) == {"E1": (BEFORE, "DECISION")}

    acknowledge(house.engine, episode_id="E1", by="A caseworker", note="asked", until=NEXT)
    with house.engine.connect() as connection:
        (line,) = connection.execute(
            sa.text(
                "SELECT nights_listed, acknowledged_by, closed_by, first_publication_id "
                "FROM report.closed_lines WHERE list_name = 'due' AND as_of_date = :night"
            ),
            {"night": NEXT},
        )
        nights = connection.scalars(
            sa.text(
                "SELECT nights_listed FROM report.list_lines "
                "WHERE line_key = 'E3|1' AND list_name = 'missed' ORDER BY as_of_date"
            )
        ).all()
    assert (line.nights_listed, line.acknowledged_by, line.closed_by) == (
        2,
        "A caseworker",
        "DECISION",
    )
    assert line.first_publication_id
    assert list(nights) == [1, 2, 3]
