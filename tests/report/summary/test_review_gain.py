"""What the review pays: the share of each pair, the sentence, and what the truth makes of it."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.ranges import NIGHT, accepted
from benchmarks.samples.positions import frame
from jobs.assess import assess, load_policy
from jobs.contract import results
from jobs.link import link_registers
from jobs.report import build_report, key_figure
from jobs.report.summary.review_gain import expected_range, gain_line, narrowing, steps_of_first
from jobs.review.consequences import queue
from jobs.synthetic.world import World, build_world

Row = dict[str, Any]


def waiting(*prisoners: str) -> pd.DataFrame:
    return pd.DataFrame({"prisoner_number": pd.Series(prisoners, dtype="str")})


def episodes(*rows: Row) -> pd.DataFrame:
    base = {
        "prisoner_number": "A", "status": "NOT_REFERRED", "is_possibly_considered": True,
        "is_nationality_unknown": False, "is_court_recommended": False,
    }  # fmt: skip
    return pd.DataFrame([base | row for row in rows])


@pytest.mark.parametrize(
    ("rows", "prisoners", "expected"),
    [
        pytest.param([{}], ["A"], [1.0], id="one episode"),
        pytest.param([{}, {}], ["A"], [2.0], id="two episodes of one person"),
        pytest.param([{}], ["A", "A"], [0.5, 0.5], id="two pairs of one person"),
        pytest.param([{}], ["B", "A"], [0.0, 1.0], id="another's pair"),
        pytest.param([{"is_nationality_unknown": True}], ["A"], [0.0], id="in doubt all the same"),
        pytest.param(
            [{"is_nationality_unknown": True, "is_court_recommended": True}],
            ["A"],
            [1.0],
            id="nationality matters not",
        ),
        pytest.param([{"status": "DUE"}], ["A"], [0.0], id="not missed"),
        pytest.param([{"is_possibly_considered": False}], ["A"], [0.0], id="holds no decision"),
    ],
)
def test_each_pair_is_told_its_share(
    rows: list[Row], prisoners: list[str], expected: list[float]
) -> None:
    assert narrowing(waiting(*prisoners), episodes(*rows)).tolist() == expected


@settings(deadline=None)
@given(
    prisoners=st.lists(st.sampled_from("ABCD"), max_size=8),
    held=st.lists(st.sampled_from("ABCD"), min_size=1, max_size=8),
)
def test_the_shares_sum_to_the_episodes_that_wait(prisoners: list[str], held: list[str]) -> None:
    rows = episodes(*({"prisoner_number": name} for name in held))
    found = narrowing(waiting(*prisoners), rows)
    assert found.sum() == pytest.approx(sum(name in prisoners for name in held))


def figures(**told: tuple[float, float, float]) -> pd.DataFrame:
    names = {
        "missed": ("missed.total", "(all)"),
        "possible": ("missed.possible_match", "(all)"),
        "off": ("missed.most_likely_parts", "considered under a possible match"),
    }
    rows = [
        {"figure_id": names[name][0], "group_value": names[name][1], "value": value, "low": low,
         "high": high, "unit": "releases"}
        for name, (value, low, high) in told.items()
    ]  # fmt: skip
    return frame(results.FIGURES, rows)


DEFAULT = figures(missed=(1251, 1006, 1264), possible=(100, 0, 100), off=(-80, -80, -80))


def test_the_page_says_what_the_pairs_that_pay_most_make_of_the_range() -> None:
    steps = steps_of_first(pd.Series([0.0] * 805 + [1.0] * 50))
    assert gain_line(DEFAULT, pairs=855, steps=steps) == (
        "If the 100 that matter most of the 855 pairs that wait are decided on, the range of those "
        "released without consideration, now between 1,006 and 1,264, narrows to some 1,016 to "
        "1,224."
    )


def test_a_short_queue_is_told_whole_and_one_that_narrows_nothing_not_at_all() -> None:
    assert gain_line(DEFAULT, pairs=1, steps=1.0).startswith(
        "If the 1 pair that waits is decided on, "
    )
    assert gain_line(DEFAULT, pairs=2, steps=0.0) == ""
    assert gain_line(figures(), pairs=1, steps=1.0) == ""


def test_a_day_s_work_is_the_hundred_that_narrow_most() -> None:
    assert steps_of_first(pd.Series([1.0] * 99 + [0.25] * 3 + [2.0] * 2)) == 102.0
    assert steps_of_first(pd.Series([], dtype="float64")) == 0.0


class Reviewed:
    """A night of an invented world under some decisions."""

    def __init__(self, world: World, decisions: pd.DataFrame) -> None:
        checked = accepted(dict(world.tables))
        linked = link_registers(
            tables=checked.accepted,
            decisions=decisions,
            previous_identities=results.IDENTITIES.empty(),
        )
        assessed = assess(
            tables=checked.accepted,
            links=linked.links,
            identities=linked.identities,
            as_of=NIGHT,
            policy=load_policy(),
        )
        facts = {
            results.QUARANTINE.full_name: checked.quarantine,
            results.ROW_COUNTS.full_name: checked.row_counts,
            results.CHECK_RESULTS.full_name: checked.results,
            results.LINKS.full_name: linked.links,
            results.IDENTITIES.full_name: linked.identities,
            results.ASSESSMENTS.full_name: assessed.assessments,
            results.RELEASES.full_name: assessed.releases,
            results.REASONS.full_name: assessed.reasons,
            results.FLAGS.full_name: assessed.flags,
            results.DISCREPANCIES.full_name: assessed.discrepancies,
        }
        self.figures = build_report(tables=checked.accepted, facts=facts, as_of=NIGHT).figures
        self.queue = queue(links=linked.links, assessments=assessed.assessments)


@pytest.mark.long
def test_deciding_with_the_truth_narrows_the_range_as_was_said() -> None:
    world = build_world(seed=90_012, people=6_000, as_of=NIGHT, noise="harsh")
    before = Reviewed(world, results.DECISIONS.empty())
    first = len(before.queue) // 2
    assert before.queue["narrows"].head(first).sum() >= 5
    said = expected_range(before.figures, float(before.queue["narrows"].head(first).sum()))
    people = world.truth["people"].to_pandas()
    true = {*people[["prisoner_number", "cid_person_id"]].itertuples(index=False, name=None)}
    decided = [
        {
            "prisoner_number": pair.prisoner_number,
            "cid_person_id": pair.cid_person_id,
            "judgement": "must_link"
            if (pair.prisoner_number, pair.cid_person_id) in true
            else "must_not_link",
            "reviewer": "invented",
            "reason": "the truth",
            "decided_at": pd.Timestamp("2006-04-25", tz="UTC"),
        }
        for pair in before.queue.head(first).itertuples()
    ]
    after = key_figure(Reviewed(world, frame(results.DECISIONS, decided)).figures, "missed.total")
    assert said is not None
    assert (after.low, after.high) == pytest.approx(said, abs=6)
    missed = key_figure(before.figures, "missed.total")
    assert after.high - after.low < missed.high - missed.low
