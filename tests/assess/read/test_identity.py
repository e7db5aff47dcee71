"""Whose immigration records count: certain links over the whole identity, and nothing less."""

import re
from datetime import date
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.minimal_registers import register_tables, table
from benchmarks.samples.stories import REFERRED, Story, decision, frame, policy, registers, tell
from jobs.assess import assess
from jobs.contract.results import IDENTITIES, LINKS

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


def test_a_decision_after_the_next_conviction_does_not_undo_the_release_before() -> None:
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
    assert every.loc["E00", "status"] == "CONSIDERED_LATE"


Links = list[tuple[str, str, str, float]]
"""Prisoner, immigration person, outcome, probability."""


def linked(
    links: Links, members: dict[str, str], *, prisoners: tuple[str, ...] = ("A", "B")
) -> dict[str, tuple[str, str, float | None]]:
    """Identity, outcome and probability of one episode of each prisoner; P1 and P2 exist there."""
    people = [{"prisoner_number": name, "nationality": "NIGERIA"} for name in prisoners]
    rows: dict[str, list[dict[str, Any]]] = {
        "prison.persons": people,
        "prison.episodes": [{"episode_id": f"E-{name}", "prisoner_number": name,
                             "legal_status": "REMAND"} for name in prisoners],
        "prison.sentences": [],
        "prison.movements": [],
        "immigration.persons": [{"cid_person_id": name} for name in ("P1", "P2")],
        "immigration.cases": [],
        "immigration.events": [],
    }  # fmt: skip
    tables = register_tables()
    tables |= {name: table(name, told) for name, told in rows.items()}
    pairs = [{"prisoner_number": prisoner, "cid_person_id": person, "outcome": outcome,
              "probability": probability, "match_weight": 1.0, "evidence": "{}"}
             for prisoner, person, outcome, probability in links]  # fmt: skip
    identities = [{"register": "immigration" if name.startswith("P") else "prison",
                   "person_id": name, "identity_id": identity}
                  for name, identity in members.items()]  # fmt: skip
    found = assess(
        tables=tables,
        links=frame(LINKS, pairs),
        identities=frame(IDENTITIES, identities),
        as_of=TOLD.night,
        policy=policy(),
    ).assessments
    return {
        row.prisoner_number: (row.identity_id, row.link_outcome,
                              None if pd.isna(row.link_probability) else row.link_probability)
        for row in found.itertuples()
    }  # fmt: skip


APART = {"A": "ID-A", "B": "ID-B", "P1": "ID-1", "P2": "ID-2"}
TOGETHER = {"A": "ID", "B": "ID", "P1": "ID", "P2": "ID-2"}
NOBODY = ("not_linked", None)
OUTCOMES = [
    pytest.param([], APART, NOBODY, NOBODY, id="no link"),
    pytest.param([("A", "P1", "linked", 0.9)], APART, ("linked", 0.9), NOBODY, id="linked"),
    pytest.param([("B", "P2", "linked", 0.9)], APART, NOBODY, ("linked", 0.9), id="the last two"),
    pytest.param([("A", "P1", "review", 0.5)], APART, ("review", 0.5), NOBODY, id="to review"),
    pytest.param([("A", "P1", "not_linked", 0.1)], APART, NOBODY, NOBODY, id="not linked"),
    pytest.param([("A", "P1", "linked", 0.8), ("A", "P2", "linked", 0.9)], APART,
                 ("linked", 0.9), NOBODY, id="linked twice: the surer one"),
    pytest.param([("A", "P1", "linked", 0.9), ("A", "P2", "linked", 0.8)], APART,
                 ("linked", 0.9), NOBODY, id="the surer one first"),
    pytest.param([("A", "P1", "review", 0.4), ("A", "P2", "review", 0.5)], APART,
                 ("review", 0.5), NOBODY, id="to review twice"),
    pytest.param([("A", "P1", "linked", 0.9), ("A", "P2", "review", 0.95)], APART,
                 ("linked", 0.9), NOBODY, id="linked, and another to review"),
    pytest.param([("A", "P1", "linked", 0.0)], APART, ("linked", 0.0), NOBODY,
                 id="linked by a reviewer against all odds"),
    pytest.param([("A", "P1", "linked", 0.9), ("B", "P1", "review", 0.5)], APART,
                 ("linked", 0.9), ("review", 0.5), id="linked to one, to review with another"),
    pytest.param([("A", "P1", "linked", 0.9)], TOGETHER, ("linked", 0.9), ("linked", 0.9),
                 id="two numbers of one person"),
    pytest.param([("B", "P1", "review", 0.5)], {**APART, "A": "ID", "P1": "ID"}, ("linked", None),
                 ("review", 0.5), id="one identity without a link, another to review"),
    pytest.param([("A", "P1", "linked", 0.9), ("B", "P1", "review", 0.5)], TOGETHER,
                 ("linked", 0.9), ("linked", 0.9), id="a review within one identity says nothing"),
    pytest.param([("A", "P9", "linked", 0.9)], APART, NOBODY, NOBODY,
                 id="a link to nobody in the register"),
    pytest.param([("Z", "P1", "linked", 0.9)], APART, NOBODY, NOBODY,
                 id="a link of nobody in the register"),
    pytest.param([("A", "P9", "review", 0.9), ("Z", "P1", "review", 0.9)], APART, NOBODY, NOBODY,
                 id="the same to review"),
]  # fmt: skip


@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
@pytest.mark.parametrize(("links", "members", "first", "second"), OUTCOMES)
def test_the_outcome_and_the_probability_of_a_link(
    links: Links,
    members: dict[str, str],
    first: tuple[str, float | None],
    second: tuple[str, float | None],
    backwards: bool,
) -> None:
    turned = dict(reversed(members.items())) if backwards else members
    found = linked(links[::-1] if backwards else links, turned)
    assert (found["A"][1:], found["B"][1:]) == (first, second)
    assert (found["A"][0], found["B"][0]) == (members["A"], members["B"])


@pytest.mark.parametrize("known", ["A", "B", "C"])
def test_prisoners_who_are_not_in_the_identities_get_one_each(known: str) -> None:
    members = {**APART, known: "ID-known"}
    given = {name: identity for name, identity in members.items() if name in (known, "P1", "P2")}
    found = linked([], given, prisoners=("A", "B", "C"))
    assert found[known][0] == "ID-known"
    own = {found[name][0] for name in "ABC" if name != known}
    assert len(own) == 2
    assert all(re.fullmatch("ID[0-9a-f]{12}", identity) for identity in own)


def test_an_immigration_person_who_is_in_no_identity_is_linked_by_the_link_alone() -> None:
    prison_only = {"A": "ID-A", "B": "ID-B"}
    assert linked([("A", "P2", "linked", 0.9)], prison_only)["A"][1] == "linked"
    assert linked([], prison_only)["A"][1] == linked([], prison_only)["B"][1] == "not_linked"


@pytest.mark.parametrize(
    ("first", "second", "considered", "possibly"),
    [
        pytest.param("linked", "review", True, False, id="considered for certain"),
        pytest.param("review", "linked", True, False, id="the other for certain"),
        pytest.param("review", "review", False, True, id="two possible matches"),
        pytest.param("review", "not_linked", False, True, id="one possible match"),
        pytest.param("not_linked", "not_linked", False, False, id="none"),
    ],
)
def test_a_decision_for_certain_leaves_no_possible_one(
    first: str, second: str, considered: bool, possibly: bool
) -> None:
    """Two immigration persons, each with a case and a decision in time."""
    tables = registers(TOLD)
    two = {
        "immigration.persons": [{"cid_person_id": name} for name in ("P1", "P2")],
        "immigration.cases": [{"case_id": f"C{name}", "cid_person_id": name,
                               "case_type": "CRIMINAL", **REFERRED} for name in ("P1", "P2")],
        "immigration.events": [{"event_id": f"V{name}", "case_id": f"C{name}",
                                **decision(date(2004, 10, 1))} for name in ("P1", "P2")],
    }  # fmt: skip
    tables |= {name: table(name, rows) for name, rows in two.items()}
    links = [{"prisoner_number": "A0001AA", "cid_person_id": person, "outcome": outcome,
              "probability": 0.8, "match_weight": 3.0, "evidence": "{}"}
             for person, outcome in (("P1", first), ("P2", second))]  # fmt: skip
    found = assess(
        tables=tables,
        links=frame(LINKS, links),
        identities=frame(IDENTITIES, []),
        as_of=TOLD.night,
        policy=policy(),
    ).assessments.iloc[0]
    assert (found["status"] == "CONSIDERED") is considered
    assert bool(found["is_possibly_considered"]) is possibly
