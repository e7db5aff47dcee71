"""A night's emails from the command line: looked at, then sent, then nothing left to send."""

import re
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks.samples.report_nights import AS_OF
from jobs.commands.email_commands import emails
from jobs.contract.view_models import Reader
from jobs.operate.emails import prepare_emails, preview_emails
from jobs.report import part_folder
from jobs.runtime import settings as settings_module
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import Settings

NIGHT = datetime.combine(AS_OF, datetime.min.time())
URL = "https://pages.example.invalid/nights/"


@pytest.fixture
def site(
    publication: str, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    settings = Settings(warehouse=database, data_dir=tmp_path, pages_url=URL)
    monkeypatch.setattr(settings_module, "load_settings", lambda: settings)
    return settings


def stored(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(sa.text("SELECT count(*) FROM outbox.messages")) or 0


def test_a_dry_run_writes_files_and_stores_nothing(
    engine: sa.Engine, site: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    emails(NIGHT, dry_run=True)
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "Nothing was sent and nothing is stored."
    assert all(Path(line).suffix == ".eml" for line in said[:-1])
    assert len(said) == 5
    assert stored(engine) == 0
    assert f"{URL}2006-04-25/index.html" in Path(said[0]).read_text().replace("=\n", "")
    assert not (site.data_dir / "mail").exists()


def test_the_second_time_there_is_nothing_to_send(
    engine: sa.Engine, site: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    emails(NIGHT)
    assert capsys.readouterr().out == "4 sent\n"
    assert len(list((site.data_dir / "mail").rglob("*.eml"))) == stored(engine) == 4
    emails(NIGHT)
    assert capsys.readouterr().out == "Nothing is to be sent: everybody was told.\n"


def test_a_night_that_is_not_published_is_one_line(site: Settings) -> None:
    with pytest.raises(BadInput, match="no publication"):
        prepare_emails(as_of=AS_OF.replace(year=2005), settings=site)


def test_a_reader_of_a_part_is_led_to_the_own_copy_of_the_pages(site: Settings) -> None:
    file = site.data_dir / "readers.toml"
    file.write_text(
        '[[recipient]]\naddress = "a@a.invalid"\nrole = "Head"\n'
        '[[recipient]]\naddress = "b@a.invalid"\nrole = "Governor"\nprisons = ["AAI"]\n'
    )
    limited = site.model_copy(update={"recipients": file})

    def links() -> list[str]:
        written = sorted(preview_emails(as_of=AS_OF, settings=limited))
        texts = [path.read_text().replace("=\n", "").replace("=3D", "=") for path in written]
        return ["".join(re.findall(r"^Detail: (\S*)", text, re.MULTILINE)) for text in texts]

    whole, own = links()
    part = part_folder(Reader(prisons=("AAI",)))
    assert (whole, own) == (f"{URL}2006-04-25/index.html", f"{URL}2006-04-25/{part}/index.html")
    # Pages that were placed before somebody asked for a copy of them: no link that leads nowhere.
    placed = site.data_dir / "pages" / "2006-04-25"
    placed.mkdir(parents=True)
    assert links() == [whole, ""]
    (placed / part).mkdir(parents=True)
    assert links() == [whole, own]
