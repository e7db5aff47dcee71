"""Memory of this process: the most that it needed, and what is given back to the system."""

import ctypes
import ctypes.util
import gc
import resource
import sys
from pathlib import Path

import pyarrow as pa

_CLEAR, _STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")
_RESET = "5"
"""Sets the mark of the most memory in use back to what is in use now (`proc(5)`)."""


def forget_peak() -> None:
    """Begin anew; where the system cannot, `peak_mb` stays that of the process's whole life."""
    try:
        _CLEAR.write_text(_RESET)
    except OSError:
        return


def peak_mb() -> int:
    """The most memory in use since `forget_peak`, in MB of a million bytes."""
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return round(most * (1 if sys.platform == "darwin" else 1024) / 1e6)
    kilobytes = next(line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return round(int(kilobytes) * 1024 / 1e6)


def release_memory() -> None:
    """Return to the system what is no longer used, so that a large world fits a small machine.

    Frames that are no longer used can hang in circles until they are collected, and the C library
    keeps released blocks of a few megabytes for later: a third of the peak in a large world.
    """
    gc.collect()
    pa.default_memory_pool().release_unused()
    name = ctypes.util.find_library("c")
    trim = getattr(ctypes.CDLL(name), "malloc_trim", None) if name else None
    if trim is not None:
        trim(0)
