"""History: charts reach back over the nights, and a night that was not published is a gap."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.samples.report_nights import AS_OF, Invented, invent
from jobs.report import About, render_site
from jobs.report.charts.history import past_and_present

ABOUT = About(as_of=AS_OF, publication_id="3f2a")


@pytest.fixture(scope="module")
def world() -> Invented:
    return invent(episodes=60)


def before(world: Invented, *nights: date, value: float = 3.0) -> pd.DataFrame:
    figures = world.reported.figures
    one = figures[figures["group_value"].eq("(all)")].assign(value=value, low=value - 1, high=value)
    return pd.concat([one.assign(as_of_date=night) for night in nights], ignore_index=True)


def nights(*ago: int) -> tuple[date, ...]:
    return tuple(AS_OF - timedelta(days=days) for days in ago)


def test_the_first_publication_has_a_whole_page_without_a_line(
    world: Invented, tmp_path: Path
) -> None:
    render_site(facts=world.facts, about=ABOUT, folder=tmp_path)
    page = (tmp_path / "history.html").read_text(encoding="utf-8")
    assert "This is the first publication" in page
    assert "<figure" not in page
    assert page.count("<tr>") == 2


@pytest.fixture(scope="module")
def site(world: Invented, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose nights before are those of 7, 6, 5, 2 and 1 days ago."""
    folder = tmp_path_factory.mktemp("a site")
    history = before(world, *nights(7, 6, 5, 2, 1))
    render_site(facts=world.facts, about=ABOUT, folder=folder, history=history)
    return folder


def test_every_list_shows_its_figure_over_the_nights(site: Path) -> None:
    for name in ("missed", "due", "backlog", "census", "capacity", "linkage"):
        page = (site / f"{name}.html").read_text(encoding="utf-8")
        assert 'id="history-' in page, name
    page = (site / "history.html").read_text(encoding="utf-8")
    assert "6 nights published, from 18 April 2006 to 25 April 2006" in page
    assert "than on 18 April 2006" in page


def test_a_night_without_a_publication_breaks_the_line(site: Path) -> None:
    page = (site / "unconsidered.html").read_text(encoding="utf-8")
    drawing = page[page.index("history-missed-total-title") :]
    drawing = drawing[: drawing.index("</svg>")]
    assert drawing.count("stroke-width: 2.2") == 2


def test_only_nights_before_count_and_tonight_is_last(world: Invented) -> None:
    history = before(world, *nights(2, 1), AS_OF, AS_OF + timedelta(days=1))
    found = past_and_present(history=history, figures=world.reported.figures, as_of=AS_OF)
    days = found.loc[found["figure_id"].eq("missed.total"), "day"].tolist()
    assert days == [pd.Timestamp(night) for night in (*nights(2, 1), AS_OF)]


def test_the_order_of_the_rows_changes_nothing(world: Invented) -> None:
    history, figures = before(world, *nights(3, 2, 1)), world.reported.figures
    one, two = (
        past_and_present(history=rows, figures=figures, as_of=AS_OF)
        for rows in (history, history.sample(frac=1, random_state=1))
    )
    pd.testing.assert_frame_equal(one, two)
