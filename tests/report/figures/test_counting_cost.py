"""What counting figures costs, in passes over the rows: none is made once for each figure."""

from collections import Counter

import pytest

from benchmarks.samples.report_nights import invent, report
from jobs.report.figures.families import due
from jobs.report.figures.registry import FIGURES
from jobs.report.figures.uncertainty import Uncertainty


@pytest.mark.parametrize("episodes", [40, 160])
def test_what_may_move_a_row_is_looked_up_once_whatever_counts_it(
    monkeypatch: pytest.MonkeyPatch, episodes: int
) -> None:
    passes: Counter[str] = Counter()

    def counted(owner: object, name: str) -> None:
        work = getattr(owner, name)

        def count(*args: object, **more: object) -> object:
            passes[name] += 1
            return work(*args, **more)

        monkeypatch.setattr(owner, name, count)

    invented = invent(episodes=episodes)
    # A night is invented, its report too, when it is first looked at: before anything is counted.
    tables, facts = invented.tables, invented.facts
    for name in ("beside", "may_leave", "is_set_aside", "may_come"):
        counted(Uncertainty, name)
    counted(due, "_with_unread")
    report(tables, facts)
    assert sum(figure.id.startswith(("missed.", "due.")) for figure in FIGURES) >= 40
    assert passes["_with_unread"] == 1
    assert passes["may_leave"] == 2
    assert max(passes.values()) <= 13  # a third of the figures
