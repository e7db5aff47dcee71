"""The files of a night's referral notices: one for the intake, one for people.

They name people, so the folder is its owner's alone. They are made from what is published and what
was delivered, after the night is published: made again, they are the same.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import jinja2
import pandas as pd
import sqlalchemy as sa

from jobs.contract import codes, prison, results
from jobs.contract.schema import CodeList
from jobs.contract.view_models import day_text, plural
from jobs.extract import open_landing
from jobs.operate.accepted_rows import accepted_rows
from jobs.operate.notices.intake_fields import (
    CORRECTED,
    FIELDS,
    NAMES,
    NOTIFY,
    WITHDRAW,
    WITHDRAWN_FOR,
    intake_schema,
)
from jobs.runtime.files import whole_folder
from jobs.runtime.settings import Settings
from jobs.warehouse import Publication, publications, read_chosen, read_table

FOLDER: Final = "notices"
"""Folder under ``data_dir`` with a folder for each night."""
INTAKE: Final = "referral-notices.jsonl"
SCHEMA: Final = "referral-notices.schema.json"
SHEET: Final = "referral-notices.html"
_PERSON: Final = (
    "last_name", "first_name", "middle_names", "date_of_birth", "pnc_number", "cro_number",
)  # fmt: skip
_WORDS: Final[Mapping[str, CodeList]] = {
    "nationality": codes.NATIONALITY,
    "offence_code": codes.OFFENCE,
    "withdrawn_for": results.NOTICE_END,
}
"""Fields that hold codes, and their lists: the intake gets the codes, people the words."""
_SHEET: Final = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(
    """<!doctype html>
<html lang="en-GB"><meta charset="utf-8"><title>Referral notices, {{ day }}</title>
<style>body{font:16px/1.5 sans-serif;max-width:46em;margin:2em auto;padding:0 1em}
section{border-top:1px solid #505a5f;break-inside:avoid}th{text-align:left;padding-right:2em}
</style>
<h1>Referral notices of {{ day }}</h1>
<p>Official, sensitive: personal data. {{ lead }}</p>
{% for title, rows in notices %}<section><h2>{{ title }}</h2><table>
{% for name, value in rows %}<tr><th scope="row">{{ name }}</th><td>{{ value }}</td></tr>
{% endfor %}</table></section>
{% endfor %}</html>
"""
)


def write_notices(engine: sa.Engine, of: Publication, *, settings: Settings) -> Path:
    """Write the files of a publication's notices; give their folder.

    Raises:
        BadInput: the landing is gone or damaged.
    """
    folder = settings.data_dir / FOLDER / of.as_of.isoformat()
    records = [*_notified(engine, of, settings), *_withdrawn(engine, of)]
    with whole_folder(folder) as made:
        made.chmod(0o700)
        (made / SCHEMA).write_text(intake_schema() + "\n", encoding="utf-8")
        write_records(made, records, day=day_text(of.as_of))
        for path in made.iterdir():
            path.chmod(0o600)
    return folder


def write_records(folder: Path, records: Iterable[Mapping[str, Any]], *, day: str) -> None:
    """Write the lines of the intake, and the sheet that says the same."""
    kept = list(records)
    lines = (json.dumps(dict(each), ensure_ascii=False) + "\n" for each in kept)
    (folder / INTAKE).write_text("".join(lines), encoding="utf-8")
    (folder / SHEET).write_text(_sheet(kept, day=day), encoding="utf-8")


def read_records(folder: Path) -> list[dict[str, Any]]:
    """The lines of the intake of a night."""
    text = (folder / INTAKE).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _notified(engine: sa.Engine, of: Publication, settings: Settings) -> list[dict[str, Any]]:
    """A line for each notice that the night wrote."""
    notices = read_table(engine, of.publication_id, results.NOTICES.full_name)
    tonight = notices["is_open"] & notices["written_date"].eq(pd.Timestamp(of.as_of))
    notices = notices[tonight].drop(columns=["case_id", "prison_id"])
    if notices.empty:
        return []
    episodes = notices["episode_id"].tolist()
    assessed = read_chosen(engine, of, results.ASSESSMENTS, column="episode_id", values=episodes)
    landing = open_landing(
        register="prison",
        as_of=of.as_of,
        folder=settings.data_dir / "landing",
        content_digest=of.manifest["inputs"]["prison"]["content_digest"],
    )
    (persons,) = accepted_rows(
        landing,
        prison.PERSONS.name,
        key="prisoner_number",
        wanted=assessed["prisoner_number"].tolist(),
    )
    told = notices.merge(assessed, on="episode_id", how="left", validate="one_to_one")
    names = persons[["prisoner_number", *_PERSON]]
    told = told.merge(names, on="prisoner_number", how="left", validate="many_to_one")
    census = read_table(engine, of.publication_id, results.CENSUS.full_name)
    prisons = census[["prison_id", "prison_name"]]
    told = told.merge(prisons, on="prison_id", how="left", validate="many_to_one")
    told = told.sort_values(["priority", "notice_number"], na_position="last")
    return _records(told.assign(action=NOTIFY))


def _withdrawn(engine: sa.Engine, of: Publication) -> list[dict[str, Any]]:
    """A line for each notice that asks nothing any more; none of those that were answered.

    What another publication of the night wrote and this one does not is withdrawn as corrected.
    """
    own = read_table(engine, of.publication_id, results.NOTICES.full_name)
    night = pd.Timestamp(of.as_of)
    ended = own[own["ended_date"].eq(night) & own["ended_by"].isin(WITHDRAWN_FOR)]
    parts = [ended.assign(withdrawn_for=ended["ended_by"])]
    for earlier in publications(engine, as_of=of.as_of):
        if earlier.publication_id != of.publication_id:
            was = read_table(engine, earlier.publication_id, results.NOTICES.full_name)
            gone = was["written_date"].eq(night) & ~was["notice_number"].isin(own["notice_number"])
            parts.append(was[gone].assign(withdrawn_for=CORRECTED))
    every = pd.concat(parts, ignore_index=True).drop_duplicates("notice_number")
    always = [field.name for field in FIELDS if field.always and field.name != "action"]
    every = every.sort_values("notice_number")[[*always, "withdrawn_for"]]
    return _records(every.assign(action=WITHDRAW))


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON holds them: days as text, nothing for what is not known."""
    frame = frame.reindex(columns=list(NAMES))
    for name in frame.columns:
        if pd.api.types.is_datetime64_any_dtype(frame[name]):
            frame[name] = frame[name].dt.strftime("%Y-%m-%d")
    plain = frame.astype("object").where(frame.notna(), None)
    kinds = {"boolean": bool, "integer": int, "string": str}
    return [
        {
            field.name: None if row[field.name] is None else kinds[field.kind](row[field.name])
            for field in FIELDS
        }
        for row in plain.to_dict("records")
    ]


def _sheet(records: list[Mapping[str, Any]], *, day: str) -> str:
    told = sum(each["action"] == NOTIFY for each in records)
    gone = len(records) - told
    return _SHEET.render(
        day=day,
        lead=f"{plural(told, 'person is', 'people are')} due and {'was' if told == 1 else 'were'} "
        f"never referred; {plural(gone, 'earlier notice is', 'earlier notices are')} withdrawn.",
        notices=[
            (
                ("Withdrawn: " if each["action"] == WITHDRAW else "") + each["notice_number"],
                [
                    (field.heading, _value(field.name, each[field.name]))
                    for field in FIELDS[2:]
                    if each[field.name] is not None
                ],
            )
            for each in records
        ],
    )


def _value(name: str, value: Any) -> str:
    """A value as a person reads it: words instead of codes."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if value == CORRECTED:
        return "the night was published again, and does not write it"
    known = _WORDS.get(name)
    return str(value) if known is None else known.meaning_of(str(value))
