"""What is published is known outside the warehouse, and the two are held against each other."""

import shutil
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks.samples import nights
from jobs.operate.attestation import Attestation, publications_rested_on
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import Settings, load_settings
from jobs.warehouse import Publication, publications, publish
from jobs.warehouse.store.publishing import publication


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an installation of its own."""
    return load_settings(data_dir=tmp_path)


def publish_attested(
    engine: sa.Engine, attestation: Attestation, *, landing: str, confirm: bool = True
) -> Publication:
    manifest = nights.manifest(landing=landing)

    def audit(connection: sa.Connection) -> None:
        attestation.foretell(publication(connection, manifest.publication_id))

    made = publish(engine, manifest=manifest, tables=nights.facts(), audit=audit)
    if confirm:
        attestation.confirm(made)
    return made


def said(engine: sa.Engine, attestation: Attestation) -> list[str]:
    return [str(each) for each in attestation.alterations(engine, of=publications(engine))]


def alter(engine: sa.Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(sa.text(statement))


def test_a_publication_is_attested_and_found_as_it_was(
    warehouse: sa.Engine, settings: Settings
) -> None:
    attestation = Attestation(settings=settings)
    publish_attested(warehouse, attestation, landing="a")
    publish_attested(warehouse, attestation, landing="b")
    assert said(warehouse, attestation) == []
    assert [path.name for path in sorted(attestation.folder.iterdir())] == [
        "00000001.json",
        "00000002.json",
    ]


def test_a_history_written_anew_in_the_warehouse_shows_outside(
    warehouse: sa.Engine, settings: Settings
) -> None:
    attestation = Attestation(settings=settings)
    publish_attested(warehouse, attestation, landing="a")
    with warehouse.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(sa.text("UPDATE run.publications SET published_by = 'another'"))
        connection.execute(
            sa.text(
                "UPDATE run.publications AS p SET chain_digest = "
                "encode(sha256(convert_to(run.said_of(p), 'UTF8')), 'hex')"
            )
        )
    assert said(warehouse, attestation) == [
        "publication number [1]: is not the one that its file attests"
    ]


def test_a_publication_put_in_or_taken_out_by_hand_is_named(
    warehouse: sa.Engine, settings: Settings
) -> None:
    attestation = Attestation(settings=settings)
    publish_attested(warehouse, attestation, landing="a")
    publish(warehouse, manifest=nights.manifest(landing="b"), tables=nights.facts())
    (found,) = said(warehouse, attestation)
    assert found.startswith("publication number [2]: has no file outside")
    alter(warehouse, "DELETE FROM run.publications")
    alter(warehouse, "DELETE FROM run.current")
    assert "publication number [1]: is missing from the warehouse" in said(warehouse, attestation)


def test_a_run_killed_after_its_commit_is_attested_by_the_next(
    warehouse: sa.Engine, settings: Settings
) -> None:
    attestation = Attestation(settings=settings)
    publish_attested(warehouse, attestation, landing="a", confirm=False)
    assert said(warehouse, attestation) == []
    assert (attestation.folder / "00000001.json").exists()


def test_a_run_killed_before_its_commit_leaves_nothing(
    warehouse: sa.Engine, settings: Settings
) -> None:
    attestation = Attestation(settings=settings)

    def audit(connection: sa.Connection) -> None:
        made = publication(connection, nights.manifest().publication_id)
        attestation.foretell(made)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(warehouse, manifest=nights.manifest(), tables=nights.facts(), audit=audit)
    assert said(warehouse, attestation) == []
    assert list(attestation.folder.iterdir()) == []


def test_publications_of_before_are_taken_as_they_are(
    warehouse: sa.Engine, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    publish(warehouse, manifest=nights.manifest(), tables=nights.facts())
    assert said(warehouse, Attestation(settings=settings)) == []
    assert "taken as it is" in caplog.text


def test_a_night_rests_on_nothing_that_was_altered_unless_somebody_answers_for_it(
    warehouse: sa.Engine, settings: Settings
) -> None:
    attestation = Attestation(settings=settings)
    made = publish_attested(warehouse, attestation, landing="a")
    rested_on = publications_rested_on(warehouse, as_of=nights.AS_OF)
    assert rested_on == [made]
    attestation.refuse_altered(warehouse, of=rested_on)
    alter(warehouse, "UPDATE nightly.assessments SET status = 'CONSIDERED'")
    with pytest.raises(BadInput, match=r"table \[nightly.assessments\].*were changed since"):
        attestation.refuse_altered(warehouse, of=rested_on)
    found = attestation.alterations(warehouse, of=rested_on)
    with pytest.raises(BadInput, match="lacks a name or a reason"):
        attestation.accept(found, by="A. Owner", reason=" ")
    attestation.accept(found, by="A. Owner", reason="restored from the backup of Monday")
    attestation.refuse_altered(warehouse, of=rested_on)
    alter(warehouse, "UPDATE nightly.assessments SET status = 'DUE'")
    with pytest.raises(BadInput, match="were changed since"):
        attestation.refuse_altered(warehouse, of=rested_on)


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="needs OpenSSH")
def test_the_key_of_the_site_signs_what_is_published(warehouse: sa.Engine, tmp_path: Path) -> None:
    key, signers = tmp_path / "key", tmp_path / "signers"
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)],
        check=True,
    )
    public = key.with_suffix(".pub").read_text().split()
    signers.write_text(f'site namespaces="deportation-reconciliation" {" ".join(public[:2])}\n')
    settings = load_settings(data_dir=tmp_path / "data", signing_key=key, signers=signers)
    attestation = Attestation(settings=settings)
    publish_attested(warehouse, attestation, landing="a")
    assert said(warehouse, attestation) == []
    path = attestation.folder / "00000001.json"
    path.write_text(path.read_text() + " ")
    assert said(warehouse, attestation) == [
        "publication number [1]: its file lacks the site's signature"
    ]
