"""Parts that several pages are made of: tiles of figures and sheets of counts."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final

import pandas as pd

from jobs.contract import results
from jobs.contract.bands import LINK_PROBABILITIES
from jobs.contract.view_models import KeyFigure, number_text, plural
from jobs.report import sheets
from jobs.report.charts.order_charts import ending
from jobs.report.figures.conditions import OFFENCE_CATEGORIES
from jobs.report.figures.families.backlog import STAGES
from jobs.report.figures.families.due import RELEASE_ORDER
from jobs.report.figures.registry import FIGURES
from jobs.report.forecast.capacity import forecast
from jobs.report.lists.breakdowns import (
    SURE,
    ages_by_team,
    links_expected,
    missed_by_prison,
    missed_by_time,
    sure_but_waiting,
    undecided_by_team,
)
from jobs.report.lists.drill_down import list_of
from jobs.report.lists.group_words import group_text, rule_texts
from jobs.report.published import Frames, groups_of, value_of
from jobs.report.summary.headline import key_figure

Opens = Callable[..., str]
"""Where the cases of a figure, or of one of its groups, stand."""


def nowhere(_figure: str, _group: str = "") -> str:
    """The way to the cases of a figure that no list shows."""
    return ""


_LINKS: Final = {
    "flow.late_26_weeks": "capacity.html#late",
    "outcome": "outcomes.html",
    "discrepancies": "discrepancies.html",
    "staff": "backlog.html",
    "census": "census.html",
    "flow": "capacity.html",
    "pace": "capacity.html",
    "links": "linkage.html",
    "quality": "quality.html",
}
"""Where a figure on no case list is shown, by figure or by the first part of its id."""
_URGENT: Final = frozenset({"missed.total", "due.within_7", "due.overdue", "flow.late_26_weeks"})
_ORDER: Final = {
    "missed.by_offence": OFFENCE_CATEGORIES,
    "due.by_release": RELEASE_ORDER,
    "backlog.by_stage": STAGES,
    "outcome.by_outcome": tuple(entry.code for entry in results.OUTCOME.codes),
    "scope.by_status": tuple(entry.code for entry in results.STATUS.codes),
}


def tiles(figures: Iterable[KeyFigure], opens: Opens = nowhere) -> list[dict[str, Any]]:
    """Figures as tiles, each with the way to its cases."""
    return [
        {
            "figure": figure,
            "link": opens(figure.figure_id) or _page_of(figure.figure_id),
            "urgent": figure.figure_id in _URGENT and bool(figure.value),
        }
        for figure in figures
    ]


def _page_of(figure: str) -> str | None:
    """The page that shows a figure."""
    listed = list_of(figure)
    if listed is not None:
        return f"{listed.name}.html"
    return _LINKS.get(figure) or _LINKS.get(figure.split(".")[0])


def first_of(what: str, shown: int, total: int) -> str:
    """The caption of a list of which the first rows are shown."""
    if shown < total:
        return f"{what}: the first {shown:,} of {total:,}"
    return f"{what}: all {total:,}" if total else what


def figure_sheet(
    name: str, caption: str, figures: pd.DataFrame, ids: Iterable[str], opens: Opens = nowhere
) -> sheets.Sheet:
    """Figures one under the other, with their ranges if any, each with the way to its cases."""
    few = [key_figure(figures, id_) for id_ in ids]
    frame = pd.DataFrame(
        {
            "label": [figure.label for figure in few],
            "value": [figure.value for figure in few],
            "low": [figure.low for figure in few],
            "high": [figure.high for figure in few],
            "unit": [figure.unit for figure in few],
        }
    )
    return sheets.sheet(
        name=name,
        caption=caption,
        frame=frame,
        columns=tuple(
            column
            for column in sheets.FIGURE_COLUMNS
            if column.source not in {"low", "high"} or frame["low"].notna().any()
        ),
        links=tuple(opens(figure.figure_id) for figure in few),
    )


def population_sheet(figures: pd.DataFrame) -> sheets.Sheet:
    """Foreign nationals in prison over time, those in removal centres told apart."""
    series = [
        groups_of(figures, f"census.{name}_over_time")["value"]
        for name in ("foreign_nationals", "detainees")
    ]
    frame = pd.DataFrame({"people": series[0], "detainees": series[1]}).sort_index()
    frame = frame.rename_axis("day").reset_index()
    return sheets.sheet(
        name="population",
        caption="Foreign nationals in prison over time",
        frame=frame.assign(day=pd.to_datetime(frame["day"])),
        columns=sheets.POPULATION_COLUMNS,
    )


def group_sheet(
    name: str,
    caption: str,
    figures: pd.DataFrame,
    id_: str = "scope.by_status",
    opens: Opens = nowhere,
) -> sheets.Sheet:
    """A figure by its groups, in the order of its list, with the total underneath."""
    rows = groups_of(figures, id_)
    order = [group for group in _ORDER.get(id_, ()) if group in rows.index]
    rows = rows.loc[[*order, *sorted(set(rows.index) - set(order))]]
    links = (*(opens(id_, str(group)) for group in rows.index), "")
    frame = rows.reset_index(names="label")
    frame["label"] = [group_text(id_, str(label)) for label in frame["label"]]
    total = pd.DataFrame([{"label": "Total", "value": rows["value"].sum()}])
    frame = pd.concat([frame, total], ignore_index=True)
    has_range = (rows["low"].ne(rows["high"]) & rows["low"].notna()).any()
    columns = sheets.GROUP_COLUMNS if has_range else sheets.GROUP_COLUMNS[:2]
    return sheets.sheet(name=name, caption=caption, frame=frame, columns=columns, links=links)


def row_count_sheet(facts: Frames) -> sheets.Sheet:
    """Rows in, accepted and kept aside for each table."""
    frame = results.ROW_COUNTS.of(facts).sort_values(["register", "table_name"])
    frame = frame.assign(table=_table_names(frame))
    total = frame[["rows_in", "accepted", "quarantined"]].sum().to_frame().T.assign(table="Total")
    return sheets.sheet(
        name="rows",
        caption="Rows delivered = accepted + in quarantine",
        frame=pd.concat([frame, total], ignore_index=True),
        columns=sheets.ROW_COUNT_COLUMNS,
    )


def rule_sheet(facts: Frames) -> sheets.Sheet:
    """Rows in quarantine by rule and table."""
    frame = results.QUARANTINE.of(facts)
    frame = frame.assign(table=_table_names(frame))
    counts = frame.groupby(["rule_id", "table"]).size().reset_index(name="rows")
    counts = counts.sort_values(["rows", "rule_id", "table"], ascending=[False, True, True])
    texts = rule_texts(facts)
    counts["meaning"] = [texts.get(str(rule), str(rule)) for rule in counts["rule_id"]]
    return sheets.sheet(
        name="rules",
        caption="Rows in quarantine by rule",
        frame=counts,
        columns=sheets.RULE_COLUMNS,
    )


def check_sheet(facts: Frames) -> sheets.Sheet:
    """Checks of the gate, those that did not hold first."""
    frame = results.CHECK_RESULTS.of(facts)
    column = frame["column_name"]
    frame = frame.assign(
        meaning=frame["meaning"].map(_sentence_case),
        where=frame["table_name"].where(column.isna(), frame["table_name"] + "." + column),
    )
    return sheets.sheet(
        name="checks",
        caption="Each check, those that failed first",
        frame=frame.sort_values(["passed", "severity", "check_id"]),
        columns=sheets.CHECK_COLUMNS,
        sortable=True,
    )


def probability_sheet(links: pd.DataFrame) -> sheets.Sheet:
    """Links and possible matches by their probability."""
    band = LINK_PROBABILITIES.of(links["probability"]).astype("str")
    counts = pd.crosstab(band, links["outcome"]).reindex(
        index=list(LINK_PROBABILITIES.names), columns=["linked", "review"], fill_value=0
    )
    frame = counts.rename_axis("band").reset_index()
    return sheets.sheet(
        name="probability",
        caption="Pairs by probability that they are one person",
        frame=frame,
        columns=(
            sheets.Column(source="band", heading="Probability"),
            sheets.Column(source="linked", heading="Linked", kind="whole"),
            sheets.Column(source="review", heading="To review", kind="whole"),
        ),
    )


def prison_sheet(facts: Frames, opens: Opens = nowhere) -> sheets.Sheet:
    """The missed by prison, and how many of each hundred releases they are."""
    frame = missed_by_prison(facts)
    return sheets.sheet(
        name="by-prison",
        caption="By prison",
        frame=frame,
        columns=sheets.MISSED_PRISON_COLUMNS,
        links=tuple(opens("missed.by_prison", prison) for prison in frame["prison_id"]),
    )


def time_sheet(facts: Frames, as_of: date) -> sheets.Sheet:
    """The missed by how long ago they were released."""
    return sheets.sheet(
        name="time",
        caption="By how long ago",
        frame=missed_by_time(facts, pd.Timestamp(as_of)),
        columns=sheets.MISSED_TIME_COLUMNS,
    )


def team_sheet(facts: Frames) -> sheets.Sheet:
    """The undecided by team, releases and custody episodes each."""
    return sheets.sheet(
        name="by-team",
        caption="Undecided by the team that has the open case",
        frame=undecided_by_team(facts),
        columns=sheets.UNDECIDED_TEAM_COLUMNS,
    )


def age_sheet(facts: Frames) -> sheets.Sheet:
    """Open cases by team and age."""
    return sheets.sheet(
        name="ages-by-team",
        caption="Open cases by team and age",
        frame=ages_by_team(facts),
        columns=sheets.TEAM_AGE_COLUMNS,
    )


def reliability_sentence(links: pd.DataFrame) -> str:
    """How many links are expected to be false and how many missed, by the night's own numbers."""
    false, missed = links_expected(links)
    return (
        f"By the probabilities of this night, {plural(round(false, 1), 'link', 'links')} of those "
        f"made {'is' if round(false, 1) == 1 else 'are'} expected to be false, and "
        f"{number_text(round(missed, 1))} of the pairs that wait to be one person, which is a link "
        "missed until somebody decides. What the model reaches on invented registers that it has "
        "not seen is in the guide on linkage; pairs that no rule brought together are counted in "
        "neither."
    )


def reliability_sheet(links: pd.DataFrame) -> sheets.Sheet:
    """Why pairs that are nearly certain wait all the same."""
    return sheets.sheet(
        name="sure-waiting",
        caption=f"Pairs above {SURE} that wait for a reviewer, by why",
        frame=sure_but_waiting(links),
        columns=(
            sheets.Column(source="reason", heading="Why"),
            sheets.Column(source="pairs", heading="Pairs", kind="whole"),
        ),
    )


def what_if_sheet(facts: Frames, as_of: date) -> sheets.Sheet:
    """The work ahead with other numbers of staff."""
    figures = results.FIGURES.of(facts)
    now = value_of(figures, "staff.working_13_weeks") or 0.0
    in_post = value_of(figures, "staff.in_post") or 0.0
    absent = value_of(figures, "staff.absent") or 0.0
    levels = (
        ("A quarter fewer", now * 0.75),
        ("As in the last 13 weeks", now),
        ("85", 85.0),
        ("120", 120.0),
        ("Those working elsewhere called back", max(now, in_post - absent)),
        ("Half as many again", now * 1.5),
        ("Twice as many", now * 2),
    )
    rows = []
    for label, staff in levels:
        ahead = forecast(facts=facts, as_of=as_of, staff=staff)
        rows.append(
            {
                "label": label,
                "staff": round(staff, 1),
                "decisions": round(ahead.pace.decisions(staff), 1),
                "late": len(ahead.late),
                "low": ahead.late_low,
                "high": ahead.late_high,
                "clearing": _sentence_case(ending(ahead, as_of)),
            }
        )
    return sheets.sheet(
        name="what-if",
        caption="Staff, decisions and what follows",
        frame=pd.DataFrame(rows).astype({"label": "str", "clearing": "str"}),
        columns=sheets.WHAT_IF_COLUMNS,
    )


def figure_definitions(figures: pd.DataFrame) -> list[dict[str, Any]]:
    """Every figure with its definition and tonight's number."""
    return [
        {
            "id": figure.id,
            "title": figure.title,
            "definition": figure.definition,
            "population": figure.population,
            "unit": figure.unit,
            "owner": figure.owner,
            "since": figure.since,
            "tonight": _tonight(figures, figure.id, figure.groups),
        }
        for figure in FIGURES
    ]


def _tonight(figures: pd.DataFrame, id_: str, groups: str) -> str:
    if groups:
        return f"for each {groups}"
    figure = key_figure(figures, id_)
    return f"{figure.text} ({figure.range_text})" if figure.range_text else figure.text


def _table_names(frame: pd.DataFrame) -> pd.Series:
    """Full names, whether or not the table name already has its register in front."""
    short = frame["table_name"].str.split(".").str[-1]
    return frame["register"] + "." + short


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
