"""What is compared between two rows, and the comparison levels of each comparison.

One declaration serves the engine, the trainer (as a starting point and
an anchor for small data) and the reader (as evidence). Facts that depend on each other, such as
postcode and suburb, are levels of one comparison, so that they are not counted twice.

The first condition that holds is the level. ``l`` and ``r`` below stand for the two rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

WITHIN_NATIONALITY: Final = frozenset(
    {"given", "family", "given_sound", "family_sound", "birth_place"}
)
"""Columns whose frequencies are counted within each nationality, where one is recorded."""


Parameters = Mapping[str, Mapping[str, tuple[float, float]]]
"""Comparison name -> level name -> (m probability, u probability)."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """One comparison level: a degree of agreement.

    ``m`` and ``u`` are the m and u probabilities before any data is seen: the shares of true pairs
    and of random pairs that show this level. ``term_frequency`` names the column whose frequency
    scales the level, since agreement on a rare value is stronger evidence, and
    ``term_frequency_weight`` how much of it counts.
    """

    name: str
    sql: str
    m: float
    u: float
    term_frequency: str | None = None
    term_frequency_weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One piece of evidence: columns needed, when nothing can be said, and the levels.

    ``is_fixed``: the u probabilities stay as declared, whatever the data shows.
    ``is_ordered``: what comes after equality never says more of a pair than equality on the
    commoner of both values.
    """

    name: str
    needs: tuple[str, ...]
    silent: str
    levels: tuple[Level, ...] = field(repr=False)
    is_fixed: bool = False
    is_ordered: bool = False

    @property
    def column(self) -> str:
        """The name of the comparison in the engine's columns."""
        return self.name.replace(" ", "_").lower()


ELSE: Final = "ELSE"


def _similar(column: str, at_least: float) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {at_least}"


def _slip(column: str) -> str:
    """One letter wrong, missing, added or changed over, in a word long enough to bear it.

    Such words are always alike to 0.8, which is much quicker to find.
    """
    return (
        f"(least(length({column}_l), length({column}_r)) >= 4 AND {_similar(column, 0.8)} "
        f"AND damerau_levenshtein({column}_l, {column}_r) <= 1)"
    )


def _digit_slips(one: str, other: str, most: int) -> str:
    """At most so many wrong digits in two texts of one length.

    As a CASE, because the engine may try the parts of an AND in any order, and ``hamming`` refuses
    texts of different lengths.
    """
    same_length = f"length({one}) = length({other})"
    return f"(CASE WHEN {same_length} THEN hamming({one}, {other}) <= {most} ELSE FALSE END)"


def _digits_turned(one: str, other: str) -> str:
    """Two neighbouring digits changed over."""
    return f"({_digit_slips(one, other, 2)} AND damerau_levenshtein({one}, {other}) <= 1)"


def _either_missing(column: str) -> str:
    return f"{column}_l IS NULL OR {column}_r IS NULL"


def _start(column: str) -> str:
    return (
        f"(least(length({column}_l), length({column}_r)) >= 3 AND "
        f"(starts_with({column}_l, {column}_r) OR starts_with({column}_r, {column}_l)))"
    )


def _initial(column: str) -> str:
    return (
        f"(least(length({column}_l), length({column}_r)) = 1 "
        f"AND left({column}_l, 1) = left({column}_r, 1))"
    )


def _elsewhere(column: str, other: str) -> str:
    """Found among the words of the whole name, and not just as the other one of its two names."""
    return (
        f"((list_contains(all_names_l, {column}_r) AND {column}_r <> coalesce({other}_l, '')) "
        f"OR (list_contains(all_names_r, {column}_l) AND {column}_l <> coalesce({other}_r, '')))"
    )


GIVEN = Comparison(
    name="given name",
    needs=("given", "family", "given_sound", "all_names"),
    silent=_either_missing("given"),
    levels=(
        Level(name="same", sql="given_l = given_r", term_frequency="given",
              m=0.78, u=0.006),
        Level(name="a slip", sql=_slip("given"), term_frequency="given",
              m=0.09, u=0.002),
        Level(name="a variant", sql=f"given_sound_l = given_sound_r OR {_similar('given', 0.9)}",
              term_frequency="given_sound", m=0.04, u=0.003),
        Level(name="a short form", sql=f"{_start('given')} OR {_initial('given')}",
              m=0.015, u=0.003),
        Level(name="elsewhere in the name", sql=_elsewhere("given", "family"),
              m=0.015, u=0.004),
        Level(name="faintly alike", sql=_similar("given", 0.78),
              m=0.02, u=0.02),
        Level(name="different", sql=ELSE, m=0.04, u=0.962),
    ),
)  # fmt: skip
FAMILY = Comparison(
    name="family name",
    needs=("family", "given", "family_sound", "family_words", "all_names"),
    silent=_either_missing("family"),
    levels=(
        Level(name="same", sql="family_l = family_r", term_frequency="family",
              m=0.80, u=0.003),
        Level(name="a slip", sql=_slip("family"), term_frequency="family",
              m=0.09, u=0.001),
        Level(name="a variant", sql=f"family_sound_l = family_sound_r OR {_similar('family', 0.9)}",
              term_frequency="family_sound", m=0.03, u=0.003),
        Level(name="a part of it",
              sql=f"list_has_any(family_words_l, family_words_r) OR {_start('family')}",
              m=0.015, u=0.002),
        Level(name="elsewhere in the name", sql=_elsewhere("family", "given"),
              m=0.015, u=0.003),
        Level(name="faintly alike", sql=_similar("family", 0.78),
              m=0.015, u=0.01),
        Level(name="different", sql=ELSE, m=0.035, u=0.98),
    ),
)  # fmt: skip
MIDDLE = Comparison(
    name="middle names",
    needs=("middle",),
    silent=_either_missing("middle"),
    levels=(
        Level(name="same", sql="middle_l = middle_r", m=0.75, u=0.01),
        Level(name="alike", sql=f"{_similar('middle', 0.88)} OR "
              "list_has_any(string_split(middle_l, ' '), string_split(middle_r, ' '))",
              m=0.1, u=0.02),
        Level(name="same initial", sql="left(middle_l, 1) = left(middle_r, 1)",
              m=0.05, u=0.07),
        Level(name="different", sql=ELSE, m=0.1, u=0.9),
    ),
)  # fmt: skip
BIRTH = Comparison(
    name="date of birth",
    needs=("birth",),
    silent=_either_missing("birth"),
    is_ordered=True,
    levels=(
        Level(name="same", sql="birth_l = birth_r", term_frequency="birth",
              m=0.88, u=0.00007),
        Level(name="first of January of the year",
              sql="left(birth_l, 4) = left(birth_r, 4) AND "
              "(right(birth_l, 4) = '0101' OR right(birth_r, 4) = '0101')",
              m=0.01, u=0.0004),
        Level(name="day and month changed over",
              sql="left(birth_l, 4) = left(birth_r, 4) AND "
              "substr(birth_l, 5, 2) = right(birth_r, 2) AND "
              "right(birth_l, 2) = substr(birth_r, 5, 2)",
              m=0.015, u=0.00003),
        Level(name="a slip", sql=f"{_digit_slips('birth_l', 'birth_r', 1)} OR "
              f"{_digits_turned('birth_l', 'birth_r')}",
              m=0.05, u=0.0015),
        Level(name="two parts of three",
              sql="right(birth_l, 4) = right(birth_r, 4) OR left(birth_l, 6) = left(birth_r, 6) "
              "OR (left(birth_l, 4) = left(birth_r, 4) AND right(birth_l, 2) = right(birth_r, 2))",
              m=0.02, u=0.006),
        Level(name="two slips", sql=_digit_slips("birth_l", "birth_r", 2),
              m=0.015, u=0.015),
        Level(name="close in years",
              sql="abs(TRY_CAST(left(birth_l, 4) AS INTEGER) - "
              "TRY_CAST(left(birth_r, 4) AS INTEGER)) <= 1",
              m=0.01, u=0.05),
        Level(name="different", sql=ELSE, m=0.01, u=0.92),
    ),
)  # fmt: skip
GENDER = Comparison(
    name="gender",
    needs=("gender",),
    silent=_either_missing("gender"),
    levels=(
        Level(name="same", sql="gender_l = gender_r", m=0.99, u=0.7),
        Level(name="different", sql=ELSE, m=0.01, u=0.3),
    ),
)
NATIONALITY = Comparison(
    name="nationality",
    needs=("nationality", "nationality_two"),
    silent=_either_missing("nationality"),
    levels=(
        Level(name="same", sql="nationality_l = nationality_r", term_frequency="nationality",
              m=0.93, u=0.05),
        Level(name="same as the second one",
              sql="nationality_two_l = nationality_r OR nationality_l = nationality_two_r",
              m=0.01, u=0.01),
        Level(name="different", sql=ELSE, m=0.06, u=0.94),
    ),
)  # fmt: skip
BIRTH_PLACE = Comparison(
    name="birth place",
    needs=("birth_place",),
    silent=_either_missing("birth_place"),
    is_ordered=True,
    levels=(
        Level(name="same", sql="birth_place_l = birth_place_r", term_frequency="birth_place",
              m=0.8, u=0.05),
        Level(name="alike", sql=_similar("birth_place", 0.88), m=0.08, u=0.02),
        Level(name="different", sql=ELSE, m=0.12, u=0.93),
    ),
)  # fmt: skip
STREET = Comparison(
    name="street",
    needs=("address", "house"),
    silent="(address_l IS NULL OR address_r IS NULL) AND (house_l IS NULL OR house_r IS NULL)",
    levels=(
        Level(name="street and number",
              sql=f"({_similar('address', 0.88)}) AND house_l = house_r",
              m=0.7, u=0.00002),
        Level(name="street", sql="address_l = address_r", term_frequency="address",
              m=0.12, u=0.0005),
        Level(name="street alike", sql=_similar("address", 0.88),
              m=0.06, u=0.002),
        Level(name="number", sql="house_l = house_r", m=0.05, u=0.01),
        Level(name="different", sql=ELSE, m=0.07, u=0.98),
    ),
)  # fmt: skip
AREA = Comparison(
    name="area",
    needs=("postcode", "suburb", "region"),
    silent="(postcode_l IS NULL OR postcode_r IS NULL) AND (suburb_l IS NULL OR suburb_r IS NULL)"
    " AND (region_l IS NULL OR region_r IS NULL)",
    levels=(
        Level(name="postcode and suburb",
              sql=f"postcode_l = postcode_r AND ({_similar('suburb', 0.88)})",
              m=0.5, u=0.0007),
        Level(name="postcode", sql="postcode_l = postcode_r",
              m=0.2, u=0.001),
        Level(name="suburb", sql="suburb_l = suburb_r", term_frequency="suburb",
              m=0.08, u=0.001),
        Level(name="postcode or suburb alike",
              sql=f"({_similar('suburb', 0.88)}) OR "
              "damerau_levenshtein(postcode_l, postcode_r) <= 1",
              m=0.05, u=0.005),
        Level(name="postcode district",
              sql="length(postcode_l) >= 5 AND length(postcode_r) >= 5 AND "
              "left(postcode_l, length(postcode_l) - 3) = left(postcode_r, length(postcode_r) - 3)",
              m=0.05, u=0.01),
        Level(name="region", sql="region_l = region_r", term_frequency="region",
              m=0.05, u=0.15),
        Level(name="different", sql=ELSE, m=0.07, u=0.83),
    ),
)  # fmt: skip
HOME_OFFICE = Comparison(
    name="Home Office reference",
    needs=("id_ho", "id_ho_file"),
    silent=_either_missing("id_ho"),
    is_fixed=True,
    levels=(
        Level(name="same", sql="list_has_any(id_ho_l, id_ho_r)",
              m=0.93, u=0.000001),
        Level(name="same family file", sql="list_has_any(id_ho_file_l, id_ho_file_r)",
              m=0.02, u=0.000002),
        Level(name="different", sql=ELSE, m=0.05, u=0.999997),
    ),
)  # fmt: skip
VARIANT = Comparison(
    name="name used",
    needs=("variant",),
    silent="FALSE",
    is_fixed=True,
    levels=(
        Level(name="own names", sql="variant_l = 'own' AND variant_r = 'own'",
              m=0.93, u=1.0),
        Level(name="an alias", sql="variant_l <> 'turned' AND variant_r <> 'turned'",
              m=0.05, u=1.0),
        Level(name="names changed over", sql=ELSE, m=0.02, u=1.0),
    ),
)  # fmt: skip
"""Scores the choice of the variant: without it, whoever has more names would agree more often."""

PEOPLE: Final = (
    GIVEN, FAMILY, MIDDLE, BIRTH, GENDER, NATIONALITY, BIRTH_PLACE, STREET, AREA, HOME_OFFICE,
)  # fmt: skip

SYSTEM_NAMES: Final = {"id_pnc": "PNC number", "id_cro": "CRO number", "id_noms": "prison number"}


CHECKED: Final = frozenset({"id_pnc", "id_cro"})
"""Systems with a check letter: a number with a slip is missing, so none is ever compared."""


def of_identifier(column: str) -> Comparison:
    """The comparison of one identifier system's list column.

    Two different valid numbers speak strongly against a pair without deciding it: a number may
    be somebody else's, or one of several that a person has. For the same reason agreement is
    held to the chance of a stray number, not to that of a coincidence.
    """
    one, other = f"list_extract({column}_l, 1)", f"list_extract({column}_r, 1)"
    slip = Level(
        name="a slip",
        sql=f"length({one}) >= 5 AND "
        f"({_digit_slips(one, other, 1)} OR {_digits_turned(one, other)})",
        m=0.03,
        u=0.00002,
    )
    return Comparison(
        name=SYSTEM_NAMES.get(column, column.removeprefix("id_").replace("_", " ")),
        needs=(column,),
        silent=_either_missing(column),
        is_fixed=True,
        levels=(
            Level(name="same", sql=f"list_has_any({column}_l, {column}_r)",
                  m=0.93, u=0.000001),
            *(() if column in CHECKED else (slip,)),
            Level(name="different", sql=ELSE, m=0.04, u=0.99998),
        ),
    )  # fmt: skip


def comparisons_for(columns: Iterable[str]) -> tuple[Comparison, ...]:
    """Every comparison that two sides can be held to, given the columns both have values in.

    A comparison with several columns is made if its first one has values, or for street and
    area any one.
    """
    present = set(columns)
    some_of = {STREET.name, AREA.name}
    chosen = [
        comparison
        for comparison in PEOPLE
        if (present & set(comparison.needs) if comparison.name in some_of
            else comparison.needs[0] in present)
    ]  # fmt: skip
    systems = sorted(
        name for name in present if name.startswith("id_") and name not in HOME_OFFICE.needs
    )
    return (*chosen, *(of_identifier(name) for name in systems), VARIANT)


def term_frequency_columns(comparisons: Iterable[Comparison]) -> list[str]:
    """The columns whose value frequencies scale some level."""
    return sorted(
        {level.term_frequency for c in comparisons for level in c.levels if level.term_frequency}
    )
