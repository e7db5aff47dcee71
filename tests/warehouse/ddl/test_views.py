import pytest
import sqlalchemy as sa

from benchmarks.samples import nights
from jobs.contract import results
from jobs.contract.bands import LINK_PROBABILITIES
from jobs.contract.case_lists import CASE_LISTS
from jobs.contract.results.case_list import CaseList
from jobs.report import rows_of
from jobs.warehouse import publish
from jobs.warehouse.ddl.views import VIEWS


def rows(engine: sa.Engine, view: str, columns: str = "*") -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [
            tuple(r) for r in connection.execute(sa.text(f"SELECT {columns} FROM report.{view}"))
        ]


def test_views_show_current_publications_only(warehouse: sa.Engine) -> None:
    publish(warehouse, manifest=nights.manifest(), tables=nights.facts(seed=1))
    facts = nights.facts(seed=2, people=15)
    current = publish(warehouse, manifest=nights.manifest(policy="2"), tables=facts)
    for view, table in {
        "figures": "nightly.figures",
        "episodes": "nightly.assessments",
        "reasons": "nightly.reasons",
        "backlog": "nightly.backlog",
        "teams": "nightly.teams",
        "census": "nightly.census",
        "row_counts": "nightly.row_counts",
        "check_results": "nightly.check_results",
    }.items():
        found = rows(warehouse, view, "publication_id")
        assert found == [(current.publication_id,)] * len(facts[table]), view
    assert sorted(rows(warehouse, "publications", "is_current, as_of_date")) == [
        (False, nights.AS_OF),
        (True, nights.AS_OF),
    ]


@pytest.mark.parametrize("listed", CASE_LISTS.values(), ids=list(CASE_LISTS))
def test_every_case_list_is_a_view_with_its_rows(warehouse: sa.Engine, listed: CaseList) -> None:
    facts = nights.facts(people=60)
    publish(warehouse, manifest=nights.manifest(), tables=facts)
    wanted = rows_of(listed, facts)
    key = listed.table.key[0]
    assert len(wanted)
    assert {r[0] for r in rows(warehouse, listed.view, key)} == set(wanted[key])


def test_a_case_list_without_a_row_is_an_empty_view(warehouse: sa.Engine) -> None:
    facts = {name: frame.head(0) for name, frame in nights.facts(people=60).items()}
    publish(warehouse, manifest=nights.manifest(), tables=facts)
    for listed in CASE_LISTS.values():
        assert rows(warehouse, listed.view) == [], listed.name


def test_bands_in_sql_are_those_of_the_frames(warehouse: sa.Engine) -> None:
    facts = nights.facts(people=60)
    limits = LINK_PROBABILITIES.limits
    edges = [edge for limit in limits for edge in (limit - 1e-9, limit, limit + 1e-9)]
    links = results.LINKS.of(facts)
    links["probability"] = [edges[place % len(edges)] for place in range(len(links))]
    publish(warehouse, manifest=nights.manifest(), tables=facts)
    with warehouse.connect() as connection:
        query = "SELECT band, sum(link_count)::int FROM report.link_bands GROUP BY band"
        found = {row.band: row[1] for row in connection.execute(sa.text(query))}
    assert found == LINK_PROBABILITIES.of(links["probability"]).value_counts().to_dict()


def test_counts_stand_in_for_quarantined_rows_and_links(warehouse: sa.Engine) -> None:
    facts = nights.facts(people=60)
    publish(warehouse, manifest=nights.manifest(), tables=facts)
    total = sum(int(str(r[0])) for r in rows(warehouse, "quarantine_counts", "row_count"))
    assert total == len(facts["nightly.quarantine"])
    found = dict(rows(warehouse, "link_counts", "outcome, row_count"))
    assert found == facts["nightly.links"]["outcome"].value_counts().to_dict()


def test_every_table_of_a_publication_is_in_a_view_or_counted_there() -> None:
    counted = {
        results.QUARANTINE.full_name: "quarantine_counts",
        results.LINKS.full_name: "link_counts",
        results.IDENTITIES.full_name: "episodes",
        results.IDENTITY_CHANGES.full_name: "identity_change_counts",
    }
    views = {view.name: set(view.columns) for view in VIEWS if view.schema == "report"}
    assert set(counted.values()) <= set(views)
    for table in results.NIGHTLY.values():
        wanted = {f.name for f in table.fields if not f.personal and f.name != "source_key"}
        assert table.full_name in counted or any(wanted <= columns for columns in views.values()), (
            table.full_name
        )


def test_every_column_of_every_view_says_what_it_holds(warehouse: sa.Engine) -> None:
    with warehouse.connect() as connection:
        comments = connection.execute(
            sa.text(
                "SELECT c.relname, a.attname, col_description(c.oid, a.attnum) "
                "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
                "WHERE c.relkind = 'v' AND c.relnamespace::regnamespace::text = 'report'"
            )
        ).all()
    assert {row[0] for row in comments} == {v.name for v in VIEWS if v.schema == "report"}
    assert all(row[2] for row in comments)


def test_no_view_shows_anything_personal() -> None:
    personal = {f.name for table in results.NIGHTLY.values() for f in table.fields if f.personal}
    assert {"prisoner_number", "cid_person_id", "row", "row_key", "person_id"} <= personal
    for view in VIEWS:
        if view.schema != "report":
            continue
        assert not personal & set(view.columns), view.name
        assert "source_key" not in view.columns
