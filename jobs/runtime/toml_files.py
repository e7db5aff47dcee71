"""Reading a TOML file that a person wrote: every way in which it cannot be read is one line."""

import tomllib
from pathlib import Path
from typing import Any, Final

from jobs.runtime.errors import BadInput

MOST_BYTES: Final = 1 << 20
"""A file that a person writes is smaller."""
DEEPEST: Final = 16
"""Tables and lists within each other; what this software reads has five."""
_MEND: Final = "mend the line"


def read_toml(path: Path, *, where: str) -> dict[str, Any]:
    """Read a TOML file, with or without a byte order mark.

    Args:
        path: the file.
        where: what messages call it.

    Raises:
        BadInput: it is missing, cannot be read, is too large, is not UTF-8 or is not TOML.
    """
    return parse_toml(read_toml_text(path, where=where), where=where)


def read_toml_text(path: Path, *, where: str) -> str:
    """The text of a TOML file, for whoever looks for lines in it; see `read_toml`.

    Raises:
        BadInput: it is missing, cannot be read, is too large or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        told = error.strerror or type(error).__name__
        raise BadInput(where, f"cannot be read: {told}", "name a TOML file") from None
    if len(content) > MOST_BYTES:
        raise BadInput(where, f"is larger than {MOST_BYTES >> 20} MiB", "name a TOML file")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        what = f"is not TOML: it is not UTF-8 (byte {error.start + 1})"
        raise BadInput(where, what, "write it as UTF-8") from None


def parse_toml(text: str, *, where: str) -> dict[str, Any]:
    """Parse the text of a TOML file.

    Raises:
        BadInput: it is not TOML, or nested deeper than `DEEPEST`.
    """
    too_deep = BadInput(where, f"is not TOML: nested deeper than {DEEPEST}", _MEND)
    try:
        content = tomllib.loads(text)
    except RecursionError:
        raise too_deep from None
    except tomllib.TOMLDecodeError as error:
        raise BadInput(where, f"is not TOML: {' '.join(str(error).split())}", _MEND) from None
    except ValueError:  # a number of thousands of digits
        raise BadInput(where, "is not TOML: a number is too long", _MEND) from None
    if _is_deeper(content, DEEPEST):
        raise too_deep
    return content


def _is_deeper(content: dict[str, Any], most: int) -> bool:
    """Whether anything lies more than ``most`` levels down; level by level, so nothing recurses."""
    level: list[Any] = [content]
    for _ in range(most):
        values = (v.values() if isinstance(v, dict) else v for v in level)
        level = [child for held in values for child in held if isinstance(child, dict | list)]
        if not level:
            return False
    return True
