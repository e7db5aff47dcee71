"""What earlier publications said: the key figures over the nights, as charts and as one table.

The figures come with the publication's own, as they are current for the nights before: a night
that was published again counts with its last word. A night on which nothing was published is a gap
in the line, and never a nought.
"""

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from jobs.contract import results
from jobs.contract.view_models import day_text, number_text
from jobs.report.charts.capacity_charts import plain_axes
from jobs.report.charts.charts import BAR, FAINT, STRONG, Chart, Draw, shortened
from jobs.report.figures.registry import FIGURE_BY_ID
from jobs.report.published import ALL

SHOWN: Final = (
    "missed.total",
    "missed.undecided",
    "missed.decided_since",
    "missed.never_referred",
    "missed.referred_not_considered",
    "due.total",
    "due.within_7",
    "backlog.open",
    "staff.cases_per_fte",
    "flow.late_26_weeks",
    "census.foreign_nationals",
    "census.nationality_unknown",
    "links.review",
    "quality.quarantined",
)
NIGHTS_SHOWN: Final = 400
"""Nights drawn and listed: a year and what it is compared with."""
GAP: Final = 1.5
"""A line is broken where two nights lie further apart than so many times their usual distance."""
COLUMNS: Final = ["day", "figure_id", "value", "low", "high"]


def past_and_present(
    *, history: pd.DataFrame | None, figures: pd.DataFrame, as_of: Any
) -> pd.DataFrame:
    """Figures without groups of the nights before and of tonight, in order: `COLUMNS`."""
    tonight = figures[figures["group_value"].eq(ALL)].assign(day=pd.Timestamp(as_of))
    parts = [tonight[COLUMNS]]
    if history is not None and len(history):
        before = history.rename(columns={"as_of_date": "day"})
        before = before.assign(day=pd.to_datetime(before["day"]).astype("datetime64[us]"))
        before = before[before["day"].lt(pd.Timestamp(as_of))]
        parts.insert(0, before.loc[before["group_value"].eq(ALL), COLUMNS])
    every = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    nights = sorted(every["day"].unique())[-NIGHTS_SHOWN:]
    every = every[every["figure_id"].isin(SHOWN) & every["day"].isin(nights)]
    return every.sort_values(["figure_id", "day"], ignore_index=True)


def history_chart(history: pd.DataFrame, id_: str) -> Chart | None:
    """A figure over the publications, with its range; nothing before there are two.

    Args:
        history: as `past_and_present` gives it.
        id_: one of `SHOWN`.
    """
    rows = history[history["figure_id"].eq(id_) & history["value"].notna()]
    if len(rows) < 2:
        return None
    first, last = rows.iloc[0], rows.iloc[-1]
    title, unit = FIGURE_BY_ID[id_].title, FIGURE_BY_ID[id_].unit
    return Chart(
        name=f"history-{id_.replace('.', '-').replace('_', '-')}",
        finding=f"{title}: {number_text(float(last['value']))}, "
        f"{_step(float(last['value']) - float(first['value']))} {day_text(first['day'].date())}",
        description=f"A line with a point for each of {len(rows)} publications and a band for the "
        "range; it is broken where no night was published.",
        draw=_line(rows, _pieces(rows["day"].tolist(), _usual(history["day"])), unit),
        headers=("Night", title, "Low", "High"),
        rows=tuple(
            (day_text(day.date()), *(number_text(float(value)) for value in values))
            for day, *values in rows[["day", "value", "low", "high"]].itertuples(index=False)
        ),
    )


def outcomes_over_time(
    history: pd.DataFrame | None, figures: pd.DataFrame, as_of: Any
) -> Chart | None:
    """What had become of the missed on each night; nothing before there are two nights."""
    id_ = "outcome.by_outcome"
    parts = [figures.assign(as_of_date=as_of), *([] if history is None else [history])]
    rows = pd.concat([part[part["figure_id"].eq(id_)] for part in parts], ignore_index=True)
    rows = rows[rows["group_value"].ne(ALL)].assign(day=pd.to_datetime(rows["as_of_date"]))
    rows = rows[rows["day"].le(pd.Timestamp(as_of))].drop_duplicates(["day", "group_value"])
    table = rows.pivot(index="day", columns="group_value", values="value").sort_index()
    order = [entry.code for entry in results.OUTCOME.codes]
    table = table.reindex(columns=[code for code in order if code in table.columns])
    table = table.loc[:, table.max().gt(0)].tail(NIGHTS_SHOWN)
    if len(table) < 2 or table.empty:
        return None
    words = results.OUTCOME.meanings
    moved = (table.iloc[-1] - table.iloc[0]).fillna(0.0)
    most = str(moved.abs().idxmax())
    number = number_text(float(table[most].iloc[-1]))
    return Chart(
        name="outcomes-over-time",
        finding=f"{words[most][:1].upper()}{words[most][1:]}: {number}, "
        f"{_step(float(moved[most]))} {day_text(table.index[0].date())}",
        description=f"A line for each outcome over {len(table)} publications.",
        draw=_lines(table, words),
        headers=("Night", *(words[code] for code in table.columns)),
        rows=tuple(
            (day_text(day.date()), *(number_text(None if pd.isna(v) else float(v)) for v in values))
            for day, *values in table.itertuples()
        ),
        height=1.3,
    )


def _lines(table: pd.DataFrame, words: dict[str, str]) -> Draw:
    styles = [(colour, dash) for dash in ("-", "--", ":", "-.") for colour in (BAR, STRONG, FAINT)]

    def draw(axes: Any, narrow: bool) -> None:
        days = [day.to_pydatetime() for day in table.index]
        for (colour, dash), code in zip(styles, table.columns, strict=False):
            label = shortened(words[str(code)], 44 if narrow else 72)
            axes.plot(days, table[code], color=colour, linestyle=dash, linewidth=2, label=label)
        plain_axes(axes, float(table.max().max()))
        shown = pd.date_range(days[0], days[-1], periods=3 if narrow else 6).normalize().unique()
        axes.set_xticks(list(shown), [f"{day.day} {day:%b %Y}" for day in shown])
        axes.set_xlabel("night")
        axes.set_ylabel("custody episodes")
        axes.legend(
            loc="upper center",
            bbox_to_anchor=(0.5, -0.2),
            ncols=1 if narrow else 2,
            frameon=False,
            fontsize=8,
        )

    return draw


def _step(step: float) -> str:
    if not step:
        return "as on"
    size = number_text(round(abs(step), 1))
    return f"{size} {'more' if step > 0 else 'fewer'} than on"


def _usual(days: pd.Series) -> pd.Timedelta:
    """The usual distance of two nights."""
    nights = days.drop_duplicates().sort_values()
    return pd.Timedelta(nights.diff().median())


def _pieces(days: Sequence[pd.Timestamp], usual: pd.Timedelta) -> list[slice]:
    """The stretches of a line without a gap."""
    breaks = (p for p in range(1, len(days)) if days[p] - days[p - 1] > GAP * usual)
    starts = [0, *breaks]
    return [slice(a, b) for a, b in zip(starts, [*starts[1:], len(days)], strict=True)]


def _line(rows: pd.DataFrame, pieces: Sequence[slice], unit: str) -> Draw:
    def draw(axes: Any, narrow: bool) -> None:
        days = [day.to_pydatetime() for day in rows["day"]]
        value, low, high = (rows[name].astype(float).tolist() for name in ("value", "low", "high"))
        marker = "o" if len(days) <= 60 else None
        for part in pieces:
            axes.fill_between(days[part], low[part], high[part], color=BAR, alpha=0.25, linewidth=0)
            alone = part.stop - part.start == 1
            axes.plot(
                days[part],
                value[part],
                color=BAR,
                linewidth=2.2,
                marker="o" if alone else marker,
                markersize=4,
            )
        top, bottom = max(high), min(low)
        plain_axes(axes, top)
        axes.set_ylabel(unit)
        if top - bottom < top * 0.2:
            # Small steps on a large number: the axis begins near them, and says so.
            start = max(0.0, bottom - 1.5 * max(1.0, top - bottom))
            axes.set_ylim(start, top + 0.5 * max(1.0, top - bottom))
            axes.set_ylabel(f"{unit}, from {number_text(int(start))}" if start else unit)
        shown = pd.date_range(days[0], days[-1], periods=3 if narrow else 6).normalize().unique()
        axes.set_xticks(list(shown), [f"{day.day} {day:%b %Y}" for day in shown])
        axes.set_xlabel("night")
        axes.annotate(
            number_text(value[-1]),
            (days[-1], value[-1]),
            textcoords="offset points",
            xytext=(6, 4),
            weight="bold",
            annotation_clip=False,
        )

    return draw
