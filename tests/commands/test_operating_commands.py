"""Is tonight there, which nights are out of date, and ranges that are refused."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from benchmarks.samples import nights
from jobs.operate.monitoring.freshness import fresh_line
from jobs.operate.monitoring.stale_nights import stale_nights
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import load_settings
from jobs.warehouse import publish
from tests.commands.conftest import Published

SIX = time(6)
AFTER = datetime.combine(nights.AS_OF + timedelta(days=1), SIX, tzinfo=UTC)


def test_a_night_that_is_there_is_fresh_until_the_next_one_is_due(published: Published) -> None:
    settings = load_settings()
    assert "was published on" in fresh_line(now=AFTER, by=SIX, settings=settings)
    with pytest.raises(BadInput) as stale:
        fresh_line(now=AFTER + timedelta(days=1), by=SIX, settings=settings)
    missing = nights.AS_OF + timedelta(days=1)
    assert str(stale.value).startswith(f"night [{missing}]: is not published, and was due by 06:00")
    assert f"stand as of [{nights.AS_OF}]" in str(stale.value)


def test_tonight_is_not_there_and_the_command_says_so(published: Published) -> None:
    done = published.run("fresh", "--by", "06:00")
    assert isinstance(done.exception, BadInput)
    assert "is not published" in str(done.exception)
    assert isinstance(published.run("fresh", "--by", "six").exception, BadInput)


def following(published: Published, follows: str, days: int) -> str:
    manifest = nights.manifest(as_of=nights.AS_OF + timedelta(days=days))
    manifest = replace(manifest, decisions={**manifest.decisions, "follows": follows})
    return publish(
        published.engine, manifest=manifest, tables=nights.facts(seed=days + 3)
    ).publication_id


def test_a_night_whose_predecessor_was_superseded_is_out_of_date_and_so_is_what_follows(
    published: Published,
) -> None:
    second = following(published, published.first.publication_id, 1)
    following(published, second, 2)
    found = stale_nights(published.engine)
    assert [night.publication.as_of - nights.AS_OF for night in found] == [
        timedelta(days=1),
        timedelta(days=2),
    ]
    assert [night.is_after_stale for night in found] == [False, True]
    said = published.run("publications", "stale").output
    assert "has another publication" in said
    assert "python -m jobs backfill --stale" in said
    assert published.run("publications", "list").output.count("out of date") == 2


def test_nights_that_follow_what_is_current_are_in_order(published: Published) -> None:
    following(published, published.second.publication_id, 1)
    assert stale_nights(published.engine) == []
    assert "Every night follows" in published.run("publications", "stale").output
    assert published.run("backfill", "--stale").output == "0 nights published, in order.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("--from", "2006-04-25"), "lacks a first or a last night", id="half a range"),
        pytest.param(
            ("--from", "2006-04-25", "--to", "2006-04-24"), "is after --to", id="backwards"
        ),
        pytest.param(
            ("--from", "2006-04-25", "--to", "2999-01-01"), "in the future", id="the future"
        ),
        pytest.param(("--stale", "--to", "2006-04-25"), "names the nights itself", id="both"),
    ],
)
def test_a_range_that_is_none_is_refused_in_one_line(
    published: Published, arguments: tuple[str, ...], said: str
) -> None:
    done = published.run("backfill", *arguments)
    assert isinstance(done.exception, BadInput)
    assert said in str(done.exception)
