"""No message shows a setting that can hold a password, however the setting is mistyped."""

import pickle
from pathlib import Path

import pytest

from jobs.extract.files.folder import open_folder
from jobs.runtime import redaction
from jobs.runtime.errors import BadInput
from jobs.runtime.redaction import crash_text, hide, holds_password, redacted, write_crash
from jobs.runtime.settings import load_settings

SECRET = "hunter2hunter2"


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test hides is not hidden in the next."""
    monkeypatch.setattr(redaction, "_hidden", set())


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(f"postgresql:/reader:{SECRET}@host/db", id="one stroke too few"),
        pytest.param(f"reader:{SECRET}@host/db", id="no dialect"),
        pytest.param(f"/data?password={SECRET}", id="a password as a query"),
        pytest.param(f"postgresql//reader:{SECRET}@host/db", id="no colon"),
        pytest.param(f"{SECRET}@", id="a password alone"),
    ],
)
def test_a_mistyped_url_taken_for_a_folder_is_not_shown(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILIATION_PRISON", url)
    settings = load_settings()
    with (
        pytest.raises(BadInput) as refused,
        open_folder(folder=settings.prison, register="prison"),
    ):
        pass
    assert SECRET not in str(refused.value)
    assert "no folder" in str(refused.value)
    assert SECRET not in str(pickle.loads(pickle.dumps(refused.value)))


@pytest.mark.parametrize("name", ["SCHEDULE", "WAIT_UNTIL", "KEEP_DAYS", "LINK_ENGINE"])
def test_a_url_in_the_wrong_setting_is_not_shown(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"RECONCILIATION_{name}", f"smtp://mailer:{SECRET}@host:25")
    with pytest.raises(BadInput) as refused:
        load_settings()
    assert SECRET not in str(refused.value)


def test_a_setting_of_the_settings_file_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f'prison = "postgres:/reader:{SECRET}@host/x"\nschedule = "{SECRET}@x"\n')
    monkeypatch.setenv("RECONCILIATION_SETTINGS", str(file))
    with pytest.raises(BadInput) as refused:
        load_settings()
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("value", "is_shown"),
    [
        pytest.param("/srv/a folder", True, id="a plain path"),
        pytest.param("04:30", True, id="a time of day"),
        pytest.param("/srv/a:b", False, id="a colon"),
        pytest.param("a@b", False, id="an at"),
        pytest.param("a?b", False, id="a question mark"),
    ],
)
def test_what_holds_no_sign_of_a_url_is_shown(value: str, is_shown: bool) -> None:
    hide([value])
    assert (value in redacted(f"folder [{value}]")) == is_shown


def test_user_and_password_of_any_url_are_taken_out() -> None:
    text = "asked postgresql://reader:pw@host/db and https://a.invalid/x"
    assert redacted(text) == "asked postgresql://host/db and https://a.invalid/x"


@pytest.mark.parametrize(
    ("url", "holds"),
    [
        pytest.param("postgresql://reader:pass@host/db", True, id="a password"),
        pytest.param("postgresql://host/db?password=pass", True, id="as an option"),
        pytest.param("postgresql://reader@host/db", False, id="a user alone"),
        pytest.param("/a/folder", False, id="a folder"),
    ],
)
def test_a_password_on_the_command_line_is_seen(url: str, holds: bool) -> None:
    assert holds_password(url) == holds


def failing(value: str) -> None:
    try:
        {}[value]
    except KeyError as error:
        raise ValueError(f"row of {value}") from error


def test_a_crash_tells_its_place_and_no_value(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Canary") as crashed:
        failing("-".join(["Canary", "Anyname"]))
    text = crash_text(crashed.value)
    assert "Canary-Anyname" not in text
    assert "builtins.ValueError" in text
    assert "builtins.KeyError" in text
    assert "in failing" in text
    path = write_crash(crashed.value, data_dir=tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent == tmp_path / "crashes"
    (tmp_path / "a file").touch()
    elsewhere = write_crash(crashed.value, data_dir=tmp_path / "a file")
    assert elsewhere.stat().st_mode & 0o777 == 0o600
    elsewhere.unlink()
