import os
import pwd

import pytest

from jobs.runtime.machine_user import machine_user


def test_the_user_is_the_systems_word_and_not_the_environments(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("USER", "LOGNAME", "LNAME", "USERNAME", "SUDO_USER"):
        monkeypatch.setenv(name, "somebody-else")
    assert machine_user() == pwd.getpwuid(os.getuid()).pw_name


def test_a_user_without_a_name_is_named_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)
    assert machine_user() == "user 4000000000"
