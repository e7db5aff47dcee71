"""How right a publication was: its links and statuses against the truth of an invented world.

Nothing of this is part of the night: it reads what a night published and what `write_world` put
into the truth folder, and compares. A share without cases is empty, not zero.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.contract import codes, results
from jobs.runtime.errors import BadInput
from jobs.synthetic.output.published_releases import keyed, published_releases

TRUTH: Final = ("people", "episodes", "releases", "errors")
"""The tables of a truth folder."""

EVERYBODY: Final = "(all)"
_PAIR: Final = ["prisoner_number", "cid_person_id"]


def read_truth(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the truth that `write_world` wrote.

    Raises:
        BadInput: the folder is not one, or a table of it is missing or damaged.
    """
    found = {}
    for name in TRUTH:
        path = folder / f"{name}.parquet"
        if not path.is_file():
            raise BadInput(
                f"truth folder [{folder}]",
                f"no file [{path.name}]",
                "write one with: python -m jobs world --truth FOLDER",
            )
        try:
            found[name] = pq.read_table(path).to_pandas(date_as_object=False)
        except (pa.ArrowInvalid, OSError):
            raise BadInput(
                f"file [{path}]", "not a whole Parquet file", "write the world again"
            ) from None
    return found


def score(
    *, published: Mapping[str, pd.DataFrame], truth: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Compare a publication with the truth of the same world and night.

    Args:
        published: tables of the publication by full name: ``nightly.links``,
            ``nightly.assessments`` and ``nightly.releases``.
        truth: ``people``, ``episodes``, ``releases`` and ``errors``, as `read_truth` gives them.

    Returns:
        One row for each measure and group: ``measure``, ``group`` (what people are grouped by),
        ``value_of_group``, ``right`` and ``out_of`` (counts) and ``share``, sorted by the first
        three. Every measure is given for everybody, by nationality, by nationality group (British,
        Irish, EEA, outside the EEA) and by kind of register error; somebody with two errors
        counts under both, and ``(none)`` stands for people without any.

        Measures: ``link recall`` and ``link precision``; ``review queue recall`` (of the pairs
        that were not linked, those offered to a reviewer) and ``review queue precision``;
        ``missed recall`` and ``missed precision`` (releases, whatever was decided since);
        ``status right`` (episodes) and ``person right`` (people all of whose episodes have their
        true status).

    Raises:
        BadInput: the publication is not of this world and night.
    """
    assessments = published[results.ASSESSMENTS.full_name]
    episodes = truth["episodes"].merge(
        assessments[["episode_id", "status"]],
        on="episode_id",
        how="outer",
        suffixes=("_true", ""),
        indicator=True,
    )
    if (episodes["_merge"] == "right_only").any():
        raise BadInput("truth", "episodes are missing from it", "use the truth of this night")
    errors = truth["errors"][["person", "kind"]].drop_duplicates()
    judged = {
        **_links(published[results.LINKS.full_name], truth["people"]),
        **_statuses(episodes),
        **_missed(published, truth),
    }
    measures = [part for name, frame in judged.items() for part in _every_way(name, frame, errors)]
    missed = judged["missed recall"]
    measures.append(_share("missed recall", missed, by="population"))
    measures.append(
        _share("status right", judged["status right"], by="status_true", group="status")
    )
    found = pd.concat(measures, ignore_index=True)
    found["share"] = (found["right"] / found["out_of"]).where(found["out_of"] > 0)
    return found.sort_values(["measure", "group", "value_of_group"], ignore_index=True)


def statuses(
    *, published: Mapping[str, pd.DataFrame], truth: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """How many custody episodes have each pair of true and published status."""
    episodes = truth["episodes"][["episode_id", "status"]].merge(
        published[results.ASSESSMENTS.full_name][["episode_id", "status"]],
        on="episode_id",
        how="outer",
        suffixes=("_true", "_published"),
    )
    named = episodes.fillna("(none)")
    counts = named.groupby(["status_true", "status_published"]).size().rename("episodes")
    return counts.reset_index()


def _links(links: pd.DataFrame, people: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """What is right of the links: for each measure ``person``, ``nationality`` and ``right``."""
    pairs = people.dropna(subset=_PAIR)[[*_PAIR, "person", "nationality"]]
    # Somebody held twice can be linked one to one only once: a person counts as found when any
    # pair of their records is.
    judged = pairs.merge(links[[*_PAIR, "outcome"]], on=_PAIR, how="left")
    linked = judged["outcome"].eq("linked").groupby(judged["person"]).any()
    offered = judged["outcome"].eq("review").groupby(judged["person"]).any()
    persons = pairs.drop_duplicates("person").set_index("person")[["nationality"]]
    found = persons.assign(right=linked).reset_index()
    queued = persons.assign(right=offered)[~linked.reindex(persons.index)].reset_index()
    owners = people.dropna(subset=["prisoner_number"]).drop_duplicates("prisoner_number")
    known = pd.MultiIndex.from_frame(pairs[_PAIR])

    def claimed(outcome: str) -> pd.DataFrame:
        own = links[links["outcome"] == outcome]
        whose = owners.set_index("prisoner_number").reindex(own["prisoner_number"])
        return whose[["person", "nationality"]].assign(
            right=pd.MultiIndex.from_frame(own[_PAIR]).isin(known)
        )

    return {
        "link recall": found,
        "link precision": claimed("linked"),
        "review queue recall": queued,
        "review queue precision": claimed("review"),
    }


def _statuses(episodes: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """What is right of the statuses, in the form of `_links`."""
    same = episodes["status"].eq(episodes["status_true"]).fillna(False).astype("bool")
    people = episodes.assign(right=same).groupby("person", as_index=False)
    return {
        "status right": episodes.assign(right=same),
        "person right": people.agg(right=("right", "all"), nationality=("nationality", "first")),
    }


def _missed(
    published: Mapping[str, pd.DataFrame], truth: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """What is right of the missed releases, in the form of `_links`."""
    said = published_releases(published)
    said = said.loc[said["is_missed"], ["key", "episode_id"]]
    true = keyed(truth["releases"][truth["releases"]["is_missed"]])
    owners = truth["episodes"][["episode_id", "nationality"]]
    whose = truth["episodes"][["episode_id", "person", "nationality"]]
    return {
        "missed recall": true.merge(owners, on="episode_id").assign(
            right=lambda table: table["key"].isin(said["key"])
        ),
        "missed precision": said.merge(whose, on="episode_id").assign(
            right=lambda table: table["key"].isin(true["key"])
        ),
    }


def _every_way(measure: str, judged: pd.DataFrame, errors: pd.DataFrame) -> list[pd.DataFrame]:
    grouped = judged.assign(nationality_group=judged["nationality"].map(_nationality_groups()))
    by_error = judged[["person", "right"]].merge(errors, on="person", how="left")
    return [
        _share(measure, judged),
        _share(measure, judged, by="nationality"),
        _share(measure, grouped, by="nationality_group"),
        _share(measure, by_error, by="kind", group="error"),
    ]


def _nationality_groups() -> dict[str, str]:
    """The groups that the rules of the time told apart, by code."""
    groups = {
        entry.code: "outside the EEA" if entry.eea_from is None else "EEA"
        for entry in codes.NATIONALITY.codes
        if isinstance(entry, codes.NationalityCode)
    }
    return groups | {"BRIT": "British", "IRELAND": "Irish"}


def _share(
    measure: str, judged: pd.DataFrame, *, by: str | None = None, group: str | None = None
) -> pd.DataFrame:
    value = judged[by].fillna("(none)") if by else pd.Series(EVERYBODY, index=judged.index)
    right = judged["right"].astype("int64")
    counted = right.groupby(value).agg(["sum", "size"])
    if by is None and not len(judged):
        counted = pd.DataFrame({"sum": [0], "size": [0]}, index=[EVERYBODY])
    return pd.DataFrame(
        {
            "measure": measure,
            "group": group or by or EVERYBODY,
            "value_of_group": counted.index.astype("str"),
            "right": counted["sum"].to_numpy(),
            "out_of": counted["size"].to_numpy(),
        }
    )
