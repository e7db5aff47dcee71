"""The report: what the night found, as figures, lists, pages and the words of the emails.

`build_report` counts; `render_site` shows; `case_list` and `explain` lead from a number to its
cases and from a case to its reasons. Everything reads the frames of one publication and nothing
else.
"""

from jobs.report.brief import TABLES as BRIEFING_TABLES
from jobs.report.brief import Briefer, Earlier
from jobs.report.build import Reported, build_report
from jobs.report.capacity import Forecast, Pace, forecast
from jobs.report.capacity_charts import clearing
from jobs.report.cases import LISTS, case_list, explain, flags_of
from jobs.report.counting import ALL
from jobs.report.facts import About
from jobs.report.figures import FIGURES, figures_markdown
from jobs.report.headline import headline, key_figure
from jobs.report.pages import render_site
from jobs.report.sheets import csv_text
from jobs.report.workbook import write_workbook

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
