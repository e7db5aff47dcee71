"""Worlds in files and in databases."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from psycopg import sql

from jobs.contract import registers
from jobs.extract import land
from jobs.runtime.errors import BadInput, Unreachable
from jobs.synthetic import World, load_world, write_world
from jobs.warehouse import EmbeddedServer
from tests.synthetic.conftest import FOUND


def test_registers_are_written_as_parquet_of_the_contract(noisy: World, tmp_path: Path) -> None:
    write_world(noisy, tmp_path / "out")
    for name, table in registers.TABLES.items():
        read = pq.read_table(tmp_path / "out" / table.space / f"{table.name}.parquet")
        assert read.equals(noisy.tables[name]), name


def test_registers_are_written_as_csv_with_a_header(clean: World, tmp_path: Path) -> None:
    write_world(clean, tmp_path / "out", format="csv")
    for name, table in registers.TABLES.items():
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
        "releases.parquet",
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
    clean: World, noisy: World, urls: tuple[str, str]
) -> None:
    for world in (noisy, clean):
        load_world(world, *urls)
        for register, url in zip(registers.REGISTERS, urls, strict=True):
            engine = sa.create_engine(url)
            with engine.connect() as connection:
                for name, table in registers.REGISTERS[register].items():
                    count = connection.scalar(sa.text(f"SELECT count(*) FROM public.{table.name}"))
                    assert count == world.tables[name].num_rows, name
            engine.dispose()


@pytest.fixture
def urls(postgres: EmbeddedServer) -> Iterator[tuple[str, str]]:
    names = ("world_prison", "world_immigration")
    for name in names:
        postgres.create_database(name)
    yield postgres.url(names[0]), postgres.url(names[1])
    for name in names:
        postgres.drop_database(name)


def test_a_failed_load_leaves_both_registers_as_they_were(
    clean: World, noisy: World, urls: tuple[str, str]
) -> None:
    load_world(clean, *urls)
    broken = dict(noisy.tables)
    del broken["immigration.events"]
    half = World(
        seed=clean.seed,
        size=clean.size,
        as_of=clean.as_of,
        noise=clean.noise,
        tables=broken,
        truth=clean.truth,
    )
    with pytest.raises(KeyError):
        load_world(half, *urls)
    for url, name in zip(urls, ("prison.movements", "immigration.persons"), strict=True):
        with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as connection:
            query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name.split(".")[1]))
            assert connection.execute(query).fetchone() == (clean.tables[name].num_rows,)


class _Killed(BaseException):
    """Ends the writing as a kill would: nothing catches it."""


@pytest.mark.parametrize("writes", [1, 12, len(registers.TABLES)])
def test_a_half_written_world_is_never_read(
    clean: World, noisy: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    write_world(clean, tmp_path / "in")
    whole, done = pq.write_table, []

    def killed(*arguments: Any, **options: Any) -> None:
        done.append(1)
        if len(done) == writes:
            raise _Killed
        whole(*arguments, **options)

    monkeypatch.setattr(pq, "write_table", killed)
    with pytest.raises(_Killed):
        write_world(noisy, tmp_path / "in")
    for register in registers.REGISTERS:
        found = {path.stem: pq.read_table(path) for path in (tmp_path / "in" / register).iterdir()}
        assert all(clean.tables[f"{register}.{name}"].equals(found[name]) for name in found)
        assert len(found) == len(registers.REGISTERS[register])


def test_a_world_killed_between_its_registers_is_refused(
    clean: World, noisy: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_world(clean, tmp_path / "in")
    rename, done = Path.rename, []

    def killed(path: Path, target: Path) -> Path:
        done.append(target)
        if len(done) == 2:
            raise _Killed
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", killed)
    with pytest.raises(_Killed):
        write_world(noisy, tmp_path / "in")
    monkeypatch.undo()
    standing = [name for name in registers.REGISTERS if (tmp_path / "in" / name).exists()]
    assert standing == ["immigration"]
    with pytest.raises(BadInput) as refused:
        land(
            register="prison",
            source=str(tmp_path / "in"),
            mapping=None,
            as_of=FOUND,
            folder=tmp_path / "landings",
        )
    assert "\n" not in str(refused.value)


def test_a_database_that_does_not_answer_is_named(clean: World, tmp_path: Path) -> None:
    nowhere = f"postgresql+psycopg://postgres@/prison?host={tmp_path}"
    with pytest.raises(Unreachable, match="prison database: does not answer"):
        load_world(clean, nowhere, nowhere)
