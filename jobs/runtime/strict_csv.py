"""Reading the quotes of a CSV file strictly, and counting its rows before anything parses them.

A parser that forgives a stray quote takes everything to the next quote for one value: the rows
between are gone, and nothing shows it. So quoting is read to the letter (RFC 4180) before the
file is parsed: a quote opens a field only at its start, closes it only at its end, and is written
twice within. A line break within a field is let pass only where it cannot be the end of a row.

A quote is an opening one if an even number stands before it in its row, so the whole file is read
in array operations. What this counts is what the parser must give.
"""

from typing import IO, Final

import numpy as np
from numpy.typing import NDArray

from jobs.runtime.errors import BadInput

BLOCK_BYTES: Final = 4 << 20
LONGEST_ROW: Final = 1 << 20
"""No row of a register is longer than this; one that is holds others, or another file."""

_QUOTE, _LF, _CR, _BLANK = 34, 10, 13, 32
_MEND: Final = "deliver the file again, with every quote closed and quotes within doubled"

Bytes = NDArray[np.uint8]
Places = NDArray[np.intp]


def count_rows(
    *,
    file: IO[bytes],
    columns: int,
    where: str,
    separator: str = ",",
    are_blanks_skipped: bool = False,
) -> int:
    """Read the quotes of a whole file and count its rows, without the header's.

    Args:
        file: the file from its beginning.
        columns: fields of the header line.
        where: names the file in messages.
        separator: what stands between two fields, one ASCII character.
        are_blanks_skipped: blanks before a field are no part of it, so a quote may follow them.

    Raises:
        BadInput: by line number: a quote within a field that does not begin with one, text after
            a closing quote, a quote that is not closed, rows within a field, a row of over
            `LONGEST_ROW` bytes; or the last line does not end.
    """
    reader = _BlockReader(columns, where, ord(separator), are_blanks_skipped=are_blanks_skipped)
    rest = b""
    while data := file.read(BLOCK_BYTES):
        rest = reader.read(rest + data)
    if rest.endswith(b"\r"):
        rest = reader.read(rest + b"\n")
    if rest:
        reader.refuse_open_end(rest)
    return max(reader.rows - 1, 0)


class _BlockReader:
    """What is carried from block to block: every block begins where a row begins."""

    def __init__(
        self, columns: int, where: str, separator: int, *, are_blanks_skipped: bool
    ) -> None:
        self.columns, self.where, self.separator = columns, where, separator
        self.are_blanks_skipped = are_blanks_skipped
        self.rows, self.line = 0, 1
        # What may stand before an opening quote and after a closing one.
        self.beside_quote = np.zeros(256, dtype=np.bool_)
        self.beside_quote[[_QUOTE, separator, _LF, _CR]] = True

    def read(self, data: bytes) -> bytes:
        """Check and count the whole rows of a block; give what follows the last of them."""
        block = np.frombuffer(data, dtype=np.uint8)
        quotes, ends = _places(block)
        inside = (np.searchsorted(quotes, ends) % 2).astype(np.bool_)
        row_ends = ends[~inside]
        size = int(row_ends[-1]) + 1 if len(row_ends) else 0
        self._refuse_misplaced(block, quotes, ends)
        if inside.any():
            whole = quotes[quotes < size]
            self._refuse_rows_within(block[:size], whole, ends)
        if len(data) - size > LONGEST_ROW:
            self._refuse_long(quotes, ends, size)
        self.rows += _filled(block, row_ends)
        self.line += int(np.searchsorted(ends, size))
        return data[size:]

    def refuse_open_end(self, rest: bytes) -> None:
        """Refuse what follows the last whole row: the file ends within a quote or a line."""
        block = np.frombuffer(rest, dtype=np.uint8)
        quotes, ends = _places(block)
        if len(quotes) % 2 and len(ends) and ends[-1] > quotes[-1]:
            raise self._refusal(quotes[-1], ends, "a quote is opened and not closed")
        raise BadInput(
            self.where,
            "is cut short: the last line does not end",
            "deliver the file again, with a line break after the last row",
        )

    def _refuse_misplaced(self, block: Bytes, quotes: Places, ends: Places) -> None:
        opening, closing = quotes[0::2], quotes[1::2]
        if len(closing) and closing[-1] == len(block) - 1:
            closing = closing[:-1]  # the next block says what follows it
        stray = opening[(opening > 0) & ~self.beside_quote[block[opening - 1]]]
        if self.are_blanks_skipped and len(stray):
            stray = self._without_blanks(block, stray)
        after = closing[~self.beside_quote[block[closing + 1]]]
        if len(stray) and (len(after) == 0 or stray[0] < after[0]):
            what = "a quote within a field that does not begin with one"
            raise self._refusal(stray[0], ends, what)
        if len(after):
            raise self._refusal(after[0], ends, "text after a closing quote")

    def _without_blanks(self, block: Bytes, stray: Places) -> Places:
        """Those of the quotes before which there is more of the field than blanks."""
        solid = np.flatnonzero(block != _BLANK)
        before = np.searchsorted(solid, stray) - 1
        begins = (before < 0) | self.beside_quote[block[solid[before]]]
        return stray[~begins]

    def _refuse_rows_within(self, block: Bytes, quotes: Places, ends: Places) -> None:
        # A doubled quote closes and opens again: the pieces are of one field.
        opening, closing = quotes[0::2], quotes[1::2]
        begins = np.r_[True, opening[1:] != closing[:-1] + 1][: len(opening)]
        first, last = opening[begins], closing[np.r_[begins[1:], True][: len(opening)]]
        first_end, last_end = np.searchsorted(ends, first), np.searchsorted(ends, last)
        is_broken = last_end > first_end
        first, last = first[is_broken], last[is_broken]
        commas = np.flatnonzero(block == self.separator)
        # From a field of one row to the same field of a later one lie all separators of a row, in
        # the rest of its first line and in its last line, whatever stands between.
        of_first = _between(commas, first, ends[first_end[is_broken]])
        of_last = _between(commas, ends[last_end[is_broken] - 1], last)
        rows = first[of_first + of_last >= self.columns - 1]
        if len(rows):
            what = "a quoted field holds whole rows: its quote is not closed in its row"
            raise self._refusal(rows[0], ends, what)

    def _refuse_long(self, quotes: Places, ends: Places, size: int) -> None:
        of_rest = quotes[quotes >= size]
        place = of_rest[-1] if len(of_rest) % 2 else size
        longest = f"{LONGEST_ROW >> 20} MiB"
        what = (
            f"a quote is opened and not closed within {longest}"
            if len(of_rest) % 2
            else f"a row of over {longest}"
        )
        raise self._refusal(place, ends, what)

    def _refusal(self, place: int, ends: Places, what: str) -> BadInput:
        line = self.line + int(np.searchsorted(ends, place))
        return BadInput(self.where, f"line {line}: {what}", _MEND)


def _places(block: Bytes) -> tuple[Places, Places]:
    """Where the quotes and the line ends of a block are; CR and LF together are one end."""
    quotes, ends = np.flatnonzero(block == _QUOTE), np.flatnonzero(block == _LF)
    returns = np.flatnonzero(block[:-1] == _CR)  # one at the very end waits for what follows
    alone = returns[block[returns + 1] != _LF]
    if len(alone):
        ends = np.sort(np.r_[ends, alone])
    return quotes, ends


def _between(places: Places, first: Places, last: Places) -> Places:
    """How many of ``places`` lie between each first and last."""
    return np.searchsorted(places, last) - np.searchsorted(places, first)


def _filled(block: Bytes, row_ends: Places) -> int:
    """Rows that hold anything: an empty line is none."""
    starts = np.r_[0, row_ends[:-1] + 1][: len(row_ends)]
    length = row_ends - starts
    is_empty = (length == 0) | ((length == 1) & (block[starts] == _CR))
    return len(row_ends) - int(np.count_nonzero(is_empty))
