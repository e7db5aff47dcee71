"""The bound of a pair is never below its weight, so scoring by bounds first loses nothing."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.link import engine
from jobs.link.bounds import bound_sql
from jobs.link.comparisons import comparisons_for
from jobs.link.engine import bench, compare, weigh
from jobs.link.glance import LOOKS, Glance, Pair
from jobs.link.model import first_shares
from jobs.link.persons import immigration_side, make_side, prison_side
from tests.link.invented import invent

names = st.none() | st.sampled_from(
    ["Mohammed", "Muhamad", "Al", "O", "Jean Pierre", "Jean", "van der Berg", "Berg",
     "Garcia Lopez", "Lopez", "Smith", "Smyth", "Žižek", "李文", "ab", "ba", "x-y", ""]
) | st.text("abcé -", max_size=9)  # fmt: skip
births = st.none() | st.sampled_from(
    ["19700304", "19700403", "19700101", "19710101", "19700305", "19713004", "1970", "19800304",
     "197003x4", "20700304", "19690304"]
)  # fmt: skip
number = st.none() | st.sampled_from(
    ["2003/0062845E", "12/394773H", "A1234AA", "A1234AB", "A2134AA"]
)
person = st.fixed_dictionaries(
    {
        "first_name": names, "middle_names": names, "last_name": names, "date_of_birth": births,
        "gender": st.sampled_from([None, "M", "F"]), "birth_place": names, "suburb": names,
        "nationality": st.sampled_from([None, "JAMAICA", "NIGERIA"]),
        "second_nationality": st.sampled_from([None, "JAMAICA"]),
        "postcode": st.sampled_from([None, "AB1 2CD", "AB12CE", "AB1", "ZZ9 9ZZ"]),
        "street_number": st.sampled_from([None, "1", "12"]), "address": names,
        "region": st.sampled_from([None, "north", "south"]),
        "pnc": number, "noms": number, "more": number, "ho": number,
    }
)  # fmt: skip
people = st.lists(person, min_size=2, max_size=6)


def side(entries: list[dict], *, turned: bool):
    frame = pd.DataFrame(entries).astype("str").assign(id=[f"{n}" for n in range(len(entries))])
    values = {s: frame[["id", s]].set_axis(["id", "value"], axis=1) for s in ("pnc", "noms", "ho")}
    more = frame[["id", "more"]].set_axis(["id", "value"], axis=1)
    values["noms"] = pd.concat([values["noms"], more])
    return make_side(persons=frame, aliases=None, numbers=values, turned=turned)


@pytest.mark.parametrize("coarse", [True, False], ids=["coarse", "fine"])
@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(left=people, right=people)
def test_no_comparison_weighs_more_than_its_bound(coarse, left, right):
    sides = side(left, turned=False), side(right, turned=True)
    shares = first_shares(comparisons_for({*sides[0].rows.column_names}))
    with bench(left=sides[0], right=sides[1]) as table:
        connection = table.connection
        connection.execute(
            "CREATE TABLE every AS SELECT l.row AS row_l, r.row AS row_r FROM rows_l l, rows_r r"
        )
        exact = compare(table, shares=shares, pairs="every").df().set_index(["row_l", "row_r"])
        connection.execute("RESET disabled_optimizers")
        table.make_numbers(shares)
        bounds = {c.column: bound_sql(c, shares, coarse=coarse) for c in table.comparisons}
        columns = sorted(set(re.findall(r"\b(\w+)_[lr]\b", " ".join(bounds.values()))))
        beside = "".join(f", l.{name} AS {name}_l, r.{name} AS {name}_r" for name in columns)
        most = connection.execute(
            f"SELECT row_l, row_r, {', '.join(f'{sql} AS {name}' for name, sql in bounds.items())} "
            f"FROM (SELECT row_l, row_r{beside} FROM every "
            "JOIN numbers_l l ON l.row = row_l JOIN numbers_r r ON r.row = row_r)"
        ).df().set_index(["row_l", "row_r"])  # fmt: skip
        for comparison in table.comparisons:
            weight = exact[f"weight_{comparison.column}"].astype(float)
            short = most[comparison.column].astype(float).reindex(weight.index) - weight
            assert short.min() >= -1e-6, (comparison.name, short.idxmin())


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(left=people, right=people)
def test_no_comparison_weighs_more_than_it_does_at_a_glance(left, right):
    sides = side(left, turned=False), side(right, turned=True)
    shares = first_shares(comparisons_for({*sides[0].rows.column_names}))
    with bench(left=sides[0], right=sides[1]) as table:
        table.connection.execute(
            "CREATE TABLE every AS SELECT l.row AS row_l, r.row AS row_r FROM rows_l l, rows_r r"
        )
        exact = compare(table, shares=shares, pairs="every").df()
        table.connection.execute("RESET disabled_optimizers")
        glance = Glance(
            comparisons=table.comparisons, shares=shares, at_least=0.0,
            numbers=tuple(table.numbers(name, shares) for name in "lr"),
        )  # fmt: skip
    rows = exact["row_l"].to_numpy(), exact["row_r"].to_numpy()
    pair = Pair(glance.numbers, rows)
    rest = np.zeros(len(exact))
    for comparison in table.comparisons:
        weight = exact[f"weight_{comparison.column}"].to_numpy(dtype=float)
        if comparison.name in LOOKS:
            assert (glance.look(comparison, pair) >= weight - 1e-3).all(), comparison.name
        else:
            rest += weight
    assert (np.minimum(*pair.both("rest_with_numbers")) >= rest - 1e-3).all()


def test_glancing_at_pairs_gives_the_same_pairs(monkeypatch):
    tables = invent(seed=13, shared=200, alone=200).tables
    shares = first_shares(comparisons_for(prison_side(tables).rows.column_names))
    found, formed = [], []
    for least in (10**18, 0):
        monkeypatch.setattr(engine, "WORTH_GLANCING", least)
        with bench(left=prison_side(tables), right=immigration_side(tables)) as table:
            table.block(shares=shares, at_least=0.0)
            count = table.connection.execute("SELECT count(*) FROM pairs").fetchall()
            formed.append(count[0][0])
            found.append(weigh(table, shares=shares, at_least=0.0))
    assert formed[1] < formed[0]
    pd.testing.assert_frame_equal(*found)


def test_scoring_by_bounds_first_gives_the_same_pairs(monkeypatch):
    tables = invent(seed=12, shared=200, alone=200).tables
    shares = first_shares(comparisons_for(prison_side(tables).rows.column_names))
    found = []
    for least in (10**9, 0):
        monkeypatch.setattr(engine, "WORTH_BOUNDING", least)
        with bench(left=prison_side(tables), right=immigration_side(tables)) as table:
            table.block()
            found.append(weigh(table, shares=shares, at_least=0.0))
    assert len(found[0])
    pd.testing.assert_frame_equal(*found)
