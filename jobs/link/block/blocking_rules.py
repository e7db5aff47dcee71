"""The blocking rules: what two rows must have in common to be worth comparing.

Each rule gives a row some keys, as SQL over its columns; see `keys` for who bears them and
`blocking` for the pairs that are formed.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, kw_only=True)
class BlockingRule:
    """A blocking rule: SQL expressions over a row, equal together, and the columns they need.

    ``is_list``: the first expression is a list, and each of its entries makes a key.

    ``of_names``: made for turned rows too. ``without``: used only where this column has no values.
    ``is_number``: of an identifier.
    """

    name: str
    key: tuple[str, ...]
    needs: tuple[str, ...]
    of_names: bool
    is_list: bool = False
    without: str | None = None
    is_number: bool = False

    def narrower(self, columns: Collection[str]) -> "tuple[BlockingRule, ...]":
        """The rule with one more field each, for people whose key is too common for it.

        Only fields of `NARROWING` that the sides have (``columns``) and that the rule does not use.
        """
        return tuple(
            replace(
                self,
                name=f"{self.name}, {name}",
                key=(*self.key, field),
                needs=(*self.needs, needed),
            )
            for name, field, needed in NARROWING
            if needed in columns and needed not in self.needs
        )


_MONTH, _DAY = "substr(birth, 5, 2)", "right(birth, 2)"
_DAY_MONTH = f"least({_MONTH}, {_DAY}) || greatest({_MONTH}, {_DAY})"
_DATE = f"left(birth, 4) || {_DAY_MONTH}"
"""Blind to day and month changed over."""

RULES: Final = (
    BlockingRule(name="both names", key=("given_sound", "family_sound",),
                 needs=("given_sound", "family_sound"), of_names=True),
    BlockingRule(name="birth and any name",
                 key=(f"list_transform(all_names, x -> {_DATE} || left(x, 3))",),
                 needs=("birth", "all_names"), of_names=False, is_list=True),
    BlockingRule(name="birth", key=(_DATE,), needs=("birth",), of_names=False),
    BlockingRule(name="family name, initial, year",
                 key=("family_sound", "left(given, 1)", "left(birth, 4)",),
                 needs=("family_sound", "given", "birth"), of_names=True),
    BlockingRule(name="family name, initial, day",
                 key=("family_sound", "left(given, 1)", _DAY_MONTH,),
                 needs=("family_sound", "given", "birth"), of_names=True),
    BlockingRule(name="given name, initial, year",
                 key=("given_sound", "left(family, 1)", "left(birth, 4)",),
                 needs=("given_sound", "family", "birth"), of_names=True),
    BlockingRule(name="given name, initial, day",
                 key=("given_sound", "left(family, 1)", _DAY_MONTH,),
                 needs=("given_sound", "family", "birth"), of_names=True),
    BlockingRule(name="given name, month of birth", key=("given_sound", "left(birth, 6)",),
                 needs=("given_sound", "birth"), of_names=True),
    BlockingRule(name="family name, month of birth", key=("family_sound", "left(birth, 6)",),
                 needs=("family_sound", "birth"), of_names=True),
    BlockingRule(name="family name, initial", key=("family_sound", "left(given, 1)",),
                 needs=("family_sound", "given"), of_names=True),
    BlockingRule(name="given name, initial", key=("given_sound", "left(family, 1)",),
                 needs=("given_sound", "family"), of_names=True),
    BlockingRule(name="starts of names, year",
                 key=("left(given, 2)", "left(family, 2)", "left(birth, 4)",),
                 needs=("given", "family", "birth"), of_names=True),
    BlockingRule(name="starts of names", key=("left(given, 3)", "left(family, 3)",),
                 needs=("given", "family"), of_names=True, without="birth"),
    BlockingRule(name="any word of the name", key=("all_names",),
                 needs=("all_names",), of_names=False, is_list=True, without="birth"),
    BlockingRule(name="postcode, given name", key=("postcode", "left(given, 2)",),
                 needs=("postcode", "given"), of_names=False),
    BlockingRule(name="postcode, family name", key=("postcode", "left(family, 2)",),
                 needs=("postcode", "family"), of_names=False),
    BlockingRule(name="postcode, year", key=("postcode", "left(birth, 4)",),
                 needs=("postcode", "birth"), of_names=False),
    BlockingRule(name="street and number", key=("house", "address",),
                 needs=("house", "address"), of_names=False),
    BlockingRule(name="suburb, given name", key=("suburb", "given_sound",),
                 needs=("suburb", "given_sound"), of_names=False),
)  # fmt: skip

NARROWING: Final = (
    ("nationality", "nationality", "nationality"),
    ("place of birth", "birth_place", "birth_place"),
    ("year", "left(birth, 4)", "birth"),
)
"""Fields by which a key that is too common is narrowed: name, expression and the column needed.

Chosen on a world of 30,000 persons whose budgets were as scarce as those of a million: of the pairs
of one person 77 % met without them, 96 % with these three; a postcode added 0.2 points for half as
many pairs again, sounds of names less than any of them.
"""


def systems_of(columns: Iterable[str]) -> list[str]:
    """The columns of identifiers."""
    return sorted(name for name in columns if name.startswith("id_"))


def rules_for(columns: Collection[str], systems: Collection[str]) -> tuple[BlockingRule, ...]:
    """The rules that two sides can use: each identifier system, then `RULES` by their columns."""
    identifiers = tuple(
        BlockingRule(
            name=column, key=(column,), needs=(column,), of_names=True, is_list=True, is_number=True
        )
        for column in sorted(systems)
    )
    return (*identifiers, *_possible(columns))


def _possible(columns: Collection[str]) -> tuple[BlockingRule, ...]:
    return tuple(
        rule for rule in RULES if set(rule.needs) <= set(columns) and rule.without not in columns
    )
