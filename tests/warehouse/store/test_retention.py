"""What retention removes, and what is said for good."""

from datetime import date

import pytest
import sqlalchemy as sa

from benchmarks.samples import nights
from jobs.contract import results
from jobs.runtime.errors import BadInput
from jobs.warehouse import publish, read_table, remove_old
from jobs.warehouse.store.tables import OUTBOX

DATES = (date(2006, 1, 31), date(2006, 2, 1), date(2006, 5, 31), date(2006, 6, 1))
GONE = {
    results.ASSESSMENTS.full_name,
    results.BACKLOG.full_name,
    results.CASEWORK.full_name,
    results.DISCREPANCIES.full_name,
    results.FAULTY_ROWS.full_name,
    results.FLAGS.full_name,
    results.QUARANTINE.full_name,
    results.RELEASES.full_name,
}


def publish_all(engine: sa.Engine, dates: tuple[date, ...] = DATES) -> dict[date, str]:
    return {
        day: publish(
            engine,
            manifest=nights.manifest(as_of=day),
            tables=nights.facts(seed=seed),
        ).publication_id
        for seed, day in enumerate(dates)
    }


def test_old_months_lose_their_case_lists_and_keep_what_was_said(warehouse: sa.Engine) -> None:
    ids = publish_all(warehouse)
    removed = remove_old(warehouse, keep_days=100)
    assert set(removed) == {f"{name} 2006-01" for name in GONE}
    for name, table in results.NIGHTLY.items():
        if name in GONE:
            with pytest.raises(BadInput, match="past the retention period"):
                read_table(warehouse, ids[DATES[0]], name)
        else:
            read = read_table(warehouse, ids[DATES[0]], name)
            assert table.arrow(read) == table.arrow(
                nights.facts(seed=0)[name].sort_values(list(table.key), ignore_index=True)
            ), name
    for day in DATES[1:]:
        for name in results.NIGHTLY:
            read_table(warehouse, ids[day], name)
    with warehouse.connect() as connection:
        written = connection.execute(
            sa.text("SELECT table_name, month_date FROM run.removals")
        ).all()
    assert {tuple(row) for row in written} == {(name, date(2006, 1, 1)) for name in GONE}
    assert remove_old(warehouse, keep_days=100) == []


def test_the_last_two_nights_stay_whatever_their_age(warehouse: sa.Engine) -> None:
    ids = publish_all(warehouse, (date(2000, 1, 1), date(2003, 1, 1), date(2006, 1, 1)))
    remove_old(warehouse, keep_days=31)
    assert len(read_table(warehouse, ids[date(2003, 1, 1)], "nightly.assessments"))
    with pytest.raises(BadInput, match="past the retention period"):
        read_table(warehouse, ids[date(2000, 1, 1)], "nightly.assessments")


def test_an_empty_warehouse_has_nothing_to_remove(warehouse: sa.Engine) -> None:
    assert remove_old(warehouse, keep_days=31) == []


def test_less_than_a_month_is_refused_by_the_database(warehouse: sa.Engine) -> None:
    with pytest.raises(RuntimeError, match="InvalidParameterValue"):
        remove_old(warehouse, keep_days=30)


def test_what_old_emails_said_goes_and_that_they_went_out_stays(warehouse: sa.Engine) -> None:
    ids = publish_all(warehouse)
    states = ("sent", "pending")
    with warehouse.begin() as connection:
        for day in (DATES[0], DATES[-1]):
            for state in states:
                connection.execute(
                    sa.insert(OUTBOX).values(
                        publication_id=ids[day],
                        as_of_date=day,
                        recipient=f"{state}@a.invalid",
                        kind="night",
                        subject="a night",
                        message=b"what was said",
                        state=state,
                    )
                )
    assert "outbox.messages 1 texts" in remove_old(warehouse, keep_days=100)
    with warehouse.connect() as connection:
        rows = connection.execute(sa.select(OUTBOX.c.as_of_date, OUTBOX.c.state, OUTBOX.c.message))
        emptied = [(row.as_of_date, row.state) for row in rows if not row.message]
    assert emptied == [(DATES[0], "sent")]
