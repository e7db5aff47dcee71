"""Bad rows, failed checks and a person's word over several nights, run as the command line does."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from benchmarks.samples.minimal_registers import AS_OF, default_rows
from jobs.contract import results
from jobs.contract.view_models import day_text
from jobs.night import Night, run_night
from jobs.operate.emails import prepare_emails
from jobs.operate.monitoring.alerts import NIGHTLY, RunEnd, alert_succeeded
from jobs.runtime.errors import BadInput, GateFailed
from jobs.runtime.settings import Settings
from jobs.warehouse import CheckOverride, current_publication, open_warehouse, upgrade
from tests.operate.minimal_site import House

pytestmark = pytest.mark.slow

NEGATIVE = "prison.sentences.term_years.negative"
BAD = [
    {**row, "term_years": -1} if row["episode_id"] == "E1" else row
    for row in default_rows("prison.sentences")
]
NIGHTS = [AS_OF + timedelta(days=n) for n in range(4)]
MANY = [{**default_rows("prison.movements")[0], "movement_sequence": n} for n in range(1, 101)]


@pytest.fixture
def house(database: str, tmp_path: Path) -> Iterator[House]:
    engine = open_warehouse(database)
    upgrade(engine)
    settings = Settings(data_dir=tmp_path / "data", warehouse=database)
    yield House(tmp_path, settings, engine)
    engine.dispose()


@pytest.mark.long
def test_a_bad_row_keeps_its_first_night_counts_its_person_and_returns_when_mended(
    house: House,
) -> None:
    for night in NIGHTS[:2]:
        house.run(night, prison_sentences=BAD)
    house.run(NIGHTS[2])
    for night, seen in zip(NIGHTS[:2], (NIGHTS[0], NIGHTS[0]), strict=True):
        aside = house.table(night, results.QUARANTINE)
        assert list(aside["rule_id"]) == [NEGATIVE]
        assert list(aside["first_seen_date"].dt.date) == [seen]
        counts = house.table(night, results.ROW_COUNTS)
        assert (counts["rows_in"] == counts["accepted"] + counts["quarantined"]).all()
        figures = house.table(night, results.FIGURES).set_index("figure_id")["value"]
        assert figures["quality.people_aside"] == 1
    assert house.table(NIGHTS[2], results.QUARANTINE).empty
    with house.engine.connect() as connection:
        seen = connection.execute(
            sa.text(
                "SELECT first_seen_date, last_seen_date, is_mended FROM quality.quarantine_seen"
            )
        ).all()
    assert [tuple(row) for row in seen] == [(NIGHTS[0], NIGHTS[1], True)]
    checks = house.table(NIGHTS[1], results.CHECK_RESULTS).set_index("check_id")
    assert checks.loc[NEGATIVE, "failing_since_date"].date() == NIGHTS[0]
    mended = house.table(NIGHTS[2], results.CHECK_RESULTS).set_index("check_id")
    assert pd.isna(mended.loc[NEGATIVE, "failing_since_date"])
    page = (house.settings.data_dir / "pages" / str(NIGHTS[1]) / "quality.html").read_text()
    assert "1 person who may be in scope has a row in quarantine" in page
    assert "E1|1" in page
    assert "60 of 60 planted cases were found." in page
    own = house.settings.data_dir / "corrections" / str(NIGHTS[1]) / "prison-aai.csv"
    rows = list(csv.DictReader(own.open()))
    assert {"rule": NEGATIVE, "row_key": "E1|1", "failing_since": str(NIGHTS[0])}.items() <= next(
        row for row in rows if row["rule"] == NEGATIVE
    ).items()


@pytest.mark.long
def test_a_failed_critical_check_is_published_on_a_named_persons_word_and_says_so(
    house: House,
) -> None:
    house.run(NIGHTS[0], prison_movements=MANY)
    run = house.deliver(NIGHTS[1], prison_movements=MANY[:50])
    with pytest.raises(GateFailed, match=r"prison\.movements\.shrunk"):
        run_night(run)
    assert current_publication(house.engine, as_of=NIGHTS[1]) is None
    word = CheckOverride(
        by="A. Director", reason="one wing moved out", rules=("prison.movements.shrunk",)
    )
    publication_id = run_night(replace(run, despite=word))
    found = current_publication(house.engine, as_of=NIGHTS[1])
    assert found is not None
    recorded = replace(word, recorded_by=house.engine.url.username)
    assert (found.publication_id, found.override) == (publication_id, recorded)
    assert recorded.as_json() == found.manifest["decisions"]["published_despite"]
    for page in (house.settings.data_dir / "pages" / str(NIGHTS[1])).glob("*.html"):
        assert "Published by A. Director" in page.read_text(), page.name
        assert "one wing moved out" in page.read_text(), page.name
    prepare_emails(as_of=NIGHTS[1], settings=run.settings)
    with house.engine.connect() as connection:
        emails = connection.scalars(sa.text("SELECT message FROM outbox.messages")).all()
    assert emails
    assert all(b"A. Director" in bytes(email) for email in emails)
    told = caveats_told(run)
    assert told["Subject"] == f"Published with caveats: the night of {day_text(NIGHTS[1])}"
    text = " ".join(told.get_content().split())
    for said in (
        "table [prison.movements]: check [prison.movements.shrunk] failed",
        "Published by A. Director",
        "http://localhost:8080/dags/a_run",
        f"python -m jobs summary --as-of {NIGHTS[1]}",
        f"python -m jobs night --as-of {NIGHTS[1]} --fetch-again",
    ):
        assert said in text


def caveats_told(night: Night) -> EmailMessage:
    """The alert of a run of a night that ended well, told twice and sent once."""
    end = RunEnd(
        dag=NIGHTLY,
        run="a_run",
        attempt="0",
        as_of=night.as_of,
        task="",
        reason="success",
        url="http://localhost:8080/dags/a_run",
        at=datetime(2006, 4, 26, 1, tzinfo=UTC),
    )
    for attempt in ("0", "1"):
        alert_succeeded(replace(end, attempt=attempt), settings=night.settings)
    messages = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in (night.settings.data_dir / "mail").rglob("*.eml")
    ]
    (alert,) = [message for message in messages if message["Importance"] == "high"]
    return alert


@pytest.mark.long
def test_a_stopped_check_that_somebody_calls_a_success_publishes_nothing(house: House) -> None:
    """As Airflow goes on once a task is marked by hand: every later step, without a word."""
    house.run(NIGHTS[0], prison_movements=MANY)
    run = house.deliver(NIGHTS[1], prison_movements=MANY[:50])
    for register in ("prison", "immigration"):
        run.extract(register)
    with pytest.raises(GateFailed, match=r"prison\.movements\.shrunk"):
        run.check()
    for step in (run.link, run.assess, run.report):
        step()
    with pytest.raises(GateFailed, match=r"prison\.movements\.shrunk"):
        run.publish()
    with pytest.raises(BadInput, match="this run has not published it"):
        run.place()
    assert current_publication(house.engine, as_of=NIGHTS[1]) is None
    assert not (house.settings.data_dir / "pages" / str(NIGHTS[1])).exists()


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        pytest.param("prison.movements.shrunk", "the check holds", id="a check that holds"),
        pytest.param("no.such.check", "no critical check", id="a check that is not there"),
        pytest.param("prison.persons.key", "nobody may let it pass", id="what the software owes"),
    ],
)
def test_a_word_on_what_needs_none_is_refused(house: House, rule: str, what: str) -> None:
    word = CheckOverride(by="A. Director", reason="a reason", rules=(rule,))
    with pytest.raises(BadInput, match=what):
        run_night(replace(house.deliver(NIGHTS[0]), despite=word))
    assert current_publication(house.engine, as_of=NIGHTS[0]) is None


def test_what_breaks_the_contract_is_never_let_pass(house: House) -> None:
    run = house.deliver(NIGHTS[0])
    path = Path(run.settings.prison) / "episodes.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["status"]), path)
    word = CheckOverride(by="A. Director", reason="a reason", rules=("prison.movements.shrunk",))
    with pytest.raises(BadInput, match="status"):
        run_night(replace(run, despite=word))
    assert current_publication(house.engine, as_of=NIGHTS[0]) is None
