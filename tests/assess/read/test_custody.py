"""Held, released or gone: what the movements say, what the episode's own row says, and who wins."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.minimal_registers import table
from benchmarks.samples.stories import (
    REFERRED,
    RELEASED,
    Story,
    assess_all,
    decision,
    gather,
    people,
    policy,
    registers,
    tell,
)
from jobs.assess import Assessed, assess

D1, D2, D3, D4 = date(2004, 6, 1), date(2004, 9, 1), date(2005, 2, 1), date(2005, 9, 1)


def move(kind: str, day: date | None, reason: str | None = None) -> dict[str, Any]:
    return {"movement_type": kind, "movement_reason": reason, "movement_date": day}


def rel(day: date | None, reason: str | None = "CR") -> dict[str, Any]:
    return move("REL", day, reason)


def adm(day: date | None) -> dict[str, Any]:
    return move("ADM", day, "24")


def trn(day: date) -> dict[str, Any]:
    return move("TRN", day, "NOTR")


def moved(*movements: dict[str, Any], story: Story | None = None, **episode: Any) -> Story:
    """An episode with these movements and no others, in their sequence."""
    changed = {"status": "ACTIVE IN", **episode}
    return (story or Story()).but(movements=movements, is_admitted=False, episode=changed)


def backwards(told: Story) -> Assessed:
    """The assessment of the story, told alone, with its movements in the opposite order."""
    tables = registers(told)
    rows = tables["prison.movements"].to_pylist()
    tables["prison.movements"] = table("prison.movements", rows[::-1])
    links, identities = people(told)
    return assess(
        tables=tables,
        links=links,
        identities=identities,
        as_of=told.night,
        policy=policy(),
    )


def state(found: Assessed) -> tuple[str, str | None, str | None]:
    """The rule about custody, the row it rests on, and the day of release."""
    rules = found.reasons["rule_id"].str.match(r"custody\.|exit\.")
    reason = found.reasons[rules].iloc[0]
    release = found.assessments["release_date"].iloc[0]
    day = None if pd.isna(release) else release.date().isoformat()
    return reason["rule_id"], reason["source_key"], day


HELD, RELEASED_RULE = "custody.held", "custody.released"
MOVEMENTS = [
    pytest.param(moved(), HELD, "E1", None, id="no movement at all"),
    pytest.param(moved(rel(D1)), RELEASED_RULE, "E1|1", "2004-06-01", id="a release alone"),
    pytest.param(moved(adm(D1)), HELD, "E1", None, id="an admission alone"),
    pytest.param(moved(rel(D1), adm(D2)), HELD, "E1", None, id="released and back"),
    pytest.param(moved(adm(D1), rel(D2)), RELEASED_RULE, "E1|2", "2004-09-01", id="in and out"),
    pytest.param(moved(adm(D2), rel(D1)), RELEASED_RULE, "E1|2", "2004-06-01",
                 id="the sequence decides, not the day"),
    pytest.param(moved(rel(D1), adm(D2), rel(D3)), RELEASED_RULE, "E1|3", "2005-02-01",
                 id="released twice"),
    pytest.param(moved(rel(D1), trn(D2)), RELEASED_RULE, "E1|1", "2004-06-01",
                 id="a transfer is neither in nor out"),
    pytest.param(moved(rel(None)), "custody.released-undated", "E1|1", None, id="no day"),
    pytest.param(moved(rel(D1, "HP")), "custody.hospital", "E1|1", None, id="to hospital"),
    pytest.param(moved(rel(D1, "EX")), "exit.removed", "E1|1", None, id="extradited"),
]  # fmt: skip


@pytest.mark.parametrize(("told", "rule", "key", "day"), MOVEMENTS)
def test_the_last_movement_in_or_out_decides(
    told: Story, rule: str, key: str, day: str | None
) -> None:
    assert state(assess_all(told)) == state(backwards(told)) == (rule, key, day)


def own(day: date | None, reason: str | None = "CR", kind: str | None = "REL") -> dict[str, Any]:
    """The last movement as the episode's own row has it."""
    return {"last_movement_type": kind, "last_movement_reason": reason, "last_movement_date": day}


OUT = {"status": "INACTIVE OUT"}
OWN_ROWS = [
    pytest.param(moved(**own(D1)), RELEASED_RULE, "2004-06-01", id="out by its last movement"),
    pytest.param(moved(**own(None)), "custody.released-undated", None, id="without a day"),
    pytest.param(moved(**{**OUT, **own(None, None, None)}), "custody.released-undated", None,
                 id="out by its status"),
    pytest.param(moved(**{**OUT, **own(D1, None, None)}), RELEASED_RULE, "2004-06-01",
                 id="by its status, with a day of something"),
    pytest.param(moved(**{**OUT, **own(D1, "CR", " ")}), RELEASED_RULE, "2004-06-01",
                 id="a blank kind of movement is none"),
    pytest.param(moved(**{**OUT, **own(D1, "HP", "ADM")}), "custody.released-undated", None,
                 id="by its status, the last movement is an admission"),
    pytest.param(moved(**own(D1, "CR", "ADM")), HELD, None, id="an admission"),
    pytest.param(moved(**own(D1, "DEC")), "exit.died", None, id="died"),
    pytest.param(moved(**own(D1, "EX")), "exit.removed", None, id="extradited"),
    pytest.param(moved(**own(D1, "ET")), "custody.removal-centre", None, id="to a removal centre"),
    pytest.param(moved(**own(D1, "NO SUCH")), RELEASED_RULE, "2004-06-01", id="an unknown reason"),
    pytest.param(moved(**{**own(D1, None), "legal_status": "DEAD"}), "exit.died", None,
                 id="dead by the legal status"),
    pytest.param(moved(**{**own(D1, "CR"), "legal_status": "DEAD"}), RELEASED_RULE, "2004-06-01",
                 id="dead since, released for a known reason"),
    pytest.param(moved(**{**own(D1, "HP"), "legal_status": "DEAD"}), "custody.hospital", None,
                 id="dead since, gone to hospital"),
    pytest.param(moved(**{**own(D1, "NO SUCH"), "legal_status": "DEAD"}), "exit.died", None,
                 id="dead, and an unknown reason"),
    pytest.param(moved(adm(D1), **own(D2)), RELEASED_RULE, "2004-09-01", id="out after it"),
    pytest.param(moved(adm(D2), **own(D1)), "custody.released-undated", None,
                 id="out before an admission: not on that day"),
    pytest.param(moved(adm(D1), **own(D1)), RELEASED_RULE, "2004-06-01", id="out on the day of it"),
    pytest.param(moved(rel(D1), adm(D2), **own(D1)), HELD, None, id="the release that is known"),
    pytest.param(moved(rel(D1), adm(D2), **own(D2)), HELD, None, id="on the day of the return"),
    pytest.param(moved(rel(D1), adm(D2), **own(D3)), RELEASED_RULE, "2005-02-01",
                 id="after the return"),
    pytest.param(moved(rel(D1), adm(D2), **own(None)), HELD, None, id="no day: returned"),
    pytest.param(moved(rel(D1), adm(D2), **{**OUT, **own(D1)}), "custody.released-undated", None,
                 id="returned, and out by the status"),
    pytest.param(moved(rel(None), **own(D3)), RELEASED_RULE, "2005-02-01",
                 id="an undated movement, and a day on the row"),
    pytest.param(moved(rel(D1, None), **own(D3, "HP")), "custody.hospital", None,
                 id="a movement without a reason, and one on the row"),
    pytest.param(moved(rel(D1, "CR"), **own(D3, "HP")), RELEASED_RULE, "2004-06-01",
                 id="the movement's reason and day win"),
]  # fmt: skip


gather(OWN_ROWS)


@pytest.mark.parametrize(("told", "rule", "day"), OWN_ROWS)
def test_the_episodes_own_row_decides_where_the_movements_are_silent(
    told: Story, rule: str, day: str | None
) -> None:
    found = state(assess_all(told))
    assert (found[0], found[2]) == (rule, day)


@pytest.mark.parametrize(("day", "rule"), [(D1, HELD), (D2, HELD), (D3, RELEASED_RULE)])
def test_a_return_outweighs_the_row_whatever_the_order_of_movements(day: date, rule: str) -> None:
    told = moved(rel(D1), adm(D2), **own(day))
    assert state(assess_all(told))[0] == state(backwards(told))[0] == rule


RECALLS = [
    pytest.param(moved(rel(D1), adm(D2)), "1 June 2004", id="once"),
    pytest.param(moved(rel(D1), adm(D2), rel(D3), adm(D4)), "1 February 2005", id="twice"),
    pytest.param(moved(adm(D1), rel(D2), adm(D3)), "1 September 2004", id="in, out and in"),
    pytest.param(moved(rel(D1, "HP"), adm(D2)), None, id="back from hospital"),
    pytest.param(moved(adm(D1), adm(D2)), None, id="never out"),
    pytest.param(moved(rel(D1), adm(D2), rel(D3)), None, id="out again"),
]  # fmt: skip


@pytest.mark.parametrize(("told", "day"), RECALLS)
def test_somebody_recalled_is_told_with_the_last_release(told: Story, day: str | None) -> None:
    for found in (assess_all(told), backwards(told)):
        reasons = found.reasons.set_index("rule_id")["finding"]
        assert ("custody.recalled" in reasons) is (day is not None)
        if day:
            assert reasons["custody.recalled"].startswith(f"Released before, on {day}, and back")


def decided(day: date) -> Story:
    return Story(cases=(REFERRED,), events=(decision(day),))


SEEN = [
    ((trn(D2), rel(None)), D2, "on the day of a transfer"),
    ((trn(D1), trn(D2), rel(None)), D2, "of the later of two"),
    ((trn(D2), trn(D1), rel(None)), D2, "whatever their sequence"),
    ((rel(None), trn(D3)), date(2004, 3, 1), "not by what comes after the exit"),
    ((rel(None),), date(2004, 3, 1), "on the day of reception"),
]
LAST_SEEN = [
    pytest.param(moved(*movements, story=decided(seen)),
                 moved(*movements, story=decided(seen + timedelta(days=1))), id=name)
    for movements, seen, name in SEEN
]  # fmt: skip
gather(LAST_SEEN)


@pytest.mark.parametrize(("on_the_day", "after"), LAST_SEEN)
def test_an_undated_release_lies_after_the_person_was_last_seen(
    on_the_day: Story, after: Story
) -> None:
    assert tell(on_the_day)[0]["status"] == "CONSIDERED"
    assert tell(after)[0]["status"] == "CONSIDERED_LATE"


@pytest.mark.parametrize("received", [date(2004, 6, 15), None])
def test_last_seen_on_the_later_of_reception_and_sentence(received: date | None) -> None:
    seen = received or date(2004, 3, 1)
    for day, status in ((seen, "CONSIDERED"), (date(2004, 6, 16), "CONSIDERED_LATE")):
        told = moved(rel(None), story=decided(day), reception_date=received)
        assert tell(told)[0]["status"] == status


EXEMPT = [
    pytest.param([rel(RELEASED, "EX")], {}, True, id="by movement"),
    pytest.param([rel(RELEASED, "DD")], {}, False, id="deported"),
    pytest.param([rel(RELEASED, "DD")], own(RELEASED, "EX"), False,
                 id="deported by movement, extradited by the row"),
    pytest.param([], own(RELEASED, "EX"), True, id="by the row"),
    pytest.param([], own(RELEASED, "DD"), False, id="deported by the row"),
]  # fmt: skip


@pytest.mark.parametrize(("movements", "episode", "exempt"), EXEMPT)
def test_who_was_extradited(
    movements: list[dict[str, Any]], episode: dict[str, Any], exempt: bool
) -> None:
    day = date(2010, 6, 1)
    later = [{**each, "movement_date": date(2011, 1, 1)} for each in movements]
    changed = {**episode, "last_movement_date": date(2011, 1, 1)} if episode else {}
    story = Story(
        night=date(2012, 1, 1),
        sentences=({"sentence_date": day, "offence_date": day, "term_months": 12},),
    )
    told = moved(*later, story=story, reception_date=day, sentence_start_date=day, **changed)
    rule = assess_all(told).flags["exemption_rule_id"].iloc[0]
    assert (rule == "exemption.extradition") is exempt


def test_a_movement_with_the_number_nought_is_told_once() -> None:
    told = moved({**rel(D1), "movement_sequence": 0})
    reasons = assess_all(told).reasons
    mine = reasons[reasons["rule_id"] == RELEASED_RULE]
    assert mine["source_key"].tolist() == ["E1|0"]
