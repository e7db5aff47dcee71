"""A desk with a dozen pairs that wait, for several reviewers."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks.samples.review.waiting_pairs import review_night
from jobs.review.desk import Desk
from jobs.warehouse import Reviewer, embedded, open_warehouse, upgrade

PAIRS = 12
RITA, ROB, VERA = (Reviewer(name=name, channel="page") for name in ("rita", "rob", "vera"))
_MADE, _USED = "a night to review", "a night in review"


@pytest.fixture(scope="session")
def night(postgres: embedded.EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A night published once, to be copied; gives the folder of its landings."""
    folder = tmp_path_factory.mktemp("review")
    engine = open_warehouse(postgres.create_database(_MADE))
    upgrade(engine)
    review_night(engine, data_dir=folder, pairs=PAIRS)
    engine.dispose()
    return folder


@pytest.fixture
def desk(postgres: embedded.EmbeddedServer, night: Path, tmp_path: Path) -> Iterator[Desk]:
    """The night in a database of its own, with its landings in ``tmp_path``."""
    shutil.copytree(night / "landing", tmp_path / "landing")
    server = sa.create_engine(postgres.url(), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{_USED}" TEMPLATE "{_MADE}"'))
    engine = open_warehouse(postgres.url(_USED))
    yield Desk(engine=engine, landings=tmp_path / "landing")
    engine.dispose()
    postgres.drop_database(_USED)
