from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pandas as pd
import pytest
import sqlalchemy as sa

from benchmarks.samples.minimal_registers import AS_OF
from benchmarks.samples.review.waiting_pairs import keys, review_night
from jobs.review.consequences import CONSEQUENCES
from jobs.review.desk import LONGEST_REASON, Desk, OpenPair, Taken
from jobs.review.second_look import SecondLook
from jobs.runtime.errors import BadInput
from jobs.warehouse import Contradiction, Decision, Reviewer, audit_entries, decisions
from jobs.warehouse.ledgers import review_queue
from jobs.warehouse.store.connections import transaction
from tests.review.conftest import PAIRS, RITA, ROB, VERA


def taken(desk: Desk, by: Reviewer) -> OpenPair:
    pair = desk.next_pair(by)
    assert pair is not None
    return pair


def number_of(pair: OpenPair) -> int:
    """Which pair of the night it is, by the prison number of the record."""
    shown = {line.label: line for line in pair.lines}["prison number"]
    return int(shown.prison[0][0][1:6])


def decide(desk: Desk, by: Reviewer, judgement: str = "must_not_link") -> int:
    """Decide on the next pair; give which one it was."""
    pair = taken(desk, by)
    desk.decide(pair.pair, judgement=judgement, reason="two men", by=by)
    return number_of(pair)


def log_of(desk: Desk) -> list[tuple[str, str, str]]:
    found = audit_entries(desk.engine, person=None, by=None).iloc[::-1]
    return list(found[["made_by", "action", "prisoner_number"]].itertuples(index=False, name=None))


def run_out(desk: Desk) -> None:
    """Let every assignment's time be up."""
    with desk.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE review.pairs SET assigned_until = now() - interval '1 second' "
                    "WHERE assigned_until IS NOT NULL")
        )  # fmt: skip


def test_a_pair_is_shown_with_both_records_their_differences_and_the_evidence_in_words(
    desk: Desk,
) -> None:
    pair = taken(desk, RITA)
    assert pair.consequence == CONSEQUENCES[1]
    assert (pair.status, pair.offence) == ("Due", "drug offence")
    assert pair.days_to_release == 1
    lines = {line.label: line for line in pair.lines}
    assert lines["first name"].mark == "same"
    assert lines["last name"].mark == "different"
    assert lines["last name"].prison == (("Nowa", False), ("k", True))
    assert lines["last name"].immigration == (("Nowa", False), ("x", True))
    assert lines["postcode"].mark == "neither record"
    assert lines["Home Office reference"].mark == "neither record"
    said = [(piece.comparison, piece.finding, piece.says) for piece in pair.evidence]
    assert said[1] == (
        "given name", "the same", "76 times likelier if they are one person",
    )  # fmt: skip
    assert said[-1] == ("held for a person", "possible twins", "the model leaves this to you")


def test_pairs_come_in_the_order_of_what_hangs_on_them_and_no_two_people_have_one(
    desk: Desk,
) -> None:
    assert [number_of(taken(desk, by)) for by in (RITA, ROB, VERA)] == [1, 2, 3]
    assert number_of(taken(desk, RITA)) == 1, "who has a pair gets the same one again"
    assert decide(desk, RITA) == 1
    assert number_of(taken(desk, RITA)) == 4


def test_many_at_once_never_get_the_same_pair(desk: Desk) -> None:
    people = [Reviewer(name=f"reviewer {number}", channel="page") for number in range(PAIRS + 3)]
    with ThreadPoolExecutor(max_workers=5) as threads:
        found = list(threads.map(desk.next_pair, people))
    references = [pair.pair for pair in found if pair is not None]
    assert len(references) == len(set(references)) == PAIRS


def test_one_person_at_two_windows_has_one_pair(desk: Desk) -> None:
    with ThreadPoolExecutor(max_workers=4) as threads:
        found = {pair.pair for pair in threads.map(desk.next_pair, [RITA] * 8) if pair}
    assert len(found) == 1


def test_a_pair_whose_time_is_up_goes_to_who_comes_next_and_is_lost_to_the_first(
    desk: Desk,
) -> None:
    first = taken(desk, RITA)
    run_out(desk)
    assert taken(desk, ROB).pair == first.pair
    with pytest.raises(Taken, match="by somebody else meanwhile"):
        desk.decide(first.pair, judgement="must_link", reason="one man", by=RITA)
    assert decisions(desk.engine).empty


def test_a_pair_whose_time_is_up_may_be_decided_as_long_as_nobody_took_it(desk: Desk) -> None:
    first = taken(desk, RITA)
    run_out(desk)
    desk.decide(first.pair, judgement="must_not_link", reason="two men", by=RITA)
    assert len(decisions(desk.engine)) == 1


def test_a_pair_that_one_does_not_have_cannot_be_decided(desk: Desk) -> None:
    first = taken(desk, RITA)
    with pytest.raises(Taken):
        desk.decide(first.pair, judgement="must_link", reason="one man", by=ROB)
    desk.decide(first.pair, judgement="must_link", reason="one man", by=RITA)
    with pytest.raises(Taken):
        desk.decide(first.pair, judgement="must_link", reason="again", by=RITA)


def test_a_pair_that_another_has_cannot_be_opened_and_a_free_one_can(desk: Desk) -> None:
    first = taken(desk, RITA)
    with pytest.raises(Taken):
        desk.open_pair(first.pair, ROB)
    other = desk.waiting()[5]
    assert desk.open_pair(other.pair, RITA).pair == other.pair
    assert taken(desk, ROB).pair == first.pair, "who opens another puts his own back"
    with pytest.raises(Taken):
        desk.open_pair(10_000, RITA)


def test_who_cannot_tell_leaves_the_pair_to_others_behind_its_tier(desk: Desk) -> None:
    assert decide(desk, RITA, "cannot_tell") == 1
    assert decisions(desk.engine).empty, "linkage hears nothing of it"
    seen = [decide(desk, RITA, "cannot_tell") for _ in range(PAIRS - 1)]
    assert 1 not in seen
    assert desk.next_pair(RITA) is None
    for expected in (1, 2, 3):
        assert decide(desk, ROB) == expected
    assert [tier.unsure for tier in desk.progress(VERA).tiers] == [0, 6, 3]


def test_a_pair_of_which_somebody_could_not_tell_waits_behind_those_of_its_tier_only(
    desk: Desk,
) -> None:
    decide(desk, RITA, "cannot_tell")
    assert [decide(desk, ROB) for _ in range(4)] == [2, 3, 1, 4]


def test_undo_gives_the_last_word_back_and_then_the_one_before(desk: Desk) -> None:
    assert [decide(desk, RITA, word) for word in ("must_link", "cannot_tell")] == [1, 2]
    undone = desk.undo(RITA)
    assert undone is not None
    assert number_of(undone) == 2
    undone = desk.undo(RITA)
    assert undone is not None
    assert number_of(undone) == 1
    assert decisions(desk.engine).empty
    with desk.engine.connect() as connection:
        kept = connection.execute(
            sa.text("SELECT judgement, deleted_by, deletion_reason FROM review.decisions")
        ).all()
    assert sorted(kept) == [
        ("cannot_tell", "rita", "undone at once"), ("must_link", "rita", "undone at once"),
    ]  # fmt: skip
    with pytest.raises(BadInput, match="you have decided nothing since the last night"):
        desk.undo(RITA)


def test_nobody_undoes_what_another_decided(desk: Desk) -> None:
    decide(desk, RITA)
    with pytest.raises(BadInput):
        desk.undo(ROB)
    assert len(decisions(desk.engine)) == 1


def test_what_a_night_has_used_is_not_undone_at_the_touch_of_a_key(
    desk: Desk, tmp_path: Path
) -> None:
    decide(desk, RITA)
    review_night(
        desk.engine, data_dir=tmp_path, pairs=PAIRS, as_of=AS_OF + timedelta(days=1), landing="b"
    )
    with pytest.raises(BadInput, match="since the last night"):
        desk.undo(RITA)


def test_a_new_night_lays_a_new_queue_and_keeps_references_and_who_works_on_what(
    desk: Desk, tmp_path: Path
) -> None:
    before = [pair.pair for pair in desk.waiting()]
    held = taken(desk, RITA)
    review_night(
        desk.engine, data_dir=tmp_path, pairs=PAIRS - 2, as_of=AS_OF + timedelta(days=1),
        landing="b",
    )  # fmt: skip
    after = desk.waiting()
    assert [pair.pair for pair in after] == before[: PAIRS - 2]
    assert after[0].assigned_to == "rita"
    assert taken(desk, RITA).pair == held.pair
    with pytest.raises(Taken):
        desk.open_pair(before[-1], ROB)


def test_whoever_must_be_linked_with_one_waits_with_no_other(desk: Desk) -> None:
    one, other = keys(1)[0], keys(2)[1]
    word = Decision(
        prisoner_number=one, cid_person_id=other, judgement="must_link", reviewer="B", reason="r"
    )
    (number,) = desk.record({"the decision": word}, Reviewer(name="someone", channel="page"))
    assert number_of(taken(desk, RITA)) == 1, "nobody has confirmed it"
    desk.put_back(RITA)
    SecondLook(desk=desk).confirm(number, reason="one man", by=VERA)
    assert number_of(taken(desk, RITA)) == 3


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        pytest.param("  ", "lacks .reason.", id="blank"),
        pytest.param("x" * (LONGEST_REASON + 1), "501 characters", id="too long"),
    ],
)
def test_a_word_needs_a_reason_and_leaves_the_pair_where_it_is(
    desk: Desk, reason: str, said: str
) -> None:
    pair = taken(desk, RITA)
    with pytest.raises(BadInput, match=said):
        desk.decide(pair.pair, judgement="must_link", reason=reason, by=RITA)
    assert taken(desk, RITA).pair == pair.pair


def test_a_contradiction_is_refused_and_the_pair_stays(desk: Desk) -> None:
    people = Reviewer(name="someone", channel="page")
    (_, first), (fifth, between) = keys(1), keys(5)
    for one, other in ((keys(1)[0], between), (fifth, between), (fifth, first)):
        word = Decision(
            prisoner_number=one, cid_person_id=other, judgement="must_link", reviewer="B",
            reason="r",
        )  # fmt: skip
        (number,) = desk.record({"the decision": word}, people)
        SecondLook(desk=desk).confirm(number, reason="r", by=VERA)
    # Both persons are linked by way of others, so the pair no longer waits.
    assert number_of(taken(desk, RITA)) == 2
    with pytest.raises(Contradiction):
        desk.record(
            {"the decision": Decision(
                prisoner_number=keys(1)[0], cid_person_id=keys(1)[1], judgement="must_not_link",
                reviewer="B", reason="r",
            )},
            people,
        )  # fmt: skip


def test_every_look_and_every_word_is_in_the_audit_log(desk: Desk) -> None:
    one, two = keys(1)[0], keys(2)[0]
    decide(desk, RITA)
    taken(desk, RITA)
    desk.undo(RITA)
    desk.put_back(RITA)
    assert log_of(desk) == [
        ("rita", "look", one), ("rita", "decide", one), ("rita", "look", two),
        ("rita", "withdraw", one), ("rita", "look", one), ("rita", "put back", one),
    ]  # fmt: skip
    about = audit_entries(desk.engine, person=keys(2)[1], by=None)
    assert about["action"].to_list() == ["look"]


def test_who_looks_at_the_queue_sees_nobody_and_is_not_in_the_log(desk: Desk) -> None:
    listed = desk.waiting()
    assert len(listed) == PAIRS
    assert not {key for pair in (1, PAIRS) for key in keys(pair)} & set(repr(listed).split("'"))
    assert [pair.days_to_release for pair in desk.waiting(tier=2)] == [4, 5, 6, 7, 8, 9]
    assert log_of(desk) == []


def test_no_entry_of_the_log_is_changed_even_by_its_owner(desk: Desk) -> None:
    taken(desk, RITA)
    for statement in ("DELETE FROM review.audit", "UPDATE review.audit SET made_by = 'nobody'"):
        with pytest.raises(sa.exc.IntegrityError), desk.engine.begin() as connection:
            connection.execute(sa.text(statement))


def test_the_progress_counts_each_pair_once(desk: Desk) -> None:
    decide(desk, RITA)
    taken(desk, ROB)
    decide(desk, RITA, "cannot_tell")
    tiers = desk.progress(RITA).tiers
    assert [(t.waiting, t.done, t.others, t.unsure, t.yours) for t in tiers] == [
        (2, 1, 1, 1, 1), (6, 0, 0, 0, 0), (3, 0, 0, 0, 0),
    ]  # fmt: skip


def test_a_pair_says_what_its_review_pays_and_the_queue_what_those_that_wait_do(
    desk: Desk,
) -> None:
    second, fifth = (desk.waiting()[place].pair for place in (1, 4))
    with desk.engine.begin() as connection:
        for pair, narrows in ((second, 0.5), (fifth, 2.0)):
            statement = "UPDATE review.pairs SET narrows = :narrows WHERE pair_id = :pair"
            connection.execute(sa.text(statement), {"narrows": narrows, "pair": pair})
    assert [pair.narrows for pair in desk.waiting()[:5]] == [0.0, 0.5, 0.0, 0.0, 2.0]
    with mock.patch("jobs.review.desk.gain_line", side_effect=told_pairs):
        assert desk.progress(RITA).gain == f"{PAIRS} pairs, 2.5"
        desk.open_pair(fifth, RITA)
        desk.decide(fifth, judgement="must_not_link", reason="two men", by=RITA)
        assert desk.progress(RITA).gain == f"{PAIRS - 1} pairs, 0.5", "what is decided pays no more"
    with transaction(desk.engine) as connection:
        queue = review_queue.last_queue(connection)
        assert queue is not None
        assert review_queue.gain(connection, queue, first=1) == (PAIRS - 1, 0.5)
        assert review_queue.gain(connection, queue, first=0) == (PAIRS - 1, 0.0)


def told_pairs(figures: pd.DataFrame, *, pairs: int, steps: float) -> str:
    """Stands in for the sentence, of a publication that has figures."""
    assert not figures.empty
    return f"{pairs} pairs, {steps}"


def test_without_a_night_there_is_no_queue(desk: Desk) -> None:
    with desk.engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(sa.text("DELETE FROM run.current"))
    with pytest.raises(BadInput, match="nothing is published yet"):
        desk.next_pair(RITA)


def test_records_that_are_gone_are_told_in_one_line(desk: Desk) -> None:
    for file in desk.landings.rglob("*persons*"):
        file.unlink()
    with pytest.raises(BadInput, match="was removed, cut short or changed"):
        desk.next_pair(RITA)


def test_a_link_by_which_somebody_comes_off_a_list_is_shown_to_others_who_confirm_it(
    desk: Desk,
) -> None:
    pair = taken(desk, RITA)
    number = desk.decide(pair.pair, judgement="must_link", reason="one man", by=RITA)
    assert decisions(desk.engine).empty
    assert number_of(taken(desk, ROB)) == 2, "nobody is asked the same again"
    assert SecondLook(desk=desk).awaited(RITA) == [], "nobody is asked about his own"
    (shown,) = SecondLook(desk=desk).awaited(ROB)
    assert (shown.decision, shown.judgement, shown.by) == (number, "must_link", "rita")
    opened = SecondLook(desk=desk).open(number, ROB)
    assert opened.reason == "one man"
    assert {line.label: line for line in opened.lines}["last name"].mark == "different"
    assert any("linked with nobody" in line for line in opened.effect)
    with pytest.raises(BadInput, match="is your own"):
        SecondLook(desk=desk).confirm(number, reason="one man", by=RITA)
    SecondLook(desk=desk).confirm(number, reason="one file", by=ROB)
    assert decisions(desk.engine)["prisoner_number"].to_list() == [keys(1)[0]]
    assert SecondLook(desk=desk).awaited(VERA) == []
    one = keys(1)[0]
    assert log_of(desk)[-2:] == [("rob", "look", one), ("rob", "confirm", one)]


def test_a_pair_that_the_model_never_proposed_says_so_and_what_it_displaces(desk: Desk) -> None:
    word = Decision(
        prisoner_number=keys(1)[0], cid_person_id=keys(7)[1], judgement="must_link",
        reviewer="B", reason="r",
    )  # fmt: skip
    said = " ".join(SecondLook(desk=desk).effect(word).lines)
    assert "never proposed this pair" in said
    assert "Due, drug offence of seriousness 1" in said
    proposed = Decision(
        prisoner_number=keys(1)[0], cid_person_id=keys(1)[1], judgement="must_link",
        reviewer="B", reason="r",
    )  # fmt: skip
    said = " ".join(SecondLook(desk=desk).effect(proposed).lines)
    assert "never proposed" not in said
    assert "match weight +1.5" in said


def test_what_waits_is_taken_back_by_undo(desk: Desk) -> None:
    first = taken(desk, RITA)
    desk.decide(first.pair, judgement="must_link", reason="one man", by=RITA)
    undone = desk.undo(RITA)
    assert undone is not None
    assert undone.pair == first.pair
    assert SecondLook(desk=desk).awaited(ROB) == []
