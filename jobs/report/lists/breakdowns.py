"""Questions asked most of the lists, as small tables: by prison, team, age and time, and of links.

Each is counted from the rows of the publication that the lists show, so its total is theirs.
"""

from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.bands import AGE_NOT_RECORDED, AGES
from jobs.contract.case_lists import MISSED, UNCONSIDERED
from jobs.report.lists.census import prison_names
from jobs.report.lists.list_rows import rows_of
from jobs.report.published import NONE, Frames
from jobs.report.release_rows import releases_held

NO_TEAM: Final = "No open case with a team"
NO_PRISON: Final = "Prison not recorded"
SURE: Final = 0.999
"""Above this probability a pair that still waits is asked about."""
SINCE_RELEASE: Final = ("In the last 7 days", "7 to 29 days ago", "30 to 364 days ago",
                        "A year ago or more", "On a day that is not recorded")  # fmt: skip


def missed_by_prison(facts: Frames) -> pd.DataFrame:
    """Releases by prison, how many of them were missed, and how many of each hundred.

    Returns:
        ``prison_id`` (the group of `missed.by_prison`), ``prison`` in words, ``releases``,
        ``missed``, ``rate`` in per cent; most missed first. Prisons without a missed release are
        left out.
    """
    releases = releases_held(facts)
    prison = releases["prison_id"].fillna(NONE)
    counts = pd.DataFrame(
        {
            "releases": prison.value_counts(),
            "missed": prison[releases["is_missed"].astype("bool")].value_counts(),
        }
    ).dropna()
    counts = counts.rename_axis("prison_id").reset_index()
    names = {NONE: NO_PRISON, **prison_names(facts)}
    counts["prison"] = counts["prison_id"].map(lambda code: names.get(code, code)).astype("str")
    counts["rate"] = (100 * counts["missed"] / counts["releases"]).round(1)
    return counts.sort_values(["missed", "prison_id"], ascending=[False, True], ignore_index=True)


def undecided_by_team(facts: Frames) -> pd.DataFrame:
    """Missed releases still undecided, by the team that has the person's open case.

    Returns:
        ``team``, ``releases``, ``episodes``; most first, those without such a team last.
    """
    missed = rows_of(MISSED, facts)[["episode_id"]]
    assessed = results.ASSESSMENTS.of(facts).set_index("episode_id")["case_id"]
    backlog = results.BACKLOG.of(facts).drop_duplicates("case_id").set_index("case_id")["team"]
    team = missed["episode_id"].map(assessed).map(backlog).replace(NONE, pd.NA).fillna(NO_TEAM)
    grouped = missed.assign(team=team.astype("str")).groupby("team")["episode_id"]
    frame = pd.DataFrame({"releases": grouped.size(), "episodes": grouped.nunique()}).reset_index()
    frame["last"] = frame["team"].eq(NO_TEAM)
    frame = frame.sort_values(["last", "releases", "team"], ascending=[True, False, True])
    return frame.drop(columns="last").reset_index(drop=True)


def ages_by_team(facts: Frames) -> pd.DataFrame:
    """Open cases by team and age.

    Returns:
        ``team``, ``total``, and a column for each band of `AGES` and for no date; most first.
    """
    cases = results.BACKLOG.of(facts)
    bands = [*AGES.names, AGE_NOT_RECORDED]
    table = pd.crosstab(cases["team"], cases["age_band"]).reindex(columns=bands, fill_value=0)
    table.insert(0, "total", table.sum(axis=1))
    table = table.rename_axis(columns=None).reset_index()
    table = table.sort_values(["total", "team"], ascending=[False, True], ignore_index=True)
    return table.assign(team=table["team"].replace(NONE, "No team").astype("str"))


def missed_by_time(facts: Frames, as_of: pd.Timestamp) -> pd.DataFrame:
    """Releases without consideration by how long ago they were: ``since``, ``releases``."""
    days = (as_of - rows_of(UNCONSIDERED, facts)["release_date"]).dt.days
    band = pd.cut(days, [-1, 6, 29, 364, 10**6], labels=list(SINCE_RELEASE[:4]))
    counts = band.astype("object").fillna(SINCE_RELEASE[4]).value_counts()
    counts = counts.reindex(list(SINCE_RELEASE), fill_value=0)
    frame: pd.DataFrame = counts.rename_axis("since").rename("releases").reset_index()
    return frame


def links_expected(links: pd.DataFrame) -> tuple[float, float]:
    """How many links are expected to be false, and how many waiting pairs true, by the model.

    Args:
        links: frame of `results.LINKS`. Links that a person decided have no such doubt.
    """
    by_model = links["decided_by"].isna()
    probability = links["probability"].astype("float64")
    linked = probability[links["outcome"].eq("linked") & by_model]
    waiting = probability[links["outcome"].eq("review")]
    return float((1 - linked).sum()), float(waiting.sum())


def sure_but_waiting(links: pd.DataFrame) -> pd.DataFrame:
    """Pairs above `SURE` that wait all the same, by why: ``reason``, ``pairs``; most first."""
    waits = links["outcome"].eq("review") & links["probability"].gt(SURE)
    held = links.loc[waits, "evidence"].str.extract(r'"held: ([^"]+)"', expand=False)
    counts = held.fillna("another record is as likely").value_counts()
    frame = counts.rename_axis("reason").rename("pairs").reset_index()
    return frame.sort_values(["pairs", "reason"], ascending=[False, True], ignore_index=True)
