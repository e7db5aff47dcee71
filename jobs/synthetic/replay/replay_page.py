"""What a replay found, as a page of ``docs/`` and as a picture."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from jobs.synthetic.base import published_figures as published
from jobs.synthetic.people.world_size import Size
from jobs.synthetic.replay.replay import MISSED, Replay

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NOTICE: Final = (365, 180, 90, 30, 7)
_FOUND: Final = pd.Timestamp("2006-04-25")
_CAUSES: Final = {
    "decision found": "a decision made in time was found in a file",
    "found to be British": "found to be British",
    "term corrected": "the term was corrected and is below the limit",
}


def replay_markdown(found: Replay, *, seed: int, size: Size, noise: str, months: int = 1) -> str:
    """The page: the answer first, then the figures night by night, then how they moved."""
    command = f"python -m jobs replay --seed {seed} --people {size.people} --noise {noise}"
    command += "" if months == 1 else f" --months {months}"
    often = "each month-end" if months == 1 else f"the end of every {months} months"
    lines = [
        "# The replay of 2005 and 2006",
        "",
        f"Written by `{command}`. Do not edit it.",
        "",
        f"{found.figures['night'].nunique()} nights of an invented world, run as every night is:",
        f"{often} of 2005 and 2006, the night of 25 April 2006 and those of the",
        "restatements. The 1,023 keep every published figure to the person. Everybody is invented,",
        "and so are the days and the causes of the restatements: no source gives them.",
        "",
        *_scale(size),
        "",
        *_notice(found.first_due),
        "",
        *_published(found.figures),
        "",
        *_papers(found.papers),
        "",
        *_steps(found),
        "",
        *_every_night(found.figures),
        "",
    ]
    return "\n".join(lines)


def _scale(size: Size) -> list[str]:
    if size.foreign_share == 1:
        return ["Foreign prisoners stand at true scale, and so do the false alarms among them."]
    return [
        f"Beside the 1,023 this world holds {size.foreign_share:.0%} of the foreign prisoners",
        "there were. False alarms come from them, so there are about that share of what there",
        "would have been.",
    ]


def _notice(first: pd.DataFrame) -> list[str]:
    notice = first["days_notice"]
    seen = first[first["was_in_custody"]]
    lines = [
        "## When each of the 1,023 would first have been on the due list",
        "",
        f"{notice.notna().sum():,} of the {len(first):,} would have been on a due list before",
        f"their release, {int(notice.median()):,} days before it in the median.",
        f"{notice.isna().sum():,} never: the prison's record calls them British, or holds their",
        "sentence only after the release.",
        "",
        "| on the due list | people | share |",
        "|---|---:|---:|",
    ]
    for limit in _NOTICE:
        people = int((notice >= limit).sum())
        lines.append(
            f"| {limit} days before release or more | {people:,} | {_share(people, first)} |"
        )
    for name, people in (
        ("any day before release", int(notice.notna().sum())),
        ("never", int(notice.isna().sum())),
    ):
        lines.append(f"| {name} | {people:,} | {_share(people, first)} |")
    return [
        *lines,
        "",
        "A sentence too short for a year's notice is due from the day it was passed. Of the",
        f"{len(seen):,} who were in custody and due on a replayed night,",
        f"{seen['was_listed'].sum():,} stood on the due list of every such night. The others are",
        "British on the prison's record, or wait under another status for their nationality to be",
        "verified.",
    ]


def _share(people: int, of: pd.DataFrame) -> str:
    return f"{people / len(of):.1%}"


def _published(figures: pd.DataFrame) -> list[str]:
    known = figures.dropna(subset=["published"])
    lines = [
        "## Published, true and reported",
        "",
        "The truth of the world is the published figure on each of these nights. What the software",
        "reports differs for two reasons. A decision counts only over a link that is certain, so",
        "somebody who was considered stays on the list until a link to the decision is found or a",
        "reviewer confirms it: too many. And what a register holds wrongly, such as a British",
        "nationality, hides a person or sends them to be verified: missing.",
        "",
        *_TABLE,
    ]
    return [*lines, *(_row(row) for _, row in known.iterrows())]


_TABLE: Final = (
    "| night | figure | published | truth | reported | range | difference | because |",
    "|---|---|---:|---:|---:|---:|---:|---|",
)


def _row(row: pd.Series) -> str:
    said = "" if pd.isna(row["published"]) else f"{row['published']:,}"
    ends = "" if pd.isna(row["low"]) else f"{row['low']:,} to {row['high']:,}"
    return (
        f"| {row['night']} | {row['figure']} | {said} | {row['truth']:,} | {row['reported']:,} "
        f"| {ends} | {row['difference']:+,} | {row['because']} |"
    )


def _papers(told: pd.DataFrame) -> list[str]:
    lines = [
        "## What the papers say of the work",
        "",
        "Published figures of casework, custody and whereabouts, the truth of this world, and what",
        "the software reported for that night. *At this scale* is the published figure at the",
        "scale of this world; the 1,023 are whole at any scale. Where nothing was published, or no",
        "night was replayed, the place is empty. The census of an earlier day is what the night of",
        "25 April 2006 tells of it.",
        "",
        "| night | figure | published | at this scale | truth | reported |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for row in told.to_dict("records"):
        names = ("published", "expected", "truth", "reported")
        numbers = ["" if pd.isna(row[name]) else f"{row[name]:,}" for name in names]
        lines.append(f"| {row['night']} | {row['figure']} | {' | '.join(numbers)} |")
    return lines


def _steps(found: Replay) -> list[str]:
    """The movement from 1,023 to 1,019 to 1,013: in the cohort, and in all that was reported."""
    ever = found.figures[found.figures["figure"] == MISSED]
    reported = dict(zip(ever["night"], ever["reported"].tolist(), strict=True))
    names = " to ".join(f"{n:,}" for n in (published.COHORT, *published.RESTATED.values()))
    lines = [
        f"## From {names}",
        "",
        "Who left the 1,023 left them for a cause that this world invented; beside it stands the",
        "cause that the software gave from the registers alone.",
        "",
        "| to | invented cause | cause the software gave | people |",
        "|---|---|---|---:|",
    ]
    cohort = found.steps[(found.steps["who"] == "cohort") & found.steps["invented"].ne("")]
    causes = cohort[["until", "invented", "cause"]].astype("str").to_numpy().tolist()
    for (until, invented, cause), change in zip(causes, cohort["change"].tolist(), strict=True):
        lines.append(
            f"| {until} | {_CAUSES.get(invented, invented)} | {_words(cause)} | {change:+,} |"
        )
    lines += ["", "Everything that moved the reported figure, to the person:", ""]
    lines += ["| | " + MISSED + " |", "|---|---:|"]
    start = _FOUND.date()
    for end in sorted(published.RESTATED):
        if start not in reported or end not in reported:
            continue
        if start == _FOUND.date():
            lines.append(f"| **reported for {start}** | **{reported[start]:,}** |")
        own = found.steps[found.steps["until"] == end]
        sums = own.groupby(["who", "cause"])["change"].sum().reset_index()
        causes = sums[["who", "cause"]].astype("str").to_numpy().tolist()
        for (who, cause), change in zip(causes, sums["change"].tolist(), strict=True):
            lines.append(f"| {_words(cause)} ({_who(who)}) | {change:+,} |")
        total = reported[start] + int(own["change"].sum())
        lines.append(f"| **reported for {end}** | **{total:,}** |")
        start = end
    return lines


def _words(cause: str) -> str:
    return cause.replace("_", " ")


def _who(who: str) -> str:
    return "of the 1,023" if who == "cohort" else "false alarms"


def _every_night(figures: pd.DataFrame) -> list[str]:
    lines = ["## Every night", "", *_TABLE]
    return [*lines, *(_row(row) for _, row in figures.iterrows())]


def replay_picture(found: Replay, path: Path) -> None:
    """Draw the notice the 1,023 would have had, and the figures night by night.

    The file is SVG with the same bytes every time, a title and a description for screen readers.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    notice = found.first_due["days_notice"]
    people = [int((notice >= limit).sum()) for limit in _NOTICE]
    month = people[_NOTICE.index(30)]
    settings = {"svg.hashsalt": "replay", "svg.fonttype": "none", "font.size": 11}
    with mpl.rc_context(settings):
        figure = Figure(figsize=(11, 4.6), layout="constrained")
        left, right = figure.subplots(1, 2)
        share = month / len(notice)
        left.set_title(
            f"{share:.1%} of the 1,023 would have been listed\na month or more before release",
            loc="left",
        )
        labels = [*(f"{limit} days or more" for limit in _NOTICE), "never"]
        values = [*people, int(notice.isna().sum())]
        bars = left.barh(labels, values, color=[*["#1d5a8a"] * len(people), "#8a3b1d"])
        left.bar_label(bars, labels=[f"{value:,}" for value in values], padding=4)
        left.invert_yaxis()
        left.set_xlim(0, len(notice) * 1.12)
        left.set_xlabel("people on the due list so long before release")
        _draw_nights(right, found.figures)
        for axes in (left, right):
            axes.spines[["top", "right"]].set_visible(False)
        figure.savefig(path, format="svg", metadata={"Date": None, "Title": _title(found)})
    _describe(path, _title(found))


def _draw_nights(axes: "Axes", figures: pd.DataFrame) -> None:
    own = figures[figures["figure"] == MISSED].sort_values("night")
    nights = pd.to_datetime(own["night"])
    known = own.dropna(subset=["published"])
    axes.plot(nights, own["reported"], color="#8a3b1d", marker="o", label="reported")
    axes.plot(nights, own["truth"], color="#1d5a8a", marker=".", linestyle="--", label="truth")
    axes.plot(
        pd.to_datetime(known["night"]),
        known["published"].astype("int64"),
        linestyle="",
        marker="D",
        markersize=9,
        markerfacecolor="none",
        color="black",
        label="published",
    )
    first, day = int(own["reported"].iloc[0]), own["night"].iloc[0]
    axes.set_title(
        f"{first:,} stood in the report\nof {day:%-d %B %Y} already",
        loc="left",
    )
    axes.set_ylim(0, max(*own["reported"].tolist(), *own["truth"].tolist()) * 1.12)
    axes.set_ylabel(MISSED.replace(", ", ",\n"))
    axes.set_xlabel("night")
    axes.tick_params(axis="x", rotation=30)
    axes.legend(loc="lower right", frameon=False)


def _title(found: Replay) -> str:
    notice = found.first_due["days_notice"]
    return (
        f"Of the 1,023 people released unconsidered, {int((notice >= 30).sum()):,} would have been "
        f"on the due list 30 days before release or more, {int((notice >= 365).sum()):,} a year or "
        f"more, {int(notice.isna().sum()):,} never. A second chart shows the figure reported on "
        "each replayed night beside the truth and the published figures."
    )


def _describe(path: Path, text: str) -> None:
    """Let screen readers say what the picture shows."""
    drawn = path.read_text(encoding="utf-8")
    head, mark, rest = drawn.partition("<svg ")
    labelled = f'{head}{mark}role="img" aria-label="{text}" {rest}'
    path.write_text(labelled, encoding="utf-8")
