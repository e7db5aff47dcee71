"""The open data of a publication: every file is described, and holds what is said of it."""

import csv
import hashlib
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.samples.report_nights import AS_OF, invent
from jobs.report import About, render_site
from jobs.report.data_package import DESCRIPTION

READ = {
    "string": str,
    "integer": int,
    "number": float,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "boolean": {"True": True, "False": False}.__getitem__,
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("a site")
    facts = invent(episodes=120).facts
    render_site(facts=facts, about=About(as_of=AS_OF, publication_id="3f2a"), folder=folder)
    return folder / "data"


@pytest.fixture(scope="module")
def package(data: Path) -> dict[str, Any]:
    described: dict[str, Any] = json.loads((data / DESCRIPTION).read_text(encoding="utf-8"))
    return described


def test_every_file_is_described_once(data: Path, package: dict[str, Any]) -> None:
    paths = [resource["path"] for resource in package["resources"]]
    assert sorted(paths) == sorted(path.name for path in data.glob("*.csv"))
    assert package["profile"] == "tabular-data-package"


def test_every_file_holds_what_its_description_says(data: Path, package: dict[str, Any]) -> None:
    for resource in package["resources"]:
        content = (data / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        fields = resource["schema"]["fields"]
        rows = list(csv.DictReader(content.decode("utf-8").splitlines()))
        with (data / resource["path"]).open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == [field["name"] for field in fields]
        for field in fields:
            values = [row[field["name"]] for row in rows if row[field["name"]]]
            read = READ[field["type"]]
            assert len([read(value) for value in values]) == len(values)
        key = resource["schema"].get("primaryKey")
        if key:
            assert len({tuple(row[part] for part in key) for row in rows}) == len(rows)


def test_every_column_has_a_meaning(package: dict[str, Any]) -> None:
    bare = [
        (resource["name"], field["name"])
        for resource in package["resources"]
        for field in resource["schema"]["fields"]
        if "description" not in field
    ]
    assert bare == []


def test_the_first_page_leads_to_the_description(data: Path) -> None:
    assert f'href="data/{DESCRIPTION}"' in (data.parent / "index.html").read_text("utf-8")
