"""Whom quarantine may hide: people of the prison register with a row set aside.

A row that cannot be read says nothing in anybody's favour: its person may have been released
unconsidered, or be due. Ranges reach as far; the values count what can be read.
"""

from collections.abc import Mapping
from typing import Final

import pandas as pd
import pyarrow as pa

from jobs.contract import prison, results
from jobs.report.published import Frames

_TABLES: Final = ("persons", "episodes", "sentences", "movements")
"""Tables of the prison register on whose rows scope and release rest."""
_DOUBLET: Final = ".duplicate"


def nobody_set_aside() -> pd.DataFrame:
    """The frame of `people_set_aside` without a row."""
    columns = {"prisoner_number": pd.Series(dtype="str"), "is_unread": pd.Series(dtype="bool")}
    return pd.DataFrame(columns)


def people_set_aside(*, tables: Mapping[str, pa.Table], facts: Frames) -> pd.DataFrame:
    """Each person with a row in quarantine who is not recorded as British.

    Args:
        tables: accepted register tables by full name.
        facts: assessments and quarantine by full name.

    Returns:
        A row for each: ``prisoner_number`` (empty where no row says it) and ``is_unread``, a
        custody episode of theirs cannot be read. Rows set aside as duplicates hide nobody.
    """
    quarantine = facts.get(results.QUARANTINE.full_name)
    if quarantine is None or quarantine.empty:
        return nobody_set_aside()
    bad = quarantine[
        quarantine["register"].eq("prison")
        & quarantine["table_name"].isin(_TABLES)
        & ~quarantine["rule_id"].str.contains(_DOUBLET, regex=False)
    ]
    assessments = results.ASSESSMENTS.of(facts)
    owners = assessments.drop_duplicates("episode_id").set_index("episode_id")["prisoner_number"]
    person, episode = (
        bad["row"].str.extract(rf'"{name}": ?"([^"]*)"', expand=False)
        for name in ("prisoner_number", "episode_id")
    )
    first = bad["row_key"].astype("str").str.extract(r"^([^|]+)", expand=False)
    episode = episode.fillna(first.where(bad["table_name"].ne("persons")))
    person = person.fillna(first.where(bad["table_name"].eq("persons")))
    found = pd.DataFrame({"prisoner_number": person.fillna(episode.map(owners)), "is_of": episode})
    found["is_unread"] = bad["table_name"].eq("episodes") & ~episode.isin(owners.index)
    found["is_unread"] |= ~found["prisoner_number"].isin(owners)
    found["who"] = found["prisoner_number"].fillna("episode " + found["is_of"]).fillna("?")
    found = found.sort_values(["who", "is_unread"], ascending=[True, False])
    found = found.drop_duplicates("who")
    persons = prison.PERSONS.frame(prison.PERSONS.of(tables))
    british = persons.loc[persons["nationality"].eq("BRIT"), "prisoner_number"]
    found = found[~found["prisoner_number"].isin(british)].reset_index(drop=True)
    return found[["prisoner_number", "is_unread"]]
