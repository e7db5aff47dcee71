"""What publishing costs, in counts: no more statements, copies or reads for more rows."""

from collections import Counter

import pytest
import sqlalchemy as sa

from benchmarks.samples import nights
from jobs.contract import results
from jobs.runtime.errors import BadInput
from jobs.warehouse import Publication, audit_written, publications, publish
from jobs.warehouse.store import publishing, reading
from jobs.warehouse.store.publishing import publication


def published(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch, *, people: int) -> Counter[str]:
    """Publish and audit a night of so many people; what was done, by kind."""
    done: Counter[str] = Counter()

    def counted(module: object, name: str) -> None:
        work = getattr(module, name)

        def count(*args: object, **more: object) -> object:
            done[name] += 1
            return work(*args, **more)

        monkeypatch.setattr(module, name, count)

    counted(publishing, "copy_in")
    counted(reading, "copy_out")
    manifest = nights.manifest(landing=f"{people}")

    def audit(connection: sa.Connection) -> None:
        audit_written(connection, publication(connection, manifest.publication_id))

    def statement(*_: object) -> None:
        done["statements"] += 1

    sa.event.listen(engine, "before_cursor_execute", statement)
    publish(engine, manifest=manifest, tables=nights.facts(people=people), audit=audit)
    sa.event.remove(engine, "before_cursor_execute", statement)
    return done


def test_more_rows_cost_no_more_statements_and_each_table_is_written_and_read_once(
    warehouse: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = published(warehouse, monkeypatch, people=10)
    monkeypatch.undo()
    many = published(warehouse, monkeypatch, people=200)
    assert few == many
    assert many["copy_in"] == many["copy_out"] == len(results.NIGHTLY)


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE nightly.assessments SET prison_id = 'X'",
        "DELETE FROM nightly.releases",
        "UPDATE nightly.reasons SET finding = 'nothing'",
    ],
)
def test_rows_that_were_written_otherwise_than_given_are_not_published(
    warehouse: sa.Engine, harm: str
) -> None:
    manifest = nights.manifest()

    def audit(connection: sa.Connection) -> None:
        written: Publication = publication(connection, manifest.publication_id)
        audit_written(connection, written)
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        assert connection.execute(sa.text(harm)).rowcount
        audit_written(connection, written)

    with pytest.raises(BadInput, match="was not written as it was audited"):
        publish(warehouse, manifest=manifest, tables=nights.facts(), audit=audit)
    assert publications(warehouse) == []
