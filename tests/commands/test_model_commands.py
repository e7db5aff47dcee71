"""A linkage model from training to use: nothing changes before a named person says so."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from typer.testing import CliRunner

from benchmarks.samples.minimal_registers import AS_OF
from jobs.__main__ import app
from jobs.link import current_model, read_model
from jobs.operate.model_registry import model_in_use
from jobs.runtime.errors import BadInput
from jobs.warehouse import current_publication, open_warehouse, read_table

NIGHT = str(AS_OF)
PEOPLE = "1200"
Run = Callable[..., Result]


@pytest.fixture
def run(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line on a site whose registers are files of a small invented world."""
    for name in [n for n in os.environ if n.startswith("RECONCILIATION_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("RECONCILIATION_WAREHOUSE", database)
    monkeypatch.setenv("RECONCILIATION_DATA_DIR", str(tmp_path / "data"))
    for register in ("prison", "immigration"):
        variable = f"RECONCILIATION_{register.upper()}"
        monkeypatch.setenv(variable, str(tmp_path / "registers" / register))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    for name in ("RECONCILIATION_PRISON", "RECONCILIATION_IMMIGRATION"):
        assert name in os.environ
    made = run("world", "--people", PEOPLE, "--as-of", NIGHT, "--out", str(tmp_path / "registers"))
    assert made.exit_code == 0, made.output
    return run


@pytest.mark.long
def test_a_trained_model_is_used_once_approved_and_the_movement_names_it(
    run: Run, database: str, tmp_path: Path
) -> None:
    assert run("night", "--as-of", NIGHT).exit_code == 0
    folder = tmp_path / "data" / "models" / "of this site"
    files = []
    for _ in range(2):
        trained = run("train", "--as-of", NIGHT, "--worlds", "1", "--people", PEOPLE,
                      "--version", "of this site")  # fmt: skip
        assert trained.exit_code == 0, trained.output
        files.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert "precision" in trained.stdout
    assert files[0] == files[1]
    model = read_model(folder / "model.json")
    assert set(model.trained_on["landings"]) == {"prison", "immigration"}
    measured = json.loads((folder / "quality.json").read_text())
    assert measured["candidate"]["digest"] == model.digest
    assert measured["in_use"]["digest"] == current_model().digest
    assert [row["world"] for row in measured["candidate"]["accuracy"]] == [
        "seed 9001, default noise", "seed 9001, harsh noise",
    ]  # fmt: skip
    assert (folder / "quality.html").read_text().count("<svg") == 2

    engine = open_warehouse(database)
    assert model_in_use(engine) == current_model()
    approved = run("train", "approve", "of this site", "--by", "B. Head", "--why", "it is ours")
    assert approved.exit_code == 0, approved.output
    assert model_in_use(engine) == model
    listed = run("train", "list").stdout
    assert f"in use: {model.name}" in listed
    assert "approved by B. Head (logged in as postgres): it is ours" in listed

    assert run("night", "--as-of", NIGHT).exit_code == 0
    now = current_publication(engine, as_of=AS_OF)
    assert now is not None
    assert now.manifest["model_version"] == model.name
    bridges = read_table(engine, now.publication_id, "nightly.bridges")
    assert set(bridges["basis"]) == {"assessed_again"}
    causes = read_table(engine, now.publication_id, "nightly.movement")["cause"]
    assert set(causes) <= {"model_changed"}

    assert run("train", "withdraw", "of this site", "--by", "B", "--why", "w").exit_code == 0
    assert model_in_use(engine) == current_model()
    engine.dispose()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["approve", "x", "--by", "B", "--why", "w"], r"model \[x\]", id="unknown"),
        pytest.param(["withdraw", "x", "--by", "B", "--why", "w"], r"model \[x\]", id="not used"),
        pytest.param(["withdraw", "x", "--by", " ", "--why", "w"], r"lacks \[by\]", id="nobody"),
        pytest.param([], "no night given", id="no night"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_in_one_line(
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    said: str,
) -> None:
    monkeypatch.setenv("RECONCILIATION_WAREHOUSE", database)
    monkeypatch.setenv("RECONCILIATION_DATA_DIR", str(tmp_path))
    ended = CliRunner().invoke(app, ["train", *words])
    assert isinstance(ended.exception, BadInput)
    with pytest.raises(BadInput, match=said):
        raise ended.exception
    with sa.create_engine(database).connect() as connection:
        if sa.inspect(connection).has_table("models", schema="review"):
            assert connection.scalar(sa.text("SELECT count(*) FROM review.models")) == 0
