"""Many at work in one warehouse at once: nobody waits for ever, and nothing is half."""

import pytest

from benchmarks.survival.together import at_once, together
from jobs.warehouse.embedded import EmbeddedServer

READING = "twenty readers, a night and a migration: OperationalError"


@pytest.mark.parametrize(
    "trials", [2, *(pytest.param(n, marks=pytest.mark.long) for n in (16, 200))]
)
def test_who_is_at_work_at_once_leaves_nothing_half(postgres: EmbeddedServer, trials: int) -> None:
    found = together(postgres, trials=trials, seed=trials)
    # Open, as docs/promises.md says: the server may end a reader's statement during an upgrade.
    ended = [line for line in found.wrong if "DeadlockDetected" in line and READING in line]
    assert [line for line in found.wrong if line not in ended] == []
    assert found.trials.total() == trials
    assert len(found.trials) == min(trials, 8)


def test_what_goes_wrong_in_a_trial_is_told() -> None:
    def fails() -> None:
        raise LookupError("half")

    errors = at_once([fails, lambda: None])
    assert [type(error) for error in errors] == [LookupError]
