"""Taking on a next action: checked, confirmed, for a while; never a missed release."""

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from click.testing import Result

from benchmarks.samples import nights
from benchmarks.samples.nights import AS_OF
from jobs.contract import results
from jobs.contract.case_lists import UNCONSIDERED
from jobs.contract.view_models import Reader
from jobs.report import next_actions, part_folder, rows_of
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import load_settings
from jobs.warehouse import acknowledgements, publish
from tests.commands.conftest import Published

UNTIL = str(AS_OF + timedelta(days=3))
PAGE = '<h1>First</h1><div id="taken-on"></div>'


@pytest.fixture
def night(published: Published) -> dict[str, pd.DataFrame]:
    """A night with somebody to be released in three days, whom nobody has considered."""
    found = nights.facts(seed=2)
    episodes = found[results.ASSESSMENTS.full_name]
    first = episodes.index[0]
    soon = pd.Timestamp(AS_OF) + pd.Timedelta(days=3)
    changed = {"status": "DUE", "is_due": True, "is_in_custody": True, "is_released": False,
               "days_to_release": 3, "earliest_release_date": soon, "priority": 1}  # fmt: skip
    for name, value in changed.items():
        episodes.loc[first, name] = value
    publish(published.engine, manifest=nights.manifest(landing="c"), tables=found)
    return found


@pytest.fixture
def action(night: dict[str, pd.DataFrame]) -> str:
    """An episode of the next actions."""
    return str(next_actions(night).every["episode_id"].iloc[0])


def take_on(published: Published, episode: str, *more: str, until: str = UNTIL) -> Result:
    return published.run(
        "ack", "add", episode, "--as-of", str(AS_OF), "--owner", "A. Manager",
        "--reason", "papers are on their way", "--until", until, *more,
    )  # fmt: skip


def first_page() -> Path:
    page = load_settings().data_dir / "pages" / str(AS_OF) / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text(PAGE)
    return page


def test_an_action_is_taken_on_listed_shown_and_withdrawn(
    published: Published, action: str
) -> None:
    page = first_page()
    assert take_on(published, action, "--yes").exit_code == 0
    listed = published.run("ack", "list", "--as-of", str(AS_OF)).stdout
    for said in (action, "A. Manager", "papers are on their way", UNTIL):
        assert said in listed
    assert f"{action}, by A. Manager on " in page.read_text()
    assert "papers" not in page.read_text()
    done = published.run(
        "ack", "withdraw", action, "--as-of", str(AS_OF), "--by", "B. Other", "--reason", "wrong"
    )
    assert done.exit_code == 0
    assert page.read_text() == PAGE
    assert action not in published.run("ack", "list", "--as-of", str(AS_OF)).stdout


def test_a_copy_of_the_pages_tells_of_its_own_actions_and_of_no_other(
    published: Published,
    night: dict[str, pd.DataFrame],
    action: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page, file = first_page(), tmp_path / "readers.toml"
    episodes = night[results.ASSESSMENTS.full_name].set_index("episode_id")
    prison = str(episodes.loc[action, "prison_id"])
    readers = [Reader(prisons=(prison,)), Reader(prisons=("ZZI",))]
    file.write_text(
        "".join(
            f'[[recipient]]\naddress = "{n}@a.invalid"\nrole = "R"\nprisons = ["{r.prisons[0]}"]\n'
            for n, r in enumerate(readers)
        )
    )
    monkeypatch.setenv("RECONCILIATION_RECIPIENTS", str(file))
    copies = [page.parent / part_folder(reader) / "index.html" for reader in readers]
    for copy in copies:
        copy.parent.mkdir(parents=True)
        copy.write_text(PAGE)
    assert take_on(published, action, "--yes").exit_code == 0
    assert [action in each.read_text() for each in (page, *copies)] == [True, True, False]


def test_it_is_confirmed_and_a_no_leaves_nothing(published: Published, action: str) -> None:
    asked = take_on(published, action)
    assert "Is that right?" in asked.output
    assert asked.exit_code == 1
    assert acknowledgements(published.engine).empty


def test_it_ends_by_itself(published: Published, action: str) -> None:
    take_on(published, action, "--yes")
    last = AS_OF + timedelta(days=3)
    assert len(acknowledgements(published.engine, as_of=last)) == 1
    assert acknowledgements(published.engine, as_of=last + timedelta(days=1)).empty


@pytest.mark.parametrize("days", [-1, 15])
def test_an_end_before_the_night_or_too_far_off_is_refused(
    published: Published, action: str, days: int
) -> None:
    error = take_on(published, action, "--yes", until=str(AS_OF + timedelta(days=days))).exception
    assert isinstance(error, BadInput)
    assert "before the night, or too far off" in str(error)


def test_a_missed_release_and_a_stranger_cannot_be_taken_on(
    published: Published, action: str, night: dict[str, pd.DataFrame]
) -> None:
    unconsidered = rows_of(UNCONSIDERED, night)["episode_id"]
    missed = str(unconsidered[unconsidered.ne(action)].iloc[0])
    for episode, said in (
        (missed, "was released without consideration"),
        ("E-nobody", "is not among the next actions"),
    ):
        error = take_on(published, episode, "--yes").exception
        assert isinstance(error, BadInput)
        assert said in str(error)
    assert acknowledgements(published.engine).empty
