"""On which line of a TOML file something stands, which the TOML reader does not say."""

import re
from collections.abc import Sequence
from typing import Any

_HEADER = re.compile(r"^\s*(\[+)\s*([A-Za-z0-9_.-]+)\s*\]+")
_KEY = re.compile(r"^\s*([A-Za-z0-9_-]+)\s*=")


def line_of(text: str, where: Sequence[Any]) -> int:
    """The line, from 1, of the table or key at a path such as ``("rule", 2, "period", 0, "to")``.

    The nearest table that encloses the path where the path itself has no line: a missing key, or
    one inside an inline table.
    """
    known: dict[tuple[Any, ...], int] = {}
    table: tuple[Any, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            table = _enter(known, header.group(2).split("."), is_list=header.group(1) == "[[")
            known[table] = number
        elif key := _KEY.match(line):
            known[(*table, key.group(1))] = number
    path = tuple(where)
    while path and path not in known:
        path = path[:-1]
    return known.get(path, 1)


def _enter(
    known: dict[tuple[Any, ...], int], names: list[str], *, is_list: bool
) -> tuple[Any, ...]:
    path: tuple[Any, ...] = ()
    for position, name in enumerate(names):
        path = (*path, name)
        count = sum(1 for entry in known if entry[:-1] == path and isinstance(entry[-1], int))
        if position == len(names) - 1 and is_list:
            path = (*path, count)
        elif count:
            path = (*path, count - 1)
    return path
