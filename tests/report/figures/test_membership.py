"""Membership in many texts is that of pandas, but for what is missing."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from jobs.report.membership import is_among

TEXTS = st.lists(st.none() | st.text(max_size=2), max_size=12)


@given(values=TEXTS, wanted=TEXTS)
def test_a_text_is_among_the_wanted_as_pandas_says_and_a_missing_one_never(
    values: list[str | None], wanted: list[str | None]
) -> None:
    asked = pd.Series(values, index=range(7, 7 + len(values)), dtype="str")
    expected = asked.isin([text for text in wanted if text is not None]) & asked.notna()
    for given_as in (wanted, pd.Series(wanted, dtype="str"), pd.Series(wanted, dtype="object")):
        found = is_among(asked, given_as)
        assert found.tolist() == expected.tolist()
        assert found.index.equals(asked.index)
