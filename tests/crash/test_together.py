"""Many at work in one warehouse at once: nobody waits for ever, and nothing is half."""

import pytest

from benchmarks.survival.together import at_once, together
from jobs.warehouse.embedded import EmbeddedServer


@pytest.mark.parametrize(
    "trials", [2, *(pytest.param(n, marks=pytest.mark.long) for n in (16, 200))]
)
def test_who_is_at_work_at_once_leaves_nothing_half(postgres: EmbeddedServer, trials: int) -> None:
    found = together(postgres, trials=trials, seed=trials)
    assert found.wrong == []
    assert found.trials.total() == trials
    assert len(found.trials) == min(trials, 8)


def test_what_goes_wrong_in_a_trial_is_told() -> None:
    def fails() -> None:
        raise LookupError("half")

    errors = at_once([fails, lambda: None])
    assert [type(error) for error in errors] == [LookupError]
