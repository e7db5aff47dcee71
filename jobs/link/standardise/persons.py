"""Persons of one side, made ready to be compared.

A side is a set of *rows*, one for each name and date of birth that a person goes by:

- ``own``: as the register holds the person;
- ``alias``: another name or date of birth on record, with everything else of the person;
- ``turned``: the own row with given and family name changed over, made for the right side only,
  since clerks fill the two fields the wrong way round.

The columns of a row are nullable text, as codes into their distinct values, except the lists and
``is_alone``, which says that nothing else stands for the person: on turned rows, and where there is
one own row and no alias. Identifiers are lists, because a person may have several of one system.
"""

import logging
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jobs.link.standardise import names
from jobs.link.standardise.distinct import (
    Codes,
    by_distinct,
    codes_of,
    encoded,
    in_one_dictionary,
    lists_of,
    of_codes,
    recoded,
)
from jobs.link.standardise.numbers import Numbers, number_lists
from jobs.link.standardise.placeholders import (
    FAR_NAME,
    LEAST_NAME_SHARE,
    NO_GENDER,
    is_no_birth,
    is_no_postcode,
    is_no_value,
    without_common,
)

log = logging.getLogger(__name__)

VARIANTS: Final = ("own", "alias", "turned")
"""In the order of a person's rows."""
OWN, ALIAS, TURNED = range(3)

COMMON_PLACES: Final = ("postcode", "birth_place", "suburb", "address")
"""Columns of many values, none of which is far commoner than all others unless it is none."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """One side of a linkage.

    ``rows`` is sorted by person and variant. ``row`` numbers rows from 0, ``person`` numbers the
    entries of ``persons``, which holds the persons' keys in ascending order. ``is_told`` says of
    each person whether this side was told that the other one holds them; nobody if absent.
    """

    persons: pd.Index
    rows: pa.Table
    is_told: npt.NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.persons)


def make_side(
    *,
    persons: pa.Table,
    aliases: pa.Table | None,
    numbers: Numbers,
    turned: bool,
    where: str = "persons",
) -> Side:
    """Build a side. Placeholders are missing: those of the lists, and those that show as such.

    Args:
        persons: one row for each person: ``id`` (unique) and any of the contract's person columns.
            ``date_of_birth`` is a date, or text of the form ``YYYYMMDD``.
        aliases: ``id`` and name columns; rows of nobody in ``persons`` are left out.
        numbers: for each identifier system a table of ``id`` and ``value``.
        turned: also make the turned rows.
        where: what to call the side in the log.
    """
    persons = persons.set_column(
        persons.column_names.index("id"), "id", pc.cast(persons["id"], pa.string())
    )
    keys = persons["id"].combine_chunks()
    if not pc.all(pc.less(keys[:-1], keys[1:])).as_py():
        persons = persons.sort_by("id")
        keys = persons["id"].combine_chunks()
    rows = _rows(_names(persons, aliases, keys, where), len(keys), turned=turned)
    place = rows["person"]
    fixed = _fixed(persons, where) | number_lists(numbers, keys)
    columns = {name: values.take(place) for name, values in fixed.items()}
    return Side(
        persons=pd.Index(keys.to_pandas(), dtype="str", name="id"),
        rows=pa.table(rows | columns | {"row": np.arange(len(place))}),
    )


@dataclass(frozen=True, kw_only=True)
class _Names:
    """Names and dates of birth of all persons and, after them, of aliases; ``owner`` is whose."""

    owner: Codes
    first: pa.DictionaryArray
    middle: pa.DictionaryArray
    last: pa.DictionaryArray
    birth: pa.DictionaryArray

    @cached_property
    def given(self) -> pa.DictionaryArray:
        return names.given_form(self.first)

    @cached_property
    def family(self) -> pa.DictionaryArray:
        return names.family_form(self.last)


def _names(persons: pa.Table, aliases: pa.Table | None, keys: pa.Array, where: str) -> _Names:
    parts, owner = [persons], np.arange(len(keys))
    if aliases is not None:
        of_alias = pc.index_in(pc.cast(aliases["id"], pa.string()), value_set=keys)
        is_known = pc.is_valid(of_alias)
        parts.append(aliases.filter(is_known))
        known = of_alias.filter(is_known).combine_chunks().to_numpy().astype(np.int64)
        owner = np.concatenate([owner, known])

    def column(name: str) -> pa.DictionaryArray:
        written = encoded(pa.chunked_array([_column(part, name) for part in parts]))
        known, rows = without_common(
            names.standard(written), far=FAR_NAME, least_share=LEAST_NAME_SHARE
        )
        _log_common(where, name, rows)
        return known

    birth, rows = without_common(encoded(pa.chunked_array([_birth(part) for part in parts])))
    _log_common(where, "date_of_birth", rows)
    codes = codes_of(birth)
    of_own = codes[owner]
    return _Names(
        owner=owner,
        first=column("first_name"),
        middle=column("middle_names"),
        last=column("last_name"),
        birth=of_codes(np.where(codes < 0, of_own, codes), birth.dictionary),
    )


def _log_common(where: str, column: str, rows: int) -> None:
    if rows:
        log.warning(
            "%s: column [%s]: what stands in %d rows is far commoner than all other values and "
            "counts as missing",
            where, column, rows,
        )  # fmt: skip


def _rows(known: _Names, persons: int, *, turned: bool) -> dict[str, pa.Array]:
    """Which rows there are, whose of so many persons, and their names and dates of birth."""
    given, family, either = in_one_dictionary(known.given, known.family)
    parts = [np.arange(persons), _alias_rows(known, persons)]
    if turned:
        own = slice(persons)
        is_worth = (given[own] >= 0) & (family[own] >= 0) & (given[own] != family[own])
        parts.append(np.flatnonzero(is_worth))
    variant = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    source = np.concatenate(parts)
    order = np.argsort(known.owner[source] * len(VARIANTS) + variant, kind="stable")
    source, variant = source[order], variant[order]
    person, is_turned = known.owner[source], variant == TURNED
    count = np.bincount(person[~is_turned], minlength=persons)
    sounds = in_one_dictionary(names.sound(known.given), names.sound(known.family))

    def named(one: Codes, other: Codes, dictionary: pa.Array) -> pa.DictionaryArray:
        return of_codes(np.where(is_turned, other[source], one[source]), dictionary)

    places = pa.array(source)
    return {
        "person": pa.array(person),
        "variant": of_codes(variant, pa.array(VARIANTS)),
        "is_alone": pa.array(is_turned | (count[person] == 1)),
        "given": named(given, family, either),
        "family": named(family, given, either),
        "given_sound": named(*sounds),
        "family_sound": named(sounds[1], sounds[0], sounds[2]),
        "middle": known.middle.take(places),
        "birth": known.birth.take(places),
        "all_names": names.words_of_all([known.first, known.middle, known.last]).take(places),
        "family_words": _family_words(known.last, source, is_turned, given, either),
    }


def _alias_rows(known: _Names, count: int) -> Codes:
    """The rows of aliases that say something of their own, in the order of their values."""
    columns = (known.given, known.family, known.birth)
    given, family, birth = map(codes_of, columns)
    found = pd.DataFrame({"of": known.owner, "given": given, "family": family, "birth": birth})
    is_new = ~found.duplicated() & ((given >= 0) | (family >= 0))
    new = np.flatnonzero(is_new.to_numpy()[count:]) + count
    ranks = [_ranks(column)[new] for column in (known.middle, *reversed(columns))]
    return new[np.lexsort((*ranks, known.owner[new]))]


def _ranks(values: pa.DictionaryArray) -> Codes:
    """The places of values among the distinct ones in order; what is missing comes last."""
    order = pc.array_sort_indices(values.dictionary).to_numpy()
    ranks = np.full(len(order) + 1, len(order))
    ranks[order] = np.arange(len(order))
    return ranks[codes_of(values)]


def _family_words(
    last: pa.DictionaryArray,
    source: Codes,
    is_turned: npt.NDArray[np.bool_],
    given: Codes,
    dictionary: pa.Array,
) -> pa.ListArray:
    """The words of family names; of a turned row the given name, as one word."""
    as_held = names.words(last).take(pa.array(source[~is_turned]))
    one_word = dictionary.take(pa.array(given[source[is_turned]]))
    turned = lists_of(np.ones(len(one_word), dtype=np.int64), one_word)
    place = np.empty(len(source), dtype=np.int64)
    place[~is_turned], place[is_turned] = np.split(np.arange(len(source)), [len(as_held)])
    return pa.concat_arrays([as_held, turned]).take(pa.array(place))


def _column(table: pa.Table, name: str) -> pa.Array:
    """A column as text; all missing if the table has none of the name."""
    if name not in table.column_names:
        return pa.nulls(len(table), pa.string())
    return pc.cast(table[name], pa.string()).combine_chunks()


def _birth(table: pa.Table) -> pa.Array:
    """Dates of birth as eight digits ``YYYYMMDD``; placeholders are missing."""
    if "date_of_birth" not in table.column_names:
        return pa.nulls(len(table), pa.string())
    dates = encoded(table["date_of_birth"])
    if pa.types.is_temporal(dates.dictionary.type):
        dates = recoded(dates, pc.strftime(dates.dictionary, format="%Y%m%d"))
    known = by_distinct(dates, lambda date: None if is_no_birth(date) else date)
    return known.dictionary_decode()


def _fixed(persons: pa.Table, where: str) -> dict[str, pa.Array]:
    """What all rows of a person have in common, identifiers aside."""

    def column(name: str) -> pa.DictionaryArray:
        return encoded(_column(persons, name))

    postcode = pc.replace_substring_regex(
        pc.utf8_upper(_column(persons, "postcode")), "[^A-Z0-9]+", ""
    )
    house = by_distinct(column("street_number"), _first_number)
    in_address = by_distinct(column("address"), _first_number)
    fixed: dict[str, pa.Array] = {
        "gender": by_distinct(column("gender"), _gender),
        "nationality": by_distinct(
            column("nationality"), lambda code: None if is_no_value(code) else code
        ),
        "nationality_two": column("second_nationality"),
        "postcode": by_distinct(
            encoded(postcode), lambda code: None if is_no_postcode(code) else code
        ),
        "house": encoded(pc.coalesce(house.dictionary_decode(), in_address.dictionary_decode())),
    }
    for name in ("birth_place", "suburb", "region", "address"):
        placed = names.given_form(names.standard(column(name)))
        fixed[name] = by_distinct(placed, lambda place: None if is_no_value(place) else place)
    for name in COMMON_PLACES:
        fixed[name], rows = without_common(fixed[name])
        _log_common(where, name, rows)
    return fixed


def _gender(written: str) -> str | None:
    gender = re.sub(r"^([MF])[A-Z]*$", r"\1", written.strip().upper())
    return None if gender in NO_GENDER or is_no_value(gender) else gender


def _first_number(written: str) -> str | None:
    found = re.search(r"([1-9]\d*)", written)
    return found[1] if found else None
