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

from jobs import results
from jobs.errors import BadInput

TRUTH: Final = ("people", "episodes", "errors")
"""The tables of a truth folder."""

EVERYBODY: Final = "(all)"
_PAIR: Final = ["prisoner_number", "cid_person_id"]
_MISSED: Final = sorted(results.MISSED_STATUSES)


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
        published: tables of the publication by full name: ``nightly.links`` and
            ``nightly.assessments``.
        truth: ``people``, ``episodes`` and ``errors``, as `read_truth` gives them.

    Returns:
        One row for each measure and group: ``measure``, ``group`` (what people are grouped by),
        ``value_of_group``, ``right`` and ``out_of`` (counts) and ``share``, sorted by the first
        three. Groups are nationality and kind of register error.

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
    measures = [
        *_link_measures(published[results.LINKS.full_name], truth),
        *_status_measures(episodes),
    ]
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


def _link_measures(links: pd.DataFrame, truth: Mapping[str, pd.DataFrame]) -> list[pd.DataFrame]:
    people = truth["people"]
    pairs = people.dropna(subset=_PAIR)[[*_PAIR, "person", "nationality"]]
    # Somebody held twice can be linked one to one only once: a person counts as found when any
    # pair of their records is.
    judged = pairs.merge(links[[*_PAIR, "outcome"]], on=_PAIR, how="left")
    linked = judged["outcome"].eq("linked").groupby(judged["person"]).any()
    offered = judged["outcome"].isin(["linked", "review"]).groupby(judged["person"]).any()
    persons = pairs.drop_duplicates("person").set_index("person")[["nationality"]]
    recall = persons.assign(right=linked, seen=offered)
    claimed = links[links["outcome"] == "linked"].merge(
        pairs[[*_PAIR, "nationality"]], on=_PAIR, how="left", indicator=True
    )
    nationality = people.dropna(subset=["prisoner_number"]).drop_duplicates("prisoner_number")
    of_claimed = claimed["prisoner_number"].map(
        nationality.set_index("prisoner_number")["nationality"]
    )
    precise = pd.DataFrame({"right": claimed["_merge"] == "both", "nationality": of_claimed})
    reviewed = links[links["outcome"] == "review"].merge(
        pairs[_PAIR], on=_PAIR, how="left", indicator=True
    )
    in_queue = pd.DataFrame({"right": reviewed["_merge"] == "both"})
    errors = truth["errors"][["person", "kind"]].drop_duplicates()
    by_error = errors.merge(recall.reset_index(), on="person")
    with_review = recall.assign(right=recall["seen"])
    return [
        _share("link recall", recall),
        _share("link recall", recall, by="nationality"),
        _share("link recall", by_error, by="kind", group="error"),
        _share("link recall with review", with_review),
        _share("link recall with review", with_review, by="nationality"),
        _share("link precision", precise),
        _share("link precision", precise, by="nationality"),
        _share("review queue right", in_queue),
    ]


def _status_measures(episodes: pd.DataFrame) -> list[pd.DataFrame]:
    truly = episodes["status_true"].isin(_MISSED)
    said = episodes["status"].isin(_MISSED)
    recall = episodes[truly].assign(right=said[truly])
    precision = episodes[said].assign(right=truly[said])
    same = episodes.assign(right=episodes["status"].eq(episodes["status_true"]).fillna(False))
    return [
        _share("missed recall", recall),
        _share("missed recall", recall, by="nationality"),
        _share("missed recall", recall, by="population"),
        _share("missed precision", precision),
        _share("missed precision", precision, by="nationality"),
        _share("status right", same),
        _share("status right", same, by="status_true", group="status"),
    ]


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
