"""After the commit nothing changes the verdict: what is published is never called refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.samples.nights import AS_OF
from jobs.night import Night, run_night
from jobs.operate.run import placing, run_outcomes
from jobs.operate.run.placing import place_files, verdict_stands
from jobs.runtime.errors import BadInput, NotPlaced
from jobs.runtime.settings import load_settings

STEPS = ("extract", "check", "link", "assess", "report")


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Night:
    """A night whose steps do nothing; publishing gives an id."""
    for name in STEPS:
        monkeypatch.setattr(Night, name, _nothing(name))
    monkeypatch.setattr(Night, "publish", _nothing("publish"))
    monkeypatch.setattr("jobs.night.published_by", lambda _: ("an id",))
    monkeypatch.setattr("jobs.night.try_on_night", _nothing("self_test"))
    return Night(as_of=AS_OF, label="test", settings=load_settings(data_dir=tmp_path))


def _nothing(name: str) -> Callable[..., str]:
    def step(*_: object, **__: object) -> str:
        return name

    step.__name__ = name
    return step


def _failing(error: BaseException) -> Callable[..., str]:
    def step(*_: object, **__: object) -> str:
        raise error

    step.__name__ = "publish"
    return step


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Failures that were written into the run log."""
    found: list[str] = []
    monkeypatch.setattr(
        run_outcomes,
        "_record",
        lambda _, outcome, failure: found.append(outcome),  # noqa: ARG005
    )
    return found


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(OSError(28, "No space left on device"), id="a full disk"),
        pytest.param(BadInput("warehouse", "does not answer", "start it"), id="no warehouse"),
        pytest.param(ValueError("A1001AA"), id="a fault of this software"),
    ],
)
def test_what_fails_after_publishing_is_no_refusal(
    error: Exception, night: Night, written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "_place_pages", _failing(error))
    monkeypatch.setattr(placing, "_place_corrections", _failing(error))
    with pytest.raises(NotPlaced) as told:
        run_night(night)
    assert written == []
    text = str(told.value)
    assert text.startswith(f"night [{AS_OF}]: is published, but its pages are not in place (")
    assert "and its files of corrections are not in place" in text
    assert "A1001AA" not in text
    assert len(text.splitlines()) == 1


def test_what_fails_while_publishing_is_written_down(
    night: Night, written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = BadInput("warehouse", "the disk is full", "free space")
    monkeypatch.setattr(Night, "publish", _failing(refused))
    with pytest.raises(BadInput):
        run_night(night)
    assert written == ["refused"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_what_ends_a_night_after_the_commit_is_no_failure(
    error: BaseException, night: Night, written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def publishing(_: Night) -> str:
        committed: list[str] = []
        with verdict_stands(AS_OF, committed):
            committed.append("an id")
            raise error

    monkeypatch.setattr(Night, "publish", publishing)
    with pytest.raises(NotPlaced, match="is published, but its pages are not in place"):
        run_night(night)
    assert written == []


def test_what_ends_a_night_before_the_commit_is_told_as_it_is() -> None:
    with pytest.raises(KeyboardInterrupt), verdict_stands(AS_OF, []):
        raise KeyboardInterrupt


def test_a_part_that_fails_does_not_keep_the_others_back(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(placing, "_place_pages", _failing(OSError(13, "Permission denied")))
    monkeypatch.setattr(placing, "_place_corrections", lambda _: done.append("corrections"))
    monkeypatch.setattr(placing, "_place_notices", lambda _: done.append("notices"))
    monkeypatch.setattr(placing, "_remove_old", lambda _: done.append("old"))
    night.folder.mkdir(parents=True)
    with pytest.raises(NotPlaced, match="pages are not in place \\(Permission denied\\); mend"):
        place_files(night)
    assert done == ["corrections", "notices", "old"]
