"""Every line of every list: since when it is there, and the one thing that closed it."""

from collections.abc import Mapping
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.samples.report_nights import invent
from benchmarks.samples.reported.frames import frame_of
from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS, DUE, MISSED, NOT_SOUGHT
from jobs.report.lists.list_rows import rows_of, with_listing
from jobs.report.movement.closing import CLOSES, EarlierLines, Lines, follow_lines, lines_of

FIRST = date(2006, 4, 1)
BEFORE, TONIGHT = date(2006, 4, 24), date(2006, 4, 25)
EMPTY = {name: table.empty() for name, table in results.NIGHTLY.items()}
CLOSED_BY = {entry.code for entry in results.CLOSED_BY.codes}


def backlog(cases: set[str]) -> pd.DataFrame:
    columns: dict[str, object] = {
        "case_id": sorted(cases),
        "team": "Team 1",
        "stage": "ACCEPTED",
        "is_allocated": True,
        "age_band": "under 6 months",
    }
    return frame_of(results.BACKLOG, columns, len(cases))


def earlier(
    list_name: str,
    key: str,
    *,
    episode: str | None = None,
    day: date = BEFORE,
    same_versions: bool = True,
) -> EarlierLines:
    columns: dict[str, object] = {
        "list_name": [list_name],
        "line_key": [key],
        "episode_id": [episode],
        "case_id": [None if episode else key],
        "first_listed_date": [pd.Timestamp(FIRST)],
    }
    lines = frame_of(results.LISTED, columns, 1)
    return EarlierLines(day=day, lines=lines, same_versions=same_versions)


def closed_by(
    before: EarlierLines, facts: Mapping[str, pd.DataFrame], cases: set[str] | None = None
) -> str:
    found = follow_lines(
        facts={**EMPTY, **facts}, as_of=TONIGHT, before=before, cases=cases or set()
    )
    (row,) = found.closed.to_dict("records")
    assert row["first_listed_date"] == pd.Timestamp(FIRST)
    assert row["last_listed_date"] == pd.Timestamp(before.day)
    return str(row["closed_by"])


def test_every_cause_of_a_movement_closes_a_line_in_one_way() -> None:
    assert set(CLOSES) == {entry.code for entry in results.CAUSE.codes}
    assert set(CLOSES.values()) <= CLOSED_BY


def test_every_row_of_every_list_is_a_line_and_nothing_else() -> None:
    world = invent(episodes=120)
    lines = lines_of(world.facts, as_of=TONIGHT)
    for listed in CASE_LISTS.values():
        rows = rows_of(listed, world.facts)
        own = lines.loc[lines["list_name"].eq(listed.name), "line_key"]
        assert sorted(listed.line_keys(rows)) == sorted(own), listed.name
    assert not lines.duplicated(["list_name", "line_key"]).any()


def test_the_first_night_has_no_predecessor() -> None:
    facts = {**EMPTY, results.BACKLOG.full_name: backlog({"1", "2"})}
    found = follow_lines(facts=facts, as_of=TONIGHT, before=None)
    assert found.listed["first_listed_date"].eq(pd.Timestamp(TONIGHT)).all()
    assert len(found.listed) == 2
    assert found.closed.empty


@settings(max_examples=8, deadline=None)
@given(st.lists(st.frozensets(st.sampled_from("12345")), min_size=2, max_size=4))
def test_what_was_listed_is_listed_still_or_was_closed_once(nights: list[frozenset[str]]) -> None:
    """Opening + came = closing + closed on every night, and a line that comes back is new."""
    before: EarlierLines | None = None
    open_since: dict[str, date] = {}
    for place, cases in enumerate(nights):
        as_of = FIRST + timedelta(days=place)
        facts = {**EMPTY, results.BACKLOG.full_name: backlog(set(cases))}
        found: Lines = follow_lines(facts=facts, as_of=as_of, before=before, cases=list("12345"))
        closed = dict(zip(found.closed["line_key"], found.closed["first_listed_date"], strict=True))
        gone = {key: day for key, day in open_since.items() if key not in cases}
        assert {key: day.date() for key, day in closed.items()} == gone
        assert set(found.closed["closed_by"]) <= CLOSED_BY
        open_since = {key: open_since.get(key, as_of) for key in cases}
        listed = dict(zip(found.listed["line_key"], found.listed["first_listed_date"], strict=True))
        assert {key: day.date() for key, day in listed.items()} == open_since
        before = EarlierLines(day=as_of, lines=found.listed)


@pytest.mark.parametrize(("cause", "said"), sorted(CLOSES.items()))
def test_the_cause_of_the_movement_closes_a_line_that_a_figure_counts(
    cause: str, said: str
) -> None:
    moved = {"figure_id": "due.total", "episode_id": "9", "cause": cause, "change": -1}
    facts = {results.MOVEMENT.full_name: frame_of(results.MOVEMENT, moved, 1)}
    assert closed_by(earlier(DUE.name, "9", episode="9"), facts) == said


def test_a_movement_of_another_figure_or_into_it_closes_nothing() -> None:
    for moved in (
        {"figure_id": "missed.total", "episode_id": "9", "cause": "newly_released", "change": 1},
        {"figure_id": "due.total", "episode_id": "9", "cause": "newly_released", "change": 1},
    ):
        facts = {results.MOVEMENT.full_name: frame_of(results.MOVEMENT, moved, 1)}
        assert closed_by(earlier(DUE.name, "9", episode="9"), facts) == "LEFT_REGISTER"


def step(kind: str, day: date) -> dict[str, pd.DataFrame]:
    columns: dict[str, object] = {
        "step_key": "S1",
        "step": kind,
        "source_table": "immigration.events",
        "case_id": "7",
        "step_date": pd.Timestamp(day),
        "is_first_decision": False,
        "is_deportation": False,
        "is_opposed_bail": False,
    }
    return {results.CASEWORK.full_name: frame_of(results.CASEWORK, columns, 1)}


def set_aside(key: str) -> dict[str, pd.DataFrame]:
    columns: dict[str, object] = {
        "register": "immigration",
        "table_name": "cases",
        "row_number": 1,
        "row_key": key,
        "rule_id": "a rule",
        "row": "{}",
    }
    return {results.QUARANTINE.full_name: frame_of(results.QUARANTINE, columns, 1)}


@pytest.mark.parametrize(
    ("list_name", "key", "facts", "cases", "said"),
    [
        pytest.param("backlog", "7", step("DECISION", TONIGHT), {"7"}, "DECISION", id="decided"),
        pytest.param("backlog", "7", step("DECISION", FIRST), {"7"}, "CASE_CLOSED", id="closed"),
        pytest.param("backlog", "7", step("REMOVAL", TONIGHT), set(), "DIED_OR_LEFT", id="left"),
        pytest.param("backlog", "7", set_aside("7"), set(), "QUARANTINE", id="set aside"),
        pytest.param("backlog", "7", {}, set(), "LEFT_REGISTER", id="in no register"),
        pytest.param(
            "decisions", "S1|DECISION", step("DECISION", FIRST), set(), "WITHDRAWAL", id="undone"
        ),
        pytest.param("decisions", "S2|DECISION", {}, set(), "LEFT_REGISTER", id="a step that went"),
    ],
)  # fmt: skip
def test_a_case_or_step_is_closed_by_what_the_records_say(
    list_name: str, key: str, facts: dict[str, pd.DataFrame], cases: set[str], said: str
) -> None:
    assert closed_by(earlier(list_name, key), facts, cases) == said


def test_a_line_of_an_episode_is_closed_by_what_the_records_say() -> None:
    world = invent(episodes=120).facts
    quiet = {**world, results.MOVEMENT.full_name: results.MOVEMENT.empty()}
    missed = rows_of(MISSED, world)
    one = missed.iloc[0]
    key, episode = MISSED.line_keys(missed).iloc[0], one["episode_id"]
    otherwise = {
        **quiet,
        results.RELEASES.full_name: results.RELEASES.of(world).assign(traced="LOCATED"),
    }

    def said(before: EarlierLines, facts: Mapping[str, pd.DataFrame]) -> str:
        closed = follow_lines(facts=facts, as_of=TONIGHT, before=before).closed
        return str(closed["closed_by"].iloc[0])

    assert said(earlier(NOT_SOUGHT.name, key, episode=episode), otherwise) == "TRACED"
    assert said(earlier(DUE.name, episode, episode=episode), quiet) == "CORRECTION"
    other = earlier(DUE.name, episode, episode=episode, same_versions=False)
    assert said(other, quiet) == "RULE"
    aside = {**quiet, **set_aside(episode)}
    assert said(earlier(DUE.name, episode, episode=episode), aside) == "QUARANTINE"


def test_a_row_says_since_when_and_on_how_many_nights() -> None:
    world = invent(episodes=120).facts
    rows = rows_of(DUE, world)
    nights = [date(2006, 4, 20), date(2006, 4, 22), date(2006, 4, 24), TONIGHT]
    told = with_listing(DUE, rows, results.LISTED.of(world), nights=nights)
    assert told["first_listed_date"].eq(pd.Timestamp(2006, 4, 22)).all()
    assert told["nights_listed"].eq(3).all()
    unknown = with_listing(DUE, rows, results.LISTED.empty(), nights=nights)
    assert unknown["first_listed_date"].isna().all()
    assert unknown["nights_listed"].isna().all()
