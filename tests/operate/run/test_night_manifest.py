"""A publication names what it depends on, with the texts that it trusts, and what it holds."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks.samples import deliveries, nights
from benchmarks.samples.minimal_registers import register_tables
from jobs.contract.registers import REGISTERS
from jobs.extract import land
from jobs.link import current_model
from jobs.operate.run.night_manifest import (
    EXCEPTIONS,
    NOT_ATTESTED,
    POLICY_OVERRIDES,
    TRUSTED,
    manifest_text,
    night_manifest,
    refuse_other_texts,
    result_digests,
    trusted_texts,
)
from jobs.operate.run.run_folder import RunFolder
from jobs.runtime.errors import BadInput
from jobs.runtime.files import canonical_json, text_digest
from jobs.runtime.settings import load_settings
from jobs.warehouse import Manifest, publish

FIRST, OTHER = "# none yet\n", "# another\n"


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A run that has checked, of a site with a mapping, a file of overrides, and exceptions."""
    (tmp_path / "overrides.toml").write_text(FIRST)
    (tmp_path / "exceptions.toml").write_text(FIRST)
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('[tables.persons]\nname = "people"  # as the site calls it\n')
    settings = load_settings(
        data_dir=tmp_path / "data", policy_overrides=tmp_path / "overrides.toml"
    )
    opened = RunFolder(as_of=nights.AS_OF, label="a", settings=settings, seals={})
    for register in REGISTERS:
        source = Path(deliveries.as_parquet(register, register_tables(), tmp_path / register))
        is_mapped = register == "prison"
        if is_mapped:
            (source / "persons.parquet").rename(source / "people.parquet")
        land(
            register=register,
            source=str(source),
            mapping=mapping if is_mapped else None,
            as_of=nights.AS_OF,
            folder=opened.landings,
        )
    texts = trusted_texts(opened, exceptions=tmp_path / "exceptions.toml")
    opened.leave("check", {}, texts={TRUSTED: canonical_json(texts)})
    return opened


def test_the_manifest_holds_each_trusted_text_with_its_digest(run: RunFolder) -> None:
    model = current_model()
    manifest = night_manifest(run, decisions={}, model=model)
    mapping = canonical_json({"tables": {"persons": {"name": "people"}}})
    assert manifest.trusted == {
        "prison mapping": {"digest": text_digest(mapping), "text": mapping},
        POLICY_OVERRIDES: {"digest": text_digest(FIRST), "text": FIRST},
        EXCEPTIONS: {"digest": text_digest(FIRST), "text": FIRST},
        "linkage model": {"digest": text_digest(model.text), "text": model.text},
    }
    assert Manifest.from_json(json.loads(manifest_text(manifest))) == manifest


@pytest.mark.parametrize("name", ["overrides.toml", "exceptions.toml"])
@pytest.mark.parametrize("is_gone", [True, False])
def test_rules_and_exceptions_are_not_changed_while_a_night_runs(
    name: str, is_gone: bool, run: RunFolder, tmp_path: Path
) -> None:
    exceptions = tmp_path / "exceptions.toml"
    refuse_other_texts(run, exceptions=exceptions)
    if is_gone:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_text(OTHER)
    with pytest.raises(BadInput, match="was changed while the night ran"):
        refuse_other_texts(run, exceptions=exceptions)


def test_the_id_of_a_publication_attests_what_it_holds(run: RunFolder) -> None:
    def identity(facts: nights.Facts) -> str:
        return night_manifest(run, decisions={}, model=current_model(), facts=facts).publication_id

    facts = nights.facts()
    before = identity(facts)
    for name in facts:
        changed = {**facts, name: facts[name].iloc[1:]}
        assert (identity(changed) == before) == (name in NOT_ATTESTED), name
        shuffled = {**facts, name: facts[name].sample(frac=1, random_state=1)}
        assert identity(shuffled) == before


def test_other_results_than_those_attested_are_not_published(warehouse: sa.Engine) -> None:
    facts = nights.facts()
    plain = nights.manifest().as_json()
    attested = Manifest.from_json({**plain, "results": result_digests(facts)})
    edited = {**facts, "nightly.links": facts["nightly.links"].iloc[1:]}
    with pytest.raises(RuntimeError, match=r"attests other results in \['nightly.links'\]"):
        publish(warehouse, manifest=attested, tables=edited)
    publish(warehouse, manifest=attested, tables=facts)
    forged = Manifest.from_json({**plain, "results": result_digests(edited)})
    with pytest.raises(RuntimeError, match=r"other results in \['nightly.links'\]"):
        publish(warehouse, manifest=forged, tables=edited)
