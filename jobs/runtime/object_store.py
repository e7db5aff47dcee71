"""Object stores by URL (any of fsspec, such as ``s3://bucket/folder``), and what goes wrong there.

Keys and the address of a server are what the store's driver reads itself: environment variables
such as ``AWS_ENDPOINT_URL``, or its own files. No message shows a URL, for it may hold a key.
"""

from typing import Any

import fsspec

from jobs.runtime.errors import BadInput, Unreachable


def open_store(url: str) -> tuple[Any, str]:
    """The store of a URL, as fsspec opens it, and the folder in it."""
    store, root = fsspec.url_to_fs(url)
    # What another machine wrote a moment ago is to be seen.
    store.invalidate_cache()
    return store, root.rstrip("/")


def plain_error(error: Exception, *, what: str, url: str) -> Exception:
    """One line for what a person can mend, the error itself otherwise.

    Args:
        error: what was raised.
        what: the store, in the line's words.
        url: where it is; only its kind is said.
    """
    if isinstance(error, BadInput):
        return error
    where = f"{what} [{url.partition('://')[0]}]"
    if isinstance(error, (ImportError, ValueError)):
        return BadInput(where, "no driver for it", "give an URL of fsspec, such as s3://a/b")
    if isinstance(error, PermissionError):
        return BadInput(where, "no right to read or write there", "grant it, or set another")
    if isinstance(error, OSError):
        return Unreachable(where, f"failed ({type(error).__name__})", "see that it is there")
    if _is_connection(error):
        said = f"does not answer ({type(error).__name__})"
        return Unreachable(where, said, "see that it runs, and run again")
    return error


def _is_connection(error: Exception) -> bool:
    """Errors of the drivers' own kinds, which share no base with Python's."""
    return any(word in type(error).__name__ for word in ("Connection", "Endpoint", "Timeout"))
