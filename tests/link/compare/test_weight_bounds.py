"""The bound of a pair is never below its weight, so leaving pairs out by it loses nothing."""

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.samples.person_pairs import as_side, invent
from jobs.link.compare.comparison_levels import comparisons_for
from jobs.link.compare.level_bounds import SHARED_NUMBER, is_number
from jobs.link.compare.weight_bounds import NAMES
from jobs.link.engine import scoring
from jobs.link.engine import scoring_context as contexts
from jobs.link.engine.scoring import compare, score_pairs
from jobs.link.engine.scoring_context import scoring_context
from jobs.link.model.linkage_model import first_parameters
from jobs.link.standardise.register_sides import immigration_side, prison_side

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
    return as_side(frame, values, turned=turned)


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(left=people, right=people)
def test_no_comparison_weighs_more_than_its_bound(left, right):
    sides = side(left, turned=False), side(right, turned=True)
    parameters = first_parameters(comparisons_for({*sides[0].rows.column_names}))
    with scoring_context(left=sides[0], right=sides[1]) as context:
        context.connection.execute(
            "CREATE TABLE every AS SELECT l.row AS row_l, r.row AS row_r FROM rows_l l, rows_r r"
        )
        exact = compare(context, parameters=parameters, pairs="every").df()
        context.connection.execute("RESET disabled_optimizers")
        bounds = context.bounds(parameters, at_least=0.0)
    rows = exact["row_l"].to_numpy(), exact["row_r"].to_numpy()
    pair = bounds.pair(rows)
    for comparison in context.comparisons:
        weight = exact[f"weight_{comparison.column}"].to_numpy(dtype=float)
        assert (bounds.bound(comparison, pair) >= weight - 1e-3).all(), comparison.name
        if comparison.name in NAMES:
            most = np.maximum(*pair.both(f"most_{comparison.needs[0]}"))
            assert (most >= weight - 1e-3).all(), comparison.name
    heavy = exact["weight"].to_numpy(dtype=float) >= 0
    assert bounds.can_reach(rows, is_number_possible=True)[heavy].all()
    is_apart = np.ones(len(exact), dtype=bool)
    for comparison in context.comparisons:
        if is_number(comparison):
            level = exact[f"level_{comparison.column}"].to_numpy()
            shared = [n for n, g in enumerate(comparison.levels) if g.name in SHARED_NUMBER]
            is_apart &= ~np.isin(level, shared)
    assert bounds.can_reach(rows, is_number_possible=False)[heavy & is_apart].all()


def test_bounding_pairs_gives_the_same_pairs(monkeypatch):
    tables = invent(seed=13, shared=200, alone=200).tables
    parameters = first_parameters(comparisons_for(prison_side(tables).rows.column_names))
    found, formed = [], []
    for least in (10**18, 0):
        monkeypatch.setattr(contexts, "WORTH_BOUNDING_EARLY", least)
        with scoring_context(left=prison_side(tables), right=immigration_side(tables)) as context:
            context.block(parameters=parameters, at_least=0.0)
            count = context.connection.execute("SELECT count(*) FROM pairs").fetchall()
            formed.append(count[0][0])
            found.append(score_pairs(context, parameters=parameters, at_least=0.0))
    assert formed[1] < formed[0]
    pd.testing.assert_frame_equal(*found)


def test_bounding_pairs_already_formed_gives_the_same_pairs(monkeypatch):
    tables = invent(seed=12, shared=200, alone=200).tables
    parameters = first_parameters(comparisons_for(prison_side(tables).rows.column_names))
    found = []
    for least in (10**9, 0):
        monkeypatch.setattr(scoring, "WORTH_BOUNDING", least)
        with scoring_context(left=prison_side(tables), right=immigration_side(tables)) as context:
            context.block()
            found.append(score_pairs(context, parameters=parameters, at_least=0.0))
    assert len(found[0])
    pd.testing.assert_frame_equal(*found)
