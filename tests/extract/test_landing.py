"""A landing is what the register delivered: whole, hashed, used again, never changed."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.samples import deliveries
from benchmarks.samples.gate_stages import rows_checked
from benchmarks.samples.minimal_registers import AS_OF, default_rows, register_tables
from jobs.contract import prison, registers
from jobs.extract import Landing, land, open_landing
from jobs.runtime.errors import BadInput
from jobs.runtime.files import canonical_json, locked, text_digest
from jobs.runtime.settings import ROOT


def land_prison(source: str, folder: Path, **changes: object) -> Landing:
    arguments: dict[str, object] = {
        "register": "prison",
        "source": source,
        "mapping": None,
        "as_of": AS_OF,
        "folder": folder,
    }
    return land(**{**arguments, **changes})  # type: ignore[arg-type]


@pytest.fixture
def source(tmp_path: Path) -> str:
    return deliveries.as_parquet("prison", register_tables(), tmp_path / "a register" / "prison")


def delivered(kind: str, tables: Mapping[str, pa.Table], folder: Path, url: str) -> str:
    match kind:
        case "csv":
            return deliveries.as_csv("prison", tables, folder / "files")
        case "parquet":
            return deliveries.as_parquet("prison", tables, folder / "files")
        case "sqlite":
            return deliveries.as_sqlite("prison", tables, folder / "register.sqlite")
    return deliveries.as_postgres("prison", tables, url)


@pytest.mark.parametrize("kind", ["csv", "parquet", "sqlite", "postgres"])
def test_every_kind_of_source_ends_in_the_same_accepted_rows(
    kind: str, tmp_path: Path, database: str
) -> None:
    tables = register_tables()
    landing = land_prison(delivered(kind, tables, tmp_path, database), tmp_path / "landing")
    checked = rows_checked({**tables, **landing.tables()})
    assert checked.quarantine.empty
    for name in landing.manifest.tables:
        assert checked.accepted[name].equals(tables[name]), name


def test_a_folder_may_hold_both_registers_in_sub_folders(source: str, tmp_path: Path) -> None:
    landing = land_prison(str(Path(source).parent), tmp_path / "landing")
    assert landing.table("prison.persons").num_rows == 3


def test_a_landing_is_used_again_although_the_register_is_gone(
    source: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = land_prison(source, tmp_path / "landing")
    shutil.rmtree(source)
    again = land_prison(source, tmp_path / "landing")
    assert again.folder == first.folder
    assert again.manifest == first.manifest
    said = "prison: the landing of 2006-04-25, as the register wrote it on 2006-04-25 22:00 UTC"
    assert [record.getMessage().startswith(said) for record in caplog.records] == [True]


def test_fetching_again_makes_a_new_landing_and_keeps_the_old_one(
    source: str, tmp_path: Path
) -> None:
    first = land_prison(source, tmp_path / "landing")
    again = land_prison(source, tmp_path / "landing", refetch=True)
    assert (first.folder.name, again.folder.name) == ("001", "002")
    assert first.folder.is_dir()
    assert again.summary() == first.summary()
    latest = open_landing(register="prison", as_of=AS_OF, folder=tmp_path / "landing")
    assert latest.folder == again.folder


def test_another_source_is_fetched_although_a_landing_stands(source: str, tmp_path: Path) -> None:
    land_prison(source, tmp_path / "landing")
    fewer = register_tables(prison_identifiers=[])
    other = deliveries.as_parquet("prison", fewer, tmp_path / "other")
    assert land_prison(other, tmp_path / "landing").table("prison.identifiers").num_rows == 0


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=st.permutations(range(4)))
def test_a_landing_does_not_depend_on_the_order_of_the_rows(
    order: list[int], source: str, tmp_path: Path
) -> None:
    tables = register_tables()
    movements = tables["prison.movements"].take(order)
    other = deliveries.as_parquet(
        "prison", {**tables, "prison.movements": movements}, tmp_path / "shuffled"
    )
    first = land_prison(source, tmp_path / "landing")
    shuffled = land_prison(other, tmp_path / "other landing", refetch=True)
    assert shuffled.manifest.tables == first.manifest.tables


def test_a_changed_value_changes_the_digest(source: str, tmp_path: Path) -> None:
    rows = default_rows("prison.sentences")
    rows[0]["term_years"] = 2
    changed = deliveries.as_parquet(
        "prison", register_tables(prison_sentences=rows), tmp_path / "changed"
    )
    first = land_prison(source, tmp_path / "landing")
    second = land_prison(changed, tmp_path / "landing")
    assert first.manifest.content_digest != second.manifest.content_digest


def as_landed_before(landing: Landing, **changes: str) -> None:
    """Write a landing's manifest as software from before contracts had digests left it."""
    path = landing.folder / "manifest.json"
    inner = json.loads(path.read_text())["manifest"] | changes
    inner.pop("contract_digest", None)
    digest = text_digest(canonical_json(inner))
    path.write_text(canonical_json({"digest": digest, "manifest": inner}))


def test_a_landing_of_a_contract_of_other_content_is_not_used_again(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    landing = land_prison(source, tmp_path / "landing")
    assert land_prison(source, tmp_path / "landing").folder == landing.folder
    wider = tuple(
        dataclasses.replace(field, nullable=False) if field.name == "gender" else field
        for field in prison.PERSONS.fields
    )
    changed = dataclasses.replace(prison.PERSONS, fields=wider)
    monkeypatch.setitem(registers.TABLES, "prison.persons", changed)
    with pytest.raises(BadInput, match=r"is of another contract .* fetch the register again"):
        open_landing(register="prison", as_of=AS_OF, folder=tmp_path / "landing")
    assert land_prison(source, tmp_path / "landing").folder != landing.folder


def test_a_landing_from_before_digests_is_of_the_contract_of_its_version(
    source: str, tmp_path: Path
) -> None:
    landing = land_prison(source, tmp_path / "landing")
    as_landed_before(landing)
    assert land_prison(source, tmp_path / "landing").folder == landing.folder
    as_landed_before(landing, contract_version="1")
    with pytest.raises(BadInput, match=r"another contract \(version \[1\], this is"):
        open_landing(register="prison", as_of=AS_OF, folder=tmp_path / "landing")
    assert land_prison(source, tmp_path / "landing").folder != landing.folder


def test_the_manifest_holds_control_totals_and_no_personal_value(
    source: str, tmp_path: Path
) -> None:
    landing = land_prison(source, tmp_path / "landing")
    sentences = landing.manifest.tables["prison.sentences"]
    assert sentences.rows == 3
    assert sentences.columns["term_years"].total == 10
    assert sentences.columns["sentence_date"].earliest == date(2004, 9, 15)
    assert sentences.columns["sentence_date"].latest == date(2005, 6, 20)
    assert sentences.columns["term_months"].filled == 0
    assert landing.manifest.source_generated_at == datetime(2006, 4, 25, 22, tzinfo=UTC)
    text = (landing.folder / "manifest.json").read_text()
    for personal in ("Bello", "A1001AA", "1970-05-17", "2002/0073319Z"):
        assert personal not in text


def test_columns_beyond_the_contract_are_noted_and_left_behind(tmp_path: Path) -> None:
    tables = register_tables()
    wider = tables["prison.persons"].append_column("shoe_size", pa.array([42, 43, 38]))
    source = deliveries.as_parquet("prison", {**tables, "prison.persons": wider}, tmp_path / "wide")
    landing = land_prison(source, tmp_path / "landing")
    assert landing.manifest.tables["prison.persons"].extra_columns == ["shoe_size"]
    assert "shoe_size" not in landing.table("prison.persons").column_names


@pytest.mark.parametrize("damage", ["cut", "changed", "removed"])
def test_a_damaged_landing_is_refused(damage: str, source: str, tmp_path: Path) -> None:
    landing = land_prison(source, tmp_path / "landing")
    path = landing.folder / "persons.parquet"
    content = path.read_bytes()
    if damage == "removed":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    else:
        path.write_bytes(content.replace(b"Bello", b"Belle"))
    with pytest.raises(BadInput, match=r"persons\.parquet.*removed, cut short or changed"):
        land_prison(source, tmp_path / "landing")


def test_a_changed_manifest_is_refused(source: str, tmp_path: Path) -> None:
    landing = land_prison(source, tmp_path / "landing")
    path = landing.folder / "manifest.json"
    content = json.loads(path.read_text())
    content["manifest"]["tables"]["prison.persons"]["rows"] = 4
    path.write_text(json.dumps(content))
    with pytest.raises(BadInput, match="manifest was changed"):
        open_landing(register="prison", as_of=AS_OF, folder=tmp_path / "landing")


def test_a_date_without_a_landing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is none for this date"):
        open_landing(register="prison", as_of=AS_OF, folder=tmp_path)


@pytest.mark.parametrize(
    ("days", "age"),
    [
        pytest.param(-1, "stale", id="a feed of yesterday"),
        pytest.param(1, "of the future", id="a feed of tomorrow"),
    ],
)
def test_a_feed_of_another_day_is_refused(days: int, age: str, tmp_path: Path) -> None:
    rows = default_rows("prison.feed")
    rows[0]["as_of_date"] = AS_OF + timedelta(days=days)
    source = deliveries.as_parquet("prison", register_tables(prison_feed=rows), tmp_path / "files")
    with pytest.raises(BadInput, match=f"the delivery is {age}"):
        land_prison(source, tmp_path / "landing")
    assert not list((tmp_path / "landing").rglob("*.parquet"))


def test_a_feed_of_two_rows_is_refused(tmp_path: Path) -> None:
    rows = default_rows("prison.feed") * 2
    source = deliveries.as_parquet("prison", register_tables(prison_feed=rows), tmp_path / "files")
    with pytest.raises(BadInput, match="has 2 rows; deliver exactly one"):
        land_prison(source, tmp_path / "landing")


def test_a_second_run_of_the_same_night_is_turned_away(source: str, tmp_path: Path) -> None:
    folder = tmp_path / "landing"
    first = land_prison(source, folder)
    with (
        locked(folder / "prison" / f".{AS_OF}.lock", "the landing"),
        pytest.raises(BadInput, match="another process"),
    ):
        land_prison(source, folder, refetch=True)
    assert land_prison(source, folder).folder == first.folder


def test_what_a_killed_run_left_is_cleared_away(source: str, tmp_path: Path) -> None:
    partial = tmp_path / "landing" / "prison" / AS_OF.isoformat() / ".001.partial"
    partial.mkdir(parents=True)
    (partial / "persons.parquet").write_bytes(b"half a file")
    landing = land_prison(source, tmp_path / "landing")
    assert sorted(path.name for path in landing.folder.parent.iterdir()) == ["001"]


FULL_DISK = """
import sys
from datetime import date
from pathlib import Path
from jobs.runtime.errors import BadInput
from jobs.extract import land
try:
    land(register="prison", source=sys.argv[1], mapping=None, as_of=date(2006, 4, 25),
         folder=Path(sys.argv[2]))
except BadInput as error:
    print(error)
"""


def test_a_full_disk_leaves_one_line_and_no_landing(tmp_path: Path) -> None:
    numbers = [[f"A{n:04d}AA", f"{n * 7919 % 10007}-{n * 104729 % 100003}"] for n in range(9999)]
    persons = [{"prisoner_number": number, "last_name": name} for number, name in numbers]
    source = deliveries.as_parquet(
        "prison", register_tables(prison_persons=persons), tmp_path / "files"
    )
    disk = tmp_path / "small disk"
    disk.mkdir()
    shell = f'mount -t tmpfs -o size=64k tmpfs "{disk}" && "$@"; umount "{disk}"'
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets no user make a small disk")
    run = subprocess.run(
        ["unshare", "-rm", "sh", "-c", shell, "sh", sys.executable, "-c", FULL_DISK, source,
         str(disk / "landing")],
        capture_output=True, text=True, check=False, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert "the disk is full" in run.stdout, run.stderr
    assert len(run.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("change", "key"),
    [
        pytest.param(lambda rows: rows.append_column("shoe_size", rows["gender"]), "extra_columns",
                     id="a column beyond the contract"),
        pytest.param(lambda rows: rows.set_column(
            rows.schema.get_field_index("recorded_at"), "recorded_at",
            rows["recorded_at"].cast(pa.timestamp("us"))), "types", id="another type"),
    ],
)  # fmt: skip
def test_whatever_gives_a_check_result_is_in_the_identity_of_a_publication(
    change: Callable[[pa.Table], pa.Table], key: str, tmp_path: Path
) -> None:
    tables = register_tables()
    source = deliveries.as_parquet("prison", tables, tmp_path / "files")
    before = land_prison(source, tmp_path / "landing").summary()
    pq.write_table(change(tables["prison.persons"]), Path(source) / "persons.parquet")
    after = land_prison(source, tmp_path / "landing", refetch=True).summary()
    assert after["rows"] == before["rows"]
    assert {name for name in before if before[name] != after[name]} >= {key}
