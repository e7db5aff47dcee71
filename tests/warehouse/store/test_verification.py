"""A warehouse that was altered says where."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from benchmarks.samples import nights
from jobs.contract import results
from jobs.warehouse import Publication, embedded, publish, remove_old
from jobs.warehouse.store.tables import INTERVALS
from jobs.warehouse.store.verification import verify_chain, verify_rows
from tests.conftest import copied

MONTH = nights.AS_OF.replace(month=6)
Alter = Callable[[str], None]


@dataclass(frozen=True)
class Nights:
    """The name of a warehouse that holds three publications, two of one date; to be copied."""

    database: str
    published: list[Publication]


@pytest.fixture(scope="module")
def three(postgres: embedded.EmbeddedServer, empty_warehouse: str) -> Iterator[Nights]:
    nights_of = [
        (nights.manifest(), nights.facts()),
        (nights.manifest(landing="b"), nights.facts(seed=2)),
        (nights.manifest(as_of=MONTH), nights.facts(seed=3)),
    ]
    with copied(postgres, empty_warehouse, "three nights") as engine:
        made = [publish(engine, manifest=each, tables=facts) for each, facts in nights_of]
        engine.dispose()
        yield Nights(database="three nights", published=made)


@pytest.fixture
def warehouse(postgres: embedded.EmbeddedServer, three: Nights) -> Iterator[sa.Engine]:
    with copied(postgres, three.database, "altered") as engine:
        yield engine


@pytest.fixture
def published(three: Nights) -> list[Publication]:
    return three.published


@pytest.fixture
def alter(warehouse: sa.Engine) -> Alter:
    """Run a statement as an owner who first has all triggers pass over it."""

    def do(statement: str) -> None:
        with warehouse.begin() as connection:
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            connection.execute(sa.text(statement))

    return do


def test_what_is_as_it_was_published_has_no_alteration(
    warehouse: sa.Engine, published: list[Publication]
) -> None:
    assert verify_chain(warehouse) == []
    assert [each for of in published for each in verify_rows(warehouse, of)] == []


def kept_in(name: str) -> str:
    kept = INTERVALS.get(name)
    return f"{'nightly' if kept is None else kept.schema}.{results.NIGHTLY[name].name}"


@pytest.mark.parametrize("name", sorted(results.NIGHTLY))
def test_rows_taken_out_of_any_table_are_named(
    warehouse: sa.Engine, published: list[Publication], alter: Alter, name: str
) -> None:
    alter(f"DELETE FROM {kept_in(name)}")
    for of in published:
        (found,) = verify_rows(warehouse, of)
        assert found.where == f"publication [{of.publication_id[:12]}] table [{name}]"
        assert "holds 0 rows" in found.what


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("nightly.reasons", "finding = 'not in scope'"),
        ("nightly.assessments", "status = 'CONSIDERED'"),
        ("nightly.figures", "value = 0"),
        ("nightly.identities", "identity_id = 'another'"),
        ("nightly.links", "outcome = 'linked', probability = 0.123"),
    ],
)
def test_a_changed_value_is_named(
    warehouse: sa.Engine, published: list[Publication], alter: Alter, name: str, change: str
) -> None:
    alter(f"UPDATE {kept_in(name)} SET {change}")
    for of in published:
        (found,) = verify_rows(warehouse, of)
        assert found.where == f"publication [{of.publication_id[:12]}] table [{name}]"
        assert "were changed since" in found.what


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM run.publications WHERE publication_number = 1", "are missing"),
        ("UPDATE run.publications SET published_by = 'another'", "was changed since"),
        ("UPDATE run.publications SET published_at = now()", "was changed since"),
        ("UPDATE run.publications SET override_by = 'a', override_reason = 'b'", "was changed"),
        ("UPDATE run.publications SET manifest = manifest - 'policy_version'", "named after"),
        ("UPDATE run.current SET publication_number = 1 WHERE publication_number = 2",
         "moved without a record"),
        ("DELETE FROM run.current", "pointer is missing"),
    ],
)  # fmt: skip
def test_an_altered_publication_or_pointer_is_named(
    warehouse: sa.Engine, published: list[Publication], alter: Alter, statement: str, said: str
) -> None:
    assert published
    alter(statement)
    assert any(said in str(each) for each in verify_chain(warehouse))


def test_a_list_of_tables_that_was_shortened_is_named(
    warehouse: sa.Engine, published: list[Publication], alter: Alter
) -> None:
    alter("DELETE FROM run.contents WHERE table_name = 'nightly.flags'")
    assert "its list of tables" in str(verify_rows(warehouse, published[0]))


def test_what_retention_removed_is_not_missed(
    warehouse: sa.Engine, published: list[Publication]
) -> None:
    publish(
        warehouse,
        manifest=nights.manifest(as_of=nights.AS_OF.replace(year=2007)),
        tables=nights.facts(),
    )
    assert remove_old(warehouse, keep_days=31)
    assert verify_rows(warehouse, published[0]) == []
