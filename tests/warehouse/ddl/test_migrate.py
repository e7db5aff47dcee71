import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.script import ScriptDirectory

from benchmarks.samples import nights
from jobs.contract import results
from jobs.contract.schema import Table
from jobs.runtime.errors import BadInput, Unreachable
from jobs.warehouse import decisions, embedded, open_warehouse, publish, upgrade
from jobs.warehouse.ddl import alembic_scripts, migrate, repeatable_ddl
from jobs.warehouse.store.bulk import Content, copy_in
from jobs.warehouse.store.reading import publications, read_table
from jobs.warehouse.store.table_columns import SCHEMAS, WAREHOUSE
from jobs.warehouse.store.tables import INTERVALS, SNAPSHOTS

CATALOGUE = {
    "columns": """
        SELECT table_schema, table_name, column_name, data_type, is_nullable, column_default,
               collation_name, identity_generation
        FROM information_schema.columns WHERE table_schema = ANY(:schemas)
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = ANY(CAST(CAST(:schemas AS text[]) AS regnamespace[]))
    """,
    "indexes": """
        SELECT indexdef FROM pg_indexes WHERE schemaname = ANY(:schemas)
    """,
    "partitions": """
        SELECT partrelid::regclass::text, pg_get_partkeydef(partrelid) FROM pg_partitioned_table
    """,
}


def catalogue(engine: sa.Engine) -> dict[str, set[tuple[object, ...]]]:
    schemas = {"schemas": [schema for schema in SCHEMAS if schema not in {"report", "quality"}]}
    with engine.connect() as connection:
        return {
            what: {
                tuple(row)
                for row in connection.execute(sa.text(query), schemas)
                if not any("alembic_version" in str(value) for value in row)
            }
            for what, query in CATALOGUE.items()
        }


def test_an_empty_database_becomes_a_warehouse_and_stays_one(warehouse: sa.Engine) -> None:
    assert publications(warehouse) == []
    upgrade(warehouse)
    assert (
        migrate.version(warehouse)
        == ScriptDirectory.from_config(alembic_scripts.configuration()).get_current_head()
    )


def test_the_names_of_the_migrations_are_the_versions_that_alembic_knows() -> None:
    scripts = ScriptDirectory.from_config(alembic_scripts.configuration())
    known = [script.revision for script in scripts.walk_revisions()]
    assert migrate.versions() == tuple(reversed(known))


def test_the_migrations_give_the_declared_tables(
    warehouse: sa.Engine, postgres: embedded.EmbeddedServer
) -> None:
    url = postgres.create_database("declared")
    declared = open_warehouse(url)
    with declared.begin() as connection:
        for schema in SCHEMAS:
            connection.execute(sa.schema.CreateSchema(schema))
        WAREHOUSE.create_all(connection)
    migrated, wanted = catalogue(warehouse), catalogue(declared)
    declared.dispose()
    postgres.drop_database("declared")
    for what, rows in wanted.items():
        assert rows, what
        assert migrated[what] == rows, f"draft a migration: {what} differ"


REVISIONS = [
    script.revision
    for script in ScriptDirectory.from_config(alembic_scripts.configuration()).walk_revisions()
]
LATEST = 5
OLD_AND_LAST = [
    *REVISIONS[:LATEST],
    *(pytest.param(revision, marks=pytest.mark.long) for revision in REVISIONS[LATEST:-1]),
    REVISIONS[-1],
]
"""The latest and the first in the ordinary suite, those between with the long tests."""
HAS_A_CHAIN = """
    SELECT EXISTS (
        SELECT FROM information_schema.columns
        WHERE table_schema = 'run' AND table_name = 'publications' AND column_name = 'chain_digest'
    )
"""
RUNS = """
    INSERT INTO run.attempts (as_of_date, label, outcome, timings)
    VALUES ('2006-04-25', 'a', 'published', '{}'), (NULL, 'b', 'failed', '{}')
"""
AT_A_REVISION = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema IN ('nightly', 'registry')
"""


@pytest.mark.parametrize("revision", OLD_AND_LAST)
def test_data_of_every_earlier_revision_are_read_by_this_code(database: str, revision: str) -> None:
    engine = open_warehouse(database)
    facts = nights.facts()
    with engine.begin() as connection:
        loaded = load_at_revision(connection, revision, facts)
    upgrade(engine)
    written = nights.manifest().publication_id
    assert_read_back(engine, written, facts, loaded)
    later_night = publish(
        engine,
        manifest=nights.manifest(policy="2"),
        tables=nights.facts(seed=2),
    )
    assert later_night.supersedes == written
    with engine.connect() as connection, alembic_scripts.migration_context(connection) as context:
        assert compare_metadata(context, WAREHOUSE) == []
    engine.dispose()


def assert_read_back(
    engine: sa.Engine, written: str, facts: nights.Facts, loaded: dict[str, set[str]]
) -> None:
    """What was loaded at a revision is read as it was, and nothing is read for what was not."""
    for name, table in results.NIGHTLY.items():
        read = read_table(engine, written, name)
        if name not in loaded:
            assert read.empty, name
            continue
        wanted = facts[name].sort_values(list(table.key), ignore_index=True)
        shared = [column for column in table.columns if column in loaded[name]]
        pd.testing.assert_frame_equal(read[shared], wanted[shared])
        later = [column for column in table.columns if column not in loaded[name]]
        assert read[later].isna().all(axis=None), name


def load_at_revision(
    connection: sa.Connection, revision: str, facts: nights.Facts
) -> dict[str, set[str]]:
    """Publish a night with the tables and columns of a revision; give which they are."""
    for schema in SCHEMAS:
        connection.execute(sa.schema.CreateSchema(schema, if_not_exists=True))
    config = alembic_scripts.configuration()
    config.attributes["connection"] = connection
    alembic_scripts.command.upgrade(config, revision)
    manifest = nights.manifest()
    chained = ", chain_digest", ", 'a link'"
    if not connection.scalar(sa.text(HAS_A_CHAIN)):
        chained = "", ""
    columns: dict[str, set[str]] = {}
    for table, column in connection.execute(sa.text(AT_A_REVISION)):
        columns.setdefault(f"nightly.{table}", set()).add(column)
    connection.execute(
        sa.text(
            "INSERT INTO run.publications (publication_number, publication_id, as_of_date, "
            f"content_digest, manifest{chained[0]}) "
            f"VALUES (1, :id, :as_of, 'a digest', :manifest{chained[1]})"
        ),
        {
            "id": manifest.publication_id,
            "as_of": manifest.as_of,
            "manifest": json.dumps(manifest.as_json()),
        },
    )
    connection.execute(sa.text("INSERT INTO run.current VALUES (:d, 1)"), {"d": manifest.as_of})
    connection.execute(sa.text("SELECT run.make_room(:d)"), {"d": manifest.as_of})
    loaded: dict[str, set[str]] = {}
    for name, table in results.NIGHTLY.items():
        if name not in columns:
            continue
        shared = tuple(f for f in table.fields if f.name in columns[name])
        then = Table(space="nightly", name=table.name, row="", key=table.key, fields=shared)
        kept = INTERVALS.get(name, SNAPSHOTS.get(name))
        assert kept is not None
        before = {"since": 1}
        if name in SNAPSHOTS:
            before = {"as_of_date": manifest.as_of, "publication_number": 1}
        copy_in(
            connection,
            Content.of(then, facts[name]),
            into=(str(kept.schema), kept.name),
            before=before,
        )
        loaded[name] = {field.name for field in shared}
    return loaded


def test_alembic_finds_no_difference_and_looks_past_partitions(warehouse: sa.Engine) -> None:
    publish(warehouse, manifest=nights.manifest(), tables=nights.facts())
    with (
        warehouse.connect() as connection,
        alembic_scripts.migration_context(connection) as context,
    ):
        found = compare_metadata(context, WAREHOUSE)
    assert found == []


def test_many_who_upgrade_at_once_make_one_warehouse(database: str) -> None:
    engines = [open_warehouse(database) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, engines))
    assert publications(engines[0]) == []
    for engine in engines:
        engine.dispose()


def test_a_warehouse_of_newer_code_is_refused_in_one_line(warehouse: sa.Engine) -> None:
    with warehouse.begin() as connection:
        connection.execute(sa.text("UPDATE run.alembic_version SET version_num = '9999'"))
    with pytest.raises(BadInput, match=r"version \[9999\] is newer than this code; run the newer"):
        upgrade(warehouse)


def test_views_of_another_version_are_put_up_again_and_data_stays(warehouse: sa.Engine) -> None:
    publication = publish(warehouse, manifest=nights.manifest(), tables=nights.facts())
    with warehouse.begin() as connection:
        repeatable_ddl.take_down(connection)
        connection.execute(sa.text("CREATE VIEW report.due AS SELECT 1 AS old"))
        connection.execute(sa.text("COMMENT ON SCHEMA report IS 'an older digest'"))
    upgrade(warehouse)
    with warehouse.connect() as connection:
        rows = connection.execute(sa.text("SELECT DISTINCT publication_id FROM report.teams")).all()
    assert rows == [(publication.publication_id,)]


def test_a_failed_upgrade_leaves_the_database_as_it_was(database: str) -> None:
    engine = open_warehouse(database)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE SCHEMA nightly"))
        connection.execute(sa.text("CREATE TABLE nightly.teams (stranger text)"))
    with pytest.raises(RuntimeError, match="already exists"):
        upgrade(engine)
    with engine.connect() as connection:
        found = sa.inspect(connection).get_schema_names()
    engine.dispose()
    assert set(found) & {"run", "registry", "report"} == set()


def test_every_table_and_column_says_what_it_holds(warehouse: sa.Engine) -> None:
    undocumented = sa.text("""
        SELECT c.relname, a.attname FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = ANY(CAST(CAST(:schemas AS text[]) AS regnamespace[]))
          AND c.relkind IN ('r', 'p', 'v') AND c.relname <> 'alembic_version'
          AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid) IS NULL)
    """)
    with warehouse.connect() as connection:
        assert connection.execute(undocumented, {"schemas": list(SCHEMAS)}).all() == []


def test_what_is_published_cannot_be_changed_even_by_its_owner(warehouse: sa.Engine) -> None:
    publish(warehouse, manifest=nights.manifest(), tables=nights.facts())
    changes = [
        f"UPDATE {table.schema}.{table.name} SET publication_number = 7"
        for table in SNAPSHOTS.values()
    ]
    changes += [
        "DELETE FROM run.publications",
        "TRUNCATE nightly.figures",
        "DELETE FROM run.contents",
    ]
    for change in changes:
        with (
            pytest.raises(sa.exc.IntegrityError, match="a publication is never changed"),
            warehouse.begin() as connection,
        ):
            connection.execute(sa.text(change))


def test_a_draft_of_an_up_to_date_warehouse_changes_nothing(
    warehouse: sa.Engine, tmp_path: Path
) -> None:
    path = alembic_scripts.draft(warehouse, why="nothing", folder=tmp_path)
    assert path.parent == tmp_path
    assert "op." not in path.read_text().replace("from alembic import op", "")


def test_an_unreachable_warehouse_is_one_line() -> None:
    engine = open_warehouse("postgresql://somebody:secret@/w?host=/nowhere")
    with pytest.raises(Unreachable, match=r"^warehouse \[w on /nowhere\]: cannot be reached;") as e:
        decisions(engine)
    assert "secret" not in str(e.value)


@pytest.mark.parametrize(
    ("url", "what"),
    [
        pytest.param("no url", "not a database URL", id="text"),
        pytest.param("sqlite://", r"\[sqlite\] is not PostgreSQL", id="another database"),
    ],
)
def test_a_setting_that_is_no_warehouse_is_one_line(url: str, what: str) -> None:
    with pytest.raises(BadInput, match=what):
        open_warehouse(url)


def test_a_database_that_is_not_there_is_one_line(postgres: embedded.EmbeddedServer) -> None:
    with pytest.raises(BadInput, match="no such database; create it"):
        upgrade(open_warehouse(postgres.url("nowhere")))


def test_a_user_who_is_not_let_in_is_one_line(postgres: embedded.EmbeddedServer) -> None:
    with pytest.raises(BadInput, match="this user is not let in"):
        upgrade(open_warehouse(postgres.url("postgres", user="stranger")))


def test_a_wrong_password_is_one_line_without_the_password(
    postgres: embedded.EmbeddedServer,
) -> None:
    rules = postgres.folder / "data" / "pg_hba.conf"
    before = rules.read_text()
    owner = open_warehouse(postgres.url())
    try:
        rules.write_text("local all guarded scram-sha-256\n" + before)
        with owner.begin() as connection:
            connection.execute(sa.text("CREATE ROLE guarded LOGIN PASSWORD 'right'"))
            connection.execute(sa.text("SELECT pg_reload_conf(), pg_sleep(0.2)"))
        url = sa.make_url(postgres.url(user="guarded")).set(password="mistaken")
        with pytest.raises(BadInput, match="the password is wrong") as error:
            upgrade(open_warehouse(url.render_as_string(hide_password=False)))
        assert "mistaken" not in str(error.value)
    finally:
        rules.write_text(before)
        with owner.begin() as connection:
            connection.execute(sa.text("DROP ROLE IF EXISTS guarded"))
            connection.execute(sa.text("SELECT pg_reload_conf()"))
        owner.dispose()


def test_a_release_can_be_taken_back_and_forth_without_losing_what_is_published(
    database: str,
) -> None:
    engine = open_warehouse(database)
    scripts = ScriptDirectory.from_config(alembic_scripts.configuration())
    head = scripts.get_current_head()
    older = scripts.get_revision("0009").down_revision
    facts = nights.facts()
    with engine.begin() as connection:
        loaded = load_at_revision(connection, "0010", facts)
        connection.execute(sa.text(RUNS))
        connection.execute(sa.text("CREATE VIEW report.due AS SELECT 1 AS old"))
    published = nights.manifest().publication_id
    migrate.downgrade(engine, to=str(older))
    assert migrate.version(engine) == older
    with engine.connect() as connection:
        labels = connection.scalars(sa.text("SELECT label FROM run.attempts")).all()
        views = connection.scalar(
            sa.text("SELECT count(*) FROM pg_views WHERE schemaname = 'report'")
        )
    assert labels == ["a"]
    assert views == 0
    upgrade(engine)
    assert migrate.version(engine) == head
    assert_read_back(engine, published, facts, loaded)
    with engine.connect() as connection, alembic_scripts.migration_context(connection) as context:
        assert compare_metadata(context, WAREHOUSE) == []
    engine.dispose()


def test_a_refused_downgrade_leaves_what_is_published(warehouse: sa.Engine) -> None:
    published = publish(warehouse, manifest=nights.manifest(), tables=nights.facts())
    with pytest.raises(BadInput, match="is never dropped"):
        migrate.downgrade(warehouse, to="0008")
    assert publications(warehouse) == [published]


@pytest.mark.parametrize(
    ("to", "said"),
    [
        pytest.param("0001", "is never dropped; restore the backup", id="lossy"),
        pytest.param("0008", "is never dropped; restore the backup", id="near"),
        pytest.param("9999", "is none below it", id="a version that is not"),
    ],
)
def test_a_downgrade_that_would_lose_a_publication_is_refused_and_changes_nothing(
    warehouse: sa.Engine, to: str, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        migrate.downgrade(warehouse, to=to)
    assert migrate.standing_of(warehouse) == "up to date"
