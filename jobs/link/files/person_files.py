"""Link any two files of persons: the model is learned from the files themselves.

No labels, no settings. The columns are those of the contract, any subset of them. The thresholds
are fixed here: what follows from a link is not known, so both errors count alike and a pair is
linked if it is likelier than not.
"""

import csv
import logging
import re
import warnings
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.link.decide.duplicates import EVEN, probabilities
from jobs.link.decide.link_outcomes import evidence
from jobs.link.decide.one_to_one import Numbers
from jobs.link.engine.scoring import score_pairs
from jobs.link.engine.scoring_context import ScoringContext, scoring_context
from jobs.link.model.priors import Prior
from jobs.link.model.thresholds import REVIEW_FROM, least_weight
from jobs.link.standardise import japanese
from jobs.link.standardise.dates_of_birth import read_dates
from jobs.link.standardise.persons import Side, make_side
from jobs.link.standardise.scripts import by_letter
from jobs.link.train.training import train
from jobs.runtime.errors import BadInput
from jobs.runtime.files import disk_error

log = logging.getLogger(__name__)

ID: Final = "id"
NAMES: Final = ("first_name", "middle_names", "last_name")
FULL_NAME, ALIASES = "full_name", "aliases"
OTHERS: Final = (
    "date_of_birth", "gender", "nationality", "birth_place", "street_number", "address",
    "suburb", "region", "postcode",
)  # fmt: skip
SYSTEM: Final = "id_"
IDENTIFYING: Final = (*NAMES, FULL_NAME, "date_of_birth")
"""A file needs one of these, or an identifier, for persons to be told apart."""

READABLE: Final = 0.5
"""If more than this share of a file's dates cannot be read, the column is not one of dates."""

COLUMNS: Final = ("left_id", "right_id", "probability", "match_weight", "outcome", "evidence")


def link_files(*, left: Path, right: Path, output: Path) -> pd.DataFrame:
    """Link the persons of two files and write the links.

    Args:
        left: CSV or Parquet with a unique ``id`` and any person columns of the contract.
        right: the same.
        output: file to write, CSV unless its name ends in ``.parquet``: `COLUMNS`, sorted by ids.

    Returns:
        What was written.

    Raises:
        BadInput: a file is missing, unreadable, without ids or without any telling column, an id
            is empty or repeated, dates cannot be read, or the output cannot be written.
    """
    if output.is_dir():
        raise BadInput(f"file [{output}]", "is a folder", "name the file to write")
    frames = (read_persons(left), read_persons(right))
    shared = [name for name in frames[0].columns if name in frames[1].columns and name != ID]
    if not _identifies(shared):
        raise BadInput(
            f"files [{left}] and [{right}]",
            "share no column that tells persons apart",
            f"give both some of {', '.join(IDENTIFYING)} or an {SYSTEM}<system>",
        )
    sides = _sides(*frames)
    links = _links(*sides) if all(len(side) for side in sides) else _no_links()
    _write(links, output)
    return links


def read_persons(path: Path) -> pd.DataFrame:
    """Read a file of persons: known columns only, text, names in parts.

    Raises:
        BadInput: see `link_files`.
    """
    where = f"file [{path}]"
    if not path.is_file():
        raise BadInput(where, "no such file", "name a CSV or Parquet file")
    frame = _read_parquet(path) if path.suffix.lower() == ".parquet" else _read_csv(path)
    frame.columns = [str(name).strip().lower() for name in frame.columns]
    _refuse_repeated_columns(where, list(frame.columns))
    known = {ID, *NAMES, FULL_NAME, ALIASES, *OTHERS}
    kept = [name for name in frame.columns if name in known or name.startswith(SYSTEM)]
    if ID not in kept:
        raise BadInput(where, f"no column [{ID}]", "give every person an id")
    if not _identifies(kept):
        raise BadInput(
            where,
            "no column that tells persons apart",
            f"give some of {', '.join(IDENTIFYING)} or an {SYSTEM}<system>",
        )
    frame = pd.DataFrame(
        {
            name: frame[name] if name in {ALIASES, "date_of_birth"} else _text(where, frame[name])
            for name in kept
        }
    )
    frame[ID] = _checked_ids(where, frame[ID])
    if "date_of_birth" in kept:
        frame["date_of_birth"] = _checked_dates(where, frame["date_of_birth"])
    return _with_name_parts(frame)


def _identifies(columns: list[str]) -> bool:
    return any(name in IDENTIFYING or name.startswith(SYSTEM) for name in columns)


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        frame: pd.DataFrame = pq.read_table(path).to_pandas(date_as_object=False)
    except (pa.ArrowException, OSError) as error:
        what = f"not a Parquet file ({type(error).__name__})"
        raise BadInput(f"file [{path}]", what, "deliver it again") from None
    return frame


def _text(where: str, values: pd.Series) -> pd.Series:
    """Values of any type as text; whole numbers without a point."""
    if isinstance(values.dtype, pd.StringDtype):
        return values
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    if pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all():
        values = values.astype("Int64")
    if values.map(lambda value: isinstance(value, (list, dict, np.ndarray))).any():
        raise BadInput(where, f"column [{values.name}] holds lists", "give one value for each row")
    written = values.map(
        lambda value: value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    )
    return written.astype("str")


def _read_csv(path: Path) -> pd.DataFrame:
    """Read a CSV in UTF-8 (byte-order mark or not), UTF-16 or Latin-1; the separator is found."""
    start = path.open("rb").read(4)
    encoding = "utf-16" if start[:2] in {BOM_UTF16_BE, BOM_UTF16_LE} else "utf-8-sig"
    try:
        return _parse(path, encoding)
    except UnicodeDecodeError:
        log.info("file [%s] is not UTF-8: read as Latin-1", path)
        return _parse(path, "cp1252")


def _parse(path: Path, encoding: str) -> pd.DataFrame:
    where = f"file [{path}]"
    errors = "replace" if encoding == "cp1252" else "strict"
    try:
        with path.open(encoding=encoding, errors=errors) as file:
            head = file.readline()
        separator = max(",;\t|", key=head.count)
        _refuse_repeated_columns(where, next(csv.reader([head], delimiter=separator), []))
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(
                path,
                sep=separator,
                dtype="str",
                encoding=encoding,
                encoding_errors=errors,
                index_col=False,
                skipinitialspace=True,
                keep_default_na=False,
                na_values=[""],
            )
    except pd.errors.EmptyDataError:
        raise BadInput(where, "empty", "deliver a file with a header") from None
    except pd.errors.ParserWarning:
        what = "rows have more fields than the header"
        raise BadInput(where, what, "quote values that hold the separator") from None
    except (pd.errors.ParserError, csv.Error) as error:
        reason = str(error).strip().splitlines()[0]
        raise BadInput(where, f"not a CSV file: {reason}", "deliver it again") from None


def _refuse_repeated_columns(where: str, columns: list[str]) -> None:
    names = [name.strip().lower() for name in columns]
    repeated = sorted(name for name in set(names) if name and names.count(name) > 1)
    if repeated:
        raise BadInput(where, f"column [{repeated[0]}] twice", "give each column once")


def _checked_ids(where: str, ids: pd.Series) -> pd.Series:
    text = ids.astype("str").str.strip().replace("", None)
    if text.isna().any():
        row = int(np.flatnonzero(text.isna())[0]) + 1
        raise BadInput(where, f"column [{ID}] is empty in row {row}", "give every person an id")
    if text.duplicated().any():
        row = int(np.flatnonzero(text.duplicated())[0]) + 1
        count = int(text.duplicated().sum())
        raise BadInput(
            where, f"column [{ID}] repeats in {count} rows, first in row {row}", "make ids unique"
        )
    return text


def _checked_dates(where: str, values: pd.Series) -> pd.Series:
    read = read_dates(values)
    given = values.notna() & (values.astype("str").str.strip() != "")
    unread = given & read.isna()
    if not unread.any():
        return read
    row = int(np.flatnonzero(unread)[0]) + 1
    if unread.sum() > READABLE * given.sum():
        raise BadInput(
            where,
            f"column [date_of_birth] cannot be read in {unread.sum()} rows, first in row {row}",
            "write dates as YYYY-MM-DD",
        )
    log.info("%s: %d dates of birth cannot be read and count as missing", where, unread.sum())
    return read


def _with_name_parts(frame: pd.DataFrame) -> pd.DataFrame:
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

    In one word of East Asian letters a known Japanese family name comes first; in others of two
    to four letters the first is the family name.
    """
    text = names.astype("str").str.strip()
    text = text.map({name: japanese.parted(name) for name in text.dropna().unique()}).astype("str")
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


def _sides(left: pd.DataFrame, right: pd.DataFrame) -> tuple[Side, Side]:
    """Both sides, Japanese names as they are read unless both files write their letters."""
    frames = [left, right]
    readings: list[pd.DataFrame | None] = [None, None]
    if all({"first_name", "last_name"} <= set(frame.columns) for frame in frames) and not all(
        japanese.share_written(frame)[1] >= japanese.BOTH for frame in frames
    ):
        for place, frame in enumerate(frames):
            frames[place], readings[place] = japanese.read(frame)
    return (
        _side(frames[0], readings[0], turned=False),
        _side(frames[1], readings[1], turned=True),
    )


def _side(frame: pd.DataFrame, readings: pd.DataFrame | None, *, turned: bool) -> Side:
    numbers = {
        name.removeprefix(SYSTEM): _table(frame[[ID, name]].set_axis([ID, "value"], axis=1))
        for name in frame.columns
        if name.startswith(SYSTEM)
    }
    given = [names for names in (_aliases(frame), readings, _by_letter(frame)) if names is not None]
    aliases = _table(pd.concat(given, ignore_index=True)) if given else None
    return make_side(persons=_table(frame), aliases=aliases, numbers=numbers, turned=turned)


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


def _aliases(frame: pd.DataFrame) -> pd.DataFrame | None:
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


def _links(left: Side, right: Side) -> pd.DataFrame:
    with scoring_context(left=left, right=right) as context:
        parameters = train(context)
        floor = least_weight(len(left), len(right))
        context.block(parameters=parameters, at_least=floor)
        found = score_pairs(
            context, parameters=parameters, at_least=floor, is_bounded=context.is_large
        )
        scored = probabilities(context, found, parameters, of_registers=False)
        probability = np.round(scored.probability, 6)
        shown = probability >= REVIEW_FROM
        return _frame(
            context, found[shown].reset_index(drop=True), probability[shown], scored.prior
        )


def _frame(
    context: ScoringContext, found: pd.DataFrame, probability: Numbers, prior: Prior
) -> pd.DataFrame:
    before = prior.of(found["person_l"].to_numpy(), found["person_r"].to_numpy())
    links = pd.DataFrame(
        {
            "left_id": context.left.persons.to_numpy()[found["person_l"].to_numpy()],
            "right_id": context.right.persons.to_numpy()[found["person_r"].to_numpy()],
            "probability": probability,
            "match_weight": (found["weight"] + before).round(4) + 0.0,
            "outcome": np.where(probability > EVEN, "linked", "review"),
            "evidence": evidence(
                found,
                context.comparisons,
                prior=prior,
                reasons=np.full(len(found), None, dtype=object),
            ),
        }
    )
    return links[list(COLUMNS)].sort_values(["left_id", "right_id"]).reset_index(drop=True)


def _no_links() -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: pd.Series(dtype="float64" if name in {"probability", "match_weight"} else "str")
            for name in COLUMNS
        }
    )


def _write(links: pd.DataFrame, output: Path) -> None:
    """Write the links under a temporary name and put them in place when whole."""
    temporary = output.with_name(f".{output.name}.partial")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        if output.suffix.lower() == ".parquet":
            links.to_parquet(temporary, index=False)
        else:
            links.to_csv(temporary, index=False, lineterminator="\n")
        temporary.replace(output)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        known = disk_error(error, output)
        if known is not error:
            raise known from error
        what = f"cannot be written ({type(error).__name__})"
        raise BadInput(f"file [{output}]", what, "name a file in a folder that can be") from None
