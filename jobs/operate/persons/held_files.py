"""Files under the data folder that speak of one person, and how the person goes from them."""

import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs.contract.registers import REGISTERS
from jobs.contract.schema import Table
from jobs.extract.landing import Landing
from jobs.extract.landing_manifest import read_manifest, write_manifest
from jobs.operate.notices import intake_files
from jobs.operate.persons.person_ids import PersonIds, delivered, id_columns, rows_of_one, text_of
from jobs.runtime.errors import BadInput
from jobs.runtime.files import alone, file_digest, whole_file, whole_folder
from jobs.runtime.outgoing import csv_text
from jobs.runtime.settings import Settings

MAIL: Final = ("mail", "mail-dry-run")
LANDING, RUNS, PAGES, CORRECTIONS = "landing", "runs", "pages", "corrections"
NOTICES: Final = intake_files.FOLDER


def all_landings(settings: Settings) -> list[Landing]:
    """Every landing that is kept and whole, of any night and fetch."""
    found = []
    for path in sorted((settings.data_dir / LANDING).glob("*/*/[0-9]*/")):
        manifest = read_manifest(folder=path)
        if manifest.register in REGISTERS:
            found.append(Landing(folder=path, manifest=manifest))
    return found


@dataclass(frozen=True, kw_only=True)
class HeldFiles:
    """The files of one installation, as far as they speak of a person."""

    settings: Settings
    ids: PersonIds

    @property
    def _names(self) -> Callable[[str], bool]:
        """Whether a text names one of the person's numbers, as a word of its own."""
        return naming(self.ids)

    def landings(self) -> Iterator[Landing]:
        """The landings that hold a row of the person."""
        for landing in all_landings(self.settings):
            if any(_count(rows, table, self.ids) for table, rows in delivered(landing)):
                yield landing

    def runs(self) -> Iterator[Path]:
        """Folders of runs that hold the person's numbers."""
        for folder in sorted((self.settings.data_dir / RUNS).glob("*/*/")):
            if any(self._is_in(path) for path in folder.rglob("*") if path.is_file()):
                yield folder

    def of_nights(self, name: str) -> Iterator[Path]:
        """Files of ``pages``, ``corrections`` or ``notices`` that name the person."""
        folder = self.settings.data_dir / name
        yield from (p for p in sorted(folder.rglob("*")) if p.is_file() and self._is_in(p))

    def emails(self) -> Iterator[Path]:
        """Emails that were put into a folder and name the person."""
        for name in MAIL:
            for path in sorted((self.settings.data_dir / name).rglob("*.eml")):
                if self._names(email_text(path.read_bytes())):
                    yield path

    def erase_runs(self) -> None:
        """Remove the folders of runs: they can be made anew from landings.

        Raises:
            BadInput: one of them is at work.
        """
        for folder in list(self.runs()):
            with alone(folder.with_name(f".{folder.name}.in_use")) as is_idle:
                if not is_idle:
                    raise BadInput("person", "a night is at work", "wait until it ends")
                shutil.rmtree(folder)

    def erase_corrections(self) -> None:
        """Take the person's rows out of the files of corrections."""
        for path in list(self.of_nights(CORRECTIONS)):
            rows = pd.read_csv(path, dtype="str", keep_default_na=False)
            told = rows.agg("\n".join, axis=1) if len(rows) else pd.Series(dtype="str")
            with whole_file(path) as made, made.open("w", encoding="utf-8", newline="") as file:
                file.write(csv_text(rows[~told.map(self._names).astype("bool")]))

    def erase_notices(self) -> None:
        """Take the person's referral notices out of the files of each night."""
        for folder in sorted({path.parent for path in self.of_nights(NOTICES)}):
            kept = [
                record
                for record in intake_files.read_records(folder)
                if not self._names("\n".join(map(str, record.values())))
            ]
            with whole_folder(folder) as made:
                shutil.copytree(folder, made, dirs_exist_ok=True)
                intake_files.write_records(made, kept, day=folder.name)

    def erase_landings(self, pseudonyms: Mapping[str, str]) -> None:
        """Give the person's rows in every landing other numbers, and nothing that names anybody.

        The facts of the rows stay, so that a night run again counts as many people. The manifest
        says that it was done, so such a night is another publication.
        """
        for landing in list(self.landings()):
            tables = dict(landing.manifest.tables)
            for table, rows in delivered(landing):
                if _count(rows, table, self.ids):
                    noted = tables[table.full_name]
                    path = landing.folder / noted.file
                    with whole_file(path) as made:
                        pq.write_table(_pseudonymous(rows, table, self.ids, pseudonyms), made)
                    tables[table.full_name] = replace(noted, sha256=file_digest(path))
            manifest = replace(
                landing.manifest, tables=tables, erasures=landing.manifest.erasures + 1
            )
            write_manifest(manifest=manifest, folder=landing.folder)

    def _is_in(self, path: Path) -> bool:
        if path.suffix == ".parquet":
            return _parquet_names(path, self.ids.every)
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                texts = (book.read(name).decode(errors="replace") for name in book.namelist())
                return any(map(self._names, texts))
        text = path.read_bytes().decode(errors="replace")
        return self._names(f"{path.stem}\n{text}")


def naming(ids: PersonIds) -> Callable[[str], bool]:
    """Whether a text names one of a person's numbers, as a word of its own."""
    words = "|".join(re.escape(each) for each in sorted(ids.every, key=len, reverse=True))
    pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z0-9])")
    return lambda text: pattern.search(text) is not None


def email_text(message: bytes) -> str:
    """Everything that a reader of an email sees: its headers, texts and attachments."""
    parsed = message_from_bytes(message, policy=policy.default)
    parts = [str(value) for value in parsed.values()]
    for part in parsed.walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            parts.append(content.decode(errors="replace"))
    return "\n".join(parts)


def _count(rows: pa.Table, table: Table, ids: PersonIds) -> int:
    return int(pc.sum(rows_of_one(rows, table, ids.every)).as_py() or 0)


def _parquet_names(path: Path, ids: frozenset[str]) -> bool:
    rows = pq.read_table(path)
    for column in rows.column_names:
        if pa.types.is_string(rows[column].type) or pa.types.is_large_string(rows[column].type):
            for token in pc.list_flatten(pc.split_pattern(rows[column], "|")).unique().to_pylist():
                if token is not None and token.strip() in ids:
                    return True
    return False


def _pseudonymous(
    rows: pa.Table, table: Table, ids: PersonIds, pseudonyms: Mapping[str, str]
) -> pa.Table:
    """A delivered table in which the rows of a person name nobody."""
    is_one = rows_of_one(rows, table, ids.every)
    known = id_columns(table)
    for place, column in enumerate(rows.column_names):
        kind = rows[column].type
        if column in known and pa.types.is_integer(kind):
            numbers = [
                _number(pseudonyms[v])
                for v in pc.filter(text_of(rows, column), is_one).to_pylist()
                if v in pseudonyms
            ]
            new = pa.array(numbers, kind)
            mine = pc.and_(
                is_one, pc.is_in(text_of(rows, column), value_set=pa.array(sorted(ids.every)))
            )
            rows = rows.set_column(
                place, column, pc.replace_with_mask(rows[column].combine_chunks(), mine, new)
            )
        elif column in known:
            text = text_of(rows, column)
            new = pa.array(
                [
                    pseudonyms.get(v) if v is not None else None
                    for v in pc.filter(text, is_one).to_pylist()
                ],
                pa.string(),
            )
            values = pc.replace_with_mask(
                rows[column].cast(pa.string()).combine_chunks(), is_one, new
            )
            rows = rows.set_column(place, column, values)
        elif column in table.columns and table.field(column).personal:
            values = pc.if_else(is_one, pa.scalar(None, kind), rows[column].combine_chunks())
            rows = rows.set_column(place, column, values)
    return rows


def _number(pseudonym: str) -> int:
    """A pseudonym for a column of whole numbers: below nought, as no register counts."""
    return -int(pseudonym.removeprefix("erased-")[:7], 16) - 1
