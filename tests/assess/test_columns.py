"""The moves that the rules are written in, each on a few rows that can be checked by eye."""

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from jobs.assess import columns as col
from jobs.assess.frames import coded, frame_of, taken, whole_numbers
from jobs.contract.results import DISCREPANCIES


def days(*texts: str | None) -> col.Days:
    return np.array(texts, dtype="datetime64[D]")


def rows(*numbers: int) -> col.Whole:
    return np.array(numbers, dtype=np.int64)


def flags(*values: int) -> col.Flags:
    return np.array(values, dtype=bool)


MONTHS_ON = [
    pytest.param("2004-03-01", 12, "2005-03-01", id="a year"),
    pytest.param("2004-03-01", 0, "2004-03-01", id="no month"),
    pytest.param("2004-01-31", 1, "2004-02-29", id="the last of February in a leap year"),
    pytest.param("2005-01-31", 1, "2005-02-28", id="the last of February"),
    pytest.param("2004-01-30", 1, "2004-02-29", id="no thirtieth of February"),
    pytest.param("2004-01-28", 1, "2004-02-28", id="a day that February has"),
    pytest.param("2004-02-29", 12, "2005-02-28", id="a year from 29 February"),
    pytest.param("2004-05-31", 1, "2004-06-30", id="no 31 June"),
    pytest.param("2004-03-31", -1, "2004-02-29", id="a month back"),
    pytest.param("2004-03-01", -12, "2003-03-01", id="a year back"),
    pytest.param("1969-12-31", 1, "1970-01-31", id="over the day from which days are counted"),
    pytest.param("1970-01-15", -1, "1969-12-15", id="back over it"),
    pytest.param("2004-12-31", 12_000, "3004-12-31", id="the longest term"),
    pytest.param("4969-12-31", 0, "4969-12-31", id="the last month of the table"),
    pytest.param("4970-01-31", 0, "4970-01-31", id="the first month after it"),
    pytest.param("4969-11-30", 1, "4969-12-30", id="up to the last month of the table"),
    pytest.param("5000-01-31", 1, "5000-02-28", id="far after it"),
    pytest.param(None, 12, None, id="no day"),
]  # fmt: skip


@pytest.mark.parametrize(("start", "months", "end"), MONTHS_ON)
def test_the_same_day_so_many_months_on(start: str | None, months: int, end: str | None) -> None:
    alone = col.add_months(days(start), months)
    among = col.add_months(days(start, "2004-05-31", None), rows(months, 1, 1))
    assert alone.astype(str).tolist() == days(end).astype(str).tolist()
    assert among.astype(str).tolist() == [str(days(end)[0]), "2004-06-30", "NaT"]


def test_near_and_far_days_beside_each_other() -> None:
    found = col.add_months(days("2004-01-31", "5000-01-31", "4970-01-01"), rows(1, 1, -1))
    assert found.astype(str).tolist() == ["2004-02-29", "5000-02-28", "4969-12-01"]


def test_a_term_ends_on_the_day_after_its_months_and_days() -> None:
    found = col.add_term(days("2004-01-31", "2004-01-31", None), rows(1, 0, 1), rows(1, 30, 1))
    assert found.astype(str).tolist() == ["2004-03-01", "2004-03-01", "NaT"]


def test_the_position_of_each_value() -> None:
    among = pa.array(["a", "b", None])
    values = pa.array(["b", None, "c", "a"])
    assert col.positions(values, among).tolist() == [1, -1, -1, 0]
    assert col.positions(pa.chunked_array([values]), pa.chunked_array([among])).tolist() == [
        1, -1, -1, 0,
    ]  # fmt: skip
    assert col.positions(pa.array(["b"]), pa.array(["b"])).tolist() == [0]
    assert col.positions(values, pa.array([], pa.string())).tolist() == [-1, -1, -1, -1]
    assert col.positions(pa.array([], pa.string()), among).tolist() == []
    nobody = pa.chunked_array([], pa.string())
    assert col.positions(nobody, pa.chunked_array([among])).tolist() == []
    assert col.positions(pa.chunked_array([values]), nobody).tolist() == [-1, -1, -1, -1]


def test_the_values_at_positions() -> None:
    assert col.at(rows(5, 6), rows(1, -1, 0), 9).tolist() == [6, 9, 5]
    assert col.at(rows(5), rows(0, -1), 9).tolist() == [5, 9]
    assert col.at(rows(), rows(-1, -1), 9).tolist() == [9, 9]
    nothing = col.at(days(), rows(-1), col.NO_DAY)
    assert (nothing.dtype, np.isnat(nothing).tolist()) == (np.dtype("datetime64[D]"), [True])


GROUPS = rows(0, 0, 1, -1, 2)


def test_any_of_a_group() -> None:
    assert col.any_of(GROUPS, flags(0, 1, 0, 1, 1), 4).tolist() == [True, False, True, False]
    assert not col.any_of(rows(-1, 0), flags(1, 0), 2).any()


def test_the_earliest_and_the_latest_day_of_a_group() -> None:
    told = days("2004-01-02", "2004-01-01", None, "2003-01-01", "1960-01-01")
    earliest, latest = col.earliest(GROUPS, told, 4), col.latest(GROUPS, told, 4)
    assert earliest.astype(str).tolist() == ["2004-01-01", "NaT", "1960-01-01", "NaT"]
    assert latest.astype(str).tolist() == ["2004-01-02", "NaT", "1960-01-01", "NaT"]


PICKS = [
    pytest.param([rows(2, 1, 1, 0, 0)], [1, 1, 1, 1, 1], [1, 2, 4, -1], id="the lowest key"),
    pytest.param([rows(1, 1, 1, 0, 0)], [1, 1, 1, 1, 1], [0, 2, 4, -1], id="a tie: the first row"),
    pytest.param([rows(1, 1, 1, 0, 0), rows(2, 1, 0, 0, 0)], [1, 1, 1, 1, 1], [1, 2, 4, -1],
                 id="a tie: the second key"),
    pytest.param([rows(2, 1, 1, 0, 0)], [1, 0, 0, 1, 1], [0, -1, 4, -1], id="hits alone"),
    pytest.param([days(None, "2004-01-01", None, None, "1960-01-01")], [1, 1, 1, 1, 1],
                 [1, 2, 4, -1], id="no day comes last"),
    pytest.param([days("1960-01-01", "2004-01-01", None, None, None)], [1, 1, 1, 1, 1],
                 [0, 2, 4, -1], id="a day before 1970 comes first"),
    pytest.param([flags(1, 0, 1, 0, 0)], [1, 1, 1, 1, 1], [1, 2, 4, -1], id="false before true"),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "hit", "picked"), PICKS)
def test_the_row_of_a_group_that_comes_first(
    keys: list[np.ndarray], hit: list[int], picked: list[int]
) -> None:
    assert col.pick(GROUPS, keys, flags(*hit), 4).tolist() == picked


PAIRS = [
    pytest.param([0, 1, 1], [1, 0, 1], [(0, 1), (1, 0), (1, 2), (2, 0), (2, 2)], id="every one"),
    pytest.param([-1, 0], [0, -1], [(1, 0)], id="none joins nothing"),
    pytest.param([5], [0, 5], [(0, 1)], id="keys with gaps"),
    pytest.param([0], [5, 0], [(0, 1)], id="a key that is only on the right"),
    pytest.param([5, 0], [0], [(1, 0)], id="a key that is only on the left"),
    pytest.param([], [0, 1], [], id="nothing on the left"),
    pytest.param([0, 1], [], [], id="nothing on the right"),
    pytest.param([-1], [-1], [], id="nobody twice"),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right", "wanted"), PAIRS)
def test_every_pair_of_rows_with_equal_keys(
    left: list[int], right: list[int], wanted: list[tuple[int, int]]
) -> None:
    one, other = col.pairs(rows(*left), rows(*right))
    assert list(zip(one.tolist(), other.tolist(), strict=True)) == wanted


def test_pairs_of_many_rows_come_in_order_of_both() -> None:
    right = rows(*(number % 2 for number in range(40)))
    _, other = col.pairs(rows(1, 0), right)
    assert other.tolist() == [*range(1, 40, 2), *range(0, 40, 2)]


def test_the_first_recorded_day() -> None:
    found = col.first_day(
        days("2004-01-01", None, None, None),
        days("2004-01-02", "2004-01-02", None, None),
        days("2004-01-03", "2004-01-03", "2004-01-03", None),
    )
    assert found.astype(str).tolist() == ["2004-01-01", "2004-01-02", "2004-01-03", "NaT"]
    assert col.first_day(days("2004-01-01")).astype(str).tolist() == ["2004-01-01"]


TABLE = pa.table(
    {
        "text": pa.array(["a", " ", "", None]),
        "flag": pa.array([True, False, None, None]),
        "number": pa.array([3, 0, None, None]),
        "day": pa.array([date(2004, 2, 29), date(1960, 1, 1), None, None]),
    }
)


def test_columns_as_arrays() -> None:
    assert col.filled(TABLE, "text").tolist() == [True, False, False, False]
    assert col.flags(TABLE, "flag").tolist() == [True, False, False, False]
    assert col.whole(TABLE, "number", missing=-7).tolist() == [3, 0, -7, -7]
    assert col.days(TABLE, "day").astype(str).tolist() == ["2004-02-29", "1960-01-01", "NaT", "NaT"]
    assert col.is_one_of(TABLE, "text", {"a", ""}).tolist() == [True, False, True, False]
    assert col.code_numbers(TABLE, "text", ["", "a"]).tolist() == [1, -1, 0, -1]


RECORDED = [
    (datetime(2006, 4, 25, 22, 59, 59, tzinfo=UTC), True, "2006-04-25"),
    (datetime(2006, 4, 25, 23, 0, tzinfo=UTC), False, "2006-04-26"),
    (datetime(2006, 1, 25, 23, 30, tzinfo=UTC), True, "2006-01-25"),
    (datetime(2006, 4, 26, 12, 0, tzinfo=UTC), False, "2006-04-26"),
    (None, True, "NaT"),
]


@pytest.mark.parametrize("unit", ["us", "ms"])
def test_when_a_row_was_recorded_in_london(unit: str) -> None:
    moments = pa.array([moment for moment, _, _ in RECORDED], pa.timestamp(unit, tz="UTC"))
    table = pa.table({"recorded_at": moments})
    known = col.known_by(table, np.datetime64("2006-04-25"))
    assert known.tolist() == [known for _, known, _ in RECORDED]
    assert col.recorded_days(table).astype(str).tolist() == [day for _, _, day in RECORDED]


def test_names_at_positions_are_empty_where_there_is_none() -> None:
    assert coded(rows(1, -1, 0), ["a", "b"]).to_pylist() == ["b", None, "a"]
    pieces = pa.chunked_array([["a"], ["b"]])
    found = taken(pieces, rows(1, -1, 0))
    assert isinstance(found, pa.Array)
    assert found.to_pylist() == ["b", None, "a"]
    assert whole_numbers(rows(3, 4), flags(1, 0)).to_pylist() == [3, None]


def test_a_frame_of_a_declared_table() -> None:
    texts = pa.array(["x", None])
    values = {field.name: texts for field in DISCREPANCIES.fields}
    values |= {
        "rule_id": pa.chunked_array([["r"], ["s"]]),
        "since_date": days("2004-02-29", None),
        "first_seen_date": days("2004-03-01", "2004-03-02"),
        "age_days": pa.array([1, 2]),
    }
    found = frame_of(DISCREPANCIES, values)
    assert list(found.columns) == [field.name for field in DISCREPANCIES.fields]
    assert found["rule_id"].tolist() == ["r", "s"]
    assert found["since_date"].tolist()[0] == pd.Timestamp(2004, 2, 29)
    assert found["since_date"].isna().tolist() == [False, True]
