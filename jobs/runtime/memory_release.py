"""Releasing memory to the system, so that a world of a million people fits where little is free."""

import ctypes
import ctypes.util
import gc

import pyarrow as pa


def release_memory() -> None:
    """Return to the system what is no longer used.

    Frames that are no longer used can hang in circles until they are collected, and the C library
    keeps released blocks of a few megabytes for later: a third of the peak in a large world.
    """
    gc.collect()
    pa.default_memory_pool().release_unused()
    name = ctypes.util.find_library("c")
    trim = getattr(ctypes.CDLL(name), "malloc_trim", None) if name else None
    if trim is not None:
        trim(0)
