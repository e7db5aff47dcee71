"""The report: what the night found, as figures, lists, pages and the words of the emails.

`build_report` counts; `render_site` shows; `case_list` and `explain` lead from a number to its
cases and from a case to its reasons. Everything reads the frames of one publication and nothing
else.
"""

from jobs.report.build import Reported, build_report
from jobs.report.charts.capacity_charts import clearing
from jobs.report.facts import About
from jobs.report.figures.counting import ALL
from jobs.report.figures.figure_registry import FIGURES, figures_markdown
from jobs.report.forecast.capacity import Forecast, Pace, forecast
from jobs.report.lists.case_lists import LISTS, case_list, explain, flags_of
from jobs.report.sheets import csv_text
from jobs.report.site.pages import render_site
from jobs.report.summary.briefing import TABLES as BRIEFING_TABLES
from jobs.report.summary.briefing import Briefer, Earlier
from jobs.report.summary.headline import headline, key_figure
from jobs.report.workbook.workbook import write_workbook

__all__ = [
    "ALL",
    "BRIEFING_TABLES",
    "FIGURES",
    "LISTS",
    "About",
    "Briefer",
    "Earlier",
    "Forecast",
    "Pace",
    "Reported",
    "build_report",
    "case_list",
    "clearing",
    "csv_text",
    "explain",
    "figures_markdown",
    "flags_of",
    "forecast",
    "headline",
    "key_figure",
    "render_site",
    "write_workbook",
]
