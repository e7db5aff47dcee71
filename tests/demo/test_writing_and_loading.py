"""Worlds in files and in databases."""

from pathlib import Path

import pandas as pd
import psycopg
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from jobs import records
from jobs.demo import World, load_world, write_world
from jobs.errors import BadInput, Unreachable
from jobs.warehouse.embedded import EmbeddedServer


def test_registers_are_written_as_parquet_of_the_contract(noisy: World, tmp_path: Path) -> None:
    write_world(noisy, tmp_path / "out")
    for name, table in records.TABLES.items():
        read = pq.read_table(tmp_path / "out" / table.space / f"{table.name}.parquet")
        assert read.equals(noisy.tables[name]), name


def test_registers_are_written_as_csv_with_a_header(clean: World, tmp_path: Path) -> None:
    write_world(clean, tmp_path / "out", format="csv")
    for name, table in records.TABLES.items():
        path = tmp_path / "out" / table.space / f"{table.name}.csv"
        read = pd.read_csv(path, dtype=str)
        assert list(read.columns) == table.columns
        assert len(read) == clean.tables[name].num_rows


def test_the_truth_is_written_only_where_asked(clean: World, tmp_path: Path) -> None:
    write_world(clean, tmp_path / "without")
    assert sorted(path.name for path in (tmp_path / "without").iterdir()) == [
        "immigration",
        "prison",
    ]
    write_world(clean, tmp_path / "with", truth=tmp_path / "apart")
    assert sorted(path.name for path in (tmp_path / "apart").iterdir()) == [
        "episodes.parquet",
        "errors.parquet",
        "people.parquet",
    ]


def test_the_same_world_gives_the_same_bytes(clean: World, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_world(clean, tmp_path / name)
    for path in sorted((tmp_path / "one").rglob("*.parquet")):
        other = tmp_path / "two" / path.relative_to(tmp_path / "one")
        assert path.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("truth", ["out/prison", "out/immigration/truth", "out", "."])
def test_a_truth_folder_inside_or_around_a_register_is_refused(
    clean: World, tmp_path: Path, truth: str
) -> None:
    with pytest.raises(BadInput, match="the truth would lie inside or around"):
        write_world(clean, tmp_path / "out", truth=tmp_path / truth)
    assert not (tmp_path / "out").exists()


def test_the_truth_may_lie_beside_the_registers(clean: World, tmp_path: Path) -> None:
    write_world(clean, tmp_path / "out", truth=tmp_path / "out" / "truth")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"prison", "immigration", "truth"}


def test_what_else_stands_in_the_folder_is_left_alone(clean: World, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    for _ in range(2):
        write_world(clean, tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_an_unknown_format_is_refused(clean: World, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"format: \[xml\] is not known"):
        write_world(clean, tmp_path / "out", format="xml")  # type: ignore[arg-type]


def test_a_world_is_loaded_and_loaded_again(
    clean: World, noisy: World, postgres: EmbeddedServer
) -> None:
    for name in ("world_prison", "world_immigration"):
        postgres.create_database(name)
    urls = postgres.url("world_prison"), postgres.url("world_immigration")
    try:
        for world in (noisy, clean):
            load_world(world, *urls)
            for register, url in zip(records.REGISTERS, urls, strict=True):
                engine = sa.create_engine(url)
                with engine.connect() as connection:
                    for name, table in records.REGISTERS[register].items():
                        count = connection.scalar(
                            sa.text(f"SELECT count(*) FROM public.{table.name}")
                        )
                        assert count == world.tables[name].num_rows, name
                engine.dispose()
    finally:
        for name in ("world_prison", "world_immigration"):
            postgres.drop_database(name)


def test_a_failed_load_leaves_the_register_as_it_was(
    clean: World, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_world(clean, database, database)
    broken = dict(clean.tables)
    del broken["prison.movements"]
    half = World(
        seed=clean.seed,
        people=clean.people,
        as_of=clean.as_of,
        noise=clean.noise,
        tables=broken,
        truth=clean.truth,
    )
    with pytest.raises(KeyError):
        load_world(half, database, database)
    plain = database.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(plain) as connection:
        count = connection.execute("SELECT count(*) FROM movements").fetchone()
    assert count == (clean.tables["prison.movements"].num_rows,)


def test_a_database_that_does_not_answer_is_named(clean: World, tmp_path: Path) -> None:
    nowhere = f"postgresql+psycopg://postgres@/prison?host={tmp_path}"
    with pytest.raises(Unreachable, match="prison database: does not answer"):
        load_world(clean, nowhere, nowhere)
