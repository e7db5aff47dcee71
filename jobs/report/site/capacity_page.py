"""The page of the work ahead: the queue, the orders in which it may be taken, and staff."""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.report import sheets
from jobs.report.charts.capacity_charts import (
    backlog_ahead,
    opened_and_closed,
    releases_against_capacity,
)
from jobs.report.charts.order_charts import orders_chart, staff_chart
from jobs.report.charts.pace_charts import staff_and_work, time_to_decision
from jobs.report.figures.families.flow import LATE_WEEKS
from jobs.report.forecast.capacity import WEEKS_COMPARED, OrderTried, compare_orders, forecast
from jobs.report.forecast.orders import ORDERS
from jobs.report.site.page_parts import tiles, what_if_sheet
from jobs.report.site.site import PageSection, Site
from jobs.report.summary.caveats import capacity_sentence
from jobs.report.summary.headline import key_figure

STAFF_DRAWN: Final = (85.0, 120.0)
"""Numbers of staff drawn beside today's: those of early 2006, and half as many again."""
_ORDER_COLUMNS: Final = (
    sheets.Column(source="order", heading="Order"),
    sheets.Column(source="late", heading="Released undecided", kind="whole"),
    sheets.Column(source="low", heading="Low", kind="whole"),
    sheets.Column(source="high", heading="High", kind="whole"),
    sheets.Column(source="held", heading="Held past their date", kind="whole"),
    sheets.Column(source="held_left", heading="Of these, still undecided", kind="whole"),
    sheets.Column(source="wait", heading="Days until half of them are decided on"),
    sheets.Column(source="staff", heading="Staff who would do both"),
)


def orders_sheet(compared: Sequence[OrderTried]) -> sheets.Sheet:
    """What each order of the work leaves undone."""
    longer = f"more than {7 * WEEKS_COMPARED}"
    frame = pd.DataFrame(
        {
            "order": [each.order.title for each in compared],
            **{
                name: [getattr(each, name) for each in compared]
                for name in ("late", "low", "high", "held", "held_left")
            },
            "wait": [
                longer if each.median_wait is None else str(each.median_wait) for each in compared
            ],
            "staff": [
                "not known" if each.staff_for_both is None else f"{each.staff_for_both:,}"
                for each in compared
            ],
        }
    )
    return sheets.sheet(
        name="orders", caption="Orders of the work", frame=frame, columns=_ORDER_COLUMNS
    )


def capacity_page(site: Site) -> None:
    """Whether the work can be done in time, and what would change it."""
    facts, as_of = site.facts, site.about.as_of
    ahead = forecast(facts=facts, as_of=as_of)
    soon = forecast(facts=facts, as_of=as_of, weeks=LATE_WEEKS)
    compared = compare_orders(facts=facts, as_of=as_of)
    levels = sorted({ahead.staff, *STAFF_DRAWN})
    staffed = [forecast(facts=facts, as_of=as_of, staff=staff, weeks=1) for staff in levels]
    site.page(
        "capacity.html",
        "page.html.j2",
        "Work ahead",
        lead=capacity_sentence(site.figures),
        text=(
            "Capacity is measured, not planned: decisions and closings of the last 13 weeks by the "
            "staff at work in them. Whom it reaches in time depends on the order: what is spent on "
            "people held past their date is not spent on the releases ahead."
        ),
        tiles_=tiles(
            key_figure(site.figures, id_)
            for id_ in (
                "flow.late_26_weeks",
                "flow.decided_13_weeks",
                "flow.opened_13_weeks",
                "flow.closed_13_weeks",
                "staff.working_13_weeks",
                "pace.sentence_to_referral",
                "pace.referral_to_decision",
                "pace.decided_year_before",
            )
        ),
        charts=(
            orders_chart(compared),
            releases_against_capacity(soon),
            staff_chart(staffed, as_of),
            backlog_ahead(ahead),
            opened_and_closed(site.figures),
            staff_and_work(site.figures),
            time_to_decision(results.ASSESSMENTS.of(facts), as_of),
            site.history_chart("flow.late_26_weeks"),
            site.history_chart("staff.cases_per_fte"),
        ),
        sections=[
            PageSection(
                id="orders",
                title="In which order",
                sheet=orders_sheet(compared),
                text=f"What becomes of the queue in {WEEKS_COMPARED} weeks at the staff at work. "
                "Always taking the nearest release loses the fewest; it decides on those held past "
                "their date only when nobody else waits. "
                + " ".join(f"{order.title}: {order.says}." for order in ORDERS),
            ),
            PageSection(
                id="what-if",
                title="With more or fewer staff",
                sheet=what_if_sheet(facts, as_of),
                text="If everybody works at the present pace.",
            ),
            PageSection(
                id="late",
                title="Released before their turn",
                sheet=site.case_sheet(
                    "late",
                    f"People who will be released first, in the next {LATE_WEEKS} weeks",
                    soon.late,
                    sheets.LATE_COLUMNS,
                ),
            ),
        ],
    )
