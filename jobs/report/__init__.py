"""The report: what the night found, as figures, lists, pages and the words of the emails.

`build_report` counts; `render_site` shows; `rows_of` and `explain` lead from a number to its
cases and from a case to its reasons. Everything reads the frames of one publication and nothing
else.
"""

from jobs.report.about import About
from jobs.report.assurance.strata import draw as draw_sample
from jobs.report.build import Reported, build_report
from jobs.report.charts.order_charts import ending
from jobs.report.figures.registry import FIGURES, figures_markdown
from jobs.report.forecast.capacity import Forecast, forecast
from jobs.report.forecast.queue import Pace
from jobs.report.lists.explanation import explain, flags_of
from jobs.report.lists.list_rows import list_named, rows_of, with_listing
from jobs.report.lists.next_actions import next_actions
from jobs.report.lists.referral_notices import NOTICE_DAYS
from jobs.report.lists.rule_changes import notices_by_change
from jobs.report.parts.part_folders import PARTS, part_folder, parts_of
from jobs.report.parts.part_pages import render_pages
from jobs.report.published import ALL
from jobs.report.site.pages import render_site
from jobs.report.site.quality_page import QUALITY_PAGE, with_planted
from jobs.report.site.runs_page import RUNS_PAGE, render_runs
from jobs.report.summary.assurance_words import assurance_history, assurance_lines
from jobs.report.summary.headline import headline, key_figure
from jobs.report.summary.reader_summary import (
    SUMMARISED,
    Earlier,
    SummaryWriter,
    action_lists,
)
from jobs.report.workbook.workbook import write_workbook
from jobs.runtime.outgoing import csv_text

__all__ = [
    "ALL",
    "FIGURES",
    "NOTICE_DAYS",
    "PARTS",
    "QUALITY_PAGE",
    "RUNS_PAGE",
    "SUMMARISED",
    "About",
    "Earlier",
    "Forecast",
    "Pace",
    "Reported",
    "SummaryWriter",
    "action_lists",
    "assurance_history",
    "assurance_lines",
    "build_report",
    "csv_text",
    "draw_sample",
    "ending",
    "explain",
    "figures_markdown",
    "flags_of",
    "forecast",
    "headline",
    "key_figure",
    "list_named",
    "next_actions",
    "notices_by_change",
    "part_folder",
    "parts_of",
    "render_pages",
    "render_runs",
    "render_site",
    "rows_of",
    "with_listing",
    "with_planted",
    "write_workbook",
]
