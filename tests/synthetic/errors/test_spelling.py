"""How names come out differently, each way by itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.synthetic.base.random_draws import stream
from jobs.synthetic.errors import spelling


@pytest.mark.parametrize(
    ("culture", "name"),
    [
        ("arabic", "Mohammed"),
        ("vietnamese", "Nguyễn"),
        ("chinese", "Zhang"),
        ("yoruba", "Oladele"),
        ("polish", "Kowalczyk"),
        ("albanian", "Hoxha"),
        ("romanian", "Ionescu"),
        ("somali", "Abdirahman"),
        ("turkish", "Karaoğlu"),
        ("urdu", "Qureshi"),
    ],
)
def test_names_of_many_systems_have_other_romanisations(culture: str, name: str) -> None:
    found = spelling.romanise(np.full(60, name, dtype=object), culture, stream(3, culture))
    assert name not in set(found)
    assert all(found)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCDEF '-", min_size=2, max_size=25))
def test_a_slip_changes_a_text_by_one_letter_at_most(text: str) -> None:
    for slipped in spelling.mistype(np.array([text] * 8, dtype=object), stream(4, text)):
        assert abs(len(slipped) - len(text)) <= 1
        assert sum(a != b for a, b in zip(sorted(slipped), sorted(text), strict=False)) <= len(text)
        assert slipped[:1] == text[:1] or sorted(slipped) == sorted(text) or len(text) < 3


def test_marks_are_lost_as_old_systems_lost_them() -> None:
    texts = np.array(["Łukasz", "Nguyễn", "Đặng", "Şahin", "Gonçalves", "Müller"], dtype=object)
    assert spelling.without_marks(texts).tolist() == [
        "Lukasz",
        "Nguyen",
        "Dang",
        "Sahin",
        "Goncalves",
        "Muller",
    ]
