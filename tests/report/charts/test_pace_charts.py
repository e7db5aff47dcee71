"""Charts of pace: the numbers beside them, counted by hand."""

import pandas as pd

from benchmarks.samples.report_nights import AS_OF, invent
from jobs.contract import results
from jobs.report.charts.pace_charts import notice_before_release, staff_and_work, time_to_decision
from jobs.report.figures.inputs import FigureInputs
from jobs.report.figures.registry import compute_figures


def episodes(**columns: list[str | None]) -> pd.DataFrame:
    rows = max(map(len, columns.values()))
    frame = invent(episodes=rows).facts["nightly.assessments"].assign(is_in_scope=True)
    for name in ("sentence_date", "referred_date", "considered_date", "release_date"):
        frame[name] = pd.NaT
    for name, days in columns.items():
        frame[name] = pd.to_datetime(pd.Series(days)).astype("datetime64[us]")
    return frame


def test_notice_counts_each_release_of_the_year_in_one_band() -> None:
    frame = episodes(
        release_date=["2006-01-31", "2006-01-31", "2006-01-31", "2006-01-31", "2004-01-01"],
        considered_date=["2005-01-31", "2006-01-25", None, "2006-02-10", "2003-12-31"],
    )
    chart = notice_before_release(frame, AS_OF)
    assert chart is not None
    numbers = dict(chart.rows)
    assert sum(map(int, numbers.values())) == 4
    assert numbers["A year or more"] == "1"
    assert numbers["Under 7 days"] == "1"
    assert numbers["After the release"] == "1"
    assert numbers["No decision"] == "1"
    assert chart.finding.startswith("Of 4 releases in scope in 12 months, 1 had a decision")


def test_time_takes_the_middle_of_the_steps_done_in_a_year() -> None:
    frame = episodes(
        sentence_date=["2005-01-01", "2005-01-01", "2005-01-01", "2005-03-01"],
        referred_date=["2005-01-11", "2005-01-21", "2005-01-31", "2005-01-01"],
        considered_date=["2006-01-11", None, None, None],
    )
    chart = time_to_decision(frame, AS_OF)
    assert chart is not None
    assert ("2005", "sentence to referral", "3", "15", "20", "25") in chart.rows
    assert ("2006", "referral to decision", "1", "365", "365", "365") in chart.rows
    assert "<svg" in chart.wide


def test_without_a_release_or_a_step_there_is_no_chart() -> None:
    nothing = results.ASSESSMENTS.empty()
    assert notice_before_release(nothing, AS_OF) is None
    assert time_to_decision(nothing, AS_OF) is None
    assert staff_and_work(results.FIGURES.empty()) is None


def test_staff_diverted_stand_on_those_at_work() -> None:
    day = pd.Timestamp("2006-03-15")
    flow = pd.DataFrame({"opened": [day] * 6, "closed": [day] * 3 + [pd.NaT] * 3})
    staff = pd.DataFrame({"day": [day], "working": [10.0], "diverted": [5.0]})
    facts = FigureInputs(frames=invent(episodes=20).facts, as_of=AS_OF, flow=flow, staff=staff)
    chart = staff_and_work(compute_figures(facts))
    assert chart is not None
    assert chart.rows == (("March 2006", "10", "5", "0.60", "0.30"),)
    assert chart.finding.startswith("In March 2006 5 of 15 staff worked elsewhere")
    assert "<svg" in chart.narrow
