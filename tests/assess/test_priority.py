"""The one ranking of work: seriousness times nearness of release, most serious first."""

from datetime import date, timedelta
from typing import Any

import pytest

from jobs.assess import assess
from jobs.results import ASSESSMENTS, IDENTITIES, LINKS
from tests.assess.stories import frame, policy
from tests.builders import register_tables, table

NIGHT = date(2006, 4, 25)


def ranked(*work: tuple[str, str | None, int | None]) -> list[str]:
    """Episodes in order of priority, each told as id, offence, days to release (None: released)."""
    people: list[dict[str, Any]] = []
    episodes: list[dict[str, Any]] = []
    sentences: list[dict[str, Any]] = []
    for name, offence, ahead in work:
        number = f"N{name}"
        day = None if ahead is None else NIGHT + timedelta(days=ahead)
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
            }
        )
        sentences.append(
            {
                "episode_id": name,
                "sentence_sequence": 1,
                "sentence_date": date(2004, 1, 1),
                "offence_code": offence,
                "term_months": 240,
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
        as_of=NIGHT,
        policy=policy(),
    ).assessments
    ASSESSMENTS.arrow(found)
    todo = found[found["priority"].notna()].sort_values("priority")
    assert todo["priority"].tolist() == list(range(1, len(todo) + 1))
    return todo["episode_id"].tolist()


RANKINGS = [
    pytest.param([("A", "THEFT", 3), ("B", "RAPE", 3)], ["B", "A"], id="the more serious first"),
    pytest.param([("A", "THEFT", 300), ("B", "THEFT", 3)], ["B", "A"], id="the nearer first"),
    pytest.param([("A", "THEFT", 3), ("B", "THEFT", None)], ["B", "A"],
                 id="somebody released already comes before somebody held"),
    pytest.param([("A", "DRUGS", 7), ("B", "DRUGS", 8)], ["A", "B"], id="seven days, then eight"),
    pytest.param([("A", "RAPE", 40), ("B", "THEFT", 3)], ["A", "B"],
                 id="a rape in forty days before a theft in three"),
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
