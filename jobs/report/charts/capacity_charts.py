"""Charts of the work ahead: releases against capacity, the backlog's forecast, work and staff."""

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from jobs.contract.view_models import day_text, number_text, plural
from jobs.report.charts.charts import BAR, INK, PAPER, STRONG, Chart, Draw
from jobs.report.forecast.capacity import Forecast
from jobs.report.published import value_of

WEEKS_DRAWN: Final = 26
_BAND: Final = ("backlog", "backlog_low", "backlog_high")


def releases_against_capacity(ahead: Forecast) -> Chart | None:
    """Releases of people not considered, week by week, against the decisions that can be made."""
    weeks = ahead.weeks.head(WEEKS_DRAWN)
    releases = weeks["releases"].tolist()
    if not sum(releases):
        return None
    capacity = float(weeks["capacity"].iloc[0])
    late = len(ahead.late)
    starts = weeks["start"].tolist()
    return Chart(
        name="releases-against-capacity",
        finding=f"At {number_text(round(ahead.staff, 1))} staff, "
        + (
            f"{plural(late, 'person', 'people')} will be released before their turn"
            if late
            else "everybody known can be decided on before release"
        ),
        description="Upright bars: earliest releases of people on whom nobody has decided, by "
        f"week from {day_text(starts[0])}. Level line: decisions that can be made in a week.",
        draw=_bars_and_line(
            starts, releases, capacity, f"capacity: {number_text(round(capacity, 1))} a week"
        ),
        headers=("Week beginning", "Releases", "Decisions that can be made"),
        rows=tuple(
            (day_text(start), number_text(value), number_text(round(capacity, 1)))
            for start, value in zip(starts, releases, strict=True)
        ),
        note="Capacity is the pace of the last 13 weeks, less the share of people newly sentenced "
        "who are due at once.",
    )


def backlog_ahead(ahead: Forecast) -> Chart | None:
    """The open cases, with their range, a year ahead."""
    weeks = ahead.weeks
    if not weeks["backlog_high"].max():
        return None
    staff = number_text(round(ahead.staff, 1))
    return Chart(
        name="backlog-ahead",
        finding=f"At {staff} staff {number_text(round(float(weeks['backlog'].iloc[-1])))} cases "
        f"are open in {plural(len(weeks), 'week', 'weeks')}",
        description="A line with a band: open criminal cases week by week, and the range that "
        "holds the truth 90 times out of 100.",
        draw=_line_with_band(weeks),
        headers=("Week beginning", "Open cases", "Low", "High"),
        rows=tuple(
            (day_text(start), *(number_text(round(value)) for value in values))
            for start, *values in zip(
                *(weeks[name].iloc[::4].tolist() for name in ("start", *_BAND)), strict=True
            )
        ),
        note=f"{number_text(round(ahead.pace.opened, 1))} cases are opened in a week and "
        f"{number_text(round(ahead.pace.closings(ahead.staff), 1))} closed.",
    )


def opened_and_closed(figures: pd.DataFrame) -> Chart | None:
    """Work that came in and went out, month by month."""
    months = _months(figures, "flow.opened_by_month")
    if not months:
        return None
    opened, closed = (
        [value_of(figures, id_, month) for month in months]
        for id_ in ("flow.opened_by_month", "flow.closed_by_month")
    )
    came, went = sum(v or 0.0 for v in opened), sum(v or 0.0 for v in closed)
    return Chart(
        name="opened-and-closed",
        finding=f"In {len(months)} months {number_text(came)} cases were opened and "
        f"{number_text(went)} closed: {_balance(came - went)}",
        description="Two lines: criminal cases opened and closed in each month.",
        draw=lines(months, (("opened", opened, STRONG), ("closed", closed, BAR)), "cases"),
        headers=("Month", "Opened", "Closed"),
        rows=tuple(
            (month_text(month), *map(number_text, row))
            for month, *row in zip(months, opened, closed, strict=True)
        ),
    )


def _balance(step: float) -> str:
    if not step:
        return "the backlog stood still"
    return f"the backlog {'grew' if step > 0 else 'fell'} by {number_text(abs(step))}"


def _months(figures: pd.DataFrame, id_: str) -> list[str]:
    groups = figures.loc[figures["figure_id"].eq(id_), "group_value"]
    return sorted(str(group) for group in groups)


def _bars_and_line(starts: Sequence[Any], values: Sequence[float], level: float, words: str) -> Any:
    def draw(axes: Any, narrow: bool) -> None:
        places = range(len(values))
        over = [value > level for value in values]
        axes.bar(places, values, width=0.82, color=[STRONG if o else BAR for o in over])
        axes.axhline(level, color=INK, linewidth=1.6)
        axes.annotate(
            words,
            (len(values) - 0.5, level),
            textcoords="offset points",
            xytext=(0, 5),
            ha="right",
            weight="bold",
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5},
        )
        plain_axes(axes, max(level, *values))
        step = 8 if narrow else 4
        shown = list(places)[::step]
        axes.set_xticks(shown, [f"{starts[i].day} {starts[i]:%b}" for i in shown])
        axes.set_xlabel("week beginning")
        axes.set_ylabel("releases")
        axes.margins(x=0.01)

    return draw


def _line_with_band(weeks: pd.DataFrame) -> Any:
    def draw(axes: Any, narrow: bool) -> None:
        places = list(range(len(weeks)))
        axes.fill_between(
            places, weeks["backlog_low"], weeks["backlog_high"], color=BAR, alpha=0.25, linewidth=0
        )
        axes.plot(places, weeks["backlog"], color=BAR, linewidth=2.2)
        plain_axes(axes, float(weeks["backlog_high"].max()))
        starts = weeks["start"].tolist()
        shown = places[:: 16 if narrow else 8]
        axes.set_xticks(shown, [f"{starts[i]:%b %y}" for i in shown])
        axes.set_xlabel("week beginning")
        axes.set_ylabel("open cases")
        axes.margins(x=0.01)

    return draw


def month_text(month: str) -> str:
    """``2006-03`` as ``March 2006``."""
    return f"{pd.Period(month, freq='M').to_timestamp():%B %Y}"


def lines(
    months: Sequence[str], series: Sequence[tuple[str, Sequence[float | None], str]], y_label: str
) -> Draw:
    """Lines over months, each with its words at its end; a month without a value is a gap."""
    drawn = [
        (words, known, colour)
        for words, values, colour in series
        if (known := [(i, float(v)) for i, v in enumerate(values) if v is not None])
    ]

    def draw(axes: Any, narrow: bool) -> None:
        top = max((value for _, known, _ in drawn for _, value in known), default=1.0)
        for _, values, colour in series:
            gaps = [float("nan") if value is None else value for value in values]
            axes.plot(range(len(gaps)), gaps, color=colour, linewidth=2.2)
        heights = _apart([known[-1][1] for _, known, _ in drawn], top * 0.09)
        for (words, known, colour), height in zip(drawn, heights, strict=True):
            axes.annotate(
                words,
                (known[-1][0], height),
                textcoords="offset points",
                xytext=(6, 0),
                va="center",
                color=colour,
                weight="bold",
                annotation_clip=False,
            )
        plain_axes(axes, top)
        shown = range(0, len(months), 6 if narrow else 3)
        axes.set_xticks(
            shown, [f"{pd.Period(months[i], freq='M').to_timestamp():%b %y}" for i in shown]
        )
        axes.set_xlim(-0.3, len(months) - 1 + len(months) * (0.36 if narrow else 0.13))
        axes.set_xlabel("month")
        axes.set_ylabel(y_label)

    return draw


def _apart(heights: Sequence[float], gap: float) -> list[float]:
    """Labels at these heights, pushed up until none covers another."""
    placed: dict[int, float] = {}
    last = float("-inf")
    for i in sorted(range(len(heights)), key=lambda i: heights[i]):
        last = max(heights[i], last + gap)
        placed[i] = last
    return [placed[i] for i in range(len(heights))]


def plain_axes(axes: Any, top: float) -> None:
    """Axes from nought, with few numbers and no ticks."""
    from matplotlib.ticker import MaxNLocator

    axes.set_ylim(0, max(1.0, top) * 1.15)
    axes.tick_params(axis="both", length=0)
    axes.tick_params(axis="x", pad=6)
    axes.grid(visible=False, axis="x")
    axes.yaxis.set_major_formatter(lambda value, _place: f"{value:,.0f}")
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
