"""Restored, everything is as it was; and nothing that is there is ever replaced."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from benchmarks.samples import nights
from jobs.contract import results
from jobs.operate import backup
from jobs.operate.attestation import Attestation
from jobs.operate.backup import back_up, restore
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import Settings, load_settings
from jobs.warehouse import (
    Publication,
    embedded,
    open_warehouse,
    publications,
    publish,
    read_table,
    record_run,
    upgrade,
)
from jobs.warehouse.ddl import migrate
from jobs.warehouse.store.publishing import publication

NOW = datetime(2006, 4, 26, 8, tzinfo=UTC)


def site(folder: Path, url: str) -> Settings:
    return load_settings(data_dir=folder, warehouse=url, prison="/x", immigration="/x")


def attested(
    settings: Settings, engine: sa.Engine, *, landing: str, seed: int, confirm: bool = True
) -> Publication:
    """Publish a night as a run does: its link is written outside the warehouse too."""
    attestation, manifest = Attestation(settings=settings), nights.manifest(landing=landing)
    made = publish(
        engine,
        manifest=manifest,
        tables=nights.facts(people=30, seed=seed),
        audit=lambda connection: attestation.foretell(
            publication(connection, manifest.publication_id)
        ),
    )
    if confirm:
        attestation.confirm(made)
    return made


@pytest.fixture
def filled(tmp_path: Path, database: str) -> Settings:
    """An installation with two publications of one night, a run log and landings."""
    settings = site(tmp_path / "data", database)
    engine = open_warehouse(database)
    upgrade(engine)
    for number, landing in enumerate("ab"):
        attested(settings, engine, landing=landing, seed=number)
    record_run(engine, as_of=nights.AS_OF, label="l", outcome="published", steps={})
    engine.dispose()
    landing = settings.data_dir / "landing" / "prison" / "2006-04-25" / "001"
    landing.mkdir(parents=True)
    (landing / "persons.parquet").write_bytes(b"\x00\x01whole")
    (landing.parent.parent / ".2006-04-25.lock").touch()
    (settings.data_dir / "runs" / "x").mkdir(parents=True)
    return settings


@pytest.fixture
def empty(tmp_path: Path, postgres: embedded.EmbeddedServer) -> Settings:
    """An installation to restore into."""
    postgres.drop_database("restored")
    return site(tmp_path / "restored", postgres.create_database("restored"))


def everything(url: str) -> dict[str, pd.DataFrame]:
    """Every row of every table of a warehouse."""
    engine = sa.create_engine(url)
    found = {}
    inspector = sa.inspect(engine)
    with engine.connect() as connection:
        for schema in ("run", "registry", "nightly", "review", "outbox"):
            for table in inspector.get_table_names(schema):
                rows = connection.execute(sa.text(f'SELECT * FROM {schema}."{table}"'))
                frame = pd.DataFrame(rows.all(), columns=list(rows.keys())).astype("str")
                ordered = frame.sort_values(list(frame.columns), ignore_index=True)
                found[f"{schema}.{table}"] = ordered
    engine.dispose()
    return found


def test_restored_it_equals_what_was_backed_up(
    filled: Settings, empty: Settings, tmp_path: Path
) -> None:
    made = back_up(tmp_path / "backups", now=NOW, settings=filled)
    assert made.name == "2006-04-26T080000Z"
    assert restore(made, settings=empty) == 4
    before, after = everything(filled.warehouse), everything(empty.warehouse)
    assert before.keys() == after.keys()
    assert sum(map(len, before.values())) > 200
    for name, rows in before.items():
        pd.testing.assert_frame_equal(after[name], rows, obj=name)
    kept = {
        path.relative_to(filled.data_dir): path.read_bytes()
        for pattern in ("landing/**/*.parquet", "publications/*.json")
        for path in filled.data_dir.glob(pattern)
    }
    assert len(kept) == 3
    assert {name: (empty.data_dir / name).read_bytes() for name in kept} == kept
    assert not list(empty.data_dir.rglob("*.lock"))
    assert not (empty.data_dir / "runs").exists()
    assert altered(empty) == []
    (empty.data_dir / "publications" / "00000002.json").unlink()
    (what,) = altered(empty)
    assert "publication number [2]: has no file outside" in what


def altered(settings: Settings) -> list[str]:
    """What `publications verify` names."""
    engine = open_warehouse(settings.warehouse)
    found = Attestation(settings=settings).alterations(engine, of=publications(engine))
    engine.dispose()
    return [str(each) for each in found]


@pytest.mark.long
def test_a_night_that_is_published_during_a_backup_is_whole_in_it_or_not_at_all(
    filled: Settings, empty: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One before the dump's snapshot, unconfirmed until after it; one after the snapshot."""
    engine = open_warehouse(filled.warehouse)
    unconfirmed = attested(filled, engine, landing="c", seed=3, confirm=False)
    run = backup._run

    def dumped(*arguments: str, engine: sa.Engine) -> None:
        attested(filled, engine, landing="d", seed=4)
        run(*arguments, engine=engine)
        Attestation(settings=filled).confirm(unconfirmed)

    monkeypatch.setattr(backup, "_run", dumped)
    made = back_up(tmp_path / "b", now=NOW, settings=filled)
    monkeypatch.undo()
    restore(made, settings=empty)
    assert altered(empty) == []
    restored = open_warehouse(empty.warehouse)
    assert [len(publications(each)) for each in (engine, restored)] == [4, 3]
    engine.dispose()
    restored.dispose()


@pytest.mark.long
def test_what_was_taken_out_of_the_warehouse_is_missed_after_a_restore_too(
    filled: Settings, empty: Settings, tmp_path: Path
) -> None:
    last = filled.data_dir / "publications" / "00000002.json"
    (last.parent / "00000003.json").write_bytes(last.read_bytes())
    restore(back_up(tmp_path / "b", now=NOW, settings=filled), settings=empty)
    assert altered(filled) == altered(empty)
    assert altered(empty) == ["publication number [3]: is missing from the warehouse"]


def test_nights_go_on_after_a_restore(filled: Settings, empty: Settings, tmp_path: Path) -> None:
    restore(back_up(tmp_path / "b", now=NOW, settings=filled), settings=empty)
    engine = open_warehouse(empty.warehouse)
    assert migrate.standing_of(engine) == "up to date"
    known = [found.publication_id for found in publications(engine, as_of=nights.AS_OF)]
    later = publish(
        engine, manifest=nights.manifest(landing="c"), tables=nights.facts(people=30, seed=9)
    )
    assert later.supersedes in known
    assert len(read_table(engine, later.publication_id, results.ASSESSMENTS.full_name)) == 30
    with (
        pytest.raises(sa.exc.DBAPIError, match="a publication is never changed"),
        engine.begin() as connection,
    ):
        connection.execute(sa.text("DELETE FROM run.publications"))
    engine.dispose()


def test_what_is_there_is_never_replaced(filled: Settings, empty: Settings, tmp_path: Path) -> None:
    made = back_up(tmp_path / "b", now=NOW, settings=filled)
    with pytest.raises(BadInput, match="is not empty"):
        restore(made, settings=filled)
    elsewhere = empty.model_copy(update={"warehouse": filled.warehouse})
    with pytest.raises(BadInput, match="restore into a new database"):
        restore(made, settings=elsewhere)
    with pytest.raises(BadInput, match="is not empty"):
        restore(made, settings=empty.model_copy(update={"data_dir": filled.data_dir}))


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda b: (b / "warehouse.dump").write_bytes(b"x"), id="a cut dump"),
        pytest.param(
            lambda b: next(b.rglob("*.parquet")).write_bytes(b"x"), id="a changed landing"
        ),
        pytest.param(lambda b: next(b.rglob("*.parquet")).unlink(), id="a landing gone"),
        pytest.param(lambda b: (b / "backup.json").unlink(), id="no table of contents"),
    ],
)
def test_a_damaged_backup_restores_nothing(
    filled: Settings, empty: Settings, tmp_path: Path, harm: object
) -> None:
    made = back_up(tmp_path / "b", now=NOW, settings=filled)
    harm(made)  # type: ignore[operator]
    with pytest.raises(BadInput):
        restore(made, settings=empty)
    assert not (empty.data_dir / "landing").exists()
    engine = sa.create_engine(empty.warehouse)
    assert "run" not in sa.inspect(engine).get_schema_names()
    engine.dispose()


def test_an_empty_warehouse_is_nothing_to_back_up(empty: Settings, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="nothing to back up"):
        back_up(tmp_path / "b", now=NOW, settings=empty)
    assert not list((tmp_path / "b").iterdir())


def test_a_backup_of_newer_code_is_refused(
    filled: Settings, empty: Settings, tmp_path: Path
) -> None:
    made = back_up(tmp_path / "b", now=NOW, settings=filled)
    contents = made / "backup.json"
    head = migrate.versions()[-1]
    contents.write_text(contents.read_text().replace(f'"revision":"{head}"', '"revision":"9999"'))
    with pytest.raises(BadInput, match="newer than this code"):
        restore(made, settings=empty)
