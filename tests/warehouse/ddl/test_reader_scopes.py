"""A reader of some prisons or teams sees their people in every view, and nobody else's."""

import pytest
import sqlalchemy as sa

from benchmarks.samples import nights
from jobs.contract import results
from jobs.warehouse import open_warehouse, publish
from jobs.warehouse.ddl.roles import READER
from jobs.warehouse.ddl.views import VIEWS
from jobs.warehouse.ledgers.reader_scopes import set_scopes
from tests.warehouse.ddl.conftest import Users

PEOPLE = 30
NAMED = {view.name: view for view in VIEWS if "run.sees_everybody" in view.query}


@pytest.fixture
def night(warehouse: sa.Engine, users: Users) -> nights.Facts:
    """A published night of two prisons, in which every row of a case list is of an episode."""
    facts = nights.facts(people=PEOPLE)
    assessed = results.ASSESSMENTS.of(facts)
    assessed["prison_id"] = ["AAI" if n % 3 else "BBI" for n in range(len(assessed))]
    episodes = list(assessed["episode_id"])
    for name, frame in facts.items():
        if name != str(results.ASSESSMENTS) and "episode_id" in frame.columns:
            frame["episode_id"] = [episodes[n % PEOPLE] for n in range(len(frame))]
    for name in (str(results.REASONS), str(results.FLAGS)):
        key = list(results.NIGHTLY[name].key)
        facts[name] = facts[name].drop_duplicates(key, ignore_index=True)
    results.BACKLOG.of(facts)["team"] = "Team 1"
    publish(warehouse, manifest=nights.manifest(policy="2"), tables=facts)
    return facts


def episodes_seen(engine: sa.Engine, view: str) -> set[str]:
    with engine.connect() as connection:
        return set(connection.scalars(sa.text(f"SELECT episode_id FROM report.{view}")))


def test_a_reader_of_a_prison_sees_its_people_in_every_view(
    warehouse: sa.Engine, night: nights.Facts, users: Users
) -> None:
    reader = users.of(READER)
    user = str(reader.url.username)
    assessed = results.ASSESSMENTS.of(night)
    own = set(assessed.loc[assessed["prison_id"] == "BBI", "episode_id"])
    set_scopes(warehouse, {user: (["BBI"], [])})
    assert episodes_seen(reader, "episodes") == own
    for name, view in NAMED.items():
        if "episode_id" in view.columns:
            everybody = episodes_seen(warehouse, name)
            assert episodes_seen(reader, name) == everybody & own, name
    set_scopes(warehouse, {"another": (["BBI"], [])})
    assert episodes_seen(reader, "episodes") == set(assessed["episode_id"])


def test_a_reader_of_a_team_sees_its_cases_and_a_stranger_to_all_sees_none(
    warehouse: sa.Engine, night: nights.Facts, users: Users
) -> None:
    reader = users.of(READER)
    user = str(reader.url.username)
    cases = set(results.BACKLOG.of(night)["episode_id"])
    set_scopes(warehouse, {user: ([], ["Team 1"])})
    assert episodes_seen(reader, "episodes") == cases
    set_scopes(warehouse, {user: (["ZZI"], ["Team 9"])})
    for name, view in NAMED.items():
        if "episode_id" in view.columns:
            assert episodes_seen(reader, name) == set(), name


def test_figures_are_the_same_for_everybody(
    warehouse: sa.Engine, night: nights.Facts, users: Users
) -> None:
    reader = users.of(READER)
    set_scopes(warehouse, {str(reader.url.username): (["ZZI"], [])})
    with reader.connect() as connection:
        found = connection.scalar(sa.text("SELECT count(*) FROM report.figures"))
    assert found == len(results.FIGURES.of(night))


def test_no_reader_widens_what_is_seen(
    warehouse: sa.Engine, night: nights.Facts, users: Users
) -> None:
    reader = users.of(READER)
    set_scopes(warehouse, {str(reader.url.username): (["ZZI"], [])})
    for statement in (
        "DELETE FROM run.reader_scopes",
        "UPDATE run.reader_scopes SET prisons = '{AAI}'",
        "SELECT prison_id FROM nightly.assessments",
        f"SET ROLE {READER}; DELETE FROM run.reader_scopes",
    ):
        with pytest.raises(sa.exc.ProgrammingError), reader.begin() as connection:
            connection.execute(sa.text(statement))
    with reader.connect() as connection:
        # A function that is asked of each row, were it asked first, would tell.
        connection.execute(
            sa.text(
                "CREATE FUNCTION pg_temp.told(text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 "
                "AS $$ BEGIN RAISE EXCEPTION 'told'; END $$"
            )
        )
        rows = connection.execute(
            sa.text("SELECT episode_id FROM report.episodes WHERE pg_temp.told(episode_id)")
        )
        assert rows.all() == []


def test_a_scope_is_of_a_login(warehouse: sa.Engine, night: nights.Facts) -> None:
    owner = str(warehouse.url.username)
    set_scopes(warehouse, {owner: (["BBI"], [])})
    assert len(episodes_seen(warehouse, "episodes")) < PEOPLE
    again = open_warehouse(warehouse.url.render_as_string(hide_password=False))
    set_scopes(again, {})
    assert len(episodes_seen(again, "episodes")) == PEOPLE
    again.dispose()
