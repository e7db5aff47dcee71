"""The ledger of the assurance sample: signed by the database, withdrawn and never changed."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from benchmarks.samples import nights
from jobs.runtime.errors import BadInput
from jobs.warehouse import (
    Publication,
    assurance_checks,
    publications,
    record_check,
    sample_checks,
    withdraw_check,
)


def check(engine: sa.Engine, episode: str = "E 1", result: str = "right", **changes: str) -> int:
    told = {"stratum": "considered, other", "by": "A. Reader", "note": "file seen"} | changes
    return record_check(engine, of=_of(engine), episode_id=episode, result=result, **told)


def _of(engine: sa.Engine) -> Publication:
    return publications(engine)[-1]


def test_checks_count_by_stratum_and_by_who_was_logged_in(
    ledger: sa.Engine, another: sa.Engine
) -> None:
    assert not sample_checks(ledger, as_of=nights.AS_OF).checked
    check(ledger, "E 1")
    check(ledger, "E 2", "cannot_tell", by="another name of the same person")
    check(another, "E 3", "wrong", stratum="british, other")
    found = sample_checks(ledger, as_of=nights.AS_OF)
    assert found.checked == {"british, other": 1, "considered, other": 2}
    assert found.bad == {"british, other": 1, "considered, other": 1}
    assert found.people == 2


def test_a_check_counts_for_a_year_from_its_night_and_not_before(ledger: sa.Engine) -> None:
    check(ledger)
    day = nights.AS_OF
    assert sample_checks(ledger, as_of=day + timedelta(days=364)).checked
    assert not sample_checks(ledger, as_of=day + timedelta(days=365)).checked
    assert not sample_checks(ledger, as_of=day - timedelta(days=1)).checked


def test_a_later_check_of_the_same_draw_replaces_the_earlier(ledger: sa.Engine) -> None:
    first, second = check(ledger), check(ledger, result="wrong")
    assert list(assurance_checks(ledger)["check_id"]) == [second]
    withdraw_check(ledger, check_id=second, by="A. Reader", reason="wrong file")
    with pytest.raises(BadInput, match="does not hold"):
        withdraw_check(ledger, check_id=first, by="A. Reader", reason="again")
    assert assurance_checks(ledger).empty


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"result": "fine"}, id="a result that there is not"),
        pytest.param({"by": " "}, id="no name"),
        pytest.param({"note": ""}, id="no note"),
    ],
)
def test_a_check_that_is_not_whole_is_refused(ledger: sa.Engine, changes: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        check(ledger, **changes)


def test_nobody_writes_anothers_name_or_day_or_changes_a_check(ledger: sa.Engine) -> None:
    check(ledger)
    number = _of(ledger).number
    with ledger.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO review.assurance_checks (publication_number, episode_id, stratum, "
                "result, checked_by, note, checked_at, recorded_by) VALUES (:number, 'E 9', 's', "
                "'right', 'somebody', 'n', '1999-01-01', 'mallory')"
            ),
            {"number": number},
        )
    newest = assurance_checks(ledger).iloc[0]
    assert newest["recorded_by"] == ledger.url.username
    assert newest["checked_at"].year > 1999
    for change in (
        "UPDATE review.assurance_checks SET result = 'right'",
        "DELETE FROM review.assurance_checks",
        "TRUNCATE review.assurance_checks",
    ):
        with (
            pytest.raises(sa.exc.IntegrityError, match="withdrawn once"),
            ledger.begin() as connection,
        ):
            connection.execute(sa.text(change))
