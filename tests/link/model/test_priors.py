import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.link.decide.one_to_one import Pairs, posterior, prior_for
from jobs.link.model.priors import DOUBTED, LEAST_ALONE, SPARE, Groups
from tests.link.reference import before_evidence


def pairs(left, right, weight, *, of_left, of_right, told=None) -> Pairs:
    """Pairs of persons of these groups, one group for each person; some of the right told of."""
    return Pairs(
        left=np.array(left, dtype=np.int64),
        right=np.array(right, dtype=np.int64),
        weight=np.array(weight, dtype=float),
        left_count=len(of_left),
        right_count=len(of_right),
        groups=Groups(
            left=np.array(of_left),
            right=np.array(of_right),
            is_told=None if told is None else np.array(told),
        ),
    )


def clear(*, of_left, of_right, shared) -> Pairs:
    """Persons of the same place are one beyond doubt: the first ``shared`` of both sides."""
    places = list(range(shared))
    return pairs(places, places, [60.0] * shared, of_left=of_left, of_right=of_right)


people = st.integers(40, 120)
groups = st.lists(st.integers(0, 4), min_size=120, max_size=120)


@settings(max_examples=40, deadline=None)
@given(
    of_left=groups,
    of_right=groups,
    told=st.lists(st.booleans(), min_size=120, max_size=120),
    count=people,
    share=st.floats(0.1, 0.9),
    data=st.data(),
)
def test_the_prior_is_what_the_plain_reference_says(of_left, of_right, told, count, share, data):
    of_left, of_right, told = of_left[:count], of_right[:count], told[:count]
    weights = data.draw(
        st.lists(st.floats(-4, 30), min_size=int(share * count), max_size=int(share * count))
    )
    places = list(range(len(weights)))
    given_pairs = pairs(places, places, weights, of_left=of_left, of_right=of_right, told=told)
    answer = posterior(given_pairs)
    found = answer.prior.of(given_pairs.left, given_pairs.right)
    expected = [
        before_evidence(
            one,
            other,
            pairs=list(zip(places, places, answer.probability, strict=True)),
            of_left=of_left,
            of_right=of_right,
            told=told,
        )
        for one, other in zip(given_pairs.left, given_pairs.right, strict=True)
    ]
    assert np.allclose(found, expected, atol=0.02)


def test_whose_group_has_nearly_always_a_partner_is_seldom_alone():
    # Of 1,000 of group 1 on the left none is on the right; of the 1,000 of group 2, 800 are.
    of_left, of_right = [2] * 1000 + [1] * 1000, [2] * 1000
    prior = posterior(clear(of_left=of_left, of_right=of_right, shared=800)).prior
    foreigner, citizen = (prior.of_groups(np.array([p]), np.array([900]))[0] for p in (900, 1500))
    # On the left 1,200 of 2,000 are alone: 0.2 of the one group, and everybody of the other.
    # A pair of group 2 competes with 200 x 200 who are alone, for 800 shared people. The base has
    # it compete with 1,200 x 200, and the evidence takes group 2 to be 2 in 3 of everybody.
    assert foreigner == pytest.approx(math.log2((1200 / 200) / (3 / 2)), abs=0.1)
    assert citizen == pytest.approx(math.log2(0.6 / 1.0), abs=0.1)


def test_a_group_that_one_side_hardly_holds_is_met_by_chance_less_than_it_is_common():
    # Citizens (1) fill the left side and foreigners (2) the right one, as prison and immigration.
    of_left, of_right = [2] * 100 + [1] * 900, [2] * 900 + [1] * 100
    places = np.arange(90)
    prior = posterior(pairs(places, places, [60.0] * 90, of_left=of_left, of_right=of_right)).prior
    assert prior.meeting is not None
    # Half of all people are foreigners, so the evidence expects 90 x 0.1 x 0.9 / 0.5 pairs.
    expected = math.log2((90 + DOUBTED) / (90 * 0.1 * 0.9 / 0.5 + DOUBTED))
    assert prior.meeting.of(places[:1], places[:1])[0] == pytest.approx(expected, abs=0.01)


def test_sides_of_like_groups_say_nothing_of_a_pair_of_one():
    of_both = [1] * 600 + [2] * 400
    order = [*range(0, 1000, 2), *range(1, 1000, 2)]
    of_both = [of_both[place] for place in order]
    prior = posterior(clear(of_left=of_both, of_right=of_both, shared=500)).prior
    assert prior.meeting is not None
    assert np.abs(prior.meeting.of(np.arange(500), np.arange(500))).max() < 0.05


def test_whom_a_side_was_told_of_is_likely_on_the_other_one_however_many_others_there_are():
    # Of 100 told of 95 are shared, of 9,900 others 50.
    told = [True] * 100 + [False] * 9_900
    shared = [*range(95), *range(100, 150)]
    group = [1] * 10_000
    of = pairs(shared, shared, [60.0] * 145, of_left=group, of_right=group, told=told)
    prior = posterior(of).prior
    heard, other = (prior.of_groups(np.array([0]), np.array([place]))[0] for place in (5, 105))
    odds = math.log2((95 / 100) / (145 / 10_000)), math.log2((50 / 9_900) / (145 / 10_000))
    alone = math.log2(0.9855 / LEAST_ALONE), math.log2(0.9855 / (9_850 / 9_900))
    # As often alone as 130 of whom 30 are as all others: more than the least there is.
    assert heard > odds[0] + 1
    assert heard <= odds[0] + alone[0]
    assert other == pytest.approx(odds[1] + alone[1], abs=0.1)


def test_nobody_is_taken_to_be_surely_in_both():
    of_left, of_right = [1] * 500 + [2] * 500, [1] * 500
    prior = posterior(clear(of_left=of_left, of_right=of_right, shared=500)).prior
    assert prior.left is not None
    assert prior.left[0] == pytest.approx(math.log2(0.5 / LEAST_ALONE), abs=0.05)


def test_a_small_group_is_taken_to_be_as_the_others_are():
    of_left, of_right = [3] + [1] * 999, [3] + [1] * 999
    prior = posterior(clear(of_left=of_left, of_right=of_right, shared=500)).prior
    assert abs(prior.of_groups(np.array([0]), np.array([0]))[0]) < 0.3


def test_groups_that_are_mixed_up_speak_less_against_a_pair():
    # Groups 1 and 2 are mixed up in 20 of 400 people, 1 and 3 in none.
    of_left = [1] * 200 + [2] * 100 + [3] * 100
    of_right = [2] * 20 + [1] * 180 + [2] * 100 + [3] * 100
    prior = posterior(clear(of_left=of_left, of_right=of_right, shared=400)).prior
    assert prior.meeting is not None
    mixed, never = prior.meeting.of(np.array([0, 0]), np.array([0, 350]))
    rate = 20 / (400 * 400 - 200 * 180 - 100 * 120 - 100 * 100)
    expected = math.log2((20 + DOUBTED) / (rate * 200 * 120 + DOUBTED))
    assert mixed == pytest.approx(expected, abs=0.01)
    assert never < 0 < mixed


def test_a_single_odd_pair_hardly_counts_and_many_count_up_to_a_limit():
    once = clear(of_left=[1] * 5 + [2] * 900, of_right=[3] + [1] * 4 + [2] * 900, shared=5)
    added = posterior(once).prior
    assert added.meeting is not None
    assert 0 < added.meeting.of(np.array([0]), np.array([0]))[0] < 0.5
    of_left = [9] * 900 + list(range(10, 60)) * 40
    often = clear(of_left=of_left, of_right=[8] * 900 + of_left[900:], shared=900)
    always = posterior(often).prior
    assert always.meeting is not None
    assert always.meeting.of(np.array([0]), np.array([0]))[0] <= SPARE


def test_an_unknown_group_is_met_as_often_as_it_is():
    # All 50 unknown ones of either side are of the 50 known ones of the other: twice by chance.
    of_left, of_right = [0] * 50 + [1] * 50, [1] * 50 + [0] * 50
    prior = posterior(clear(of_left=of_left, of_right=of_right, shared=100)).prior
    assert prior.meeting is not None
    expected = math.log2((50 + DOUBTED) / (100 * 0.5 * 0.5 + DOUBTED))
    assert np.allclose(prior.meeting.of(np.arange(100), np.arange(100)), expected, atol=0.01)
    even = clear(of_left=[0, 1] * 50, of_right=[0, 1] * 25 + [1, 0] * 25, shared=100)
    assert np.allclose(posterior(even).prior.of_groups(even.left, even.right), 0, atol=0.05)


@settings(max_examples=30, deadline=None)
@given(of_left=groups, of_right=groups, order=st.permutations(range(1, 5)))
def test_the_numbers_of_groups_say_nothing(of_left, of_right, order):
    renamed = np.array([0, *order])
    plain = clear(of_left=of_left, of_right=of_right, shared=70)
    other = clear(of_left=renamed[of_left], of_right=renamed[of_right], shared=70)
    places = np.arange(120)
    assert np.allclose(
        posterior(plain).prior.of(places, places), posterior(other).prior.of(places, places)
    )


def test_one_group_is_none():
    grouped = clear(of_left=[1] * 100, of_right=[1] * 100, shared=60)
    prior = posterior(grouped).prior
    assert np.allclose(prior.of(grouped.left, grouped.right), prior_for(grouped, 60.0), atol=1e-3)
