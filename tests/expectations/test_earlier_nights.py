"""Checks against the last nights: shrunken and silent prisons and teams, leaks, drift."""

from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.gate_stages import nights_before, suite_asked
from benchmarks.samples.minimal_registers import AS_OF, default_rows, register_tables
from expectations import suite
from jobs.check import check_results_of_night
from jobs.check.check_history import AS_OF as DAY
from jobs.check.check_history import CheckHistory, with_first_failures, with_first_seen
from jobs.check.profile import HELD, MOVED, OPEN, RECORDED, UNKNOWN_CODE
from jobs.contract import results
from tests.expectations.test_result_checks import facts_of_a_night, rows

Row = dict[str, Any]


def profile(table: str, measure: str, **values: int) -> pd.DataFrame:
    return rows(
        results.PROFILE,
        *(
            {"table_name": table, "measure": measure, "value": value, "rows": number}
            for value, number in values.items()
        ),
    )


def nights(*frames: pd.DataFrame, first: int = 1) -> CheckHistory:
    name = results.PROFILE.full_name
    return nights_before({n: {name: frame} for n, frame in enumerate(frames, first)})


def episodes(number: int) -> list[Row]:
    row = default_rows("prison.episodes")[0]
    return [{**row, "episode_id": f"X{n}"} for n in range(number)]


def cases(number: int, **more: Any) -> list[Row]:
    row = default_rows("immigration.cases")[0]
    return [{**row, "case_id": f"X{n}", "team": "CCD 1", **more} for n in range(number)]


@pytest.mark.parametrize(
    ("usually", "held", "observed"),
    [
        pytest.param((100, 100, 100), 80, 0, id="a fifth less"),
        pytest.param((100, 100, 100), 79, 1, id="more than a fifth less"),
        pytest.param((100, 10, 100), 79, 1, id="a bad night before does not lower what is usual"),
        pytest.param((49, 49, 49), 1, 0, id="a small prison"),
    ],
)
def test_a_prison_that_lost_people_is_named(
    usually: tuple[int, ...], held: int, observed: int
) -> None:
    before = nights(*(profile("prison.episodes", HELD, AAI=number) for number in usually))
    tables = register_tables(prison_episodes=episodes(held))
    answer = suite_asked(tables, "prison.episodes.shrunk_prisons", history=before).iloc[0]
    assert answer["observed"] == observed
    assert answer["passed"] == (not observed)


def test_a_prison_that_is_gone_altogether_has_fallen_silent_and_shrunk() -> None:
    before = nights_before(
        {
            1: {
                results.PROFILE.full_name: pd.concat(
                    [
                        profile("prison.episodes", HELD, ZZI=60),
                        profile("prison.movements", MOVED, ZZI=20, YYI=19),
                    ]
                )
            }
        }
    )
    ids = ("prison.episodes.shrunk_prisons", "prison.movements.fell_silent")
    found = suite_asked(register_tables(), *ids, history=before)
    assert list(found["observed"]) == [1, 1]


def test_a_team_that_lost_cases_or_stopped_recording_is_named() -> None:
    before = nights(
        pd.concat(
            [
                profile("immigration.cases", OPEN, **{"CCD 1": 60}),
                profile("immigration.events", RECORDED, **{"CCD 1": 30}),
            ]
        )
    )
    tables = register_tables(immigration_cases=cases(40), immigration_events=[])
    ids = ("immigration.cases.shrunk_teams", "immigration.events.fell_silent")
    assert list(suite_asked(tables, *ids, history=before)["observed"]) == [1, 1]


def test_nights_long_ago_say_nothing_of_what_is_usual() -> None:
    before = nights(profile("prison.episodes", HELD, AAI=1000), first=15)
    tables = register_tables(prison_episodes=episodes(1))
    answer = suite_asked(tables, "prison.episodes.shrunk_prisons", history=before).iloc[0]
    assert answer["passed"]


def test_a_slow_leak_is_a_warning() -> None:
    counted = {"register": "prison", "table_name": "movements", "quarantined": 0}
    name = results.ROW_COUNTS.full_name
    before = nights_before(
        {
            n: {name: rows(results.ROW_COUNTS, {**counted, "rows_in": many, "accepted": many})}
            for n, many in ((1, 92), (5, 100), (9, 110))
        }
    )
    movement = default_rows("prison.movements")[0]
    tables = register_tables(
        prison_movements=[{**movement, "movement_sequence": n} for n in range(85)]
    )
    ids = ("prison.movements.shrunk", "prison.movements.leaking")
    found = suite_asked(tables, *ids, history=before)
    assert list(found["passed"]) == [True, False]
    assert set(found["severity"]) == {"critical", "warning"}


@pytest.mark.parametrize(
    ("unknown", "passed"),
    [pytest.param(12, True, id="one point more"), pytest.param(20, False, id="five points more")],
)
def test_drift_of_unknown_nationality_is_a_warning(unknown: int, passed: bool) -> None:
    before = nights(profile("prison.persons", "nationality", NIGERIA=190, UNKNOWN=10))
    person = default_rows("prison.persons")[0]
    people = [
        {
            **person,
            "prisoner_number": f"A{n:04}AA",
            "nationality": "UNKNOWN" if n < unknown else "NIGERIA",
        }
        for n in range(200)
    ]
    tables = register_tables(prison_persons=people)
    found = suite_asked(tables, "prison.persons.nationality.unknown_drift", history=before)
    assert list(found["passed"]) == [passed]


def test_a_code_list_whose_meaning_moved_is_a_warning() -> None:
    before = nights(profile("prison.persons", "gender", M=190, F=10))
    person = default_rows("prison.persons")[0]
    people = [
        {**person, "prisoner_number": f"A{n:04}AA", "gender": "M" if n < 150 else "F"}
        for n in range(200)
    ]
    tables = register_tables(prison_persons=people)
    found = suite_asked(tables, "prison.persons.gender.drift", history=before).iloc[0]
    assert found["observed"] == pytest.approx(0.2)
    assert not found["passed"]


def test_a_value_outside_its_list_is_counted_and_never_shown() -> None:
    from jobs.check import check_night

    person = {**default_rows("prison.persons")[0], "gender": "somebody's name"}
    tables = register_tables(prison_persons=[person, *default_rows("prison.persons")[1:]])
    found = check_night(tables=tables, as_of=AS_OF, suite=suite()).profile
    assert UNKNOWN_CODE in set(found["value"])
    assert not found["value"].str.contains("somebody").any()


def linked(number: int) -> dict[str, pd.DataFrame]:
    figure = {"figure_id": "links.linked", "group_value": "(all)", "value": number}
    counts = {"register": "immigration", "table_name": "persons", "rows_in": 2, "accepted": 2}
    return {
        results.FIGURES.full_name: rows(results.FIGURES, figure),
        results.ROW_COUNTS.full_name: rows(results.ROW_COUNTS, counts),
    }


@pytest.mark.parametrize(
    ("usually", "passed"),
    [pytest.param(1, True, id="as usual"), pytest.param(2, False, id="half of the usual")],
)
def test_drift_of_the_link_rate_is_a_warning(usually: int, passed: bool) -> None:
    facts = facts_of_a_night()
    figure = {"figure_id": "links.linked", "group_value": "(all)", "value": 1}
    facts["nightly.figures"] = pd.concat(
        [facts["nightly.figures"], rows(results.FIGURES, figure)], ignore_index=True
    )
    before = nights_before({1: linked(usually), 2: linked(usually)})
    audited = check_results_of_night(facts=facts, as_of=AS_OF, suite=suite(), history=before)
    found = audited.results.set_index("check_id").loc["nightly.links.rate_drift"]
    assert found["passed"] == passed
    audited.stop_if_critical()


def test_a_failure_is_dated_from_its_first_night_without_a_break() -> None:
    def night(since: str | None, *, passed: bool) -> pd.DataFrame:
        return rows(
            results.CHECK_RESULTS,
            {
                "check_id": "a",
                "passed": passed,
                "failing_since_date": since and pd.Timestamp(since),
            },
        )

    tonight = night(None, passed=False)
    name = results.CHECK_RESULTS.full_name
    for before, since in (
        (None, str(AS_OF)),
        (night(None, passed=True), str(AS_OF)),
        (night(None, passed=False), "2006-04-24"),
        (night("2006-04-20", passed=False), "2006-04-20"),
    ):
        history = CheckHistory() if before is None else nights_before({1: {name: before}})
        found = with_first_failures(
            tonight, history=history, table=results.CHECK_RESULTS, as_of=AS_OF
        )
        assert str(found["failing_since_date"].iloc[0].date()) == since
    held = with_first_failures(
        night(None, passed=True),
        history=nights_before({1: {name: night("2006-04-20", passed=False)}}),
        table=results.CHECK_RESULTS,
        as_of=AS_OF,
    )
    assert held["failing_since_date"].isna().all()


def test_a_bad_row_is_known_again_by_its_key_or_by_its_content() -> None:
    common = {"register": "prison", "table_name": "episodes", "rule_id": "a"}
    before = rows(
        results.QUARANTINE,
        {**common, "row_number": 1, "row_key": "E1", "row": "as it was"},
        {**common, "row_number": 2, "row_key": "", "row": "no key"},
    )
    tonight = rows(
        results.QUARANTINE,
        {**common, "row_number": 7, "row_key": "E1", "row": "changed"},
        {**common, "row_number": 8, "row_key": "", "row": "no key"},
        {**common, "row_number": 9, "row_key": "", "row": "another without a key"},
    )
    history = nights_before({3: {results.QUARANTINE.full_name: before}})
    assert DAY in history.of(results.QUARANTINE)
    found = with_first_seen(tonight, history=history, as_of=AS_OF)["first_seen_date"]
    assert [str(day.date()) for day in found] == ["2006-04-22", "2006-04-22", "2006-04-25"]
