import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.link.standardise import names
from jobs.link.standardise.distinct import encoded


def standard(name: str | None) -> str | None:
    return _one(names.standard, name)


def family(name: str) -> str | None:
    return _one(names.family_form, standard(name))


def sound(name: str) -> str | None:
    return _one(names.sound, family(name))


def _one(form, value):
    found: str | None = form(encoded(pa.array([value], pa.string())))[0].as_py()
    return found


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("  O'NEILL ", "oneill", id="apostrophe, capitals, blanks"),
        pytest.param("Łukasz", "lukasz", id="Polish letters"),
        pytest.param("Nguyễn", "nguyen", id="Vietnamese marks"),
        pytest.param("Ковальски", "kovalski", id="Cyrillic"),
        pytest.param("Jean-Pierre", "jean pierre", id="hyphen parts words"),
        pytest.param("Mr John", "john", id="title"),
        pytest.param("MIG_ERROR_Tom", "tom", id="a name behind a system's marker"),
        pytest.param("Tom (DUPLICATE)", "tom", id="a name before it"),
        pytest.param("MIG_ERROR_1", None, id="made by a system"),
        pytest.param("MIG_ERROR_X", None, id="one letter behind a marker is none"),
        pytest.param("Janoshowska", "janoshowska", id="a name that holds a marker's letters"),
        pytest.param("NOT ENTERED", None, id="not entered"),
        pytest.param("Dr Tom III", "tom", id="title and suffix"),
        pytest.param("Smith M.B.E.", "smith", id="an honour with points"),
        pytest.param("Smith Jr., Ph.D.", "smith", id="a suffix and a degree"),
        pytest.param("Smith 3rd", "smith", id="a counted suffix"),
        pytest.param("Junior", "junior", id="a name by itself"),
        pytest.param("da Silva Junior", "da silva", id="a suffix behind others"),
        pytest.param("Ii", "ii", id="a Japanese name"),
        pytest.param("Md", "md", id="no degree but Mohammed"),
        pytest.param("DUPLICATE_", None, id="marked as a duplicate"),
        pytest.param("NO_SHOW_1", None, id="did not appear"),
        pytest.param("Not Known", None, id="not known"),
        pytest.param("---", None, id="no letters"),
        pytest.param(None, None, id="missing"),
    ],
)
def test_a_name_is_written_in_one_alphabet_or_missing(written, expected):
    assert standard(written) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("van der Berg", "Berg", id="particles"),
        pytest.param("al-Masri", "Masri", id="article"),
        pytest.param("O Neill", "O'Neill", id="Irish"),
        pytest.param("Mac Donald", "MacDonald", id="Scottish"),
        pytest.param("Abd al-Rahman", "Abdulrahman", id="servant of"),
        pytest.param("Abdel Rahman", "Abdurrahman", id="servant of, other vowels"),
        pytest.param("da Silva", "Silva", id="Portuguese"),
        pytest.param("Ben Ali", "Benali", id="Maghreb"),
    ],
)
def test_forms_of_one_family_name_are_one_word(one, other):
    assert family(one) == family(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Mohammed", "Muhamad", id="spelling"),
        pytest.param("Mohammed", "محمد", id="Arabic without vowels"),
        pytest.param("Mohammed", "Мухаммед", id="by way of Cyrillic"),
        pytest.param("Yusuf", "Youssef", id="French spelling"),
        pytest.param("Jusuf", "يوسف", id="German spelling and Arabic"),
        pytest.param("Kowalski", "Ковальски", id="Polish and Russian"),
        pytest.param("Philip", "Filip", id="ph and f"),
        pytest.param("Qasim", "Kassim", id="q and k"),
        pytest.param("Hsieh", "Xie", id="Chinese hs and x"),
        pytest.param("Hussein", "حسين", id="Arabic hs is no Chinese one"),
        pytest.param("Ch'in", "Qin", id="Chinese ch and q"),
    ],
)
def test_variants_of_one_name_share_a_sound(one, other):
    assert sound(one) == sound(other)


def test_different_names_keep_different_sounds():
    assert len({sound(name) for name in ("Smith", "Jones", "Nguyen", "Okafor", "Popescu")}) == 5


def test_words_leave_out_particles_but_never_the_whole_name():
    found = names.words(encoded(pa.array(["maria de la cruz", "de la"])))
    assert found.to_pylist() == [["maria", "cruz"], ["de", "la"]]


parts = st.none() | st.lists(
    st.sampled_from(
        ["abdul", "abd", "al", "de", "la", "o", "mac", "st", "rahman", "neill", "cruz"]
    ),
    min_size=1,
    max_size=3,
).map(" ".join)


@given(whole=st.lists(st.tuples(parts, parts, parts), min_size=1, max_size=6))
def test_the_words_of_a_name_in_parts_are_those_of_the_whole_name(whole):
    columns = [encoded(pa.array(column, pa.string())) for column in zip(*whole, strict=True)]
    joined = [" ".join(part for part in name if part) or None for name in whole]
    expected = names.words(encoded(pa.array(joined, pa.string())))
    assert names.words_of_all(columns).to_pylist() == expected.to_pylist()
