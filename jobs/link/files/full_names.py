"""Names that are written in one piece: full names, and lists of other names."""

import re

import pandas as pd

from jobs.link.files.person_columns import ALIASES, FULL_NAME, ID, NAMES
from jobs.link.standardise import japanese
from jobs.link.standardise.placeholders import NO_NAMES, WRITTEN_MARKERS, letters_and_digits
from jobs.link.standardise.titles import bare_name


def with_name_parts(frame: pd.DataFrame) -> pd.DataFrame:
    """Full names parted where there are no parts: ``Family, Given`` or ``Given Middle Family``."""
    if FULL_NAME not in frame.columns:
        return frame
    parts = name_parts(frame[FULL_NAME])
    whole = [name for name in NAMES if name in frame.columns]
    bare = frame[whole].isna().all(axis=1) if whole else pd.Series(data=True, index=frame.index)
    for name in NAMES:
        given = frame[name] if name in frame.columns else pd.Series(index=frame.index, dtype="str")
        frame[name] = given.where(~bare, parts[name]).astype("str")
    return frame.drop(columns=FULL_NAME)


def name_parts(names: pd.Series) -> pd.DataFrame:
    """First, middle and last names out of full names; a single name is a last name.

    Titles and honours are taken out, and who is called Not Entered has no name. In one word of
    East Asian letters a known Japanese family name comes first; in others of two to four letters
    the first is the family name.
    """
    text = names.astype("str").str.strip()
    text = text.map({name: _parted(name) for name in text.dropna().unique()}).astype("str")
    text = text.str.replace(r"^([\u3400-\u9fff\uac00-\ud7af])(\S{1,3})$", r"\1, \2", regex=True)
    comma = text.str.extract(r"^([^,]+),\s*(\S+)\s*(.*)$")
    plain = text.str.extract(r"^(\S+)\s+(?:(.*)\s)?(\S+)$")
    parts = pd.DataFrame(
        {
            "first_name": comma[1].fillna(plain[0]),
            "middle_names": comma[2].fillna(plain[1]),
            "last_name": comma[0].fillna(plain[2]),
        }
    )
    single = parts["last_name"].isna()
    parts["last_name"] = parts["last_name"].where(~single, text)
    return parts.replace("", None).astype("str")


def _parted(name: str) -> str | None:
    if letters_and_digits(name) in NO_NAMES:
        return None
    return japanese.parted(bare_name(WRITTEN_MARKERS.sub("", name))) or None


def alias_rows(frame: pd.DataFrame) -> pd.DataFrame | None:
    """Other names, one row each, from lists or from text parted by ``;`` or ``|``."""
    if ALIASES not in frame.columns:
        return None
    listed = frame[[ID, ALIASES]].dropna().astype({ALIASES: object})
    listed[ALIASES] = [
        re.split(r"[;|]", value) if isinstance(value, str) else list(value)
        for value in listed[ALIASES]
    ]
    listed = listed.explode(ALIASES).dropna().reset_index(drop=True)
    listed[ALIASES] = listed[ALIASES].astype("str")
    return pd.concat([listed[[ID]], name_parts(listed[ALIASES])], axis=1)
