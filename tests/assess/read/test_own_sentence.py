"""Which of a person's sentences a decision is on, and what of earlier ones is added."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.minimal_registers import register_tables, table
from benchmarks.samples.stories import decision, frame, policy
from jobs.assess import Assessed, assess
from jobs.contract.results import IDENTITIES, LINKS

YEAR = {"term_months": 12}
Episodes = dict[str, tuple[str, date | None]]
"""Prisoner number and day of the sentence of each episode."""


def several(
    episodes: Episodes,
    *,
    terms: Mapping[str, int | None] | None = None,
    identities: dict[str, str] | None = None,
    more_links: tuple[dict[str, Any], ...] = (),
    decided: tuple[date, ...] = (),
    cases: tuple[dict[str, Any], ...] = ({},),
    backwards: bool = False,
    nationalities: dict[str, str] | None = None,
) -> Assessed:
    """Several episodes of several prisoners; P1 is linked to the prisoner A.

    Each prisoner has an identity of their own unless told otherwise.
    """
    people = sorted({prisoner for prisoner, _ in episodes.values()})
    rows: dict[str, list[dict[str, Any]]] = {
        "prison.persons": [
            {"prisoner_number": name, "nationality": (nationalities or {}).get(name, "NIGERIA")}
            for name in people
        ],
        "prison.episodes": [
            {"episode_id": name, "prisoner_number": prisoner, "reception_date": day,
             "status": "INACTIVE OUT", "legal_status": "SENTENCED", "sentence_start_date": day}
            for name, (prisoner, day) in episodes.items()
        ],
        "prison.sentences": [
            {"episode_id": name, "sentence_sequence": 1, "sentence_date": day,
             "term_months": (terms or {}).get(name, 12)}
            for name, (_, day) in episodes.items()
        ],
        "prison.movements": [],
        "immigration.persons": [{"cid_person_id": "P1"}],
        "immigration.cases": [
            {"case_id": f"C{n}", "cid_person_id": "P1", "case_type": "CRIMINAL", **case}
            for n, case in enumerate(cases)
        ],
        "immigration.events": [
            {"event_id": f"V{n}", "case_id": "C0", **decision(day)}
            for n, day in enumerate(decided)
        ],
    }  # fmt: skip
    link = {"prisoner_number": "A", "cid_person_id": "P1", "outcome": "linked", "probability": 0.9,
            "match_weight": 5.0, "evidence": "{}"}  # fmt: skip
    members = [{"register": "prison", "person_id": name,
                "identity_id": (identities or {}).get(name, f"ID-{name}")}
               for name in people]  # fmt: skip
    step = -1 if backwards else 1
    tables = register_tables()
    tables |= {name: table(name, told[::step]) for name, told in rows.items()}
    return assess(
        tables=tables,
        links=frame(LINKS, [link, *more_links]),
        identities=frame(IDENTITIES, members[::step]),
        as_of=date(2006, 4, 25),
        policy=policy(),
    )


def considered(found: Assessed) -> list[str]:
    rows = found.assessments
    return rows.loc[rows["considered_date"].notna(), "episode_id"].tolist()


D1, D2, D3, D4 = date(2001, 1, 1), date(2002, 1, 1), date(2003, 1, 1), date(2004, 1, 1)
ONE: Episodes = {"E1": ("A", D1)}
TWO: Episodes = {**ONE, "E2": ("A", D2)}
THREE: Episodes = {**TWO, "E3": ("A", D3)}
TWINS: Episodes = {"E1": ("A", D1), "E2": ("A", D1), "E3": ("A", D2)}
OTHERS: Episodes = {"E1": ("A", D1), "E2": ("B", D2), "E3": ("A", D3), "E4": ("B", D4)}
BELONGS = [
    pytest.param(ONE, D1, ["E1"], id="one sentence: from its day"),
    pytest.param(ONE, date(2000, 12, 31), [], id="not before"),
    pytest.param(ONE, D4, ["E1"], id="at any time after"),
    pytest.param(TWO, date(2001, 12, 31), ["E1"], id="not on the next before it is passed"),
    pytest.param(TWO, D2, ["E1", "E2"], id="on the day of the next"),
    pytest.param(THREE, date(2001, 12, 31), ["E1"], id="of three: the first"),
    pytest.param(THREE, date(2002, 12, 31), ["E1", "E2"], id="of three: the second too"),
    pytest.param(THREE, D3, ["E1", "E2", "E3"], id="of three: all"),
    pytest.param(TWINS, date(2001, 12, 31), ["E1", "E2"], id="two on one day: both"),
    pytest.param(TWINS, D2, ["E1", "E2", "E3"], id="two on one day, and then the next"),
    pytest.param(OTHERS, D2, ["E1"], id="another person's sentence changes nothing"),
    pytest.param(OTHERS, D3, ["E1", "E3"], id="the person's own next does"),
    pytest.param(OTHERS, D4, ["E1", "E3"], id="nor does another person's later one"),
    pytest.param({"E1": ("B", D1), "E2": ("A", D2)}, D2, ["E2"], id="another person before"),
    pytest.param({"E1": ("A", D2), "E2": ("B", D1)}, D2, ["E1"], id="another person after"),
    pytest.param({"E1": ("A", D2), "E2": ("A", D1)}, D1, ["E2"], id="whatever their numbers"),
]  # fmt: skip


@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
@pytest.mark.parametrize(("episodes", "day", "wanted"), BELONGS)
def test_a_decision_is_on_every_sentence_passed_by_its_day(
    episodes: Episodes, day: date, wanted: list[str], backwards: bool
) -> None:
    assert considered(several(episodes, decided=(day,), backwards=backwards)) == wanted


def test_one_identity_has_one_order_of_sentences() -> None:
    same = {"A": "ID", "B": "ID"}
    assert considered(several(OTHERS, decided=(D2,), identities=same)) == ["E1", "E2"]
    assert considered(several(OTHERS, decided=(D4,), identities=same)) == ["E1", "E2", "E3", "E4"]
    until = several(OTHERS, decided=(date(2003, 12, 31),), identities=same)
    assert considered(until) == ["E1", "E2", "E3"]


CASES = [
    pytest.param({"referral_received_date": D1}, ["E1", "E2"], id="referred for the first"),
    pytest.param({"referral_received_date": D2}, ["E2"], id="referred on the day of the next"),
    pytest.param({"referral_received_date": date(2001, 12, 31)}, ["E1", "E2"],
                 id="referred the day before the next"),
    pytest.param({"referral_received_date": D1, "closed_date": date(2001, 12, 31)}, ["E1"],
                 id="closed the day before the next"),
    pytest.param({"referral_received_date": D1, "closed_date": D2}, ["E1", "E2"],
                 id="closed on the day of the next"),
    pytest.param({"referral_received_date": D1, "closed_date": date(2000, 12, 31)}, [],
                 id="closed before the first"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "referred"), CASES)
def test_a_case_is_a_referral_of_the_sentences_in_whose_time_it_was_open(
    case: dict[str, Any], referred: list[str]
) -> None:
    rows = several(TWO, cases=(case,)).assessments
    assert rows.loc[rows["case_id"].notna(), "episode_id"].tolist() == referred


def scopes(found: Assessed) -> dict[str, str]:
    rows = found.assessments[found.assessments["is_in_scope"]]
    return dict(zip(rows["episode_id"], rows["scope_rule_id"], strict=True))


SHORT = {"E1": 6, "E2": 6, "E3": 6, "E4": 6}
ADDED = [
    pytest.param(TWO, SHORT, {}, ["E2"], id="the second with the first"),
    pytest.param(THREE, SHORT, {}, ["E2", "E3"], id="the third with both"),
    pytest.param(THREE, {"E1": 3, "E2": 3, "E3": 6}, {}, ["E3"], id="the third with two short"),
    pytest.param(OTHERS, SHORT, {}, ["E3", "E4"], id="each person's own"),
    pytest.param(OTHERS, SHORT, {"A": "ID", "B": "ID"}, ["E2", "E3", "E4"],
                 id="of one identity, all of them"),
    pytest.param(TWINS, {"E1": 6, "E2": 6, "E3": 1}, {}, ["E3"],
                 id="two on one day are not added to each other"),
    pytest.param(THREE, {"E1": 11, "E2": 12, "E3": 1}, {}, ["E2", "E3"],
                 id="one that suffices alone is added to others"),
    pytest.param({"E1": ("A", D1), "E2": ("A", date(1995, 12, 31)), "E3": ("A", D2)},
                 {"E1": 5, "E2": 11, "E3": 6}, {}, [], id="too long ago"),
    pytest.param({"E1": ("A", D1), "E2": ("A", date(1996, 1, 1)), "E3": ("A", D2)},
                 {"E1": 5, "E2": 7, "E3": 6}, {}, ["E1"], id="five years to the day"),
]  # fmt: skip


@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
@pytest.mark.parametrize(("episodes", "terms", "identities", "in_scope"), ADDED)
def test_earlier_sentences_of_the_same_identity_are_added(
    episodes: Episodes,
    terms: dict[str, int],
    identities: dict[str, str],
    in_scope: list[str],
    backwards: bool,
) -> None:
    found = several(episodes, terms=terms, identities=identities, backwards=backwards)
    assert list(scopes(found)) == in_scope


def test_the_longest_are_added_and_named_in_order_of_time() -> None:
    found = several(
        {"E1": ("A", D1), "E2": ("A", D2), "E3": ("A", D2), "E4": ("A", D3)},
        terms={"E1": 2, "E2": 4, "E3": 4, "E4": 4},
    )
    added = found.reasons[found.reasons["source_key"].notna()]
    added = added[(added["rule_id"] == "referral.aggregate") & (added["episode_id"] == "E4")]
    assert added["source_key"].tolist() == ["E2|1", "E3|1", "E4|1"]


def test_somebody_elses_sentence_without_a_term_is_not_added() -> None:
    found = several(
        {"E1": ("A", D1), "E2": ("B", D2), "E3": ("B", D3)},
        terms={"E1": None, "E2": 6, "E3": 6},
    )
    added = found.reasons[found.reasons["rule_id"] == "referral.aggregate"]
    assert added.loc[added["source_key"].notna(), "source_key"].tolist() == ["E2|1", "E3|1"]


def test_a_review_within_one_identity_shows_no_possible_case() -> None:
    told: Episodes = {"E1": ("A", D1), "E2": ("B", D2)}
    link = {"prisoner_number": "B", "cid_person_id": "P1", "outcome": "review", "probability": 0.5,
            "match_weight": 1.0, "evidence": "{}"}  # fmt: skip
    same = several(told, identities={"A": "ID", "B": "ID"}, more_links=(link,)).assessments
    assert same["possible_case_id"].isna().all()
    apart = several(told, more_links=(link,)).assessments.set_index("episode_id")
    assert apart.loc["E2", "possible_case_id"] == "C0"


def test_the_priority_of_two_equal_ones_falls_to_the_episodes_number() -> None:
    rows = several({"E2": ("A", D1), "E1": ("B", D1)}).assessments
    work = rows[rows["priority"].notna()].sort_values("priority")
    assert work["episode_id"].tolist() == ["E1", "E2"]
    assert work["priority"].tolist() == [1, 2]
    assert not pd.isna(work["priority"]).any()
