import itertools

import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.samples import nights
from jobs.contract import results
from jobs.warehouse import publications, publish, read_table

State = dict[str, str]
PEOPLE = st.sampled_from(["A", "B", "C", "D"])
STATES = st.lists(st.dictionaries(PEOPLE, st.sampled_from(["x", "y", ""])), min_size=1, max_size=5)
EMPTY = {name: table.empty() for name, table in results.NIGHTLY.items()}
_MARKS = itertools.count()


def night_of(state: State) -> nights.Facts:
    rows = [("prison", person, identity) for person, identity in state.items()]
    frame = pd.DataFrame(rows, columns=results.IDENTITIES.columns)
    return {**EMPTY, "nightly.identities": frame.astype(results.IDENTITIES.empty().dtypes)}


def state_of(engine: sa.Engine, publication_id: str) -> State:
    frame = read_table(engine, publication_id, "nightly.identities")
    return dict(zip(frame["person_id"], frame["identity_id"], strict=True))


def intervals(engine: sa.Engine) -> pd.DataFrame:
    query = "SELECT * FROM registry.identities ORDER BY register, person_id, since"
    with engine.connect() as connection:
        return pd.DataFrame(connection.execute(sa.text(query)).mappings().all())


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(states=STATES)
def test_every_publication_reads_back_and_intervals_never_overlap(
    warehouse: sa.Engine, states: list[State]
) -> None:
    told = {}
    for state in states:
        made = publish(
            warehouse,
            manifest=nights.manifest(landing=f"{next(_MARKS)}"),
            tables=night_of(state),
        )
        told[made.publication_id] = state
    for publication_id, state in told.items():
        assert state_of(warehouse, publication_id) == state
    rows = intervals(warehouse)
    for _, person in rows.groupby(["register", "person_id"]) if len(rows) else ():
        ends, starts = person["until"].iloc[:-1], person["since"].iloc[1:]
        assert (ends.to_numpy() <= starts.to_numpy()).all()
        assert person["until"].iloc[:-1].notna().all()


def test_an_unchanged_night_writes_no_interval(warehouse: sa.Engine) -> None:
    facts = nights.facts()
    publish(warehouse, manifest=nights.manifest(), tables=facts)
    before = intervals(warehouse)
    publish(warehouse, manifest=nights.manifest(landing="b"), tables=facts)
    pd.testing.assert_frame_equal(intervals(warehouse), before)


def test_only_what_changed_is_written(warehouse: sa.Engine) -> None:
    publish(
        warehouse,
        manifest=nights.manifest(),
        tables=night_of({"A": "x", "B": "x", "C": "x"}),
    )
    publish(
        warehouse,
        manifest=nights.manifest(landing="b"),
        tables=night_of({"A": "x", "B": "y", "D": "x"}),
    )
    found = intervals(warehouse)[["person_id", "identity_id", "since", "until", "follows"]]
    assert found.astype(object).where(found.notna(), None).to_numpy().tolist() == [
        ["A", "x", 1, None, None],
        ["B", "x", 1, 2, None],
        ["B", "y", 2, None, 2],
        ["C", "x", 1, 2, None],
        ["D", "x", 2, None, None],
    ]


def test_a_person_who_returns_follows_his_earlier_interval(warehouse: sa.Engine) -> None:
    for mark, state in enumerate([{"A": "x"}, {}, {}, {"A": "x"}]):
        publish(warehouse, manifest=nights.manifest(landing=str(mark)), tables=night_of(state))
    rows = intervals(warehouse)
    assert rows[["since", "until", "follows"]].iloc[1].to_list()[0::2] == [4, 2]
    assert len(publications(warehouse)) == 4


@pytest.mark.parametrize(
    "interval",
    [
        pytest.param("3, NULL, NULL", id="a second first interval"),
        pytest.param("3, NULL, 2", id="a second open interval"),
        pytest.param("1, 2, NULL", id="the first one again"),
        pytest.param("1, 4, 2", id="one that begins before the end it follows"),
        pytest.param("2, 4, 3", id="one that follows an end that is not there"),
        pytest.param("4, 4, 2", id="an empty one"),
    ],
)
def test_the_database_refuses_intervals_that_overlap(warehouse: sa.Engine, interval: str) -> None:
    for mark, state in enumerate([{"A": "x"}, {"A": "y"}]):
        publish(warehouse, manifest=nights.manifest(landing=str(mark)), tables=night_of(state))
    with pytest.raises(sa.exc.IntegrityError), warehouse.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO registry.identities (register, person_id, identity_id, since, until, "
                f"follows) VALUES ('prison', 'A', 'z', {interval})"
            )
        )
