"""TOML files that people write: whatever is wrong with one is one line, wherever it is read."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from jobs.assess import load_policy
from jobs.assess.policy.rule_overrides import read_overrides
from jobs.check.suite.exceptions import exceptions_on
from jobs.extract.mapping import read_mapping
from jobs.notify.recipients import load_recipients
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import load_settings
from jobs.runtime.toml_files import DEEPEST, MOST_BYTES, read_toml
from jobs.synthetic.base.noise import noise_named

BOMBS = {
    "lists": b"a = " + b"[" * 5000 + b"]" * 5000 + b"\n",
    "tables within": b"a = " + b"{b=" * 5000 + b"1" + b"}" * 5000 + b"\n",
    "dots": b".".join([b"a"] * 3000) + b" = 1\n",
    "headings": b"[" + b".".join([b"a"] * 3000) + b"]\n",
    "digits": b"a = " + b"9" * 5000 + b"\n",
    "size": b"# " + b"x" * MOST_BYTES + b"\n",
    "UTF-16": "a = 1\n".encode("utf-16"),
    "NUL": b"a = \x00\n",
    "not TOML": b"a = [\n",
}


def with_environment(path: Path) -> object:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("RECONCILIATION_SETTINGS", str(path))
        return load_settings()


READERS: dict[str, Callable[[Path], object]] = {
    "any": lambda path: read_toml(path, where="file [x]"),
    "settings": with_environment,
    "mapping": lambda path: read_mapping(register="prison", path=path),
    "recipients": load_recipients,
    "overrides of rules": read_overrides,
    "rules": lambda path: load_policy(overrides=path),
    "noise": lambda path: noise_named(str(path)),
    "exceptions": lambda path: exceptions_on(
        as_of=date(2006, 4, 25), known=frozenset(), laws=frozenset(), file=path
    ),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_file_that_cannot_be_read_is_one_line(bomb: str, reader: str, tmp_path: Path) -> None:
    path = tmp_path / "given.toml"
    path.write_bytes(BOMBS[bomb])
    with pytest.raises(BadInput) as refused:
        READERS[reader](path)
    assert len(str(refused.value).splitlines()) == 1
    assert len(str(refused.value)) < 500


@pytest.mark.parametrize("reader", sorted(READERS.keys() - {"exceptions", "noise"}))
def test_a_folder_is_no_file(reader: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        READERS[reader](tmp_path)


def test_a_byte_order_mark_and_the_line_ends_of_windows_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "given.toml"
    path.write_bytes(b'\xef\xbb\xbfa = "b"\r\n[c]\r\nd = 1\r\n')
    assert read_toml(path, where="file [x]") == {"a": "b", "c": {"d": 1}}


@pytest.mark.parametrize(("levels", "is_read"), [(DEEPEST, True), (DEEPEST + 1, False)])
def test_nesting_has_an_end(levels: int, is_read: bool, tmp_path: Path) -> None:
    path = tmp_path / "given.toml"
    path.write_text(".".join(["a"] * levels) + " = 1\n", encoding="utf-8")
    if is_read:
        assert read_toml(path, where="file [x]")
    else:
        with pytest.raises(BadInput, match="nested deeper"):
            read_toml(path, where="file [x]")
