"""A person's numbers go from every table that was published, and it is verified against that."""

import pandas as pd
import pytest
import sqlalchemy as sa

from benchmarks.samples import nights
from jobs.contract import results
from jobs.operate.attestation import Attestation
from jobs.operate.persons.held_rows import NUMBERS, HeldRows
from jobs.operate.persons.person_ids import PersonIds
from jobs.runtime.settings import Settings
from jobs.warehouse import Publication, publications, publish, read_table
from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.publishing import publication

PERSON, EPISODE = "person_id-0000003", "episode_id-0000002"
IDS = PersonIds(persons=frozenset({PERSON}), records=frozenset({EPISODE}))


def published(engine: sa.Engine, attestation: Attestation, *, landing: str) -> Publication:
    manifest = nights.manifest(landing=landing)

    def audit(connection: sa.Connection) -> None:
        attestation.foretell(publication(connection, manifest.publication_id))

    made = publish(engine, manifest=manifest, tables=nights.facts(), audit=audit)
    attestation.confirm(made)
    return made


def erased(engine: sa.Engine, attestation: Attestation) -> None:
    rows = HeldRows(engine=engine, ids=IDS)
    with transaction(engine) as connection:
        entries = rows.erase(connection, IDS.pseudonyms())
        attestation.attest_erasures(connection, entries)
    rows.vacuum()


@pytest.fixture
def attestation(tmp_path: object) -> Attestation:
    return Attestation(settings=Settings(data_dir=tmp_path))  # type: ignore[arg-type]


def test_numbers_go_from_every_publication_and_every_other_value_stays(
    warehouse: sa.Engine, attestation: Attestation
) -> None:
    made = [published(warehouse, attestation, landing=landing) for landing in "ab"]
    held = dict(HeldRows(engine=warehouse, ids=IDS).counts())
    assert {"nightly.assessments", "nightly.reasons", "registry.identities"} <= held.keys()
    before = {
        (each.number, name): read_table(warehouse, each.publication_id, name)
        for each in made
        for name in results.NIGHTLY
    }
    erased(warehouse, attestation)
    assert dict(HeldRows(engine=warehouse, ids=IDS).counts()) == {}
    for each in made:
        for name, table in results.NIGHTLY.items():
            after = read_table(warehouse, each.publication_id, name)
            old = before[each.number, name]
            assert len(after) == len(old), name
            kept = [c for c in table.columns if c not in (*table.key, *NUMBERS)] or list(table.key)
            same = ~old.astype("str").isin([PERSON, EPISODE]).any(axis=1)
            rest = after[~_is_pseudonymous(after)]
            assert _said(old.loc[same, kept]) == _said(rest[kept]), name
    assert attestation.alterations(warehouse, of=publications(warehouse)) == []


def _said(frame: pd.DataFrame) -> list[str]:
    return sorted(map(str, frame.astype("object").itertuples(index=False, name=None)))


def _is_pseudonymous(frame: pd.DataFrame) -> "pd.Series[bool]":
    return frame.astype("str").apply(lambda c: c.str.startswith("erased-")).any(axis=1)


def test_a_row_altered_after_an_erasure_is_named_as_any_other(
    warehouse: sa.Engine, attestation: Attestation
) -> None:
    published(warehouse, attestation, landing="a")
    erased(warehouse, attestation)
    with warehouse.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            sa.text("UPDATE nightly.assessments SET episode_id = 'x' WHERE episode_id ~ '^erased'")
        )
    (found,) = attestation.alterations(warehouse, of=publications(warehouse))
    assert "table [nightly.assessments]" in str(found)


def test_the_next_publication_holds_what_it_was_given(
    warehouse: sa.Engine, attestation: Attestation
) -> None:
    """The register delivers the person again: what was erased is not taken for unchanged."""
    published(warehouse, attestation, landing="a")
    erased(warehouse, attestation)
    again = published(warehouse, attestation, landing="b")
    for name, table in results.NIGHTLY.items():
        assert table.arrow(read_table(warehouse, again.publication_id, name)) == table.arrow(
            nights.facts()[name].sort_values(list(table.key), ignore_index=True)
        ), name
    assert attestation.alterations(warehouse, of=publications(warehouse)) == []


def test_an_erasure_that_was_put_in_by_hand_excuses_no_altered_row(
    warehouse: sa.Engine, attestation: Attestation
) -> None:
    made = published(warehouse, attestation, landing="a")
    with warehouse.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO run.erasures (publication_number, table_name, digest) "
                "VALUES (1, 'nightly.flags', 'x')"
            )
        )
    (first, *_) = attestation.alterations(warehouse, of=[made])
    assert str(first) == "erasure number [1]: has no file outside: it was put in by hand"
    with warehouse.begin() as connection, pytest.raises(sa.exc.DBAPIError):
        connection.execute(sa.text("DELETE FROM run.erasures"))
