"""Narrower keys: who meets whom where a key is too common for its rule."""

import pandas as pd
import pytest

from benchmarks.samples.person_pairs import as_side
from jobs.link.block import blocking
from jobs.link.engine.scoring_context import ScoringContext, scoring_context

BUDGET = 400


def crowd(places: int, each: int) -> pd.DataFrame:
    """People of one name without a date of birth, so many of each place of birth."""
    frame = pd.DataFrame({"id": [f"{n:05d}" for n in range(places * each)]})
    letters = "abcdefghij"
    place = [f"{letters[n % places // 10]}{letters[n % 10]}ton" for n in range(len(frame))]
    return frame.assign(first_name="Maria", last_name="Garcia", birth_place=place)


def pairs_of(context: ScoringContext) -> pd.DataFrame:
    return context.connection.sql(
        "SELECT l.birth_place AS one, r.birth_place AS other FROM pairs "
        "JOIN rows_l l ON l.row = row_l JOIN rows_r r ON r.row = row_r"
    ).df()


@pytest.mark.parametrize("each", [3, 4])
def test_people_of_a_too_common_key_are_met_by_a_narrower_one(monkeypatch, each):
    monkeypatch.setattr(blocking, "SMALLEST_BUDGET", BUDGET)
    monkeypatch.setattr(blocking, "PAIRS_PER_PERSON", 0)
    frame = crowd(places=40, each=each)
    sides = [as_side(frame, {}, turned=turned) for turned in (False, True)]
    with scoring_context(left=sides[0], right=sides[1]) as context:
        uses = context.block()
        found = pairs_of(context)
    # 40 x 3 x 3 pairs fit in the budget, 40 x 4 x 4 do not: no rule spends more than it has.
    assert len(found) == (40 * 9 if each == 3 else 0)
    assert (found["one"] == found["other"]).all()
    assert all(use.pairs <= BUDGET for use in uses)
    assert any(use.rule == "both names, place of birth" for use in uses)


def test_a_key_that_is_not_too_common_is_narrowed_by_nothing(monkeypatch):
    frame = crowd(places=2, each=2)
    sides = [as_side(frame, {}, turned=turned) for turned in (False, True)]
    with scoring_context(left=sides[0], right=sides[1]) as context:
        uses = context.block()
        assert len(pairs_of(context)) == 16
        rules = {rule.name for rule in context.rules()}
    assert {use.rule for use in uses} == rules
