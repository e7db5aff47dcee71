"""A field that the invented world never fills is tried by no test with a world: it is named here.

Each is allowed for a reason and until a day; one that is filled, or whose day has passed, fails.
"""

from datetime import date
from typing import Final

import pytest

from jobs.contract.registers import TABLES
from jobs.synthetic import World
from jobs.synthetic.world import build_world

pytestmark = pytest.mark.slow

_ALIAS: Final = "aliases are names as somebody once gave them, in two parts"
_OVERRIDE: Final = (
    "release points are worked out, none is entered by hand; examples of release dates cover it"
)
ALLOWED: Final = {
    "prison.aliases.middle_names": _ALIAS,
    "immigration.aliases.middle_names": _ALIAS,
    "prison.episodes.conditional_release_override_date": _OVERRIDE,
    "prison.episodes.automatic_release_override_date": _OVERRIDE,
    "prison.sentences.term_weeks": "courts of the invented world pass years, months and days; "
    "examples of sentence lengths cover it",
}
UNTIL: Final = date(2027, 11, 30)
"""By then the world fills them or somebody has looked again."""


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(seed=2006, people=12_000, as_of=date(2006, 4, 25))


def test_every_field_that_no_record_of_the_invented_world_fills_is_known(world: World) -> None:
    empty = {
        f"{name}.{column}"
        for name, table in TABLES.items()
        for column in table.columns
        if world.tables[name].column(column).null_count == world.tables[name].num_rows
    }
    assert empty == set(ALLOWED)


def test_the_reasons_have_not_run_out() -> None:
    assert date.today() <= UNTIL  # noqa: DTZ011
