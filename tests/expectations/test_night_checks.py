"""Each suite on the registers finds what it is there to find."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.gate_stages import suite_asked
from benchmarks.samples.minimal_registers import AS_OF, default_rows, register_tables
from jobs.contract import results


def counts(**rows_in: int) -> pd.DataFrame:
    """The row counts of an earlier publication."""
    frame = pd.DataFrame(
        {
            "register": "prison",
            "table_name": list(rows_in),
            "rows_in": list(rows_in.values()),
            "accepted": list(rows_in.values()),
            "quarantined": 0,
        }
    )
    return results.ROW_COUNTS.frame(results.ROW_COUNTS.arrow(frame))


def movements(number: int) -> list[dict[str, Any]]:
    row = default_rows("prison.movements")[0]
    return [{**row, "movement_sequence": n} for n in range(1, number + 1)]


@pytest.mark.parametrize(
    ("before", "now", "passed"),
    [
        pytest.param(100, 95, True, id="a twentieth less"),
        pytest.param(100, 89, False, id="a ninth less"),
        pytest.param(100, 0, False, id="nothing left of a large table"),
        pytest.param(3, 0, False, id="nothing left of a small table"),
        pytest.param(30, 20, True, id="a third less of a small table"),
    ],
)
def test_a_table_that_shrank_stops_the_night(before: int, now: int, passed: bool) -> None:
    answers = suite_asked(
        register_tables(prison_movements=movements(now)),
        "prison.movements.shrunk",
        previous=counts(movements=before),
    )
    assert answers.loc["prison.movements.shrunk", "passed"] == passed
    assert answers.loc["prison.movements.shrunk", "severity"] == "critical"


def test_a_table_that_doubled_is_a_warning() -> None:
    answers = suite_asked(
        register_tables(prison_movements=movements(150)),
        "prison.movements.swollen",
        previous=counts(movements=60),
    )
    assert answers.loc["prison.movements.swollen", "observed"] == 2.5
    assert not answers.loc["prison.movements.swollen", "passed"]


def test_the_first_night_has_nothing_to_shrink_from() -> None:
    answers = suite_asked(register_tables(), "prison.movements.shrunk")
    assert answers.loc["prison.movements.shrunk", "passed"]


def test_an_empty_table_that_must_have_rows_stops_the_night() -> None:
    answers = suite_asked(register_tables(prison_episodes=[]), "prison.episodes.filled")
    assert not answers.loc["prison.episodes.filled", "passed"]


def test_a_delivery_of_another_night_stops_the_night() -> None:
    ids = ("prison.feed.of_the_night", "prison.feed.written")
    answers = suite_asked(register_tables(), *ids, as_of=AS_OF + timedelta(days=1))
    assert answers["passed"].tolist() == [False, False]
    assert suite_asked(register_tables(), *ids)["passed"].all()


def test_a_register_that_nobody_writes_to_is_a_warning() -> None:
    check = "prison.movements.quiet"
    assert suite_asked(register_tables(), check).loc[check, "observed"] == 24
    rows = movements(1)
    rows[0]["recorded_at"] = datetime(2006, 4, 20, tzinfo=UTC)
    assert suite_asked(register_tables(prison_movements=rows), check).loc[check, "passed"]


def test_many_bad_rows_stop_the_night_and_few_do_not() -> None:
    check = "prison.movements.quarantined"
    for bad, passed in ((50, True), (51, False)):
        rows = movements(200)
        for row in rows[:bad]:
            row["episode_id"] = "E99"
        answers = suite_asked(register_tables(prison_movements=rows), check)
        assert answers.loc[check, "passed"] == passed


@pytest.mark.parametrize(
    ("table", "position", "fields", "expected"),
    [
        pytest.param("sentences", 0, {"term_years": -1}, 1, id="a foreign national's sentence"),
        pytest.param("sentences", 1, {"term_years": -1}, 0, id="a British person's sentence"),
        pytest.param(
            "episodes",
            2,
            {"episode_id": "a\x00"},
            2,
            id="an episode without a number, and its sentence",
        ),
        pytest.param(
            "persons",
            1,
            {"prisoner_number": "a\x00"},
            1,
            id="a person whose number cannot be read",
        ),
        pytest.param("movements", 0, {"movement_type": None}, 0, id="a movement"),
    ],
)
def test_prisoners_in_quarantine_are_counted(
    table: str, position: int, fields: dict[str, object], expected: int
) -> None:
    rows = default_rows(f"prison.{table}")
    rows[position].update(fields)
    answers = suite_asked(
        register_tables(**{f"prison_{table}": rows}), "prison.quarantine.prisoners"
    )
    assert answers.loc["prison.quarantine.prisoners", "observed"] == expected


@pytest.mark.parametrize(
    ("table", "position", "fields", "expected"),
    [
        pytest.param("persons", 0, {}, 0, id="a person delivered twice"),
        pytest.param("persons", 1, {"nationality": "FRANCE"}, 1, id="British in one row alone"),
        pytest.param("persons", 0, {"nationality": "BRIT"}, 1, id="the other way round"),
        pytest.param("persons", 0, {"postcode": "LS1 1AA"}, 0, id="another address"),
        pytest.param("sentences", 0, {"term_years": 1}, 1, id="two lengths of one sentence"),
        pytest.param("sentences", 1, {"term_years": 1}, 0, id="of a British person's"),
        pytest.param("episodes", 0, {"legal_status": "REMAND"}, 1, id="two rows of one stay"),
    ],
)
def test_prisoners_are_counted_of_whom_two_rows_contradict_each_other(
    table: str, position: int, fields: dict[str, object], expected: int
) -> None:
    rows = default_rows(f"prison.{table}")
    rows.append({**rows[position], **fields})
    answers = suite_asked(
        register_tables(**{f"prison_{table}": rows}), "prison.quarantine.prisoners"
    )
    assert answers.loc["prison.quarantine.prisoners", "observed"] == expected


def test_many_duplicates_are_a_warning() -> None:
    rows = default_rows("prison.persons") * 2
    answers = suite_asked(register_tables(prison_persons=rows), "prison.persons.duplicates")
    assert answers.loc["prison.persons.duplicates", "observed"] == 0.5


def test_many_orphans_stop_the_night() -> None:
    rows = default_rows("prison.episodes")[:1]
    answers = suite_asked(
        register_tables(prison_episodes=rows),
        "prison.sentences.episode_id.orphans_some",
        "prison.sentences.episode_id.orphans_many",
    )
    assert answers["passed"].tolist() == [False, False]
    assert answers["severity"].tolist() == ["warning", "critical"]


def test_a_changed_code_list_stops_the_night() -> None:
    check = "prison.movements.movement_type.codes"
    rows = movements(10)
    for row in rows[:2]:
        row["movement_type"] = "XYZ"
    assert suite_asked(register_tables(prison_movements=rows), check).loc[check, "passed"]
    rows[2]["movement_type"] = "XYZ"
    answer = suite_asked(register_tables(prison_movements=rows), check).loc[check]
    assert not answer["passed"]
    assert (answer["rows_checked"], answer["rows_failed"]) == (10, 3)


@pytest.mark.parametrize(
    ("nationality", "observed"),
    [("UNKNOWN", 1.0), ("REF", 1.0), (None, 1.0), ("MARS", 1.0), ("GHANA", 2 / 3)],
)
def test_unknown_nationality_is_measured(nationality: str | None, observed: float) -> None:
    rows = default_rows("prison.persons")
    rows[0]["nationality"] = rows[2]["nationality"] = "STATE"
    rows[1]["nationality"] = nationality
    check = "prison.persons.nationality.unknown_many"
    answers = suite_asked(register_tables(prison_persons=rows), check)
    assert answers.loc[check, "observed"] == pytest.approx(observed)


def test_impossible_orders_of_events_are_measured() -> None:
    rows = default_rows("prison.movements")
    rows[0]["movement_date"] = date(2001, 1, 1)
    check = "prison.movements.movement_date.before_reception.many"
    answers = suite_asked(register_tables(prison_movements=rows), check)
    assert answers.loc[check, "observed"] == 0.25
    assert not answers.loc[check, "passed"]


def test_a_prison_that_fell_silent_is_a_warning() -> None:
    held = [
        {"episode_id": f"E{n}", "prisoner_number": "A1001AA", "prison_id": "BBI",
         "status": "ACTIVE IN"}
        for n in range(50)
    ]  # fmt: skip
    check = "prison.movements.silent_prisons"
    old = {
        "episode_id": "E1",
        "movement_sequence": 1,
        "movement_type": "ADM",
        "to_prison_id": "BBI",
    }
    for last, passed in ((date(2006, 3, 1), False), (date(2006, 4, 20), True)):
        answers = suite_asked(
            register_tables(
                prison_episodes=held, prison_movements=[{**old, "movement_date": last}]
            ),
            check,
        )
        assert answers.loc[check, "passed"] == passed


def test_the_contract_is_asked_again_of_the_accepted_rows() -> None:
    import duckdb

    from expectations import suite
    from jobs.check.suite.running import run_suite
    from jobs.contract.registers import TABLES

    checks = [
        check
        for check in suite().on_registers
        if check.id
        in {
            "prison.persons.key",
            "prison.persons.prisoner_number.required",
        }
    ]
    frame = TABLES["prison.persons"].frame(register_tables()["prison.persons"])
    spoilt = pd.concat([frame, frame]).assign(extra=1)
    spoilt.loc[0, "prisoner_number"] = None
    with duckdb.connect() as connection:
        good, bad = (
            run_suite(checks=checks, connection=connection, columns_of=lambda *_, f=f: f)  # type: ignore[misc]
            for f in (frame, spoilt)
        )
    assert good["passed"].tolist() == [True, True]
    assert bad["passed"].tolist() == [False, False]
