"""Whoever shows records reads accepted, typed rows: the same whatever delivered them."""

import gzip
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from benchmarks.samples import deliveries
from benchmarks.samples.damaged.databases import as_mariadb, mariadb_server
from benchmarks.samples.minimal_registers import AS_OF, default_rows, register_tables
from jobs.extract import Landing, land
from jobs.operate.accepted_rows import accepted_rows
from jobs.warehouse import embedded

OLD = datetime(1999, 1, 1, tzinfo=UTC)
OWNER = {"prison": "prisoner_number", "immigration": "cid_person_id"}
Tables = Mapping[str, pa.Table]


def world() -> dict[str, pa.Table]:
    """Two rows of one person of which the later is in use, and one alias that belongs to nobody."""
    prisoners, persons = default_rows("prison.persons"), default_rows("immigration.persons")
    prisoners.append({**prisoners[0], "last_name": "Bellow", "recorded_at": OLD})
    persons.append({**persons[0], "nationality_verified": False, "recorded_at": OLD})
    aliases = {
        register: [
            {key: row[key], "alias_sequence": 1, "first_name": "Amo",
             "date_of_birth": date(1971, 5, 17)},
            {key: "nobody", "alias_sequence": 1, "first_name": "Nemo"},
        ]
        for register, key, row in (
            ("prison", OWNER["prison"], prisoners[0]),
            ("immigration", OWNER["immigration"], persons[0]),
        )
    }  # fmt: skip
    return register_tables(
        prison_persons=prisoners,
        immigration_persons=persons,
        prison_aliases=aliases["prison"],
        immigration_aliases=aliases["immigration"],
    )


def as_gzip(register: str, tables: Tables, folder: Path) -> str:
    source = deliveries.as_csv(register, tables, folder)
    for path in list(folder.iterdir()):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    return source


@pytest.fixture
def mariadb(tmp_path: Path) -> Iterator[str]:
    if not shutil.which("mariadbd"):
        pytest.skip("MariaDB is not installed")
    with mariadb_server(tmp_path / "mariadb") as url:
        yield url


def looked_at(write: Callable[[str], str], folder: Path) -> dict[str, tuple[pd.DataFrame, ...]]:
    """The accepted persons and aliases of both registers: the wanted ones, and all."""
    found = {}
    for register, key in OWNER.items():
        landed: Landing = land(
            register=register, source=write(register), mapping=None, as_of=AS_OF, folder=folder
        )
        wanted = ["A1001AA", "P1"]
        some = accepted_rows(landed, "persons", "aliases", key=key, wanted=wanted)
        found[register] = (*some, *accepted_rows(landed, "persons"))
    return found


def right(found: Mapping[str, tuple[pd.DataFrame, ...]]) -> None:
    persons, aliases, everybody = found["prison"]
    assert persons[["prisoner_number", "last_name"]].to_numpy().tolist() == [["A1001AA", "Bello"]]
    assert aliases["first_name"].tolist() == ["Amo"]
    assert aliases["date_of_birth"].tolist() == [pd.Timestamp(1971, 5, 17)]
    assert everybody["prisoner_number"].tolist() == ["A1001AA", "A1002AA", "A1003AA"]
    persons, aliases, _ = found["immigration"]
    assert persons["nationality_verified"].tolist() == [True]
    assert persons["date_of_birth"].tolist() == [pd.Timestamp(1970, 5, 17)]


@pytest.mark.parametrize("kind", ["parquet", "csv", "gzip", "sqlite"])
def test_files_of_every_kind_give_the_same_rows(kind: str, tmp_path: Path) -> None:
    write = as_gzip if kind == "gzip" else getattr(deliveries, f"as_{kind}")
    right(looked_at(lambda name: write(name, world(), tmp_path / name), tmp_path / "landing"))


def test_postgresql_gives_the_same_rows(postgres: embedded.EmbeddedServer, tmp_path: Path) -> None:
    def write(register: str) -> str:
        url = postgres.create_database(f"accepted {register}")
        return deliveries.as_postgres(register, world(), url)

    right(looked_at(write, tmp_path / "landing"))
    for register in OWNER:
        postgres.drop_database(f"accepted {register}")


@pytest.mark.slow
def test_mariadb_gives_the_same_rows(mariadb: str, tmp_path: Path) -> None:
    right(looked_at(lambda name: as_mariadb(name, world(), mariadb), tmp_path / "landing"))


def test_a_key_that_reads_as_the_wanted_one_is_the_wanted_one(tmp_path: Path) -> None:
    folder = Path(deliveries.as_csv("prison", world(), tmp_path / "prison"))
    path = folder / "persons.csv"
    text = path.read_text(encoding="utf-8").replace('"A1001AA"', '" A\uff11001AA "')
    path.write_text(text, encoding="utf-8")
    landed = land(register="prison", source=str(folder), mapping=None, as_of=AS_OF,
                  folder=tmp_path / "landing")  # fmt: skip
    (persons,) = accepted_rows(landed, "persons", key="prisoner_number", wanted=["A1001AA"])
    assert persons["last_name"].tolist() == ["Bello"]
