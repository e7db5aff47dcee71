"""The rows of a publication that a reader of some prisons or teams may see.

What is not known to be the reader's is left out, tables that somebody adds later too.
"""

from collections.abc import Mapping
from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.schema import Table
from jobs.contract.view_models import Reader
from jobs.report.lists.next_actions import answered_for
from jobs.report.published import Frames

_BY_PRISON: Final = frozenset({results.CENSUS.full_name})
_BY_TEAM: Final = frozenset({results.TEAMS.full_name, results.BACKLOG.full_name})
_BY_UNIT: Final = frozenset({results.FAULTS.full_name, results.FAULTY_ROWS.full_name})
_OF_NOBODY: Final = frozenset({results.OVERRIDES.full_name})
"""Tables whose rows are about no person, prison or team: everybody sees them."""


def own_facts(facts: Frames, reader: Reader) -> dict[str, pd.DataFrame]:
    """Each table of a publication with the reader's own rows alone.

    A custody episode is the reader's where the emails count it: by its prison, or by the team that
    has its open case. Whatever speaks of episodes follows from that; figures, links and checks are
    of everybody and are left empty.

    Args:
        facts: frames of a publication by full name.
        reader: whose prisons and teams they are.

    Returns:
        The frames that ``facts`` has, each in the order of its key.
    """
    assessments = results.ASSESSMENTS.of(facts)
    mine = answered_for(assessments, facts, prisons=reader.prisons, teams=reader.teams)
    known: Mapping[str, frozenset[str]] = {
        "episode_id": frozenset(assessments.loc[mine, "episode_id"]),
        "prison_id": frozenset(reader.prisons),
        "team": frozenset(reader.teams),
        "unit": frozenset(
            [*(f"prison {each}" for each in reader.prisons),
             *(f"team {each}" for each in reader.teams)]
        ),
    }  # fmt: skip
    return {
        name: _own(table, table.of(facts), known)
        for name, table in results.NIGHTLY.items()
        if name in facts
    }


def _own(table: Table, frame: pd.DataFrame, known: Mapping[str, frozenset[str]]) -> pd.DataFrame:
    if table.full_name in _OF_NOBODY:
        return frame
    column = _column(table)
    if column is None:
        return table.empty()
    return frame[frame[column].isin(known[column])].sort_values(list(table.key), ignore_index=True)


def _column(table: Table) -> str | None:
    """The column that says whose a row is; None where nothing does."""
    for tables, column in ((_BY_PRISON, "prison_id"), (_BY_TEAM, "team"), (_BY_UNIT, "unit")):
        if table.full_name in tables:
            return column
    return "episode_id" if "episode_id" in table.columns else None
