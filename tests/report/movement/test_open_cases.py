"""Open cases: each that came or went has one cause, and the two numbers sum."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.samples.reported.frames import frame_of
from jobs.contract import results
from jobs.report.charts.waterfall import movement_words, open_cases_bridge
from jobs.report.movement.open_cases import (
    CLOSED,
    DECIDED,
    DEPORTED,
    KNOWN_LATE,
    OPENED,
    OpenCasesMoved,
    open_cases_moved,
)

BEFORE, AFTER = date(2006, 4, 24), pd.Timestamp(2006, 4, 25)


def backlog(cases: list[str], opened: pd.Timestamp | None = None) -> pd.DataFrame:
    columns = {
        "case_id": cases,
        "team": ["Team 1"] * len(cases),
        "stage": ["ACCEPTED"] * len(cases),
        "is_allocated": [True] * len(cases),
        "opened_date": [opened] * len(cases),
        "age_band": ["under 6 months"] * len(cases),
    }
    return frame_of(results.BACKLOG, columns, len(cases))


def steps(*said: tuple[str, str, pd.Timestamp]) -> pd.DataFrame:
    columns = {
        "step_key": [str(place) for place in range(len(said))],
        "step": [step for _, step, _ in said],
        "source_table": ["immigration.events"] * len(said),
        "case_id": [case for case, _, _ in said],
        "step_date": [day for _, _, day in said],
        "recorded_date": [day for _, _, day in said],
        **{
            name: [False] * len(said)
            for name in ("is_first_decision", "is_deportation", "is_opposed_bail")
        },
    }
    return frame_of(results.CASEWORK, columns, len(said))


def moved(
    before: pd.DataFrame, now: pd.DataFrame, casework: pd.DataFrame | None = None
) -> OpenCasesMoved:
    facts = {results.BACKLOG.full_name: now}
    if casework is not None:
        facts[results.CASEWORK.full_name] = casework
    return open_cases_moved(facts=facts, before=before, day=BEFORE)


@pytest.mark.parametrize(
    ("opened", "cause"),
    [(AFTER, OPENED), (pd.Timestamp(BEFORE), KNOWN_LATE), (None, KNOWN_LATE)],
)
def test_a_case_that_came_was_opened_since_or_known_late(
    opened: pd.Timestamp | None, cause: str
) -> None:
    cases = moved(backlog(["C1"]), backlog(["C1", "C2"], opened)).cases
    assert cases[["case_id", "change", "cause"]].to_numpy().tolist() == [["C2", 1, cause]]


@pytest.mark.parametrize(
    ("casework", "cause"),
    [
        (None, CLOSED),
        (steps(), CLOSED),
        (steps(("C2", "DECISION", AFTER)), DECIDED),
        (steps(("C2", "DECISION", AFTER), ("C2", "REMOVAL", AFTER)), DEPORTED),
        (steps(("C2", "DECISION", pd.Timestamp(BEFORE))), CLOSED),
        (steps(("C1", "REMOVAL", AFTER)), CLOSED),
    ],
)
def test_a_case_that_went_ended_by_what_casework_says_since(
    casework: pd.DataFrame | None, cause: str
) -> None:
    cases = moved(backlog(["C1", "C2"]), backlog(["C1"]), casework).cases
    assert cases[["case_id", "change", "cause"]].to_numpy().tolist() == [["C2", -1, cause]]


CASES = st.lists(st.sampled_from([f"C{n}" for n in range(12)]), unique=True)


@settings(deadline=None, max_examples=30)
@given(before=CASES, now=CASES)
def test_the_number_before_and_every_step_sum_to_the_number_now(
    before: list[str], now: list[str]
) -> None:
    bridge = open_cases_bridge(moved(backlog(before), backlog(now, AFTER)))
    assert (bridge.opening, bridge.closing) == (len(before), len(now))
    assert bridge.opening + sum(step.change for step in bridge.steps) == bridge.closing


def test_it_reads_as_a_sentence() -> None:
    bridge = open_cases_bridge(moved(backlog(["C1", "C2"]), backlog(["C1", "C3", "C4"], AFTER)))
    assert movement_words(bridge) == (
        f"Open cases: 3, 1 more than 2. 2 came in: {OPENED}; 1 went out: {CLOSED}."
    )
