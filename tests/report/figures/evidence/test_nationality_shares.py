"""Of which group somebody is whose nationality is uncertain, and whether the sentence suffices."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.report.figures.evidence.nationality_shares import out_of_scope

Row = dict[str, object]
LONG, SHORT = 1000, 500
"""Days of a sentence with which the EEA is in scope, and of one with which it is not."""


def row(nationality: str | None, *, days: int = SHORT, scope: bool = True, **told: object) -> Row:
    base = {
        "nationality": nationality, "sentence_days": days, "is_in_scope": scope,
        "is_court_recommended": False, "is_released": True, "link_outcome": "not_linked",
        "is_nationality_unknown": nationality in {None, "UNKNOWN"}, "considered_date": pd.NaT,
        "there": None, "is_uncertain": False,
    }  # fmt: skip
    return base | told


def chance_of(*rows: Row) -> list[float]:
    """The probability of each row, to three places."""
    frame = pd.DataFrame(rows, index=[f"E{i}" for i in range(len(rows))])
    there, uncertain = frame.pop("there").astype("str"), frame.pop("is_uncertain").astype("bool")
    frame["nationality"] = frame["nationality"].astype("str")
    frame["sentence_days"] = frame["sentence_days"].astype("Int64")
    found = out_of_scope(frame=frame, there=there, uncertain=uncertain)
    return [round(chance, 3) for chance in found]


def linked(here: str | None, there: str, *, scope: bool = True, **told: object) -> Row:
    return row(here, scope=scope, link_outcome="linked", there=there, **told)


def contradicted(here: str | None, there: str | None, *, days: int = SHORT) -> Row:
    told = {"link_outcome": "linked", "there": there, "is_uncertain": True}
    return row(here, days=days, **told)


KNOWN = [
    *[row("FRANCE", scope=False)] * 4,
    *[row("FRANCE", days=LONG)] * 4,
    *[row("IRELAND", scope=False), row("IRELAND", scope=False, days=LONG)] * 2,
    *[row("JAMAICA"), row("JAMAICA", days=LONG)] * 2,
]


@pytest.mark.parametrize(
    ("asked", "chance"),
    [
        pytest.param(contradicted("OTHER", "IRELAND"), 1.0, id="no country here, Irish there"),
        pytest.param(contradicted("IRELAND", "OTHER"), 1.0, id="Irish here, no country there"),
        pytest.param(contradicted("UNKNOWN", "FRANCE"), 1.0, id="EEA there, too short"),
        pytest.param(contradicted("UNKNOWN", "FRANCE", days=LONG), 0.0, id="EEA there, long"),
        pytest.param(contradicted("JAMAICA", "IRELAND"), 0.5, id="each country is as likely"),
        pytest.param(contradicted("FRANCE", "JAMAICA", days=LONG), 0.0, id="in scope by either"),
    ],
)
def test_a_country_that_one_register_names_is_taken_and_of_two_each_half(
    asked: Row, chance: float
) -> None:
    assert chance_of(asked, *KNOWN)[0] == chance


def test_somebody_linked_of_no_known_country_is_as_the_linked_are() -> None:
    asked = contradicted(None, None)
    others = [linked(None, "IRELAND"), *[linked(None, "JAMAICA")] * 3]
    assert chance_of(asked, *others, *KNOWN)[0] == 0.25


def test_somebody_alone_is_as_those_whose_country_is_seldom_known() -> None:
    asked = row("UNKNOWN", is_uncertain=True)
    seen = [linked("JAMAICA", "JAMAICA")] * 9 + [linked("IRELAND", "IRELAND")] * 9
    even = [linked(None, "JAMAICA"), linked(None, "IRELAND")]
    many_irish = [row("IRELAND", scope=False)] * 30
    few, many = (
        chance_of(asked, *seen, *even, *KNOWN)[0],
        chance_of(asked, *seen, *even, *KNOWN, *many_irish)[0],
    )
    assert 0.05 < few < many < 1


def test_more_unknown_people_than_foreigners_explain_are_british() -> None:
    seen = [linked("JAMAICA", "JAMAICA")] * 19 + [linked(None, "JAMAICA")]
    british = [row("BRIT", scope=False)] * 100
    alone = [row("UNKNOWN", is_uncertain=True)] * 8
    outside = [row("JAMAICA")] * 20
    without, among = (
        chance_of(*alone, *seen, *outside)[0],
        chance_of(*alone, *seen, *outside, *british)[0],
    )
    assert without == 0.0
    assert 0.7 < among < 0.9  # 1.5 of 8 are foreign by the rate, and at most 7.5 British


def test_a_court_a_scope_and_a_link_that_settle_it_leave_nothing_open() -> None:
    settled = [
        row("UNKNOWN", is_court_recommended=True),
        row("FRANCE", scope=False),
        linked("UNKNOWN", "JAMAICA"),
    ]
    assert chance_of(*settled, *KNOWN)[:3] == [0.0, 0.0, 0.0]


def test_who_was_decided_on_does_not_tell_of_those_on_a_list() -> None:
    decided = [row("FRANCE", considered_date=pd.Timestamp("2005-01-01"))] * 40
    asked = contradicted("OTHER", "FRANCE")
    assert chance_of(asked, *KNOWN, *decided)[0] == chance_of(asked, *KNOWN)[0] == 1.0


def test_a_night_that_shows_nothing_takes_nobody_off() -> None:
    assert chance_of(row("UNKNOWN", is_uncertain=True)) == [0.0]
    assert chance_of(row("JAMAICA", scope=False)) == [0.0]


ANY = st.builds(
    row,
    st.sampled_from(["BRIT", "IRELAND", "FRANCE", "JAMAICA", "OTHER", "UNKNOWN", None]),
    days=st.sampled_from([None, 10, SHORT, LONG]),
    scope=st.booleans(),
    link_outcome=st.sampled_from(["linked", "review", "not_linked"]),
    is_released=st.booleans(),
    is_court_recommended=st.booleans(),
    there=st.sampled_from(["BRIT", "IRELAND", "FRANCE", "JAMAICA", "OTHER", None]),
    is_uncertain=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(ANY, min_size=1, max_size=12))
def test_it_is_a_probability_and_of_people_in_scope_alone(rows: list[Row]) -> None:
    for told, chance in zip(rows, chance_of(*rows), strict=True):
        assert 0 <= chance <= 1
        if not told["is_in_scope"] and not told["is_uncertain"]:
            assert chance == 0
