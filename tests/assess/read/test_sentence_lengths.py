"""How long the sentences of one episode are together, from when, and for the worst of what."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks.samples.stories import HELD, NIGHT, Story, gather, tell
from jobs.assess.read.sentences import add_up

START = date(2004, 3, 1)


def terms(*sentences: dict[str, Any], **changes: Any) -> Story:
    return Story(sentences=sentences, **changes)


def follows(sequence: int, **term: Any) -> dict[str, Any]:
    return {"consecutive_to_sequence": sequence, **term}


def until(day: date) -> int:
    return (day - START).days


FINE = {"calculation_type": "FINE", "term_months": 6}
SUSPENDED = {"calculation_type": "SUSP", "term_months": 6}
LIFE = {"calculation_type": "LIFE"}
LATER = date(2004, 4, 1)
LENGTHS = [
    pytest.param(terms({"term_years": 2}), until(date(2006, 3, 1)), id="years"),
    pytest.param(terms({"term_months": 2}), until(date(2004, 5, 1)), id="months"),
    pytest.param(terms({"term_weeks": 2}), 14, id="weeks"),
    pytest.param(terms({"term_days": 2}), 2, id="days"),
    pytest.param(terms({"term_years": 1, "term_months": 1, "term_weeks": 1, "term_days": 1}),
                 until(date(2005, 4, 9)), id="all four"),
    pytest.param(terms({"term_days": 0}), 0, id="no day at all"),
    pytest.param(terms({}), None, id="nothing recorded"),
    pytest.param(terms({"term_years": 3, "term_days": -1}), None, id="a negative part"),
    pytest.param(terms({"term_weeks": -1}), None, id="negative weeks"),
    pytest.param(terms({"term_years": 2000}), (date(3004, 3, 1) - START).days,
                 id="at most a thousand years"),
    pytest.param(terms({"term_days": 500_000}), 400_000, id="or so many days"),
    pytest.param(terms({"term_days": 399_999}), 399_999, id="a day less"),
    pytest.param(terms({"term_days": 300_000}, follows(1, term_days=300_000)), 400_000,
                 id="in a chain too"),
    pytest.param(terms({"term_months": 3}, {"term_months": 5}), until(date(2004, 8, 1)),
                 id="two at the same time: the longer"),
    pytest.param(terms({"term_months": 5}, {"term_months": 3}), until(date(2004, 8, 1)),
                 id="the longer first"),
    pytest.param(terms({"term_days": 30}, {"term_months": 1}), 31, id="thirty days and a month"),
    pytest.param(terms({"term_months": 1}, {"term_months": 1, "sentence_date": LATER}), 31,
                 id="March is longer than April"),
    pytest.param(terms({"term_months": 3}, follows(1, term_days=3)),
                 until(date(2004, 6, 4)), id="one after the other"),
    pytest.param(terms({"term_months": 3}, follows(1, term_months=3, sentence_date=LATER)),
                 until(date(2004, 9, 1)), id="the chain starts with its first"),
    pytest.param(terms({"term_months": 1}, *(follows(n, term_months=1) for n in range(1, 9))),
                 until(date(2004, 12, 1)), id="a chain of nine"),
    pytest.param(terms(*(follows(n, term_months=1) for n in range(2, 10)), {"term_months": 1}),
                 until(date(2004, 12, 1)), id="a chain of nine, last first"),
    pytest.param(terms({"term_months": 1}, follows(1, term_months=1), follows(1, term_months=2)),
                 until(date(2004, 6, 1)), id="two that follow one"),
    pytest.param(terms({"term_months": 4}, follows(1)), until(date(2004, 7, 1)),
                 id="what cannot be added up leaves the others"),
    pytest.param(terms({"term_months": 3}, FINE), until(date(2004, 6, 1)), id="a fine"),
    pytest.param(terms({"term_months": 3}, follows(1, **FINE)), until(date(2004, 6, 1)),
                 id="a fine that follows"),
    pytest.param(terms(FINE, follows(1, term_months=3)), until(date(2004, 6, 1)),
                 id="one that follows a fine"),
    pytest.param(terms({"term_months": 3}, SUSPENDED), until(date(2004, 6, 1)), id="suspended"),
    pytest.param(terms({**SUSPENDED, "activated_date": START}), until(date(2004, 9, 1)),
                 id="suspended and activated"),
    pytest.param(terms(LIFE), None, id="life"),
    pytest.param(terms({**LIFE, "term_months": 3}), None, id="life with a term"),
    pytest.param(terms({"term_months": 3}, LIFE), until(date(2004, 6, 1)), id="life beside it"),
    pytest.param(terms({"term_months": 3}, follows(1, **LIFE)), until(date(2004, 6, 1)),
                 id="life after it"),
    pytest.param(terms({**LIFE, "term_months": 5}, follows(1, term_months=3)),
                 until(date(2004, 6, 1)), id="one that follows life"),
]  # fmt: skip
gather(LENGTHS)


@pytest.mark.parametrize(("told", "days"), LENGTHS)
def test_the_length_of_the_longest_chain_in_days(told: Story, days: int | None) -> None:
    found = tell(told)[0]["sentence_days"]
    assert (None if pd.isna(found) else found) == days


ACTIVATED = [
    pytest.param(NIGHT, True, id="on the night"),
    pytest.param(NIGHT + timedelta(days=1), False, id="the day after"),
    pytest.param(None, False, id="never"),
]


@pytest.mark.parametrize(("day", "counts"), ACTIVATED)
def test_a_suspended_sentence_counts_from_its_activation(day: date | None, counts: bool) -> None:
    suspended = {"calculation_type": "SUSP", "term_months": 18, "activated_date": day}
    found, _ = tell(HELD.but(sentences=(suspended,), episode={"sentence_start_date": None}))
    assert found["is_in_scope"] is counts
    assert (None if pd.isna(found["sentence_date"]) else found["sentence_date"].date()) == (
        day if counts else None
    )


PASSED = [
    pytest.param(terms({"term_months": 3}, {"term_months": 3, "sentence_date": LATER}), START,
                 id="the first of two"),
    pytest.param(terms({"term_months": 3, "sentence_date": LATER}), LATER,
                 id="the sentence's own day before the episode's"),
    pytest.param(terms({"term_months": 3, "sentence_date": None},
                       episode={"sentence_start_date": LATER}), LATER, id="the episode's"),
    pytest.param(terms({**FINE, "sentence_date": date(2004, 1, 1)}, {"term_months": 3}), START,
                 id="a fine is no sentence"),
    pytest.param(terms(FINE), None, id="a fine alone"),
]  # fmt: skip
gather(PASSED)


@pytest.mark.parametrize(("told", "day"), PASSED)
def test_the_day_of_the_first_sentence(told: Story, day: date | None) -> None:
    found = tell(told)[0]["sentence_date"]
    assert (None if pd.isna(found) else found.date()) == day


OFFENCES = [
    pytest.param(("MURDER",), "MURDER", 1, id="the first of the list"),
    pytest.param(("OTHER",), "OTHER", 5, id="the last of the list"),
    pytest.param(("THEFT", "DRUGS"), "DRUGS", 3, id="the more serious of two"),
    pytest.param(("DRUGS", "THEFT"), "DRUGS", 3, id="the more serious first"),
    pytest.param(("BURGLARY", "DRUGS"), "DRUGS", 3, id="as serious: the first of the list"),
    pytest.param((None, "THEFT"), "THEFT", 5, id="one that is not recorded"),
    pytest.param(("NO SUCH CODE", "THEFT"), "THEFT", 5, id="one that is not in the list"),
    pytest.param((None,), None, None, id="none recorded"),
]


@pytest.mark.parametrize(("codes", "code", "seriousness"), OFFENCES)
def test_the_most_serious_offence(
    codes: tuple[str | None, ...], code: str | None, seriousness: int | None
) -> None:
    found, _ = tell(terms(*({"term_months": 3, "offence_code": each} for each in codes)))
    told = (found["offence_code"], found["seriousness"])
    assert tuple(None if pd.isna(each) else each for each in told) == (code, seriousness)


REMAND, SENT = "REMAND", "SENTENCED"
UNSENTENCED = [
    *(pytest.param({"legal_status": legal}, False, id=f"{legal}, no sentence")
      for legal in (REMAND, "CONVICTED_UNSENTENCED", "CIVIL_PRISONER", "IMMIGRATION_DETAINEE")),
    *(pytest.param({"legal_status": None, "imprisonment_status": order}, False,
                   id=f"order {order}, no sentence") for order in ("RX", "JR", "DET", "CIVIL")),
    *(pytest.param({"legal_status": legal, "imprisonment_status": "RX"}, True,
                   id=f"{legal} outweighs an order")
      for legal in (SENT, "INDETERMINATE_SENTENCE", "RECALL")),
    pytest.param({"legal_status": "OTHER", "imprisonment_status": "RX"}, False,
                 id="another legal status does not"),
    pytest.param({"legal_status": "OTHER", "imprisonment_status": "SENT"}, True,
                 id="neither remand nor an order"),
    pytest.param({"legal_status": REMAND, "sentence_start_date": START}, True,
                 id="remand, but a day of sentence"),
    pytest.param({"legal_status": REMAND, "imprisonment_status": "RX"}, False, id="both"),
]  # fmt: skip
SERVING = [pytest.param(terms(episode=each.values[0]), each.values[1], id=each.id)
           for each in UNSENTENCED]  # fmt: skip
gather(SERVING)


@pytest.mark.parametrize(("told", "in_scope"), SERVING)
def test_who_serves_a_sentence_that_is_not_recorded(told: Story, in_scope: bool) -> None:
    assert tell(told)[0]["is_in_scope"] is in_scope


@pytest.mark.parametrize("count", [1, 2, 3, 5, 12])
def test_a_chain_is_added_up_whatever_its_length(count: int) -> None:
    chain = [{"term_days": 10}, *(follows(n, term_days=10) for n in range(1, count))]
    assert tell(terms(*chain))[0]["sentence_days"] == 10 * count
    circle = [follows(n or count, term_days=10) for n in range(count)]
    assert pd.isna(tell(terms(*circle))[0]["sentence_days"])


def test_only_the_part_of_the_sentences_that_is_in_a_circle_is_not_determined() -> None:
    around = (follows(3, term_months=5), follows(2, term_months=5))
    found, reasons = tell(terms({"term_months": 2}, *around, follows(1, term_months=1)))
    assert found["sentence_days"] == until(date(2004, 6, 1))
    assert "referral.undetermined" in set(reasons["rule_id"])


@pytest.mark.parametrize("beside", [0, 1, 40, 3000])
def test_a_circle_counts_each_sentence_once_however_many_rows_are_beside_it(beside: int) -> None:
    # Two that follow each other, one that leads to them, and one that follows nothing.
    chain = np.array([1, 0, 0, -1, *[-1] * beside])
    months = np.array([5, 7, 1, 2, *[9] * beside])
    (total,), undetermined, first = add_up(chain, (months,), np.zeros(len(chain), dtype=bool))
    assert total[:4].tolist() == [12, 12, 13, 2]
    assert undetermined[:4].tolist() == [True, True, True, False]
    assert first[:4].tolist() == [0, 1, 0, 3]
    assert (total[4:] == 9).all()
    assert months[:4].tolist() == [5, 7, 1, 2]
