"""The one ranking of work: what can still be prevented, then those held past their date."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from benchmarks.samples.minimal_registers import register_tables, table
from benchmarks.samples.stories import frame, policy
from jobs.assess import assess
from jobs.contract.results import ASSESSMENTS, IDENTITIES, LINKS

NIGHT = date(2006, 4, 25)
EPISODE = ("last_movement_date", "confirmed_release_date")


def ranked(
    *work: tuple[str, str | None, int | None],
    night: date = NIGHT,
    changes: Mapping[str, dict[str, Any]] | None = None,
) -> list[str]:
    """Episodes in order of priority, each told as id, offence, days to release (None: released).

    ``changes`` are made to the rows of the episodes and of their sentences that they name.
    """
    people: list[dict[str, Any]] = []
    episodes: list[dict[str, Any]] = []
    sentences: list[dict[str, Any]] = []
    for name, offence, ahead in work:
        number = f"N{name}"
        day = None if ahead is None else night + timedelta(days=ahead)
        changed = (changes or {}).get(name, {})
        people.append({"prisoner_number": number, "nationality": "NIGERIA"})
        episodes.append(
            {
                "episode_id": name,
                "prisoner_number": number,
                "reception_date": date(2004, 1, 1),
                "status": "INACTIVE OUT" if ahead is None else "ACTIVE IN",
                "legal_status": "SENTENCED",
                "last_movement_type": "REL" if ahead is None else "ADM",
                "last_movement_date": date(2005, 6, 1) if ahead is None else None,
                "confirmed_release_date": day,
                **{key: value for key, value in changed.items() if key in EPISODE},
            }
        )
        sentences.append(
            {
                "episode_id": name,
                "sentence_sequence": 1,
                "sentence_date": date(2004, 1, 1),
                "offence_code": offence,
                "term_months": 240,
                **{key: value for key, value in changed.items() if key not in EPISODE},
            }
        )
    tables = register_tables()
    for full_name, rows in {
        "prison.persons": people,
        "prison.episodes": episodes,
        "prison.sentences": sentences,
        "prison.movements": [],
        "immigration.persons": [],
        "immigration.cases": [],
        "immigration.events": [],
    }.items():
        tables[full_name] = table(full_name, rows)
    found = assess(
        tables=tables,
        links=frame(LINKS, []),
        identities=frame(IDENTITIES, []),
        as_of=night,
        policy=policy(),
    ).assessments
    ASSESSMENTS.arrow(found)
    todo = found[found["priority"].notna()].sort_values("priority")
    assert todo["priority"].tolist() == list(range(1, len(todo) + 1))
    return todo["episode_id"].tolist()


RANKINGS = [
    pytest.param([("A", "THEFT", 3), ("B", "RAPE", 3)], ["B", "A"], id="the more serious first"),
    pytest.param([("A", "THEFT", 300), ("B", "THEFT", 3)], ["B", "A"], id="the nearer first"),
    pytest.param([("A", "THEFT", None), ("B", "THEFT", 3)], ["B", "A"],
                 id="what can be prevented comes before a release of the same seriousness"),
    pytest.param([("A", "RAPE", None), ("B", "THEFT", 30)], ["B", "A"],
                 id="and before a more serious one: thirty days"),
    pytest.param([("A", "RAPE", None), ("B", "THEFT", 31)], ["A", "B"], id="not in thirty-one"),
    pytest.param([("A", "RAPE", 1), ("B", "THEFT", 0)], ["B", "A"], id="today before tomorrow"),
    pytest.param([("A", "RAPE", -1), ("B", "THEFT", 0)], ["B", "A"],
                 id="today before a date that has passed"),
    pytest.param([("A", "RAPE", 0), ("B", "THEFT", 0)], ["A", "B"],
                 id="of today's the more serious"),
    pytest.param([("A", "RAPE", -1), ("B", "THEFT", 30)], ["B", "A"],
                 id="one ahead, thirty days, before a date that has passed"),
    pytest.param([("A", "THEFT", -1), ("B", "RAPE", 31)], ["A", "B"],
                 id="a date that has passed before thirty-one days"),
    pytest.param([("A", "DRUGS", None), ("B", "DRUGS", -700)], ["B", "A"],
                 id="long held past the date, and still before the released"),
    pytest.param([("A", "DRUGS", -700), ("B", "DRUGS", -1)], ["B", "A"],
                 id="of dates that have passed the nearest"),
    pytest.param([("A", "DRUGS", 31), ("B", "DRUGS", None)], ["B", "A"],
                 id="the released before those who leave later"),
    pytest.param([("A", "DRUGS", 7), ("B", "DRUGS", 8)], ["A", "B"], id="seven days, then eight"),
    pytest.param([("A", "RAPE", 8), ("B", "THEFT", 7)], ["B", "A"],
                 id="a theft in seven days before a rape in eight"),
    pytest.param([("A", "RAPE", 25), ("B", "THEFT", 8)], ["A", "B"],
                 id="a rape in twenty-five days before a theft in eight"),
    pytest.param([("A", "RAPE", 7), ("B", "RAPE", 2), ("C", "THEFT", 1)], ["B", "A", "C"],
                 id="within a week days ascend within seriousness"),
    pytest.param([("A", None, 3), ("B", "FRAUD", 3), ("C", "DRUGS", 3)], ["A", "C", "B"],
                 id="an unknown offence ranks with the middle grade"),
    pytest.param([("B", "DRUGS", 3), ("A", "DRUGS", 3)], ["A", "B"],
                 id="the episode's number settles a tie"),
    pytest.param([("A", "RAPE", 400), ("B", "THEFT", 30)], ["B"], id="what is not due has no rank"),
]  # fmt: skip


@pytest.mark.parametrize(("work", "order"), RANKINGS)
def test_the_order_of_work(
    work: list[tuple[str, str | None, int | None]], order: list[str]
) -> None:
    assert ranked(*work) == order


EDGES = [
    pytest.param([("A", "DRUGS", 7), ("B", "ROBBERY", 30)], ["A", "B"], id="seven days"),
    pytest.param([("A", "DRUGS", 8), ("B", "ROBBERY", 30)], ["B", "A"], id="eight days"),
    pytest.param([("A", "FRAUD", -1), ("B", "DRUGS", -30)], ["B", "A"],
                 id="past the date: the more serious"),
    pytest.param([("A", "RAPE", 90), ("B", "ROBBERY", 91)], ["A", "B"], id="ninety days"),
    pytest.param([("A", "DRUGS", 90), ("B", "ROBBERY", 91)], ["B", "A"], id="ninety-one days"),
    pytest.param([("A", "FRAUD", 90), ("B", "DRUGS", 180)], ["B", "A"], id="180 days"),
    pytest.param([("A", "FRAUD", 90), ("B", "DRUGS", 181)], ["A", "B"], id="181 days"),
    pytest.param([("A", "THEFT", 90), ("B", "DRUGS", 365)], ["B", "A"], id="365 days"),
    pytest.param([("A", "THEFT", 90), ("B", "DRUGS", 366)], ["A", "B"],
                 id="366 days, which are twelve months in a leap year"),
    pytest.param([("A", "THEFT", 90), ("B", "RAPE", 366)], ["B", "A"],
                 id="points are multiplied, not added"),
    pytest.param([("A", "FRAUD", None), ("B", "DRUGS", 90)], ["B", "A"],
                 id="as many points as twice the seriousness in ninety days"),
    pytest.param([("A", "DRUGS", None), ("B", "ROBBERY", 91)], ["A", "B"],
                 id="more points than twice the seriousness in ninety-one"),
    pytest.param([("A", "ROBBERY", 90), ("B", "RAPE", 180)], ["B", "A"],
                 id="equal points: murder and rape before robbery"),
    pytest.param([("A", "DRUGS", 90), ("B", "ROBBERY", 180)], ["B", "A"],
                 id="equal points: robbery before drugs"),
    pytest.param([("A", "FRAUD", 90), ("B", "DRUGS", 180)], ["B", "A"],
                 id="equal points: drugs before fraud"),
    pytest.param([("A", "THEFT", 90), ("B", "FRAUD", 180)], ["B", "A"],
                 id="equal points: fraud before theft"),
    pytest.param([("A", "FRAUD", 90), ("B", None, 180)], ["B", "A"],
                 id="equal points: an unknown offence before fraud"),
    pytest.param([("A", None, 90), ("B", "ROBBERY", 180)], ["B", "A"],
                 id="equal points: robbery before an unknown offence"),
    pytest.param([("B", None, 30), ("A", "DRUGS", 30)], ["A", "B"],
                 id="an unknown offence beside drugs: the episode's number"),
    pytest.param([("A", "DRUGS", 20), ("B", "DRUGS", 10)], ["B", "A"],
                 id="equal points and seriousness: the nearer release"),
]  # fmt: skip


@pytest.mark.parametrize(("work", "order"), EDGES)
def test_points_at_the_edges_of_each_band(
    work: list[tuple[str, str | None, int | None]], order: list[str]
) -> None:
    assert ranked(*work, night=date(2007, 6, 1)) == order


def test_of_those_released_the_earliest_and_before_them_the_undated() -> None:
    work = [("A", "DRUGS", None), ("B", "DRUGS", None), ("C", "DRUGS", None)]
    days = {"A": date(2005, 8, 1), "B": date(2005, 7, 1), "C": None}
    changes = {name: {"last_movement_date": day} for name, day in days.items()}
    assert ranked(*work, changes=changes) == ["C", "B", "A"]


def test_whoever_left_today_comes_with_those_who_leave_today() -> None:
    work = [("A", "RAPE", 1), ("B", "THEFT", None), ("C", "RAPE", None)]
    assert ranked(*work, changes={"B": {"last_movement_date": NIGHT}}) == ["B", "A", "C"]


LIFE = {"calculation_type": "LIFE", "term_months": None, "confirmed_release_date": None}
UNKNOWN = [
    pytest.param([("A", "RAPE", 0), ("B", "THEFT", 30)], ["B", "A"], id="after thirty days"),
    pytest.param([("A", "DRUGS", 0), ("B", "RAPE", 31)], ["A", "B"], id="before thirty-one"),
    pytest.param(
        [("A", "DRUGS", 0), ("B", "DRUGS", -1)], ["B", "A"], id="after a date that has passed"
    ),
    pytest.param([("A", "DRUGS", 0), ("B", "RAPE", None)], ["A", "B"], id="before the released"),
]


@pytest.mark.parametrize(("work", "order"), UNKNOWN)
def test_a_release_that_nobody_knows_counts_as_near(
    work: list[tuple[str, str | None, int | None]], order: list[str]
) -> None:
    assert ranked(*work, changes={"A": LIFE}) == order
