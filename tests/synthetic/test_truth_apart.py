"""The truth lies apart: no step can read it, and a night is the same with it and without."""

import ast
from collections.abc import Iterator
from typing import NoReturn

import pandas as pd
import pytest

from jobs.contract import results
from jobs.night import Night, run_night
from jobs.operate.databases import warehouse
from jobs.runtime.settings import ROOT, Settings
from jobs.synthetic import World, build_world, write_world
from jobs.synthetic.replay.replay_nights import night_runner
from jobs.warehouse import current_publication, read_table, stop_embedded
from tests.synthetic.conftest import FOUND

pytestmark = pytest.mark.long

LITTLE = 1200
MAY_USE_THE_WORLD = ("jobs/synthetic/", "jobs/commands/", "jobs/__main__.py")


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(seed=4, people=LITTLE, as_of=FOUND)


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory, world: World) -> Iterator[Settings]:
    """A site that ran the night without the truth, as the replay does."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("without"))
    night_runner(settings)(FOUND, lambda: world)
    yield settings
    stop_embedded(settings.data_dir / "postgres")


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory, world: World) -> Iterator[Settings]:
    """A site that ran the night with the truth, and a false one, beside its registers."""
    folder = tmp_path_factory.mktemp("with")
    registers = folder / "registers"
    write_world(world, registers, truth=registers / "truth")
    write_world(build_world(seed=5, people=LITTLE, as_of=FOUND), folder / "other", folder / "truth")
    settings = Settings(data_dir=folder / "data", prison=str(registers), immigration=str(registers))
    run_night(Night.open(as_of=FOUND, label=f"replay {FOUND}", settings=settings))
    yield settings
    stop_embedded(settings.data_dir / "postgres")


def _published(settings: Settings) -> tuple[str, dict[str, pd.DataFrame]]:
    with warehouse(settings) as engine:
        current = current_publication(engine, as_of=FOUND)
        assert current is not None
        tables = {n: read_table(engine, current.publication_id, n) for n in results.NIGHTLY}
        return current.publication_id, tables


def test_a_night_publishes_the_same_with_the_truth_and_without(
    without: Settings, beside: Settings
) -> None:
    (one, tables), (two, others) = _published(without), _published(beside)
    assert one == two
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, others[name])
    pages = [settings.data_dir / "pages" / FOUND.isoformat() for settings in (without, beside)]
    written = [sorted(path for path in folder.rglob("*") if path.is_file()) for folder in pages]
    assert written[0]
    assert [path.relative_to(pages[0]) for path in written[0]] == [
        path.relative_to(pages[1]) for path in written[1]
    ]
    for path, other in zip(*written, strict=True):
        assert path.read_bytes() == other.read_bytes(), path.name


def test_a_replay_goes_on_with_the_nights_it_has_published(without: Settings) -> None:
    def again() -> NoReturn:
        raise AssertionError("a published night was invented again")

    found = night_runner(without)(FOUND, again)
    _, tables = _published(without)
    for table in (results.ASSESSMENTS, results.FIGURES, results.MOVEMENT):
        pd.testing.assert_frame_equal(found[table.full_name], tables[table.full_name])


def test_nothing_but_the_command_line_knows_the_invented_world() -> None:
    sources = [
        path for top in ("jobs", "dags", "expectations") for path in (ROOT / top).rglob("*.py")
    ]
    assert len(sources) > 100
    for path in sources:
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(MAY_USE_THE_WORLD):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                imported = [alias.name for alias in node.names]
            else:
                continue
            assert not any(module.startswith("jobs.synthetic") for module in imported), name
