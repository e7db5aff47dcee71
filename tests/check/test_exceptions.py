"""Exceptions from the checks: each with a reason, an owner and an expiry, or the night stops."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from expectations import suite
from jobs.check import Audited, exceptions_of
from jobs.check.rules import row_rules
from jobs.check.suite.exceptions import exceptions_on
from jobs.contract import results
from jobs.report.summary.caveats import excused_checks
from jobs.runtime.errors import BadInput, GateFailed

DROP = "nightly.movement.unexplained_drop"
KNOWN = {"prison.movements.silent_prisons", "prison.persons.shrunk", "prison.persons.key", DROP}
WHOLE = """
# why
[[override]]
rule = "prison.persons.shrunk"
reason = "a wing moved to another register"
owner = "data team of the prison register"
expires = 2006-04-25
"""


def read(tmp_path: Path, text: str, as_of: date = date(2006, 4, 25)) -> dict[str, str]:
    file = tmp_path / "expectations" / "overrides.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    found = exceptions_on(
        as_of=as_of, known=KNOWN, laws={"prison.persons.key"}, answered={DROP}, file=file
    )
    return {rule: exception.words for rule, exception in found.items()}


def test_an_exception_holds_to_its_last_day(tmp_path: Path) -> None:
    assert read(tmp_path, WHOLE) == {
        "prison.persons.shrunk": "a wing moved to another register "
        "(data team of the prison register, until 2006-04-25)"
    }
    with pytest.raises(BadInput, match=r"overrides\.toml\] line 3: .* ran out on 2006-04-25"):
        read(tmp_path, WHOLE, date(2006, 4, 26))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param(WHOLE.replace("shrunk", "shrink"), r"line 3: no rule", id="unknown rule"),
        pytest.param(WHOLE.replace("shrunk", "key"), r"line 3: .* has no exception", id="a law"),
        pytest.param(
            WHOLE.replace("prison.persons.shrunk", DROP),
            r"line 3: .* guards who leaves a list; .* --publish-despite", id="who leaves a list",
        ),
        pytest.param(WHOLE + WHOLE, r"line 10: .* excepted twice", id="twice"),
        pytest.param(
            WHOLE.replace('"a wing moved to another register"', '" "'),
            r"line 3: \[reason\] is missing", id="blank reason",
        ),
        pytest.param(
            WHOLE.replace("expires = 2006-04-25", ""), r"line 3: \[expires\]", id="no expiry"
        ),
        pytest.param(
            WHOLE.replace("2006-04-25", '"2006-04-25"'), r"line 3: \[expires\]", id="text"
        ),
        pytest.param(WHOLE + "by = 'x'", r"line 3: \[by\] is not known", id="unknown field"),
        pytest.param("rule = 1", r"\[rule\] is not known", id="no heading"),
        pytest.param("[[override", r"not TOML", id="not TOML"),
    ],
)  # fmt: skip
def test_an_exception_that_is_not_whole_stops_at_its_line(
    tmp_path: Path, text: str, what: str
) -> None:
    with pytest.raises(BadInput, match=what):
        read(tmp_path, text)


def test_no_file_lets_a_night_pass_on_which_people_leave_a_list_by_no_act_on_record(
    tmp_path: Path,
) -> None:
    """As a night asks it, with the suite as it is: two people with an editor are not enough."""
    file = tmp_path / "overrides.toml"
    file.write_text(WHOLE.replace("prison.persons.shrunk", DROP))
    with pytest.raises(BadInput, match="has no exception"):
        exceptions_of(replace(suite(), exceptions=file), as_of=date(2006, 4, 25))


def test_the_exceptions_of_this_repository_name_rules_and_have_not_run_out() -> None:
    checks = suite().checks
    exceptions_on(
        as_of=date.today(),  # noqa: DTZ011
        known={check.id for check in checks} | {rule.id for rule in row_rules()},
        file=suite().exceptions,
        laws={check.id for check in checks if check.is_law},
        answered={check.id for check in checks if check.is_answered},
    )
    assert suite().exceptions.is_file()


def test_an_excepted_failure_stops_nothing() -> None:
    frame = pd.DataFrame(
        {
            "check_id": ["a", "b"], "severity": "critical", "table_name": "t", "meaning": "m",
            "passed": False, "excused": ["a reason (an owner, until 2006-04-25)", None],
        }
    )  # fmt: skip
    whole = frame.reindex(columns=results.CHECK_RESULTS.columns)
    Audited(results=whole[:1]).stop_if_critical()
    with pytest.raises(GateFailed, match=r"check \[b\]"):
        Audited(results=whole).stop_if_critical()
    Audited(results=whole).stop_if_critical(despite=["b"])


def test_an_exception_is_told_with_its_owner_wherever_a_night_is_reported() -> None:
    """First page, emails and workbook take these lines from one place; see `caveats`."""
    frame = pd.DataFrame(
        {
            "check_id": ["z", "a", "b", "c"], "table_name": "t", "meaning": "rows are whole",
            "passed": [False, False, False, True],
            "excused": ["why (an owner, until 2006-04-25)", "=1+1 (x, until 2006-04-25)",
                        None, "not needed tonight (y, until 2006-04-25)"],
        }
    )  # fmt: skip
    facts = {results.CHECK_RESULTS.full_name: frame.reindex(columns=results.CHECK_RESULTS.columns)}
    lines = excused_checks(facts)
    assert [line.split()[3] for line in lines] == ["a", "z"]
    assert "why (an owner, until 2006-04-25). It asks that rows are whole." in lines[1]
