"""Tables as readers see them: columns with headings, cells as text, whatever shows them.

Pages and workbook take the same sheets. Text from the registers is shown as it is, less control
and direction marks, which could make a page say something that the record does not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import pandas as pd

from jobs.contract.bands import AGE_NOT_RECORDED, AGES
from jobs.contract.codes.offences import SERIOUSNESS
from jobs.contract.results import ASSESSMENTS
from jobs.contract.results.case_list import CaseList
from jobs.contract.results.list_words import EPISODE_HEADINGS, HOW_MISSED
from jobs.contract.schema import CodeList, Kind, Table
from jobs.contract.view_models import number_text
from jobs.report.published import NONE
from jobs.runtime.outgoing import clean

NOTHING: Final = ""
_CSS: Final = {"whole": "n", "number": "n", "ahead": "n", "date": "d", "moment": "d"}


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a sheet: where it comes from, its heading and how its values read.

    ``missing`` is what a text column says where nothing is recorded.
    """

    source: str
    heading: str
    kind: str = "text"
    codes: CodeList | None = None
    words: Mapping[str, str] | None = None
    missing: str = NOTHING

    @property
    def css(self) -> str:
        """How its cells are set: numbers right and in figures of one width, dates unbroken."""
        return {"whole": "n", "number": "n", "ahead": "n", "date": "d", "moment": "d"}.get(
            self.kind, ""
        )


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A titled table: one text for each column of a row.

    ``links`` are the targets of the cells in the column of number ``linked``. Where ``total`` is
    more than the rows, ``file`` has them all (`jobs.report.row_files`). ``frame`` has every row as
    what it is, numbers as numbers, for the workbook.
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: list[tuple[str, ...]]
    links: tuple[str, ...] = ()
    linked: int = 0
    file: str = ""
    total: int = 0
    sortable: bool = False
    frame: pd.DataFrame | None = field(default=None, compare=False, repr=False)


def sheet(
    *,
    name: str,
    caption: str,
    frame: pd.DataFrame,
    columns: tuple[Column, ...],
    links: tuple[str, ...] = (),
    linked: str = "",
    sortable: bool = False,
) -> Sheet:
    """Turn a frame into a sheet; ``links`` have an entry for each row, or none.

    They stand in the first column, unless ``linked`` names the source of another.
    """
    texts = [list(cell_texts(frame[column.source], column)) for column in columns]
    return Sheet(
        name=name,
        caption=caption,
        columns=columns,
        rows=list(zip(*texts, strict=True)),
        links=links,
        linked=[column.source for column in columns].index(linked) if linked else 0,
        total=len(frame),
        sortable=sortable,
        frame=frame,
    )


def cell_texts(values: pd.Series, column: Column) -> pd.Series:
    """The cells of a column as text; empty where nothing is recorded."""
    return _KINDS[column.kind](values, column)


def _plain(values: pd.Series, column: Column) -> pd.Series:
    words = {NONE: "not recorded", **(column.words or {})}
    if column.codes is not None:
        words |= column.codes.meanings
    unique = values.dropna().unique()
    shown = {value: clean(words.get(str(value), str(value))) for value in unique}
    return values.map(shown).astype("object").where(values.notna(), column.missing)


def _dates(values: pd.Series, _column: Column) -> pd.Series:
    texts: pd.Series = values.dt.strftime("%Y-%m-%d").astype("object")
    return texts.where(values.notna(), NOTHING)


def _moments(values: pd.Series, _column: Column) -> pd.Series:
    texts: pd.Series = values.dt.strftime("%Y-%m-%d %H:%M %Z").astype("object")
    return texts.where(values.notna(), NOTHING)


def _numbers(values: pd.Series, _column: Column) -> pd.Series:
    numbers = values.astype("float64")
    texts = numbers.map(number_text, na_action="ignore").astype("object")
    return texts.where(numbers.notna(), NOTHING)


def _days_ahead(values: pd.Series, _column: Column) -> pd.Series:
    """Days to a date; once it has passed, the days since, and no minus sign."""
    days = values.astype("float64")
    texts = days.map(lambda n: number_text(n) if n >= 0 else f"{number_text(-n)} past")
    return texts.astype("object").where(days.notna(), NOTHING)


def _steps(values: pd.Series, _column: Column) -> pd.Series:
    """Steps of the scale of seriousness, each with what stands behind it."""
    steps = values.astype("Int64")
    said = {step: f"{step} of {len(SERIOUSNESS)}: {words}" for step, words in SERIOUSNESS.items()}
    return steps.map(said, na_action="ignore").astype("object").where(steps.notna(), NOTHING)


def _yes_no(values: pd.Series, _column: Column) -> pd.Series:
    texts = values.map({True: "Yes", False: "No"}).astype("object")
    return texts.where(values.notna(), NOTHING)


_KIND_OF: Final = {
    Kind.TEXT: "text",
    Kind.DATE: "date",
    Kind.INTEGER: "whole",
    Kind.NUMBER: "number",
    Kind.BOOLEAN: "yes",
}
"""How the values of a declared kind read."""
_KINDS: Final[dict[str, Callable[[pd.Series, Column], pd.Series]]] = {
    "text": _plain,
    "date": _dates,
    "moment": _moments,
    "whole": _numbers,
    "number": _numbers,
    "ahead": _days_ahead,
    "step": _steps,
    "yes": _yes_no,
}


def declared(
    table: Table, name: str, heading: str, words: Mapping[str, str] | None = None
) -> Column:
    """A column that reads as its field is declared; ``words`` stand instead of its codes."""
    found = table.field(name)
    return Column(
        source=name,
        heading=heading,
        kind="ahead" if name == "days_to_release" else _KIND_OF[found.kind],
        codes=found.codes if words is None else None,
        words=words,
        missing="not recorded" if name in _NEVER_EMPTY else NOTHING,
    )


_NEVER_EMPTY = frozenset({"nationality", "offence_code"})
"""What every person has, so that an empty cell is a fault of the record and says so."""


def list_columns(listed: CaseList) -> tuple[Column, ...]:
    """The columns of a case list that readers see."""
    return tuple(
        declared(listed.table_of(name), name, heading, listed.words.get(name))
        for name, heading in listed.headings.items()
    )


LISTED_SINCE: Final = Column(source="first_listed_date", heading="Listed since", kind="date")
NIGHTS_LISTED: Final = Column(source="nights_listed", heading="Nights listed", kind="whole")
MOST_ON_A_PAGE: Final = 10
"""Columns beside which a page has room for one more; the workbook and the CSV have it always."""


def page_columns(listed: CaseList) -> tuple[Column, ...]:
    """The columns of a list on its page: since when a row is listed, too, where there is room."""
    columns = list_columns(listed)
    return columns if len(columns) > MOST_ON_A_PAGE else (*columns, LISTED_SINCE)


def episode_columns(*names: str) -> tuple[Column, ...]:
    """Columns of custody episodes under their usual headings."""
    return tuple(
        declared(ASSESSMENTS, n, EPISODE_HEADINGS[n], HOW_MISSED if n == "status" else None)
        for n in names
    )


def with_prisons(columns: tuple[Column, ...], names: Mapping[str, str]) -> tuple[Column, ...]:
    """The same columns, with the name of each prison beside its code."""
    return tuple(replace(c, words=names) if c.source == "prison_id" else c for c in columns)


LATE_COLUMNS: Final = (
    *episode_columns("episode_id", "prison_id"),
    Column(source="release_date", heading="Earliest release", kind="date"),
    Column(source="seriousness", heading="Seriousness", kind="step"),
)
WHAT_IF_COLUMNS: Final = (
    Column(source="label", heading="Staff at work"),
    Column(source="staff", heading="Number", kind="number"),
    Column(source="decisions", heading="Decisions in a week", kind="number"),
    Column(source="late", heading="Released before their turn in 12 months", kind="whole"),
    Column(source="low", heading="Low", kind="whole"),
    Column(source="high", heading="High", kind="whole"),
    Column(source="clearing", heading="Backlog"),
)
MISSED_PRISON_COLUMNS: Final = (
    Column(source="prison", heading="Prison"),
    Column(source="missed", heading="Without consideration", kind="whole"),
    Column(source="releases", heading="Releases", kind="whole"),
    Column(source="rate", heading="Of each 100", kind="number"),
)
MISSED_TIME_COLUMNS: Final = (
    Column(source="since", heading="Released"),
    Column(source="releases", heading="Releases", kind="whole"),
)
UNDECIDED_TEAM_COLUMNS: Final = (
    Column(source="team", heading="Team"),
    Column(source="releases", heading="Releases", kind="whole"),
    Column(source="episodes", heading="Custody episodes", kind="whole"),
)
TEAM_AGE_COLUMNS: Final = (
    Column(source="team", heading="Team"),
    Column(source="total", heading="Open cases", kind="whole"),
    *(
        Column(source=band, heading=band.capitalize(), kind="whole")
        for band in (*AGES.names, AGE_NOT_RECORDED)
    ),
)
CENSUS_COLUMNS: Final = (
    Column(source="prison_id", heading="Prison"),
    Column(source="prison_name", heading="Name"),
    Column(source="people", heading="People", kind="whole"),
    Column(source="foreign_nationals", heading="Foreign nationals", kind="whole"),
    Column(source="nationality_unknown", heading="Nationality unknown", kind="whole"),
    Column(source="sentenced_foreign_nationals", heading="Sentenced", kind="whole"),
    Column(source="remand_foreign_nationals", heading="On remand", kind="whole"),
    Column(source="due", heading="Consideration due", kind="whole"),
    Column(source="has_foreign_national_work", heading="Staff for foreign nationals", kind="yes"),
    Column(source="is_removal_centre", heading="Removal centre", kind="yes"),
)
POPULATION_COLUMNS: Final = (
    Column(source="day", heading="Day", kind="date"),
    Column(source="people", heading="Foreign nationals", kind="whole"),
    Column(source="detainees", heading="Of these, in removal centres", kind="whole"),
)
TEAM_COLUMNS: Final = (
    Column(source="team", heading="Team", words={NONE: "No team"}),
    Column(source="open_cases", heading="Open cases", kind="whole"),
    Column(source="fte", heading="Staff in post", kind="number"),
    Column(source="fte_absent", heading="Absent", kind="number"),
    Column(source="fte_diverted", heading="Working elsewhere", kind="number"),
    Column(source="fte_working", heading="At work", kind="number"),
    Column(source="cases_per_fte", heading="Cases for each", kind="number"),
)
ROW_COUNT_COLUMNS: Final = (
    Column(source="table", heading="Table"),
    Column(source="rows_in", heading="Rows delivered", kind="whole"),
    Column(source="accepted", heading="Accepted", kind="whole"),
    Column(source="quarantined", heading="In quarantine", kind="whole"),
)
RULE_COLUMNS: Final = (
    Column(source="meaning", heading="What must hold"),
    Column(source="table", heading="Table"),
    Column(source="rows", heading="Rows in quarantine", kind="whole"),
    Column(source="rule_id", heading="Rule"),
)
CHECK_COLUMNS: Final = (
    Column(source="meaning", heading="What must hold"),
    Column(source="passed", heading="Result", words={"True": "Held", "False": "Failed"}),
    Column(
        source="severity",
        heading="If it fails",
        words={"critical": "Stops the night", "warning": "Caveat"},
    ),
    Column(source="where", heading="Where"),
    Column(source="rows_checked", heading="Rows checked", kind="whole"),
    Column(source="rows_failed", heading="Rows failed", kind="whole"),
    Column(source="check_id", heading="Check"),
)
FIGURE_COLUMNS: Final = (
    Column(source="label", heading="Figure"),
    Column(source="value", heading="Value", kind="number"),
    Column(source="low", heading="Low", kind="number"),
    Column(source="high", heading="High", kind="number"),
    Column(source="unit", heading="Unit"),
)
GROUP_COLUMNS: Final = (
    Column(source="label", heading="Group"),
    Column(source="value", heading="Number", kind="whole"),
    Column(source="low", heading="Low", kind="whole"),
    Column(source="high", heading="High", kind="whole"),
)
