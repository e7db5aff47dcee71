"""The planted cases of a night whose folder takes no record: the test is made all the same."""

from collections.abc import Callable
from typing import cast

import pytest

from jobs.contract.proof.failure_kinds import KINDS, PlantedCases
from jobs.operate.run.run_folder import RunFolder
from jobs.planted import nightly

FOUND = PlantedCases(planted=dict.fromkeys(KINDS, 5), found=dict.fromkeys(KINDS, 5), sampled=3)
RUN = cast("RunFolder", object())


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[PlantedCases]:
    """What is written down of planted cases, in its order."""
    written: list[PlantedCases] = []
    monkeypatch.setattr(nightly, "_record", lambda _run, cases: written.append(cases))
    monkeypatch.setattr(nightly, "_recorded", lambda _run: written[-1] if written else None)
    monkeypatch.setattr(nightly, "try_on", lambda _run: FOUND)
    return written


def full(*_: object) -> PlantedCases:
    raise OSError(28, "No space left on device")


def no_room(kept: list[PlantedCases], *, first: bool) -> Callable[[RunFolder], None]:
    """A measured test whose record finds no room: the one of its beginning, or of its end."""

    def test(_run: RunFolder) -> None:
        if not first:
            kept.append(FOUND)
        full()

    return test


@pytest.mark.parametrize("first", [True, False], ids=["its beginning", "its end"])
def test_a_test_whose_measure_finds_no_room_is_made_once(
    kept: list[PlantedCases], monkeypatch: pytest.MonkeyPatch, first: bool
) -> None:
    monkeypatch.setattr(nightly, "self_test", no_room(kept, first=first))
    assert nightly.try_on_night(RUN) == FOUND
    assert kept == [FOUND]


def test_a_test_that_cannot_be_made_is_told_of_and_tried_on_the_next_run(
    kept: list[PlantedCases], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nightly, "self_test", no_room(kept, first=True))
    with monkeypatch.context() as without:
        without.setattr(nightly, "try_on", full)
        told = nightly.try_on_night(RUN)
    assert told is not None
    assert told.failure == "OSError"
    assert nightly.try_on_night(RUN) == FOUND
    assert [cases.failure for cases in kept] == ["OSError", ""]
    assert nightly.try_on_night(RUN) == FOUND
    assert len(kept) == 2, "what is made is not made again"
