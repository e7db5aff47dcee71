"""Damages of a CSV file, as bytes: what editors, transfers and exports do to text."""

import gzip
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from benchmarks.samples.damaged.made import Plan


@dataclass(frozen=True, kw_only=True)
class Damaged:
    """A file after its damage; the numbers as in `Made`. ``rows`` only where rows were added."""

    content: bytes
    touched: int = 1
    lost: int = 0
    added: int = 0
    planted: tuple[str, ...] = ()


Damage = Callable[[bytes, Plan], Damaged]


def _in_rows(content: bytes, draw: random.Random) -> int:
    return draw.randrange(content.index(b"\n") + 1, len(content))


def _at(content: bytes, place: int, put: bytes, instead_of: int = 0) -> bytes:
    return content[:place] + put + content[place + instead_of :]


def a_quote(content: bytes, plan: Plan) -> Damaged:
    """A stray quote anywhere."""
    return Damaged(content=_at(content, _in_rows(content, plan.draw), b'"'))


def a_quote_at_a_field(content: bytes, plan: Plan) -> Damaged:
    """A stray quote where a field begins or ends: the kind that swallows."""
    return Damaged(content=_quote_at_a_field(content, plan.draw))


def two_quotes(content: bytes, plan: Plan) -> Damaged:
    """A quote is opened in one row and closed in this or a later one."""
    once = _quote_at_a_field(content, plan.draw)
    return Damaged(content=_quote_at_a_field(once, plan.draw), touched=2)


def a_quote_less(content: bytes, plan: Plan) -> Damaged:
    """A quote is gone."""
    places = [at for at, byte in enumerate(content) if byte == 34 and at > content.index(b"\n")]
    place = plan.draw.choice(places) if places else len(content)
    return Damaged(content=_at(content, place, b"", 1))


def rows_within_quotes(content: bytes, plan: Plan) -> Damaged:
    """Whole rows between the last field of one row and the same field of a later one."""
    head, *lines = _lines(content)
    first = plan.draw.randrange(len(lines))
    last = plan.draw.randrange(first, len(lines))
    lines = [line.replace(b'"', b"") for line in lines]
    place = plan.draw.choice([lines[first].rfind(b","), 0]) + 1
    lines[first] = _at(lines[first], place if place > 1 else 0, b'"')
    lines[last] += b'"'
    if plan.draw.random() < 0.3:
        lines.insert(plan.draw.randrange(first, last + 1), b"")
    return Damaged(content=b"\n".join([head, *lines]) + b"\n", touched=2)


def a_value(content: bytes, plan: Plan) -> Damaged:
    """Another value in a cell, as bare text."""
    return _with_cell(content, plan, plan.value(), quoted=False)


def a_quoted_value(content: bytes, plan: Plan) -> Damaged:
    """Another value in a cell, quoted as it should be."""
    return _with_cell(content, plan, plan.value(), quoted=True)


def a_column_of_values(content: bytes, plan: Plan) -> Damaged:
    """The same value all down a column."""
    head, *lines = _lines(content)
    place, value = plan.draw.randrange(head.count(b",") + 1), plan.value()
    text = '"' + value.replace('"', '""') + '"'
    cells = [line.split(b",") for line in lines]
    for row in cells:
        row[place % len(row)] = text.encode()
    whole = b"\n".join([head, *(b",".join(row) for row in cells)]) + b"\n"
    return Damaged(content=whole, touched=len(lines), planted=(value,))


def a_byte(content: bytes, plan: Plan) -> Damaged:
    """One byte is another, line ends included."""
    place = plan.draw.randrange(len(content))
    byte = bytes([plan.draw.randrange(256)])
    is_head = place <= content.index(b"\n")
    everything = content.count(b"\n")
    return Damaged(content=_at(content, place, byte, 1), touched=everything if is_head else 2)


def a_byte_more(content: bytes, plan: Plan) -> Damaged:
    """A byte is put in: a line break, a comma, NUL, half a character."""
    put = plan.draw.choice([b"\n", b"\r", b"\r\n", b",", b";", b"\x00", b"\xc3", b"\xe9", b"\x1a"])
    return Damaged(content=_at(content, _in_rows(content, plan.draw), put), touched=2)


def cut_anywhere(content: bytes, plan: Plan) -> Damaged:
    """The end is missing, from within a line."""
    place = plan.draw.randrange(len(content) - 1)
    kept = content[: place + 1 if content[place : place + 1] not in b"\r\n" else place]
    return Damaged(content=kept, touched=0)


def cut_at_a_line(content: bytes, plan: Plan) -> Damaged:
    """The end is missing, from the end of a line: the file looks whole."""
    head, *lines = content.splitlines(keepends=True)
    kept = plan.draw.randrange(1, len(lines))
    return Damaged(content=b"".join([head, *lines[:kept]]), touched=0, lost=len(lines) - kept)


def a_line_less(content: bytes, plan: Plan) -> Damaged:
    """A line is gone."""
    head, *lines = content.splitlines(keepends=True)
    del lines[plan.draw.randrange(len(lines))]
    return Damaged(content=b"".join([head, *lines]), touched=0, lost=1)


def a_line_twice(content: bytes, plan: Plan) -> Damaged:
    """A line is there twice."""
    head, *lines = content.splitlines(keepends=True)
    lines.insert(0, plan.draw.choice(lines))
    return Damaged(content=b"".join([head, *lines]), added=1)


def blank_lines(content: bytes, plan: Plan) -> Damaged:
    """Lines without anything between the rows, or at the end: they are no rows."""
    lines = _lines(content)
    for _ in range(plan.draw.randrange(1, 4)):
        lines.insert(plan.draw.randrange(1, len(lines) + 1), b"")
    return Damaged(content=b"\n".join(lines) + b"\n", touched=0)


def other_line_ends(content: bytes, plan: Plan) -> Damaged:
    """Lines end as on another system, or now so and now so."""
    ends = plan.draw.choice([[b"\r\n"], [b"\r"], [b"\n", b"\r\n"], [b"\n", b"\r"]])
    lines = _lines(content)
    return Damaged(content=b"".join(line + plan.draw.choice(ends) for line in lines), touched=0)


def a_field_more_or_less(content: bytes, plan: Plan) -> Damaged:
    """A row has another number of fields than the header."""
    head, *lines = _lines(content)
    at = plan.draw.randrange(len(lines))
    cells = lines[at].split(b",")
    if plan.draw.random() < 0.5:
        cells.insert(plan.draw.randrange(len(cells) + 1), b"")
    else:
        del cells[plan.draw.randrange(len(cells))]
    lines[at] = b",".join(cells)
    return Damaged(content=b"\n".join([head, *lines]) + b"\n")


def another_encoding(content: bytes, plan: Plan) -> Damaged:
    """Written in another encoding than UTF-8, or as two."""
    encodings = ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "utf-7"]
    encoding = plan.draw.choice(encodings)
    whole = content.decode().encode(encoding)
    if plan.draw.random() < 0.2:
        whole = content + whole[: plan.draw.randrange(1, len(whole))]
    return Damaged(content=whole, touched=content.count(b"\n") if encoding == "utf-7" else 0)


def another_separator(content: bytes, plan: Plan) -> Damaged:
    """Fields are separated by something else."""
    return Damaged(content=content.replace(b",", plan.draw.choice([b";", b"\t", b"|"])))


def another_header(content: bytes, plan: Plan) -> Damaged:
    """Names in capitals, with blanks, missing, twice, unknown, or no header at all."""
    head, *lines = _lines(content)
    names = head.replace(b'"', b"").split(b",")
    at = plan.draw.randrange(len(names))
    change = plan.draw.randrange(7)
    if change == 0:
        names = [name.upper() for name in names]
    elif change == 1:
        names[at] = b" " + names[at] + b" "
    elif change == 2:
        names[at] = plan.draw.choice([b"", b"\x00", b"another", b"\xff", b'"'])
    elif change == 3:
        names[at] = names[at - 1]
    elif change == 4:  # a column more, which nobody reads
        name = plan.draw.choice([b"", b"another", names[at], b'"', b"x\x00", b"\xff"])
        return Damaged(
            content=b"\n".join([head + b"," + name, *(line + b"," for line in lines)]) + b"\n",
            touched=0 if name in {b"", b"another"} else len(lines),
        )
    elif change == 5:
        return Damaged(content=b"\n".join(lines) + b"\n", touched=len(lines), lost=1)
    else:
        nothing = plan.draw.choice([b"", b"\n", head, head + b"\n"])
        return Damaged(content=nothing, touched=0, lost=len(lines))
    return Damaged(content=b"\n".join([b",".join(names), *lines]) + b"\n", touched=len(lines))


def compressed(content: bytes, plan: Plan) -> Damaged:
    """Compressed in one or two members, whole, cut or with a byte that is another."""
    half = content.index(b"\n") + 1
    whole = plan.draw.choice(
        [gzip.compress(content), gzip.compress(content[:half]) + gzip.compress(content[half:])]
    )
    change = plan.draw.randrange(4)
    if change == 1:
        whole = whole[: plan.draw.randrange(1, len(whole))]
    elif change == 2:
        whole = _at(whole, plan.draw.randrange(len(whole)), bytes([plan.draw.randrange(256)]), 1)
    elif change == 3:
        whole += plan.draw.choice([b"\x00" * 8, b"text", content])
    return Damaged(content=whole, touched=0 if change in {0, 1} else 1)


DAMAGES: Final[tuple[Damage, ...]] = (
    a_quote, a_quote_at_a_field, two_quotes, a_quote_less, rows_within_quotes, a_value,
    a_quoted_value, a_column_of_values, a_byte, a_byte_more, cut_anywhere, cut_at_a_line,
    a_line_less, a_line_twice, blank_lines, other_line_ends, a_field_more_or_less,
    another_encoding, another_separator, another_header, compressed,
)  # fmt: skip


def _lines(content: bytes) -> list[bytes]:
    return content.removesuffix(b"\n").split(b"\n")


def _quote_at_a_field(content: bytes, draw: random.Random) -> bytes:
    begins = content.index(b"\n")
    places = [at for at in range(begins, len(content)) if content[at] in b",\n"]
    return _at(content, draw.choice(places) + draw.randrange(2), b'"')


def _with_cell(content: bytes, plan: Plan, value: str, *, quoted: bool) -> Damaged:
    head, *lines = _lines(content)
    at = plan.draw.randrange(len(lines))
    cells = lines[at].split(b",")
    text = '"' + value.replace('"', '""') + '"' if quoted else value
    cells[plan.draw.randrange(len(cells))] = text.encode()
    lines[at] = b",".join(cells)
    return Damaged(content=b"\n".join([head, *lines]) + b"\n", planted=(value,))
