"""Referral notices over real nights: written once, corrected, answered, erased."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.samples.minimal_registers import AS_OF, default_rows
from jobs.contract import results
from jobs.operate.notices.intake_files import FOLDER, INTAKE, SHEET, read_records
from jobs.operate.persons.erasure import erase, held_of
from jobs.runtime.settings import Settings
from jobs.warehouse import embedded, open_warehouse, upgrade
from tests.operate.minimal_site import House

pytestmark = pytest.mark.long

NEXT = AS_OF + timedelta(days=1)
LATER = datetime(2006, 4, 26, 9, 0, tzinfo=UTC)
PERSON: dict[str, Any] = {
    **default_rows("prison.persons")[2],
    "prisoner_number": "A1009AA",
    "first_name": "Ana",
    "last_name": "Qazwsx",
    "date_of_birth": date(1977, 7, 7),
    "nationality": "GHANA",
}
EPISODE: dict[str, Any] = {
    **default_rows("prison.episodes")[0],
    "episode_id": "E9",
    "prisoner_number": "A1009AA",
    "prison_id": "BBI",
}
SENTENCE: dict[str, Any] = {**default_rows("prison.sentences")[0], "episode_id": "E9"}
MOVEMENT: dict[str, Any] = {**default_rows("prison.movements")[0], "episode_id": "E9"}
UNREFERRED: dict[str, list[dict[str, Any]]] = {
    "prison_persons": [*default_rows("prison.persons"), PERSON],
    "prison_episodes": [*default_rows("prison.episodes"), EPISODE],
    "prison_sentences": [*default_rows("prison.sentences"), SENTENCE],
    "prison_movements": [*default_rows("prison.movements"), MOVEMENT],
}
REFERRED: dict[str, list[dict[str, Any]]] = {
    **UNREFERRED,
    "immigration_persons": [
        *default_rows("immigration.persons"),
        {
            "cid_person_id": "P9",
            "first_name": "Ana",
            "last_name": "Qazwsx",
            "date_of_birth": date(1977, 7, 7),
            "gender": "F",
            "nationality": "GHANA",
            "noms_number": "A1009AA",
            "recorded_at": LATER,
        },
    ],
    "immigration_cases": [
        *default_rows("immigration.cases"),
        {
            **default_rows("immigration.cases")[0],
            "case_id": "C9",
            "cid_person_id": "P9",
            "referral_sent_date": NEXT,
            "referral_received_date": NEXT,
            "opened_date": NEXT,
            "stage_entered_date": NEXT,
            "recorded_at": LATER,
        },
    ],
}


@pytest.fixture
def house(postgres: embedded.EmbeddedServer, tmp_path: Path) -> Iterator[House]:
    url = postgres.create_database("notices")
    engine = open_warehouse(url)
    upgrade(engine)
    yield House(tmp_path, Settings(data_dir=tmp_path / "data", warehouse=url), engine)
    engine.dispose()
    postgres.drop_database("notices")


def folder_of(house: House, as_of: date) -> Path:
    return house.settings.data_dir / FOLDER / as_of.isoformat()


def test_a_notice_is_written_once_and_ends_once(house: House) -> None:
    house.run(AS_OF, **UNREFERRED)
    (told,) = read_records(folder_of(house, AS_OF))
    assert (told["action"], told["last_name"], told["prisoner_number"]) == (
        "notify",
        "Qazwsx",
        "A1009AA",
    )
    assert told["episode_id"] == "E9"
    assert told["prison_name"] in (folder_of(house, AS_OF) / SHEET).read_text(encoding="utf-8")
    assert folder_of(house, AS_OF).stat().st_mode & 0o777 == 0o700
    assert {p.stat().st_mode & 0o777 for p in folder_of(house, AS_OF).iterdir()} == {0o600}
    for page in (house.settings.data_dir / "pages").rglob("*.html"):
        assert "Qazwsx" not in page.read_text(encoding="utf-8")

    # The night published again without the person takes its notice back, and names nobody.
    house.again(AS_OF)
    (gone,) = read_records(folder_of(house, AS_OF))
    assert (gone["action"], gone["withdrawn_for"]) == ("withdraw", "CORRECTED")
    assert gone["notice_number"] == told["notice_number"]
    assert gone["last_name"] is None

    # And once more as it was first: the same notice under the same number.
    house.again(AS_OF, **UNREFERRED)
    assert read_records(folder_of(house, AS_OF)) == [told]

    house.run(NEXT, **REFERRED)
    (row,) = house.table(NEXT, results.NOTICES).to_dict("records")
    assert (row["notice_number"], row["ended_by"], row["case_id"]) == (
        told["notice_number"],
        "ANSWERED",
        "C9",
    )
    assert read_records(folder_of(house, NEXT)) == []
    closed = house.table(NEXT, results.CLOSED)
    own = closed.loc[closed["list_name"].eq("notices"), "closed_by"]
    assert own.tolist() == ["REFERRAL"]

    held = {
        place.place for place in held_of("A1009AA", engine=house.engine, settings=house.settings)
    }
    assert "files of referral notices" in held
    erase("A1009AA", engine=house.engine, settings=house.settings)
    assert read_records(folder_of(house, AS_OF)) == []
    for name in (INTAKE, SHEET):
        assert "Qazwsx" not in (folder_of(house, AS_OF) / name).read_text(encoding="utf-8")
    erased = house.table(NEXT, results.NOTICES)
    assert told["notice_number"] not in set(erased["notice_number"])
