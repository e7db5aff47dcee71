"""One invented person goes from every place: no value of theirs is left, and every figure stays."""

import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from benchmarks.samples.minimal_registers import AS_OF, RECORDED, default_rows
from jobs.contract import results
from jobs.operate.attestation import Attestation
from jobs.operate.persons.erasure import erase, held_of
from jobs.operate.persons.held_files import email_text
from jobs.report import PARTS
from jobs.runtime.errors import BadInput
from jobs.runtime.files import in_use
from jobs.runtime.settings import Settings
from jobs.warehouse import open_warehouse, publications, read_table, upgrade
from jobs.warehouse.ledgers.holds import lift_hold, place_hold
from jobs.warehouse.store.review_tables import ACKNOWLEDGEMENTS, AUDIT, DECISIONS
from jobs.warehouse.store.tables import OUTBOX
from tests.operate import minimal_site

pytestmark = pytest.mark.long

NIGHTS = [AS_OF + timedelta(days=n) for n in range(2)]
NUMBER, CID = "Z9001ZZ", "CIDZQ1"
CANARIES = (
    NUMBER, CID, "EPZQ1", "CASEZQ1", "EVZQ1", "Zqforename", "Zqmiddle", "Zqsurname", "Zqtown",
    "ZQ1 9ZQ", "Z9990001", "2003/0062845E",
)  # fmt: skip
NAMES = {"first_name": "Zqforename", "middle_names": "Zqmiddle", "last_name": "Zqsurname",
         "date_of_birth": date(1969, 9, 9), "birth_place": "Zqtown", "postcode": "ZQ1 9ZQ",
         "pnc_number": "2003/0062845E", "gender": "M", "nationality": "GHANA",
         "recorded_at": RECORDED}  # fmt: skip


def rows_with_the_person() -> dict[str, list[dict[str, object]]]:
    """The default registers with one more person, who is due and whose row is partly bad."""

    def with_one(name: str, **changes: object) -> list[dict[str, object]]:
        return [*default_rows(name), {**default_rows(name)[0], **changes}]

    return {
        "prison_persons": [*default_rows("prison.persons"), {"prisoner_number": NUMBER, **NAMES}],
        "prison_aliases": [
            {"prisoner_number": NUMBER, "alias_sequence": 1, "last_name": "Zqsurname",
             },
        ],
        "prison_episodes": with_one(
            "prison.episodes", episode_id="EPZQ1", prisoner_number=NUMBER,
            conditional_release_date=date(2006, 5, 20),
        ),
        "prison_sentences": [
            *with_one("prison.sentences", episode_id="EPZQ1"),
            {**default_rows("prison.sentences")[0], "episode_id": "EPZQ1",
             "sentence_sequence": 2, "term_years": -1},
        ],
        "prison_movements": with_one("prison.movements", episode_id="EPZQ1"),
        "immigration_persons": [
            *default_rows("immigration.persons"),
            {"cid_person_id": CID, "ho_reference": "Z9990001", "noms_number": NUMBER,
             "located_status": "IN_CUSTODY", **NAMES},
        ],
        "immigration_cases": with_one(
            "immigration.cases", case_id="CASEZQ1", cid_person_id=CID
        ),
        "immigration_events": with_one(
            "immigration.events", event_id="EVZQ1", case_id="CASEZQ1"
        ),
    }  # fmt: skip


class House(minimal_site.House):
    """The small site, and what is said in it of the person."""

    def said(self) -> dict[str, pd.DataFrame]:
        """Every figure and bridge of every publication."""
        return {
            f"{found.number} {table}": read_table(self.engine, found.publication_id, str(table))
            for found in publications(self.engine)
            for table in (results.FIGURES, results.BRIDGES, results.CENSUS, results.TEAMS)
        }

    def write_down(self) -> None:
        """What people say of the person."""
        pair = {"prisoner_number": NUMBER, "cid_person_id": CID}
        said = "Zqsurname is another"
        with self.engine.begin() as connection:
            connection.execute(
                sa.insert(DECISIONS).values(
                    **pair, judgement="must_not_link", reviewer="R. Reviewer", reason=said
                )
            )
            connection.execute(
                sa.insert(ACKNOWLEDGEMENTS).values(
                    episode_id="EPZQ1", acknowledged_by="C. Caseworker", note=said
                )
            )
            connection.execute(sa.insert(AUDIT).values(**pair, channel="page", action="look"))
            # As a reader at detail full gets it.
            message = f"Subject: due\r\n\r\nepisode EPZQ1, {NAMES['last_name']}\r\n".encode()
            connection.execute(
                sa.insert(OUTBOX).values(
                    publication_id=publications(self.engine)[0].publication_id,
                    as_of_date=NIGHTS[0],
                    recipient="full@a.invalid",
                    kind="night",
                    subject="due",
                    message=message,
                )
            )
        mailed = self.settings.data_dir / "mail" / str(NIGHTS[0]) / "full.eml"
        mailed.parent.mkdir(parents=True, exist_ok=True)
        mailed.write_bytes(message)

    def left(self) -> list[str]:
        """Where a value of the person is still to be read: files under the folder, tables."""
        found = [
            f"{path.relative_to(self.settings.data_dir)}: {canary}"
            for path in sorted(self.settings.data_dir.rglob("*"))
            for canary in CANARIES
            if canary in f"{path.name}\n{readable(path)}"
        ]
        with self.engine.connect() as connection:
            for schema, table in connection.execute(
                sa.text(
                    "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN "
                    "('pg_catalog', 'information_schema')"
                )
            ).all():
                texts = connection.scalars(
                    sa.text(f'SELECT CAST(t AS text) FROM "{schema}"."{table}" AS t')
                ).all()
                found += [f"{schema}.{table}: {c}" for c in CANARIES if c in "\n".join(texts)]
            for message in connection.scalars(sa.text("SELECT message FROM outbox.messages")):
                text = email_text(bytes(message))
                found += [f"outbox.messages: {canary}" for canary in CANARIES if canary in text]
        return found


def readable(path: Path) -> str:
    """Everything that a file says, whatever it is packed in."""
    if path.is_dir():
        return ""
    if path.suffix == ".parquet":
        return "\n".join(map(str, pq.read_table(path).to_pylist()))
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return "\n".join(book.read(name).decode(errors="replace") for name in book.namelist())
    content = path.read_bytes()
    return email_text(content) if path.suffix == ".eml" else content.decode(errors="replace")


@pytest.fixture
def house(database: str, tmp_path: Path) -> Iterator[House]:
    engine = open_warehouse(database)
    upgrade(engine)
    readers = tmp_path / "readers.toml"
    prison = default_rows("prison.episodes")[0]["prison_id"]
    readers.write_text(
        f'[[recipient]]\naddress = "g@a.invalid"\nrole = "Governor"\nprisons = ["{prison}"]\n'
    )
    settings = Settings(data_dir=tmp_path / "data", warehouse=database, recipients=readers)
    yield House(tmp_path, settings, engine)
    engine.dispose()


def test_a_person_goes_from_every_place_and_every_figure_stays(house: House) -> None:
    for night in NIGHTS[:2]:
        house.run(night, **rows_with_the_person())
    house.write_down()
    before, places = house.said(), {line.partition(":")[0] for line in house.left()}
    assert {"nightly.quarantine", "nightly.assessments", "registry.links", "review.decisions",
            "review.audit", "outbox.messages"} <= places  # fmt: skip
    for folder in ("landing", "runs", "pages", "corrections", "mail"):
        assert any(place.startswith(f"{folder}/") for place in places), folder
    assert any(f"/{PARTS}/" in place for place in places)

    held = held_of(CID, engine=house.engine, settings=house.settings)
    named = " ".join(map(str, held))
    assert {"landings", "folders of runs", "emails in folders"} <= {h.place for h in held}
    assert not any(canary in named for canary in CANARIES)

    place_hold(house.engine, person_id=NUMBER, by="L. Lawyer", reason="a claim")
    with pytest.raises(BadInput, match=r"legal hold \[1\] by \[L. Lawyer\]"):
        erase(CID, engine=house.engine, settings=house.settings)
    assert {line.partition(":")[0] for line in house.left()} >= places
    lift_hold(house.engine, person_id=NUMBER, by="L. Lawyer", reason="it was settled")

    lock = next((house.settings.data_dir / "runs").glob("*/*/"))
    with (
        in_use(lock.with_name(f".{lock.name}.in_use")),
        pytest.raises(BadInput, match="a night is at work"),
    ):
        erase(CID, engine=house.engine, settings=house.settings)

    assert erase(CID, engine=house.engine, settings=house.settings)
    assert house.left() == []
    copies = sorted((house.settings.data_dir / "pages").glob(f"*/{PARTS}/*/index.html"))
    assert len(copies) == len(NIGHTS)
    after = house.said()
    assert before.keys() == after.keys()
    for name, frame in before.items():
        pd.testing.assert_frame_equal(frame, after[name])
    attestation = Attestation(settings=house.settings)
    assert attestation.alterations(house.engine, of=publications(house.engine)) == []
    pages = house.settings.data_dir / "pages"
    assert (pages / str(NIGHTS[1]) / "index.html").exists()
    with pytest.raises(BadInput, match="nothing is held"):
        held_of(NUMBER, engine=house.engine, settings=house.settings)
