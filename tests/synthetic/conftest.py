"""One small history without noise and one with, shared by the tests of the room."""

from datetime import date

import pandas as pd
import pytest

from jobs.contract import registers
from jobs.synthetic import History, World, build_history, on_night

FOUND = date(2006, 4, 25)
PEOPLE = 3000
SEED = 7


@pytest.fixture(scope="session")
def clean_history() -> History:
    return build_history(seed=SEED, people=PEOPLE, noise="none")


@pytest.fixture(scope="session")
def clean(clean_history: History) -> World:
    return on_night(clean_history, as_of=FOUND)


@pytest.fixture(scope="session")
def noisy_history() -> History:
    return build_history(seed=SEED, people=PEOPLE, noise="default")


@pytest.fixture(scope="session")
def noisy(noisy_history: History) -> World:
    return on_night(noisy_history, as_of=FOUND)


def frame(world: World, name: str) -> pd.DataFrame:
    return registers.TABLES[name].frame(world.tables[name])


def truth(world: World, name: str) -> pd.DataFrame:
    return world.truth[name].to_pandas(date_as_object=False)
