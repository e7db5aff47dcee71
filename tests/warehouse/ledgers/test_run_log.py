import pytest
import sqlalchemy as sa

from benchmarks.samples.nights import AS_OF
from jobs.warehouse import complete_run, read_runs, record_run

STEP = {"seconds": 2.5, "peak_mb": 400, "counts": {"linked": 7}, "killed": 0}


def test_runs_are_read_newest_first_with_what_their_steps_took(warehouse: sa.Engine) -> None:
    record_run(warehouse, as_of=AS_OF, label="a", outcome="failed", steps={}, failure="killed")
    record_run(warehouse, as_of=AS_OF, label="b", outcome="published", steps={"link": STEP})
    runs = read_runs(warehouse, limit=10)
    assert runs["label"].tolist() == ["b", "a"]
    assert runs["steps"].tolist() == [{"link": STEP}, {}]
    assert runs["timings"].tolist() == [{"link": 2.5}, {}]
    assert runs["failure"].tolist() == [None, "killed"]
    assert read_runs(warehouse, limit=1)["label"].tolist() == ["b"]


def test_what_follows_a_publication_is_written_into_its_line(warehouse: sa.Engine) -> None:
    for outcome in ("published", "unchanged", "failed"):
        record_run(warehouse, as_of=AS_OF, label="a", outcome=outcome, steps={"link": STEP})
    complete_run(warehouse, as_of=AS_OF, label="a", steps={"link": STEP, "place": STEP})
    assert [set(steps) for steps in read_runs(warehouse, limit=3)["steps"]] == [
        {"link"},
        {"link", "place"},
        {"link"},
    ]


def test_a_run_of_no_night_has_a_line_too(warehouse: sa.Engine) -> None:
    record_run(warehouse, as_of=None, label="email_reports m", outcome="failed", steps={})
    assert read_runs(warehouse, limit=1)["as_of_date"].tolist() == [None]


def test_an_outcome_that_nobody_knows_is_refused(warehouse: sa.Engine) -> None:
    with pytest.raises(RuntimeError, match="attempts_outcome_check"):
        record_run(warehouse, as_of=AS_OF, label="a", outcome="odd", steps={})


def test_an_empty_log_is_a_table_without_rows(warehouse: sa.Engine) -> None:
    assert read_runs(warehouse, limit=5).empty
