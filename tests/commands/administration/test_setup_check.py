"""``setup-check`` sees what a night needs, and makes none of it."""

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from jobs.commands.administration.airflow_checks import (
    _dag,
    airflow_findings,
    clock_finding,
    private_file,
)
from jobs.commands.administration.airflow_metadata import VARIABLE, is_external
from jobs.commands.administration.finding import Outlook
from jobs.commands.administration.machine_checks import open_ones, setup_findings
from jobs.runtime.errors import BadInput
from jobs.runtime.files import Readers
from jobs.runtime.settings import load_settings
from jobs.warehouse import PAGE, REVIEWER, create_roles, open_warehouse, upgrade
from tests.conftest import run_jobs


def command(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("RECONCILIATION_", "AIRFLOW"))}
    return run_jobs(*arguments, environment=kept | environment)


def standings(monkeypatch: pytest.MonkeyPatch, **settings: str) -> dict[str, tuple[Outlook, str]]:
    for name in [n for n in os.environ if n.startswith(("RECONCILIATION_", "AIRFLOW__DATABASE"))]:
        monkeypatch.delenv(name)
    for name, value in settings.items():
        monkeypatch.setenv(f"RECONCILIATION_{name.upper()}", value)
    return {found.name: (found.standing, found.detail) for found in setup_findings()}


def test_on_a_machine_where_nothing_is_it_says_so_and_makes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "not there"
    found = standings(monkeypatch, data_dir=str(data))
    assert not data.exists()
    assert list(tmp_path.iterdir()) == []
    assert found["prison register"][0] is Outlook.FAIL
    assert found["warehouse"] == (
        Outlook.NOTE,
        "the embedded one is not there yet; made by the first night",
    )
    assert found["airflow metadata"][0] is Outlook.NOTE
    assert found["disk"][0] is Outlook.OK
    assert "is not there yet" in found["permissions"][1]


def test_an_empty_warehouse_stays_empty(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = standings(
        monkeypatch,
        data_dir=str(tmp_path / "data"),
        warehouse=database,
        prison=str(tmp_path),
        immigration=str(tmp_path),
    )
    assert found["warehouse"][0] is Outlook.OK
    assert "empty: the first night makes its tables" in found["warehouse"][1]
    assert found["clock"][0] is Outlook.OK
    engine = sa.create_engine(database)
    assert "run" not in sa.inspect(engine).get_schema_names()
    engine.dispose()
    assert not (tmp_path / "data").exists()


def test_a_warehouse_of_newer_code_is_a_fault(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = open_warehouse(database)
    upgrade(warehouse)
    given = {"data_dir": str(tmp_path), "prison": "/x", "immigration": "/x", "warehouse": database}
    assert "up to date, 0 publications" in standings(monkeypatch, **given)["warehouse"][1]
    with warehouse.begin() as connection:
        connection.execute(sa.text("UPDATE run.alembic_version SET version_num = '9999'"))
    warehouse.dispose()
    standing, detail = standings(monkeypatch, **given)["warehouse"]
    assert standing is Outlook.FAIL
    assert "newer than this code" in detail


@pytest.mark.parametrize(
    ("granted", "named", "standing", "said"),
    [
        pytest.param((), False, Outlook.NOTE, "cannot act as [reconciliation_reviewer]", id="new"),
        pytest.param((), True, Outlook.FAIL, "python -m jobs roles", id="a user that lacks both"),
        pytest.param((REVIEWER,), True, Outlook.FAIL, "GRANT reconciliation_page", id="lacks one"),
        pytest.param((REVIEWER, PAGE), True, Outlook.OK, "for who is logged in", id="has both"),
    ],
)
def test_the_user_of_airflows_pages_has_the_roles_that_they_act_by(
    warehouse: sa.Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    granted: tuple[str, ...],
    named: bool,
    standing: Outlook,
    said: str,
) -> None:
    create_roles(warehouse)
    user = "page_of_a_site"
    with warehouse.begin() as connection:
        connection.execute(sa.text(f"CREATE ROLE {user} LOGIN"))
        connection.execute(sa.text(f"GRANT USAGE ON SCHEMA run TO {user}"))
        connection.execute(sa.text(f"GRANT SELECT ON ALL TABLES IN SCHEMA run TO {user}"))
        for role in granted:
            connection.execute(sa.text(f"GRANT {role} TO {user}"))
    own = warehouse.url.render_as_string(hide_password=False)
    url = warehouse.url.set(username=user).render_as_string(hide_password=False)
    given = {"page_warehouse": url, "warehouse": own} if named else {"warehouse": url}
    try:
        found = standings(
            monkeypatch, data_dir=str(tmp_path), prison="/x", immigration="/x", **given
        )
    finally:
        with warehouse.begin() as connection:
            connection.execute(sa.text(f"DROP OWNED BY {user}"))
            connection.execute(sa.text(f"DROP ROLE {user}"))
    assert found["Airflow's pages"][0] is standing
    assert said in found["Airflow's pages"][1]


@pytest.mark.parametrize(
    ("name", "mode", "standing"),
    [
        pytest.param("", 0o755, Outlook.FAIL, id="others list the data folder"),
        pytest.param("", 0o711, Outlook.OK, id="others pass through it"),
        pytest.param("landing", 0o750, Outlook.FAIL, id="a group reads landings"),
        pytest.param("landing", 0o700, Outlook.OK, id="nobody reads landings"),
        pytest.param("quarantine.csv", 0o755, Outlook.FAIL, id="others read what nobody declared"),
        pytest.param("postgres", 0o711, Outlook.OK, id="root's server is passed to"),
        pytest.param("postgres", 0o755, Outlook.FAIL, id="others list the server's folder"),
        pytest.param("pages", 0o755, Outlook.FAIL, id="pages are shown and no setting says so"),
    ],
)
def test_folders_that_hold_personal_data_are_for_their_own_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, mode: int, standing: Outlook
) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / name).mkdir(exist_ok=True)
    (data / name).chmod(mode)
    found = standings(
        monkeypatch, data_dir=str(data), prison="/x", immigration="/x", warehouse="sqlite://"
    )
    assert found["permissions"][0] is standing


@pytest.mark.parametrize(
    ("readers", "mode", "is_open"),
    [
        pytest.param("group", 0o750, False, id="as the setting says"),
        pytest.param("group", 0o755, True, id="more than the setting says"),
        pytest.param("everybody", 0o755, False, id="to everybody"),
        pytest.param("everybody", 0o777, True, id="everybody may write"),
    ],
)
def test_pages_are_as_open_as_the_setting_says(
    readers: Readers, mode: int, is_open: bool, tmp_path: Path
) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages").chmod(mode)
    tmp_path.chmod(0o711)
    assert open_ones(tmp_path, pages=readers) == [tmp_path / "pages"] * is_open


@pytest.mark.parametrize(
    ("name", "mode", "standing"),
    [
        pytest.param("signing_key", 0o640, Outlook.FAIL, id="others read the key"),
        pytest.param("signing_key", 0o600, Outlook.OK, id="nobody reads the key"),
        pytest.param("recipients", 0o664, Outlook.FAIL, id="others write who is mailed"),
        pytest.param("policy_overrides", 0o646, Outlook.FAIL, id="others write the rules"),
        pytest.param("policy_overrides", 0o644, Outlook.OK, id="others read the rules"),
    ],
)
def test_files_that_settings_name_are_closed(
    name: str,
    mode: int,
    standing: Outlook,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "a file"
    path.touch()
    path.chmod(mode)
    given = {name: str(path), "prison": "/x", "immigration": "/x", "warehouse": "sqlite://"}
    found = standings(monkeypatch, data_dir=str(tmp_path / "data"), **given)
    assert found["named files"][0] is standing


def test_a_password_file_that_others_may_read_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "passwords"
    file.touch(mode=0o600)
    assert "for its own user" in private_file(file)
    file.chmod(0o644)
    with pytest.raises(BadInput, match="others may read it"):
        private_file(file)


@pytest.mark.parametrize(
    ("paused", "alive", "standing"),
    [
        pytest.param({"a": False}, True, Outlook.OK, id="runs"),
        pytest.param({"a": True}, True, Outlook.FAIL, id="paused under a scheduler"),
        pytest.param({"a": True}, False, Outlook.NOTE, id="paused, and no scheduler yet"),
        pytest.param({}, True, Outlook.FAIL, id="not read"),
    ],
)
def test_a_paused_dag_is_a_fault_where_a_scheduler_runs(
    paused: dict[str, bool], alive: bool, standing: Outlook
) -> None:
    assert _dag("a", paused, alive=alive).standing is standing


def test_clocks_more_than_a_minute_apart_are_a_fault() -> None:
    now = datetime(2006, 4, 25, 23, tzinfo=UTC)
    assert "within a minute" in clock_finding(now + timedelta(seconds=59), where="w", now=now)
    for apart in (timedelta(seconds=61), timedelta(seconds=-61)):
        with pytest.raises(BadInput, match="61 s apart"):
            clock_finding(now + apart, where="w", now=now)


@pytest.mark.parametrize(
    ("environment", "external"),
    [
        pytest.param({}, False, id="nothing set"),
        pytest.param({"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": ""}, False, id="set to nothing"),
        pytest.param({"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "x"}, True, id="a URL"),
        pytest.param({"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_CMD": "x"}, True, id="a command"),
    ],
)
def test_a_site_may_keep_the_metadata_elsewhere(
    environment: dict[str, str], external: bool
) -> None:
    assert is_external(environment) is external


@pytest.mark.slow
@pytest.mark.airflow
@pytest.mark.long
def test_connections_and_metadata_outside_are_found_and_a_wrong_id_is_one_line(
    tmp_path: Path, database: str
) -> None:
    data = tmp_path / "data"
    held = {"conn_type": "fs", "extra": {"path": str(tmp_path / "prison")}}
    given = {
        "RECONCILIATION_DATA_DIR": str(data),
        "RECONCILIATION_PRISON": "airflow:nomis",
        "RECONCILIATION_IMMIGRATION": "airflow:nosuch",
        "RECONCILIATION_WAREHOUSE": database,
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
        "AIRFLOW_CONN_NOMIS": json.dumps(held),
    }
    done = command("setup-check", **given)
    assert done.returncode == 2, done.stdout + done.stderr
    said = dict(line[6:].split(": ", 1) for line in done.stdout.splitlines())
    assert said["connection of prison"] == "Airflow has [nomis]"
    assert said["connection of immigration"].startswith(
        "setting [immigration]: Airflow has no connection [nosuch]"
    )
    assert str(tmp_path / "prison") in said["prison register"]
    assert said["airflow metadata"].startswith("Airflow's metadata: cannot be reached, or are of")
    assert not data.exists()
    night = command("night", "--as-of", "2006-04-25", **given)
    assert night.returncode == 2
    assert night.stderr.splitlines()[-1].startswith("error: ")


def test_metadata_in_a_file_that_is_not_there_are_refused_and_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path}/mistyped.db")
    (found,) = airflow_findings(load_settings(data_dir=tmp_path / "data"))
    assert found.standing is Outlook.FAIL
    assert "there is no such file" in found.detail
    assert list(tmp_path.iterdir()) == []
