"""What to do next: two lists, each ranked from 1, and the same wherever they are shown."""

import re
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.samples.report_nights import AS_OF, invent
from jobs.contract.case_lists import CASE_LISTS
from jobs.contract.view_models import Action, ActionList, Reader
from jobs.report import About, SummaryWriter, action_lists, next_actions, render_site, rows_of
from jobs.report.lists.next_actions import NextActions

WORLD = invent(episodes=4_000)
ABOUT = About(as_of=AS_OF, publication_id="3f2a")


@pytest.fixture(scope="module")
def found() -> NextActions:
    return next_actions(WORLD.facts)


def with_days(*days: int | None) -> dict[str, pd.DataFrame]:
    """The invented publication, of which only so many are due, so many days before release."""
    assessments = WORLD.facts["nightly.assessments"]
    due = assessments[assessments["status"].eq("DUE")].head(len(days))
    changed = due.assign(days_to_release=pd.array(list(days), dtype="Int64"))
    return {**WORLD.facts, "nightly.assessments": changed.reset_index(drop=True)}


@pytest.mark.parametrize(
    ("days", "ahead", "held"),
    [
        pytest.param(0, 1, 0, id="leaves today"),
        pytest.param(7, 1, 0, id="in seven days"),
        pytest.param(8, 0, 0, id="in eight days"),
        pytest.param(-1, 0, 1, id="yesterday"),
        pytest.param(None, 0, 0, id="nobody knows when"),
    ],
)
def test_who_is_on_which_list(days: int | None, ahead: int, held: int) -> None:
    found = next_actions(with_days(days))
    assert (len(found.ahead), len(found.held)) == (ahead, held)


def test_each_list_is_ranked_from_one_and_the_first_is_how_the_list_of_those_due_begins(
    found: NextActions,
) -> None:
    assert len(found.ahead) > 3
    assert len(found.held) > 3
    for rows in (found.ahead, found.held):
        assert rows["priority"].tolist() == list(range(1, len(rows) + 1))
    due = rows_of(CASE_LISTS["due"], WORLD.facts)
    assert due["priority"].tolist() == list(range(1, len(due) + 1))
    pd.testing.assert_frame_equal(due.head(len(found.ahead)), found.ahead)


def test_who_has_been_taken_on_leaves_no_gap_in_the_ranks(found: NextActions) -> None:
    taken = found.ahead["episode_id"].iloc[1]
    left = found.without({taken})
    assert taken not in set(left.ahead["episode_id"])
    assert left.ahead["priority"].tolist() == list(range(1, len(found.ahead)))


def test_a_prison_and_a_team_have_theirs(found: NextActions) -> None:
    prison = found.every["prison_id"].iloc[0]
    mine = next_actions(WORLD.facts, prisons=[prison]).every
    whole = found.every
    assert (
        mine["episode_id"].tolist()
        == whole.loc[whole["prison_id"].eq(prison), "episode_id"].tolist()
    )
    backlog = WORLD.facts["nightly.backlog"]
    theirs = next_actions(WORLD.facts, teams=["Team 1"]).every
    of_team = set(backlog.loc[backlog["team"].eq("Team 1"), "case_id"])
    assert set(theirs["case_id"]) <= of_team
    assert not set(next_actions(WORLD.facts, teams=["No such team"]).every["episode_id"])


def test_email_first_page_and_command_line_name_the_same_in_the_same_order(
    found: NextActions,
    tmp_path: Path,
) -> None:
    summary = SummaryWriter(facts=WORLD.facts, about=ABOUT).for_reader(Reader())
    printed = action_lists(found, WORLD.facts)
    assert summary.actions == printed
    render_site(facts=WORLD.facts, about=ABOUT, folder=tmp_path)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    for name, listed in zip(("ahead", "held"), printed, strict=True):
        table = page.partition(f'id="{name}-rows-caption"')[2].partition("</table>")[0]
        shown = re.findall(r'<th scope="row">.*?<bdi>(E\d+)</bdi>', table)
        assert shown == [action.episode_id for action in listed.actions]
        assert len(shown) == min(10, listed.total)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        pytest.param(0, "release today, 25 April 2006", id="today"),
        pytest.param(1, "release in 1 day, 25 April 2006", id="tomorrow"),
        pytest.param(-1, "held 1 day past the earliest release date, 25 April 2006", id="past"),
        pytest.param(None, "no release date known", id="not known"),
    ],
)
def test_when_somebody_may_leave_is_said_without_a_minus_sign(days: int | None, words: str) -> None:
    action = Action(
        rank=1, episode_id="E1", prison="A", release_date=AS_OF, days_to_release=days, why="w"
    )
    assert action.release == words
    assert action.line == f" 1. E1, A, {words}: w"


def test_the_heading_says_how_many_of_how_many() -> None:
    action = Action(
        rank=1, episode_id="E1", prison="A", release_date=None, days_to_release=None, why="w"
    )
    assert ActionList(title="T", actions=(action,), total=12).heading == "T: the first 1 of 12"
    assert ActionList(title="T", actions=(action,), total=1).heading == "T: 1"
