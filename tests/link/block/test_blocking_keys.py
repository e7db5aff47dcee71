"""Keys, their cut and the pairs that they form, against the obvious way of working them out."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jobs.link.block.blocking_keys import NO_CUT, Borne, cut, meet

keys = st.lists(st.integers(0, 6), max_size=14)


def borne(values: list[int]) -> Borne:
    key = np.asarray(values, dtype=np.uint64)
    order = np.argsort(key)
    return Borne(key=key[order], row=np.arange(len(key), dtype=np.int32)[order])


@given(left=keys, right=keys, most=st.integers(0, 30), piece=st.integers(1, 5))
def test_the_pairs_formed_are_those_of_every_key_below_the_cut_each_once(left, right, most, piece):
    forming = meet(borne(left), borne(right)).up_to(most)
    parts = [
        forming.rows(begin, min(begin + piece, len(forming)))
        for begin in range(0, len(forming), piece)
    ]
    found = [pair for part in parts for pair in zip(*(rows.tolist() for rows in part), strict=True)]
    count_l, count_r = Counter(left), Counter(right)
    expected = [
        (i, j)
        for i, one in enumerate(left)
        for j, other in enumerate(right)
        if one == other and count_l[one] * count_r[one] <= most
    ]
    assert sorted(found) == sorted(expected)


@given(pairs=st.lists(st.integers(1, 9), max_size=20), budget=st.integers(0, 60))
def test_keys_are_kept_from_the_most_telling_on_until_the_budget_is_spent(pairs, budget):
    most = cut(np.asarray(pairs, dtype=np.int64), budget)
    assert sum(n for n in pairs if n <= most) <= budget
    beyond = [n for n in pairs if n > most]
    assert (most == NO_CUT) == (sum(pairs) <= budget)
    if beyond:
        assert sum(n for n in pairs if n <= min(beyond)) > budget
    levels = Counter(pairs)
    assert most == cut(
        np.asarray(sorted(levels), dtype=np.int64),
        budget,
        np.asarray([levels[n] for n in sorted(levels)], dtype=np.int64),
    )


@given(of=keys, asked=st.lists(st.integers(0, 8), max_size=6))
def test_who_bears_a_key_is_found(of, asked):
    wanted = np.asarray(asked, dtype=np.uint64)
    at, rows = borne(of).bearers(wanted)
    expected = [(n, row) for n, key in enumerate(asked) for row, own in enumerate(of) if own == key]
    assert sorted(zip(at.tolist(), rows.tolist(), strict=True)) == expected
