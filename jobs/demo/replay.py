"""The replay: a series of nights over an invented world, each figure beside its published value.

For every night it puts side by side what was published in 2006, what is true of the world and
what the software reported, and says where the difference comes from. It also answers the question
that matters: on which night each of the 1,023 would first have stood on the due list, and how many
days before release.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from jobs import results
from jobs.databases import databases
from jobs.demo import days, published
from jobs.demo.chance import Ints
from jobs.demo.prison_register import episode_ids
from jobs.demo.world import History, World, on_night
from jobs.demo.writing import write_world
from jobs.night import Night
from jobs.night import run_night as run_one_night
from jobs.progress import steps
from jobs.settings import Settings
from jobs.warehouse import open_warehouse, read_table

RunNight = Callable[[World], Mapping[str, pd.DataFrame]]
"""Runs a night over a world's registers and gives what it published, by full table name."""

_MISSED: Final = sorted(results.MISSED_STATUSES)
_LATE: Final = "CONSIDERED_LATE"
_WARNING: Final = (pd.Timestamp("2005-09-01"), pd.Timestamp("2006-03-31"))
_FOUND: Final = days.calendar(days.FOUND)
_DECIDED: Final = date(2006, 12, 31)

NIGHTS: Final = (
    *(date.fromordinal(date(2005 + n // 12, n % 12 + 1, 1).toordinal() - 1) for n in range(1, 25)),
    _FOUND,
    *published.RESTATED,
    _DECIDED,
)
"""Each month-end of 2005 and 2006, the night of the failure and those of the restatements."""


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What a replay found.

    ``figures``: ``night``, ``figure``, ``published`` (empty where nothing was), ``truth``,
    ``reported``, ``difference`` (reported less truth), ``because``.

    ``first_due``: a row for each of the 1,023: ``episode_id``, ``release_date`` (as it happened),
    ``due_date`` (by the rules), ``first_night`` (first replayed night on the due list; empty if
    released before the first of them), ``days_before_release`` (from the due date to release) and
    ``nights_notice`` (from the first night to release).
    """

    figures: pd.DataFrame
    first_due: pd.DataFrame


def replay(*, history: History, nights: Iterable[date], run_night: RunNight) -> Replay:
    """Run a series of nights over one world and compare each with the truth.

    Args:
        history: the world; see `jobs.demo.build_history`.
        nights: as-of dates, in any order.
        run_night: runs the whole night over a world's registers; it never sees the truth.
    """
    ordered = sorted(set(nights))
    figures, due = [], []
    with steps("replay", len(ordered)) as progress:
        for night in ordered:
            progress.start(str(night))
            world = on_night(history, as_of=night)
            assessments = run_night(world)[results.ASSESSMENTS.full_name]
            episodes = world.truth["episodes"].to_pandas(date_as_object=False)
            figures.append(_figures(night, assessments, episodes))
            listed = assessments.loc[assessments["status"] == "DUE", "episode_id"]
            due.append(pd.DataFrame({"episode_id": listed, "night": pd.Timestamp(night)}))
    return Replay(
        figures=pd.concat(figures, ignore_index=True),
        first_due=_first_due(history, pd.concat(due, ignore_index=True)),
    )


def night_runner(settings: Settings, folder: Path) -> RunNight:
    """Run nights as the command line does, over registers written to ``folder``.

    Args:
        settings: where the data folder and the warehouse are; its registers are not read.
        folder: where the registers of each night are written; the truth stays out of it.
    """

    def run(world: World) -> Mapping[str, pd.DataFrame]:
        registers = folder / world.as_of.isoformat()
        write_world(world, registers)
        own = settings.model_copy(update={"prison": str(registers), "immigration": str(registers)})
        night = Night.open(as_of=world.as_of, label=f"replay {world.as_of}", settings=own)
        publication = run_one_night(night, fetch_again=True)
        return _published_tables(own, publication)

    return run


def _published_tables(settings: Settings, publication: str) -> dict[str, pd.DataFrame]:
    with databases(settings) as opened:
        engine = open_warehouse(settings.warehouse or opened.embedded("warehouse"))
        try:
            name = results.ASSESSMENTS.full_name
            return {name: read_table(engine, publication, name)}
        finally:
            engine.dispose()


def _figures(night: date, assessments: pd.DataFrame, episodes: pd.DataFrame) -> pd.DataFrame:
    """Every figure of one night, from the truth and from the publication in the same way."""
    true = episodes.assign(is_dated=episodes["release_date"].notna() & episodes["is_dated"])
    said = assessments.assign(
        is_recommended=assessments["is_court_recommended"],
        is_dated=assessments["release_date"].notna(),
    )
    known = _published(night)
    rows = []
    for figure, members in _MEMBERS.items():
        truly, reported = (set(table.loc[members(table), "episode_id"]) for table in (true, said))
        rows.append(
            {
                "night": night,
                "figure": figure,
                "published": known.get(figure),
                "truth": len(truly),
                "reported": len(reported),
                "difference": len(reported) - len(truly),
                "because": _because(truly, reported, said),
            }
        )
    found = pd.DataFrame(rows)
    return found.assign(published=found["published"].astype("Int64"))


def _missed(table: pd.DataFrame) -> pd.Series:
    return table["status"].isin(_MISSED)


def _ever_missed(table: pd.DataFrame) -> pd.Series:
    return _missed(table) | table["status"].eq(_LATE)


_MEMBERS: Final[dict[str, Callable[[pd.DataFrame], pd.Series]]] = {
    "released unconsidered, decided since or not": _ever_missed,
    "released unconsidered, still undecided": _missed,
    "never referred": lambda table: table["status"].eq("NOT_REFERRED"),
    "referred, not considered": lambda table: table["status"].eq("REFERRED_NOT_CONSIDERED"),
    "released unconsidered, no date recorded": lambda table: (
        _ever_missed(table) & ~table["is_dated"]
    ),
    "released unconsidered, court recommended": lambda table: (
        _ever_missed(table) & table["is_recommended"].astype("bool")
    ),
    "released unconsidered after the warning": lambda table: (
        _ever_missed(table) & table["is_dated"] & table["release_date"].between(*_WARNING)
    ),
    "decided after release": lambda table: table["status"].eq(_LATE),
    "due": lambda table: table["status"].eq("DUE"),
}


def _published(night: date) -> dict[str, int]:
    """The figures published for a night, where there are any."""
    ever, warned = next(iter(_MEMBERS)), "released unconsidered after the warning"
    found: dict[date, dict[str, int]] = {
        _FOUND: {
            ever: published.COHORT,
            "released unconsidered, no date recorded": published.table("releases_by_month")[
                "not_available"
            ],
            "released unconsidered, court recommended": published.COURT_RECOMMENDED,
            warned: published.RELEASED_AFTER_WARNING,
        },
        _DECIDED: {"decided after release": sum(published.decisions().values())},
    }
    for day, figure in published.RESTATED.items():
        found.setdefault(day, {})[ever] = figure
    return found.get(night, {})


def _because(truly: set[str], reported: set[str], said: pd.DataFrame) -> str:
    """Why a reported figure differs: who is too many and who is missing, by cause."""
    extra, lost = reported - truly, truly - reported
    if not extra and not lost:
        return "agrees, person by person"
    too_many = said[said["episode_id"].isin(extra)]
    cause = np.select(
        [
            too_many["is_nationality_unknown"].to_numpy(dtype=bool),
            too_many["link_outcome"].eq("review").to_numpy(),
            too_many["link_outcome"].eq("not_linked").to_numpy(),
        ],
        ["nationality not recorded", "link awaits a reviewer", "no link found"],
        "other error in a record",
    )
    counts = pd.Series(cause, dtype="str").value_counts().sort_index()
    parts = [f"{number} too many: {name}" for name, number in counts.items()]
    if lost:
        status = said.set_index("episode_id")["status"].reindex(sorted(lost))
        status = status.fillna("not on record")
        parts += [
            f"{number} missing: reported as {name}"
            for name, number in status.value_counts().sort_index().items()
        ]
    return "; ".join(parts)


def _first_due(history: History, due: pd.DataFrame) -> pd.DataFrame:
    lived = history.lived
    rows = np.flatnonzero(lived["is_missed"])
    own = lived.iloc[rows]
    opening = ["automatic_release", "conditional_release", "parole", "tariff"]
    earliest = own[opening].min(axis=1).to_numpy()
    by_rule = np.maximum(days.add_months(earliest, -12), own["sentence_recorded"].to_numpy())
    end = own["end"].to_numpy()
    first = due.groupby("episode_id")["night"].min()
    found = pd.DataFrame(
        {
            "episode_id": episode_ids(rows),
            "release_date": _dates(end),
            "due_date": _dates(by_rule),
            "days_before_release": end - by_rule,
        }
    )
    found["first_night"] = found["episode_id"].map(first)
    found["nights_notice"] = (found["release_date"] - found["first_night"]).dt.days.astype("Int64")
    return found.sort_values("episode_id", ignore_index=True)


def _dates(numbers: Ints) -> pd.Series:
    return pd.Series(numbers.astype("datetime64[D]").astype("datetime64[us]"))


def replay_markdown(found: Replay) -> str:
    """The replay as a page for ``docs/``: figures night by night, then the notice given."""
    lines = [
        "# The replay of 2005 and 2006",
        "",
        "Published figures beside the truth of the invented world and what the software reported.",
        "The people, and the days and causes of the restatements, are invented.",
        "",
        "| night | figure | published | truth | reported | difference | because |",
        "|---|---|---:|---:|---:|---:|---|",
    ]
    table = found.figures.astype({"published": "Int64"})
    known = table["published"].map(lambda number: "" if number is pd.NA else f"{number:,}")
    for night, figure, said, truth, reported, difference, because in zip(
        table["night"],
        table["figure"],
        known,
        table["truth"],
        table["reported"],
        table["difference"],
        table["because"],
        strict=True,
    ):
        lines.append(
            f"| {night} | {figure} | {said} | {truth:,} | {reported:,} "
            f"| {difference:+,} | {because} |"
        )
    return "\n".join([*lines, "", *_notice(found.first_due), ""])


_NOTICE: Final = (7, 30, 90, 180, 365)


def _notice(first_due: pd.DataFrame) -> Sequence[str]:
    notice = first_due["days_before_release"]
    seen = first_due["nights_notice"].dropna()
    lines = [
        "## When each of the 1,023 would have been on the due list",
        "",
        f"By the rules each was due {int(notice.median()):,} days before release in the median "
        f"({int(notice.min()):,} to {int(notice.max()):,}). Of the {len(seen):,} released after "
        "the first replayed night, all that a night came in time for were listed "
        + (f"{int(seen.median()):,} days before release in the median." if len(seen) else "."),
        "",
        "| days before release | due by the rules |",
        "|---|---:|",
    ]
    lines += [f"| {limit} or more | {int((notice >= limit).sum()):,} |" for limit in _NOTICE]
    return lines


def replay_picture(found: Replay, path: Path) -> None:
    """Draw the notice the 1,023 would have had, as an SVG file with the same bytes every time."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    notice = found.first_due["days_before_release"].clip(upper=400)
    with mpl.rc_context({"svg.hashsalt": "replay", "svg.fonttype": "none"}):
        figure = Figure(figsize=(8, 4), layout="constrained")
        axes = figure.add_subplot()
        axes.hist(notice, bins=list(range(0, 421, 20)), color="#1d5a8a", edgecolor="white")
        warned = int((found.first_due["days_before_release"] >= 30).sum())
        axes.set_title(
            f"{warned:,} of the 1,023 would have been due 30 days before release or more"
        )
        axes.set_xlabel("days from the due date to release (400: 400 or more)")
        axes.set_ylabel("people")
        axes.spines[["top", "right"]].set_visible(False)
        figure.savefig(path, format="svg", metadata={"Date": None})
