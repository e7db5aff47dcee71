"""What a step reads is what the step before wrote: whatever is edited between them is refused."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from benchmarks.samples import deliveries, nights
from benchmarks.samples.minimal_registers import register_tables
from jobs.contract import results
from jobs.extract import land
from jobs.extract.landing_manifest import write_manifest
from jobs.operate.run.run_folder import RunFolder
from jobs.operate.run.run_outcomes import steps_of
from jobs.operate.run.sealed_parts import LANDING, SEAL
from jobs.runtime.errors import BadInput
from jobs.runtime.files import canonical_json, file_digest
from jobs.runtime.settings import load_settings

LINKS = results.LINKS.full_name


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A run that has checked and linked."""
    opened = RunFolder(
        as_of=nights.AS_OF, label="a", settings=load_settings(data_dir=tmp_path), seals={}
    )
    opened.leave("check", {}, inputs={"follows": "x"}, texts={"trusted.json": "{}"})
    opened.leave("link", {LINKS: nights.rows(results.LINKS, 3)})
    return opened


def seal_anew(part: Path) -> None:
    """What somebody does who knows how a part is sealed."""
    seal = json.loads((part / SEAL).read_text())
    files = [p for p in sorted(part.rglob("*")) if p.is_file() and p.name != SEAL]
    seal["files"] = {p.relative_to(part).as_posix(): file_digest(p) for p in files}
    (part / SEAL).write_text(canonical_json(seal) + "\n")


def edit(part: Path) -> None:
    path = part / f"{LINKS}.parquet"
    frame = results.LINKS.frame(results.LINKS.arrow(pd.read_parquet(path)))
    pq.write_table(results.LINKS.arrow(frame.iloc[:1]), path)


def test_a_part_is_read_as_it_was_left(run: RunFolder) -> None:
    pd.testing.assert_frame_equal(
        run.facts("link")[LINKS],
        results.LINKS.frame(results.LINKS.arrow(nights.rows(results.LINKS, 3))),
    )
    assert run.inputs("check") == {"follows": "x"}
    assert run.sealed_by("link").keys() == {"link"}
    assert run.sealed_by("check").keys() == {"check"}


def test_an_edited_file_is_refused_in_one_line_that_says_what_to_do(run: RunFolder) -> None:
    edit(run.folder / "link")
    with pytest.raises(BadInput) as refused:
        run.facts("link")
    assert str(refused.value) == (
        f"part [link] of run [a]: file [{LINKS}.parquet] was removed or changed since the step "
        "left it; run the step [link] and those after it again"
    )


def test_a_seal_written_anew_to_fit_an_edited_file_is_refused(run: RunFolder) -> None:
    edit(run.folder / "link")
    seal_anew(run.folder / "link")
    with pytest.raises(BadInput, match="its seal was changed"):
        run.facts("link")
    looking = replace(run, seals=None)
    assert len(looking.facts("link")[LINKS]) == 1


@pytest.mark.parametrize("kind", ["a file removed", "the part removed", "the seal removed"])
def test_what_is_gone_is_refused(kind: str, run: RunFolder) -> None:
    part = run.folder / "link"
    match kind:
        case "a file removed":
            (part / f"{LINKS}.parquet").unlink()
        case "the part removed":
            shutil.rmtree(part)
        case _:
            (part / SEAL).unlink()
    with pytest.raises(BadInput, match=r"part \[link\] of run \[a\]"):
        run.facts("link")


def test_a_file_put_in_beside_those_of_the_step_is_not_read(run: RunFolder) -> None:
    name = results.RELEASES.full_name
    shutil.copy(run.folder / "link" / f"{LINKS}.parquet", run.folder / "link" / f"{name}.parquet")
    assert set(run.facts("link")) == {LINKS}


def test_a_part_of_another_run_of_this_night_is_refused(run: RunFolder) -> None:
    other = replace(run, label="b", seals={})
    other.leave("check", {}, inputs={"follows": "y"})
    other.leave("link", {LINKS: nights.rows(results.LINKS, 2)})
    shutil.rmtree(run.folder / "link")
    shutil.copytree(other.folder / "link", run.folder / "link")
    with pytest.raises(BadInput, match="its seal was changed"):
        run.facts("link")
    handed = replace(run, seals={**run.seals, "link": other.seals["link"]})  # type: ignore[index,dict-item]
    with pytest.raises(BadInput, match=r"was made from another \[check\]"):
        handed.facts("link")


def test_what_no_step_has_handed_on_is_refused(run: RunFolder) -> None:
    with pytest.raises(BadInput, match="has no digest handed on"):
        replace(run, seals={}).facts("link")


def test_a_step_done_again_from_the_same_parts_has_the_same_digest(run: RunFolder) -> None:
    before = run.sealed_by("link")
    run.leave("link", {LINKS: nights.rows(results.LINKS, 3)})
    assert run.sealed_by("link") == before
    run.leave("check", {}, inputs={"follows": "z"})
    run.leave("link", {LINKS: nights.rows(results.LINKS, 3)})
    assert run.sealed_by("link") != before


def test_a_part_is_copied_without_what_lies_beside_its_files(
    run: RunFolder, tmp_path: Path
) -> None:
    (run.folder / "check" / "notes.txt").write_text("put in by hand")
    run.part("check").copy_to(tmp_path / "copy")
    assert sorted(p.name for p in (tmp_path / "copy").iterdir()) == ["inputs.json", "trusted.json"]


def test_a_landing_whose_manifest_was_written_anew_is_refused(tmp_path: Path) -> None:
    run = RunFolder(
        as_of=nights.AS_OF, label="a", settings=load_settings(data_dir=tmp_path), seals={}
    )
    source = deliveries.as_parquet("prison", register_tables(), tmp_path / "a register")
    arguments = {"register": "prison", "source": source, "mapping": None, "as_of": nights.AS_OF}
    landed = land(**arguments, folder=run.landings)  # type: ignore[arg-type]
    assert run.seals is not None
    run.seals[f"{LANDING} prison"] = landed.manifest.digest
    assert run.landing("prison") == landed
    newer = land(**arguments, folder=run.landings, refetch=True)  # type: ignore[arg-type]
    assert newer.folder != landed.folder
    assert run.landing("prison") == landed, "another run fetched the register again meanwhile"
    write_manifest(manifest=replace(landed.manifest, source="another"), folder=landed.folder)
    with pytest.raises(BadInput, match="was changed since it was fetched"):
        run.landing("prison")


def test_the_run_log_takes_no_digest_from_the_runs_folder(run: RunFolder) -> None:
    with run.records.measure("check") as measuring:
        measuring.gave({}, seals=run.sealed_by("check"))
    record = run.folder / "steps" / "check" / "record.json"
    honest = run.sealed_by("check")
    record.write_text(record.read_text().replace(honest["check"], "0" * 64))
    assert steps_of(replace(run, seals=None))["check"]["seals"] == {"check": "0" * 64}
    assert steps_of(run)["check"]["seals"] == honest
