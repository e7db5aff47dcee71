from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Event

import pandas as pd
import pyarrow as pa
import pytest
import sqlalchemy as sa

from benchmarks.samples import nights
from jobs.contract import results
from jobs.runtime.errors import BadInput, GateFailed, Unreachable
from jobs.warehouse import (
    CheckOverride,
    Publication,
    current_publication,
    latest_before,
    latest_identities,
    open_warehouse,
    publication_on,
    publications,
    publish,
    read_rows,
    read_table,
)

DAY = timedelta(days=1)


def assert_holds(engine: sa.Engine, publication: Publication, facts: nights.Facts) -> None:
    for name, table in results.NIGHTLY.items():
        ordered = facts[name].sort_values(list(table.key), ignore_index=True)
        pd.testing.assert_frame_equal(read_table(engine, publication.publication_id, name), ordered)


def another(engine: sa.Engine) -> sa.Engine:
    """Another process's way to the same warehouse."""
    return open_warehouse(engine.url.render_as_string(hide_password=False))


def counts(engine: sa.Engine) -> dict[str, int]:
    """Rows of every table that publishing writes."""
    tables = ["run.publications", "run.contents", "run.current", "run.supersessions"]
    tables += ["registry.identities", "registry.links", "nightly.reasons", "nightly.assessments"]
    with engine.connect() as connection:
        return {
            name: connection.scalar(sa.text(f"SELECT count(*) FROM {name}")) or 0 for name in tables
        }


def test_every_table_comes_back_as_it_was_published(warehouse: sa.Engine) -> None:
    facts = nights.facts()
    publication = publish(warehouse, manifest=nights.manifest(), tables=facts)
    assert_holds(warehouse, publication, facts)
    assert current_publication(warehouse, as_of=nights.AS_OF) == publication


def test_empty_tables_come_back_empty_with_their_types(warehouse: sa.Engine) -> None:
    facts = {name: table.empty() for name, table in results.NIGHTLY.items()}
    publication = publish(warehouse, manifest=nights.manifest(), tables=facts)
    assert_holds(warehouse, publication, facts)


def test_the_order_of_rows_and_the_kind_of_table_do_not_matter(
    warehouse: sa.Engine, postgres: object
) -> None:
    facts = nights.facts()
    first = publish(warehouse, manifest=nights.manifest(), tables=facts)
    shuffled = {
        name: results.NIGHTLY[name].arrow(frame.sample(frac=1, random_state=5))
        for name, frame in facts.items()
    }
    assert publish(warehouse, manifest=nights.manifest(), tables=shuffled) == first
    other = publish(warehouse, manifest=nights.manifest(policy="2"), tables=shuffled)
    assert other.content_digest == first.content_digest


def test_one_changed_value_changes_the_digest(warehouse: sa.Engine) -> None:
    facts = nights.facts()
    first = publish(warehouse, manifest=nights.manifest(), tables=facts)
    facts["nightly.teams"].loc[3, "fte"] = 7.25
    second = publish(warehouse, manifest=nights.manifest(policy="2"), tables=facts)
    assert second.content_digest != first.content_digest


def test_publishing_again_writes_nothing(warehouse: sa.Engine) -> None:
    facts = nights.facts()
    first = publish(warehouse, manifest=nights.manifest(), tables=facts)
    before = counts(warehouse)
    assert publish(warehouse, manifest=nights.manifest(), tables=facts) == first
    assert counts(warehouse) == before


def test_one_manifest_with_two_results_is_a_fault(warehouse: sa.Engine) -> None:
    facts = nights.facts()
    publish(warehouse, manifest=nights.manifest(), tables=facts)
    with pytest.raises(RuntimeError, match=r"other results in \['nightly.census'\]"):
        publish(
            warehouse,
            manifest=nights.manifest(),
            tables={**facts, "nightly.census": results.CENSUS.empty()},
        )


def test_a_later_run_of_a_date_supersedes_and_the_earlier_stays(warehouse: sa.Engine) -> None:
    old, new = nights.facts(seed=1), nights.facts(seed=2)
    first = publish(warehouse, manifest=nights.manifest(), tables=old)
    between = datetime.now(UTC)
    second = publish(warehouse, manifest=nights.manifest(policy="2"), tables=new)
    assert second.supersedes == first.publication_id
    assert [p.is_current for p in publications(warehouse)] == [False, True]
    assert_holds(warehouse, first, old)
    assert_holds(warehouse, second, new)
    on = {"as_of": nights.AS_OF, "at": between}
    assert publication_on(warehouse, **on).publication_id == first.publication_id  # type: ignore[arg-type, union-attr]
    assert publication_on(warehouse, as_of=nights.AS_OF, at=between - DAY) is None


def test_an_earlier_publication_becomes_current_again_and_that_is_recorded(
    warehouse: sa.Engine,
) -> None:
    facts = nights.facts()
    first = publish(warehouse, manifest=nights.manifest(), tables=facts)
    publish(warehouse, manifest=nights.manifest(policy="2"), tables=facts)
    again = publish(warehouse, manifest=nights.manifest(), tables=facts)
    assert again == first
    with warehouse.connect() as connection:
        moves = connection.execute(
            sa.text(
                "SELECT publication_number, replaces FROM run.supersessions "
                "ORDER BY supersession_number"
            )
        )
        assert moves.all() == [(1, None), (2, 1), (1, 2)]


def test_a_failed_audit_leaves_the_last_publication_current(warehouse: sa.Engine) -> None:
    first = publish(warehouse, manifest=nights.manifest(), tables=nights.facts())
    before = counts(warehouse)

    def audit(connection: sa.Connection) -> None:
        raise GateFailed("check [sums]", "does not hold", "look at the figures")

    with pytest.raises(GateFailed, match="sums"):
        publish(
            warehouse,
            manifest=nights.manifest(policy="2"),
            tables=nights.facts(seed=2),
            audit=audit,
        )
    assert counts(warehouse) == before
    assert current_publication(warehouse, as_of=nights.AS_OF) == first


def test_an_audit_sees_the_new_rows_and_nobody_else_does(warehouse: sa.Engine) -> None:
    facts = nights.facts()
    seen: list[int] = []

    def audit(connection: sa.Connection) -> None:
        inside = sa.text("SELECT count(*) FROM nightly.teams")
        with warehouse.connect() as other:
            seen.extend([connection.scalar(inside) or 0, other.scalar(inside) or 0])

    publish(warehouse, manifest=nights.manifest(), tables=facts, audit=audit)
    assert seen == [len(facts["nightly.teams"]), 0]


def test_a_named_override_is_kept_with_the_publication(warehouse: sa.Engine) -> None:
    override = CheckOverride(by="A. Manager", reason="the feed is late, agreed with the service")
    publish(
        warehouse,
        manifest=nights.manifest(),
        tables=nights.facts(),
        override=override,
    )
    found = current_publication(warehouse, as_of=nights.AS_OF)
    assert found is not None
    assert found.override == override
    with pytest.raises(BadInput, match="lacks a name or a reason"):
        CheckOverride(by="A. Manager", reason=" ")


def test_a_missing_table_is_refused(warehouse: sa.Engine) -> None:
    facts = nights.facts()
    del facts["nightly.teams"]
    with pytest.raises(ValueError, match=r"not \['nightly.teams'\]"):
        publish(warehouse, manifest=nights.manifest(), tables=facts)


def test_two_rows_with_one_key_are_refused_without_naming_anybody(warehouse: sa.Engine) -> None:
    facts = nights.facts()
    frame = facts["nightly.identities"]
    facts["nightly.identities"] = pd.concat([frame, frame.iloc[[4]]], ignore_index=True)
    with pytest.raises(
        ValueError, match=r"^table \[nightly.identities\] has two rows with one key$"
    ):
        publish(warehouse, manifest=nights.manifest(), tables=facts)


def test_a_required_value_that_is_missing_is_refused(warehouse: sa.Engine) -> None:
    facts = nights.facts()
    facts["nightly.census"].loc[2, "people"] = pd.NA
    with pytest.raises(ValueError, match="people"):
        publish(warehouse, manifest=nights.manifest(), tables=facts)


def test_a_required_value_that_is_missing_from_an_arrow_table_is_refused(
    warehouse: sa.Engine,
) -> None:
    facts: dict[str, pd.DataFrame | pa.Table] = {**nights.facts()}
    arrow = results.CENSUS.arrow(nights.facts()["nightly.census"])
    people = pa.array([None] * arrow.num_rows, pa.int64())
    facts["nightly.census"] = arrow.set_column(4, "people", people)
    with pytest.raises(ValueError, match=r"^column \[nightly.census.people\] lacks values$"):
        publish(warehouse, manifest=nights.manifest(), tables=facts)


def test_nights_of_several_months_keep_to_their_own(warehouse: sa.Engine) -> None:
    dates = [date(2006, 1, 31), date(2006, 2, 1), date(2005, 12, 31)]
    told = {as_of: nights.facts(seed=seed) for seed, as_of in enumerate(dates)}
    for as_of, facts in told.items():
        publish(warehouse, manifest=nights.manifest(as_of=as_of), tables=facts)
    for as_of, facts in told.items():
        publication = current_publication(warehouse, as_of=as_of)
        assert publication is not None
        assert_holds(warehouse, publication, facts)
    before = latest_before(warehouse, as_of=date(2006, 2, 1))
    assert before is not None
    assert before.as_of == date(2006, 1, 31)
    assert latest_before(warehouse, as_of=date(2005, 12, 31)) is None


def test_known_identities_are_those_of_the_date_before_however_late_it_ran(
    warehouse: sa.Engine,
) -> None:
    assert latest_identities(warehouse, before=nights.AS_OF).empty
    late, early = nights.facts(seed=1), nights.facts(seed=2)
    publish(warehouse, manifest=nights.manifest(), tables=late)
    publish(
        warehouse,
        manifest=nights.manifest(as_of=nights.AS_OF - DAY),
        tables=early,
    )
    pd.testing.assert_frame_equal(
        latest_identities(warehouse, before=nights.AS_OF),
        early["nightly.identities"].sort_values(["register", "person_id"], ignore_index=True),
    )
    assert latest_identities(warehouse, before=nights.AS_OF - DAY).empty


def test_two_runs_of_one_night_at_once_make_one_publication(warehouse: sa.Engine) -> None:
    engines = [another(warehouse) for _ in range(3)]

    def run(engine: sa.Engine) -> Publication:
        return publish(engine, manifest=nights.manifest(), tables=nights.facts())

    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(run, engines))
    for engine in engines:
        engine.dispose()
    assert {publication.number for publication in made} == {1}
    assert len(publications(warehouse)) == 1


def test_a_second_run_waits_for_the_first(warehouse: sa.Engine) -> None:
    holding, go = Event(), Event()

    def audit(connection: sa.Connection) -> None:
        holding.set()
        assert go.wait(20)

    second = another(warehouse)
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(
            publish,
            warehouse,
            manifest=nights.manifest(),
            tables=nights.facts(),
            audit=audit,
        )
        assert holding.wait(20)
        fast = pool.submit(
            publish,
            second,
            manifest=nights.manifest(policy="2"),
            tables=nights.facts(seed=2),
        )
        assert not fast.done()
        assert current_publication(second, as_of=nights.AS_OF) is None
        go.set()
        assert slow.result().number == 1
        assert fast.result().supersedes == slow.result().publication_id
    second.dispose()


def test_a_warehouse_that_goes_away_in_mid_publish_publishes_nothing(warehouse: sa.Engine) -> None:
    first = publish(warehouse, manifest=nights.manifest(), tables=nights.facts())
    other = another(warehouse)

    def audit(connection: sa.Connection) -> None:
        number = connection.scalar(sa.text("SELECT pg_backend_pid()"))
        with other.begin() as ending:
            ending.execute(
                sa.text("SELECT pg_terminate_backend(:number, 5000)"), {"number": number}
            )
        connection.execute(sa.text("SELECT 1"))

    with pytest.raises(Unreachable, match=r"^warehouse \[.*\]: the connection broke; see that"):
        publish(
            warehouse,
            manifest=nights.manifest(policy="2"),
            tables=nights.facts(seed=2),
            audit=audit,
        )
    assert publications(warehouse) == [first]
    other.dispose()


def test_a_full_disk_publishes_nothing_and_is_one_line(warehouse: sa.Engine) -> None:
    """The server answers as it does when a file cannot grow."""
    with warehouse.begin() as connection:
        connection.execute(
            sa.text(
                "CREATE FUNCTION run.fill() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$"
            )
        )
        connection.execute(
            sa.text(
                "CREATE TRIGGER full_disk BEFORE INSERT ON nightly.teams "
                "FOR EACH ROW EXECUTE FUNCTION run.fill()"
            )
        )
    with pytest.raises(BadInput, match=r"^warehouse \[.*\]: the disk is full; free space"):
        publish(warehouse, manifest=nights.manifest(), tables=nights.facts())
    assert publications(warehouse) == []


def test_a_value_that_the_database_refuses_stays_out_of_the_message(warehouse: sa.Engine) -> None:
    facts = nights.facts()
    facts["nightly.quarantine"].loc[0, "row"] = "Blessing\x00Okafor"
    with pytest.raises(RuntimeError) as error:
        publish(warehouse, manifest=nights.manifest(), tables=facts)
    assert "Okafor" not in str(error.value)
    assert error.value.__suppress_context__


def test_a_manifest_of_newer_code_is_one_line(warehouse: sa.Engine) -> None:
    with warehouse.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO run.publications (publication_number, publication_id, as_of_date, "
                "content_digest, manifest) VALUES (1, 'a', '2006-04-25', 'b', "
                "jsonb_build_object('manifest_version', 99))"
            )
        )
    with pytest.raises(BadInput, match=r"manifest of version \[99\] is newer than this code"):
        publications(warehouse)


def test_an_unknown_publication_or_table_is_one_line(warehouse: sa.Engine) -> None:
    with pytest.raises(BadInput, match=r"publication \[x\]: there is none"):
        read_table(warehouse, "x", "nightly.teams")
    with pytest.raises(BadInput, match=r"table \[nightly.names\]: no such table"):
        read_table(warehouse, "x", "nightly.names")


def test_the_order_of_a_manifests_keys_does_not_matter() -> None:
    one, other = nights.manifest(), nights.manifest()
    object.__setattr__(other, "inputs", dict(reversed(list(other.inputs.items()))))
    assert one.publication_id == other.publication_id
    assert nights.manifest(landing="b").publication_id != one.publication_id


def test_an_audit_reads_a_table_as_a_reader_would(warehouse: sa.Engine) -> None:
    facts = nights.facts()
    first = publish(warehouse, manifest=nights.manifest(), tables=facts)
    with warehouse.connect() as connection:
        rows = read_rows(connection, first, results.LINKS)
    pd.testing.assert_frame_equal(
        rows, read_table(warehouse, first.publication_id, results.LINKS.full_name)
    )
