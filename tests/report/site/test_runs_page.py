"""The page of runs: every run, what is to be looked at, and the way to a night's pages."""

from datetime import date
from html import unescape

import pandas as pd

from jobs.report import render_runs

RUNS = pd.DataFrame(
    {
        "as_of_date": pd.to_datetime(["2006-04-25", "2006-04-25", None]),
        "outcome": ["published", "failed", "failed"],
        "seconds": [61.5, None, None],
        "peak_mb": [812.0, None, None],
        "rows_in": [21727.0, None, None],
        "quarantined": [8.0, None, None],
        "link_rate": [64.3, None, None],
        "killed": [1, 0, 0],
        "recorded_at": pd.to_datetime(["2006-04-25 23:45"] * 3, utc=True),
        "label": ["airflow a", "airflow b", "email_reports airflow c"],
        "failure": [None, "task link: it <was> killed", None],
    }
)
COMPARED = pd.DataFrame(
    {
        "measure": ["link, seconds"],
        "unit": ["s"],
        "tonight": [40.0],
        "median": [20.0],
        "ratio": [2.0],
        "warning": ["link: 40 s, twice the median or more of 30 runs (20 s)"],
    }
)


def page(night: date | None = date(2006, 4, 25)) -> str:
    return render_runs(
        night=night, compared=COMPARED, against=30, runs=RUNS, warnings=list(COMPARED["warning"])
    )


def test_the_page_says_which_night_and_warns_first() -> None:
    text = page()
    assert "The night of 25 April 2006, beside 30 runs before it." in text
    assert text.index('class="notice"') < text.index("This run and the median")
    assert "link: 40 s, twice the median or more of 30 runs (20 s)" in unescape(text)


def test_a_published_night_leads_to_its_pages_and_a_failed_one_nowhere() -> None:
    assert page().count('href="2006-04-25/index.html"') == 2
    assert page(None).count('href="2006-04-25/index.html"') == 1


def test_what_went_wrong_is_text_and_no_markup() -> None:
    assert "it &lt;was&gt; killed" in page()
    assert "nan" not in page().lower().replace("quarantine", "")


def test_the_page_needs_no_other_file() -> None:
    text = page()
    assert "<link" not in text
    assert "src=" not in text
