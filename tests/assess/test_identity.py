"""Whose immigration records count: certain links over the whole identity, and nothing less."""

from datetime import date
from typing import Any

import pytest

from jobs.assess import assess
from jobs.results import IDENTITIES, LINKS
from tests.assess.stories import REFERRED, Story, decision, frame, policy, registers, tell

TOLD = Story(cases=(REFERRED,), events=(decision(date(2004, 10, 1)),))
"""Considered in time, if the immigration person P1 is this prisoner."""


def status(links: list[tuple[str, str]], same_identity: list[str]) -> dict[str, Any]:
    """The assessment when P1 has these links, and an identity holds these members."""
    rows = [
        {
            "prisoner_number": prisoner,
            "cid_person_id": "P1",
            "probability": 0.8,
            "match_weight": 3.0,
            "outcome": outcome,
            "evidence": "{}",
        }
        for prisoner, outcome in links
    ]
    members = [
        {
            "register": "immigration" if person == "P1" else "prison",
            "person_id": person,
            "identity_id": "ID1" if person in same_identity else f"ID of {person}",
        }
        for person in ("A0001AA", "A0002AA", "P1")
    ]
    found = assess(
        tables=registers(TOLD),
        links=frame(LINKS, rows),
        identities=frame(IDENTITIES, members),
        as_of=TOLD.night,
        policy=policy(),
    ).assessments
    return found.set_index("episode_id").loc["E1"].to_dict()


BOTH = ["A0001AA", "P1"]
ALL = ["A0001AA", "A0002AA", "P1"]
LINKS_AND_IDENTITIES = [
    pytest.param([("A0001AA", "linked")], BOTH, "CONSIDERED", "linked", id="linked"),
    pytest.param([("A0001AA", "linked")], [], "CONSIDERED", "linked",
                 id="linked, whatever the identities say"),
    pytest.param([("A0002AA", "linked")], ALL, "CONSIDERED", "linked",
                 id="linked through another prison number of the same person"),
    pytest.param([("A0002AA", "linked")], BOTH, "NOT_REFERRED", "not_linked",
                 id="linked to somebody else"),
    pytest.param([("A0001AA", "review")], BOTH, "NOT_REFERRED", "review",
                 id="to review, although an identity holds both"),
    pytest.param([("A0001AA", "not_linked")], BOTH, "NOT_REFERRED", "not_linked",
                 id="not linked, although an identity holds both"),
    pytest.param([("A0001AA", "review"), ("A0002AA", "linked")], ["A0002AA", "P1"],
                 "NOT_REFERRED", "review", id="to review here, linked elsewhere"),
    pytest.param([], [], "NOT_REFERRED", "not_linked", id="no link at all"),
    pytest.param([("A9999ZZ", "linked")], [], "NOT_REFERRED", "not_linked",
                 id="a link to a prisoner who is not in the register"),
    pytest.param([("A9999ZZ", "review"), ("A0001AA", "linked")], [], "CONSIDERED", "linked",
                 id="linked, and to review with a prisoner who is not in the register"),
]  # fmt: skip


@pytest.mark.parametrize(("links", "same", "wanted", "outcome"), LINKS_AND_IDENTITIES)
def test_only_a_certain_link_counts(
    links: list[tuple[str, str]], same: list[str], wanted: str, outcome: str
) -> None:
    found = status(links, same)
    assert (found["status"], found["link_outcome"]) == (wanted, outcome)
    assert found["is_possibly_considered"] is (outcome == "review")


def test_a_person_who_is_not_in_the_identities_gets_one_of_their_own() -> None:
    found = assess(
        tables=registers(TOLD),
        links=frame(LINKS, []),
        identities=frame(IDENTITIES, []),
        as_of=TOLD.night,
        policy=policy(),
    ).assessments
    assert found["identity_id"].str.fullmatch("ID[0-9a-f]{12}").all()
    assert not found["identity_id"].str.contains("A0001AA").any()


def test_somebody_deported_who_returns_is_considered_anew() -> None:
    first = (date(2001, 1, 1), {"term_months": 18})
    old = {"referral_received_date": date(2001, 2, 1), "opened_date": date(2001, 2, 1)}
    told = Story(
        earlier=[first],
        cases=({**old, "stage": "REMOVED", "closed_date": date(2002, 1, 5)},),
        events=(decision(date(2001, 6, 1)),),
        removals=({"removed_date": date(2002, 1, 5)},),
    )
    found, reasons = tell(told)
    assert found["status"] == "NOT_REFERRED"
    assert str(found["removed_date"]) == "NaT"
    assert "consideration.own-sentence" not in set(reasons["rule_id"])


def test_a_decision_after_the_next_conviction_is_not_about_the_sentence_before() -> None:
    told = Story(
        earlier=[(date(2001, 1, 1), {"term_months": 18})],
        cases=({**REFERRED, "referral_received_date": date(2001, 2, 1)},),
        events=(decision(date(2004, 10, 1)),),
    )
    found, _ = tell(told)
    assert found["status"] == "CONSIDERED"
    links = frame(
        LINKS,
        [
            {
                "prisoner_number": "A0001AA",
                "cid_person_id": "P1",
                "probability": 0.9,
                "match_weight": 5.0,
                "outcome": "linked",
                "evidence": "{}",
            }
        ],
    )
    every = assess(
        tables=registers(told),
        links=links,
        identities=frame(IDENTITIES, []),
        as_of=told.night,
        policy=policy(),
    ).assessments.set_index("episode_id")
    assert every.loc["E00", "status"] == "REFERRED_NOT_CONSIDERED"
