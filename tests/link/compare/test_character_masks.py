"""The sets of letters of texts, against the obvious way of making them."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from jobs.link.compare.character_masks import STRANGE, character_masks


@given(texts=st.lists(st.none() | st.text("abzé7 ", max_size=6), max_size=8))
def test_the_mask_of_a_text_are_told_as_bits(texts):
    sets, lengths = character_masks(pa.array(texts, pa.string()))
    for text, letters, length in zip(texts, sets.tolist(), lengths.tolist(), strict=True):
        if text and not text.isascii():
            assert (letters, length) == (2**64 - 1, STRANGE)
        else:
            assert letters == sum({1 << (ord(letter) & 63) for letter in text or ""})
            assert length == len(text or "")
