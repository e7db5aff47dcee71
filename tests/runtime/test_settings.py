from pathlib import Path

import pytest

from jobs.runtime.errors import BadInput
from jobs.runtime.settings import load_settings


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RECONCILIATION_SETTINGS", "SMTP_URL", "LINK_ENGINE", "RECONCILIATION_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)


def settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> Path:
    path = tmp_path / "site.toml"
    path.write_text(text)
    monkeypatch.setenv("RECONCILIATION_SETTINGS", str(path))
    return path


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_file(tmp_path, monkeypatch, 'prison = "from file"\nmail_from = "a@example.org"\n')
    monkeypatch.setenv("RECONCILIATION_PRISON", "from environment")
    settings = load_settings()
    assert settings.prison == "from environment"
    assert settings.mail_from == "a@example.org"


def test_arguments_win_over_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILIATION_PRISON", "from environment")
    assert load_settings(prison="given").prison == "given"


def test_an_unknown_key_in_the_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_file(tmp_path, monkeypatch, 'prisn = "typo"\n')
    with pytest.raises(BadInput, match=r"setting \[prisn\]"):
        load_settings()


def test_an_unknown_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILIATION_WAREHUOSE", "typo")
    with pytest.raises(BadInput, match=r"RECONCILIATION_WAREHUOSE"):
        load_settings()


def test_a_value_outside_its_choices_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINK_ENGINE", "abacus")
    with pytest.raises(BadInput, match=r"setting \[link_engine\]"):
        load_settings()


def test_a_settings_file_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILIATION_SETTINGS", str(tmp_path / "nowhere.toml"))
    with pytest.raises(BadInput, match=r"nowhere\.toml"):
        load_settings()


def test_a_settings_file_that_is_not_toml_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_file(tmp_path, monkeypatch, "prison = \n")
    with pytest.raises(BadInput, match="not TOML"):
        load_settings()


def test_the_mail_password_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_URL", "smtp://user:hunter2@localhost")
    settings = load_settings()
    assert "hunter2" not in repr(settings)
    assert settings.smtp_url.get_secret_value().endswith("@localhost")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xff\xfep\x00r\x00", id="UTF-16"),
        pytest.param(b"\x00", id="NUL"),
        pytest.param(b"prison = [1]\n", id="a list for a text"),
        pytest.param(None, id="a folder"),
    ],
)
def test_a_settings_file_that_cannot_be_read_is_named_in_one_line(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.toml"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    monkeypatch.setenv("RECONCILIATION_SETTINGS", str(path))
    with pytest.raises(BadInput) as refused:
        load_settings()
    assert len(str(refused.value).splitlines()) == 1


def test_a_byte_order_mark_is_no_part_of_a_settings_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b'\xef\xbb\xbfprison = "/data"\n')
    monkeypatch.setenv("RECONCILIATION_SETTINGS", str(path))
    assert load_settings().prison == "/data"
