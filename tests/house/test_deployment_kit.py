"""The deployment kit: what an engine, systemd and a reader of the guide would find in it.

No engine runs here: the configuration is held against the Compose specification's own schema, the
units against `systemd-analyze verify` where it is installed.
"""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from typer.main import get_command

from jobs.__main__ import app
from jobs.commands.administration.standalone import PARTS
from jobs.runtime.settings import PREFIX, ROOT, Settings

KIT = ROOT / "docs" / "deployment"
SCHEMA = Path(__file__).with_name("compose-spec.json")
UNITS = sorted(
    path for path in (KIT / "systemd").iterdir() if path.suffix in {".service", ".timer", ".target"}
)
VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::?[-?][^}]*)?\}")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The configuration with anchors and merges resolved, as an engine reads it."""
    content: dict[str, Any] = yaml.safe_load((KIT / "compose.yaml").read_text())
    return content


@pytest.fixture(scope="module")
def example() -> dict[str, str]:
    """The example of an environment file."""
    lines = (KIT / "environment.example").read_text().splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def test_the_configuration_is_one_by_the_specification(compose: dict[str, Any]) -> None:
    jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).validate(compose)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        pytest.param("restart", 7, id="a wrong type"),
        pytest.param("no_such_key", "x", id="a key that nobody knows"),
    ],
)
def test_a_configuration_that_is_none_is_found(
    compose: dict[str, Any], place: str, value: object
) -> None:
    wrong = json.loads(json.dumps(compose))
    wrong["services"]["scheduler"][place] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).validate(wrong)


def test_an_engines_client_reads_it_where_there_is_one(example: dict[str, str]) -> None:
    engine = shutil.which("docker")
    if engine is None or subprocess.run([engine, "compose", "version"], check=False).returncode:
        pytest.skip("no docker compose here")
    filled = {name: value or "x" for name, value in example.items()}
    done = subprocess.run(
        [engine, "compose", "--file", str(KIT / "compose.yaml"), "config", "--quiet"],
        env={"PATH": "/usr/bin:/bin", **filled},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_part_of_airflow_runs_with_restarts_and_waits_for_the_metadata(
    compose: dict[str, Any],
) -> None:
    services = compose["services"]
    for part in PARTS:
        service = services[part[0]]
        assert service["command"] == ["airflow", part[0]]
        assert service["restart"] == "unless-stopped"
        assert service["depends_on"]["init"]["condition"] == "service_completed_successfully"
        assert service["environment"]["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].startswith(
            "postgresql+psycopg://"
        )
    assert services["init"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_nothing_is_published_but_on_this_machine(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_no_secret_has_a_value_and_each_must_be_given(example: dict[str, str]) -> None:
    text = (KIT / "compose.yaml").read_text()
    secrets = {name for name in example if re.search("PASSWORD|SECRET|KEY", name)}
    assert len(secrets) == 5
    for name in secrets:
        assert example[name] == ""
        assert f"${{{name}:?" in text


def test_every_variable_is_in_the_example_or_has_a_default(example: dict[str, str]) -> None:
    text = (KIT / "compose.yaml").read_text()
    bare = {found[1] for found in VARIABLE.finditer(text) if ":-" not in found[0]}
    assert bare <= example.keys()


def test_settings_of_the_kit_are_settings(compose: dict[str, Any], example: dict[str, str]) -> None:
    named = {name for name in example if name.startswith(PREFIX)}
    for service in compose["services"].values():
        named |= {name for name in service.get("environment", {}) if name.startswith(PREFIX)}
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert named
    assert named <= known


def test_what_the_image_copies_is_there_and_no_data_or_secret_is_let_in() -> None:
    lines = (KIT / "Containerfile").read_text().splitlines()
    copied = [shlex.split(line)[1:-1] for line in lines if line.startswith("COPY")]
    names = [name for names in copied for name in names if not name.startswith(("-", "/"))]
    own = [name for name in names if name != ".venv"]
    assert {"requirements.txt", "jobs", "dags", "expectations"} <= set(own)
    assert all((ROOT / name).exists() for name in own)
    ignored = (KIT / "Containerfile.dockerignore").read_text().splitlines()
    assert "**" in ignored
    assert {line[1:] for line in ignored if line.startswith("!")} == set(own)


def test_the_image_runs_as_nobody_of_consequence() -> None:
    text = (KIT / "Containerfile").read_text()
    assert re.search(r"^USER reconciliation$", text, re.MULTILINE)
    assert text.index("USER reconciliation") < text.index("ENTRYPOINT")


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_is_one(unit: Path, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd here")
    for each in UNITS:
        # The program of an installation is not there: another stands in for it.
        text = each.read_text().replace("/opt/reconciliation/.venv/bin/python", sys.executable)
        text = text.replace("file:/opt/reconciliation", "file:/").replace("%i", "scheduler")
        (tmp_path / each.name.replace("@", "@scheduler")).write_text(text)
    done = subprocess.run(
        [analyze, "verify", "--man=no", str(tmp_path / unit.name.replace("@", "@scheduler"))],
        capture_output=True,
        text=True,
        check=False,
    )
    about = [line for line in done.stderr.splitlines() if "reconciliation" in line]
    assert about == []
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "unit", [u for u in UNITS if u.suffix == ".service"], ids=lambda path: path.name
)
def test_a_service_runs_a_command_that_is_there_as_its_own_user(unit: Path) -> None:
    text = unit.read_text()
    (line,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    command = shlex.split(line)
    assert command[1:3] == ["-m", "jobs"]
    assert command[3] in get_command(app).commands  # type: ignore[attr-defined]
    assert "User=reconciliation" in text
    assert "UMask=0077" in text
    if unit.name == "reconciliation@.service":
        assert "Restart=always" in text


def test_databases_are_made_by_a_script_that_parses() -> None:
    done = subprocess.run(["sh", "-n", str(KIT / "databases.sh")], check=False)
    assert done.returncode == 0
