"""The replay: a series of nights over an invented world, each figure beside its published value.

For every night it puts side by side what was published in 2006, what is true of the world and
what the software reported, and says where the difference comes from. It also answers the question
that matters: on which night each of the 1,023 would first have stood on the due list, and how many
days before release.
"""

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from jobs.contract import results
from jobs.runtime.errors import BadInput
from jobs.runtime.progress import steps
from jobs.synthetic.base import days
from jobs.synthetic.base import published_figures as published
from jobs.synthetic.base.random_draws import Ints
from jobs.synthetic.custody.cohort import RESTATEMENT
from jobs.synthetic.output.published_releases import keyed, published_releases
from jobs.synthetic.people import nationalities
from jobs.synthetic.registers.prison_episodes import episode_ids
from jobs.synthetic.replay.papers import beside_reported, papers
from jobs.synthetic.world import History, World, on_night

Tables = Mapping[str, pd.DataFrame]
RunNight = Callable[[date, Callable[[], World]], Tables]
"""Runs a night over a world's registers and gives what it published, by full table name.

The world is invented on call, so that a night that was published before need not be invented again.
"""

MISSED: Final = "released unconsidered"
_SINCE: Final = "of these decided on since"
_WARNING: Final = (pd.Timestamp(published.WARNED[0]), pd.Timestamp(published.WARNED[1]))
_FOUND: Final = days.calendar(days.FOUND)
_DECIDED: Final = date(2006, 12, 31)


def nights_of(*, months: int = 1) -> tuple[date, ...]:
    """The month-ends of 2005 and 2006, the night of the failure and those of the restatements.

    Args:
        months: months from one month-end to the next; 3 gives the ends of quarters.

    Raises:
        BadInput: not a whole number of months from 1 to 12.
    """
    if not 1 <= months <= 12:
        raise BadInput("months", f"[{months}] is not possible", "give a number from 1 to 12")
    ends = (
        date.fromordinal(date(2005 + n // 12, n % 12 + 1, 1).toordinal() - 1)
        for n in range(months, 25, months)
    )
    days_of_figures = {_FOUND, published.COMPLETED_ON, *published.RESTATED, _DECIDED}
    return tuple(sorted({*ends, *days_of_figures}))


_FIGURE_IDS: Final = {
    MISSED: "missed.total",
    _SINCE: "missed.decided_since",
    "of these still undecided": "missed.undecided",
    "never referred": "missed.never_referred",
    "referred, not considered": "missed.referred_not_considered",
    "due": "due.total",
}
"""Figures that the software publishes under an id of its own, with a range."""


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What a replay found.

    ``figures``: ``night``, ``figure``, ``published`` (empty where nothing was), ``truth``,
    ``reported``, ``low`` and ``high`` (the range published beside it, where there is one),
    ``difference`` (reported less truth), ``because``.

    ``first_due``: a row for each of the 1,023: ``episode_id``, ``release_date`` (as it happened),
    ``first_night`` (first night whose due list names them; empty where none does),
    ``days_notice`` (from that night to release), ``was_in_custody`` (in custody and due on a
    replayed night) and ``was_listed`` (on the due list of every such night).

    ``steps``: how the figure `MISSED` moved from the night of the failure to each restatement:
    ``until`` (night), ``who`` (``cohort`` or ``others``), ``cause`` (as the software gave it),
    ``invented`` (the world's own cause), ``change``.

    ``papers``: what was published of the service's work beside the truth; see `papers.papers`.
    """

    figures: pd.DataFrame
    first_due: pd.DataFrame
    steps: pd.DataFrame
    papers: pd.DataFrame


def replay(*, history: History, nights: Iterable[date], run_night: RunNight) -> Replay:
    """Run a series of nights over one world and compare each with the truth.

    Args:
        history: the world; see `jobs.synthetic.build_history`.
        nights: as-of dates, in any order.
        run_night: runs the whole night over a world's registers; it never sees the truth.
    """
    ordered = sorted(set(nights))
    figures, in_custody, moved = [], [], []
    said: dict[date, pd.DataFrame] = {}
    before: pd.Series | None = None
    with steps("replay", len(ordered)) as progress:
        for night in ordered:
            progress.start(str(night))
            world = on_night(history, as_of=night)
            tables = run_night(night, functools.partial(_same, world))
            episodes, releases = (
                world.truth[name].to_pandas(date_as_object=False)
                for name in ("episodes", "releases")
            )
            figures.append(_figures(night, tables, episodes, keyed(releases)))
            assessments = tables[results.ASSESSMENTS.full_name].set_index("episode_id")
            in_custody.append(_in_custody(night, assessments, episodes))
            now = published_releases(tables).set_index("key")["is_missed"]
            if before is not None and _FOUND < night <= max(published.RESTATED):
                moved.append(_moved(night, before, now, tables, episodes))
            before = now
            if results.FIGURES.full_name in tables:
                said[night] = tables[results.FIGURES.full_name]
    return Replay(
        figures=pd.concat(figures, ignore_index=True),
        first_due=_first_due(history, pd.concat(in_custody, ignore_index=True)),
        steps=_by_restatement(moved),
        papers=beside_reported(papers(history), said),
    )


def _same(world: World) -> World:
    return world


def _figures(
    night: date, tables: Tables, episodes: pd.DataFrame, releases: pd.DataFrame
) -> pd.DataFrame:
    """Every figure of one night, from the truth and from the publication in the same way."""
    assessments = tables[results.ASSESSMENTS.full_name]
    said = published_releases(tables)
    ranges, known = _ranges(tables), _published(night)
    sets = {
        name: tuple(set(side.loc[holds(side), "key"]) for side in (releases, said))
        for name, holds in MEMBERS.items()
    }
    sets[DUE] = tuple(set(side.loc[is_due(side), "episode_id"]) for side in (episodes, assessments))
    # What either side says of a release that it does not name is the status of the episode.
    true_status, said_status = _statuses(releases, episodes), _statuses(said, assessments)
    rows = []
    for figure, (truly, reported) in sets.items():
        low, high = ranges.get(_FIGURE_IDS.get(figure, ""), (None, None))
        rows.append(
            {
                "night": night,
                "figure": figure,
                "published": known.get(figure),
                "truth": len(truly),
                "reported": len(reported),
                "low": low,
                "high": high,
                "difference": len(reported) - len(truly),
                "because": _because(truly, reported, assessments, true_status, said_status),
            }
        )
    counts = dict.fromkeys(("published", "low", "high"), "Int64")
    return pd.DataFrame(rows).astype(counts)


def _statuses(releases: pd.DataFrame, episodes: pd.DataFrame) -> dict[str, str]:
    """Status of each release by its key, and of each episode by its id."""
    columns = ((episodes, "episode_id"), (releases, "key"))
    both = [side.set_index(name)["status"].astype("str") for side, name in columns]
    return {str(key): status for key, status in pd.concat(both).items()}


def is_due(episodes: pd.DataFrame) -> pd.Series:
    """Whom the due list names."""
    by_status = episodes["status"].eq("DUE")
    if "is_due" in episodes:
        return episodes["is_due"].astype("boolean").fillna(by_status).astype("bool")
    return by_status


def _ranges(tables: Tables) -> dict[str, tuple[int, int]]:
    figures = tables.get(results.FIGURES.full_name)
    if figures is None:
        return {}
    whole = figures[(figures["group_value"] == "(all)") & figures["low"].notna()]
    ends = zip(whole["low"].astype(int), whole["high"].astype(int), strict=True)
    return dict(zip(whole["figure_id"], ends, strict=True))


MEMBERS: Final[dict[str, Callable[[pd.DataFrame], pd.Series]]] = {
    MISSED: lambda table: table["is_missed"],
    _SINCE: lambda table: table["is_missed"] & table["is_decided_since"],
    "of these still undecided": lambda table: table["is_missed"] & ~table["is_decided_since"],
    "never referred": lambda table: table["is_missed"] & table["status"].eq("NOT_REFERRED"),
    "referred, not considered": lambda table: (
        table["is_missed"] & table["status"].eq("REFERRED_NOT_CONSIDERED")
    ),
    "released unconsidered, no date recorded": lambda table: (
        table["is_missed"] & table["release_date"].isna()
    ),
    "released unconsidered, court recommended": lambda table: (
        table["is_missed"] & table["is_recommended"].astype("bool")
    ),
    "released unconsidered after the warning": lambda table: (
        table["is_missed"] & table["release_date"].between(*_WARNING)
    ),
    "released unconsidered, offences against children": lambda table: (
        table["is_missed"] & table["offence_code"].eq("SEX_CHILD")
    ),
    "released unconsidered, indecent assault": lambda table: (
        table["is_missed"] & table["offence_code"].eq("INDECENT_ASSAULT")
    ),
}
"""The figures of the replay that count releases, and which each counts."""
DUE: Final = "due"
"""The figure that counts custody episodes."""


def _published(night: date) -> dict[str, int]:
    """The figures published for a night, where there are any."""
    found: dict[date, dict[str, int]] = {
        _FOUND: {
            MISSED: published.COHORT,
            "released unconsidered, no date recorded": published.table("releases_by_month")[
                "not_available"
            ],
            "released unconsidered, court recommended": published.COURT_RECOMMENDED,
            "released unconsidered after the warning": published.RELEASED_AFTER_WARNING,
            "released unconsidered, offences against children": published.SEX_OFFENCES["SEX_CHILD"],
            "released unconsidered, indecent assault": published.SEX_OFFENCES["INDECENT_ASSAULT"],
        },
        published.COMPLETED_ON: {_SINCE: published.COMPLETED},
        _DECIDED: {_SINCE: sum(published.decisions().values())},
    }
    for day, figure in published.RESTATED.items():
        found.setdefault(day, {})[MISSED] = figure
    return found.get(night, {})


def _because(
    truly: set[str],
    reported: set[str],
    assessments: pd.DataFrame,
    true: dict[str, str],
    said: dict[str, str],
) -> str:
    """Why a reported figure differs: who is too many and who is missing, by cause.

    ``truly`` and ``reported`` hold keys of releases or ids of episodes; ``true`` and ``said`` give
    the status of either.
    """
    if truly == reported:
        return "agrees, person by person"
    outcome = assessments.set_index("episode_id")["link_outcome"]
    extra = sorted(reported - truly)
    episode = [_episode(key) for key in extra]
    status = np.array(
        [true.get(key, true.get(own, "")) for key, own in zip(extra, episode, strict=True)],
        dtype=object,
    )
    link = outcome.reindex(episode).astype("str").to_numpy()
    decided = np.isin(status, ["CONSIDERED", "CONSIDERED_LATE"])
    cause = np.select(
        [
            decided & (link == "review"),
            decided & (link == "not_linked"),
            decided,
            status == "OUT_OF_SCOPE",
        ],
        [
            "decided, but the link to the decision awaits a reviewer",
            "decided, but no link to the decision was found",
            "decided on another record of the person",
            "out of scope, but the record of nationality, sentence or exit says otherwise",
        ],
        "another status in truth, for an error or a late entry in a record",
    )
    counts = pd.Series(cause, dtype="str").value_counts().sort_index()
    parts = [f"{number:,} too many: {name}" for name, number in counts.items()]
    lost = pd.Series(
        [
            said.get(key, said.get(_episode(key), "not on record"))
            for key in sorted(truly - reported)
        ],
        dtype="str",
    )
    shares = lost.value_counts().sort_index()
    parts += [f"{number:,} missing: reported as {name}" for name, number in shares.items()]
    return "; ".join(parts)


def _episode(key: str) -> str:
    """The custody episode of a release's key, or of its own id."""
    return key.partition("/")[0]


def _in_custody(night: date, assessments: pd.DataFrame, episodes: pd.DataFrame) -> pd.DataFrame:
    """Members of the cohort who were in custody on a night, and whether the due list names them."""
    own = episodes[episodes["is_cohort"] & episodes["status"].isin(["DUE", "NOT_YET_DUE"])]
    listed = is_due(assessments).reindex(own["episode_id"], fill_value=False)
    return pd.DataFrame(
        {
            "episode_id": own["episode_id"].to_numpy(),
            "night": pd.Timestamp(night),
            "is_listed": listed.to_numpy(),
        }
    )


def _first_due(history: History, in_custody: pd.DataFrame) -> pd.DataFrame:
    """The first night on which each of the 1,023 was due and the register showed it.

    Between replayed nights the night follows from the record: a year before the earliest release,
    or when the sentence was recorded. Who is British on the prison's record is never listed.
    """
    stays = history.stays
    rows = np.flatnonzero(stays["is_missed"])
    own = stays.iloc[rows]
    opening = ["automatic_release", "conditional_release", "parole", "tariff"]
    earliest = own[opening].min(axis=1).to_numpy()
    first = np.maximum(days.add_months(earliest, -12), own["sentence_recorded"].to_numpy())
    record = history.registers.prison.iloc[history.registers.stay_record[rows]]
    end = own["end"].to_numpy()
    never = (record["nationality"] == nationalities.BRITISH).to_numpy() | (first >= end)
    in_custody = in_custody.merge(
        pd.DataFrame({"episode_id": episode_ids(rows), "first": _dates(first)}), on="episode_id"
    )
    due = in_custody[in_custody["night"] >= in_custody["first"]]
    unlisted = due.loc[~due["is_listed"], "episode_id"]
    found = pd.DataFrame({"episode_id": episode_ids(rows), "release_date": _dates(end)})
    found["first_night"] = _dates(first).mask(never)
    found["days_notice"] = pd.Series(end - first, dtype="Int64").mask(never)
    found["was_in_custody"] = found["episode_id"].isin(due["episode_id"])
    found["was_listed"] = found["was_in_custody"] & ~found["episode_id"].isin(unlisted)
    return found.sort_values("episode_id", ignore_index=True)


def _dates(numbers: Ints) -> pd.Series:
    return pd.Series(numbers.astype("datetime64[D]").astype("datetime64[us]"))


def _moved(
    night: date, before: pd.Series, now: pd.Series, tables: Tables, episodes: pd.DataFrame
) -> pd.DataFrame:
    """Who came into the figure `MISSED` or left it on a night, with both causes."""
    both = before.index.union(now.index)
    counted = [side.reindex(both, fill_value=False).astype("int64") for side in (before, now)]
    step = counted[1] - counted[0]
    step = step[step != 0]
    episode = pd.Index([_episode(key) for key in step.index], dtype="str")
    causes = pd.Series(dtype="str")
    movement = tables.get(results.MOVEMENT.full_name)
    if movement is not None:
        own = movement["figure_id"].isin(["missed.total", "considered.late"])
        causes = movement[own].groupby("episode_id")["cause"].first()
    true = episodes.set_index("episode_id")[["is_cohort", "restatement"]].reindex(episode)
    cohort = true["is_cohort"].astype("boolean").fillna(False).to_numpy(dtype=bool)
    cause = causes.reindex(episode).astype("str").fillna("not_explained")
    return pd.DataFrame(
        {
            "release": step.index.to_numpy(),
            "change": step.to_numpy(),
            "night": night,
            "cause": cause.to_numpy(),
            "who": np.where(cohort, "cohort", "others"),
            "invented": np.where(cohort, true["restatement"].fillna(RESTATEMENT[0]), ""),
        }
    )


def _by_restatement(moved: list[pd.DataFrame]) -> pd.DataFrame:
    keys = ["until", "who", "cause", "invented"]
    if not moved:
        return pd.DataFrame(columns=[*keys, "change"])
    found = pd.concat(moved, ignore_index=True)
    ends = sorted(published.RESTATED)
    found["until"] = [next(end for end in ends if night <= end) for night in found["night"]]
    # Who left and came back between two restatements moved nothing.
    net = found.groupby(["until", "release"])["change"].transform("sum")
    last = found[net != 0].drop_duplicates(["until", "release"], keep="last")
    return last.groupby(keys)["change"].sum().reset_index()
