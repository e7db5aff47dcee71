"""Charts of what another order of the work, or another number of staff, would change."""

import textwrap
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from jobs.contract.view_models import number_text, plural
from jobs.report.charts.capacity_charts import plain_axes
from jobs.report.charts.charts import BAR, FAINT, INK, STRONG, Chart, Draw
from jobs.report.forecast.capacity import FIVE_YEARS, WEEKS_COMPARED, Forecast, OrderTried

LATE: Final = "released undecided"
LEFT: Final = "held, still undecided"
_STYLES: Final = (("-", BAR), ("--", STRONG), (":", INK), ("-.", FAINT))


def orders_chart(compared: Sequence[OrderTried]) -> Chart | None:
    """How many leave undecided and how many held are still undecided, in each order."""
    work = compared[0]
    if not any(each.late or each.held for each in compared):
        return None
    losing = [each.late for each in compared]
    low, high = min(losing), max(losing)
    spread = number_text(low) if low == high else f"{number_text(low)} to {number_text(high)}"
    return Chart(
        name="orders-of-work",
        finding=f"In {WEEKS_COMPARED} weeks {spread} people are released undecided, by the order "
        f"in which the work is taken: {number_text(work.late)} in the order of the work, which "
        f"leaves {number_text(work.held_left)} of {number_text(work.held)} held past their date",
        description="Level bars, two for each order: people released before anybody has decided, "
        f"and people held past their date on whom nobody has decided after {WEEKS_COMPARED} weeks.",
        draw=_pairs(
            [each.order.title for each in compared],
            [each.late for each in compared],
            [each.held_left for each in compared],
        ),
        headers=("Order", *(f"{words.capitalize()}, {unit}" for unit, words in _ENDS)),
        rows=tuple(
            (
                each.order.title,
                *(
                    number_text(float(each.by_week[name].iloc[week - 1]))
                    for name in ("late", "held_left")
                    for week in (13, WEEKS_COMPARED)
                ),
            )
            for each in compared
        ),
        height=1.25,
    )


_ENDS: Final = tuple(
    (f"{week} weeks", words) for words in (LATE, LEFT) for week in (13, WEEKS_COMPARED)
)


def staff_chart(ahead: Sequence[Forecast], as_of: date) -> Chart | None:
    """The open cases over five years with several numbers of staff, and when each clears them."""
    if not ahead or not ahead[0].weeks["backlog"].max():
        return None
    names = [f"{number_text(round(each.staff, 1))} staff" for each in ahead]
    return Chart(
        name="backlog-by-staff",
        finding="; ".join(
            f"{'at' if place else 'At'} {name} {ending(each, as_of)}"
            for place, (name, each) in enumerate(zip(names, ahead, strict=True))
        ),
        description="A line for each number of staff: open criminal cases over the next five "
        "years, if everybody works at the pace of the last 13 weeks.",
        draw=_fan(names, ahead, as_of),
        headers=(
            "Staff at work",
            *(f"In {y} years" if y > 1 else "In a year" for y in range(1, 6)),
        ),
        rows=tuple(
            (name, *(number_text(round(_size(each, 52.2 * year))) for year in range(1, 6)))
            for name, each in zip(names, ahead, strict=True)
        ),
    )


def ending(ahead: Forecast, as_of: date) -> str:
    """When a backlog is cleared, by week and month, or how large it is in five years."""
    if ahead.clear_week is not None and ahead.clear_week <= FIVE_YEARS:
        if not ahead.clear_week:
            return "there is no backlog"
        day = as_of + timedelta(weeks=ahead.clear_week)
        return f"the backlog is cleared in week {ahead.clear_week}, {day:%B %Y}"
    return f"{plural(ahead.in_five_years, 'case is', 'cases are')} open in five years"


def _size(ahead: Forecast, week: float) -> float:
    start = float(ahead.weeks["backlog"].iloc[0]) - _growth(ahead)
    return max(0.0, start + _growth(ahead) * week)


def _growth(ahead: Forecast) -> float:
    return ahead.pace.opened - ahead.pace.closings(ahead.staff)


def _pairs(labels: Sequence[str], late: Sequence[int], left: Sequence[int]) -> Draw:
    def draw(axes: Any, narrow: bool) -> None:
        top = max(1, *late, *left)
        for shift, values, colour, words in ((-0.2, late, STRONG, LATE), (0.2, left, BAR, LEFT)):
            places = [place + shift for place in range(len(labels))]
            axes.barh(places, values, height=0.36, color=colour, label=words)
            for place, value in zip(places, values, strict=True):
                axes.annotate(
                    number_text(value),
                    (value, place),
                    textcoords="offset points",
                    xytext=(4, 0),
                    va="center",
                )
        shown = [textwrap.fill(label, 13) if narrow else label for label in labels]
        axes.set_yticks(range(len(labels)), shown)
        axes.invert_yaxis()
        axes.tick_params(axis="both", length=0)
        axes.grid(visible=False)
        axes.spines["bottom"].set_visible(False)
        axes.set_xticks([])
        axes.set_xlim(0, top * 1.16)
        axes.set_xlabel(f"people, after {WEEKS_COMPARED} weeks")
        axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=2, frameon=False)

    return draw


def _fan(names: Sequence[str], ahead: Sequence[Forecast], as_of: date) -> Draw:
    def draw(axes: Any, narrow: bool) -> None:
        weeks = range(0, FIVE_YEARS, 3)
        top = 1.0
        for (style, colour), name, each in zip(_STYLES, names, ahead, strict=False):
            sizes = [_size(each, week) for week in weeks]
            top = max(top, *sizes)
            axes.plot(weeks, sizes, linestyle=style, color=colour, linewidth=2.2, label=name)
        plain_axes(axes, top)
        years = range(0, 6, 2 if narrow else 1)
        axes.set_xticks([52.2 * year for year in years], [str(as_of.year + year) for year in years])
        axes.set_xlabel(f"{as_of:%B} of")
        axes.set_ylabel("open cases")
        axes.margins(x=0.01)
        axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(names), frameon=False)

    return draw
