import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.samples.person_pairs import check_letter
from jobs.link.standardise import identifiers


def one(form, value: str | None) -> str | None:
    found: str | None = form(pa.array([value], pa.string()))[0].as_py()
    return found


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        pytest.param("2003/0062845E", "2003/0062845E", id="published example"),
        pytest.param("12/394773H", "2012/0394773H", id="published example with a short year"),
        pytest.param("02/73319Z", "2002/0073319Z", id="serial without its leading zeros"),
        pytest.param("0273319Z", "2002/0073319Z", id="without the slash"),
        pytest.param("20020073319z", "2002/0073319Z", id="small letter, no slash, full year"),
        pytest.param(" 2002 / 0073319 Z", "2002/0073319Z", id="with blanks"),
        pytest.param("2002/0073318Z", None, id="wrong check letter"),
        pytest.param("2002/0000000Z", None, id="serial of nought"),
        pytest.param("not known", None, id="words"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="missing"),
    ],
)
def test_a_pnc_number_has_one_form(written, canonical):
    assert one(identifiers.pnc, written) == canonical


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        pytest.param("29906/12J", "029906/12J", id="published example, padded"),
        pytest.param("065656/91H", "065656/91H", id="published example"),
        pytest.param("SF05/482703J", "SF05/482703J", id="file only, not padded"),
        pytest.param("sf05/482703j", "SF05/482703J", id="small letters"),
        pytest.param("000000/00Z", None, id="the usual filler"),
        pytest.param("065656/92H", None, id="wrong year for the letter"),
    ],
)
def test_a_cro_number_has_one_form(written, canonical):
    assert one(identifiers.cro, written) == canonical


@pytest.mark.parametrize(
    ("form", "written", "canonical"),
    [
        pytest.param(identifiers.noms, "a1234aa", "A1234AA", id="prison number"),
        pytest.param(identifiers.noms, "A0000AA", None, id="prison number that is a filler"),
        pytest.param(identifiers.noms, "12345", None, id="not a prison number"),
        pytest.param(identifiers.home_office, "l1452169/3", "L1452169/003", id="dependant"),
        pytest.param(identifiers.home_office, "16224684", "16224684", id="digits only"),
        pytest.param(identifiers.home_office, "01YE1141924", "01YE1141924", id="with a year"),
        pytest.param(identifiers.home_office, "00000000", None, id="reference of noughts"),
        pytest.param(identifiers.plain, "AB-12 34", "AB1234", id="unknown system"),
        pytest.param(identifiers.plain, "9999999", None, id="one digit repeated"),
    ],
)
def test_other_identifiers_have_one_form(form, written, canonical):
    assert one(form, written) == canonical


@settings(deadline=None)
@given(
    year=st.integers(0, 99),
    serial=st.integers(1, 9_999_999),
    place=st.integers(0, 8),
    digit=st.integers(0, 9),
)
def test_every_wrong_digit_of_a_pnc_number_is_caught(year, serial, place, digit):
    letter = check_letter(year=year, serial=serial, width=7)
    digits = f"{year:02d}{serial:07d}"
    wrong = digits[:place] + str(digit) + digits[place + 1 :]
    found = one(identifiers.pnc, f"{wrong[:2]}/{wrong[2:]}{letter}")
    assert (found is None) == (wrong != digits)


@settings(deadline=None)
@given(year=st.integers(0, 99), serial=st.integers(1, 999_999), data=st.data())
def test_every_wrong_digit_of_a_cro_number_is_caught(year, serial, data):
    letter = check_letter(year=year, serial=serial, width=6)
    digits = f"{year:02d}{serial:06d}"
    place = data.draw(st.integers(0, 7))
    digit = data.draw(st.integers(0, 9))
    wrong = digits[:place] + str(digit) + digits[place + 1 :]
    found = one(identifiers.cro, f"{wrong[2:]}/{wrong[:2]}{letter}")
    assert (found is None) == (wrong != digits)


@settings(deadline=None)
@given(year=st.integers(1940, 2039), serial=st.integers(1, 9_999_999))
def test_the_form_of_a_pnc_number_is_its_own_form(year, serial):
    letter = check_letter(year=year % 100, serial=serial, width=7)
    canonical = f"{year}/{serial:07d}{letter}"
    assert one(identifiers.pnc, canonical) == canonical
    assert one(identifiers.pnc, f"{year % 100:02d}/{serial}{letter}") == canonical
