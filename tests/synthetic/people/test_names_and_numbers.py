"""Names by culture, and numbers with check letters."""

import numpy as np
import pytest

from jobs.synthetic.base.random_draws import stream
from jobs.synthetic.people import invented_names, nationalities, person_numbers

LETTERS = person_numbers.CHECK_LETTERS
INDEX = np.arange(200_000, dtype=np.int64)


def _letter(year: str, serial: str) -> str:
    return LETTERS[int(year + serial) % 23]


@pytest.mark.parametrize(
    ("year", "serial", "letter"),
    [
        pytest.param("03", "0062845", "E", id="2003/0062845E"),
        pytest.param("12", "0394773", "H", id="12/394773H"),
        pytest.param("12", "029906", "J", id="29906/12J"),
        pytest.param("02", "0073319", "Z", id="2002/0073319Z"),
    ],
)
def test_the_check_letter_is_that_of_numbers_known_to_be_valid(
    year: str, serial: str, letter: str
) -> None:
    assert _letter(year, serial) == letter


def test_every_pnc_number_is_valid_and_unique() -> None:
    numbers = person_numbers.pnc_numbers(INDEX, np.full(len(INDEX), 1999))
    assert len(set(numbers)) == len(INDEX)
    for number in numbers[:500]:
        year, rest = number.split("/")
        assert len(rest) == 8
        assert rest[-1] == _letter(year[2:], rest[:-1])


def test_every_cro_number_is_valid_and_unique() -> None:
    numbers = person_numbers.cro_numbers(INDEX, np.full(len(INDEX), 2004))
    assert len(set(numbers)) == len(INDEX)
    for number in numbers[:500]:
        serial, rest = number.split("/")
        assert len(serial) == 6
        assert rest[-1] == _letter(rest[:2], serial)


def test_prison_numbers_have_their_form_and_are_unique() -> None:
    numbers = person_numbers.prisoner_numbers(np.arange(300_000, dtype=np.int64))
    assert len(set(numbers)) == len(numbers)
    assert all(len(number) == 7 for number in numbers)
    first = numbers[0]
    assert first[0].isalpha()
    assert first[1:5].isdigit()
    assert first[5:].isalpha()


def test_home_office_references_come_in_four_forms() -> None:
    index = np.arange(8, dtype=np.int64)
    found = person_numbers.home_office_references(index, index, np.full(8, 2001))
    shapes = {"".join("9" if c.isdigit() else c if c in "/YE" else "A" for c in f) for f in found}
    assert {len(shape) for shape in shapes} >= {8, 11, 12}
    assert any("/" in reference for reference in found)
    assert any(reference.startswith("01YE") for reference in found)


def test_every_nationality_s_cultures_have_names() -> None:
    for origin in nationalities.ORIGINS:
        for name in origin.cultures:
            assert name in invented_names.cultures(), origin.code


@pytest.mark.parametrize("name", invented_names.cultures())
def test_every_culture_has_a_hundred_full_names_or_more(name: str) -> None:
    position = invented_names.cultures().index(name)
    size = 2000
    drawn = invented_names.draw(
        stream(1, name),
        cultures_of=np.full(size, position),
        is_female=np.arange(size) % 3 == 0,
    )
    assert drawn["first"].nunique() >= 40
    assert drawn["last"].nunique() >= 25
    assert (drawn["first"] + drawn["last"]).nunique() >= 500
    assert not drawn["first"].eq("").any()
    assert not drawn["last"].eq("").any()


def test_polish_women_have_their_own_form_of_the_surname() -> None:
    size = 3000
    drawn = invented_names.draw(
        stream(2, "polish"),
        cultures_of=np.full(size, invented_names.cultures().index("polish")),
        is_female=np.ones(size, dtype=bool),
    )
    assert drawn["last"].str.endswith("ska").any()
    assert not drawn["last"].str.endswith("ski").any()


def test_names_stay_within_reason() -> None:
    for name in invented_names.cultures():
        own = invented_names.culture(name)
        for word in (*own.male, *own.female, *own.last):
            assert 1 < len(word) < 25, (name, word)
            assert word == word.strip()
