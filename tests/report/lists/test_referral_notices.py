"""Referral notices: one for each person due and never referred, each of which ends in one way."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.samples.reported.frames import frame_of
from jobs.contract import results
from jobs.report.lists.referral_notices import (
    last_working_day,
    never_referred,
    notice_number,
    referral_notices,
)

FIRST = date(2006, 4, 3)
ENDS = {entry.code for entry in results.NOTICE_END.codes}
EPISODES = ("1", "2", "3", "4")
DUE, LATER, OUT, VERIFY, FREE, REFERRED, BEFORE, GONE, ASIDE = (
    "due", "not due yet", "out of scope", "to verify", "released", "referred", "referred before",
    "gone", "set aside",
)  # fmt: skip
ENDED_BY = {
    LATER: "NOT_DUE", OUT: "OUT_OF_SCOPE", VERIFY: "VERIFY", FREE: "RELEASED",
    REFERRED: "ANSWERED", BEFORE: "FOUND", GONE: "LEFT_REGISTER", ASIDE: "SET_ASIDE",
}  # fmt: skip
STATUS = {
    DUE: "DUE", LATER: "NOT_YET_DUE", OUT: "OUT_OF_SCOPE", VERIFY: "VERIFY_NATIONALITY",
    FREE: "NOT_REFERRED", REFERRED: "DUE", BEFORE: "DUE",
}  # fmt: skip


def night(states: dict[str, str], as_of: date) -> dict[str, pd.DataFrame]:
    """The results of a night on which episodes stand so."""
    there = {key: state for key, state in states.items() if state in STATUS}
    referred = {REFERRED: pd.Timestamp(as_of), BEFORE: pd.Timestamp(2006, 1, 2)}
    columns: dict[str, object] = {
        "episode_id": list(there),
        "identity_id": list(there),
        "prisoner_number": list(there),
        "prison_id": "AAI",
        "status": [STATUS[state] for state in there.values()],
        "status_rule_id": "a rule",
        "is_due": [STATUS[state] == "DUE" for state in there.values()],
        "is_released": [state == FREE for state in there.values()],
        "is_in_scope": [state not in (OUT, VERIFY) for state in there.values()],
        "referred_date": [referred.get(state) for state in there.values()],
        "case_id": ["C1" if state in referred else None for state in there.values()],
        "link_outcome": "linked",
        **dict.fromkeys(
            (
                "is_foreign_national",
                "is_nationality_unknown",
                "is_in_custody",
                "is_court_recommended",
                "is_possibly_considered",
            ),
            False,
        ),
    }
    aside = [key for key, state in states.items() if state == ASIDE]
    kept: dict[str, object] = {
        "register": "prison",
        "table_name": "episodes",
        "row_number": list(range(len(aside))),
        "row_key": aside,
        "rule_id": "a rule",
        "row": "{}",
    }
    return {
        results.ASSESSMENTS.full_name: frame_of(results.ASSESSMENTS, columns, len(there)),
        results.QUARANTINE.full_name: frame_of(results.QUARANTINE, kept, len(aside)),
        results.BACKLOG.full_name: results.BACKLOG.empty(),
    }


def notices(
    states: dict[str, str], as_of: date, earlier: pd.DataFrame | None = None
) -> pd.DataFrame:
    return referral_notices(facts=night(states, as_of), earlier=earlier, as_of=as_of, days=10)


THIRTY_NIGHTS = st.lists(
    st.fixed_dictionaries(dict.fromkeys(EPISODES, st.sampled_from([*STATUS, GONE, ASIDE]))),
    min_size=30,
    max_size=30,
)


# The first that is drawn is thirty times the same night.
@settings(max_examples=2, deadline=None)
@given(THIRTY_NIGHTS)
def test_over_thirty_nights_each_notice_ends_in_one_way_and_the_sums_hold(
    nights: list[dict[str, str]],
) -> None:
    each_ends_in_one_way(nights)


@pytest.mark.long
@settings(max_examples=12, deadline=None)
@given(THIRTY_NIGHTS)
def test_over_many_times_thirty_nights_each_notice_ends_in_one_way(
    nights: list[dict[str, str]],
) -> None:
    each_ends_in_one_way(nights)


def each_ends_in_one_way(nights: list[dict[str, str]]) -> None:
    earlier: pd.DataFrame | None = None
    for place, states in enumerate(nights):
        as_of = FIRST + timedelta(days=place)
        now = notices(states, as_of, earlier)
        was = results.NOTICES.empty() if earlier is None else earlier
        written = now["written_date"].eq(pd.Timestamp(as_of))
        ended = now["ended_date"].eq(pd.Timestamp(as_of))
        assert was["is_open"].sum() + written.sum() == ended.sum() + now["is_open"].sum()
        asked = {key for key, state in states.items() if state == DUE}
        assert set(now.loc[now["is_open"], "episode_id"]) == asked
        assert now["notice_number"].is_unique
        assert set(was["notice_number"]) <= set(now["notice_number"])
        assert now["is_open"].ne(now["ended_by"].notna()).all()
        assert set(now["ended_by"].dropna()) <= ENDS
        # What has ended stays as it ended, and the same night again is the same.
        closed = was[~was["is_open"]].set_index("notice_number")
        pd.testing.assert_frame_equal(now.set_index("notice_number").loc[closed.index], closed)
        pd.testing.assert_frame_equal(notices(states, as_of, earlier), now)
        earlier = now


@pytest.mark.parametrize(("state", "end"), sorted(ENDED_BY.items()))
def test_a_notice_ends_by_what_became_of_the_person(state: str, end: str) -> None:
    first = notices({"1": DUE}, FIRST)
    (row,) = notices({"1": state}, FIRST + timedelta(days=1), first).to_dict("records")
    assert row["ended_by"] == end
    assert row["ended_date"] == pd.Timestamp(FIRST + timedelta(days=1))
    assert (row["case_id"] == "C1") == (end in ("ANSWERED", "FOUND"))


def test_the_notice_of_somebody_who_was_erased_ends_as_that() -> None:
    first = notices({"1": DUE}, FIRST).assign(episode_id="erased-1")
    (row,) = notices({}, FIRST + timedelta(days=1), first).to_dict("records")
    assert row["ended_by"] == "ERASED"


def test_somebody_due_again_gets_another_notice_with_another_number() -> None:
    first = notices({"1": DUE}, FIRST)
    gone = notices({"1": LATER}, FIRST + timedelta(days=1), first)
    again = notices({"1": DUE}, FIRST + timedelta(days=2), gone)
    assert again["occurrence"].tolist() == [1, 2] or again["occurrence"].tolist() == [2, 1]
    assert again["notice_number"].nunique() == 2
    assert again["is_open"].sum() == 1


def test_only_who_is_due_and_never_referred_is_told_of() -> None:
    facts = night(dict(zip("1234567", STATUS, strict=True)), FIRST)
    found = facts[results.ASSESSMENTS.full_name]
    assert found.loc[never_referred(found), "episode_id"].tolist() == ["1"]


def test_the_day_after_the_last_for_an_answer_it_is_unanswered() -> None:
    first = notices({"1": DUE}, FIRST)
    due = first["answer_due_date"].iloc[0].date()
    for day, late in ((due, False), (due + timedelta(days=1), True)):
        (row,) = notices({"1": DUE}, day, first).to_dict("records")
        assert row["is_unanswered"] is late
        assert row["written_date"] == pd.Timestamp(FIRST)
    answered = notices({"1": REFERRED}, due + timedelta(days=1), first)
    assert not answered["is_unanswered"].any()


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        pytest.param(date(2006, 4, 24), 1, date(2006, 4, 25), id="a Monday"),
        pytest.param(date(2006, 4, 28), 1, date(2006, 5, 2), id="over a bank holiday"),
        pytest.param(date(2006, 4, 29), 1, date(2006, 5, 2), id="a Saturday counts from Friday"),
        pytest.param(date(2006, 12, 22), 3, date(2006, 12, 29), id="over Christmas"),
        pytest.param(date(2006, 12, 29), 1, date(2007, 1, 2), id="over New Year"),
    ],
)
def test_days_for_an_answer_are_working_days(start: date, days: int, last: date) -> None:
    assert last_working_day(start, days) == last


def test_a_number_is_of_one_notice_and_can_be_read_out() -> None:
    numbers = {notice_number(str(e), n) for e in range(3000) for n in (1, 2)}
    assert len(numbers) == 6000
    assert all(len(number) == 17 and not set("ILOU") & set(number[3:]) for number in numbers)
