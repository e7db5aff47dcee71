"""The one way into a publication: a function of the database that writes it whole.

A run copies its tables into the schema ``staging`` and calls ``run.publish``, which runs with the
rights of the tables' owner: the role that publishes may write no published table itself, so it can
add no row to a publication and leave none out that it has declared.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from typing import Final

from jobs.contract import results
from jobs.contract.proof.failure_kinds import MARK, MARKED
from jobs.contract.schema import Table
from jobs.warehouse.store.tables import INTERVALS, SNAPSHOTS, STAGING

PUBLISH: Final = "run.publish(text, date, jsonb, text, jsonb, text, text)"
MAKE_CURRENT: Final = "run.make_current(text)"
"""How rights name the two functions that a run calls."""
_UNPLANTED: Final = """
    IF EXISTS (SELECT FROM staging.{name} WHERE {borne}) THEN
        RAISE EXCEPTION 'a planted case is in table {name}: no publication takes it'
            USING ERRCODE = 'restrict_violation';
    END IF;
"""
_SNAPSHOT: Final = """
    INSERT INTO {kept} (as_of_date, publication_number, {columns})
        SELECT the_date, the_number, {columns} FROM staging.{name};
    GET DIAGNOSTICS written = ROW_COUNT;
    PERFORM run.refuse_partial(contents, '{full_name}', written);
"""
_INTERVAL: Final = """
    IF contents -> '{full_name}' ->> 'digest'
        IS DISTINCT FROM run.digest_of(the_number - 1, '{full_name}')
    THEN
        PERFORM run.refuse_partial(
            contents, '{full_name}', (SELECT count(*) FROM staging.{name})
        );
        IF NOT EXISTS (SELECT FROM {kept}) THEN
            INSERT INTO {kept} ({columns}, since) SELECT {columns}, the_number FROM staging.{name};
        ELSE
            INSERT INTO staging.changed_{name}
                SELECT {new_columns}, new.ctid IS NULL, old.ctid IS NOT NULL
                FROM staging.{name} AS new
                FULL JOIN (SELECT {columns}, ctid FROM {kept} WHERE until IS NULL) AS old
                    USING ({key})
                WHERE ({new_all}) IS DISTINCT FROM ({old_all});
            ANALYZE staging.changed_{name};
            UPDATE {kept} AS old SET until = the_number FROM staging.changed_{name} AS change
                WHERE change.was_there AND old.until IS NULL AND ({old_key}) = ({change_key});
            INSERT INTO {kept} ({columns}, since, follows)
                SELECT {columns}, the_number, (
                    SELECT max(old.until) FROM {kept} AS old WHERE ({old_key}) = ({change_key})
                )
                FROM staging.changed_{name} AS change WHERE NOT is_gone ORDER BY {key};
            TRUNCATE staging.changed_{name};
        END IF;
    END IF;
"""
_PUBLISH: Final = """
CREATE OR REPLACE FUNCTION run.publish(
    the_id text, the_date date, manifest jsonb, digest text, contents jsonb,
    override_by text, override_reason text
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET work_mem = '256MB' AS $$
#variable_conflict use_column
DECLARE
    the_number bigint;
    written bigint;
BEGIN
{unplanted}    PERFORM pg_advisory_xact_lock(hashtextextended('reconciliation publish', 0));
    SELECT coalesce(max(publication_number), 0) + 1 INTO the_number FROM run.publications;
    INSERT INTO run.publications (
        publication_number, publication_id, as_of_date, supersedes, content_digest, manifest,
        override_by, override_reason
    ) VALUES (
        the_number, the_id, the_date,
        (SELECT publication_number FROM run.current WHERE as_of_date = the_date),
        publish.digest, publish.manifest, publish.override_by, publish.override_reason
    );
    INSERT INTO run.contents (publication_number, table_name, row_count, digest)
        SELECT the_number, told.key, (told.value ->> 'rows')::bigint, told.value ->> 'digest'
        FROM jsonb_each(contents) AS told;
{tables}
    TRUNCATE {staging};
    PERFORM run.make_current(the_id);
    RETURN the_number;
END
$$
"""
_AROUND: Final = (
    """
CREATE OR REPLACE FUNCTION run.refuse_partial(contents jsonb, named text, written bigint)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF written IS DISTINCT FROM (contents -> named ->> 'rows')::bigint THEN
        RAISE EXCEPTION 'table % of a publication is not whole', named
            USING ERRCODE = 'restrict_violation';
    END IF;
END
$$
""",
    """
CREATE OR REPLACE FUNCTION run.make_current(the_id text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO run.current AS pointer (as_of_date, publication_number)
        SELECT as_of_date, publication_number FROM run.publications WHERE publication_id = the_id
        ON CONFLICT (as_of_date) DO UPDATE SET publication_number = EXCLUDED.publication_number
            WHERE pointer.publication_number <> EXCLUDED.publication_number;
END
$$
""",
)


def _unplanted(table: Table) -> str:
    """The statements that refuse a staged table with a planted case in it."""
    borne = [f"starts_with({name}, '{MARK}')" for name in MARKED if name in table.columns]
    return _UNPLANTED.format(name=table.name, borne=" OR ".join(borne)) if borne else ""


def _columns(names: tuple[str, ...] | list[str], alias: str = "") -> str:
    return ", ".join(f"{alias}.{name}" if alias else name for name in names)


def _written(table: Table) -> str:
    """The statements that take one table from staging into the publication."""
    is_interval = table.full_name in INTERVALS
    kept = INTERVALS[table.full_name] if is_interval else SNAPSHOTS[table.full_name]
    new = [name if name in table.key else f"new.{name}" for name in table.columns]
    return (_INTERVAL if is_interval else _SNAPSHOT).format(
        kept=f"{kept.schema}.{kept.name}",
        name=table.name,
        full_name=table.full_name,
        columns=_columns(table.columns),
        new_columns=", ".join(new),
        key=_columns(table.key),
        new_all=_columns(table.columns, "new"),
        old_all=_columns(table.columns, "old"),
        old_key=_columns(table.key, "old"),
        change_key=_columns(table.key, "change"),
    )


def statements() -> list[str]:
    """What puts up the staging tables, as the declarations have them, and the function.

    The tables are logged: a server killed while an unlogged one is emptied may refuse its first
    start (PostgreSQL bug 17731), and in a register's own server that is not ours to risk.
    """
    staged = []
    made = [f"DROP SCHEMA IF EXISTS {STAGING} CASCADE", f"CREATE SCHEMA {STAGING}"]
    for table in results.NIGHTLY.values():
        is_interval = table.full_name in INTERVALS
        kept = INTERVALS[table.full_name] if is_interval else SNAPSHOTS[table.full_name]
        source = f"SELECT {_columns(table.columns)} FROM {kept.schema}.{kept.name}"
        made.append(f"CREATE TABLE {STAGING}.{table.name} AS {source} WITH NO DATA")
        staged.append(f"{STAGING}.{table.name}")
        if is_interval:
            columns = f"{table.name}.*, false AS is_gone, false AS was_there"
            source = f"SELECT {columns} FROM {STAGING}.{table.name}"
            name = f"changed_{table.name}"
            made.append(f"CREATE TABLE {STAGING}.{name} AS {source} WITH NO DATA")
    tables = "".join(_written(table) for table in results.NIGHTLY.values())
    unplanted = "".join(_unplanted(table) for table in results.NIGHTLY.values())
    made += [
        *_AROUND,
        _PUBLISH.format(unplanted=unplanted, tables=tables, staging=", ".join(staged)),
    ]
    made += [
        f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC"
        for function in (
            "run.refuse_partial(jsonb, text, bigint)",
            MAKE_CURRENT,
            PUBLISH,
        )
    ]
    return made
