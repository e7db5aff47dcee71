"""What was published can be listed, shown, compared, and read as it stood at any moment."""

import json
from datetime import UTC, datetime

import pytest

from benchmarks.samples.nights import AS_OF
from jobs.commands.publications.publication_texts import LONDON, find_publication, moment
from jobs.runtime.errors import BadInput
from jobs.warehouse import read_table
from tests.commands.conftest import Published

NIGHT = str(AS_OF)


def test_the_list_tells_the_current_publication_from_the_superseded(published: Published) -> None:
    lines = published.run("publications", "list").stdout.splitlines()
    first, second = (line for line in lines if NIGHT in line)
    assert "superseded" in first
    assert published.first.publication_id[:12] in first
    assert "current" in second
    assert published.second.publication_id[:12] in second
    assert published.first.publication_id[:12] in second
    assert published.run("publications", "list", "--as-of", "2001-01-01").stdout.count(NIGHT) == 0


def test_a_publication_is_shown_with_what_went_into_it(published: Published) -> None:
    for name in (published.first.publication_id, published.first.publication_id[:8]):
        said = published.run("publications", "show", name).stdout
        assert published.first.content_digest in said
        assert '"code_version": "1"' in said
    assert '"code_version": "2"' in published.run("publications", "show", NIGHT).stdout


def test_a_difference_names_inputs_figures_and_causes(published: Published) -> None:
    done = published.run(
        "publications", "diff", published.first.publication_id, published.second.publication_id
    )
    assert done.exit_code == 0, done.output
    assert "code_version" in done.stdout
    assert "inputs.prison.persons" in done.stdout
    assert "policy_version" not in done.stdout
    assert "Released without consideration" in done.stdout
    assert "Basis: the data of the publication before are gone" in done.stdout


def test_figures_as_published_on_a_moment_are_what_was_said_then(published: Published) -> None:
    def figures(*more: str) -> dict[str, object]:
        done = published.run("figures", "--as-of", NIGHT, "--format", "json", *more)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)  # type: ignore[no-any-return]

    then = figures("--as-published-on", published.second.published_at.isoformat())
    assert then["publication_id"] == published.first.publication_id
    rows = then["figures"]
    assert isinstance(rows, list)
    first = read_table(published.engine, published.first.publication_id, "nightly.figures")
    assert [row["figure_id"] for row in rows] == first["figure_id"].tolist()
    now = figures()
    assert now["publication_id"] == published.second.publication_id
    assert figures("--as-published-on", f"{datetime.now(tz=UTC):%Y-%m-%d}") == now


def test_before_the_first_publication_nothing_was_said(published: Published) -> None:
    done = published.run("figures", "--as-of", NIGHT, "--as-published-on", "2006-04-26")
    assert isinstance(done.exception, BadInput)
    assert "nothing was published for it by 2006-04-26 23:59:59 BST" in str(done.exception)


def test_a_movement_against_another_publication_lists_its_cases(published: Published) -> None:
    against = ("--against", published.first.publication_id)
    done = published.run("movement", "--as-of", NIGHT, *against, "--format", "json")
    assert done.exit_code == 0, done.output
    parts = json.loads(done.stdout)
    for bridge in parts["bridges"]:
        cases = [c for c in parts["cases"] if c["figure_id"] == bridge["figure_id"]]
        total = bridge["opening"] + bridge["redefined"] + sum(c["change"] for c in cases)
        assert total == bridge["closing"]
    listed = published.run("movement", "--as-of", NIGHT, *against, "--cases").stdout
    assert len(listed.splitlines()) == 1 + len(parts["cases"])
    assert "prisoner_number" not in listed


def test_without_another_publication_the_movement_is_the_published_one(
    published: Published,
) -> None:
    done = published.run("movement", "--as-of", NIGHT, "--format", "json")
    table = read_table(published.engine, published.second.publication_id, "nightly.movement")
    assert len(json.loads(done.stdout)["cases"]) == len(table)


@pytest.mark.parametrize("name", ["0123nothing", "", "2001-01-01"])
def test_a_publication_that_is_not_there_is_one_line(published: Published, name: str) -> None:
    with pytest.raises(BadInput, match="there is none; take a date or an id"):
        find_publication(published.engine, name)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2006-04-26", datetime(2006, 4, 26, 23, 59, 59, 999999, tzinfo=LONDON)),
        ("2006-04-26T08:30", datetime(2006, 4, 26, 8, 30, tzinfo=LONDON)),
        ("2006-04-26T08:30+00:00", datetime(2006, 4, 26, 8, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_as_people_write_it(text: str, meant: datetime) -> None:
    assert moment(text) == meant


def test_a_moment_that_is_none_is_one_line() -> None:
    with pytest.raises(BadInput, match=r"moment \[yesterday\]: not a date or time"):
        moment("yesterday")
