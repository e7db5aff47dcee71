"""A trial of rules as a page that can be handed on, with its people and movements as CSV."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pandas as pd

from jobs.assess.policy.dated_rules import Period, Rule
from jobs.contract import codes, results
from jobs.contract.results.list_words import STATUS_WORDS
from jobs.contract.view_models import day_text, number_text, plural
from jobs.report import csv_text, ending
from jobs.report.figures.registry import FIGURE_BY_ID
from jobs.report.lists.census import prison_names
from jobs.report.sheets import Column, Sheet, sheet
from jobs.report.site.site import PageSection
from jobs.report.site.trial_page import render_trial
from jobs.runtime.files import whole_folder
from jobs.trial.comparison import BY, SHOWN, RuleTrial

NOTICE: Final = (
    "This is a trial. The rules below are proposed and not in force; nothing on this page was "
    "published, and no list, figure or email says it."
)
GROUPS_SHOWN: Final = 20
ROWS_SHOWN: Final = 200


def trial_lines(trial: RuleTrial) -> Iterator[str]:
    """What a trial found, a sentence each."""
    change = trial.people["change"].value_counts()
    enter, leave = (int(change.get(f"{word} the scope", 0)) for word in ("enters", "leaves"))
    yield (
        "Under the proposed rules "
        f"{plural(enter, 'custody episode enters', 'custody episodes enter')} the scope and "
        f"{plural(leave, 'leaves', 'leave')} it; "
        f"{number_text(int(change.get('stays', 0)))} more stand otherwise than under the rules in "
        "force."
    )
    for id_ in ("missed.total", "due.total"):
        was, now = trial.value(id_)
        yield f"{FIGURE_BY_ID[id_].title}: {number_text(was)} becomes {number_text(now)}."
    for words, ahead, needed in zip(
        ("In force", "Proposed"), trial.ahead(), trial.decisions_needed(), strict=True
    ):
        told = (
            "no number of decisions a week would do"
            if needed is None
            else f"it takes {number_text(round(needed, 1))} decisions a week so that nobody does"
        )
        yield (
            f"{words}: at today's {number_text(round(ahead.pace.decided, 1))} decisions a week "
            f"{plural(len(ahead.late), 'person leaves', 'people leave')} before their turn within "
            f"a year, and {ending(ahead, trial.night.publication.as_of)}; {told}."
        )


def write_trial(
    trials: Sequence[RuleTrial], *, changed: Mapping[str, tuple[Rule, Rule]], folder: Path
) -> None:
    """Write the page of the last night tried, the nights before it, and everybody concerned.

    Args:
        trials: in order of the nights.
        changed: the rules that differ, in force and proposed.
        folder: replaced whole.
    """
    trial = trials[-1]
    publication = trial.night.publication
    personal = {field.name for field in results.MOVEMENT.fields if field.personal}
    movement = trial.moved.movement
    movement = movement[[name for name in movement.columns if name not in personal]]
    files = {"people.csv": trial.people, "movement.csv": movement, "figures.csv": trial.figures}
    page = render_trial(
        night=day_text(publication.as_of),
        notice=NOTICE,
        lead=next(trial_lines(trial)),
        lines=list(trial_lines(trial))[1:],
        about=f"Tried on the data of publication {publication.publication_id[:12]}, night of "
        f"{day_text(publication.as_of)}, with the links of that night; both sides were assessed "
        "anew by this release of the software, so that nothing but the rules differs.",
        sections=_sections(trials, changed),
    )
    with whole_folder(folder) as target:
        (target / "index.html").write_text(page, encoding="utf-8")
        for name, frame in files.items():
            (target / name).write_text(csv_text(frame), encoding="utf-8")


def _sections(
    trials: Sequence[RuleTrial], changed: Mapping[str, tuple[Rule, Rule]]
) -> Iterator[PageSection]:
    trial = trials[-1]
    yield PageSection(id="rules", title="What is proposed", sheet=_rules(changed))
    yield PageSection(
        id="figures", title="What becomes of the figures", sheet=_figures(trial), csv="figures.csv"
    )
    group_words = {"prison_id": prison_names(trial.after), "offence_code": codes.OFFENCE.meanings}
    for by, words in BY.items():
        concerned = trial.concerned(by)
        yield PageSection(
            id=f"by-{by.replace('_', '-')}",
            title=f"Who enters and leaves the scope, by {words[:1].lower()}{words[1:]}",
            sheet=_sheet(
                f"by-{by}",
                f"{number_text(min(GROUPS_SHOWN, len(concerned)))} of "
                f"{plural(len(concerned), 'group', 'groups')}, most first",
                concerned.head(GROUPS_SHOWN),
                {"group": group_words.get(by, {})},
                group=words,
                enter="Enter",
                leave="Leave",
            ),
        )
    yield PageSection(
        id="due",
        title="What becomes due when",
        text="Consideration is due by a day that follows from the rules and the release dates.",
        sheet=_sheet(
            "due",
            "People due on the night, and those who become due in the months ahead",
            trial.due.assign(month=trial.due["month"].map(_month)),
            month="When",
            before="In force",
            after="Proposed",
        ),
    )
    yield PageSection(id="nights", title="Night by night", sheet=_nights(trials))
    moved = trial.moved.movement.merge(
        trial.people[["episode_id", "status_before", "status_after"]], on="episode_id", how="left"
    )
    yield PageSection(
        id="people",
        title="Person by person",
        text=f"The first {ROWS_SHOWN} movements of figures; all are in the CSV, and everybody who "
        "stands otherwise in people.csv. python -m jobs policy try with --explain REFERENCE tells "
        "the reasons of any one under both.",
        csv="movement.csv",
        sheet=_sheet(
            "people",
            f"{number_text(min(ROWS_SHOWN, len(moved)))} of {number_text(len(moved))}",
            moved.head(ROWS_SHOWN).astype({"cause": "str"}),
            {
                "figure_id": {id_: figure.title for id_, figure in FIGURE_BY_ID.items()},
                "cause": results.CAUSE.meanings,
                "status_before": STATUS_WORDS,
                "status_after": STATUS_WORDS,
            },
            episode_id="Reference",
            figure_id="Figure",
            cause="Cause",
            status_before="In force",
            status_after="Proposed",
        ),
    )


def _sheet(
    name: str,
    caption: str,
    frame: pd.DataFrame,
    words: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    /,
    **headings: str,
) -> Sheet:
    """A table under these headings; ``words`` are what the codes of a column mean."""
    columns = []
    for source, heading in headings.items():
        is_number = pd.api.types.is_numeric_dtype(frame[source])
        columns.append(
            Column(
                source=source,
                heading=heading,
                kind="number" if is_number else "text",
                words=words.get(source),
            )
        )
    return sheet(name=name, caption=caption, frame=frame, columns=tuple(columns), sortable=True)


def _rules(changed: Mapping[str, tuple[Rule, Rule]]) -> Sheet:
    rows = [
        {"rule": id_, "title": now.title, "before": _words(was), "after": _words(now)}
        for id_, (was, now) in changed.items()
    ]
    frame = pd.DataFrame(rows, columns=["rule", "title", "before", "after"], dtype="str")
    return _sheet(
        "rules", "Rules that differ", frame,
        rule="Rule", title="What it is about", before="In force", after="Proposed",
    )  # fmt: skip


def _words(rule: Rule) -> str:
    """The numbers of a rule and when they hold; periods that differ in none are one."""
    told: list[list[Period]] = []
    for period in rule.periods:
        if told and told[-1][-1].to == period.from_ and told[-1][0].numbers == period.numbers:
            told[-1].append(period)
        else:
            told.append([period])
    return "; ".join(_span(periods[0], periods[-1]) for periods in told) or "switched off"


def _span(first: Period, last: Period) -> str:
    numbers = ", ".join(
        f"{name.replace('_', ' ')} {value}" for name, value in sorted(first.numbers.items())
    )
    begins = f" from {day_text(first.from_)}" if first.from_ else ""
    ends = f" until {day_text(last.to)}" if last.to else ""
    return (numbers or "in force") + (begins + ends or " at all times")


def _month(month: str) -> str:
    """A month as people write it; the night stays as it is."""
    found = pd.to_datetime(month, format="%Y-%m", errors="coerce")
    return month if pd.isna(found) else f"{found:%B %Y}"


def _figures(trial: RuleTrial) -> Sheet:
    rows = [(id_, *trial.value(id_)) for id_ in SHOWN]
    frame = pd.DataFrame(rows, columns=["figure_id", "before", "after"])
    frame["title"] = frame["figure_id"].map({id_: FIGURE_BY_ID[id_].title for id_ in SHOWN})
    frame["change"] = frame["after"].astype("float64") - frame["before"].astype("float64")
    return _sheet(
        "figures", "Key figures; every figure that differs is in the CSV", frame,
        title="Figure", before="In force", after="Proposed", change="Change",
    )  # fmt: skip


def _nights(trials: Sequence[RuleTrial]) -> Sheet:
    rows = [
        {
            "night": day_text(trial.night.publication.as_of),
            "enter": int(trial.people["change"].eq("enters the scope").sum()),
            "leave": int(trial.people["change"].eq("leaves the scope").sum()),
            **{
                f"{id_}_{when}": value
                for id_ in ("missed.total", "due.total")
                for when, value in zip(("before", "after"), trial.value(id_), strict=True)
            },
        }
        for trial in trials
    ]
    return _sheet(
        "nights",
        plural(len(trials), "night tried", "nights tried"),
        pd.DataFrame(rows),
        night="Night",
        enter="Enter the scope",
        leave="Leave the scope",
        **{
            f"{id_}_{when}": f"{FIGURE_BY_ID[id_].title}, {words}"
            for id_ in ("missed.total", "due.total")
            for when, words in (("before", "in force"), ("after", "proposed"))
        },
    )
