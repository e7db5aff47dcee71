"""Parts handed from worker to worker through an object store: a local server that speaks S3."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import fsspec
import pytest

from benchmarks.linkage.local_store import s3_server
from jobs.operate.run.run_folder import RunFolder, measured
from jobs.operate.run.shared_store import SharedStore
from jobs.runtime.errors import BadInput, Unreachable
from jobs.runtime.settings import Settings, load_settings

URL = "s3://nights/production"
PART = "runs/2006-04-25/a/check"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server with an empty bucket."""
    with s3_server("nights") as url:
        yield url


def left(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / PART).mkdir(parents=True, exist_ok=True)
        (folder / PART / name).write_text(text)


def held(folder: Path) -> dict[str, str]:
    return {p.name: p.read_text() for p in (folder / PART).glob("*")}


def test_a_part_comes_to_the_other_worker_whole_and_its_later_word_wins(
    server: str, tmp_path: Path
) -> None:
    one, two = (SharedStore(url=URL, folder=tmp_path / name) for name in ("one", "two"))
    two.fetch(PART)
    assert not (tmp_path / "two").exists()
    left(tmp_path / "one", a="1", b="2")
    one.give(PART)
    two.fetch(PART)
    assert held(tmp_path / "two") == {"a": "1", "b": "2"}
    (tmp_path / "one" / PART / "b").unlink()
    left(tmp_path / "one", a="3")
    one.give(PART)
    two.fetch(PART)
    assert held(tmp_path / "two") == {"a": "3"}
    assert two.parts("runs/2006-04-25/a") == [PART]


def test_a_part_that_was_not_given_whole_is_not_there(server: str, tmp_path: Path) -> None:
    store, _ = fsspec.url_to_fs(URL)
    store.pipe_file("nights/production/landing/prison/2006-04-26/001/x/persons.parquet", b"half")
    two = SharedStore(url=URL, folder=tmp_path)
    assert two.parts("landing/prison/2006-04-26") == []
    two.fetch("landing/prison/2006-04-26/001")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_changed_in_the_store_is_refused(server: str, tmp_path: Path) -> None:
    part = "runs/2006-04-25/b/check"
    (tmp_path / "one" / part).mkdir(parents=True)
    (tmp_path / "one" / part / "a").write_text("1")
    SharedStore(url=URL, folder=tmp_path / "one").give(part)
    store, _ = fsspec.url_to_fs(URL)
    (file,) = store.glob(f"nights/production/{part}/*/a")
    store.pipe_file(file, b"2")
    with pytest.raises(BadInput, match="not what its index says"):
        SharedStore(url=URL, folder=tmp_path / "two").fetch(part)
    assert not (tmp_path / "two" / part).exists()


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        pytest.param("nosuch://bucket/x", BadInput, id="a kind that nobody knows"),
        pytest.param("s3://no-such-bucket/x", Unreachable, id="a bucket that is not there"),
    ],
)
def test_a_wrong_url_is_one_line(
    server: str, tmp_path: Path, url: str, kind: type[Exception]
) -> None:
    left(tmp_path, a="1")
    with pytest.raises(kind) as wrong:
        SharedStore(url=url, folder=tmp_path).give(PART)
    assert "\n" not in str(wrong.value)


class Work(RunFolder):
    """Two steps of a night, of which the second needs the first."""

    @measured
    def check(self) -> dict[str, int]:
        (self.folder / "check").mkdir(parents=True)
        (self.folder / "check" / "rows").write_text("17")
        landing = self.landings / "prison" / self.as_of.isoformat() / "001"
        landing.mkdir(parents=True)
        (landing / "persons.parquet").write_text("p")
        return {"quarantined": 1}

    @measured
    def link(self) -> dict[str, int]:
        landed = self.landings / "prison" / self.as_of.isoformat() / "001" / "persons.parquet"
        assert landed.read_text() == "p"
        return {"linked": int((self.folder / "check" / "rows").read_text())}


def test_steps_on_two_machines_make_one_night(server: str, tmp_path: Path) -> None:
    def worker(name: str) -> Work:
        settings: Settings = load_settings(data_dir=tmp_path / name, shared_store=URL)
        return Work(as_of=date(2006, 4, 27), label="airflow r", settings=settings)

    worker("one").check()
    assert worker("two").link() == {"linked": 17}
    third = worker("three")
    third.fetch_shared()
    assert {name: record.state for name, record in third.records.all().items()} == {
        "check": "done",
        "link": "done",
    }
