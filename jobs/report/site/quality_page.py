"""The page of data quality: what fails, since when, whose rows they are, and which to mend.

Rules and references only: no value of a row is here, and no number that names a person.
"""

from html import escape
from typing import Any, Final

import pandas as pd

from jobs.contract import results
from jobs.contract.proof.assurance_strata import STRATA
from jobs.contract.proof.failure_kinds import PlantedCases
from jobs.contract.view_models import day_text, number_text, plural
from jobs.report import sheets
from jobs.report.charts.charts import Chart, columns
from jobs.report.published import Frames, groups_of
from jobs.report.site.page_parts import check_sheet, row_count_sheet, rule_sheet, tiles
from jobs.report.site.site import PageSection, Site
from jobs.report.summary.assurance_words import assurance_sentence
from jobs.report.summary.headline import key_figure

NIGHTS_SHOWN: Final = 7
UNITS_SHOWN: Final = 15
ROWS_OF_A_RULE: Final = 10
AS_OF: Final = "as_of_date"
PERSON: Final = "names a person: see the file"
QUALITY_PAGE: Final = "quality.html"
PLANTED_ARE: Final = (
    "Each night, invented people of every kind of failure are planted into a copy of a sample of "
    "what was delivered, which no publication reads, and the steps of the night look for them."
)
PLANTED_LATER: Final = "Planted cases are tried once the night is published."
"""Stands on the page until then; `with_planted` puts what came of them in its place."""

_PROBLEM_COLUMNS: Final = (
    sheets.Column(source="meaning", heading="What must hold"),
    sheets.Column(source="rows_failed", heading="Rows failed", kind="whole"),
    sheets.Column(source="failing_since_date", heading="Fails since", kind="date"),
    sheets.Column(source="owner", heading="Who mends it"),
    sheets.Column(source="check_id", heading="Check"),
)
_UNIT_COLUMNS: Final = (
    sheets.Column(source="unit", heading="Prison or team"),
    sheets.Column(source="rows_failed", heading="Rows to mend", kind="whole"),
    sheets.Column(source="rules", heading="Rules broken", kind="whole"),
    sheets.Column(source="new", heading="Of these new tonight", kind="whole"),
    sheets.Column(source="since", heading="Oldest since", kind="date"),
)
_ROW_COLUMNS: Final = (
    sheets.Column(source="reference", heading="Row"),
    sheets.Column(source="table_name", heading="Table"),
    sheets.Column(source="row_number", heading="Place in the delivery", kind="whole"),
    sheets.Column(source="unit", heading="Whose"),
    sheets.Column(source="meaning", heading="What must hold"),
    sheets.Column(source="check_id", heading="Check"),
)
_ASSURANCE_COLUMNS: Final = (
    sheets.Column(source="stratum", heading="Why they were cleared"),
    sheets.Column(source="cleared", heading="Cleared", kind="whole"),
    sheets.Column(source="checked", heading="Checked", kind="whole"),
    sheets.Column(source="bad", heading="Wrong or not to be told", kind="whole"),
    sheets.Column(source="wrong_at_most", heading="Wrong at most, %", kind="number"),
)


def with_planted(page: str, cases: PlantedCases) -> str:
    """The page as text of HTML, with what came of the planted cases, which are tried later."""
    lines = [
        f"{cases.line} {PLANTED_ARE}",
        *(f"{line[:1].upper()}{line[1:]}." for line in cases.warnings if not cases.failure),
    ]
    return page.replace(escape(PLANTED_LATER), escape(" ".join(lines)), 1)


def quality_page(site: Site) -> None:
    """Everything that the data team needs in the morning, worst first."""
    checks = results.CHECK_RESULTS.of(site.facts)
    faulty = results.FAULTY_ROWS.of(site.facts)
    problems = _problems(checks)
    tonight = pd.Timestamp(site.about.as_of)
    is_new = problems["failing_since_date"].eq(tonight)
    rates = pass_rates(checks, site.earlier, tonight)
    csv, size = site.csv("faulty-rows", faulty, results.FAULTY_ROWS)
    rows_in, accepted, aside = (
        key_figure(site.figures, f"quality.{name}")
        for name in ("rows_in", "accepted", "quarantined")
    )
    site.page(
        QUALITY_PAGE,
        "page.html.j2",
        "Data quality",
        lead=f"Of {plural(rows_in.value, 'row', 'rows')} delivered, {accepted.text} were "
        f"accepted and {aside.text} kept aside. "
        f"{plural(len(problems), 'check', 'checks')} failed, {int(is_new.sum())} of them new "
        "tonight.",
        text=(
            "A row that breaks a rule is kept aside whole, under the rule's id, and comes back "
            "by itself once the register has mended it. Each prison and team has a file of its "
            "own rows to mend; the data team hands them out."
        ),
        tiles_=tiles(
            key_figure(site.figures, f"quality.{name}") for name in ("people_aside", "quarantined")
        ),
        charts=[_chart(checks, site.earlier, tonight)],
        sections=[
            PageSection(
                id="new", title="New tonight", sheet=_problem_sheet("new", problems[is_new])
            ),
            PageSection(
                id="lasting",
                title="Lasting",
                sheet=_problem_sheet("lasting", problems[~is_new]),
                text="Oldest first.",
            ),
            PageSection(
                id="rates",
                title="Pass rates over the last nights",
                sheet=_rate_sheet(rates),
                text="Share of rows that held, for every rule that failed on one of these nights; "
                "a check that is not on rows held or failed.",
            ),
            *(
                PageSection(
                    id=f"{kind}s",
                    title=f"Where most is to be mended: {kind}s",
                    sheet=_unit_sheet(site.facts, kind, tonight),
                )
                for kind in ("prison", "team")
            ),
            PageSection(
                id="rows-to-mend",
                title="Rows to mend",
                csv=csv,
                sheet=row_sheet(faulty, checks),
                text=f"The first {ROWS_OF_A_RULE} of each rule; more are in the CSV ({size}), all "
                "in the files of the services.",
            ),
            PageSection(
                id="assurance",
                title="Assurance",
                text=assurance_sentence(site.figures),
                sheet=assurance_sheet(site.figures),
            ),
            PageSection(id="planted", title="Planted cases", text=PLANTED_LATER),
            PageSection(id="rows", title="Rows", sheet=row_count_sheet(site.facts)),
            PageSection(id="rules", title="Quarantine by rule", sheet=rule_sheet(site.facts)),
            PageSection(id="checks", title="Checks of the gate", sheet=check_sheet(site.facts)),
        ],
    )


def pass_rates(checks: pd.DataFrame, earlier: Frames, tonight: pd.Timestamp) -> pd.DataFrame:
    """Pass rates of every rule that failed on one of the nights shown, as text, by night.

    Args:
        checks: tonight's `results.CHECK_RESULTS`.
        earlier: those of earlier nights with ``as_of_date``, by full name of the table.
        tonight: the night.

    Returns:
        ``check_id``, ``meaning`` and a column for each night, the latest first, in ISO form.
    """
    every = _nights(checks, earlier, tonight)
    failed = every.loc[~every["passed"].astype("bool"), "check_id"].unique()
    every = every[every["check_id"].isin(failed)]
    held = 1 - every["rows_failed"] / every["rows_checked"].replace(0, pd.NA)
    words = every["passed"].astype("bool").map({True: "held", False: "failed"})
    every = every.assign(rate=held.astype("Float64").map(_percent, na_action="ignore"))
    every["rate"] = every["rate"].astype("object").where(held.notna(), words)
    table = every.pivot(index="check_id", columns=AS_OF, values="rate")
    table = table[sorted(table.columns, reverse=True)]
    table.columns = pd.Index([f"{night:%Y-%m-%d}" for night in table.columns])
    meanings = every.sort_values(AS_OF).drop_duplicates("check_id", keep="last")
    table.insert(0, "meaning", _sentences(meanings.set_index("check_id")["meaning"]))
    return table.sort_index().reset_index()


def _nights(checks: pd.DataFrame, earlier: Frames, tonight: pd.Timestamp) -> pd.DataFrame:
    """Check results of tonight and of the nights shown before it."""
    parts = [checks.assign(**{AS_OF: tonight})]
    before = earlier.get(results.CHECK_RESULTS.full_name)
    if before is not None and len(before):
        last = sorted(before[AS_OF].unique())[-(NIGHTS_SHOWN - 1) :]
        parts.append(before[before[AS_OF].isin(last)])
    return pd.concat(parts, ignore_index=True)


def _percent(share: float) -> str:
    """A share of rows that held; never rounded up to all of them."""
    return "100%" if share == 1 else f"{min(share, 0.9999):.2%}"


def _problems(checks: pd.DataFrame) -> pd.DataFrame:
    failed = checks[~checks["passed"].astype("bool")]
    excused = (". Let pass: " + failed["excused"]).fillna("")
    failed = failed.assign(meaning=_sentences(failed["meaning"]) + excused)
    return failed.sort_values(
        ["failing_since_date", "rows_failed", "check_id"],
        ascending=[True, False, True],
        na_position="last",
        ignore_index=True,
    )


def _sentences(meanings: pd.Series) -> pd.Series:
    return meanings.str[:1].str.upper() + meanings.str[1:]


def _problem_sheet(name: str, problems: pd.DataFrame) -> sheets.Sheet:
    return sheets.sheet(
        name=name,
        caption="Checks that failed for the first time"
        if name == "new"
        else "Checks that failed before too",
        frame=problems,
        columns=_PROBLEM_COLUMNS,
        sortable=True,
    )


def _rate_sheet(rates: pd.DataFrame) -> sheets.Sheet:
    nights = [name for name in rates.columns if name not in {"check_id", "meaning"}]
    return sheets.sheet(
        name="rates",
        caption="Share of rows that held, by night",
        frame=rates,
        columns=(
            sheets.Column(source="meaning", heading="What must hold"),
            *(sheets.Column(source=night, heading=night) for night in nights),
            sheets.Column(source="check_id", heading="Check"),
        ),
        sortable=True,
    )


def _unit_sheet(facts: Frames, kind: str, tonight: pd.Timestamp) -> sheets.Sheet:
    found = results.FAULTS.of(facts)
    found = found[found["unit"].str.startswith(f"{kind} ")]
    found = found.assign(new=found["failing_since_date"].eq(tonight).astype("int64"))
    units = found.groupby("unit", as_index=False).agg(
        rows_failed=("rows_failed", "sum"),
        rules=("check_id", "size"),
        new=("new", "sum"),
        since=("failing_since_date", "min"),
    )
    units = units.sort_values(["rows_failed", "unit"], ascending=[False, True]).head(UNITS_SHOWN)
    units["unit"] = units["unit"].str.removeprefix(f"{kind} ")
    return sheets.sheet(
        name=f"{kind}s",
        caption=f"The {plural(len(units), kind, f'{kind}s')} with most rows to mend",
        frame=units,
        columns=_UNIT_COLUMNS,
        sortable=True,
    )


def row_sheet(faulty: pd.DataFrame, checks: pd.DataFrame) -> sheets.Sheet:
    """The first rows to mend of each rule, as far as the publication lists them."""
    meanings = checks.drop_duplicates("check_id").set_index("check_id")["meaning"]
    rows = faulty.groupby("check_id").head(ROWS_OF_A_RULE)
    rows = rows.assign(
        meaning=_sentences(rows["check_id"].map(meanings)),
        reference=rows["reference"].fillna(PERSON),
    )
    return sheets.sheet(
        name="faulty",
        caption=f"{number_text(len(rows))} of {number_text(len(faulty))} rows listed",
        frame=rows,
        columns=_ROW_COLUMNS,
        sortable=True,
    )


def assurance_sheet(figures: pd.DataFrame) -> sheets.Sheet:
    """Those cleared, those of them who were checked, and the bound, by stratum."""
    columns = {
        name: groups_of(figures, f"assurance.{name}_by_stratum")["value"]
        for name in ("cleared", "checked", "bad", "wrong_at_most")
    }
    frame = pd.DataFrame(columns, index=[name for name in STRATA if name in columns["cleared"]])
    frame.insert(0, "stratum", [STRATA[name] for name in frame.index])
    return sheets.sheet(
        name="assurance",
        caption="Those cleared, by why they were, and what checks of a sample bound",
        frame=frame.reset_index(drop=True),
        columns=_ASSURANCE_COLUMNS,
    )


def _chart(checks: pd.DataFrame, earlier: Frames, tonight: pd.Timestamp) -> Chart | None:
    """Rows that broke a rule, night by night; nothing on the first night."""
    every = _nights(checks, earlier, tonight)
    by_night = every.groupby(AS_OF)["rows_failed"].sum().astype("int64")
    if len(by_night) < 2:
        return None
    nights: list[Any] = list(by_night.index)
    values = [float(value) for value in by_night]
    more = values[-1] - values[-2]
    word = (
        "as many as"
        if not more
        else f"{number_text(abs(more))} {'more' if more > 0 else 'fewer'} than"
    )
    return Chart(
        name="rows-to-mend",
        finding=f"{number_text(values[-1])} rows broke a rule tonight, {word} on "
        f"{day_text(nights[-2].date())}",
        description="Upright bars: rows that broke a rule, for each of the last nights.",
        draw=columns(
            [f"{night:%-d %b}" for night in nights],
            values,
            strong=(len(values) - 1,),
            x_label="night",
            y_label="rows",
        ),
        headers=("Night", "Rows"),
        rows=tuple(
            (f"{night:%Y-%m-%d}", number_text(value))
            for night, value in zip(nights, values, strict=True)
        ),
    )
