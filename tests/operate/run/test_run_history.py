"""Tonight beside the last thirty runs: both sides of each edge at which something is said."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from jobs.operate.run.run_history import COMPARED_RUNS, RunHistory, history_of, table_lines

FIRST = date(2006, 3, 1)


def run(number: int, *, outcome: str = "published", **measures: Any) -> dict[str, Any]:
    """A line of the run log; what is not given is as on every other night."""
    given = {"seconds": 10.0, "peak_mb": 400, "rows": 1000, "quarantined": 10, "linked": 60}
    given |= measures
    step = {"peak_mb": given["peak_mb"], "killed": 0, "attempts": 1}
    return {
        "attempt_number": number,
        "as_of_date": FIRST + timedelta(days=number),
        "label": f"airflow {number}",
        "outcome": outcome,
        "publication_id": None,
        "failure": None if outcome == "published" else "table [prison.feed] is late",
        "timings": {},
        "recorded_at": datetime(2006, 3, 1, 23, tzinfo=UTC) + timedelta(days=number),
        "steps": {
            "extract prison": {**step, "seconds": 1.0, "counts": {"prison.persons": given["rows"]}},
            "check": {**step, "seconds": 1.0, "counts": {"quarantined": given["quarantined"]}},
            "link": {
                **step,
                "seconds": given["seconds"],
                "counts": {"linked": given["linked"], "immigration_persons": 100},
            },
        },
    }


def history(*others: dict[str, Any], nights: int = 10, **tonight: Any) -> RunHistory:
    runs = [*(run(number) for number in range(nights)), *others, run(100, **tonight)]
    log = pd.DataFrame(runs).sort_values("attempt_number", ascending=False, ignore_index=True)
    return history_of(log)


def test_an_ordinary_night_warns_of_nothing() -> None:
    found = history()
    assert found.warnings == ()
    assert found.against == 10
    compared = found.compared.set_index("measure")
    assert compared.loc["link, seconds", ["tonight", "median", "ratio"]].tolist() == [10, 10, 1]
    assert compared.loc["all steps, seconds", "tonight"] == 12
    assert compared.loc["rows in", "median"] == 1000
    assert compared.loc["link rate", "median"] == 60


@pytest.mark.parametrize(
    ("tonight", "begins"),
    [
        pytest.param({"seconds": 20.0}, ["link: 20 s"], id="a step at twice the median"),
        pytest.param({"seconds": 19.9}, [], id="a step just below"),
        pytest.param({"quarantined": 20}, ["quarantined: 20 rows"], id="quarantine at twice"),
        pytest.param({"quarantined": 19}, [], id="quarantine below"),
        pytest.param({"quarantined": 1}, [], id="less quarantine is no harm"),
        pytest.param({"rows": 2000}, ["rows in: 2,000 rows"], id="rows at twice"),
        pytest.param({"rows": 500}, ["rows in: 500 rows"], id="rows at half"),
        pytest.param({"rows": 501}, [], id="rows above half"),
        pytest.param({"linked": 30}, ["link rate: 30 %"], id="links at half"),
        pytest.param({"linked": 31}, [], id="links above half"),
        pytest.param(
            {"peak_mb": 800},
            ["extract prison, peak memory: 800 MB", "check, peak memory", "link, peak memory"],
            id="memory at twice",
        ),
        pytest.param({"peak_mb": 799}, [], id="memory below"),
    ],
)
def test_it_warns_at_twice_the_median(tonight: dict[str, Any], begins: list[str]) -> None:
    warnings = history(**tonight).warnings
    assert len(warnings) == len(begins), warnings
    for warning, start in zip(warnings, begins, strict=True):
        assert warning.startswith(start)
        assert "of the median" in warning or "the median or more" in warning


def test_the_whole_night_is_compared_too() -> None:
    assert [line.split(":")[0] for line in history(seconds=30.0).warnings] == ["all steps", "link"]


@pytest.mark.parametrize(
    ("nights", "said"), [pytest.param(2, False, id="two"), pytest.param(3, True, id="three")]
)
def test_a_median_of_two_nights_says_nothing(nights: int, said: bool) -> None:
    assert bool(history(nights=nights, seconds=50.0).warnings) is said


def test_a_moment_more_is_noise_whatever_its_ratio() -> None:
    others = [run(number, seconds=0.2) for number in range(20, 40)]
    assert history(*others, nights=0, seconds=0.9).warnings == ()
    assert history(*others, nights=0, seconds=1.3).warnings != ()


def test_nights_without_quarantine_make_the_first_row_in_it_news() -> None:
    others = [run(number, quarantined=0) for number in range(20, 40)]
    assert history(*others, nights=0, quarantined=0).warnings == ()
    assert len(history(*others, nights=0, quarantined=1).warnings) == 1


def test_only_the_last_thirty_that_published_count() -> None:
    slow = [run(number, seconds=100.0) for number in range(10)]
    failed = [run(60 + number, outcome="failed", seconds=500.0) for number in range(5)]
    quick = [run(20 + number) for number in range(COMPARED_RUNS)]
    found = history(*slow, *failed, *quick, nights=0, seconds=20.0)
    assert found.against == COMPARED_RUNS
    assert [line.split(":")[0] for line in found.warnings] == ["link"]
    assert len(found.runs) == COMPARED_RUNS + 1
    assert found.runs["outcome"].eq("failed").sum() == 5


def test_a_night_of_the_past_is_compared_with_those_before_it() -> None:
    log = pd.DataFrame([run(number, seconds=50.0 if number > 5 else 10.0) for number in range(20)])
    log = log.sort_values("attempt_number", ascending=False, ignore_index=True)
    found = history_of(log, as_of=FIRST + timedelta(days=6))
    assert found.against == 6
    assert found.warnings
    assert found.runs["as_of_date"].max() == FIRST + timedelta(days=6)


def test_without_a_run_there_is_nothing_to_compare() -> None:
    empty = pd.DataFrame(columns=list(run(1)))
    found = history_of(empty)
    assert found.tonight is None
    assert found.warnings == ()
    assert table_lines(found)[0] == "No run has published yet."


def test_a_failure_is_listed_with_its_line() -> None:
    lines = table_lines(history(run(50, outcome="refused")))
    assert any("refused" in line and "[prison.feed] is late" in line for line in lines)


def test_a_step_that_is_new_tonight_has_no_median() -> None:
    log = pd.DataFrame([run(number) for number in range(9, -1, -1)])
    log.at[0, "steps"] = {
        **log.at[0, "steps"],
        "own": {"seconds": 99.0, "peak_mb": 1, "counts": {}, "killed": 0},
    }
    found = history_of(log)
    assert not any(warning.startswith("own") for warning in found.warnings)
    assert found.compared.set_index("measure").loc["own, seconds", "median"] != 99.0
