"""What a step took and did: measured, kept and said, however it ended."""

import logging
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.operate.run.step_records import (
    AT_WORK,
    DONE,
    FAILED,
    StepRecord,
    StepRecords,
    in_order,
    log_line,
)
from jobs.runtime.errors import BadInput


@pytest.fixture
def records(tmp_path: Path) -> StepRecords:
    return StepRecords(
        folder=tmp_path / "steps", about={"run": "airflow manual 1", "as_of": "2006-04-25"}
    )


def fields(line: str) -> dict[str, str]:
    """A line of the log as its keys and values."""
    return dict(part.partition("=")[::2] for part in shlex.split(line))


def test_a_step_is_kept_with_what_it_counted_and_said_in_one_structured_line(
    records: StepRecords, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO), records.measure("link") as measuring:
        measuring.gave({"linked": 30, "review": 2, "immigration_persons": 40})
    record = records.all()["link"]
    assert (record.state, record.attempts, record.killed) == (DONE, 1, 0)
    assert record.counts == {"linked": 30, "review": 2, "immigration_persons": 40}
    assert record.peak_mb > 0
    said = fields(caplog.messages[-1])
    assert said | {"seconds": "", "peak_mb": ""} == {
        "run": "airflow manual 1",
        "as_of": "2006-04-25",
        "step": "link",
        "state": "done",
        "seconds": "",
        "peak_mb": "",
        "attempt": "1",
        "link_rate": "0.7500",
        "linked": "30",
        "review": "2",
        "immigration_persons": "40",
    }


def test_a_publication_is_named(records: StepRecords, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), records.measure("publish") as measuring:
        measuring.gave("d4ddd0")
    assert fields(caplog.messages[-1])["publication_id"] == "d4ddd0"
    assert records.all()["publish"].task == "audit_and_publish"


def test_a_step_that_fails_is_said_to_without_the_words_of_its_error(
    records: StepRecords, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ValueError, match="John Smith"), records.measure("check"):
        raise ValueError("John Smith")
    assert records.all()["check"].state == FAILED
    assert fields(caplog.messages[-1])["error"] == "ValueError"
    assert "Smith" not in caplog.text + (records.folder / "check" / "record.json").read_text()
    with records.measure("check") as again:
        assert not again.was_killed
    assert (records.all()["check"].attempts, records.all()["check"].killed) == (2, 0)


def test_the_next_attempt_knows_that_the_one_before_was_killed(records: StepRecords) -> None:
    child = os.fork()
    if not child:
        with records.measure("link"):
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert records.all()["link"].state == AT_WORK
    with records.measure("link") as measuring:
        assert measuring.was_killed
    assert (records.all()["link"].attempts, records.all()["link"].killed) == (2, 1)


def test_an_attempt_that_still_runs_was_not_killed(records: StepRecords) -> None:
    with records.measure("link"), records.measure("link") as second:
        assert not second.was_killed


_A_LARGE_STEP_AND_A_SMALL_ONE = """
from jobs.runtime.process_memory import forget_peak, peak_mb
forget_peak()
before = peak_mb()
large = bytearray(200_000_000)
large[::4096] = b"x" * len(large[::4096])
print(peak_mb() - before)
del large
forget_peak()
print(peak_mb() - before)
"""


def test_the_peak_is_of_the_step_and_not_of_the_process() -> None:
    # A process of its own: threads of this one give memory back when they like.
    asked = subprocess.run(
        [sys.executable, "-c", _A_LARGE_STEP_AND_A_SMALL_ONE],
        capture_output=True,
        check=True,
        text=True,
    )
    large, small = map(int, asked.stdout.split())
    assert 190 <= large <= 260
    if Path("/proc/self/clear_refs").exists():
        assert small <= 60


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("plain", "k=plain", id="plain"),
        pytest.param("two words", 'k="two words"', id="a space"),
        pytest.param('a "quote"', r'k="a \"quote\""', id="a quote"),
        pytest.param("a=b", 'k="a=b"', id="an equals sign"),
        pytest.param("a\nb", r'k="a\nb"', id="a new line stays one line"),
        pytest.param("", 'k=""', id="nothing"),
        pytest.param(12, "k=12", id="a number"),
    ],
)
def test_a_field_is_one_token_of_one_line(value: object, text: str) -> None:
    assert log_line({"k": value}) == text


def test_metrics_have_names_that_every_collector_takes() -> None:
    record = StepRecord(
        step="extract prison", seconds=1.5, peak_mb=300, counts={"prison.persons": 7}
    )
    gauges = record.gauges()
    assert gauges["reconciliation.step.extract_prison.seconds"] == 1.5
    assert gauges["reconciliation.step.extract_prison.count.prison_persons"] == 7
    assert all(re.fullmatch(r"[a-z0-9_.]+", name) for name in gauges)
    link = StepRecord(step="link", counts={"linked": 1, "immigration_persons": 4})
    assert link.gauges()["reconciliation.step.link.link_rate"] == 0.25


def test_steps_stand_in_the_order_of_the_night() -> None:
    mixed = ["place", "link", "extract prison", "check", "extract immigration", "own"]
    assert in_order(mixed) == [
        "extract immigration",
        "extract prison",
        "check",
        "link",
        "place",
        "own",
    ]


def test_what_can_be_mended_is_said_in_its_own_words(records: StepRecords) -> None:
    with pytest.raises(BadInput), records.measure("extract prison"):
        raise BadInput("file [persons.csv]", "is cut", "deliver it again")
    assert records.all()["extract prison"].error == "BadInput"
