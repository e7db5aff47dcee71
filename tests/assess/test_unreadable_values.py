"""A value that cannot be read takes nobody off the list: every field of the prison register."""

from collections.abc import Iterator

import pandas as pd
import pyarrow as pa
import pytest

from benchmarks.samples.stories import Story, beside, policy
from jobs.assess import assess
from jobs.check import accept_rows
from jobs.contract import results
from jobs.contract.registers import TABLES
from jobs.contract.schema import Kind
from jobs.report.figures.set_aside import people_set_aside

MISSED = Story(sentences=({"term_months": 60},))
ON_WHOM = ("persons", "episodes", "sentences", "movements")
UNREADABLE = "0000-00-00\x00"


def fields() -> Iterator[tuple[str, str]]:
    """Every field that may be empty of the tables on which scope and release rest."""
    for name in ON_WHOM:
        for field in TABLES[f"prison.{name}"].fields:
            if field.nullable:
                yield f"prison.{name}", field.name


def spoiled(tables: dict[str, pa.Table], full_name: str, column: str, number: int) -> None:
    """Make a column text and one story's values unreadable."""
    rows = tables[full_name]
    key = TABLES[full_name].key[0]
    is_own = [str(value).startswith(f"{number:04}~") for value in rows[key].to_pylist()]
    kind = TABLES[full_name].field(column).kind
    texts = rows[column].cast(pa.string()).to_pylist()
    if kind is Kind.TEXT and pa.types.is_string(rows[column].type):
        texts = rows[column].to_pylist()
    changed = [UNREADABLE if own else text for own, text in zip(is_own, texts, strict=True)]
    place = rows.schema.get_field_index(column)
    tables[full_name] = rows.set_column(place, column, pa.array(changed, pa.string()))


@pytest.fixture(scope="module")
def found() -> tuple[list[tuple[str, str]], pd.DataFrame, pd.DataFrame]:
    """The spoiled fields, the releases that are missed, and the people whom ranges hold."""
    chosen = list(fields())
    tables, links, identities = beside([MISSED] * (len(chosen) + 1))
    for number, (full_name, column) in enumerate(chosen):
        spoiled(tables, full_name, column, number)
    checked = accept_rows(tables=tables, as_of=MISSED.night)
    assessed = assess(
        tables=checked.accepted,
        links=links,
        identities=identities,
        as_of=MISSED.night,
        policy=policy(),
        quarantine=checked.quarantine,
    )
    facts = {
        results.QUARANTINE.full_name: checked.quarantine,
        results.ASSESSMENTS.full_name: assessed.assessments,
    }
    aside = people_set_aside(tables=checked.accepted, facts=facts)
    return chosen, assessed.releases, aside


def test_whoever_is_missed_stays_on_the_list_or_in_its_range(
    found: tuple[list[tuple[str, str]], pd.DataFrame, pd.DataFrame],
) -> None:
    chosen, releases, aside = found
    missed = releases.loc[releases["is_missed"], "episode_id"].str.slice(0, 4)
    held = aside["prisoner_number"].str.slice(0, 4)
    still = set(missed) | set(held.dropna())
    assert f"{len(chosen):04}" in still, "the story that nothing is done to"
    gone = [field for number, field in enumerate(chosen) if f"{number:04}" not in still]
    assert not gone
