import errno
import multiprocessing
import pickle
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.runtime.errors import BadInput, GateFailed, Unreachable
from jobs.runtime.files import canonical_json, locked, text_digest, whole_folder


def test_a_folder_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "part"
    with whole_folder(target) as folder:
        (folder / "a").write_text("1")
        assert not target.exists()
    assert (target / "a").read_text() == "1"


def test_a_failure_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "part"
    with whole_folder(target) as folder:
        (folder / "a").write_text("1")
    with pytest.raises(FileNotFoundError), whole_folder(target) as folder:
        shutil.copy(target / "not there", folder / "a")
    assert (target / "a").read_text() == "1"
    assert list(tmp_path.iterdir()) == [target]


def test_what_a_killed_run_left_is_not_taken_over(tmp_path: Path) -> None:
    left = tmp_path / ".part.partial"
    left.mkdir()
    (left / "half").write_text("half")
    with whole_folder(tmp_path / "part"):
        pass
    assert not (tmp_path / "part" / "half").exists()


@pytest.mark.parametrize(
    ("number", "what"),
    [
        pytest.param(errno.ENOSPC, "the disk is full", id="a full disk"),
        pytest.param(errno.EACCES, "cannot be written", id="no right to write"),
    ],
)
def test_an_error_of_the_disk_becomes_one_line(tmp_path: Path, number: int, what: str) -> None:
    with pytest.raises(BadInput, match=what) as caught, whole_folder(tmp_path / "part"):
        raise OSError(number, "as the system says it")
    assert "\n" not in str(caught.value)


def test_any_other_error_of_the_system_stays_what_it_was(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="odd"), whole_folder(tmp_path / "part"):
        raise OSError(errno.EIO, "odd")


def _hold(path: Path, ready: "multiprocessing.synchronize.Event") -> None:  # type: ignore[name-defined]
    with locked(path, "the work"):
        ready.set()
        multiprocessing.Event().wait()


def test_a_lock_is_held_by_one_process_and_goes_with_it(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    holder = context.Process(target=_hold, args=(tmp_path / "lock", ready))
    holder.start()
    assert ready.wait(10)
    with pytest.raises(BadInput, match="another process"), locked(tmp_path / "lock", "the work"):
        pass
    holder.kill()
    holder.join()
    with locked(tmp_path / "lock", "the work"):
        pass


@pytest.mark.parametrize("kind", [BadInput, Unreachable, GateFailed])
def test_errors_survive_the_way_between_processes(kind: type[BadInput]) -> None:
    error = pickle.loads(pickle.dumps(kind("where", "what", "todo")))
    assert type(error) is kind
    assert str(error) == "where: what; todo"


@given(st.lists(st.text()), st.lists(st.text()))
def test_two_lists_of_texts_share_a_digest_only_if_they_are_equal(
    left: list[str], right: list[str]
) -> None:
    assert (text_digest(*left) == text_digest(*right)) == (left == right)


@given(st.dictionaries(st.text(), st.integers()))
def test_canonical_json_does_not_depend_on_the_order_of_keys(value: dict[str, int]) -> None:
    backwards = dict(reversed(list(value.items())))
    assert canonical_json(value) == canonical_json(backwards)
