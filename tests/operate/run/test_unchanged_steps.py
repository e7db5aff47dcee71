"""A step is done again only where it would read something else than for the current publication."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

import jobs.night
from benchmarks.samples.minimal_registers import AS_OF
from jobs.contract.registers import REGISTERS
from jobs.night import Night, run_night
from jobs.operate.run import unchanged_steps
from jobs.operate.run.sealed_parts import LEAVES, SEAL
from jobs.runtime.settings import ROOT, Settings
from jobs.warehouse import embedded, open_warehouse, publications, record_decision, upgrade
from tests.conftest import copied
from tests.operate.minimal_site import House

pytestmark = pytest.mark.slow

PUBLISHED = "a published night"
WORK = {
    "check": "check_night",
    "link": "link_registers",
    "assess": "assess",
    "report": "render_pages",
}
"""What each step does that takes its time."""


@contextmanager
def worked() -> Iterator[Counter[str]]:
    """Count which steps do their work."""
    done: Counter[str] = Counter()

    def counting(step: str, function: Callable[..., object]) -> Callable[..., object]:
        def count(*args: object, **kwargs: object) -> object:
            done[step] += 1
            return function(*args, **kwargs)

        return count

    patches = [
        mock.patch.object(jobs.night, name, counting(step, getattr(jobs.night, name)))
        for step, name in WORK.items()
    ]
    for patch in patches:
        patch.start()
    try:
        yield done
    finally:
        for patch in patches:
            patch.stop()


def test_what_a_step_is_known_by_is_installed_where_nights_run() -> None:
    pinned = {
        line.partition("==")[0]
        for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    }
    assert set(unchanged_steps.LIBRARIES) <= pinned


@pytest.fixture(scope="module")
def published(
    postgres: embedded.EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A site that has published a night."""
    folder = tmp_path_factory.mktemp("a published night")
    url = postgres.create_database(PUBLISHED)
    engine = open_warehouse(url)
    upgrade(engine)
    house = House(folder, Settings(data_dir=folder / "data", warehouse=url), engine)
    house.run(AS_OF)
    engine.dispose()
    yield house
    postgres.drop_database(PUBLISHED)


@pytest.fixture
def house(postgres: embedded.EmbeddedServer, published: House, tmp_path: Path) -> Iterator[House]:
    """A copy of the site, to be changed."""
    shutil.copytree(published.settings.data_dir, tmp_path / "data")
    with copied(postgres, PUBLISHED, "unchanged") as engine:
        settings = Settings(data_dir=tmp_path / "data", warehouse=postgres.url("unchanged"))
        yield House(published.folder, settings, engine)


@pytest.fixture
def first(house: House) -> Night:
    """The night that is published, for whoever looks at its parts."""
    return replace(house.deliver(AS_OF), seals=None)


def again(night: Night, **settings: object) -> Night:
    """Another run of the same night."""
    changed = night.settings.model_copy(update=settings)
    return Night(as_of=night.as_of, label="another run", settings=changed)


def test_an_unchanged_night_does_no_step_again_and_is_the_same(first: Night) -> None:
    other = again(first)
    with worked() as done:
        assert run_night(other) == first.part("report").text("publication")
    assert not done
    for part in (part for parts in LEAVES.values() for part in parts if " " not in part):
        assert other.part(part).seal == first.part(part).seal
        assert other.part(part).names() == first.part(part).names()
    counts = [{name: r.counts for name, r in run.records.all().items()} for run in (first, other)]
    assert counts[0] == counts[1] | {"self_test": counts[0]["self_test"]}
    # What a reader of pages finds is the night's, placed anew.
    assert (other.pages / "index.html").is_file()


def test_the_same_rows_by_another_fetch_are_the_same(house: House, first: Night) -> None:
    """As after a database has moved to another address: the landing is new, its content is not."""
    other = again(first)
    for register in REGISTERS:
        other.extract(register, fetch_again=True)
    with worked() as done:
        assert run_night(other) == first.part("report").text("publication")
    assert not done
    fetched = [other.landing(register).manifest.fetch for register in REGISTERS]
    assert fetched == [2, 2]
    assert len(publications(house.engine)) == 1


@pytest.mark.long
def test_every_step_is_done_again_where_a_site_wants_it(first: Night) -> None:
    with worked() as done:
        made = run_night(again(first, repeat_unchanged=True))
    assert made == first.part("report").text("publication")
    assert done == Counter(WORK.keys())


def edit_a_file(night: Night) -> None:
    path = night.folder / "link" / "nightly.links.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def write_the_seal_anew(night: Night) -> None:
    path = night.folder / "link" / SEAL
    path.write_text(path.read_text().replace('"files":{', '"files":{"x":"y",'))


def remove_the_part(night: Night) -> None:
    shutil.rmtree(night.folder / "link")


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(edit_a_file, id="a file was edited"),
        pytest.param(write_the_seal_anew, id="a seal was written anew"),
        pytest.param(remove_the_part, id="a part was removed"),
    ],
)
def test_a_part_that_is_not_as_it_was_left_is_made_again(
    first: Night, spoil: Callable[[Night], None]
) -> None:
    made = first.part("report").text("publication")
    spoil(first)
    with worked() as done:
        assert run_night(again(first)) == made
    assert set(done) == {"link"}


@pytest.mark.long
def test_other_software_does_every_step_again(first: Night) -> None:
    other = {"code": "another"}
    with mock.patch.object(unchanged_steps, "software", return_value=other), worked() as done:
        run_night(again(first))
    assert done == Counter(WORK.keys())


@pytest.mark.long
def test_another_decision_does_all_but_the_check_again(house: House, first: Night) -> None:
    record_decision(
        house.engine,
        prisoner_number="A1002AA",
        cid_person_id="P1",
        judgement="must_not_link",
        reviewer="A. Reviewer",
        reason="another photograph",
    )
    with worked() as done:
        run_night(again(first))
    assert set(done) == set(WORK) - {"check"}


def test_a_step_whose_input_changed_is_done_and_those_before_it_are_not(first: Night) -> None:
    with worked() as done:
        run_night(again(first, pages_url="https://reports.example/"))
    assert set(done) == {"report"}
