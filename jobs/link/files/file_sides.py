"""Two files of persons as the two sides of a linkage."""

import pandas as pd
import pyarrow as pa

from jobs.link.files.full_names import alias_rows
from jobs.link.files.number_columns import with_noughts
from jobs.link.files.person_columns import ID, SYSTEM
from jobs.link.files.person_reading import PersonFile
from jobs.link.standardise import japanese
from jobs.link.standardise.persons import Side, make_side
from jobs.link.standardise.scripts import by_letter


def sides_of(files: tuple[PersonFile, PersonFile]) -> tuple[Side, Side]:
    """Both sides, Japanese names as they are read unless both files write their letters."""
    wheres = (files[0].where, files[1].where)
    frames = list(with_noughts(wheres, (files[0].persons, files[1].persons)))
    readings: list[pd.DataFrame | None] = [None, None]
    if all({"first_name", "last_name"} <= set(frame.columns) for frame in frames) and not all(
        japanese.share_written(frame)[1] >= japanese.BOTH for frame in frames
    ):
        for place, frame in enumerate(frames):
            frames[place], readings[place] = japanese.read(frame)
    return (
        _side(frames[0], readings[0], where=wheres[0], turned=False),
        _side(frames[1], readings[1], where=wheres[1], turned=True),
    )


def _side(frame: pd.DataFrame, readings: pd.DataFrame | None, *, where: str, turned: bool) -> Side:
    if "nationality" in frame.columns:
        frame = frame.assign(nationality=frame["nationality"].str.strip().str.upper())
    numbers = {
        name.removeprefix(SYSTEM): _table(frame[[ID, name]].set_axis([ID, "value"], axis=1))
        for name in frame.columns
        if name.startswith(SYSTEM)
    }
    given = [
        names for names in (alias_rows(frame), readings, _by_letter(frame)) if names is not None
    ]
    aliases = _table(pd.concat(given, ignore_index=True)) if given else None
    return make_side(
        persons=_table(frame), aliases=aliases, numbers=numbers, turned=turned, where=where
    )


def _table(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False)


def _by_letter(frame: pd.DataFrame) -> pd.DataFrame | None:
    """Names that are also spelled letter by letter, one row for each person with one."""
    if not {"first_name", "last_name"} <= set(frame.columns):
        return None
    spelled = {}
    for name in ("first_name", "last_name"):
        distinct = pd.Series(frame[name].dropna().unique(), dtype="str")
        foreign = distinct[~distinct.map(str.isascii)]
        plain = {value: by_letter(value) for value in foreign}
        spelled[name] = frame[name].map({k: v for k, v in plain.items() if v}).astype("str")
    differs = spelled["first_name"].notna() | spelled["last_name"].notna()
    names = {name: values.fillna(frame[name])[differs] for name, values in spelled.items()}
    return pd.DataFrame({ID: frame.loc[differs, ID], **names}) if differs.any() else None
