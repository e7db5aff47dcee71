"""Charts of pace: how long the work takes, how much notice it leaves, and who is there to do it."""

import itertools
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import pandas as pd

from jobs.contract.bands import ALERT_DAYS, Bands
from jobs.contract.view_models import number_text, plural
from jobs.report.charts.capacity_charts import lines, month_text, plain_axes
from jobs.report.charts.charts import BAR, STRONG, Chart, Draw, bars
from jobs.report.published import ALL, value_of

YEARS_SHOWN: Final = 8
AFTERWARDS: Final = "After the release"
NOTICE: Final = Bands(
    limits=(0, *ALERT_DAYS),
    names=(
        AFTERWARDS,
        f"Under {ALERT_DAYS[0]} days",
        *(f"{low} to {high - 1} days" for low, high in itertools.pairwise(ALERT_DAYS)),
        "A year or more",
    ),
    is_open=True,
)
"""Days from decision to release, in the bands of the alerts."""
NO_DECISION: Final = "No decision"


def time_to_decision(assessments: pd.DataFrame, as_of: date) -> Chart | None:
    """Median days from sentence to referral, and from referral to decision, year by year."""
    frame = assessments[assessments["is_in_scope"]]
    steps = (
        ("sentence to referral", _waits(frame, "sentence_date", "referred_date", as_of), BAR),
        ("referral to decision", _waits(frame, "referred_date", "considered_date", as_of), STRONG),
    )
    every = pd.concat([waits for _, waits, _ in steps])
    if every.empty:
        return None
    last = int(every["year"].max())
    years = list(range(max(int(every["year"].min()), last - YEARS_SHOWN + 1), last + 1))
    tables = [(words, _quartiles(waits, years), colour) for words, waits, colour in steps]
    said = [
        f"{number_text(table['median'].iloc[-1])} days from {words}"
        for words, table, _ in tables
        if pd.notna(table["median"].iloc[-1])
    ]
    return Chart(
        name="time-to-decision",
        finding=f"In {last} half of the steps took more than {' and '.join(said)}",
        description="Two lines of median days by the year in which the step was done, each with a "
        "bar from the quickest to the slowest quarter: from sentence to referral, and from "
        "referral to decision.",
        draw=_medians(years, tables),
        headers=("Year of the step", "Step", "Number", "Quickest quarter", "Median", "Slowest"),
        rows=tuple(
            (str(year), words, *(number_text(_known(value)) for value in row))
            for words, table, _ in tables
            for year, *row in table[["number", "low", "median", "high"]].itertuples()
        ),
        note="A year counts the referrals and decisions made in it; work that waits is not in it.",
    )


def notice_before_release(assessments: pd.DataFrame, as_of: date) -> Chart | None:
    """How many days before release people were decided on, over the last 12 months."""
    today = pd.Timestamp(as_of)
    released = assessments["release_date"]
    recent = released.gt(today - pd.DateOffset(years=1)) & released.le(today)
    frame = assessments[assessments["is_in_scope"] & recent]
    if frame.empty:
        return None
    days = (frame["release_date"] - frame["considered_date"]).dt.days
    band = NOTICE.of(days).fillna(NO_DECISION)
    labels = [*reversed(NOTICE.names), NO_DECISION]
    values = [float((band == label).sum()) for label in labels]
    without = values[-1] + values[-2]
    return Chart(
        name="notice-before-release",
        finding=f"Of {plural(len(frame), 'release', 'releases')} in scope in 12 months, "
        f"{number_text(values[0])} had a decision a year ahead and {number_text(without)} had "
        "none on the day",
        description="Level bars: releases in scope of the last 12 months by the days between the "
        "decision and the release.",
        draw=bars(
            labels,
            values,
            strong=(len(labels) - 2, len(labels) - 1),
            x_label="releases",
            y_label="decided before release",
        ),
        headers=("Decided before release", "Releases"),
        rows=tuple(zip(labels, map(number_text, values), strict=True)),
    )


def staff_and_work(figures: pd.DataFrame) -> Chart | None:
    """Staff at work and diverted, month by month, and the cases that come to each at work."""
    groups = figures.loc[figures["figure_id"].eq("staff.by_month"), "group_value"]
    months = sorted(str(group) for group in groups if group != ALL)
    if not months:
        return None
    working, diverted, opened, closed = (
        [value_of(figures, id_, month) for month in months]
        for id_ in (
            "staff.by_month",
            "staff.diverted_by_month",
            "flow.opened_by_month",
            "flow.closed_by_month",
        )
    )
    each_opened, each_closed = (_each(work, working) for work in (opened, closed))
    away, there = diverted[-1] or 0.0, working[-1] or 0.0
    return Chart(
        name="staff-and-work",
        finding=f"In {month_text(months[-1])} {number_text(round(away, 1))} of "
        f"{number_text(round(away + there, 1))} staff worked elsewhere; each of the others closed "
        f"{_two(each_closed[-1])} cases and {_two(each_opened[-1])} came in",
        description="Above, upright bars: staff at work and, on top, staff working elsewhere, in "
        "full-time equivalents, by month. Below, two lines: cases opened and closed in the month "
        "for each member of staff at work.",
        draw=_staff_over_work(months, working, diverted, each_opened, each_closed),
        headers=("Month", "At work", "Elsewhere", "Opened for each", "Closed for each"),
        rows=tuple(
            (month_text(month), *map(number_text, people), *map(_two, work))
            for month, people, work in zip(
                months,
                zip(working, diverted, strict=True),
                zip(each_opened, each_closed, strict=True),
                strict=True,
            )
        ),
        height=1.5,
    )


def _waits(frame: pd.DataFrame, start: str, end: str, as_of: date) -> pd.DataFrame:
    """Days between two dates of the episodes that have both in order, and the year of the later."""
    done = frame[frame[end].le(pd.Timestamp(as_of))]
    days = (done[end] - done[start]).dt.days
    return pd.DataFrame({"year": done[end].dt.year, "days": days})[days.ge(0)]


def _quartiles(waits: pd.DataFrame, years: list[int]) -> pd.DataFrame:
    by_year = waits.groupby("year")["days"]
    quarters = {"low": 0.25, "median": 0.5, "high": 0.75}
    spread = {name: by_year.quantile(part).reindex(years) for name, part in quarters.items()}
    return pd.DataFrame(spread).assign(number=by_year.size().reindex(years, fill_value=0))


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _each(work: Sequence[float | None], staff: Sequence[float | None]) -> list[float | None]:
    return [
        None if not people or cases is None else cases / people
        for cases, people in zip(work, staff, strict=True)
    ]


def _two(value: float | None) -> str:
    return "not known" if value is None else f"{value:.2f}"


def _medians(years: Sequence[int], tables: Sequence[tuple[str, pd.DataFrame, str]]) -> Draw:
    def draw(axes: Any, narrow: bool) -> None:
        top = max(float(table["high"].max(skipna=True)) for _, table, _ in tables)
        # The label of the line that ends higher stands above its end, the other's below.
        ends = [table["median"].dropna() for _, table, _ in tables]
        highest = max(float(end.iloc[-1]) for end in ends if len(end)) if any(map(len, ends)) else 0
        for shift, (words, table, colour) in zip((-0.06, 0.06), tables, strict=True):
            places = [place + shift for place in range(len(years))]
            known = table["median"].notna()
            axes.errorbar(
                places,
                table["median"],
                yerr=[table["median"] - table["low"], table["high"] - table["median"]],
                color=colour,
                linewidth=2.2,
                elinewidth=1.1,
                marker="o",
                markersize=4,
            )
            if known.any():
                end = int(max(place for place, has in enumerate(known) if has))
                axes.annotate(
                    words.replace(" to ", "\nto ") if narrow else words,
                    (places[end], table["median"].iloc[end]),
                    textcoords="offset points",
                    xytext=(8, 0),
                    va="bottom" if table["median"].iloc[end] == highest else "top",
                    color=colour,
                    weight="bold",
                    annotation_clip=False,
                )
        plain_axes(axes, top)
        step = 2 if narrow and len(years) > 4 else 1
        named = list(range(len(years)))[::-1][::step]
        axes.set_xticks(named, [str(years[place]) for place in named])
        axes.set_xlim(-0.4, len(years) - 1 + len(years) * (0.45 if narrow else 0.25))
        axes.set_xlabel("year of the step")
        axes.set_ylabel("days")

    return draw


def _staff_over_work(
    months: Sequence[str],
    working: Sequence[float | None],
    diverted: Sequence[float | None],
    opened: Sequence[float | None],
    closed: Sequence[float | None],
) -> Draw:
    def draw(axes: Any, narrow: bool) -> None:
        from matplotlib.patches import Patch

        drawing = axes.figure
        axes.remove()
        above, below = drawing.subplots(2, 1)
        there = [value or 0.0 for value in working]
        away = [value or 0.0 for value in diverted]
        places = range(len(months))
        above.bar(places, there, width=0.82, color=BAR)
        above.bar(places, away, bottom=there, width=0.82, color=STRONG, hatch="///")
        plain_axes(above, max(a + b for a, b in zip(there, away, strict=True)) * 1.15)
        above.set_xticks([])
        above.set_ylabel("staff")
        above.set_xlim(-0.6, len(months) - 1 + len(months) * (0.36 if narrow else 0.13))
        keys = [
            Patch(color=BAR, label="at work"),
            Patch(facecolor=STRONG, hatch="///", label="working elsewhere"),
        ]
        above.legend(handles=keys, loc="upper left", ncols=2, frameon=False, borderpad=0)
        lines(months, (("opened", opened, STRONG), ("closed", closed, BAR)), "cases for each")(
            below, narrow
        )

    return draw
