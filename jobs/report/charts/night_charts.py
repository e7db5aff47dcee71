"""The charts of a night, each under the sentence that it shows."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import pandas as pd

from jobs.contract.bands import AGE_NOT_RECORDED, AGES
from jobs.contract.case_lists import DUE
from jobs.contract.view_models import day_text, number_text, plural
from jobs.report.charts.charts import Chart, bars, columns, shortened
from jobs.report.figures.conditions import NO_DATE
from jobs.report.figures.families.backlog import AGE_ORDER
from jobs.report.lists.list_rows import rows_of
from jobs.report.published import Frames, groups_of
from jobs.runtime.outgoing import clean

WEEKS_AHEAD: Final = 26
PRISONS_SHOWN: Final = 15
MONTHS_SHOWN: Final = 60
OLD_BANDS: Final = AGES.names[3:]
"""Over two years."""


def missed_by_month(figures: pd.DataFrame, as_of: date) -> Chart | None:
    """When the missed were released, month by month; earlier years stand in the numbers.

    Figures of a part have no range, and nothing is said of one then.
    """
    rows = groups_of(figures, "missed.by_release_month")
    undated = float(rows["value"].get(NO_DATE, 0.0))
    rows = rows.drop(NO_DATE, errors="ignore")
    if rows.empty:
        return None
    has_range = bool(rows["low"].notna().any())
    last = str(rows.index.max())
    first = max(str(rows.index.min()), str(pd.Period(last, freq="M") - MONTHS_SHOWN + 1))
    earlier = rows[rows.index < first]
    months = [str(month) for month in pd.period_range(first, last, freq="M")]
    shown = rows.reindex(months, fill_value=0.0)
    values = shown["value"].tolist()
    peak = values.index(max(values))
    years = earlier.groupby(earlier.index.str[:4]).sum()
    years = years[years["value"].gt(0)]
    numbers = [
        *((f"{year}, before {_month_text(first)}", *row) for year, *row in years.itertuples()),
        *((_month_text(month), *row) for month, *row in shown.itertuples()),
    ]
    return Chart(
        name="missed-by-month",
        finding=f"Releases without consideration peaked in {_month_text(months[peak])}, "
        f"at {number_text(values[peak])}",
        description="Upright bars: releases without consideration for each month from "
        f"{_month_text(first)} to {_month_text(last)}, as known on {day_text(as_of)}.",
        draw=columns(
            months,
            values,
            ranges=list(zip(shown["low"], shown["high"], strict=True)) if has_range else None,
            strong=(peak,),
            ticks=_ticks(months),
            x_label="month of release",
            y_label="releases",
        ),
        headers=("Released", "Number", "Low", "High")[: 4 if has_range else 2],
        rows=tuple(
            (label, *map(number_text, row if has_range else row[:1])) for label, *row in numbers
        ),
        note=_not_drawn(float(earlier["value"].sum()), _month_text(first), undated),
    )


def _not_drawn(earlier: float, first: str, undated: float) -> str:
    parts = []
    if earlier:
        parts.append(f"{plural(earlier, 'release', 'releases')} before {first}")
    if undated:
        parts.append(f"{plural(undated, 'release', 'releases')} without a recorded date")
    return f"Not drawn: {' and '.join(parts)}." if parts else ""


def due_by_week(facts: Frames, as_of: date) -> Chart | None:
    """Releases ahead of people not considered, week by week from the night."""
    due = rows_of(DUE, facts)
    days = due["days_to_release"].dropna().astype("int64")
    ahead = days[(days >= 0) & (days < 7 * WEEKS_AHEAD)]
    if ahead.empty:
        return None
    counts = (ahead // 7).value_counts().reindex(range(WEEKS_AHEAD), fill_value=0)
    values = [float(value) for value in counts]
    starts = [as_of + timedelta(days=7 * week) for week in range(WEEKS_AHEAD)]
    busiest = values.index(max(values))
    others = len(due) - len(ahead)
    return Chart(
        name="due-by-week",
        finding=f"{plural(sum(values[:4]), 'release', 'releases')} of people not considered "
        f"{'falls' if sum(values[:4]) == 1 else 'fall'} in the next 4 weeks",
        description=f"Upright bars: earliest releases of people whose consideration is "
        f"due, for each of {WEEKS_AHEAD} weeks from {day_text(as_of)}.",
        draw=columns(
            [day_text(start) for start in starts],
            values,
            strong=tuple(range(4)) if sum(values[:4]) else (busiest,),
            ticks={
                week: f"{starts[week].day} {starts[week]:%b}" for week in range(0, WEEKS_AHEAD, 4)
            },
            x_label="week beginning",
            y_label="releases",
        ),
        headers=("Week beginning", "Releases"),
        rows=tuple(
            (day_text(start), number_text(value))
            for start, value in zip(starts, values, strict=True)
        ),
        note=f"{plural(others, 'case', 'cases')} due with a date that has passed, a later date or "
        "none not drawn."
        if others
        else "",
    )


def backlog_by_age(figures: pd.DataFrame) -> Chart | None:
    """How old the open cases are."""
    rows = groups_of(figures, "backlog.by_age").reindex(list(AGE_ORDER), fill_value=0.0)
    total = rows["value"].sum()
    if not total:
        return None
    old = rows["value"].reindex(list(OLD_BANDS)).sum()
    unknown = rows["value"][AGE_NOT_RECORDED]
    labels = [band.capitalize() for band in AGE_ORDER]
    values = [float(value) for value in rows["value"]]
    return Chart(
        name="backlog-by-age",
        finding=f"{number_text(old)} of the {plural(total, 'open case', 'open cases')} "
        f"({100 * old / total:.0f} per cent) "
        f"{'has' if old == 1 else 'have'} been open for more than 2 years",
        description="Level bars: open criminal cases by the time since they were opened.",
        draw=bars(
            labels,
            values,
            strong=[AGE_ORDER.index(band) for band in OLD_BANDS],
            x_label="open cases",
            y_label="open for",
        ),
        headers=("Age", "Open cases"),
        rows=tuple(zip(labels, map(number_text, values), strict=True)),
        note=f"{plural(unknown, 'case', 'cases')} without any date: age not known."
        if unknown
        else "",
    )


def foreign_nationals_by_prison(census: pd.DataFrame) -> Chart | None:
    """Where foreign nationals are held."""
    held = census[census["foreign_nationals"].gt(0)]
    if held.empty:
        return None
    held = held.sort_values(["foreign_nationals", "prison_id"], ascending=[False, True])
    total = float(held["foreign_nationals"].sum())
    head = held.head(PRISONS_SHOWN)
    labels = [shortened(clean(name)) for name in head["prison_name"].fillna(head["prison_id"])]
    values = [float(value) for value in head["foreign_nationals"]]
    without = [
        i for i, has in enumerate(head["has_foreign_national_work"].eq(False).fillna(False)) if has
    ]
    share = 100 * sum(values) / total
    return Chart(
        name="census-by-prison",
        finding=f"{labels[0]} holds the most foreign nationals, {number_text(values[0])} of "
        f"{number_text(total)}",
        description="Level bars: foreign nationals held, for the prisons that hold the most. "
        "Prisons without staff for foreign nationals are drawn in the second colour and marked "
        "with an asterisk.",
        draw=bars(
            [f"{label} *" if i in without else label for i, label in enumerate(labels)],
            values,
            strong=without,
            x_label="foreign nationals held",
        ),
        headers=("Prison", "Foreign nationals"),
        rows=tuple(zip(labels, map(number_text, values), strict=True)),
        note=(
            f"The {plural(len(values), 'prison', 'prisons')} drawn hold {share:.0f} per cent. "
            + ("* no staff who work on foreign nationals." if without else "")
        ).strip(),
        height=0.45 + 0.065 * len(values),
    )


def _month_text(month: str) -> str:
    return f"{pd.Period(month, freq='M').to_timestamp():%B %Y}"


def _ticks(periods: Sequence[str]) -> dict[int, str]:
    """Label each January with its year, or the months of a short series."""
    if len(periods) <= 18:
        step = 1 if len(periods) <= 6 else 3
        return {i: _short(period) for i, period in enumerate(periods) if i % step == 0}
    return {i: period[:4] for i, period in enumerate(periods) if period.endswith("-01")}


def _short(month: str) -> str:
    return f"{pd.Period(month, freq='M').to_timestamp():%b %y}"
