"""Ten thousand pairs wait: an answer and the next pair take what they take where a dozen wait."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from benchmarks.samples.review.waiting_pairs import keys, review_night
from jobs.review.desk import PAGE, Desk
from jobs.warehouse import Reviewer, decisions
from tests.review.conftest import RITA, ROB

MANY = 10_000


@contextmanager
def asked(engine: sa.Engine) -> Iterator[list[int]]:
    """The rows that each statement gives or changes, in its order, as the block goes on."""
    rows: list[int] = []

    def note(_connection: Any, cursor: Any, *_: Any) -> None:
        rows.append(cursor.rowcount)

    sa.event.listen(engine, "after_cursor_execute", note)
    try:
        yield rows
    finally:
        sa.event.remove(engine, "after_cursor_execute", note)


def work(desk: Desk, by: Reviewer) -> list[int]:
    """Answer a pair, get the next one, see how far the queue is; what each statement gave."""
    first = desk.next_pair(by)
    assert first is not None
    with asked(desk.engine) as rows:
        desk.decide(first.pair, judgement="must_not_link", reason="two men", by=by)
        assert desk.next_pair(by) is not None
        desk.progress(by)
        desk.waiting()
    return rows


@pytest.mark.long
def test_an_answer_asks_no_more_of_ten_thousand_pairs_than_of_a_dozen(
    desk: Desk, warehouse: sa.Engine, tmp_path: Path
) -> None:
    review_night(warehouse, data_dir=tmp_path / "many", pairs=MANY)
    long = Desk(engine=warehouse, landings=tmp_path / "many" / "landing")
    few, many = work(desk, RITA), work(long, RITA)
    assert len(many) == len(few)
    assert max(many) <= PAGE
    assert sum(tier.waiting for tier in long.progress(ROB).tiers) == MANY - 1
    last = long.waiting(page=MANY // PAGE)[-1]
    assert long.open_pair(last.pair, ROB).pair == last.pair
    long.decide(last.pair, judgement="must_link", reason="one man", by=ROB)
    held = decisions(warehouse)[["prisoner_number", "cid_person_id"]]
    assert keys(1) in set(held.itertuples(index=False, name=None))
