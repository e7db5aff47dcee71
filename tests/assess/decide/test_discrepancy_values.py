"""What each discrepancy says of both registers, since when, and until which night."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.minimal_registers import table
from benchmarks.samples.stories import (
    NIGHT,
    RELEASED,
    SENTENCED,
    Story,
    frame,
    gather,
    people,
    policy,
    register_rows,
    registers,
    tables_of,
)
from jobs.assess import assess
from jobs.contract.results import IDENTITIES
from tests.assess.decide.test_discrepancies import DAY, DEPORTED, discrepancies, here

TOMORROW = NIGHT + timedelta(days=1)
BEFORE, LATER = date(2005, 3, 1), date(2006, 2, 1)
ACTIVE = {"granted_date": DAY, "bail_status": "ACTIVE"}
GONE = {"granted_date": BEFORE, "ended_date": DAY, "bail_status": "ABSCONDED"}
INSIDE = {"located_status": "IN_CUSTODY"}
NO_PRISON = {"start_date": DAY, "place_id": "ZZI"}


def rows(told: Story) -> list[tuple[str, ...]]:
    """Rule, what the prison says, what the immigration service says, who errs, since when."""
    found = discrepancies(told).sort_values("rule_id")
    return [
        (row.rule_id.removeprefix("discrepancy."), row.prison_value, row.immigration_value,
         row.likely_wrong, "" if pd.isna(row.since_date) else row.since_date.date().isoformat())
        for row in found.itertuples()
    ]  # fmt: skip


def held(**tables: Any) -> Story:
    return here().but(**tables)


def out(**tables: Any) -> Story:
    return Story(there={}, **tables)


SAID = [
    pytest.param(here(nationality="GHANA"), ("nationality", "NIGERIA", "GHANA", "immigration", ""),
                 id="nationality"),
    pytest.param(here(nationality="GHANA", nationality_verified=True),
                 ("nationality", "NIGERIA", "GHANA", "prison", ""), id="nationality, with proof"),
    pytest.param(here(nationality="BRIT"), ("nationality", "NIGERIA", "BRIT", "immigration", ""),
                 id="British there"),
    pytest.param(here(nationality="GHANA").but(nationality="BRIT"),
                 ("nationality", "BRIT", "GHANA", "immigration", ""), id="British here"),
    pytest.param(here(noms_number="A9999ZZ"),
                 ("identity", "this person's number", "a number of nobody", "immigration", ""),
                 id="a number of nobody"),
    *(pytest.param(here(located_status=status), ("custody", "held", status, "immigration", ""),
                   id=f"held, {status} there") for status in ("LOCATED", "NOT_LOCATED", "ABROAD")),
    pytest.param(Story(there=INSIDE),
                 ("custody", "released", "IN_CUSTODY", "immigration", "2004-12-01"),
                 id="released, in custody there"),
    pytest.param(held(removals=({"removed_date": BEFORE},)),
                 ("deported-in-prison", "held", "removed on 1 March 2005", "immigration",
                  "2005-03-01"), id="deported, and in prison"),
    pytest.param(held(removals=({"removed_date": BEFORE}, {"removed_date": DAY})),
                 ("deported-in-prison", "held", "removed on 10 January 2006", "immigration",
                  "2006-01-10"), id="deported twice: the last time"),
    pytest.param(held(removals=({"removed_date": DAY}, {"removed_date": BEFORE})),
                 ("deported-in-prison", "held", "removed on 10 January 2006", "immigration",
                  "2006-01-10"), id="the last time first"),
    pytest.param(held(removals=({"removed_date": SENTENCED},)),
                 ("deported-in-prison", "held", "removed on 1 March 2004", "immigration",
                  "2004-03-01"), id="deported on the day of reception"),
    pytest.param(out(movements=DEPORTED),
                 ("removal-date", "removed on 1 December 2004",
                  "removed on a day that is not recorded", "immigration", "2004-12-01"),
                 id="removed here, nothing there"),
    pytest.param(out(movements=DEPORTED, removals=({"removed_date": date(2004, 12, 2)},)),
                 ("removal-date", "removed on 1 December 2004", "removed on 2 December 2004",
                  "immigration", "2004-12-01"), id="removed a day later there"),
    pytest.param(out(movements=DEPORTED, removals=({"removed_date": date(2004, 11, 30)},)),
                 ("removal-date", "removed on 1 December 2004", "removed on 30 November 2004",
                  "prison", "2004-12-01"), id="removed a day before there"),
    pytest.param(held(bails=(ACTIVE,)),
                 ("bailed-detained", "held", "on bail", "immigration", "2006-01-10"),
                 id="on bail, and held"),
    pytest.param(held(bails=(ACTIVE, {**ACTIVE, "granted_date": BEFORE})),
                 ("bailed-detained", "held", "on bail", "immigration", "2005-03-01"),
                 id="on bail twice: since the first"),
    pytest.param(held(bails=({**ACTIVE, "granted_date": BEFORE}, ACTIVE)),
                 ("bailed-detained", "held", "on bail", "immigration", "2005-03-01"),
                 id="the first before the other"),
    pytest.param(held(bails=(ACTIVE,), detentions=({"start_date": DAY, "place_id": "AAI"},)),
                 ("bailed-detained", "held", "on bail and detained", "immigration", "2006-01-10"),
                 id="on bail, detained, and held"),
    pytest.param(out(bails=(ACTIVE,), detentions=({"start_date": DAY, "place_id": "AAI"},)),
                 ("bailed-detained", "not held", "on bail and detained", "immigration",
                  "2006-01-10"), id="on bail, and detained"),
    pytest.param(held(detentions=(NO_PRISON,)),
                 ("unknown-prison", "no such prison", "detained there", "immigration",
                  "2006-01-10"), id="detained in no prison"),
    pytest.param(held(detentions=(NO_PRISON, {**NO_PRISON, "start_date": BEFORE})),
                 ("unknown-prison", "no such prison", "detained there", "immigration",
                  "2005-03-01"), id="detained in no prison twice: since the first"),
    pytest.param(held(detentions=({**NO_PRISON, "start_date": BEFORE}, NO_PRISON)),
                 ("unknown-prison", "no such prison", "detained there", "immigration",
                  "2005-03-01"), id="the first of them first"),
    pytest.param(held(detentions=(NO_PRISON, {"start_date": BEFORE, "place_id": "AAI"})),
                 ("unknown-prison", "no such prison", "detained there", "immigration",
                  "2006-01-10"), id="detained in a prison before"),
    pytest.param(held(bails=(GONE,)),
                 ("absconded", "held", "absconded from bail", "immigration", "2006-01-10"),
                 id="an absconder, and held"),
    pytest.param(here(died_date=DAY),
                 ("died", "held", "died on 10 January 2006", "immigration", "2006-01-10"),
                 id="dead, and held"),
]  # fmt: skip
gather(SAID)


@pytest.mark.parametrize(("told", "row"), SAID)
def test_what_a_discrepancy_says(told: Story, row: tuple[str, ...]) -> None:
    assert rows(told) == [row]


NONE = [
    pytest.param(here(nationality=None), id="no nationality there"),
    pytest.param(here(nationality="UNKNOWN"), id="an unknown one there"),
    pytest.param(here(nationality="GHANA").but(nationality=None), id="no nationality here"),
    pytest.param(here(nationality="GHANA").but(nationality="UNKNOWN"), id="an unknown one here"),
    pytest.param(here(**INSIDE), id="held, in custody there"),
    pytest.param(Story(there={"located_status": "LOCATED"}), id="released, at an address"),
    pytest.param(Story(there={"located_status": "LOCATED"}, detentions=({"start_date": DAY},)),
                 id="released, detained, at an address"),
    pytest.param(out(removals=({"removed_date": LATER},)), id="released, and removed later"),
    pytest.param(held(removals=({"removed_date": SENTENCED - timedelta(days=1)},)),
                 id="removed before the reception"),
    pytest.param(held(removals=({"removed_date": None},)), id="removed nobody knows when"),
    pytest.param(out(movements=({**DEPORTED[0], "movement_date": None},),
                     removals=({"removed_date": RELEASED},)), id="removed here nobody knows when"),
    pytest.param(out(bails=(ACTIVE,)), id="on bail, and out"),
    pytest.param(held(detentions=({"start_date": DAY, "place_id": "AAI"},)), id="detained"),
    pytest.param(held(detentions=({**NO_PRISON, "place_id": " "},)), id="nobody says where"),
    pytest.param(held(detentions=({**NO_PRISON, "place_id": "BBI"},)), id="in the last prison"),
    pytest.param(out(bails=(GONE,)), id="an absconder, and out"),
    pytest.param(Story(there={"died_date": DAY}), id="dead, and out"),
]  # fmt: skip
gather(NONE)


@pytest.mark.parametrize("told", NONE)
def test_no_discrepancy(told: Story) -> None:
    assert rows(told) == []


ON_THE_NIGHT = [
    pytest.param("removals", {"removed_date": NIGHT}, {"removed_date": TOMORROW}, id="a removal"),
    pytest.param("bails", {**ACTIVE, "granted_date": NIGHT}, {**ACTIVE, "granted_date": TOMORROW},
                 id="a bail"),
    pytest.param("bails", {**GONE, "ended_date": NIGHT}, {**GONE, "ended_date": TOMORROW},
                 id="an absconding"),
    pytest.param("detentions", {**NO_PRISON, "start_date": NIGHT},
                 {**NO_PRISON, "start_date": TOMORROW}, id="a detention in no prison"),
    pytest.param("detentions", {**NO_PRISON, "end_date": TOMORROW},
                 {**NO_PRISON, "end_date": NIGHT}, id="one that ends"),
    pytest.param("detentions", {**NO_PRISON, "start_date": None},
                 {**NO_PRISON, "start_date": None, "end_date": NIGHT}, id="one without a start"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "inside", "outside"), ON_THE_NIGHT)
def test_the_night_counts_and_the_day_after_does_not(
    table: str, inside: dict[str, Any], outside: dict[str, Any]
) -> None:
    assert len(rows(held(**{table: (inside,)}))) == 1
    assert rows(held(**{table: (outside,)})) == []


DETAINED = [
    pytest.param({"start_date": NIGHT}, True, id="since the night"),
    pytest.param({"start_date": TOMORROW}, False, id="from tomorrow"),
    pytest.param({"start_date": DAY, "end_date": TOMORROW}, True, id="until tomorrow"),
    pytest.param({"start_date": DAY, "end_date": NIGHT}, False, id="until the night"),
]


@pytest.mark.parametrize(("spell", "detained"), DETAINED)
def test_who_is_released_into_detention_is_in_custody(
    spell: dict[str, date], detained: bool
) -> None:
    told = Story(there=INSIDE, detentions=({"place_id": "AAI", **spell},))
    assert (rows(told) == []) is detained


@pytest.mark.parametrize("number", ["", " ", None])
def test_no_number_is_no_discrepancy(number: str | None) -> None:
    assert rows(here(noms_number=number)) == []


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("A1", "a number of nobody"),
        ("X", "a number of nobody"),
        ("A0000AA", "another person's number"),
        ("A0002AA", "another person's number"),
    ],
)
def test_another_persons_number_is_told_from_a_number_of_nobody(number: str, said: str) -> None:
    told = here(noms_number=number)
    links, identities = people(told)
    other = {"register": "prison", "person_id": "A0002AA", "identity_id": "ID9"}
    held = register_rows(told)
    held["prison.episodes"].insert(0, {"episode_id": "E0", "prisoner_number": "A0000AA"})
    found = assess(
        tables=tables_of(held),
        links=links,
        identities=pd.concat([frame(IDENTITIES, [other]), identities], ignore_index=True),
        as_of=told.night,
        policy=policy(),
    ).discrepancies
    assert found["immigration_value"].tolist() == [said]


def test_of_the_rows_of_one_night_each_has_an_id_and_they_stand_in_its_order() -> None:
    told = here(noms_number="A9999ZZ", nationality="GHANA", died_date=DAY, located_status="ABROAD")
    found = discrepancies(told)
    assert found["discrepancy_id"].is_monotonic_increasing
    assert found["discrepancy_id"].str.fullmatch("D[0-9a-f]{16}").all()
    assert len(set(found["discrepancy_id"])) == len(found) == 4


def test_first_seen_dates_of_the_night_before_last_and_none_is_put_off() -> None:
    told = here(noms_number="A9999ZZ", nationality="GHANA")
    links, identities = people(told)

    def again(previous: pd.DataFrame | None) -> list[tuple[str, int]]:
        found = assess(
            tables=registers(told),
            links=links,
            identities=identities,
            as_of=told.night,
            policy=policy(),
            previous_discrepancies=previous,
        ).discrepancies.sort_values("rule_id")
        days = found["first_seen_date"].dt.date.astype(str)
        return list(zip(days, found["age_days"], strict=True))

    tonight = ("2006-04-25", 0)
    known = discrepancies(told).sort_values("rule_id", ignore_index=True)
    assert again(None) == again(known.iloc[:0]) == again(known) == [tonight, tonight]
    early = known.assign(first_seen_date=pd.Timestamp(2006, 4, 20)).iloc[:1]
    assert again(early) == [("2006-04-20", 5), tonight]
    late = known.assign(first_seen_date=pd.Timestamp(2006, 5, 1))
    assert again(late) == [tonight, tonight]


def two(first: date | None, second: date | None, **second_episode: Any) -> list[str]:
    """Which episode is compared of two, E0 and E1, that were received on these days."""
    told = here(located_status="LOCATED").but(episode={"reception_date": second, **second_episode})
    tables = registers(told)
    earlier = {"episode_id": "E0", "prisoner_number": "A0001AA", "reception_date": first,
               "status": "ACTIVE IN", "legal_status": "SENTENCED"}  # fmt: skip
    main = tables["prison.episodes"].to_pylist()
    tables["prison.episodes"] = table("prison.episodes", [earlier, *main])
    links, identities = people(told)
    found = assess(
        tables=tables,
        links=links,
        identities=identities,
        as_of=told.night,
        policy=policy(),
    ).discrepancies
    return found["episode_id"].tolist()


EPISODES = [
    pytest.param(date(2003, 1, 1), date(2004, 1, 1), ["E1"], id="the later one"),
    pytest.param(date(2004, 1, 1), date(2003, 1, 1), ["E0"], id="whatever its number"),
    pytest.param(date(2004, 1, 1), date(2004, 1, 1), ["E0"], id="the same day: the first number"),
    pytest.param(None, date(1960, 1, 1), ["E1"], id="no day comes before every day"),
]


@pytest.mark.parametrize(("first", "second", "compared"), EPISODES)
def test_of_two_episodes_the_later_is_compared(
    first: date | None, second: date | None, compared: list[str]
) -> None:
    assert two(first, second) == compared


def test_of_two_episodes_one_in_prison_is_compared_before_a_later_one_that_ended() -> None:
    assert two(date(2003, 1, 1), date(2004, 1, 1), status="INACTIVE OUT") == ["E0"]
