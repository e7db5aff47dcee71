"""Sets of the letters of texts, as bits: what two names share shows without reading them."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

STRANGE: Final = 255
"""The length given for a text that is not plain ASCII: its bytes are not its letters."""
LONGEST: Final = 254
"""No text is given a greater length."""
Array = npt.NDArray[Any]


def character_masks(array: pa.Array) -> tuple[Array, Array]:
    """For each text, or list of texts, the set of its letters and its length.

    Returns:
        Sets as bits by the letter's number modulo 64, all of them where a text is not plain ASCII;
        and lengths, nought where it is missing, `STRANGE` where it is not plain ASCII.
    """
    starts = _offsets(array)
    if pa.types.is_list(array.type):
        array = array.values
        starts = _offsets(array)[starts]
    data = array.buffers()[2]
    content = np.frombuffer(data if data is not None else b"", dtype=np.uint8)[: starts[-1]]
    bits = np.append(np.left_shift(np.uint64(1), (content & 63).astype(np.uint64)), np.uint64(0))
    lengths = np.diff(starts)
    sets = np.zeros(len(lengths), np.uint64)
    some = np.flatnonzero(lengths)
    if len(some):
        sets[some] = np.bitwise_or.reduceat(bits[:-1], starts[:-1][some])
        is_strange = np.logical_or.reduceat(content >= 128, starts[:-1][some])
        sets[some[is_strange]] = ~np.uint64(0)
        lengths = np.minimum(lengths, LONGEST)
        lengths[some[is_strange]] = STRANGE
    return sets, lengths


def _offsets(array: pa.Array) -> npt.NDArray[np.int32]:
    """Where each entry of an array of texts or lists begins, and the last one ends."""
    if not len(array):
        return np.zeros(1, dtype=np.int32)
    whole = np.frombuffer(array.buffers()[1], dtype=np.int32)
    return whole[array.offset : array.offset + len(array) + 1]
