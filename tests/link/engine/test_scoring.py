import math
from datetime import date

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from benchmarks.samples.person_pairs import as_side, invent
from jobs.link.block.blocking import SMALLEST_BUDGET
from jobs.link.compare.comparison_levels import BIRTH, FAMILY, GIVEN, comparisons_for
from jobs.link.engine.scoring import compare
from jobs.link.engine.scoring_context import scoring_context
from jobs.link.model.linkage_model import current_model, first_parameters, read_model
from jobs.link.train.training import train
from tests.link import reference

names = st.sampled_from(
    ["Mohammed", "Muhamad", "Mohamed", "Ali", "Al", "Omar", "O", "Jean Pierre", "Jean", "Nguyen",
     "van der Berg", "Berg", "Garcia Lopez", "Lopez", "Kowalski", "Kowalsky", "Smith", "Smyth"]
)  # fmt: skip
births = st.dates(pd.Timestamp("1970-01-02").date(), pd.Timestamp("1973-12-31").date())
person = st.fixed_dictionaries(
    {
        "first_name": st.none() | names,
        "last_name": st.none() | names,
        "date_of_birth": st.none() | births | st.just(pd.Timestamp("1971-01-01").date()),
    }
)
BORN = {"first_name": None, "last_name": None, "date_of_birth": date(1971, 1, 1)}
people = st.lists(person, min_size=3, max_size=12)
REFERENCES = (
    (GIVEN, reference.given_name),
    (FAMILY, reference.family_name),
    (BIRTH, reference.date_of_birth),
)


def side(entries: list[dict], *, turned: bool):
    frame = pd.DataFrame(entries)
    frame["date_of_birth"] = pd.to_datetime(frame["date_of_birth"])
    frame["id"] = [f"{n:03d}" for n in range(len(frame))]
    return as_side(frame, {}, turned=turned)


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(left=people, right=people)
@example(left=[BORN | {"date_of_birth": date(1973, 1, 1)}] * 3, right=[BORN] * 3)
def test_levels_and_weights_are_those_of_the_plain_reference(left, right):
    parameters = first_parameters(comparisons_for(["given", "family", "birth"]))
    with scoring_context(left=side(left, turned=False), right=side(right, turned=True)) as context:
        context.connection.execute(
            "CREATE TABLE every AS SELECT l.row AS row_l, r.row AS row_r FROM rows_l l, rows_r r"
        )
        found = compare(context, parameters=parameters, pairs="every").df()
        rows = [context.connection.table(f"rows_{name}").df() for name in "lr"]
    rows = [frame.astype(object).where(frame.notna(), None).set_index("row") for frame in rows]
    used = {comparison.name for comparison in context.comparisons}
    for pair in found.to_dict("records"):
        one, two = rows[0].loc[pair["row_l"]].to_dict(), rows[1].loc[pair["row_r"]].to_dict()
        for comparison, level_of in REFERENCES:
            if comparison.name not in used:
                continue
            expected = level_of(one, two)
            place = pair[f"level_{comparison.column}"]
            assert expected == (comparison.levels[place].name if place >= 0 else None)
            scaled = frozenset(level.name for level in comparison.levels if level.term_frequency)
            measured = 0 if comparison.is_ordered else place
            column = comparison.levels[measured].term_frequency
            bits = (one[f"bits_{column}"], two[f"bits_{column}"]) if column else (None, None)
            scored = reference.weight(
                expected,
                parameters=parameters[comparison.name],
                term_frequency=bits,
                scaled=scaled,
                is_ordered=comparison.is_ordered,
            )
            assert pair[f"weight_{comparison.column}"] == pytest.approx(scored, abs=1e-6)


def test_training_is_the_same_every_time_and_sums_to_one():
    tables = invent(seed=5, shared=200, alone=100).tables
    frames = [tables[f"{name}.persons"].to_pandas() for name in ("prison", "immigration")]
    for frame, key in zip(frames, ("prisoner_number", "cid_person_id"), strict=True):
        frame["id"] = frame[key]
        frame["date_of_birth"] = pd.to_datetime(frame["date_of_birth"])
    learned = []
    for _ in range(2):
        sides = [as_side(frame, {}, turned=n == 1) for n, frame in enumerate(frames)]
        with scoring_context(left=sides[0], right=sides[1]) as context:
            context.block()
            learned.append(train(context))
    assert learned[0] == learned[1]
    for levels in learned[0].values():
        assert math.isclose(sum(same for same, _ in levels.values()), 1.0, abs_tol=1e-6)


def test_no_blocking_rule_spends_more_than_its_budget():
    frame = pd.DataFrame({"id": [f"{n:05d}" for n in range(2000)]})
    frame = frame.assign(first_name="Maria", last_name="Garcia", date_of_birth="19700304")
    sides = [as_side(frame, {}, turned=turned) for turned in (False, True)]
    with scoring_context(left=sides[0], right=sides[1]) as context:
        uses = context.block()
        formed = context.connection.execute("SELECT count(*) FROM pairs").fetchall()[0][0]
    assert all(use.pairs <= SMALLEST_BUDGET for use in uses)
    assert formed == 0
    assert all(use.left_out_pairs == 4_000_000 for use in uses if use.left_out_keys == 1)


def test_the_current_model_reads_back_as_written(tmp_path):
    model = current_model()
    model.write(tmp_path / "model.json")
    again = read_model(tmp_path / "model.json")
    assert again == model
    assert again.digest == model.digest
