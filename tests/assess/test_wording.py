"""How days, terms and findings are put into words, many at once."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from jobs.assess.wording import chosen, fill, in_words, lengths, numbers

DAYS = [
    (date(2006, 1, 1), "1 January 2006"),
    (date(2004, 2, 29), "29 February 2004"),
    (date(2006, 3, 9), "9 March 2006"),
    (date(2006, 4, 25), "25 April 2006"),
    (date(2006, 5, 10), "10 May 2006"),
    (date(2006, 6, 30), "30 June 2006"),
    (date(1999, 7, 7), "7 July 1999"),
    (date(2008, 8, 1), "1 August 2008"),
    (date(2006, 9, 1), "1 September 2006"),
    (date(2015, 10, 1), "1 October 2015"),
    (date(2006, 11, 5), "5 November 2006"),
    (date(2020, 12, 31), "31 December 2020"),
    (None, "a day that is not recorded"),
]


def test_days_are_written_out() -> None:
    days = np.array([day for day, _ in DAYS], dtype="datetime64[D]")
    assert in_words(days).to_pylist() == [text for _, text in DAYS]


TERMS = [
    (0, 0, "no time at all"),
    (1, 0, "1 month"),
    (2, 0, "2 months"),
    (0, 1, "1 day"),
    (0, 2, "2 days"),
    (1, 1, "1 month and 1 day"),
    (12, 30, "12 months and 30 days"),
    (1, 30, "1 month and 30 days"),
    (12, 1, "12 months and 1 day"),
]


def test_terms_are_written_out_each_on_its_own() -> None:
    months, days, texts = zip(*TERMS, strict=True)
    assert lengths(np.array(months), np.array(days)).to_pylist() == list(texts)


@pytest.mark.parametrize(("months", "days", "text"), TERMS)
def test_a_term_alone_is_written_as_among_others(months: int, days: int, text: str) -> None:
    assert lengths(np.array([months]), np.array([days])).to_pylist() == [text]


def test_no_terms_are_no_texts() -> None:
    none = np.array([], dtype=np.int64)
    assert lengths(none, none).to_pylist() == []


def test_the_name_at_each_place_and_another_where_there_is_none() -> None:
    places = np.array([1, -1, 0])
    assert chosen(["first", "second"], places).to_pylist() == ["second", "", "first"]
    assert chosen(["first", "second"], places, "none").to_pylist() == ["second", "none", "first"]


def test_a_template_is_filled_row_by_row() -> None:
    day = pa.array(["1 May", "2 May"])
    told = fill("From {day} for {number} days.", 2, day=day, number=numbers(np.array([3, 4])))
    assert told.to_pylist() == ["From 1 May for 3 days.", "From 2 May for 4 days."]
    assert fill("{day}", 2, day=day).to_pylist() == ["1 May", "2 May"]


def test_a_template_without_parts_is_told_as_it_stands() -> None:
    assert fill("Held in prison.", 3).to_pylist() == ["Held in prison."] * 3
