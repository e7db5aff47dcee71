import json

import pytest

from jobs.link.compare.comparison_levels import PEOPLE, SYSTEM_NAMES, VARIANT, of_identifier
from jobs.review.evidence import LEVELS, in_words


def said(entry: str, weight: float) -> tuple[str, str, str, str]:
    (piece,) = in_words(json.dumps({entry: weight}))
    return piece.comparison, piece.finding, piece.says, piece.side


def test_every_comparison_level_of_the_model_has_words() -> None:
    comparisons = (*PEOPLE, *map(of_identifier, SYSTEM_NAMES), VARIANT)
    levels = {level.name for comparison in comparisons for level in comparison.levels}
    assert levels <= LEVELS.keys()
    assert LEVELS.keys() - levels == {"these nationalities"}


@pytest.mark.parametrize(
    ("weight", "words", "side"),
    [
        pytest.param(6.25, "76 times likelier if they are one person", "for", id="for"),
        pytest.param(-5.25, "38 times likelier if they are two persons", "against", id="against"),
        pytest.param(1.0, "2 times likelier if they are one person", "for", id="twice"),
        pytest.param(0.58, "1.5 times likelier if they are one person", "for", id="half as much"),
        pytest.param(10.0, "1,000 times likelier if they are one person", "for", id="thousand"),
        pytest.param(0.29, "says next to nothing", "neither", id="below the edge"),
        pytest.param(0.31, "1.2 times likelier if they are one person", "for", id="above the edge"),
        pytest.param(-0.0, "says next to nothing", "neither", id="nothing"),
        pytest.param(
            25.0, "more than a million times likelier if they are one person", "for", id="no end"
        ),
    ],
)
def test_a_weight_in_bits_is_said_as_odds(weight: float, words: str, side: str) -> None:
    assert said("given name: same", weight)[2:] == (words, side)


def test_where_a_pair_starts_what_holds_it_and_its_nationalities_are_said() -> None:
    start = said("before evidence", -9.5)
    assert start[1:3] == (
        "of 730 pairs that could be formed, one is one person", "where every pair starts",
    )  # fmt: skip
    assert said("before evidence: these nationalities", 2.0)[0] == "nationalities"
    assert said("held: possible twins", 0.0)[:3] == (
        "held for a person", "possible twins", "the model leaves this to you",
    )  # fmt: skip


def test_a_level_of_a_model_to_come_is_shown_as_it_is_called() -> None:
    assert said("scar: on the left hand", 3.0)[1] == "on the left hand"
