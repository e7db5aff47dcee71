"""The deployment kit: what an engine, systemd and a reader of the guide would find in it.

No engine runs here: the configuration is held against the Compose specification's own schema, with
values put in and without, and against what it names itself; the units against `systemd-analyze
verify` where it is installed. `tests/dags/test_live_kit.py` runs its services without an engine.
"""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.main import get_command

from jobs.__main__ import app
from jobs.commands.administration.standalone import PARTS
from jobs.runtime.settings import PREFIX, ROOT, Settings
from tests.house.kit import KIT, VARIABLE, compose_as_written, compose_with, example_values

SCHEMA = Path(__file__).with_name("compose-spec.json")
UNITS = sorted(
    path for path in (KIT / "systemd").iterdir() if path.suffix in {".service", ".timer", ".target"}
)


@pytest.fixture(scope="module")
def example() -> dict[str, str]:
    return example_values()


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return compose_as_written()


@pytest.fixture(scope="module")
def filled(example: dict[str, str]) -> dict[str, Any]:
    """The configuration as an engine has it of an environment file that is filled in."""
    return compose_with({name: value or "x" for name, value in example.items()})


@pytest.mark.parametrize("reading", ["compose", "filled"])
def test_the_configuration_is_one_by_the_specification(
    reading: str, request: pytest.FixtureRequest
) -> None:
    content = request.getfixturevalue(reading)
    jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).validate(content)


def test_what_the_configuration_names_is_in_it_or_beside_it(
    filled: dict[str, Any], example: dict[str, str]
) -> None:
    services = filled["services"]
    for name, service in services.items():
        assert "image" in service or "build" in service, name
        assert set(service.get("depends_on", ())) <= services.keys() - {name}
        mode, _, shared = service.get("network_mode", "").partition(":")
        assert not mode or (mode == "service" and shared in services)
        assert not (mode and service.get("ports")), "ports belong to whose network it is"
        for each in service.get("volumes", ()):
            source, target, *options = each.split(":")
            assert target.startswith("/")
            if source.startswith("."):
                assert options == ["ro"], each
                assert source == example["REGISTERS_FOLDER"] or (KIT / source).is_file(), each
            else:
                assert source in filled["volumes"], each
        if "build" in service:
            context = (KIT / service["build"]["context"]).resolve()
            assert context == ROOT
            assert (context / service["build"]["dockerfile"]).is_file()
    assert set(filled["volumes"]) == {
        each.partition(":")[0]
        for service in services.values()
        for each in service.get("volumes", ())
        if not each.startswith((".", "/"))
    }


def test_one_image_is_built_and_every_part_runs_it(filled: dict[str, Any]) -> None:
    built = {s["image"] for s in filled["services"].values() if "build" in s}
    own = {s["image"] for s in filled["services"].values() if "reconciliation" in s["image"]}
    assert built == own == {"reconciliation:latest"}


def test_a_part_is_started_when_what_it_waits_for_can_be_waited_for(
    filled: dict[str, Any],
) -> None:
    services = filled["services"]
    for name, service in services.items():
        for needed, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[needed], (name, needed)
            if how["condition"] == "service_completed_successfully":
                assert services[needed]["restart"].startswith("on-failure"), (name, needed)


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


def test_a_secret_that_was_not_given_is_asked_for_by_name(example: dict[str, str]) -> None:
    with pytest.raises(KeyError, match=r"AIRFLOW_.*set it in \.env"):
        compose_with(example)


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
        service = services[part]
        assert service["command"] == ["airflow", part]
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
    bare = {found["name"] for found in VARIABLE.finditer(text) if found["kind"] != ":-"}
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
        text = each.read_text().replace("/opt/reconciliation/.venv/bin/python", "/bin/true")
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
