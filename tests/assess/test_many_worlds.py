"""The agreement and the laws of bad news over worlds by the thousand, none seen by another test.

``make test-long WORLDS=20000`` asks about so many (half an hour); the command that CI runs about
fewer. It stops at the first world on which the fast assessment and the reference differ.
"""

import os
from collections.abc import Callable
from typing import Final

import pytest

from benchmarks.samples.odd_worlds import NIGHTS, invent
from tests.assess.test_agreement import disagreements, kinds_of
from tests.assess.test_monotone import LAWS, improved
from tests.conftest import KINDS

BATCH: Final = 250
FIRST: Final = 1_000
"""The first start of the draws: far from those of the ordinary tests."""
WORLDS: Final = int(os.environ.get("WORLDS", "1000"))


@pytest.mark.long
@pytest.mark.parametrize("start", range(FIRST, FIRST + -(-WORLDS // BATCH)))
def test_worlds_that_no_other_test_looks_at(
    start: int, record_property: Callable[[str, object], None]
) -> None:
    worlds = invent(start=start, count=BATCH)
    for night in NIGHTS:
        judged, odd = disagreements(worlds, night=night)
        assert judged >= len(worlds)
        assert not odd, odd[0]
    record_property(KINDS, {"worlds in all": len(worlds), **kinds_of(worlds)})
    for law in LAWS:
        _, better = improved(worlds, law, start=start)
        assert not better, better[0]
