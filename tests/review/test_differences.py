from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.review.differences import Line, lines


def line_of(label: str, one: Any, other: Any, **more: Any) -> Line:
    values = {f"prison: {label}": one, f"immigration: {label}": other, **more}
    return next(line for line in lines(pd.Series(values, dtype=object)) if line.label == label)


@pytest.mark.parametrize(
    ("one", "other", "mark"),
    [
        pytest.param("Nowak", "NOWAK", "same", id="capitals"),
        pytest.param("van  Dam", "Van Dam ", "same", id="blanks"),
        pytest.param("Nowak", "Novak", "different", id="a letter"),
        pytest.param("Nowak", None, "one record only", id="one record"),
        pytest.param(" ", "Nowak", "one record only", id="a blank"),
        pytest.param(None, pd.NA, "neither record", id="neither"),
        pytest.param("STRASSE", "Straße", "same", id="another spelling of a letter"),
    ],
)
def test_a_line_says_whether_the_records_agree(one: Any, other: Any, mark: str) -> None:
    assert line_of("last name", one, other).mark == mark


@pytest.mark.parametrize(
    ("label", "one", "other", "words"),
    [
        pytest.param("nationality", "NIGERIA", "NIGERIA", ("Nigeria", "Nigeria"), id="the same"),
        pytest.param("nationality", "STATE", "NEW", ("stateless", "NEW"), id="of no list"),
        pytest.param("gender", "F", "NK", ("female", "not known"), id="gender"),
    ],
)
def test_codes_are_said_in_words(label: str, one: str, other: str, words: tuple[str, str]) -> None:
    found = line_of(label, one, other)
    said = tuple("".join(text for text, _ in side) for side in (found.prison, found.immigration))
    assert said == words
    assert found.mark == ("same" if one == other else "different")


def test_what_differs_is_marked_letter_by_letter() -> None:
    found = line_of("date of birth", pd.Timestamp(1970, 5, 17), pd.Timestamp(1970, 5, 18))
    assert found.prison == (("1970-05-1", False), ("7", True))
    assert found.immigration == (("1970-05-1", False), ("8", True))


@given(st.text(), st.text())
def test_the_pieces_are_the_value_and_what_is_not_marked_is_in_both(one: str, other: str) -> None:
    found = line_of("last name", one, other)
    for pieces, value in ((found.prison, one), (found.immigration, other)):
        assert "".join(text for text, _ in pieces) == value.strip()
    left, right = (
        "".join(text.casefold() for text, differs in side if not differs)
        for side in (found.prison, found.immigration)
    )
    if found.mark == "different":
        assert left == right


@pytest.mark.parametrize(
    ("one", "other", "mark", "marked"),
    [
        pytest.param(
            "Jan Nowak (1970-05-17)", None, "same", [False, False], id="the other's own name"
        ),
        pytest.param(
            "JAN NOWAK (1970-05-18)", None, "same", [False, True], id="born on another day"
        ),
        pytest.param(
            "Jan Novak (1970-05-17)", None, "one record only", [True, True], id="another name"
        ),
        pytest.param("Jan Novak", "JAN NOVAK", "same", [False], id="an alias of both"),
        pytest.param("Jan Novak", "Ivan Nowak", "different", [True], id="two aliases"),
        pytest.param("Jan Novak", None, "one record only", [True], id="unknown there"),
        pytest.param(None, None, "neither record", [], id="none"),
        pytest.param("Jan Novak; Piotr B", "Piotr B", "same", [True, False, False], id="several"),
    ],
)
def test_an_alias_that_the_other_record_does_not_have_is_marked(
    one: str | None, other: str | None, mark: str, marked: list[bool]
) -> None:
    named = {
        "immigration: first name": "Jan", "immigration: last name": "Nowak",
        "immigration: date of birth": pd.Timestamp(1970, 5, 17),
    }  # fmt: skip
    found = line_of("also known as", one, other, **named)
    assert found.mark == mark
    assert [differs for _, differs in found.prison] == marked
