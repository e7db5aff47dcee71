"""Scoring only what changed gives the links of scoring everything, whatever happened since."""

import logging
import shutil
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.contract.registers import TABLES
from jobs.link import DuckDB, Linked, Memory, current_model, link_registers
from jobs.link.block import blocking
from jobs.link.memory import incremental
from tests.link.invented import decisions, invent, no_identities

WORLD = invent(seed=21, shared=80, alone=60).tables
SPARE = invent(seed=22, shared=30, alone=30).tables
KEYS = {"prison.persons": "prisoner_number", "immigration.persons": "cid_person_id"}
Tables = dict[str, pa.Table]

changes = st.lists(
    st.tuples(
        st.sampled_from(["rename", "delete", "come", "merge", "born", "decide", "nation"]),
        st.sampled_from(sorted(KEYS)),
        st.integers(0, 10**6),
    ),
    max_size=8,
)


def changed(tables: Tables, words: list[tuple[str, str, str]], step: Any) -> Tables:
    """The registers after one more thing happened; a decision goes to ``words``."""
    what, name, number = step
    frame = TABLES[name].frame(tables[name])
    place, other = number % len(frame), number * 7 % len(frame)
    if what == "decide":
        keys = [tables[n][key].to_pylist() for n, key in sorted(KEYS.items(), reverse=True)]
        pair = keys[0][number % len(keys[0])], keys[1][number % 11]
        words[:] = [word for word in words if word[:2] != pair]
        words.append((*pair, "must_link" if number % 2 else "must_not_link"))
        return tables
    if what == "rename":
        frame.loc[place, "last_name"] = frame["last_name"].iloc[other]
    elif what == "born":
        frame.loc[place, "date_of_birth"] = frame["date_of_birth"].iloc[other]
    elif what == "nation":
        frame.loc[frame["nationality"].eq("JAMAICA") & (np.arange(len(frame)) % 3 == 0),
                  "nationality"] = "NIGERIA"  # fmt: skip
    elif what == "merge":
        key, kept = KEYS[name], frame[KEYS[name]].iloc[place]
        frame.iloc[place] = frame.iloc[other]
        frame.loc[place, key] = kept
    elif what == "delete":
        frame = frame.drop(index=[place, other])
    elif what == "come":
        newcomers = TABLES[name].frame(SPARE[name])
        newcomers[KEYS[name]] = "N" + newcomers[KEYS[name]]
        newcomers = newcomers[~newcomers[KEYS[name]].isin(frame[KEYS[name]])]
        frame = pd.concat([frame, newcomers.iloc[number % 40 : number % 40 + 5]])
    return tables | {name: TABLES[name].arrow(frame.reset_index(drop=True))}


def link(tables: Tables, words: list[tuple[str, str, str]], memory: Memory | None) -> Linked:
    return link_registers(
        tables=tables,
        decisions=decisions(words),
        previous_identities=no_identities(),
        engine=DuckDB(memory=memory),
    )


@pytest.fixture(autouse=True)
def tight_budgets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules leave keys out, so that keys come under the bar and over it."""
    monkeypatch.setattr(blocking, "SMALLEST_BUDGET", 60)
    monkeypatch.setattr(blocking, "PAIRS_PER_PERSON", 0.25)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few people change so much that a memory would soon be put aside."""
    monkeypatch.setattr(incremental, "OLD", 10.0)


@pytest.mark.slow
@settings(
    deadline=None,
    max_examples=6,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(nights=st.lists(changes, min_size=2, max_size=4))
def test_over_any_nights_the_links_are_those_of_a_full_linkage(
    caplog: pytest.LogCaptureFixture, nights: list[Any]
) -> None:
    tables, words = WORLD, []
    folder = Path(tempfile.mkdtemp())
    memory = Memory(folder=folder / "memory", of="this code")
    try:
        link(tables, words, memory)
        for night in nights:
            for step in night:
                tables = changed(tables, words, step)
            quick, full = link(tables, words, memory), link(tables, words, None)
            pd.testing.assert_frame_equal(quick.links, full.links)
            pd.testing.assert_frame_equal(quick.identities, full.identities)
            assert quick.blocking == full.blocking
        assert "everything is scored" not in caplog.text
    finally:
        shutil.rmtree(folder)


def test_an_unchanged_night_scores_nobody_and_a_changed_one_only_who_changed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    memory = Memory(folder=tmp_path / "memory", of="this code")
    link(WORLD, [], memory)
    caplog.set_level(logging.INFO)
    link(WORLD, [], memory)
    assert "changed since the last run, l side: 0 of 140" in caplog.text
    caplog.clear()
    frame = TABLES["prison.persons"].frame(WORLD["prison.persons"])
    frame.loc[3, "birth_place"] = "Elsewhere Entirely"
    link(WORLD | {"prison.persons": TABLES["prison.persons"].arrow(frame)}, [], memory)
    counted = caplog.text.split("l side: ")[1].split(" of")[0]
    assert 1 <= int(counted) < 40


@pytest.mark.parametrize("register", ["prison", "immigration"])
def test_after_a_night_with_an_empty_register_the_links_are_those_of_a_full_linkage(
    tmp_path: Path, register: str
) -> None:
    memory = Memory(folder=tmp_path / "memory", of="this code")
    gone = {n: t.slice(0, 0) for n, t in WORLD.items() if n.startswith(register)}
    for tables in (WORLD, WORLD | gone, WORLD):
        quick, full = link(tables, [], memory), link(tables, [], None)
        assert quick.links.equals(full.links)
        assert quick.identities.equals(full.identities)


def tell(memory: Memory, statement: str) -> None:
    with duckdb.connect(str(memory.folder / "memory.duckdb")) as connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    "harm",
    ["cut", "cut keys", "no rows", "another code", "another model", "no state", "a killed run"],
)
def test_a_memory_that_cannot_be_used_is_not(tmp_path: Path, harm: str) -> None:
    memory = Memory(folder=tmp_path / "memory", of="this code")
    full = link(WORLD, [], None)
    link(WORLD, [], memory)
    if harm == "cut":
        path = memory.folder / "memory.duckdb"
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif harm == "cut keys":
        path = memory.folder / "key_r.bin"
        path.write_bytes(path.read_bytes()[:-8])
    elif harm == "no rows":
        (memory.folder / "rows_l.arrow").unlink()
    elif harm == "no state":
        tell(memory, "DROP TABLE state")
    elif harm == "a killed run":
        tell(memory, "UPDATE state SET state_of = ''")
        tell(memory, "DELETE FROM pairs")
    elif harm == "another code":
        memory = Memory(folder=memory.folder, of="other code")
    else:
        model = current_model()
        shares = {n: dict(g) for n, g in model.shares.items()}
        same, others = shares["gender"]["same"]
        shares["gender"]["same"] = (same / 2, others)
        other = type(model)(version="other", shares=shares)
        link_registers(
            tables=WORLD, decisions=decisions([]), previous_identities=no_identities(),
            model=other, engine=DuckDB(memory=memory),
        )  # fmt: skip
    assert link(WORLD, [], memory).links.equals(full.links)
