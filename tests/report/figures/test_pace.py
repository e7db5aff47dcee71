"""How far quarantine may move a median."""

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jobs.report.figures.families.pace import median_range

LONGEST = 40
DAYS = st.integers(0, LONGEST)


@given(
    known=st.lists(DAYS, max_size=5),
    named=st.lists(DAYS, max_size=2),
    unnamed=st.lists(DAYS, max_size=2),
)
def test_whatever_rows_aside_hold_the_median_lies_in_the_range(
    known: list[int], named: list[int], unnamed: list[int]
) -> None:
    low, high = median_range(
        np.array(known, dtype=np.float64), named=len(named), unnamed=len(unnamed), longest=LONGEST
    )
    for others in range(min(len(unnamed), len(known)) + 1):
        for kept in combinations(known, len(known) - others):
            true = [*kept, *named, *unnamed]
            assert not true or low <= np.median(true) <= high


def test_without_quarantine_a_median_has_one_value() -> None:
    days = np.array([9.0, 1.0, 4.0])
    assert median_range(days, named=0, unnamed=0, longest=LONGEST) == (4.0, 4.0)
    assert median_range(days, named=1, unnamed=0, longest=LONGEST) == (2.5, 6.5)
